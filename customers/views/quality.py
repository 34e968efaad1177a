"""数据质量: each line leads to where it is mended."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from customers.completeness import completeness_of
from customers.parameters import ARCHIVE_STALE_DAYS, LIST_COUNT_CAP, MERGE_UNDO_DAYS
from customers.policies import can_assign_manager, can_edit_customer, can_merge, sees_full_names
from customers.queries.duplicates import DUPLICATE_SORTS, twins_of, undoable_merges, with_duplicates
from customers.queries.quality import (
    QUALITY_SORTS,
    STALE_SORTS,
    contradicting,
    found_in,
    key_weights,
    missing_something,
    stale_facts,
)
from customers.sections import FACTS, SECTION_OF
from customers.services.sources import confirm_fields
from customers.views.people import fetch_editable
from customers.wording import label_of
from organization import clock
from organization.enums import Permission, Role
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import redirect_to, render_part

TABS = (("missing", "缺失"), ("stale", "陈旧"), ("contradicting", "矛盾与过期"), ("duplicates", "重复"))
_ROWS = {"missing": missing_something, "stale": stale_facts, "contradicting": contradicting}


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def quality(request: HttpRequest) -> HttpResponse:
    """Four lists by `?list=`; an unknown one is the first."""
    staff, today = request.user, clock.today()
    if not sees_full_names(staff):
        raise PermissionDenied("客户档案的具体内容由服务客户的人员查看。")
    which = request.GET.get("list", "")
    which = which if which in dict(TABS) else "missing"
    if which == "duplicates":
        return _duplicates(request)
    is_stale = which == "stale"
    page = page_of(
        request, _ROWS[which](staff, today), sorts=STALE_SORTS if is_stale else QUALITY_SORTS,
        default_sort="as_of" if is_stale else "-average", cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    weights = key_weights(today)
    for row in page:
        row.may_mend = can_edit_customer(staff, row.customer if is_stale else row)
        if is_stale:
            row.label, row.section = label_of(row.field), SECTION_OF[row.field].key
        elif which == "missing":
            row.missing = completeness_of(row, weights).missing
        else:
            row.contradictions = list(found_in(row))
    context = {
        "page": page, "which": which, "tabs": TABS, "is_own": staff.role == Role.RELATIONSHIP_MANAGER,
        "stale_days": parameter(ARCHIVE_STALE_DAYS, today),
    }  # fmt: skip
    return render_part(request, "customers/quality.html", "list", context)


def _duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that look like one person, and the merges of which the way back is still open."""
    staff, now = request.user, clock.now()
    page = page_of(
        request, with_duplicates(staff), sorts=DUPLICATE_SORTS, default_sort="-average", cap=parameter(LIST_COUNT_CAP)
    )
    twins = twins_of(staff, page.rows)
    for row in page:
        row.twins = twins.get(row.pk, [])
        row.may_merge = can_merge(staff, row)
    context = {"page": page, "which": "duplicates", "tabs": TABS, "merges": undoable_merges(staff, now)}
    context |= {"may_undo": can_assign_manager(staff), "undo_days": parameter(MERGE_UNDO_DAYS)}
    return render_part(request, "customers/quality_duplicates.html", "list", context)


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def field_confirm(request: HttpRequest, public_id: str, field: str) -> HttpResponse:
    """The customer was asked, and it still holds: one tap from the list of what is stale."""
    customer = fetch_editable(request, public_id)
    if field not in FACTS:
        raise Http404("没有这一项信息。")
    try:
        confirmed = confirm_fields(by=request.user, customer=customer, fields=[field])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        said = f"已记下：{customer.name}的{label_of(field)}今天核实，仍然属实。"
        messages.success(request, said if confirmed else f"{label_of(field)}还没有填写，不用核实。")
    return redirect_to(request, reverse("customers:quality") + "?list=stale")
