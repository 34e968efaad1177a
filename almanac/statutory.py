"""The days off the law itself names, for any year: what is known before the State Council publishes a year's notice.

Source: 《全国年节及纪念日放假办法》 of 1949-12-23 as amended 1999, 2007, 2013 and 2024. Swapped days (调休) are never
guessed (DOMAIN 8.1).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from almanac.festivals import festival_dates

SOURCE = "《全国年节及纪念日放假办法》"

# code of the festival → what the notices call the holiday
_NAMES = {
    "new_year": "元旦",
    "chunjie": "春节",
    "qingming": "清明节",
    "labour_day": "劳动节",
    "duanwu": "端午节",
    "zhongqiu": "中秋节",
    "national_day": "国庆节",
}


@dataclass(frozen=True)
class _Regime:
    since: date
    days: dict[str, range]  # offsets in days from the festival's own date; -1 before 春节 is 除夕


_ONE = range(1)
_REGIMES = (
    _Regime(date(2025, 1, 1), {
        "new_year": _ONE, "chunjie": range(-1, 3), "qingming": _ONE, "labour_day": range(2),
        "duanwu": _ONE, "zhongqiu": _ONE, "national_day": range(3),
    }),
    _Regime(date(2014, 1, 1), {
        "new_year": _ONE, "chunjie": range(3), "qingming": _ONE, "labour_day": _ONE,
        "duanwu": _ONE, "zhongqiu": _ONE, "national_day": range(3),
    }),
    _Regime(date(2008, 1, 1), {
        "new_year": _ONE, "chunjie": range(-1, 2), "qingming": _ONE, "labour_day": _ONE,
        "duanwu": _ONE, "zhongqiu": _ONE, "national_day": range(3),
    }),
    _Regime(date(1999, 9, 18), {
        "new_year": _ONE, "chunjie": range(3), "labour_day": range(3), "national_day": range(3),
    }),
    _Regime(date.min, {
        "new_year": _ONE, "chunjie": range(3), "labour_day": _ONE, "national_day": range(2),
    }),
)  # fmt: skip


@cache
def statutory_days(year: int) -> dict[date, str]:
    """Each statutory day off of a Gregorian year (1900–2100) with its name, in order; 13 of them since 2025.

    Where two fall on one day (中秋 within 国庆) the day carries both names.
    """
    found: dict[date, str] = {}
    for position, regime in enumerate(_REGIMES):
        until = _REGIMES[position - 1].since if position else date.max
        for code, offsets in regime.days.items():
            for first in festival_dates(code, year):
                if regime.since <= first < until:
                    for offset in offsets:
                        day = first + timedelta(days=offset)
                        found[day] = f"{found[day]}、{_NAMES[code]}" if day in found else _NAMES[code]
    return dict(sorted(found.items()))


def objection_to_workday(day: date) -> str | None:
    """Why a day cannot be a make-up working day, as a Chinese sentence; None if it can."""
    if day in statutory_days(day.year):
        return f"{day:%Y-%m-%d}是法定节假日（{statutory_days(day.year)[day]}），不能安排上班。"
    if day.weekday() < 5:
        return f"{day:%Y-%m-%d}是星期{'一二三四五'[day.weekday()]}，本来就上班，不用登记为调休上班。"
    return None
