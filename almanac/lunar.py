"""The lunar calendar (农历) from 1900 to 2100: conversion, birthdays kept by it, its words, and the solar terms.

Month lengths and solar terms come from borax. Two small tables below correct it where an astronomical computation
at UTC+8 (VSOP87 based) says otherwise:

- The eighth month of 2089 begins on 2089-09-04 (new moon 23:58), not a day later. This holds for any difference
  between terrestrial and civil time above 66 s; it has been more than that since 2014.
- Six solar terms of the past, each within minutes of midnight.

Two month starts lie so near midnight that sources disagree about them: 2057-09-29 (new moon 00:00–00:01; some
tables say 09-28) and 2097-08-08 (00:00–00:02; some say 08-07). The later day is kept for both: only a slowing of the
Earth's rotation larger than any forecast would move them. Every day from 1900 to 2056 is undisputed.
"""

from bisect import bisect_right
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from borax.calendars.lunardate import TERMS_CN, LCalendars, TermUtils

LeapRule = Literal["ordinary", "leap_when_present", "both"]
ShortMonth = Literal["clamp", "next"]

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2101, 1, 28)  # last day of lunar 2100

MONTH_NAMES = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月")
_TENS = ("初", "十", "廿")
_DIGITS = "一二三四五六七八九十"
_ANIMALS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"

# (lunar year, month): days by which borax puts the start too late.
_LATE_STARTS = {(2089, 8): 1}
_TERM_CORRECTIONS = {
    (1912, "小雪"): date(1912, 11, 22),
    (1913, "秋分"): date(1913, 9, 23),
    (1917, "大雪"): date(1917, 12, 8),
    (1927, "白露"): date(1927, 9, 9),
    (1928, "夏至"): date(1928, 6, 22),
    (1979, "大寒"): date(1979, 1, 20),
}


class _Month(NamedTuple):
    year: int
    month: int
    leap: bool
    first: int  # ordinal of its first day
    length: int


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A day of the lunar calendar that exists; any other raises ValueError. `leap` marks the leap month (闰月)."""

    year: int
    month: int
    day: int
    leap: bool = False

    def __post_init__(self) -> None:
        length = month_length(self.year, self.month, self.leap)
        if not 1 <= self.day <= length:
            raise ValueError(
                f"农历{self.year}年{month_name(self.month, self.leap)}只有{length}天，没有第{self.day}天。"
            )


def to_solar(lunar: LunarDate) -> date:
    """The Gregorian day of a lunar date."""
    return date.fromordinal(_month(lunar.year, lunar.month, lunar.leap).first + lunar.day - 1)


def from_solar(day: date) -> LunarDate:
    """The lunar date of a Gregorian day from 1900-01-01 to 2101-01-28; ValueError outside."""
    if not FIRST_DAY.toordinal() <= day.toordinal() <= LAST_DAY.toordinal():
        raise ValueError(f"{day:%Y-%m-%d}超出农历换算范围（1900-01-01至2101-01-28）。")
    months, firsts, _ = _table()
    month = months[bisect_right(firsts, day.toordinal()) - 1]
    return LunarDate(month.year, month.month, day.toordinal() - month.first + 1, month.leap)


def month_length(year: int, month: int, leap: bool = False) -> int:
    """29 or 30; ValueError for a year outside 1900–2100 (and 腊月 of 1899) or a leap month the year does not have."""
    return _month(year, month, leap).length


def leap_month(year: int) -> int | None:
    """The number of the month that is doubled in a lunar year, or None."""
    _require_year(year)
    return LCalendars.leap_month(year) or None


def anniversaries(
    month: int,
    day: int,
    leap: bool = False,
    *,
    start: date,
    end: date,
    leap_rule: LeapRule = "ordinary",
    short_month: ShortMonth = "clamp",
) -> list[date]:
    """Every Gregorian day from `start` to `end` (both included) on which a lunar month and day comes round.

    Counted per lunar year, so that a Gregorian year may hold none, one or two (DOMAIN 8.4). An empty window
    (`end` before `start`) holds none; a window outside 1900–2100 raises ValueError.

    `leap_rule` concerns a date of a leap month only: "ordinary" keeps it in the ordinary month of the same number,
    "leap_when_present" in the leap month in the years that have it, "both" in both. A date of an ordinary month
    never moves to a leap month. `short_month` says what day 30 becomes in a month of 29 days: its last day ("clamp")
    or the first day of the month after ("next").
    """
    month_day_name(month, day)  # refuses month 13 and day 31
    if leap_rule not in ("ordinary", "leap_when_present", "both"):
        raise ValueError(f"没有这种闰月规则：{leap_rule}。")
    if short_month not in ("clamp", "next"):
        raise ValueError(f"没有这种小月规则：{short_month}。")
    if end < start:
        return []
    if start < FIRST_DAY or end > LAST_DAY:
        raise ValueError("农历纪念日只能在1900-01-01至2101-01-28之间推算。")
    found = set()
    # 正月初一 falls in January or February, so a lunar year begun in `start.year - 1` may still reach the window.
    for year in range(start.year - 1, end.year + 1):
        for kept in _months_kept(year, month, leap, leap_rule):
            offset = day - 1 if day <= kept.length or short_month == "next" else kept.length - 1
            found.add(date.fromordinal(kept.first + offset))
    return sorted(one for one in found if start <= one <= end)


def solar_anniversary(month: int, day: int, year: int) -> date:
    """The day a solar birthday is kept in `year`: 29 February on the 28th in common years (DOMAIN 8.4, 6)."""
    try:
        date(2000, month, day)
        if (month, day) == (2, 29) and not isleap(year):
            return date(year, 2, 28)
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"没有{year}年{month}月{day}日这样的公历日期。") from None


def month_name(month: int, leap: bool = False) -> str:
    """正月 … 腊月, with 闰 before a leap month."""
    if not 1 <= month <= 12:
        raise ValueError(f"农历没有{month}月。")
    return ("闰" if leap else "") + MONTH_NAMES[month - 1]


def day_name(day: int) -> str:
    """初一 … 三十."""
    if not 1 <= day <= 30:
        raise ValueError(f"农历一个月没有第{day}天。")
    if day in (20, 30):
        return _DIGITS[day // 10 - 1] + "十"
    tens, digit = divmod(day - 1, 10)
    return _TENS[tens] + _DIGITS[digit]


def month_day_name(month: int, day: int, leap: bool = False) -> str:
    """十月十五, for a date kept every year."""
    return month_name(month, leap) + day_name(day)


def describe(lunar: LunarDate) -> str:
    """农历十月十五."""
    return "农历" + month_day_name(lunar.month, lunar.day, lunar.leap)


def animal(lunar: LunarDate) -> str:
    """The animal (生肖) of a date's lunar year, which for greetings changes at 春节 (DOMAIN 8.4, 5)."""
    return _ANIMALS[(lunar.year - 4) % 12]


def solar_term_day(year: int, name: str) -> date:
    """The day of a solar term (节气) in a Gregorian year from 1900 to 2100, at UTC+8."""
    if name not in TERMS_CN:
        raise ValueError(f"没有“{name}”这个节气。")
    _require_year(year)
    return _TERM_CORRECTIONS.get((year, name)) or TermUtils.nth_term_day(year, term_name=name)


def solar_term_on(day: date) -> str | None:
    """The solar term that falls on a day, or None."""
    _require_year(day.year)
    return _terms(day.year).get((day.month, day.day))


@cache
def _terms(year: int) -> dict[tuple[int, int], str]:
    days = {name: solar_term_day(year, name) for name in TERMS_CN}
    return {(day.month, day.day): name for name, day in days.items()}


def _months_kept(year: int, month: int, leap: bool, leap_rule: LeapRule) -> Iterator[_Month]:
    _, _, by_key = _table()
    ordinary = by_key.get((year, month, False))
    extra = by_key.get((year, month, True)) if leap and leap_rule != "ordinary" else None
    if extra:
        yield extra
    if ordinary and not (extra and leap_rule == "leap_when_present"):
        yield ordinary


@cache
def _table() -> tuple[list[_Month], list[int], dict[tuple[int, int, bool], _Month]]:
    """All months in order, the ordinals of their first days, and each by its year, number and leap flag."""
    # borax begins on 1900-01-31; the month before it (new moon 1900-01-01 21:52, 30 days) completes the year 1900.
    months = [_Month(1899, 12, False, FIRST_DAY.toordinal(), 30)]
    for year in range(1900, 2101):
        for month, length, leap in LCalendars.iter_year_month(year):
            before = months[-1]
            shift = _LATE_STARTS.get((year, month), 0)
            if shift:
                before = months[-1] = before._replace(length=before.length - shift)
            months.append(_Month(year, month, bool(leap), before.first + before.length, length + shift))
    return months, [one.first for one in months], {(one.year, one.month, one.leap): one for one in months}


def _month(year: int, month: int, leap: bool) -> _Month:
    found = _table()[2].get((year, month, bool(leap)))
    if found:
        return found
    if year != 1899:
        _require_year(year)
    elif month != 12:
        raise ValueError("农历1899年只收录腊月。")
    raise ValueError(f"农历{year}年没有{month_name(month, leap)}。")


def _require_year(year: int) -> None:
    if not 1900 <= year <= 2100:
        raise ValueError(f"农历只能推算1900年至2100年，不含{year}年。")
