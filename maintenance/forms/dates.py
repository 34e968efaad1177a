"""The usual answers to "when next": one tap each, and never a day off."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import TextChoices

from almanac.workdays import is_workday, next_workday


class NextDate(TextChoices):
    """One tap for the usual answers; a day off moves on to the next working day."""

    NONE = "none", "暂不约定"
    TOMORROW = "tomorrow", "明天"
    THREE_DAYS = "three_days", "3天后"
    WEEK = "week", "下周"
    MONTH = "month", "1个月后"
    OTHER = "other", "选日期"


_DAYS_AHEAD = {NextDate.THREE_DAYS: 3, NextDate.WEEK: 7}


def next_date(choice: str, today: date) -> date | None:
    """The working day a chip stands for, None for none."""
    if choice == NextDate.TOMORROW:
        return next_workday(today)
    if choice == NextDate.MONTH:
        year, month = today.year + today.month // 12, today.month % 12 + 1
        day = date(year, month, min(today.day, monthrange(year, month)[1]))
    elif choice in _DAYS_AHEAD:
        day = today + timedelta(days=_DAYS_AHEAD[choice])
    else:
        return None
    return day if is_workday(day) else next_workday(day)


def next_date_choices(today: date) -> list[tuple[str, str, date | None]]:
    """(value, label, the day) for the chips; each day once, and what is called 明天 is tomorrow."""
    chips: list[tuple[str, str, date | None]] = []
    for choice in NextDate:
        day = next_date(choice, today)
        if day and any(day == known for _, _, known in chips):
            continue
        is_later = choice == NextDate.TOMORROW and day != today + timedelta(days=1)
        chips.append((choice.value, "下个工作日" if is_later else choice.label, day))
    return chips
