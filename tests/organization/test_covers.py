"""Standing in for a colleague: who may arrange it, whom, when, and what it opens."""

from datetime import timedelta

import pytest

from customers.models import Customer
from organization.enums import AuditAction, CoverReason
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Cover, Notification, Staff
from organization.parameters import forget
from organization.services.covers import cancel_cover, create_cover
from tests.world import TODAY


def day(offset):
    return TODAY + timedelta(days=offset)


def cover(world, by="rm", absent="rm", substitute="colleague", starts=0, ends=4, **fields):
    return create_cover(
        by=world.people[by], absent=world.people[absent], substitute=world.people[substitute],
        starts_on=day(starts), ends_on=day(ends), **fields,
    )  # fmt: skip


def fresh(staff):
    """As the next request sees the person: without what this one read already."""
    return Staff.objects.get(pk=staff.pk)


def test_a_cover_opens_the_customers_and_tells_the_substitute(world):
    customer = world.customer()
    made = cover(world, reason=CoverReason.TRAINING, note="去总行培训")
    assert customer in Customer.objects.visible_to(fresh(world.colleague))
    told = Notification.objects.get(recipient=world.colleague)
    assert told.text == "11月23日至11月27日由您代班林悦的客户维护工作。"
    assert not Notification.objects.filter(recipient=world.rm).exists()
    said = AuditEvent.objects.get(action=AuditAction.CREATE)
    assert said.after["代班人"] == "1003"
    assert made.created_by == world.rm


def test_the_supervisor_tells_both(world):
    cover(world, by="supervisor")
    assert Notification.objects.get(recipient=world.rm).text.endswith("由周航为您代班。")
    assert Notification.objects.filter(recipient=world.colleague).count() == 1


@pytest.mark.parametrize("by", ["rm", "supervisor", "outlet_head", "branch_head"])
def test_who_arranges_a_cover(world, by):
    assert cover(world, by=by).pk


@pytest.mark.parametrize(
    "by", ["colleague", "other_rm", "other_supervisor", "stranger", "lobby", "teller", "head_office_staff",
           "administrator", "auditor"],
)  # fmt: skip
def test_who_does_not(world, by):
    with pytest.raises(RuleViolation, match="您不能为林悦登记代班"):
        cover(world, by=by)
    assert not Cover.objects.exists()


def test_a_branch_head_may_ask_another_outlet_and_an_rm_may_not(world):
    with pytest.raises(RuleViolation, match="代班人须是东城网点"):
        cover(world, by="rm", substitute="other_rm")
    with pytest.raises(RuleViolation, match="代班人须是滨海分行"):
        cover(world, by="branch_head", substitute="stranger")
    assert cover(world, by="branch_head", substitute="other_rm").pk


@pytest.mark.parametrize("substitute", ["teller", "lobby", "outlet_head"])
def test_a_substitute_serves_customers_too(world, substitute):
    with pytest.raises(RuleViolation, match="在岗的客户经理"):
        cover(world, substitute=substitute)


def test_a_disabled_substitute_is_no_substitute(world):
    Staff.objects.filter(pk=world.colleague.pk).update(is_active=False)
    with pytest.raises(RuleViolation, match="在岗的客户经理"):
        cover(world)


def test_only_those_who_serve_by_name_are_covered(world):
    with pytest.raises(RuleViolation, match="只有在岗的客户经理和客户经理主管需要代班"):
        cover(world, by="branch_head", absent="teller")


def test_nobody_stands_in_for_himself(world):
    with pytest.raises(RuleViolation, match="不能是休假人本人"):
        cover(world, substitute="rm")


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [(-1, 4, "不能早于今天"), (3, 2, "结束日期不能早于开始日期"), (0, 180, "最长180天")],
)
def test_days_that_cannot_be(world, starts, ends, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        cover(world, starts=starts, ends=ends)


@pytest.mark.parametrize(("starts", "ends"), [(4, 8), (0, 0), (1, 2), (-0, 10)])
def test_overlapping_days_are_refused(world, starts, ends):
    cover(world)
    with pytest.raises(RuleViolation, match="已由周航代班，日期不能重叠"):
        cover(world, by="supervisor", substitute="supervisor", starts=starts, ends=ends)


def test_the_next_day_is_free_and_so_is_a_cancelled_cover(world):
    cancel_cover(by=world.rm, cover=cover(world))
    cover(world)
    assert cover(world, starts=5, ends=8).pk


def test_somebody_absent_cannot_stand_in(world):
    cover(world, by="colleague", absent="colleague", substitute="supervisor")
    with pytest.raises(RuleViolation, match="周航在11月23日至11月27日本人休假"):
        cover(world, starts=2, ends=9)


def test_cancelling_before_it_starts(world):
    made = cover(world, starts=3)
    cancel_cover(by=world.supervisor, cover=made)
    made.refresh_from_db()
    assert made.is_cancelled
    assert Notification.objects.filter(recipient=world.colleague).count() == 2
    assert AuditEvent.objects.get(action=AuditAction.CHANGE).after["已取消"] is True


def test_cancelling_a_running_one_keeps_the_days_that_were(world, fixed_clock):
    customer = world.customer()
    made = cover(world)
    fixed_clock.shift(timedelta(days=2))
    assert customer in Customer.objects.visible_to(fresh(world.colleague))
    cancel_cover(by=world.rm, cover=made)
    made.refresh_from_db()
    assert (made.starts_on, made.ends_on, made.is_cancelled) == (day(0), day(1), False)
    assert customer not in Customer.objects.visible_to(fresh(world.colleague))
    with pytest.raises(RuleViolation, match="已经结束"):
        cancel_cover(by=world.rm, cover=made)


def test_cancelling_on_its_first_day_closes_the_customers(world):
    customer = world.customer()
    cancel_cover(by=world.rm, cover=cover(world))
    assert customer not in Customer.objects.visible_to(fresh(world.colleague))


@pytest.mark.parametrize("by", ["colleague", "other_supervisor", "administrator"])
def test_the_substitute_and_strangers_cannot_cancel(world, by):
    made = cover(world)
    with pytest.raises(RuleViolation, match="您不能取消"):
        cancel_cover(by=world.people[by], cover=made)


def test_a_cover_ends_by_itself(world, fixed_clock):
    customer = world.customer()
    cover(world)
    fixed_clock.shift(timedelta(days=5))
    forget()
    assert customer not in Customer.objects.visible_to(fresh(world.colleague))
