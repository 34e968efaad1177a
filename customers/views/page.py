"""客户360."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from customers.filters import CustomerFilter
from customers.models import Customer, MonthlyBalance
from customers.policies import can_change_strategy, can_edit_customer, can_hold_tier, can_reveal, sees_full_names
from customers.queries import customer_list as rows_of
from customers.queries import customer_page as read_page
from customers.queries.duplicates import kept_instead
from customers.queries.external import Wallet
from customers.queries.page import tabs_for
from customers.views.lists import DEFAULT_SORT, sorts_for
from customers.wording import masked
from organization import clock
from organization.enums import Permission
from organization.permissions import require
from ui.charts import Chart, bar_chart, line_chart
from ui.lists import SORT, neighbours_of
from ui.responses import render_part

CENT = Decimal("0.01")
# The list this page was opened from, as its address; previous and next follow its filters and its order.
LIST = "list"


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def customer_page(request: HttpRequest, public_id: str) -> HttpResponse:
    staff, today = request.user, clock.today()
    customer = fetch(request, public_id)
    if (kept := kept_instead(staff, customer)) is not None:
        messages.info(request, f"{customer.number}已并入这份档案。")
        return redirect("customers:customer_page", kept.public_id)
    tabs = tabs_for(staff)
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else next(iter(tabs))
    previous, following = _neighbours(request, customer)
    context = read_page(staff, customer, tab, today) | {
        "tabs": tabs, "tab": tab, "previous": previous, "next": following, "list_query": request.GET.get(LIST, ""),
        "may_edit": can_edit_customer(staff, customer), "may_reveal": can_reveal(staff, customer),
        "may_serve": can_edit_customer(staff, customer) and staff.may(Permission.WORK_QUEUE),
        "may_hold_tier": can_hold_tier(staff, customer),
        "may_change_strategy": can_change_strategy(staff, customer), "reads_names": sees_full_names(staff),
        "masked": {"mobile": masked(customer, "mobile")},
    }  # fmt: skip
    if tab == "accounts":
        context["chart"] = _trend(context["months"])
        context["wallet_chart"] = _purse(context["wallet"])
    return render_part(request, "customers/customer_page.html", "tab", context)


def fetch(request: HttpRequest, public_id: str) -> Customer:
    """The customer in this person's scope; somebody else's is not there."""
    visible = Customer.objects.visible_to(request.user).select_related("unit", "manager", "co_manager", "profile")
    return get_object_or_404(visible, public_id=public_id)


def _neighbours(request: HttpRequest, customer: Customer) -> tuple[Customer | None, Customer | None]:
    """Before and after in the list the page was opened from; none without one, and none for a part of the page."""
    if LIST not in request.GET or request.htmx:
        return None, None
    query, sorts = QueryDict(request.GET[LIST][:1000]), sorts_for(request.user)
    sort = query.get(SORT, DEFAULT_SORT)
    if sort.removeprefix("-") not in sorts:
        sort = DEFAULT_SORT
    rows = CustomerFilter(query, queryset=rows_of(request.user), request=request).qs
    return neighbours_of(rows, customer, sorts=sorts, sort=sort)


def _purse(wallet: Wallet) -> Chart | None:
    if not wallet.by_bank:
        return None
    amounts = {"本行": wallet.own} | wallet.by_bank
    return bar_chart("purse", "资金分布（元）", list(amounts), {"金额": list(amounts.values())}, size="low")


def _trend(months: list[MonthlyBalance]) -> Chart | None:
    if not months:
        return None
    labels = [f"{row.month:%Y-%m}" for row in months]
    series = {"月日均": [row.average.quantize(CENT) for row in months], "月末余额": [row.closing for row in months]}
    return line_chart("trend", "近12个月资产走势", labels, series, unit="元")
