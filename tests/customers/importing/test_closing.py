"""The closing balance of a day from movements whose order is not the order of booking."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.importing.closing import Movement, closing_from, closing_position
from customers.importing.transforms import InvalidMapping

COLUMNS = {"account": 0, "day": 1, "amount": 2, "direction": 3, "balance": 4}
SPEC = {
    "account": "account",
    "day": "day",
    "amount": "amount",
    "direction": "direction",
    "out": ["-"],
    "balance": "balance",
}


def movements(*pairs: tuple[str, str]) -> list[Movement]:
    return [Movement(Decimal(amount), Decimal(balance)) for amount, balance in pairs]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_end_of_the_chain_is_found_in_any_order(order):
    day = movements(("23672.00", "50842.50"), ("128.30", "50970.80"), ("-14.60", "50956.20"))
    shuffled = [day[i] for i in order]
    assert shuffled[closing_position(shuffled, Decimal("27170.50"))].balance == Decimal("50956.20")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_balances_rounded_apart_from_amounts_still_chain(order):
    day = movements(("23672.00", "50842.50"), ("128.30", "50970.70"), ("-14.60", "50956.10"))
    shuffled = [day[i] for i in order]
    assert shuffled[closing_position(shuffled, Decimal("27170.50"))].balance == Decimal("50956.10")


def test_two_near_ends_are_told_apart_by_the_chain():
    """213.30 + 50.20 + 50.20 − 0.10 − 14.60 − 0.10 with a rounding: the sum alone would point at 298.90."""
    day = movements(
        ("-14.60", "298.90"), ("50.20", "313.60"), ("-0.10", "313.50"), ("50.20", "263.50"), ("-0.10", "298.80")
    )
    assert day[closing_position(day, Decimal("213.30"))].balance == Decimal("298.80")


def test_a_gap_in_the_extract_does_not_stop_the_day():
    day = movements(("107.90", "25974.50"), ("-14.60", "25959.90"))
    assert day[closing_position(day, Decimal("25759.10"))].balance == Decimal("25959.90")


@given(
    opening=st.integers(0, 10**6),
    amounts=st.lists(st.integers(-10_000, 10_000).filter(bool), min_size=1, max_size=30),
    seed=st.randoms(use_true_random=False),
)
def test_any_exact_chain_ends_where_its_sum_says(opening, amounts, seed):
    balance, day = Decimal(opening) / 100, []
    for amount in amounts:
        balance += Decimal(amount) / 100
        day.append(Movement(Decimal(amount) / 100, balance))
    seed.shuffle(day)
    assert day[closing_position(day, Decimal(opening) / 100)].balance == balance


def test_one_row_per_account_and_day_closes_it():
    closing = closing_from(SPEC, COLUMNS)
    rows = [
        (2, ["A1", "930101", "700", "+", "700.00"], ""),
        (3, ["A2", "930101", "50", "+", "50.00"], ""),
        (4, ["A1", "930102", "100", "-", "550.00"], ""),
        (5, ["A1", "930102", "50", "-", "650.00"], ""),
        (6, ["A2", "930102", "x", "-", "50.00"], ""),
        (7, ["A1", "930101", "9", "+", "709.00"], ""),
        (8, ["", "", "", "", ""], "本行有误"),
    ]
    found = list(closing.end_of_days(iter(rows)))
    assert sorted((number, fault) for number, _, fault in found) == [
        (2, ""), (3, ""), (4, ""), (6, "金额或余额“x”不是金额（最多两位小数）"), (7, "流水没有按日期先后排列，无法推算日终余额"),
        (8, "本行有误"),
    ]  # fmt: skip


def test_columns_of_movements_are_checked():
    with pytest.raises(InvalidMapping, match="日终余额取自列“无”"):
        closing_from(SPEC | {"balance": "无"}, COLUMNS)
