"""客户矩阵: a heat grid of two features; a cell leads to its customers, or becomes a segment."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from customers.models import Segment
from customers.queries.matrix import Matrix, matrix
from customers.segments.bands import Axis, axes
from organization import clock
from organization.enums import Permission
from organization.permissions import require
from ui.responses import render_part

_FIRST, _SECOND = "tier", "age"


@require_safe
@require(Permission.VIEW_AMOUNTS)
def customer_matrix(request: HttpRequest) -> HttpResponse:
    """`?rows=tier&columns=age&show=aum&segment=…`; an unknown feature is the first one on offer."""
    staff, known = request.user, axes()
    rows, columns = (
        known.get(request.GET.get(name, ""), known[otherwise])
        for name, otherwise in (("rows", _FIRST), ("columns", _SECOND))
    )
    visible = Segment.objects.visible_to(staff).active().order_by("name", "pk")
    named = request.GET.get("segment", "")
    segment = get_object_or_404(visible, public_id=named) if named else None
    by_aum = request.GET.get("show") == "aum"
    found = None
    if rows is not columns:
        found = matrix(staff, rows, columns, clock.today(), segment=segment, by_aum=by_aum)
    context = {
        "matrix": found, "rows": rows, "columns": columns, "axes": known.values(), "by_aum": by_aum, "segment": segment,
        "segments": visible.values_list("public_id", "name"), "grid": _with_addresses(found, rows, columns, segment) if found else (),
        "may_manage": staff.may(Permission.MANAGE_SEGMENTS),
    }  # fmt: skip
    return render_part(request, "customers/customer_matrix.html", "matrix", context)


def _with_addresses(found: Matrix, rows: Axis, columns: Axis, segment: Segment | None):
    """Every row with its cells and where each of them leads: none for a cell without customers or without a band."""
    start = [("segment", segment.public_id)] if segment else []
    page = reverse("customers:customer_list")

    def address(cell) -> str:
        if not cell.count or not cell.row or not cell.column:
            return ""
        named = [("cell", f"{rows.key}.{cell.row}"), ("cell", f"{columns.key}.{cell.column}")]
        return f"{page}?{urlencode(start + named)}"

    return [(row, [(cell, address(cell)) for cell in row.cells]) for row in found.rows]
