"""The line that tells why (`MaintenanceTask.why`), put together in the database for a whole set of rows."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Case, CharField, DateField, F, QuerySet, TextChoices, Value, When
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import Cast, Left

from maintenance.daily.choice import Choice
from maintenance.daily.engines import Joined, MonthDay, YearMonthDay
from maintenance.models import MaintenanceTask

_LONGEST = MaintenanceTask._meta.get_field("why").max_length


def sentence(*parts: Any) -> BaseExpression:
    """The parts one after another, cut to what the field holds. Plain text is quoted, everything else an expression."""
    return Left(text(*parts), _LONGEST)


def text(*parts: Any) -> Joined:
    return Joined(*(Value(part) if isinstance(part, str) else part for part in parts))


def label(path: str, choices: type[TextChoices], names: dict[str, str] | None = None) -> Choice:
    """What a stored choice is called."""
    return Choice(path, dict(choices.choices) | (names or {}), default=Value(""), output_field=CharField())


def number(expression: Any) -> Cast:
    return Cast(expression, CharField())


def iso(path: str) -> Cast:
    """A stored date as 2026-11-03, for an occurrence."""
    return Cast(F(path), CharField())


def day(path: str) -> MonthDay:
    return MonthDay(F(path))


def day_in(path: str, year: int) -> Case:
    """A date with its year unless it is that one."""
    return Case(
        When(**{f"{path}__year": year}, then=MonthDay(F(path))), default=YearMonthDay(F(path)), output_field=CharField()
    )


def interval() -> Case:
    """每月, 每3个月, 每2周 from `months` and `weeks`, as customers.beats.Interval.label says it."""
    return Case(
        When(months=1, then=Value("每月")),
        When(months__gt=1, then=text("每", number(F("months")), "个月")),
        When(weeks=1, then=Value("每周")),
        default=text("每", number(F("weeks")), "周"),
        output_field=CharField(),
    )


def by_value(rows: QuerySet, path: str, answer: Callable[[Any], date | None], *, default: Any = None) -> Choice:
    """`answer(value)` for every row, reckoned in Python once per distinct value of `path` (a handful of dates)."""
    found = rows.order_by().values_list(path, flat=True).distinct()
    return dates(path, {value: answer(value) for value in found if value is not None}, default=default)


def dates(path: str, answers: Mapping[date, date | None], *, default: Any = None) -> Choice:
    """A date for each of some dates; NULL, or `default`, for the others."""
    return Choice(path, answers, default=default, output_field=DateField())


def words(number: str | Combinable, answers: Mapping[int, str]) -> Choice:
    """A word for each of some numbers, nothing for the others."""
    return Choice(number, answers, output_field=CharField())
