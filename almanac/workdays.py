"""Working days: weekends, statutory days, and the swapped days (调休) of the State Council's yearly notices.

The only reader of the holiday table. A year whose notice is not in the table has weekends and statutory days only
and is provisional (暂定). Weekends are Saturday and Sunday in every year, also before 1995. Days from 1900 to 2100;
others raise ValueError. Source: DOMAIN 8.1, 8.2.
"""

from datetime import date, datetime, timedelta

from almanac import snapshot
from almanac.enums import YearState
from almanac.statutory import statutory_days

_DAY = timedelta(days=1)


def is_workday(day: date) -> bool:
    """Whether the bank's offices work that day. (Which outlet opens on a holiday is another matter.)"""
    if isinstance(day, datetime):
        raise ValueError("工作日只按日期计算，请给日期，不要带时刻。")
    listed = snapshot.current().days.get(day)
    if listed is not None:
        return listed.is_workday
    return day not in statutory_days(day.year) and day.weekday() < 5


def previous_workday(day: date) -> date:
    """The last working day before `day`."""
    return add_workdays(day, -1)


def next_workday(day: date) -> date:
    """The first working day after `day`."""
    return add_workdays(day, 1)


def roll_back(day: date) -> date:
    """`day` itself if it is a working day, else the last one before it (DOMAIN 2.3, 2)."""
    return day if is_workday(day) else previous_workday(day)


def add_workdays(day: date, n: int) -> date:
    """The n-th working day after `day`, or before it for a negative n; `day` is not counted, and 0 gives it back."""
    if not isinstance(n, int):
        raise ValueError(f"工作日天数须是整数，不能是{n}。")
    step = _DAY if n > 0 else -_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def count_workdays(start: date, end: date) -> int:
    """How many working days lie from `start` to `end`, both counted; none if `end` is before `start`."""
    days = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
    return sum(is_workday(day) for day in days)


def year_state(year: int) -> YearState:
    """Whether the notice for a year is in the table."""
    return snapshot.current().states.get(year, YearState.PROVISIONAL)


def is_provisional(day: date) -> bool:
    """Whether a date must be marked 暂定 because its year's notice is not in."""
    return year_state(day.year) == YearState.PROVISIONAL


def holiday_name(day: date) -> str | None:
    """What a day off is called (春节), or None on working days and ordinary weekends."""
    listed = snapshot.current().days.get(day)
    if listed is not None:
        return None if listed.is_workday else listed.name
    return statutory_days(day.year).get(day)


def day_note(day: date) -> str:
    """A day in words: 工作日, 周末, 春节假期 or 春节调休上班, with (暂定) while its year's notice is awaited."""
    listed = snapshot.current().days.get(day)
    if listed is not None and listed.is_workday:
        note = f"{listed.name}调休上班"
    elif name := holiday_name(day):
        note = f"{name}假期"
    else:
        note = "工作日" if is_workday(day) else "周末"
    return f"{note}（暂定）" if is_provisional(day) else note
