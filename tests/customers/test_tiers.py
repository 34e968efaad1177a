from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.parameters import TIER_THRESHOLDS
from customers.tiers import (
    DEFAULT_MONTHS_DOWN,
    DEFAULT_TIER_THRESHOLDS,
    TIER_ORDER,
    daily_average,
    month_to_date_average,
    monthly_average,
    next_tier,
    tier_for,
    year_to_date_average,
)
from organization.parameters import parameter

MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
TIERS = st.sampled_from(TIER_ORDER)


def runs(*periods: tuple[date, date, int | str]) -> dict[date, Decimal]:
    return {
        start + timedelta(days=n): Decimal(amount)
        for start, end, amount in periods
        for n in range((end - start).days + 1)
    }


def bound(tier: str) -> Decimal:
    return Decimal(DEFAULT_TIER_THRESHOLDS[tier])


# Monthly average: the worked cases of DOMAIN 1.2


def test_april_2026():
    balances = runs(
        (date(2026, 4, 1), date(2026, 4, 10), 80_000),
        (date(2026, 4, 11), date(2026, 4, 20), 200_000),
        (date(2026, 4, 21), date(2026, 4, 30), 50_000),
    )
    assert monthly_average(balances, date(2026, 4, 1)) == Decimal(110_000)


def test_february_2026():
    balances = runs(
        (date(2026, 2, 1), date(2026, 2, 14), 300_000),
        (date(2026, 2, 15), date(2026, 2, 28), 600_000),
    )
    assert monthly_average(balances, date(2026, 2, 1)) == Decimal(450_000)


def test_a_cent_below_the_gate_stays_below():
    average = monthly_average(runs((date(2026, 2, 1), date(2026, 2, 28), "99999.99")), date(2026, 2, 1))
    assert average == Decimal("99999.99")
    assert tier_for(average) == "POTENTIAL"


def test_the_average_is_not_rounded():
    average = monthly_average({date(2026, 1, 31): Decimal("3099999.99")}, date(2026, 1, 1))
    assert average < Decimal(100_000)
    assert tier_for(average) == "POTENTIAL"


def test_only_changes_need_to_be_given():
    changes = {date(2026, 4, 1): 80_000, date(2026, 4, 11): "200000", date(2026, 4, 21): Decimal(50_000)}
    assert monthly_average(changes, date(2026, 4, 17)) == Decimal(110_000)


def test_a_value_of_an_earlier_month_is_carried():
    balances = {date(2026, 3, 2): 7, date(2026, 3, 20): 60_000, date(2026, 4, 16): 120_000}
    assert monthly_average(balances, date(2026, 4, 1)) == Decimal(90_000)
    assert monthly_average({date(2025, 12, 31): 5}, date(2026, 4, 1)) == 5


def test_days_before_the_first_value_count_nothing():
    assert monthly_average({date(2026, 4, 16): 120_000}, date(2026, 4, 1)) == Decimal(60_000)


def test_later_values_do_not_matter():
    assert monthly_average({date(2026, 4, 1): 100, date(2026, 5, 1): 10**9}, date(2026, 4, 1)) == 100
    assert monthly_average({date(2026, 5, 1): 100}, date(2026, 4, 1)) == 0
    assert monthly_average({}, date(2026, 4, 1)) == 0


def test_leap_february_and_december():
    assert monthly_average({date(2024, 2, 29): 29}, date(2024, 2, 1)) == 1
    assert monthly_average({date(2026, 12, 31): 31}, date(2026, 12, 31)) == 1


def test_month_and_year_to_date_divide_by_elapsed_days():
    balances = {date(2026, 1, 1): 100, date(2026, 2, 1): 200}
    assert month_to_date_average(balances, date(2026, 2, 10)) == 200
    assert year_to_date_average(balances, date(2026, 1, 31)) == 100
    assert year_to_date_average(balances, date(2026, 2, 28)) == (Decimal(31 * 100 + 28 * 200) / 59)


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="截止日"):
        daily_average({}, date(2026, 2, 2), date(2026, 2, 1))
    for nonsense in ("十万", "NaN", "Infinity", 1.5, None):
        with pytest.raises(ValueError, match="金额"):
            monthly_average({date(2026, 4, 1): nonsense}, date(2026, 4, 1))
        with pytest.raises(ValueError, match="金额"):
            tier_for(nonsense)


@settings(max_examples=300)
@given(
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 6, 30)), MONEY, max_size=40),
    st.dates(date(2026, 1, 1), date(2026, 6, 30)),
)
def test_the_average_equals_the_mean_of_a_day_by_day_walk(balances, month):
    value, days, day = Decimal(0), [], date(2026, 1, 1)
    while day <= date(2026, 6, 30):
        value = balances.get(day, value)
        if (day.year, day.month) == (month.year, month.month):
            days.append(value)
        day += timedelta(days=1)
    assert monthly_average(balances, month) == sum(days) / len(days)


# Tier of an average: DOMAIN 1.3


@pytest.mark.parametrize(
    ("average", "tier"),
    [
        (-1, "MASS"),
        (0, "MASS"),
        ("49999.99", "MASS"),
        (50_000, "POTENTIAL"),
        ("99999.99", "POTENTIAL"),
        (100_000, "GOLD"),
        ("499999.99", "GOLD"),
        (500_000, "PLATINUM"),
        (2_000_000, "DIAMOND"),
        ("5999999.999999", "DIAMOND"),
        (6_000_000, "PRIVATE"),
        (10**12, "PRIVATE"),
    ],
)
def test_lower_bounds_are_inclusive(average, tier):
    assert tier_for(average) == tier


def test_a_bank_may_set_its_own_bounds():
    own = {"MASS": 0, "GOLD": "300000", "PRIVATE": Decimal(10_000_000)}
    assert [tier_for(amount, own) for amount in (299_999, 300_000, 9_999_999, 10_000_000)] == [
        "MASS",
        "GOLD",
        "GOLD",
        "PRIVATE",
    ]
    with pytest.raises(ValueError, match="不能为空"):
        tier_for(1, {})


def test_the_shipped_tables_know_the_same_tiers_in_rising_order():
    assert tuple(DEFAULT_TIER_THRESHOLDS) == TIER_ORDER
    assert set(DEFAULT_MONTHS_DOWN) == set(TIER_ORDER)
    bounds = [bound(tier) for tier in TIER_ORDER]
    assert bounds == sorted(set(bounds))


@pytest.mark.django_db
def test_the_parameter_ships_as_the_default_bounds():
    assert parameter(TIER_THRESHOLDS) == DEFAULT_TIER_THRESHOLDS


# Movement: DOMAIN 1.3


def test_up_in_the_month_after_straight_to_the_tier():
    assert next_tier("GOLD", [120_000, 130_000, 2_100_000]) == "DIAMOND"


def test_down_after_three_months_to_the_tier_of_the_third():
    assert next_tier("DIAMOND", [1_900_000]) == "DIAMOND"
    assert next_tier("DIAMOND", [1_900_000, 1_800_000]) == "DIAMOND"
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 1_700_000]) == "PLATINUM"
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 90_000]) == "POTENTIAL"
    assert next_tier("DIAMOND", [10, 20, 1_700_000]) == "PLATINUM"


def test_one_month_at_the_bound_starts_the_count_anew():
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 2_000_000]) == "DIAMOND"
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 2_000_000, 1_700_000, 1_700_000]) == "DIAMOND"
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 2_000_000, 1_700_000, 1_700_000, 600_000]) == "PLATINUM"


def test_private_customers_have_six_months():
    low = [5_000_000] * 5
    assert next_tier("PRIVATE", low) == "PRIVATE"
    assert next_tier("PRIVATE", [*low, "5999999.99"]) == "DIAMOND"
    assert next_tier("PRIVATE", [*low, 6_000_000]) == "PRIVATE"


def test_below_gold_the_tier_follows_the_month():
    assert next_tier("POTENTIAL", [49_999]) == "MASS"
    assert next_tier("MASS", [50_000]) == "POTENTIAL"
    assert next_tier("MASS", [7_000_000]) == "PRIVATE"


def test_months_before_the_tier_was_held_do_not_count():
    # DIAMOND since April on March's average; January and February were far below.
    assert next_tier("DIAMOND", [300_000, 300_000, 2_100_000, 1_900_000]) == "DIAMOND"
    # GOLD by hand although an old month was higher.
    assert next_tier("GOLD", [2_100_000, 90_000, 120_000]) == "GOLD"


def test_a_missed_movement_is_worked_off_month_by_month():
    # To PLATINUM after the third month; the fourth is only the first month below that.
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 1_700_000, 300_000]) == "PLATINUM"
    assert next_tier("DIAMOND", [1_900_000, 1_800_000, 300_000, 700_000]) == "PLATINUM"


def test_nothing_moves_without_averages():
    assert next_tier("GOLD", []) == "GOLD"


def test_own_bounds_and_own_patience():
    own = {"MASS": 0, "GOLD": 300_000}
    assert next_tier("GOLD", [200_000, 200_000, 200_000], thresholds=own) == "MASS"
    assert next_tier("GOLD", [200_000, 200_000, 200_000], thresholds=own, months_down={"GOLD": 4}) == "GOLD"
    assert next_tier("GOLD", [200_000], thresholds=own, months_down={"GOLD": 1}) == "MASS"
    assert next_tier("PRIVATE", [1] * 6, months_down={"GOLD": 1}) == "MASS"


def test_an_unknown_tier_is_refused():
    with pytest.raises(ValueError, match="未知的客户层级：SILVER"):
        next_tier("SILVER", [1])


@settings(max_examples=500)
@given(TIERS, st.lists(MONEY, max_size=12))
def test_the_result_lies_between_the_tier_held_and_the_months_of_the_run(current, averages):
    after = next_tier(current, averages)
    if averages and averages[-1] >= bound(current):
        assert after == tier_for(averages[-1])
    else:
        assert bound(after) <= bound(current)


@settings(max_examples=500)
@given(TIERS, st.lists(MONEY, min_size=1, max_size=12))
def test_every_movement_lands_where_its_month_stands(current, averages):
    held = current
    for count in range(1, len(averages) + 1):
        before, held = held, next_tier(held, averages[:count])
        assert held in (before, tier_for(averages[count - 1]))


@settings(max_examples=500)
@given(TIERS, st.lists(st.decimals(0, 1, places=4), max_size=20))
def test_late_is_the_same_as_in_time(current, shares):
    averages = [bound(current) * share for share in shares if share < 1]
    held = current
    for count in range(1, len(averages) + 1):
        held = next_tier(held, averages[:count])
    assert next_tier(current, averages) == held


@settings(max_examples=500)
@given(TIERS, st.lists(MONEY, max_size=12), st.lists(MONEY, max_size=6))
def test_what_lies_before_a_month_at_the_bound_is_forgotten(current, averages, older):
    at_bound = bound(current)
    assert next_tier(current, [*older, at_bound, *averages]) == next_tier(current, [at_bound, *averages])


@settings(max_examples=300)
@given(TIERS, st.integers(1, 12))
def test_patience_is_exactly_as_long_as_the_table_says(current, months):
    if bound(current) == 0:
        return
    just_below = [bound(current) - Decimal("0.01")] * months
    is_moved = next_tier(current, just_below) != current
    assert is_moved == (months >= DEFAULT_MONTHS_DOWN[current])
