"""The movement rule over stored months: DOMAIN 1.3's cases, against `next_tier` on any history, told in the archive."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.enums import CustomerStatus, Tier
from customers.models import Customer, MonthlyBalance, TierChange
from customers.parameters import TIER_THRESHOLDS
from customers.services.tiers import move_tiers
from customers.tiers import TIER_ORDER, next_tier
from organization.enums import AuditAction
from organization.models import AuditEvent, Parameter
from organization.parameters import forget
from tests.world import TODAY

LAST = date(2026, 10, 1)  # the month before the tests' November


def month_before(month: date, back: int) -> date:
    for _ in range(back):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def keep(customer: Customer, *averages: str, last: date = LAST) -> None:
    """Averages of months in a row, oldest first; the last one is `last`."""
    MonthlyBalance.objects.bulk_create(
        MonthlyBalance(
            customer=customer, unit=customer.unit, average=Decimal(average), closing=0,
            month=month_before(last, len(averages) - 1 - place),
        )
        for place, average in enumerate(averages)
    )  # fmt: skip


def moved(customer: Customer, month: date = LAST) -> str:
    move_tiers(month=month, customer_ids=[customer.pk], on=TODAY)
    return Customer.objects.unscoped("test").get(pk=customer.pk).tier


@pytest.mark.parametrize(
    ("held", "averages", "after"),
    [
        (Tier.GOLD, ["2100000"], Tier.DIAMOND),
        (Tier.DIAMOND, ["1900000", "1800000", "1700000"], Tier.PLATINUM),
        (Tier.DIAMOND, ["1900000", "1800000", "2000000"], Tier.DIAMOND),
        (Tier.DIAMOND, ["1900000", "1800000"], Tier.DIAMOND),
        (Tier.DIAMOND, ["1900000", "2000000", "1800000", "1700000"], Tier.DIAMOND),
        (Tier.PRIVATE, ["10"] * 5, Tier.PRIVATE),
        (Tier.PRIVATE, ["10"] * 6, Tier.MASS),
        (Tier.POTENTIAL, ["99999.990000"], Tier.POTENTIAL),  # unrounded: a cent short of the gate
        (Tier.POTENTIAL, ["100000"], Tier.GOLD),
        (Tier.POTENTIAL, ["49999.999999"], Tier.MASS),
        (Tier.MASS, ["-5"], Tier.MASS),
        (Tier.GOLD, [], Tier.GOLD),
    ],
)
def test_the_worked_cases(world, held, averages, after):
    customer = world.customer(tier=held)
    keep(customer, *averages)
    assert moved(customer) == after
    assert moved(customer) == after  # asked again


AVERAGES = st.sampled_from(
    ["0", "49999.99", "50000", "99999.99", "100000", "600000", "2000000", "5999999.99", "6000000"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.sampled_from(TIER_ORDER), averages=st.lists(AVERAGES, min_size=1, max_size=9))
def test_month_after_month_it_is_the_rule(world, alone, held, averages):
    """Every month moved in its turn, as the nights do, ends where the rule ends that is told all months at once."""
    customer = world.customer(tier=held)
    keep(customer, *averages)
    for back in range(len(averages) - 1, -1, -1):
        expected = next_tier(
            Customer.objects.unscoped("test").get(pk=customer.pk).tier, averages[: len(averages) - back]
        )
        assert moved(customer, month_before(LAST, back)) == expected
    customer.delete()


def test_a_move_is_told_in_the_archive_and_in_the_trail(world):
    Parameter.objects.create(
        code=TIER_THRESHOLDS, effective_from=date(2026, 6, 1), source="测试",
        value={"MASS": "0", "POTENTIAL": "50000", "GOLD": "200000", "PLATINUM": "500000"},
    )  # fmt: skip
    forget()
    customer = world.customer(tier=Tier.POTENTIAL)
    keep(customer, "210000")
    assert moved(customer) == Tier.GOLD
    told = TierChange.objects.unscoped("test").get()
    assert (told.before, told.after, told.rule, told.changed_by) == (Tier.POTENTIAL, Tier.GOLD, "2026-06-01", None)
    assert told.reason == "按2026年10月月日均评定"
    event = AuditEvent.objects.get(action=AuditAction.CHANGE)
    assert (event.before, event.after) == ({"tier": "潜力客户"}, {"tier": "金卡客户"})
    assert Customer.objects.unscoped("test").get(pk=customer.pk).version == customer.version + 1


def test_only_those_asked_about_and_still_served_move(world, django_assert_num_queries):
    some = [world.customer(tier=Tier.MASS) for _ in range(3)]
    gone = world.customer(tier=Tier.MASS, status=CustomerStatus.CLOSED)
    for customer in (*some, gone):
        keep(customer, "300000")
    assert move_tiers(month=LAST, customer_ids=[some[0].pk, some[1].pk, gone.pk], on=TODAY) == 2
    assert move_tiers(month=LAST, customer_ids=[c.pk for c in some], on=TODAY) == 1
    with django_assert_num_queries(3):  # nobody moves: one look in a savepoint, whatever is asked about
        assert move_tiers(month=LAST, customer_ids=[c.pk for c in (*some, gone)], on=TODAY) == 0


def test_a_month_that_runs_moves_nobody(world):
    with pytest.raises(ValueError, match="2026年11月还没有结束"):
        move_tiers(month=TODAY, customer_ids=[world.customer().pk], on=TODAY)
