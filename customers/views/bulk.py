"""批量办理: the list as it is filtered, all of it or some, and one thing done with it; what was done, and back again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.enums import ExportState, SegmentKind
from customers.filters import CustomerFilter
from customers.forms.bulk import SOME, BulkExportForm, BulkForm, BulkStrategyForm, BulkTagForm
from customers.models import BulkWork, Segment
from customers.models.customer import CustomerQuerySet
from customers.parameters import BULK_UNDO_DAYS, LIST_COUNT_CAP
from customers.policies import BULK_WORK, shown_name
from customers.queries import customer_list as rows_of
from customers.services.bulk import may_undo, strategy_of_many, tag_many, undo_bulk, untag_many
from customers.services.exports import ask_export
from customers.services.segments import create_segment
from customers.views.archive import METHODS
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import redirect_to, render_part
from ui.saved_views import tidy_query

_SHOWN = 200


@require_http_methods(METHODS)
@require(Permission.CHANGE_STRATEGY)
@once
def bulk_strategy(request: HttpRequest) -> HttpResponse:
    return _bulk(request, "strategy")


@require_http_methods(METHODS)
@require(Permission.MANAGE_SEGMENTS)
@once
def bulk_tag(request: HttpRequest) -> HttpResponse:
    return _bulk(request, "tag")


@require_http_methods(METHODS)
@require(Permission.MANAGE_SEGMENTS)
@once
def bulk_untag(request: HttpRequest) -> HttpResponse:
    return _bulk(request, "untag")


@require_http_methods(METHODS)
@require(Permission.EXPORT_CUSTOMERS)
@once
def bulk_export(request: HttpRequest) -> HttpResponse:
    return _bulk(request, "export")


def _bulk(request: HttpRequest, what: str) -> HttpResponse:
    """The address carries the filters of the list it was called from."""
    filters = CustomerFilter(request.GET, queryset=rows_of(request.user, ("manager",)), request=request)
    found = filters.qs.order_by("-monthly_avg_daily_aum", "-pk")
    count, shown = found.count(), list(found[:_SHOWN])
    form = _form(request, what, count, [customer.public_id for customer in shown])
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, what, form, found, count)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
    ticked = set(form["customers"].value() or [])
    for customer in shown:
        customer.shown_name, customer.is_ticked = shown_name(request.user, customer.name), customer.public_id in ticked
    context = {
        "what": what, "label": BULK_WORK[what][0], "form": form, "count": count, "shown": shown, "chips": filters.chips,
        "list_query": tidy_query(request.GET), "undo_days": parameter(BULK_UNDO_DAYS),
    }  # fmt: skip
    return render(request, "customers/bulk_work.html", context, status=422 if form.errors else 200)


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def bulk_list(request: HttpRequest) -> HttpResponse:
    """What this person has done in bulk."""
    own = BulkWork.objects.visible_to(request.user).filter(staff=request.user)
    page = page_of(request, own, sorts={"at": "done_at"}, default_sort="-at", cap=parameter(LIST_COUNT_CAP))
    for work in page:
        work.may_undo = may_undo(request.user, work)
    return render_part(request, "customers/bulk_list.html", "list", {"page": page, "today": clock.today()})


@require_POST
@require(Permission.VIEW_CUSTOMERS)
@once
def bulk_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    work = get_object_or_404(BulkWork.objects.visible_to(request.user), public_id=public_id)
    try:
        undone = undo_bulk(by=request.user, work=work)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        left = undone.count - undone.undone_count
        rest = f"，另有{left}位之后又有变动，保持不变" if left else ""
        messages.success(request, f"已撤销“{undone.said}”：恢复{undone.undone_count}位{rest}。")
    return redirect_to(request, reverse("customers:bulk_list"))


def _form(request: HttpRequest, what: str, count: int, shown: list[str]) -> BulkForm:
    kinds: dict[str, Callable[..., BulkForm]] = {
        "strategy": BulkStrategyForm, "tag": BulkTagForm, "untag": BulkTagForm, "export": BulkExportForm,
    }  # fmt: skip
    options: dict[str, Any] = {"user": request.user, "shown": shown, "initial": {"expected": count}}
    if what in ("tag", "untag"):
        tags = Segment.objects.visible_to(request.user).active().filter(kind=SegmentKind.TAG).order_by("name", "pk")
        options |= {"tags": tags, "may_create": what == "tag"}
    return kinds[what](request.POST if request.method == "POST" else None, **options)


def _done(request: HttpRequest, what: str, form: BulkForm, found: CustomerQuerySet, count: int) -> HttpResponse:
    data, by = form.cleaned_data, request.user
    customers = found.order_by()
    if data["who"] == SOME:
        customers = customers.filter(public_id__in=data["customers"])
    elif data["expected"] != count:
        form.data = form.data.copy()
        form.data["expected"] = str(count)
        raise RuleViolation(f"名单刚刚由{data['expected']}位变为{count}位，请核对后再按一次。")
    if what == "export":
        return _asked(request, data, customers)
    if what == "strategy":
        work = strategy_of_many(by=by, customers=customers, strategy=data["strategy"], reason=data["reason"])
    else:
        tag = data["tag"] or create_segment(by=by, name=data["new_tag"], kind=SegmentKind.TAG, rule={})
        work = (tag_many if what == "tag" else untag_many)(by=by, customers=customers, tag=tag)
    messages.success(request, f"{work.said}：已办理{work.count}位客户。如有差错可以在这里撤销。")
    return redirect_to(request, reverse("customers:bulk_list"))


def _asked(request: HttpRequest, data: dict, customers: CustomerQuerySet) -> HttpResponse:
    chips = CustomerFilter(request.GET, queryset=rows_of(request.user), request=request).chips
    said = "、".join(f"{chip.label}：{chip.value}" for chip in chips) or "全部客户"
    export = ask_export(
        by=request.user, customers=customers, query=request.GET.urlencode(), said=said, reason=data["reason"],
        picked=data["customers"] if data["who"] == SOME else (),
    )  # fmt: skip
    is_waiting = export.state == ExportState.WAITING
    messages.success(request, "申请已提交，批准后可以在这里下载。" if is_waiting else "名单可以下载了。")
    return redirect_to(request, reverse("customers:export_list"))
