"""Every worked case of DOMAIN 1.5, and the edges between them."""

from datetime import date

import pytest

from customers.enums import AssessmentState, StaleReason
from customers.suitability import check, higher_level, highest_level, state_on, turned_senior_since, valid_until

TESTED, TODAY = date(2025, 11, 23), date(2026, 11, 23)


def asked(customer: str | None, product: str, **said):
    return check(customer, product, **{"assessed_on": TESTED, "day": TODAY, "age": 46} | said)


# DOMAIN 1.5, in its order


def test_c3_and_r3_fit():
    assert asked("C3", "R3").allowed
    assert asked("C3", "R3").reasons == ()


def test_c2_and_r3_are_refused():
    verdict = asked("C2", "R3")
    assert not verdict.allowed
    assert "R3高于客户风险承受能力C2" in verdict.reasons[0]


def test_c5_and_r5_at_66_ask_for_the_confirmation():
    assert not asked("C5", "R5", age=66).allowed
    confirmed = asked("C5", "R5", age=66, senior_confirmed=True)
    assert confirmed.allowed
    assert confirmed.needs_review


def test_the_higher_of_two_ratings_counts():
    assert higher_level("R3", "R2") == higher_level("R2", "R3") == "R3"
    assert not asked("C2", "R3", issuer_level="R2").allowed
    assert not asked("C2", "R2", issuer_level="R3").allowed
    assert asked("C3", "R3", issuer_level="R2").allowed


def test_a_test_is_valid_through_its_anniversary():
    assert asked("C3", "R3", day=date(2026, 11, 23)).allowed
    verdict = asked("C3", "R3", day=date(2026, 11, 24))
    assert not verdict.allowed
    assert verdict.reasons == ("风险测评已过有效期，须重新测评。",)


@pytest.mark.parametrize("customer", ["C1", "C2", "C3", "C4", "C5"])
@pytest.mark.parametrize("product", ["R1", "R2", "R3", "R4", "R5"])
def test_the_whole_table_c_against_r(customer, product):
    assert asked(customer, product).allowed == (product[1] <= customer[1])
    assert highest_level(customer) == f"R{customer[1]}"


# the edges


def test_every_objection_is_said_at_once():
    verdict = asked("C1", "R5", day=date(2027, 1, 1), age=70)
    assert len(verdict.reasons) == 3


def test_without_a_test_nothing_is_offered():
    assert asked(None, "R1", assessed_on=None).reasons == ("客户还没有做风险测评。",)


def test_a_stale_test_says_why():
    assert asked("C5", "R1", stale_reason=StaleReason.INCOME).reasons == (
        "风险测评因收入发生重大变化已失效，须重新测评。",
    )


def test_65_is_asked_and_64_is_not():
    assert asked("C3", "R1", age=64).allowed
    low = asked("C3", "R2", age=65)
    assert not low.allowed
    assert not low.needs_review
    assert "第二人复核" in asked("C3", "R3", age=65).reasons[0]
    assert asked("C3", "R3", age=None).allowed


def test_minors_are_offered_nothing():
    assert not asked("C5", "R1", age=17).allowed
    assert asked("C5", "R1", age=18).allowed


@pytest.mark.parametrize(
    ("customer", "product", "issuer"), [("C6", "R1", None), ("C1", "R0", None), ("C1", "R1", "R9"), ("C1", "", None)]
)
def test_a_level_that_does_not_exist_is_no_answer(customer, product, issuer):
    with pytest.raises(ValueError, match="等级"):
        asked(customer, product, issuer_level=issuer)


def test_a_test_of_the_future_is_no_answer():
    with pytest.raises(ValueError, match="不能晚于"):
        asked("C3", "R3", day=date(2025, 11, 22))


@pytest.mark.parametrize(
    ("tested", "last"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2027, 3, 1), date(2028, 3, 1)),
        (date(2025, 12, 31), date(2026, 12, 31)),
        (date(2025, 11, 23), date(2026, 11, 23)),
    ],
)
def test_the_last_day_of_a_test(tested, last):
    assert valid_until(tested) == last


def test_months_of_unlike_length():
    assert valid_until(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert valid_until(date(2026, 12, 31), 1) == date(2027, 1, 31)


def test_turning_65_after_the_test_makes_it_stale_on_the_birthday():
    born = date(1961, 11, 23)
    said = {"expires_on": date(2027, 6, 1), "assessed_on": date(2026, 6, 1), "birth_date": born}
    assert state_on(date(2026, 11, 22), **said) == (AssessmentState.VALID, "")
    assert state_on(date(2026, 11, 23), **said) == (AssessmentState.STALE, StaleReason.SENIOR)
    # A test taken at 65 or later knows the age.
    assert not turned_senior_since(born, date(2026, 11, 23), date(2027, 1, 1))
    assert not turned_senior_since(None, date(2026, 6, 1), date(2026, 12, 1))


def test_a_leap_day_child_turns_65_on_the_first_of_march():
    born, tested = date(1964, 2, 29), date(2028, 6, 1)
    assert not turned_senior_since(born, tested, date(2029, 2, 28))
    assert turned_senior_since(born, tested, date(2029, 3, 1))


def test_expired_stands_above_stale():
    said = {"expires_on": TESTED, "assessed_on": TESTED, "stale_reason": StaleReason.HEALTH}
    assert state_on(TESTED, **said) == (AssessmentState.STALE, StaleReason.HEALTH)
    assert state_on(TODAY, **said) == (AssessmentState.EXPIRED, "")
