"""客户矩阵: customers laid out by two features at once, counted and summed in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Case, CharField, Count, QuerySet, Sum, Value, When

from customers.models import Customer, Segment
from customers.queries.segments import in_segment
from customers.segments.bands import Axis, Band
from customers.segments.compiling import condition_of
from customers.segments.rules import parse_rule
from organization.models import Staff

_NOWHERE = ""  # fits into no band: the fact is not in the archive
_SHADES = 5


@dataclass
class Cell:
    """`shade` is from 0 (nobody) to 5 (the fullest cell of the matrix), by customers or by what they hold."""

    count: int = 0
    aum: Decimal = Decimal(0)
    shade: int = 0
    row: str = ""
    column: str = ""

    def add(self, other: "Cell") -> None:
        self.count += other.count
        self.aum += other.aum


@dataclass
class Row:
    band: Band
    cells: list[Cell]
    total: Cell = field(default_factory=Cell)


@dataclass
class Matrix:
    """Rows and columns without anybody are there too: a gap is an answer."""

    columns: Sequence[Band]
    rows: list[Row]
    totals: list[Cell]
    total: Cell


def matrix(staff: Staff, rows: Axis, columns: Axis, today: date, *, segment: Segment | None, by_aum: bool) -> Matrix:
    """The active customers this person may see, those of a segment if one is given."""
    customers = Customer.objects.visible_to(staff).active()
    if segment is not None:
        customers = customers.filter(in_segment(segment))
    counted = {
        (row, column): Cell(count, aum or Decimal(0), row=row, column=column)
        for row, column, count, aum in _counted(customers, rows, columns, today)
    }
    across, down = _bands(columns, {key for _, key in counted}), _bands(rows, {key for key, _ in counted})
    lines = [Row(band, [counted.get((band.key, other.key), Cell()) for other in across]) for band in down]
    found = Matrix(across, lines, [Cell() for _ in across], Cell())
    for line in lines:
        for cell, total in zip(line.cells, found.totals, strict=True):
            line.total.add(cell)
            total.add(cell)
        found.total.add(line.total)
    _shade([cell for line in lines for cell in line.cells], by_aum)
    return found


def _counted(customers: QuerySet[Customer], rows: Axis, columns: Axis, today: date):
    laid_out = customers.order_by().annotate(row=_band(rows, today), column=_band(columns, today))
    return laid_out.values("row", "column").annotate(many=Count("pk"), total=Sum("aum")).values_list(
        "row", "column", "many", "total"
    )  # fmt: skip


def _band(axis: Axis, today: date) -> Case:
    whens = [When(condition_of(parse_rule(band.rule), today), then=Value(band.key)) for band in axis.bands]
    return Case(*whens, default=Value(_NOWHERE), output_field=CharField())


def _bands(axis: Axis, found: set[str]) -> list[Band]:
    return [*axis.bands, *([Band(_NOWHERE, "未登记", {})] if _NOWHERE in found else [])]


def _shade(cells: list[Cell], by_aum: bool) -> None:
    sizes = [max(cell.aum, Decimal(0)) if by_aum else cell.count for cell in cells]
    fullest = max(sizes, default=0)
    for cell, size in zip(cells, sizes, strict=True):
        cell.shade = -int(-size * _SHADES // fullest) if fullest else 0
