"""Segments: saved with a checked rule, followed as sets, and told in the customers' history."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.enums import SegmentKind, Tier
from customers.models import Customer, Segment, SegmentMembership, SegmentVersion
from customers.queries.segments import reasons
from customers.segments import fields
from customers.segments.rules import parse_rule
from customers.services.segments import (
    SegmentConflict,
    change_segment,
    create_segment,
    refresh_segments,
    retake_segment,
    stop_segment,
)
from maintenance.daily.steps.segments import refresh_members
from maintenance.daily.work import Work
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification
from tests.world import TODAY

GOLD = {"field": "tier", "op": "in", "value": ["GOLD"]}
PLATINUM = {"field": "tier", "op": "in", "value": ["PLATINUM"]}
RICH = {"field": "aum", "op": "at_least", "value": "500000"}


def everybody():
    return Customer.objects.unscoped("test")


def members(segment: Segment) -> set[str]:
    open_ = SegmentMembership.objects.unscoped("test").open().filter(segment=segment)
    return set(open_.values_list("customer__name", flat=True))


def rows(segment: Segment) -> list[tuple]:
    kept = SegmentMembership.objects.unscoped("test").filter(segment=segment).order_by("since", "customer_id", "pk")
    return list(kept.values_list("customer__name", "since", "until", "rule_version", "left_version"))


def in_or_not(*public_ids: str, op: str = "in") -> dict:
    return {"field": "segment", "op": op, "value": list(public_ids)}


def test_a_manager_chooses_from_the_own_customers_and_a_head_from_the_unit(world):
    world.customer("张伟")
    world.customer("李娜", tier=Tier.PLATINUM)
    world.customer("王芳", manager=world.colleague)
    world.customer("外人", manager=world.other_rm)
    world.customer("已故", status="deceased")
    own = create_segment(by=world.rm, name="金卡", rule=GOLD, is_shared=True)
    units = create_segment(by=world.outlet_head, name="金卡", rule=GOLD)
    assert members(own) == {"张伟"} and not own.is_shared  # one's own customers are of no use to others
    assert members(units) == {"张伟", "王芳"}
    assert rows(own) == [("张伟", TODAY, None, 1, None)]
    assert SegmentVersion.objects.unscoped("test").get(segment=own).rule == GOLD
    assert AuditEvent.objects.filter(action=AuditAction.CREATE, object_label="金卡").count() == 2


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("rm", {"本人", "网点", "分行共用"}), ("colleague", {"分行共用"}), ("supervisor", {"本人", "分行共用"}),
        ("outlet_head", {"本人", "网点", "分行共用"}), ("other_rm", {"分行共用"}), ("branch_head", {"本人", "网点", "分行共用"}),
        ("head_office_staff", {"本人", "网点", "分行共用"}), ("stranger", set()), ("administrator", set()), ("auditor", set()),
    ],
)  # fmt: skip
def test_who_sees_which_segments(world, who, sees):
    create_segment(by=world.rm, name="本人", rule=GOLD)
    create_segment(by=world.outlet_head, name="网点", rule=GOLD)
    create_segment(by=world.branch_head, name="分行共用", rule=GOLD, is_shared=True)
    expected = sees - {"网点"} if who == "rm" else sees  # the head kept it to himself
    assert {row.name for row in Segment.objects.visible_to(world.people[who])} == expected


def test_a_changed_rule_is_a_new_version_and_the_list_follows(world):
    world.customer("张伟")
    world.customer("李娜", tier=Tier.PLATINUM)
    segment = create_segment(by=world.rm, name="重点", rule=GOLD)
    changed = change_segment(by=world.rm, segment=segment, version=1, name="重点客户", rule=PLATINUM)
    assert (changed.version, changed.name) == (2, "重点客户")
    assert rows(segment) == [("张伟", TODAY, TODAY, 1, 2), ("李娜", TODAY, None, 2, None)]
    assert [row.rule for row in segment.versions.all()] == [PLATINUM, GOLD]
    said = AuditEvent.objects.get(action=AuditAction.CHANGE)
    assert said.before["rule"] == GOLD and said.after["rule"] == PLATINUM
    with pytest.raises(SegmentConflict):
        change_segment(by=world.rm, segment=segment, version=1, name="重点", rule=GOLD)
    again = change_segment(by=world.rm, segment=segment, version=2, name="重点客户", rule=PLATINUM)
    assert again.version == 2 and AuditEvent.objects.filter(action=AuditAction.CHANGE).count() == 1


def test_the_nightly_refresh_touches_only_what_changed(world):
    stays, goes = world.customer("张伟"), world.customer("李娜")
    segment = create_segment(by=world.rm, name="金卡", rule=GOLD)
    before = dict(SegmentMembership.objects.unscoped("test").values_list("customer__name", "pk"))
    everybody().filter(pk=goes.pk).update(tier=Tier.PLATINUM)
    world.customer("王芳")
    tomorrow = TODAY + timedelta(days=1)
    assert refresh_segments(on=tomorrow, customers=everybody()) == 2
    assert rows(segment) == [
        ("张伟", TODAY, None, 1, None), ("李娜", TODAY, tomorrow, 1, 1), ("王芳", tomorrow, None, 1, None)
    ]  # fmt: skip
    assert SegmentMembership.objects.unscoped("test").get(customer=stays).pk == before["张伟"]
    assert refresh_segments(on=tomorrow, customers=everybody()) == 0
    everybody().filter(pk=goes.pk).update(tier=Tier.GOLD)
    assert refresh_segments(on=tomorrow, customers=everybody()) == 1
    assert ("李娜", tomorrow, None, 1, None) in rows(segment)  # history keeps both times


def test_the_refresh_costs_the_same_statements_for_any_number_of_customers(world):
    create_segment(by=world.rm, name="金卡", rule=GOLD)
    counts = []
    for many in (1, 3):
        for number in range(many):
            world.customer(f"客户{many}{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            refresh_segments(on=TODAY, customers=everybody())
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_only_the_customers_at_hand_are_looked_at(world):
    here, there = world.customer("张伟", tier=Tier.MASS), world.customer("李娜", tier=Tier.MASS)
    segment = create_segment(by=world.rm, name="金卡", rule=GOLD)
    everybody().update(tier=Tier.GOLD)
    refresh_segments(on=TODAY, customers=everybody().filter(pk=here.pk))
    assert members(segment) == {"张伟"}
    everybody().update(tier=Tier.MASS)
    refresh_segments(on=TODAY, customers=everybody().filter(pk=there.pk))
    assert members(segment) == {"张伟"}


def test_a_combination_follows_the_segments_it_is_made_of(world):
    world.customer("张伟", aum=600000)
    world.customer("李娜", tier=Tier.PLATINUM, aum=700000)
    world.customer("王芳", aum=100)
    rich = create_segment(by=world.rm, name="资产50万以上", rule=RICH)
    gold = create_segment(by=world.rm, name="金卡", rule=GOLD)
    rule = {"all": [in_or_not(rich.public_id), in_or_not(gold.public_id, op="not_in")]}
    both = create_segment(by=world.rm, name="资产高非金卡", rule=rule, kind=SegmentKind.COMBINATION)
    assert members(both) == {"李娜"}
    everybody().filter(name="张伟").update(tier=Tier.DIAMOND)
    # Made before the segments it asks for, it is still worked off after them.
    Segment.objects.unscoped("test").filter(pk=both.pk).update(created_at="2020-01-01T00:00:00Z")
    refresh_segments(on=TODAY, customers=everybody())
    assert members(both) == {"李娜", "张伟"}


def test_a_fixed_list_stays_until_it_is_taken_anew(world):
    customer = world.customer("张伟")
    segment = create_segment(by=world.rm, name="老客户", rule=GOLD, kind=SegmentKind.SNAPSHOT)
    everybody().filter(pk=customer.pk).update(tier=Tier.MASS)
    assert refresh_segments(on=TODAY, customers=everybody()) == 0 and members(segment) == {"张伟"}
    world.customer("李娜")
    assert retake_segment(by=world.rm, segment=segment) == (1, 1) and members(segment) == {"李娜"}


def test_a_rule_that_comes_back_to_itself_is_refused(world):
    one = create_segment(by=world.rm, name="一", rule=GOLD)
    two = create_segment(by=world.rm, name="二", rule=in_or_not(one.public_id))
    three = create_segment(by=world.rm, name="三", rule={"not": in_or_not(two.public_id)})
    for rule in (in_or_not(one.public_id), {"any": [GOLD, in_or_not(three.public_id)]}):
        with pytest.raises(RuleViolation, match="它自己"):
            change_segment(by=world.rm, segment=one, version=1, name="一", rule=rule)


@pytest.mark.parametrize(
    ("rule", "kind", "sentence"),
    [
        ({"field": "salary", "op": "in", "value": [1]}, "dynamic", "没有“salary”这个字段"),
        (GOLD, "combination", "至少选一个分群"),
        (in_or_not("nowhere"), "dynamic", "不在您的范围内"),
        ({"field": "segment", "op": "in", "value": []}, "dynamic", "至少选一个客户分群"),
        ({"field": "segment", "op": "in", "value": [{"a": 1}]}, "dynamic", "不存在"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_in_words(world, rule, kind, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        create_segment(by=world.rm, name="不行", rule=rule, kind=kind)
    assert not Segment.objects.unscoped("test").exists()


def test_another_persons_segment_is_no_part_of_a_rule_and_not_to_be_changed(world):
    theirs = create_segment(by=world.stranger, name="别处", rule=GOLD)
    with pytest.raises(RuleViolation, match="不在您的范围内"):
        create_segment(by=world.rm, name="借用", rule=in_or_not(theirs.public_id))
    shared = create_segment(by=world.branch_head, name="共用", rule=GOLD, is_shared=True)
    with pytest.raises(RuleViolation, match="建立人"):
        change_segment(by=world.rm, segment=shared, version=1, name="共用", rule=PLATINUM)
    own = create_segment(by=world.rm, name="本人", rule=GOLD)
    assert change_segment(by=world.supervisor, segment=own, version=1, name="本人", rule=PLATINUM).version == 2
    with pytest.raises(RuleViolation, match="岗位"):
        create_segment(by=world.teller, name="柜员", rule=GOLD)


def test_names_are_one_persons_own_and_used_once(world):
    create_segment(by=world.rm, name="重点", rule=GOLD)
    create_segment(by=world.colleague, name="重点", rule=GOLD)
    with pytest.raises(RuleViolation, match="已有名为“重点”"):
        create_segment(by=world.rm, name="重点", rule=GOLD)


def test_a_stopped_segment_empties_and_is_refused_while_it_is_asked_for(world):
    world.customer("张伟")
    one = create_segment(by=world.rm, name="一", rule=GOLD)
    two = create_segment(by=world.rm, name="二", rule=in_or_not(one.public_id))
    with pytest.raises(RuleViolation, match="“二”"):
        stop_segment(by=world.rm, segment=one)
    stop_segment(by=world.rm, segment=two)
    stop_segment(by=world.rm, segment=one)
    assert members(one) == set() and rows(one) == [("张伟", TODAY, TODAY, 1, 1)]
    assert create_segment(by=world.rm, name="一", rule=GOLD)  # the name is free again


def test_a_field_that_is_gone_leaves_the_members_and_says_so_once(world, monkeypatch):
    world.customer("张伟")
    segment = create_segment(by=world.rm, name="金卡", rule=GOLD)
    other = create_segment(by=world.rm, name="资产", rule=RICH)
    monkeypatch.delitem(fields.FIELDS, "tier")
    everybody().update(aum=600000)
    assert refresh_segments(on=TODAY, customers=everybody()) == 1  # the other one goes on
    refresh_segments(on=TODAY, customers=everybody())
    segment.refresh_from_db()
    assert "没有“tier”这个字段" in segment.problem
    assert members(segment) == {"张伟"} == members(other)
    assert Notification.objects.filter(recipient=world.rm, kind="segment_problem").count() == 1


def test_why_a_customer_is_in_or_not_takes_one_statement(world, django_assert_num_queries):
    customer = world.customer("张伟", aum=100)
    rule = parse_rule({"all": [GOLD, {"not": {"any": [RICH, {"field": "age", "op": "below", "value": 30}]}}]})
    with django_assert_num_queries(1):
        found = reasons(customer, rule, TODAY, {})
    assert [(r.line.depth, r.line.text, r.holds) for r in found] == [
        (0, "全部满足", True), (1, "客户层级 是 金卡客户", True), (1, "全不满足", True),
        (2, "管理资产 不低于 50万元", False), (2, "年龄 小于 30", False),
    ]  # fmt: skip


def test_the_daily_run_brings_every_list_up_to_its_date(world):
    customer = world.customer("张伟", last_contact_on=TODAY - timedelta(days=29))
    rule = {"field": "last_contact", "op": "longer_ago", "value": 29}
    segment = create_segment(by=world.rm, name="一个月没有联系", rule=rule)
    assert members(segment) == set()
    tomorrow = TODAY + timedelta(days=1)
    for day in (tomorrow, TODAY, tomorrow):  # an earlier date run again takes nobody out
        for units in ((world.east.pk,), (world.west.pk, world.south.pk)):
            refresh_members(Work(on=day, latest=tomorrow, units=units))
        assert rows(segment) == [("张伟", tomorrow, None, 1, None)]
    everybody().filter(pk=customer.pk).update(unit=world.west)  # he still looks after him
    refresh_members(Work(on=tomorrow, latest=tomorrow, units=(world.west.pk,)))
    assert members(segment) == {"张伟"}
