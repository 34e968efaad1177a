"""A lunar birthday as people write it: 08-15, 闰04-15, 八月十五, 腊月初八."""

import re
from dataclasses import dataclass

from customers.importing.cells import BadCell, plain, shown

_NUMERIC = re.compile(r"(?P<leap>闰?)(?P<month>\d{1,2})[-月/.](?P<day>\d{1,2})日?")
_WRITTEN = re.compile(
    r"(?P<leap>闰?)(?P<month>[正一二三四五六七八九十冬腊]{1,2})月(?P<day>[初一二三四五六七八九十廿卅]{1,3})日?"
)
_DIGITS = {character: number for number, character in enumerate("一二三四五六七八九十", start=1)}
_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_LONGEST_MONTH = 30


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar year; whether a certain year has it is the calendar's business (DOMAIN 8.4)."""

    month: int
    day: int
    is_leap: bool


def lunar_birthday(cell: object) -> LunarDay:
    """Month and day of a lunar date, of an optional leap month. Raises BadCell."""
    value = plain(cell).removeprefix("农历").replace(" ", "")
    if match := _NUMERIC.fullmatch(value):
        month, day = int(match["month"]), int(match["day"])
    elif match := _WRITTEN.fullmatch(value):
        month = _MONTHS.get(match["month"]) or _number(match["month"])
        day = _number(match["day"].removeprefix("初"))
    else:
        raise BadCell(f"{shown(cell)}不是农历日期，请写成08-15或闰04-15")
    if not (1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH):
        raise BadCell(f"{shown(cell)}不是农历日期，农历月为1至12，日为1至30")
    return LunarDay(month, day, bool(match["leap"]))


def _number(written: str) -> int:
    """一 … 三十, 廿三, 卅; 0 for what is no number."""
    written = written.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = written.partition("十")
    if not ten:
        return _DIGITS.get(written, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
