from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almanac.workdays import is_workday
from customers.beats import (
    BEAT_CHANNELS,
    DEFAULT_BEAT_MATRIX,
    DEFAULT_MONTHLY_TOUCH_LIMIT,
    Interval,
    Workload,
    due_on,
    first_contact_due_on,
    first_meeting_due_on,
    interval_for,
    monthly_touches,
    next_due_on,
    overdue_severity,
    satisfied_channels,
)
from customers.parameters import BEAT_MATRIX
from customers.tiers import TIER_ORDER
from organization.parameters import parameter

pytestmark = pytest.mark.django_db

STRATEGIES = ("INTENSIVE", "ACTIVE", "RESPONSIVE")
INTERVALS = st.one_of(
    st.builds(Interval, months=st.integers(1, 24)),
    st.builds(Interval, weeks=st.integers(1, 30)),
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
with_calendar = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# Due dates: DOMAIN 2.3(2)


@pytest.mark.parametrize(
    ("last_on", "months", "weeks", "due"),
    [
        (date(2025, 7, 5), 3, 0, date(2025, 9, 30)),  # 10-05 lies in the holiday
        (date(2026, 1, 31), 1, 0, date(2026, 2, 28)),  # a make-up working Saturday
        (date(2026, 8, 31), 1, 0, date(2026, 9, 30)),
        (date(2023, 12, 31), 2, 0, date(2024, 2, 29)),
        (date(2025, 11, 24), 12, 0, date(2026, 11, 24)),
        (date(2024, 2, 29), 12, 0, date(2025, 2, 28)),
        (date(2026, 11, 16), 0, 1, date(2026, 11, 23)),
        (date(2026, 11, 14), 0, 2, date(2026, 11, 27)),  # a Saturday
        (date(2026, 9, 23), 0, 2, date(2026, 9, 30)),  # 10-07, the last day of the holiday
        (date(2026, 12, 15), 1, 0, date(2027, 1, 15)),
    ],
)
def test_due_on(last_on, months, weeks, due):
    assert due_on(last_on, months=months, weeks=weeks) == due


@pytest.mark.parametrize(("months", "weeks"), [(0, 0), (-1, 0), (0, -2), (1, 1)])
def test_a_due_date_needs_one_interval(months, weeks):
    with pytest.raises(ValueError, match="频度"):
        due_on(date(2026, 11, 23), months=months, weeks=weeks)


def test_a_due_date_beyond_the_calendar_is_refused():
    with pytest.raises(ValueError, match="超出"):
        due_on(date(9999, 12, 1), months=1)
    with pytest.raises(ValueError, match="超出"):
        due_on(date(9999, 12, 31), weeks=1)


@with_calendar
@given(DAYS, INTERVALS)
def test_a_due_date_is_the_last_working_day_not_after_the_nominal_one(last_on, interval):
    due = due_on(last_on, months=interval.months, weeks=interval.weeks)
    month = last_on.month - 1 + interval.months
    year, month = last_on.year + month // 12, month % 12 + 1
    nominal = date(year, month, min(last_on.day, monthrange(year, month)[1])) + timedelta(days=7 * interval.weeks)
    assert is_workday(due)
    assert due <= nominal
    assert not any(is_workday(due + timedelta(days=n)) for n in range(1, (nominal - due).days + 1))


@with_calendar
@given(DAYS, st.integers(1, 24), st.integers(0, 60))
def test_a_later_contact_is_never_due_earlier(last_on, months, days):
    assert due_on(last_on + timedelta(days=days), months=months) >= due_on(last_on, months=months)


# The promise after a contact


def test_a_weekly_call_before_a_long_holiday_is_next_due_after_it():
    weekly = Interval(weeks=1)
    assert due_on(date(2026, 2, 14), weeks=1) == date(2026, 2, 14)
    assert next_due_on(date(2026, 2, 14), weekly) == date(2026, 2, 24)
    assert next_due_on(date(2025, 9, 30), weekly) == date(2025, 10, 9)
    assert next_due_on(date(2026, 2, 18), weekly) == date(2026, 2, 25)  # a wish on the second day of the holiday
    assert next_due_on(date(2026, 2, 15), weekly) == date(2026, 2, 24)


def test_otherwise_the_promise_is_the_due_date():
    assert next_due_on(date(2025, 7, 5), Interval(months=3)) == date(2025, 9, 30)
    assert next_due_on(date(2026, 11, 16), Interval(weeks=1)) == date(2026, 11, 23)
    assert next_due_on(date(2026, 11, 16), Interval()) is None


@with_calendar
@given(DAYS, INTERVALS)
def test_nothing_is_due_on_the_day_it_was_done(last_on, interval):
    due = next_due_on(last_on, interval)
    assert due > last_on
    assert is_workday(due)


def test_a_new_customer_is_called_in_three_working_days_and_met_in_thirty_days():
    assert first_contact_due_on(date(2026, 11, 23)) == date(2026, 11, 26)
    assert first_contact_due_on(date(2026, 9, 30)) == date(2026, 10, 10)
    assert first_meeting_due_on(date(2026, 11, 23)) == date(2026, 12, 23)
    assert first_meeting_due_on(date(2026, 9, 4)) == date(2026, 9, 30)
    assert first_meeting_due_on(date(2026, 2, 14), days=3) == date(2026, 2, 14)


# Intervals


@pytest.mark.parametrize(
    ("text", "interval", "label"),
    [
        ("1M", Interval(months=1), "每月"),
        ("12M", Interval(months=12), "每12个月"),
        (" 3m ", Interval(months=3), "每3个月"),
        ("1W", Interval(weeks=1), "每周"),
        ("2w", Interval(weeks=2), "每2周"),
        ("—", Interval(), "不设频度"),
        ("-", Interval(), "不设频度"),
        ("", Interval(), "不设频度"),
        (None, Interval(), "不设频度"),
    ],
)
def test_intervals_are_read_and_shown(text, interval, label):
    assert Interval.parse(text) == interval
    assert interval.label == label


@pytest.mark.parametrize("text", ["3", "M", "0M", "-1M", "3D", "1M1W", "1.5M", "三月", "3M\n2W", "１M"])
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(ValueError, match="维护频度"):
        Interval.parse(text)


@given(INTERVALS)
def test_an_interval_reads_back_as_itself(interval):
    assert Interval.parse(str(interval)) == interval
    assert interval
    assert interval.length_in_days > 0


def test_no_beat_is_false():
    assert not Interval()
    assert str(Interval()) == "—"


# The matrix: DOMAIN 2.2


def test_the_shipped_matrix():
    shown = {
        tier: [
            tuple(str(interval_for(tier, strategy, channel)) for channel in BEAT_CHANNELS) for strategy in STRATEGIES
        ]
        for tier in TIER_ORDER
    }
    assert shown == {
        "PRIVATE": [("1M", "1W"), ("2M", "2W"), ("6M", "1M")],
        "DIAMOND": [("2M", "2W"), ("3M", "1M"), ("12M", "3M")],
        "PLATINUM": [("3M", "1M"), ("6M", "2M"), ("—", "3M")],
        "GOLD": [("6M", "1M"), ("12M", "2M"), ("—", "3M")],
        "POTENTIAL": [("12M", "3M"), ("—", "6M"), ("—", "—")],
        "MASS": [("—", "—"), ("—", "—"), ("—", "—")],
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("tier", ["GOLD", "PLATINUM", "DIAMOND", "PRIVATE"])
def test_every_managed_customer_hears_from_us_each_quarter(tier, strategy):
    intervals = [interval_for(tier, strategy, channel) for channel in BEAT_CHANNELS]
    assert min(interval.length_in_months for interval in intervals if interval) <= 3


@pytest.mark.parametrize("channel", BEAT_CHANNELS)
@pytest.mark.parametrize("tier", TIER_ORDER)
def test_a_stronger_strategy_never_asks_for_less(tier, channel):
    lengths = [
        interval.length_in_months if interval else Decimal("Infinity")
        for interval in (interval_for(tier, strategy, channel) for strategy in STRATEGIES)
    ]
    assert lengths == sorted(lengths)


def test_the_parameter_ships_as_the_default_matrix():
    assert parameter(BEAT_MATRIX) == DEFAULT_BEAT_MATRIX


def test_an_administrators_matrix_takes_over():
    own = {"GOLD": {"ACTIVE": {"meeting": "—", "phone": "6W"}}}
    assert interval_for("GOLD", "ACTIVE", "phone", own) == Interval(weeks=6)
    assert not interval_for("GOLD", "ACTIVE", "meeting", own)
    assert not interval_for("PRIVATE", "INTENSIVE", "phone", own)
    assert set(DEFAULT_BEAT_MATRIX) == set(TIER_ORDER)


# Counting: DOMAIN 2.3(1)


@pytest.mark.parametrize(
    ("channel", "satisfied"),
    [
        ("meeting", {"meeting", "phone"}),
        ("visit", {"meeting", "phone"}),
        ("phone", {"phone"}),
        ("sms", set()),
        ("wecom", set()),
        ("letter", set()),
        ("email", set()),
    ],
)
def test_what_a_contact_satisfies(channel, satisfied):
    assert satisfied_channels(channel, is_answered=True) == satisfied
    assert satisfied_channels(channel, is_answered=False) == frozenset()


def test_an_unknown_channel_is_refused():
    with pytest.raises(ValueError, match="未知的联系渠道：fax"):
        satisfied_channels("fax", is_answered=True)


# Overdue: DOMAIN 2.3(3)


def test_severity_is_the_share_of_the_interval():
    due = date(2026, 11, 23)
    assert overdue_severity(due, due, Interval(weeks=2)) == 0
    assert overdue_severity(due, due - timedelta(days=9), Interval(weeks=2)) == 0
    assert overdue_severity(due, due + timedelta(days=7), Interval(weeks=2)) == Decimal("0.5")
    assert overdue_severity(due, due + timedelta(days=365), Interval(months=12)) == 1
    assert overdue_severity(due, due + timedelta(days=7), Interval()) == 0


@given(INTERVALS, st.integers(1, 400))
def test_a_day_later_is_worse_and_a_shorter_beat_is_worse(interval, days):
    due = date(2026, 11, 23)
    today = due + timedelta(days=days)
    severity = overdue_severity(due, today, interval)
    assert 0 < severity < overdue_severity(due, today + timedelta(days=1), interval)
    longer = Interval(months=interval.months and interval.months + 1, weeks=interval.weeks and interval.weeks + 1)
    assert overdue_severity(due, today, longer) < severity


# Workload: DOMAIN 2.5


def test_twenty_private_customers():
    assert monthly_touches({("PRIVATE", "INTENSIVE"): 20}) == Workload(
        Decimal("20.00"), Decimal("66.67"), Decimal("86.67")
    )


def test_a_mixed_book():
    book = {("PLATINUM", "RESPONSIVE"): 30, ("GOLD", "ACTIVE"): 120, ("MASS", "ACTIVE"): 5000}
    assert monthly_touches(book) == Workload(Decimal("10.00"), Decimal("60.00"), Decimal("70.00"))
    assert monthly_touches({}) == Workload(Decimal(0), Decimal(0), Decimal(0))


def test_a_meeting_more_often_than_the_calls_needs_no_call():
    own = {"GOLD": {"ACTIVE": {"meeting": "1M", "phone": "3M"}}}
    assert monthly_touches({("GOLD", "ACTIVE"): 3}, own) == Workload(Decimal(3), Decimal(0), Decimal(3))


def test_the_limit_is_passed_by_ninety_three_private_customers():
    assert monthly_touches({("PRIVATE", "INTENSIVE"): 92}).total < DEFAULT_MONTHLY_TOUCH_LIMIT
    assert monthly_touches({("PRIVATE", "INTENSIVE"): 93}).total > DEFAULT_MONTHLY_TOUCH_LIMIT
