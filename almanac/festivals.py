"""Festivals and days of professions by code: their Chinese names, and their dates in any year from 1900 to 2100.

Traditional festivals are kept in the ordinary lunar month, never in a leap month; 清明, 秋分 and 冬至 are solar terms
at UTC+8 (DOMAIN 8.3, 8.5). A day of a profession is given for every year, also before it was introduced.
"""

from datetime import date, timedelta
from functools import cache

from almanac.lunar import LunarDate, anniversaries, solar_term_day, to_solar

_LUNAR = {
    "laba": (12, 8),
    "xiaonian_north": (12, 23),
    "xiaonian_south": (12, 24),
    "chunjie": (1, 1),
    "yuanxiao": (1, 15),
    "duanwu": (5, 5),
    "qixi": (7, 7),
    "zhongyuan": (7, 15),
    "zhongqiu": (8, 15),
    "chongyang": (9, 9),
}
_TERMS = {"qingming": "清明", "farmers_harvest": "秋分", "dongzhi": "冬至"}
_SOLAR = {
    "new_year": (1, 1),
    "police_day": (1, 10),
    "valentines_day": (2, 14),
    "womens_day": (3, 8),
    "labour_day": (5, 1),
    "youth_day": (5, 4),
    "nurses_day": (5, 12),
    "science_workers_day": (5, 30),
    "childrens_day": (6, 1),
    "party_founding_day": (7, 1),
    "army_day": (8, 1),
    "doctors_day": (8, 19),
    "teachers_day": (9, 10),
    "national_day": (10, 1),
    "postal_day": (10, 9),
    "sanitation_workers_day": (10, 26),
    "journalists_day": (11, 8),
    "firefighters_day": (11, 9),
}
# (month, which Sunday)
_SUNDAYS = {"mothers_day": (5, 2), "fathers_day": (6, 3)}

# What everybody keeps: public holidays and traditional festivals.
COMMON_FESTIVALS = {
    "new_year": "元旦",
    "laba": "腊八",
    "xiaonian_north": "北方小年",
    "xiaonian_south": "南方小年",
    "chuxi": "除夕",
    "chunjie": "春节",
    "yuanxiao": "元宵",
    "qingming": "清明",
    "labour_day": "劳动节",
    "duanwu": "端午",
    "qixi": "七夕",
    "zhongyuan": "中元",
    "zhongqiu": "中秋",
    "chongyang": "重阳",
    "national_day": "国庆节",
    "dongzhi": "冬至",
}
# What some keep, by sex, age, family or occupation (DOMAIN 8.5).
PERSONAL_FESTIVALS = {
    "police_day": "人民警察节",
    "valentines_day": "情人节",
    "womens_day": "妇女节",
    "youth_day": "青年节",
    "mothers_day": "母亲节",
    "nurses_day": "护士节",
    "science_workers_day": "科技工作者日",
    "childrens_day": "儿童节",
    "fathers_day": "父亲节",
    "party_founding_day": "建党节",
    "army_day": "建军节",
    "doctors_day": "医师节",
    "teachers_day": "教师节",
    "farmers_harvest": "农民丰收节",
    "postal_day": "邮政日",
    "sanitation_workers_day": "环卫工人节",
    "journalists_day": "记者节",
    "firefighters_day": "消防日",
}
FESTIVALS = COMMON_FESTIVALS | PERSONAL_FESTIVALS


def festival_dates(code: str, year: int) -> list[date]:
    """The days in a Gregorian year on which a festival falls: none, one or two (腊八 of two lunar years)."""
    if code not in FESTIVALS:
        raise ValueError(f"没有代码为“{code}”的节日。")
    if not 1900 <= year <= 2100:
        raise ValueError(f"节日只能推算1900年至2100年，不含{year}年。")
    return list(_dates(code, year))


def festival_names_on(day: date) -> list[str]:
    """Chinese names of the public holidays and traditional festivals of a day, without those of some people only."""
    return [COMMON_FESTIVALS[code] for code in festivals_on(day) if code in COMMON_FESTIVALS]


def personal_festival_names_on(day: date) -> list[str]:
    """Chinese names of the days kept by some people (women, teachers, soldiers …); the caller knows whom."""
    return [PERSONAL_FESTIVALS[code] for code in festivals_on(day) if code in PERSONAL_FESTIVALS]


def festivals_on(day: date) -> list[str]:
    """Codes of everything in FESTIVALS that falls on a day, in that table's order."""
    if not 1900 <= day.year <= 2100:
        raise ValueError(f"节日只能推算1900年至2100年，不含{day.year}年。")
    return list(_codes_by_day(day.year).get((day.month, day.day), ()))


@cache
def _dates(code: str, year: int) -> tuple[date, ...]:
    if code in _SOLAR:
        return (date(year, *_SOLAR[code]),)
    if code in _TERMS:
        return (solar_term_day(year, _TERMS[code]),)
    if code in _SUNDAYS:
        month, nth = _SUNDAYS[code]
        first = date(year, month, 1)
        return (first + timedelta(days=6 - first.weekday() + 7 * (nth - 1)),)
    if code == "chuxi":
        # The twelfth month has 29 or 30 days, so the eve is counted back from the new year.
        return (to_solar(LunarDate(year, 1, 1)) - timedelta(days=1),)
    return tuple(anniversaries(*_LUNAR[code], start=date(year, 1, 1), end=date(year, 12, 31)))


@cache
def _codes_by_day(year: int) -> dict[tuple[int, int], list[str]]:
    by_day: dict[tuple[int, int], list[str]] = {}
    for code in FESTIVALS:
        for day in _dates(code, year):
            by_day.setdefault((day.month, day.day), []).append(code)
    return by_day
