"""DOMAIN 8.4, and every day of 1900–2100 against a second library."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import LunarYear, Solar

from almanac.lunar import (
    FIRST_DAY,
    LAST_DAY,
    LunarDate,
    animal,
    anniversaries,
    day_name,
    describe,
    from_solar,
    leap_month,
    month_day_name,
    month_length,
    solar_anniversary,
    solar_term_day,
    solar_term_on,
    to_solar,
)

DAYS = st.dates(FIRST_DAY, LAST_DAY)
# The one lunar month whose start lunar_python puts a day earlier (new moon minutes from midnight, see almanac.lunar).
DISPUTED = (date(2097, 8, 7), date(2097, 9, 5))


def days_of_second_library():
    """(Gregorian day, lunar year, month, day, leap) of every day, from lunar_python's month table."""
    julian_day_of_epoch = 2451545 - date(2000, 1, 1).toordinal()
    for year in range(1899, 2101):
        for month in LunarYear.fromYear(year).getMonths():
            if month.getYear() != year:
                continue
            first = int(month.getFirstJulianDay() + 0.5) - julian_day_of_epoch
            for offset in range(month.getDayCount()):
                if first + offset >= FIRST_DAY.toordinal():
                    day = date.fromordinal(first + offset)
                    yield day, (year, abs(month.getMonth()), offset + 1, month.getMonth() < 0)


def test_every_day_agrees_with_a_second_library():
    compared, different = 0, []
    for day, theirs in days_of_second_library():
        ours = from_solar(day)
        assert to_solar(ours) == day
        compared += 1
        if (ours.year, ours.month, ours.day, ours.leap) != theirs:
            different.append(day)
    assert compared == (LAST_DAY - FIRST_DAY).days + 1 == 73442
    first, last = DISPUTED
    assert different == [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


@given(DAYS.filter(lambda day: day.year <= 2100 and not DISPUTED[0] <= day <= DISPUTED[1]))
def test_a_random_day_agrees_with_the_second_library_asked_for_that_day(day):
    theirs = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    ours = from_solar(day)
    assert (ours.year, ours.month, ours.day, ours.leap) == (
        theirs.getYear(),
        abs(theirs.getMonth()),
        theirs.getDay(),
        theirs.getMonth() < 0,
    )


def test_month_starts_near_midnight_are_those_the_docstring_states():
    assert to_solar(LunarDate(2057, 9, 1)) == date(2057, 9, 29)
    assert to_solar(LunarDate(2089, 8, 1)) == date(2089, 9, 4)
    assert to_solar(LunarDate(2089, 7, 29)) == date(2089, 9, 3)
    assert (month_length(2089, 7), month_length(2089, 8)) == (29, 30)
    assert to_solar(LunarDate(2097, 7, 1)) == date(2097, 8, 8)


@given(DAYS)
def test_round_trip(day):
    assert to_solar(from_solar(day)) == day


@given(st.dates(FIRST_DAY, LAST_DAY - timedelta(days=1)))
def test_the_next_day_is_the_next_lunar_day_or_a_first(day):
    today, tomorrow = from_solar(day), from_solar(day + timedelta(days=1))
    assert tomorrow.day == 1 or tomorrow == LunarDate(today.year, today.month, today.day + 1, today.leap)


@pytest.mark.parametrize(
    ("year", "month"),
    [(2025, 6), (2028, 5), (2031, 3), (2033, 11), (2036, 6), (2026, None), (2027, None)],
)
def test_leap_months(year, month):
    assert leap_month(year) == month


@pytest.mark.parametrize(("year", "length"), [(2024, 29), (2025, 29), (2026, 29), (2027, 29), (2028, 29), (2029, 30)])
def test_twelfth_month_has_no_thirtieth_until_2029(year, length):
    assert month_length(year, 12) == length


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ((2025, 12, 30), "农历2025年腊月只有29天，没有第30天。"),
        ((2026, 6, 1, True), "农历2026年没有闰六月。"),
        ((2026, 13, 1), "农历没有13月。"),
        ((2026, 0, 1), "农历没有0月。"),
        ((2026, 1, 0), "农历2026年正月只有30天，没有第0天。"),
        ((2026, 1, 31), "农历2026年正月只有30天，没有第31天。"),
        ((1899, 11, 1), "农历1899年只收录腊月。"),
        ((1899, 12, 1, True), "农历1899年没有闰腊月。"),
        ((1898, 12, 1), "农历只能推算1900年至2100年，不含1898年。"),
        ((2101, 1, 1), "农历只能推算1900年至2100年，不含2101年。"),
    ],
)
def test_a_lunar_date_that_does_not_exist_is_refused(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        to_solar(LunarDate(*fields))


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2101, 1, 29)])
def test_a_day_outside_the_range_is_refused(day):
    with pytest.raises(ValueError, match="超出农历换算范围"):
        from_solar(day)


def test_first_and_last_day():
    assert from_solar(date(1900, 1, 1)) == LunarDate(1899, 12, 1)
    assert from_solar(date(1900, 1, 31)) == LunarDate(1900, 1, 1)
    assert from_solar(date(2101, 1, 28)) == LunarDate(2100, 12, 29)


def years(first, last):
    return {"start": date(first, 1, 1), "end": date(last, 12, 31)}


def test_a_date_may_fall_twice_or_never_in_a_gregorian_year():
    assert anniversaries(12, 8, **years(2022, 2022)) == [date(2022, 1, 10), date(2022, 12, 30)]
    assert anniversaries(12, 8, **years(2023, 2023)) == []


def test_leap_birth_is_kept_in_the_ordinary_month():
    assert from_solar(date(1987, 8, 2)) == LunarDate(1987, 6, 8, leap=True)
    expected = [date(2025, 7, 2), date(2026, 7, 21), date(2027, 7, 11)]
    assert anniversaries(6, 8, True, **years(2025, 2027)) == expected


def test_leap_birth_in_the_leap_month_where_there_is_one():
    found = anniversaries(6, 8, True, **years(2025, 2026), leap_rule="leap_when_present")
    assert found == [date(2025, 8, 1), date(2026, 7, 21)]


def test_leap_birth_in_both():
    found = anniversaries(6, 8, True, **years(2025, 2026), leap_rule="both")
    assert found == [date(2025, 7, 2), date(2025, 8, 1), date(2026, 7, 21)]


@pytest.mark.parametrize("leap_rule", ["ordinary", "leap_when_present", "both"])
def test_ordinary_birth_never_moves_to_the_leap_month(leap_rule):
    assert anniversaries(6, 8, **years(2025, 2025), leap_rule=leap_rule) == [date(2025, 7, 2)]


def test_the_thirtieth_of_the_twelfth_month_is_kept_on_the_eve_of_the_new_year():
    assert from_solar(date(1984, 2, 1)) == LunarDate(1983, 12, 30)
    assert anniversaries(12, 30, **years(2027, 2027)) == [date(2027, 2, 5)]
    found = anniversaries(12, 30, **years(2025, 2030))
    assert found == [to_solar(LunarDate(year, 1, 1)) - timedelta(days=1) for year in range(2025, 2031)]


def test_the_thirtieth_may_move_to_the_first_of_the_next_month():
    found = anniversaries(12, 30, **years(2027, 2030), short_month="next")
    assert found == [date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 2)]


def test_the_leap_month_may_be_shorter_than_the_ordinary_one():
    assert (month_length(2025, 6), month_length(2025, 6, True)) == (30, 29)
    both = {"leap_rule": "both", **years(2025, 2025)}
    assert anniversaries(6, 30, True, **both) == [date(2025, 7, 24), date(2025, 8, 22)]
    assert anniversaries(6, 30, True, **both, short_month="next") == [date(2025, 7, 24), date(2025, 8, 23)]


def test_both_ends_of_the_window_count():
    day = date(2026, 7, 21)
    assert anniversaries(6, 8, start=day, end=day) == [day]
    assert anniversaries(6, 8, start=day + timedelta(days=1), end=day + timedelta(days=300)) == []
    assert anniversaries(6, 8, start=day, end=day - timedelta(days=1)) == []


def test_the_ends_of_the_range():
    assert anniversaries(12, 8, **years(1900, 1900)) == [date(1900, 1, 8)]
    assert anniversaries(11, 20, **years(2100, 2100)) == [date(2100, 12, 20)]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((13, 1), {}),
        ((0, 1), {}),
        ((1, 31), {}),
        ((1, 0), {}),
        ((1, 1), {"leap_rule": "sometimes"}),
        ((1, 1), {"short_month": "skip"}),
        ((1, 1), {"start": date(1899, 12, 31)}),
        ((1, 1), {"end": date(2101, 1, 29)}),
    ],
)
def test_impossible_input_is_refused(arguments, options):
    with pytest.raises(ValueError, match=r"。$"):
        anniversaries(*arguments, **{**years(2025, 2026), **options})


@given(
    start=st.dates(FIRST_DAY, LAST_DAY),
    length=st.integers(0, 2000),
    month=st.integers(1, 12),
    day=st.integers(1, 30),
    leap=st.booleans(),
    leap_rule=st.sampled_from(["ordinary", "leap_when_present", "both"]),
    short_month=st.sampled_from(["clamp", "next"]),
)
def test_sorted_inside_the_window_and_once_a_lunar_year(start, length, month, day, leap, leap_rule, short_month):
    end = min(start + timedelta(days=length), LAST_DAY)
    rules = {"leap_rule": leap_rule, "short_month": short_month}
    found = anniversaries(month, day, leap, start=start, end=end, **rules)
    assert found == sorted(set(found))
    assert all(start <= one <= end for one in found)
    # Every day of the window is in the list exactly if its lunar date says so, whatever the window.
    wide = anniversaries(month, day, leap, start=FIRST_DAY, end=LAST_DAY, **rules)
    assert found == [one for one in wide if start <= one <= end]
    for one in found:
        lunar = from_solar(one)
        assert lunar.day == min(day, 29) or lunar.day == day or (short_month == "next" and lunar.day == 1)
        assert not lunar.leap or leap or (short_month == "next" and lunar.day == 1)


def test_29_february_is_kept_on_the_28th_in_common_years():
    assert solar_anniversary(2, 29, 2026) == date(2026, 2, 28)
    assert solar_anniversary(2, 29, 2028) == date(2028, 2, 29)
    assert solar_anniversary(2, 29, 2100) == date(2100, 2, 28)


def test_any_other_day_stays():
    assert solar_anniversary(11, 23, 2026) == date(2026, 11, 23)


@pytest.mark.parametrize(("month", "day"), [(2, 30), (13, 1), (4, 31), (0, 1)])
def test_impossible_days_are_refused(month, day):
    with pytest.raises(ValueError, match="没有2026年"):
        solar_anniversary(month, day, 2026)


def test_describe():
    assert describe(from_solar(date(2026, 11, 23))) == "农历十月十五"
    assert describe(LunarDate(2025, 6, 8, leap=True)) == "农历闰六月初八"
    assert describe(LunarDate(2026, 12, 29)) == "农历腊月廿九"


@pytest.mark.parametrize(
    ("day", "name"),
    [(1, "初一"), (9, "初九"), (10, "初十"), (11, "十一"), (19, "十九"), (20, "二十"), (21, "廿一"), (30, "三十")],
)
def test_day_names(day, name):
    assert day_name(day) == name


def test_thirty_different_day_names():
    assert len({day_name(day) for day in range(1, 31)}) == 30


def test_a_recurring_date_needs_no_year():
    assert month_day_name(12, 30) == "腊月三十"
    assert month_day_name(1, 15) == "正月十五"


def test_the_animal_changes_at_the_spring_festival():
    assert animal(from_solar(date(2026, 2, 16))) == "蛇"
    assert animal(from_solar(date(2026, 2, 17))) == "马"


def test_every_term_agrees_with_a_second_library():
    compared = 0
    for year in range(1900, 2102):
        # The table of a lunar year runs from one winter solstice to the next; its ASCII keys repeat neighbours' terms.
        for name, solar in Solar.fromYmd(year, 6, 1).getLunar().getJieQiTable().items():
            if not name.isascii() and 1900 <= solar.getYear() <= 2100:
                day = date(solar.getYear(), solar.getMonth(), solar.getDay())
                assert solar_term_day(day.year, name) == day
                assert solar_term_on(day) == name
                compared += 1
    assert compared == 24 * 201


def test_twenty_four_a_year():
    for year in (1900, 1979, 2026, 2100):
        days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(365)]
        assert len([day for day in days if solar_term_on(day)]) == 24


def test_an_ordinary_day_has_none():
    assert solar_term_on(date(2026, 11, 23)) is None
    assert solar_term_on(date(2026, 11, 22)) == "小雪"


def test_unknown_term_or_year_is_refused():
    with pytest.raises(ValueError, match="没有“中秋”这个节气"):
        solar_term_day(2026, "中秋")
    with pytest.raises(ValueError, match="不含1899年"):
        solar_term_on(date(1899, 12, 22))
