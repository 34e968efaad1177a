"""我的客户, and finding one customer among them."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from customers.filters import DUE_CHOICES, CustomerFilter
from customers.masking import mask_mobile
from customers.models import Customer
from customers.parameters import LIST_COUNT_CAP
from customers.policies import BULK_WORK, can_create_customer, sees_full_names, shown_name
from customers.queries import LIST_SORTS, search_customers
from customers.queries import customer_list as rows_of
from organization import clock
from organization.enums import Permission, Role
from organization.models import Staff
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import Column, chosen_columns, page_of
from ui.responses import render_part
from ui.saved_views import tabs_for, tidy_query

PAGE = "customers:customer_list"
DEFAULT_SORT = "-average"
_OPTIONS = 20


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def customer_list(request: HttpRequest) -> HttpResponse:
    staff = request.user
    columns = columns_for(staff)
    shown = {column.key for column in chosen_columns(request, columns)}
    filters = CustomerFilter(request.GET, queryset=rows_of(staff, shown), request=request)
    page = page_of(
        request, filters.qs, sorts=sorts_for(staff), default_sort=DEFAULT_SORT, cap=parameter(LIST_COUNT_CAP),
        columns=columns,
    )  # fmt: skip
    context = {
        "list": page, "filter": filters, "tabs": tabs_for(owner=staff, page=PAGE, query=request.GET), "page": PAGE,
        "list_query": tidy_query(request.GET), "today": clock.today(), "may_create": can_create_customer(staff),
        "bulk_choices": [(f"customers:bulk_{key}", label) for key, (label, right) in BULK_WORK.items() if staff.may(right)],
        "due_choices": DUE_CHOICES, "reads_names": sees_full_names(staff), "is_own": staff.role == Role.RELATIONSHIP_MANAGER,
    }  # fmt: skip
    return render_part(request, "customers/customer_list.html", "list", context)


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def customer_filters(request: HttpRequest) -> HttpResponse:
    """The filters of the list, for when they are opened: a head's page has hundreds of managers to choose from."""
    filters = CustomerFilter(request.GET, queryset=Customer.objects.none(), request=request)
    return render_part(request, "customers/customer_filters.html", "form", {"filter": filters})


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def search(request: HttpRequest) -> HttpResponse:
    """The box at the head of every page, and its own page for Enter; one hit goes straight to the customer."""
    text = request.GET.get("q", "")
    found = search_customers(request.user, text)
    if len(found) == 1 and not request.htmx:
        return redirect("customers:customer_page", found[0].public_id)
    context = {"text": text, "found": [_option(request.user, customer) for customer in found]}
    return render_part(request, "customers/search.html", "results", context)


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def customer_options(request: HttpRequest) -> JsonResponse:
    """Choices for a search-as-you-type field; for an empty text those who are due next."""
    text = request.GET.get("q", "").strip()
    if text:
        found = search_customers(request.user, text, limit=_OPTIONS)
    else:
        due = Customer.objects.visible_to(request.user).active().filter(next_contact_on__isnull=False)
        found = due.select_related("manager", "unit").order_by("next_contact_on", "pk")[:_OPTIONS]
    return JsonResponse({"results": [_option(request.user, customer) for customer in found]})


def sorts_for(staff: Staff) -> dict[str, str]:
    """The orders on offer: none by a name that is masked, none by an amount that may not be seen."""
    hidden = set() if sees_full_names(staff) else {"name"}
    if not staff.may(Permission.VIEW_AMOUNTS):
        hidden.add("average")
    return {key: path for key, path in LIST_SORTS.items() if key not in hidden}


def columns_for(staff: Staff) -> list[Column]:
    sorts = sorts_for(staff)
    is_own = staff.role == Role.RELATIONSHIP_MANAGER
    columns = [
        Column("name", "客户", sort="name" if "name" in sorts else "", is_optional=False),
        Column("tier", "层级", is_optional=False),
        Column("strategy", "策略"),
        Column("average", "月日均", sort="average", is_number=True),
        Column("aum", "管理资产", is_number=True, is_shown=False),
        Column("last", "上次联系", sort="last"),
        Column("next", "下次应联", sort="next"),
        Column("mobile", "手机号码", is_shown=False),
        Column("manager", "客户经理", is_shown=not is_own),
        Column("unit", "机构", is_shown=False),
    ]
    hidden = set() if staff.may(Permission.VIEW_AMOUNTS) else {"average", "aum"}
    return [column for column in columns if column.key not in hidden]


def _option(staff: Staff, customer: Customer) -> dict[str, str]:
    note = " · ".join(
        filter(
            None,
            (customer.get_tier_display(), mask_mobile(customer.mobile), customer.manager and customer.manager.name),
        )
    )
    return {
        "value": customer.public_id,
        "text": f"{shown_name(staff, customer.name)} {customer.honorific}".strip(),
        "note": note,
    }
