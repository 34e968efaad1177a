"""Important dates that come with a file: birthdays by either calendar, anniversaries (DOMAIN 8.4).

Thousands of rows share a few hundred days of the year, so each day's next occurrence is reckoned once and written with the row.
"""

from dataclasses import astuple, dataclass
from datetime import date, timedelta
from functools import lru_cache

from almanac.lunar import from_solar
from customers.enums import Calendar, DateKind
from customers.importing.bulk import insert_rows, update_rows
from customers.importing.lunar_text import LunarDay
from customers.models import Customer, ImportantDate
from customers.occurrences import next_occurrence

_COLUMNS = ("calendar", "month", "day", "is_leap", "year")
_SCHEDULE = ("next_on", "remind_on")


@dataclass(frozen=True)
class Birthday:
    """As the archive keeps it; a lunar one is kept by the lunar calendar."""

    calendar: str
    month: int
    day: int
    is_leap: bool
    year: int | None

    def plain(self) -> list:
        return list(astuple(self))


def birthday_of(birth_date: date | None, lunar: LunarDay | None, known: Birthday | None) -> Birthday | None:
    """What to keep: a lunar day that the file gives, else the lunar one that is known, else the date of birth."""
    if lunar is not None:
        # The lunar year: somebody of the last lunar months is born in the solar year after it.
        year = from_solar(birth_date).year if birth_date else known.year if known else None
        return Birthday(Calendar.LUNAR, lunar.month, lunar.day, lunar.is_leap, year)
    if known is not None and (known.calendar == Calendar.LUNAR or birth_date is None):
        return known
    return Birthday(Calendar.SOLAR, birth_date.month, birth_date.day, False, birth_date.year) if birth_date else None


def known_birthdays(customer_ids: list[int]) -> dict[int, Birthday]:
    return {
        row.customer_id: Birthday(row.calendar, row.month, row.day, row.is_leap, row.year)
        for row in _rows(customer_ids).order_by("-id")
    }


def write_birthdays(customers: list[Customer], birthdays: dict[int, Birthday | None], *, on: date) -> None:
    """Add, change or remove the birthday of these customers, in a fixed number of statements."""
    ids = [customer.pk for customer in customers]
    present = {row.customer_id: row for row in _rows(ids).order_by("-id")}
    new, changed = [], []
    for customer in customers:
        wanted, row = birthdays.get(customer.pk), present.get(customer.pk)
        if wanted is None:
            continue
        if row is None:
            row = ImportantDate(customer=customer, unit_id=customer.unit_id, kind=DateKind.BIRTHDAY)
            new.append(row)
        else:
            changed.append(row)
        for column, value in zip(_COLUMNS, astuple(wanted), strict=True):
            setattr(row, column, value)
        schedule(row, on)
    insert_rows(ImportantDate, new)
    update_rows(ImportantDate, changed, [*_COLUMNS, *_SCHEDULE])
    gone = [pk for pk in ids if birthdays.get(pk) is None and pk in present]
    if gone:
        _rows(gone).delete()


def schedule(row: ImportantDate, on: date) -> None:
    """When the date comes next and when the daily run looks at it; without saving."""
    row.next_on = _next(row.calendar, row.month, row.day, row.is_leap, on)
    row.remind_on = row.next_on - timedelta(days=row.remind_days) if row.next_on else None


@lru_cache(maxsize=2048)
def _next(calendar: str, month: int, day: int, is_leap: bool, on: date) -> date | None:
    found = next_occurrence(calendar, month, day, is_leap, on=on)
    return found.day if found else None


def _rows(customer_ids: list[int]):
    return ImportantDate.objects.unscoped("an import answers for its own scope").filter(
        customer__in=customer_ids, kind=DateKind.BIRTHDAY, person=None, label=""
    )
