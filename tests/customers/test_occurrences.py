"""When a yearly date comes round next, and what a clerk is told where it moves (DOMAIN 8.4)."""

from datetime import date

import pytest

from customers.occurrences import next_occurrence


@pytest.mark.parametrize(
    ("month", "day", "on", "expected", "says"),
    [
        (11, 23, date(2026, 11, 23), date(2026, 11, 23), ""),
        (11, 22, date(2026, 11, 23), date(2027, 11, 22), ""),
        (2, 29, date(2026, 11, 23), date(2027, 2, 28), "没有2月29日"),
        (2, 29, date(2028, 1, 1), date(2028, 2, 29), ""),
        (2, 29, date(2027, 2, 28), date(2027, 2, 28), "2月28日纪念"),
    ],
)
def test_solar(month, day, on, expected, says):
    found = next_occurrence("solar", month, day, on=on)
    assert found.day == expected
    assert says in found.explanation
    assert bool(says) == bool(found.explanation)


@pytest.mark.parametrize(
    ("month", "day", "is_leap", "on", "expected", "says"),
    [
        (12, 30, False, date(2026, 11, 23), date(2027, 2, 5), "只有29天，没有三十，在月末除夕过"),
        (6, 8, True, date(2026, 1, 1), date(2026, 7, 21), "闰月生日每年在六月过"),
        (12, 8, False, date(2023, 1, 1), date(2024, 1, 18), ""),
        (1, 1, False, date(2026, 11, 23), date(2027, 2, 6), ""),
        (10, 15, False, date(2026, 11, 23), date(2026, 11, 23), ""),
    ],
)
def test_lunar(month, day, is_leap, on, expected, says):
    found = next_occurrence("lunar", month, day, is_leap, on=on)
    assert found.day == expected
    assert says in found.explanation
    assert bool(says) == bool(found.explanation)


@pytest.mark.parametrize(
    ("calendar", "month", "day"), [("solar", 2, 30), ("solar", 13, 1), ("lunar", 1, 31), ("lunar", 13, 1)]
)
def test_a_day_no_year_has(calendar, month, day):
    with pytest.raises(ValueError, match=r"没有|只有"):
        next_occurrence(calendar, month, day, on=date(2026, 11, 23))


def test_beyond_the_lunar_tables_there_is_no_answer():
    assert next_occurrence("lunar", 1, 1, on=date(2101, 6, 1)) is None
