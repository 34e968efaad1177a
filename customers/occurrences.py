"""When a date that is kept every year comes round next, and why it falls where it falls (DOMAIN 8.4)."""

from dataclasses import dataclass
from datetime import date, timedelta

from almanac import lunar
from customers.enums import Calendar

# A lunar day is never further away than a leap year of 384 days.
_HORIZON = timedelta(days=400)


@dataclass(frozen=True)
class Occurrence:
    """The solar day, and a Chinese sentence where it is not the day that is written down (empty otherwise)."""

    day: date
    explanation: str = ""


def next_occurrence(calendar: str, month: int, day: int, is_leap: bool = False, *, on: date) -> Occurrence | None:
    """The first day from `on` on which it is kept; None beyond the range of the lunar tables.

    Raises ValueError, with a Chinese sentence, for a day that no year has.
    """
    if calendar == Calendar.LUNAR:
        return _lunar(month, day, is_leap, on)
    if day > 31 or not 1 <= month <= 12:
        raise ValueError(f"没有{month}月{day}日这样的日期。")
    found = min(kept for year in (on.year, on.year + 1) if (kept := lunar.solar_anniversary(month, day, year)) >= on)
    is_moved = (found.month, found.day) != (month, day)
    return Occurrence(found, f"{found.year}年没有2月29日，在2月28日纪念。" if is_moved else "")


def _lunar(month: int, day: int, is_leap: bool, on: date) -> Occurrence | None:
    name = lunar.month_day_name(month, day, is_leap)
    try:
        days = lunar.anniversaries(month, day, is_leap, start=on, end=min(on + _HORIZON, lunar.LAST_DAY))
    except ValueError:
        return None
    if not days:
        return None
    kept = lunar.from_solar(days[0])
    reasons = []
    if is_leap:
        reasons.append(f"闰月生日每年在{lunar.month_name(month)}过")
    if kept.day != day:
        shown = "除夕" if month == 12 else lunar.day_name(kept.day)
        reasons.append(f"{kept.year}年{lunar.month_name(month)}只有{kept.day}天，没有三十，在月末{shown}过")
    return Occurrence(days[0], f"{name}：{'；'.join(reasons)}。" if reasons else "")
