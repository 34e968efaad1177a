"""DOMAIN 8.1 and 8.2."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almanac.enums import YearState
from almanac.workdays import (
    add_workdays,
    count_workdays,
    day_note,
    holiday_name,
    is_provisional,
    is_workday,
    next_workday,
    previous_workday,
    roll_back,
    year_state,
)

pytestmark = pytest.mark.django_db

DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))
# The table does not change between the examples of one test, so one database for all of them is right.
same_table = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def days_of(year):
    return [
        date(year, 1, 1) + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_of_the_published_years_agrees_with_a_second_library(year):
    assert [is_workday(day) for day in days_of(year)] == [chinese_calendar.is_workday(day) for day in days_of(year)]


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, count):
    assert count_workdays(date(year, 1, 1), date(year, 12, 31)) == count


def test_working_days_of_the_months_of_2026():
    firsts = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
    counts = [count_workdays(first, after - timedelta(days=1)) for first, after in pairwise(firsts)]
    assert counts == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-24", "2026-02-14"),
        ("2026-04-07", "2026-04-03"),
        ("2026-05-06", "2026-04-30"),
        ("2026-06-22", "2026-06-18"),
        ("2026-09-20", "2026-09-18"),
        ("2026-10-10", "2026-10-09"),
        ("2026-11-23", "2026-11-20"),
    ],
)
def test_previous_workday(day, expected):
    assert previous_workday(date.fromisoformat(day)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-11-23", 15, "2026-12-14"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2026-02-24", -1, "2026-02-14"),
        ("2026-10-10", -3, "2026-09-30"),
        ("2026-11-22", 0, "2026-11-22"),
    ],
)
def test_add_workdays(day, n, expected):
    assert add_workdays(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_next_workday_skips_a_long_holiday_and_finds_a_make_up_saturday():
    assert next_workday(date(2026, 9, 30)) == date(2026, 10, 8)
    assert next_workday(date(2026, 2, 13)) == date(2026, 2, 14)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-10-05", "2025-09-30"), ("2026-02-28", "2026-02-28"), ("2026-11-22", "2026-11-20")],
)
def test_roll_back(day, expected):
    assert roll_back(date.fromisoformat(day)) == date.fromisoformat(expected)


def test_count_has_both_ends_and_an_empty_span_has_none():
    assert count_workdays(date(2026, 11, 20), date(2026, 11, 23)) == 2
    assert count_workdays(date(2026, 11, 23), date(2026, 11, 23)) == 1
    assert count_workdays(date(2026, 11, 22), date(2026, 11, 22)) == 0
    assert count_workdays(date(2026, 11, 23), date(2026, 11, 20)) == 0


def test_2027_is_provisional_with_weekends_and_statutory_days():
    assert (year_state(2026), year_state(2027)) == (YearState.PUBLISHED, YearState.PROVISIONAL)
    assert not is_provisional(date(2026, 12, 31))
    assert is_provisional(date(2027, 1, 4))
    weekdays_off = [day for day in days_of(2027) if day.weekday() < 5 and not is_workday(day)]
    assert [f"{day:%m-%d}" for day in weekdays_off] == ["01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"]
    assert not any(is_workday(day) for day in days_of(2027) if day.weekday() >= 5)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("1993-01-01", False),
        ("1995-01-31", False),
        ("1995-05-02", True),
        ("1998-10-02", False),
        ("1998-10-05", True),
        ("2100-02-09", False),
        ("2100-12-31", True),
    ],
)
def test_years_far_from_any_notice_still_answer(day, works):
    assert is_workday(date.fromisoformat(day)) is works
    assert is_provisional(date.fromisoformat(day))


def test_the_eve_of_2024_was_worked_by_the_notice():
    assert is_workday(date(2024, 2, 9))


def test_words_for_a_day():
    assert holiday_name(date(2026, 2, 23)) == "春节"
    assert holiday_name(date(2026, 2, 14)) is None
    assert holiday_name(date(2027, 9, 15)) == "中秋节"
    assert holiday_name(date(2026, 11, 23)) is None
    assert day_note(date(2026, 2, 23)) == "春节假期"
    assert day_note(date(2026, 2, 14)) == "春节调休上班"
    assert day_note(date(2026, 11, 22)) == "周末"
    assert day_note(date(2026, 11, 23)) == "工作日"
    assert day_note(date(2027, 2, 5)) == "春节假期（暂定）"
    assert day_note(date(2027, 2, 9)) == "工作日（暂定）"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: is_workday(date(2101, 1, 3)),
        lambda: is_workday(date(1899, 12, 29)),
        lambda: add_workdays(date(2100, 12, 31), 1),
        lambda: add_workdays(date(2026, 11, 23), 2.5),
        lambda: is_workday(datetime(2026, 11, 23, 9, tzinfo=UTC)),
    ],
)
def test_impossible_input_is_refused(ask):
    with pytest.raises(ValueError, match=r"。$"):
        ask()


@same_table
@given(day=DAYS, n=st.integers(1, 60))
def test_going_back_undoes_going_forward(day, n):
    workday = roll_back(day)
    assert add_workdays(add_workdays(workday, n), -n) == workday
    assert add_workdays(add_workdays(workday, -n), n) == workday


@same_table
@given(day=DAYS, n=st.integers(1, 60))
def test_the_nth_day_after_closes_a_span_of_n(day, n):
    last = add_workdays(day, n)
    assert is_workday(last)
    assert count_workdays(day + timedelta(days=1), last) == n


@same_table
@given(start=DAYS, first=st.integers(0, 400), second=st.integers(0, 400))
def test_counts_add_up(start, first, second):
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    whole = count_workdays(start, middle) + count_workdays(middle + timedelta(days=1), end)
    assert count_workdays(start, end) == whole


@same_table
@given(day=DAYS)
def test_neighbours(day):
    before, after = previous_workday(day), next_workday(day)
    assert before < day < after
    assert count_workdays(before, after) == 2 + is_workday(day)


def test_asking_costs_one_query_a_minute(django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        for day in days_of(2026):
            is_workday(day)
