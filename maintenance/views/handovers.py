"""The open tasks and appointments of a hand-over, for its list on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from customers.policies import shown_name
from customers.queries.handovers import handovers_of
from maintenance.queries.handovers import open_work_of
from organization import clock
from organization.enums import Permission
from organization.permissions import require


@require_safe
@require(Permission.HAND_OVER)
def handover_work(request: HttpRequest, public_id: str) -> HttpResponse:
    handover = get_object_or_404(handovers_of(request.user), public_id=public_id)
    rows = open_work_of(request.user, handover, clock.today())
    for row in rows:
        row.shown_name = shown_name(request.user, row.customer.name)
    return render(request, "maintenance/handover_work.html", {"rows": rows, "today": clock.today()})
