"""DOMAIN 8.1: what the law names before a notice is out."""

from datetime import date

import pytest

from almanac.statutory import objection_to_workday, statutory_days


def test_thirteen_days_of_2027():
    days = " ".join(f"{day:%m-%d}" for day in statutory_days(2027))
    assert days == "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"
    assert statutory_days(2027)[date(2027, 2, 5)] == "春节"
    assert statutory_days(2027)[date(2027, 9, 15)] == "中秋节"


@pytest.mark.parametrize(
    ("year", "count"),
    [(1949, 7), (1993, 7), (1998, 7), (1999, 8), (2000, 10), (2007, 10), (2008, 11), (2024, 11), (2026, 13)],
)
def test_how_many_days_the_law_named(year, count):
    assert len(statutory_days(year)) == count


def test_the_eve_of_the_new_year_came_went_and_came_back():
    assert date(2013, 2, 9) in statutory_days(2013)
    assert date(2024, 2, 9) not in statutory_days(2024)
    assert date(2025, 1, 28) in statutory_days(2025)


def test_the_change_of_september_1999_counts_from_its_day():
    assert date(1999, 5, 2) not in statutory_days(1999)
    assert date(1999, 10, 3) in statutory_days(1999)


def test_two_festivals_on_one_day_share_its_name():
    assert statutory_days(2031)[date(2031, 10, 1)] == "中秋节、国庆节"


def test_every_year_of_the_range_can_be_asked():
    assert all(len(statutory_days(year)) >= 7 for year in range(1900, 2101))


def test_why_a_day_cannot_be_a_make_up_workday():
    assert objection_to_workday(date(2027, 2, 14)) is None
    assert objection_to_workday(date(2027, 2, 9)) == "2027-02-09是星期二，本来就上班，不用登记为调休上班。"
    assert objection_to_workday(date(2027, 2, 6)) == "2027-02-06是法定节假日（春节），不能安排上班。"
