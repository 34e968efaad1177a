"""手工评定: a tier past the rule until a date, and what the rule says on the day after."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.enums import CustomerStatus, Tier
from customers.models import Customer, TierChange
from customers.services.held_tiers import end_held_tiers, hold_tier, release_tier
from customers.services.tiers import move_tiers
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification
from tests.customers.services.test_tiers import LAST, keep
from tests.world import TODAY

ONE = timedelta(days=1)
UNTIL = TODAY + 30 * ONE


def hold(world, customer, tier=Tier.PLATINUM, *, by="supervisor", until=UNTIL, reason="企业主，家庭资产在他行"):
    return hold_tier(by=world.people[by], customer=customer, tier=tier, until=until, reason=reason)


def everybody():
    return Customer.objects.unscoped("test")


def test_it_is_told_in_the_archive_the_trail_and_to_the_manager(world):
    customer = world.customer("张伟", tier=Tier.GOLD)
    was = customer.version
    change = hold(world, customer)
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_held_until, customer.version) == (Tier.PLATINUM, UNTIL, was + 1)
    assert (change.before, change.after, change.held_until) == (Tier.GOLD, Tier.PLATINUM, UNTIL)
    assert (change.rule, change.changed_by) == ("", world.supervisor)
    event = AuditEvent.objects.get(action=AuditAction.CHANGE)
    assert event.before == {"tier": "金卡客户"}
    assert event.after == {"tier": "白金客户", "tier_held_until": f"{UNTIL}"}
    told = Notification.objects.get()
    assert told.recipient == world.rm
    assert "将张伟的层级手工评定为白金客户" in told.text


@pytest.mark.parametrize(
    ("by", "given", "sentence"),
    [
        ("rm", {}, "由客户经理主管"),
        ("supervisor", {"until": TODAY}, "今天之后"),
        ("supervisor", {"reason": " 好 "}, "请填写理由"),
        ("supervisor", {"reason": "长" * 181}, "2到180个字"),
        ("supervisor", {"tier": "GOLDEN"}, "请选择客户层级"),
        ("other_supervisor", {}, "不在您的管户范围内"),
    ],
)
def test_what_is_refused(world, by, given, sentence):
    customer = world.customer(tier=Tier.GOLD)
    with pytest.raises(RuleViolation, match=sentence):
        hold(world, customer, by=by, **given)
    assert not TierChange.objects.unscoped("test").exists()


def test_of_a_closed_archive_and_twice_the_same_are_refused(world):
    with pytest.raises(RuleViolation, match="不再评定层级"):
        hold(world, world.customer(status=CustomerStatus.CLOSED))
    customer = world.customer(tier=Tier.PLATINUM)
    hold(world, customer)  # the tier held already, so that it does not fall
    with pytest.raises(RuleViolation, match="截止日期相同"):
        hold(world, customer)
    hold(world, customer, until=UNTIL + ONE)  # longer
    assert everybody().get(pk=customer.pk).tier_held_until == UNTIL + ONE


@pytest.mark.parametrize(("held", "average"), [(Tier.DIAMOND, "20000"), (Tier.MASS, "700000")])
def test_the_rule_leaves_the_customer_alone(world, held, average):
    customer = world.customer(tier=Tier.GOLD)
    keep(customer, *[average] * 6)
    hold(world, customer, held)
    assert move_tiers(month=LAST, customer_ids=[customer.pk], on=TODAY) == 0
    assert everybody().get(pk=customer.pk).tier == held


@pytest.mark.parametrize(
    ("averages", "back"),
    [
        (["99999.99"], Tier.POTENTIAL),
        (["100000"], Tier.GOLD),
        (["100", "2500000"], Tier.DIAMOND),  # the last month, not the one before
        (["9000000", "700000"], Tier.PLATINUM),  # at once: nothing was waited for while it was held
        (["-5"], Tier.MASS),
        ([], Tier.DIAMOND),  # no closed month: nothing says otherwise
    ],
)
def test_the_day_after_the_last_one_brings_the_rules_tier_back(world, averages, back):
    customer = world.customer(tier=Tier.GOLD)
    if averages:
        keep(customer, *averages)
    hold(world, customer, Tier.DIAMOND)
    assert end_held_tiers(everybody(), on=UNTIL) == 0
    assert end_held_tiers(everybody(), on=UNTIL + ONE) == 1
    assert end_held_tiers(everybody(), on=UNTIL + ONE) == 0
    row = everybody().get(pk=customer.pk)
    assert (row.tier, row.tier_held_until) == (back, None)
    told = TierChange.objects.unscoped("test").latest("pk")
    assert (told.before, told.after, told.changed_by, told.held_until) == (Tier.DIAMOND, back, None, None)
    assert told.reason == f"手工评定到期，按{(UNTIL + ONE).replace(day=1) - ONE:%Y年%m月}月日均评定"
    assert Notification.objects.filter(recipient=world.rm).count() == 2


def test_any_number_ends_in_the_same_number_of_statements(world):
    def statements(names: list[str]) -> int:
        for name in names:
            customer = world.customer(name, tier=Tier.GOLD)
            keep(customer, "300000")
            hold(world, customer, Tier.PRIVATE)
        with CaptureQueriesContext(connection) as asked:
            assert end_held_tiers(everybody(), on=UNTIL + ONE) == len(names)
        return len(asked)

    assert statements(["张伟"]) == statements(["李娜", "王芳", "赵强"])


def test_ended_early_the_rule_is_back_at_once(world):
    customer = world.customer(tier=Tier.GOLD)
    keep(customer, "600000")
    with pytest.raises(RuleViolation, match="没有手工评定"):
        release_tier(by=world.supervisor, customer=customer, reason="评定有误")
    hold(world, customer, Tier.PRIVATE)
    with pytest.raises(RuleViolation, match="由客户经理主管"):
        release_tier(by=world.rm, customer=customer, reason="评定有误")
    change = release_tier(by=world.outlet_head, customer=customer, reason="评定有误")
    row = everybody().get(pk=customer.pk)
    assert (row.tier, row.tier_held_until) == (Tier.PLATINUM, None)
    assert change.reason == "提前结束手工评定：评定有误"
    event = AuditEvent.objects.filter(action=AuditAction.CHANGE).latest("pk")
    assert event.before == {"tier": "私行客户", "tier_held_until": f"{UNTIL}"}
    assert event.after == {"tier": "白金客户", "tier_held_until": ""}
    assert end_held_tiers(everybody(), on=date(2099, 1, 1)) == 0
