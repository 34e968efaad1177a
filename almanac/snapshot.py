"""The holiday table in the memory of each process, so that asking for a working day costs no query.

Read again after a minute, so an import is seen everywhere within that time, and at once where it was made. A
transaction that changes the table sees its own change, and nobody else does until it commits; rolled back, nothing
of it is left in memory.
"""

import threading
import time
import weakref
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.apps import apps
from django.db import connection, transaction

from almanac.enums import YearState

SECONDS_KEPT = 60


class ListedDay(NamedTuple):
    name: str
    is_workday: bool


@dataclass(frozen=True)
class HolidayTable:
    days: dict[date, ListedDay]
    states: dict[int, YearState]  # only years that have rows


class _Shared:
    """What committed rows say, for every thread of the process."""

    table: HolidayTable | None = None
    read_at = 0.0


class _Own(threading.local):
    """What this thread's open transaction sees after changing the table."""

    table: HolidayTable | None = None
    # Each marker lives in the connection's list of on-commit callbacks; Django drops that list when the transaction
    # or savepoint ends either way, and the weak reference dies with it. (There is no hook for a rollback.)
    markers: tuple[weakref.ref, ...] = ()


_own = _Own()


class _Marker:
    """Called when the change is committed."""

    def __call__(self) -> None:
        _Shared.table = None


def current() -> HolidayTable:
    """The table as this thread may see it now."""
    if _own.markers:
        alive = tuple(marker for marker in _own.markers if marker() is not None)
        if len(alive) < len(_own.markers):
            _own.markers, _own.table, _Shared.table = alive, None, None
        if alive:
            if _own.table is None:
                _own.table = _read()
            return _own.table
    table = _Shared.table
    if table is None or not 0 <= time.monotonic() - _Shared.read_at < SECONDS_KEPT:
        _Shared.read_at = time.monotonic()
        table = _Shared.table = _read()
    return table


def forget() -> None:
    """To be called after every change of the table."""
    if connection.in_atomic_block:
        marker = _Marker()
        transaction.on_commit(marker)
        _own.markers, _own.table = (*_own.markers, weakref.ref(marker)), None
    else:
        _Shared.table = None


def _read() -> HolidayTable:
    days: dict[date, ListedDay] = {}
    states: dict[int, YearState] = {}
    rows = apps.get_model("almanac", "Holiday").objects.order_by("day")
    for day, name, is_workday, is_of_next_year, state in rows.values_list(
        "day", "name", "is_workday", "is_of_next_year", "year_state"
    ):
        days[day] = ListedDay(name, is_workday)
        if not is_of_next_year and states.get(day.year) != YearState.PROVISIONAL:
            states[day.year] = YearState(state)
    return HolidayTable(days, states)
