"""What one execution of a step is about: a business date, the units of its shard, and which of their customers."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from django.db.models import QuerySet

from almanac.workdays import is_workday, next_workday

Rows = TypeVar("Rows", bound=QuerySet)


@dataclass(frozen=True)
class Work:
    """`latest` is the newest business date that this step has already worked through for these units, never before `on`:
    raising looks at `on`, moving things along (expiry, levelling) at `latest`, so that the order of dates does not show.

    `between` and `without` are customer ids, both bounds included: a part to try, and those set aside.
    """

    on: date
    latest: date
    units: tuple[int, ...]
    between: tuple[int, int] | None = None
    without: frozenset[int] = frozenset()

    def of(self, rows: Rows, *, unit: str = "unit", customer: str = "customer") -> Rows:
        """The rows of this work; `unit` and `customer` are lookup paths. Units are listed, not ranged: an index on
        (unit, date) is then entered once per unit at the date, instead of being walked from end to end."""
        return self.customers_of(rows.filter(**{f"{unit}__in": self.units}), customer=customer)

    def customers_of(self, rows: Rows, *, customer: str = "customer") -> Rows:
        if self.between:
            first, last = self.between
            rows = rows.filter(**{f"{customer}__gte": first, f"{customer}__lte": last})
        return rows.exclude(**{f"{customer}__in": self.without}) if self.without else rows

    def part(self, first: int, last: int) -> "Work":
        return replace(self, between=(first, last))

    def setting_aside(self, customers: frozenset[int]) -> "Work":
        return replace(self, between=None, without=self.without | customers)


def first_workday(day: date) -> date:
    """The day itself if people work on it, else the next one."""
    return day if is_workday(day) else next_workday(day)
