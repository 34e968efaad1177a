"""层级动态: the calls that pay most this month, and those that prevent a fall."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers.parameters import LIST_COUNT_CAP, TIER_NEAR_PERCENT
from customers.policies import shown_name
from customers.queries.tiers import (
    TIER_CHANGE_SORTS,
    TIER_SORTS,
    falls_on,
    lately_moved,
    near_next_tier,
    under_watch,
)
from organization import clock
from organization.enums import Permission, Role
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import render_part

TABS = (("near", "临界"), ("watch", "降级观察"), ("moved", "近期变动"))
_ROWS = {"near": near_next_tier, "watch": under_watch, "moved": lately_moved}


@require_safe
@require(Permission.VIEW_AMOUNTS)
def tier_watch(request: HttpRequest) -> HttpResponse:
    """Three lists by `?list=`; an unknown one is the first."""
    staff, today = request.user, clock.today()
    which = request.GET.get("list", "")
    if which not in _ROWS:
        which = "near"
    is_moved = which == "moved"
    page = page_of(
        request, _ROWS[which](staff, today), sorts=TIER_CHANGE_SORTS if is_moved else TIER_SORTS,
        default_sort="-time" if is_moved else "missing", cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    for row in page:
        row.shown_name = shown_name(staff, row.customer.name if is_moved else row.name)
        if which == "watch":
            row.falls_on = falls_on(today, max(row.patience - row.months_below, 0))
    context = {
        "page": page, "which": which, "tabs": TABS, "is_own": staff.role == Role.RELATIONSHIP_MANAGER,
        "next_month": falls_on(today, 1), "near_percent": parameter(TIER_NEAR_PERCENT, today),
    }  # fmt: skip
    return render_part(request, "customers/tier_watch.html", "list", context)
