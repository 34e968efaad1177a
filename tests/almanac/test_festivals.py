"""DOMAIN 8.3 and 8.5."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.festivals import (
    COMMON_FESTIVALS,
    FESTIVALS,
    festival_dates,
    festival_names_on,
    festivals_on,
    personal_festival_names_on,
)

YEARS = (2025, 2026, 2027, 2028)
TABLE = {
    "laba": ("01-07", "01-26", "01-15", "01-04"),
    "xiaonian_north": ("01-22", "02-10", "01-30", "01-19"),
    "xiaonian_south": ("01-23", "02-11", "01-31", "01-20"),
    "chuxi": ("01-28", "02-16", "02-05", "01-25"),
    "chunjie": ("01-29", "02-17", "02-06", "01-26"),
    "yuanxiao": ("02-12", "03-03", "02-20", "02-09"),
    "qingming": ("04-04", "04-05", "04-05", "04-04"),
    "duanwu": ("05-31", "06-19", "06-09", "05-28"),
    "qixi": ("08-29", "08-19", "08-08", "08-26"),
    "zhongyuan": ("09-06", "08-27", "08-16", "09-03"),
    "zhongqiu": ("10-06", "09-25", "09-15", "10-03"),
    "chongyang": ("10-29", "10-18", "10-08", "10-26"),
    "dongzhi": ("12-21", "12-22", "12-22", "12-21"),
    "mothers_day": ("05-11", "05-10", "05-09", "05-14"),
    "fathers_day": ("06-15", "06-21", "06-20", "06-18"),
    "farmers_harvest": ("09-23", "09-23", "09-23", "09-22"),
}
CASES = [(code, year, day) for code, days in TABLE.items() for year, day in zip(YEARS, days, strict=True)]


@pytest.mark.parametrize(("code", "year", "day"), CASES)
def test_festivals_of_the_fact_sheet(code, year, day):
    expected = date.fromisoformat(f"{year}-{day}")
    assert festival_dates(code, year) == [expected]
    assert code in festivals_on(expected)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("laba", "2029-01-22"),
        ("xiaonian_north", "2029-02-06"),
        ("xiaonian_south", "2029-02-07"),
        ("chuxi", "2029-02-12"),
    ],
)
def test_the_next_winter(code, day):
    assert festival_dates(code, 2029) == [date.fromisoformat(day)]


def test_twice_or_never_in_a_gregorian_year():
    assert festival_dates("laba", 2022) == [date(2022, 1, 10), date(2022, 12, 30)]
    assert festival_dates("laba", 2023) == []


def test_festivals_are_kept_in_the_ordinary_month():
    # 2020 had 闰四月, 2025 闰六月, 2028 闰五月: one 端午 each.
    assert festival_dates("duanwu", 2028) == [date(2028, 5, 28)]


@pytest.mark.parametrize(
    ("code", "month_day"),
    [
        ("new_year", "01-01"),
        ("police_day", "01-10"),
        ("valentines_day", "02-14"),
        ("womens_day", "03-08"),
        ("labour_day", "05-01"),
        ("youth_day", "05-04"),
        ("nurses_day", "05-12"),
        ("science_workers_day", "05-30"),
        ("childrens_day", "06-01"),
        ("party_founding_day", "07-01"),
        ("army_day", "08-01"),
        ("doctors_day", "08-19"),
        ("teachers_day", "09-10"),
        ("national_day", "10-01"),
        ("postal_day", "10-09"),
        ("sanitation_workers_day", "10-26"),
        ("journalists_day", "11-08"),
        ("firefighters_day", "11-09"),
    ],
)
def test_fixed_days(code, month_day):
    assert festival_dates(code, 2026) == [date.fromisoformat(f"2026-{month_day}")]


def test_names_of_what_everybody_keeps():
    assert festival_names_on(date(2026, 2, 16)) == ["除夕"]
    assert festival_names_on(date(2026, 2, 17)) == ["春节"]
    assert festival_names_on(date(2026, 1, 1)) == ["元旦"]
    assert festival_names_on(date(2031, 10, 1)) == ["中秋", "国庆节"]
    assert festival_names_on(date(2026, 3, 8)) == []
    assert festival_names_on(date(2026, 11, 23)) == []


def test_codes_of_a_day():
    assert festivals_on(date(2026, 6, 19)) == ["duanwu"]
    assert festivals_on(date(2026, 2, 10)) == ["xiaonian_north"]
    assert festivals_on(date(2026, 11, 23)) == []


def test_personal_festivals_are_told_apart():
    assert personal_festival_names_on(date(2026, 3, 8)) == ["妇女节"]
    assert personal_festival_names_on(date(2026, 9, 10)) == ["教师节"]
    assert personal_festival_names_on(date(2026, 2, 17)) == []


@given(st.integers(1900, 2100))
def test_every_festival_once_a_year_and_found_on_its_day(year):
    for code in FESTIVALS:
        days = festival_dates(code, year)
        if code not in {"laba", "xiaonian_north", "xiaonian_south"}:
            assert len(days) == 1
        for day in days:
            assert day.year == year
            assert code in festivals_on(day)
    assert festival_dates("chuxi", year)[0] + timedelta(days=1) == festival_dates("chunjie", year)[0]


def test_names_agree_with_festival_dates_on_every_day_of_a_year():
    for offset in range(365):
        day = date(2027, 1, 1) + timedelta(days=offset)
        expected = [name for code, name in COMMON_FESTIVALS.items() if day in festival_dates(code, 2027)]
        assert festival_names_on(day) == expected


@pytest.mark.parametrize(("code", "year"), [("halloween", 2026), ("laba", 1899), ("laba", 2101)])
def test_unknown_code_or_year_is_refused(code, year):
    with pytest.raises(ValueError, match=r"。$"):
        festival_dates(code, year)


def test_a_day_outside_the_range_is_refused():
    with pytest.raises(ValueError, match="不含2101年"):
        festival_names_on(date(2101, 1, 1))


def test_results_cannot_be_spoilt_by_the_caller():
    festival_dates("chunjie", 2026).clear()
    festivals_on(date(2026, 2, 17)).clear()
    assert festival_dates("chunjie", 2026) == [date(2026, 2, 17)]
    assert festivals_on(date(2026, 2, 17)) == ["chunjie"]
