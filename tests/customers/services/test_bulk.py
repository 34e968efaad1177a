"""批量办理: done as sets, kept, and taken back to every row it touched; lists that leave the system."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.enums import ExportState, SegmentKind, Strategy
from customers.models import BulkChange, BulkWork, Customer, Export, SegmentMembership, StrategyChange
from customers.parameters import BULK_ROWS, EXPORT_FREE_ROWS
from customers.services.bulk import may_undo, strategy_of_many, tag_many, undo_bulk, untag_many
from customers.services.exports import ask_export, can_take, decide_export, take_export
from customers.services.segments import create_segment, stop_segment
from customers.services.strategy import change_strategy
from maintenance.models import ContactBeat
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification, Parameter
from organization.parameters import forget
from tests.world import TODAY


def everybody():
    return Customer.objects.unscoped("test")


def seen(staff):
    return Customer.objects.visible_to(staff)


def strategies() -> dict[str, str]:
    return dict(everybody().values_list("name", "strategy"))


def setting(code: str, value) -> None:
    Parameter.objects.update_or_create(code=code, effective_from=TODAY, defaults={"value": value, "source": "test"})
    forget()


@pytest.fixture
def three(world):
    world.customer("张伟", strategy=Strategy.ACTIVE)
    world.customer("李娜", strategy=Strategy.RESPONSIVE)
    world.customer("王芳", strategy=Strategy.INTENSIVE)
    world.customer("外人", manager=world.stranger, strategy=Strategy.ACTIVE)
    return world


def test_many_strategies_and_back_again_to_every_row(three):
    rm = three.rm
    work = strategy_of_many(by=rm, customers=seen(rm), strategy=Strategy.INTENSIVE, reason="旺季营销")
    assert work.count == 2 and strategies() == {
        "张伟": "INTENSIVE",
        "李娜": "INTENSIVE",
        "王芳": "INTENSIVE",
        "外人": "ACTIVE",
    }
    assert set(work.changes.values_list("customer__name", "before")) == {("张伟", "ACTIVE"), ("李娜", "RESPONSIVE")}
    beats = dict(ContactBeat.objects.unscoped("test").filter(channel="phone").values_list("customer__name", "months"))
    assert beats["张伟"] == beats["李娜"] == 1
    assert Notification.objects.filter(recipient=three.supervisor, kind="strategy_change").count() == 1

    undone = undo_bulk(by=rm, work=work)
    assert undone.undone_count == 2 and strategies() == {
        "张伟": "ACTIVE",
        "李娜": "RESPONSIVE",
        "王芳": "INTENSIVE",
        "外人": "ACTIVE",
    }
    beats = dict(ContactBeat.objects.unscoped("test").filter(channel="phone").values_list("customer__name", "months"))
    assert (beats["张伟"], beats["李娜"]) == (2, 3)
    assert StrategyChange.objects.unscoped("test").count() == 4  # history says both
    assert AuditEvent.objects.filter(action=AuditAction.UNDO).count() == 1
    with pytest.raises(RuleViolation, match="已经撤销过"):
        undo_bulk(by=rm, work=work)


def test_undo_leaves_alone_what_was_changed_since_or_has_gone(three, fixed_clock):
    rm = three.rm
    work = strategy_of_many(by=rm, customers=seen(rm), strategy=Strategy.INTENSIVE, reason="旺季营销")
    zhang, li = (everybody().get(name=name) for name in ("张伟", "李娜"))
    change_strategy(by=rm, customer=zhang, strategy=Strategy.RESPONSIVE, reason="客户要求")
    everybody().filter(pk=li.pk).update(manager=three.stranger)
    assert undo_bulk(by=rm, work=work).undone_count == 0
    assert strategies()["张伟"] == "RESPONSIVE" and strategies()["李娜"] == "INTENSIVE"


def test_undo_is_for_whoever_did_it_and_for_a_week(three, fixed_clock):
    work = strategy_of_many(by=three.rm, customers=seen(three.rm), strategy=Strategy.INTENSIVE, reason="旺季营销")
    for other in (three.supervisor, three.colleague):
        assert not may_undo(other, work)
        with pytest.raises(RuleViolation, match="本人"):
            undo_bulk(by=other, work=work)
    assert may_undo(three.rm, work)
    fixed_clock.shift(timedelta(days=7, minutes=1))
    assert not may_undo(three.rm, work)
    with pytest.raises(RuleViolation, match="超过7天"):
        undo_bulk(by=three.rm, work=work)


def test_refused_whole_and_nothing_is_left(three):
    rm = three.rm
    with pytest.raises(RuleViolation, match="没有需要调整"):
        strategy_of_many(by=rm, customers=seen(rm).filter(name="王芳"), strategy=Strategy.INTENSIVE, reason="旺季营销")
    with pytest.raises(RuleViolation, match="请选择"):
        strategy_of_many(by=rm, customers=seen(rm), strategy="LOUD", reason="旺季营销")
    everybody().filter(name="李娜").update(status="closed")
    with pytest.raises(RuleViolation, match="李娜"):
        strategy_of_many(by=rm, customers=seen(rm), strategy=Strategy.INTENSIVE, reason="旺季营销")
    setting(BULK_ROWS, 1)
    with pytest.raises(RuleViolation, match="一次最多办理1位"):
        strategy_of_many(by=rm, customers=seen(rm), strategy=Strategy.INTENSIVE, reason="旺季营销")
    assert not BulkWork.objects.unscoped("test").exists() and not BulkChange.objects.unscoped("test").exists()
    assert strategies()["张伟"] == "ACTIVE"


def worn(tag) -> set[str]:
    open_ = SegmentMembership.objects.unscoped("test").open().filter(segment=tag)
    return set(open_.values_list("customer__name", flat=True))


def test_tags_are_put_on_and_taken_off_and_both_can_be_undone(three):
    rm = three.rm
    tag = create_segment(by=rm, name="沙龙邀请", kind=SegmentKind.TAG, rule={})
    one = tag_many(by=rm, customers=seen(rm).filter(name="张伟"), tag=tag)
    many = tag_many(by=rm, customers=seen(rm), tag=tag)
    assert (one.count, many.count) == (1, 2) and worn(tag) == {"张伟", "李娜", "王芳"}
    undo_bulk(by=rm, work=many)
    assert worn(tag) == {"张伟"}  # who wore it before still does
    off = untag_many(by=rm, customers=seen(rm), tag=tag)
    assert off.count == 1 and worn(tag) == set()
    assert undo_bulk(by=rm, work=off).undone_count == 1 and worn(tag) == {"张伟"}
    with pytest.raises(RuleViolation, match="都已经有这个标签"):
        tag_many(by=rm, customers=seen(rm).filter(name="张伟"), tag=tag)


def test_what_is_no_tag_and_what_is_stopped_is_not_put_on(three):
    rule = create_segment(by=three.rm, name="金卡", rule={"field": "tier", "op": "in", "value": ["GOLD"]})
    with pytest.raises(RuleViolation, match="不能手工增减"):
        tag_many(by=three.rm, customers=seen(three.rm), tag=rule)
    tag = create_segment(by=three.rm, name="沙龙邀请", kind=SegmentKind.TAG, rule={})
    stop_segment(by=three.rm, segment=tag)
    tag.refresh_from_db()
    with pytest.raises(RuleViolation, match="标签已停用"):
        tag_many(by=three.rm, customers=seen(three.rm), tag=tag)


def test_bulk_work_costs_the_same_statements_for_one_and_for_three(world):
    counts = []
    for turn, many in enumerate((1, 1, 3)):  # the first turn reads the parameters
        for number in range(many):
            world.customer(f"客户{turn}{number}", strategy=Strategy.RESPONSIVE)
        with CaptureQueriesContext(connection) as queries:
            work = strategy_of_many(
                by=world.rm, customers=seen(world.rm).filter(strategy=Strategy.RESPONSIVE), strategy=Strategy.ACTIVE,
                reason="旺季营销",
            )  # fmt: skip
        assert work.count == many
        counts.append(len(queries))
    assert counts[1] == counts[2]


# Exports


def asked(world, **fields) -> Export:
    return ask_export(by=world.rm, customers=seen(world.rm), query="", said="全部客户", reason="客户回访", **fields)


def lines(by, export) -> list[str]:
    return list(take_export(by=by, export=export, customers=seen(by).order_by("pk")))


def test_a_short_list_leaves_at_once_masked_marked_and_told(three):
    everybody().filter(name="张伟").update(name='=cmd|"/c calc"!A1')
    export = asked(three)
    assert export.state == ExportState.APPROVED and can_take(three.rm, export)
    text = "".join(lines(three.rm, export))
    assert text.startswith("\ufeff内部资料，不得外传。导出人林悦（1001）")
    assert "\"'=cmd|" in text and "李娜" in text and "外人" not in text
    assert text.count("1001-202611231000-") == 3
    said = AuditEvent.objects.get(action=AuditAction.EXPORT)
    assert said.after == {"customers": 3} and said.reason == "客户回访"
    export.refresh_from_db()
    assert export.downloads == 1


def test_a_long_list_waits_for_somebody_who_leads(three):
    setting(EXPORT_FREE_ROWS, 2)
    export = asked(three)
    assert export.state == ExportState.WAITING and not can_take(three.rm, export)
    assert Notification.objects.filter(recipient=three.supervisor, kind="export").count() == 1
    with pytest.raises(RuleViolation, match="还没有批准"):
        lines(three.rm, export)
    for wrong, sentence in ((three.rm, "岗位"), (three.other_supervisor, None)):
        with pytest.raises((RuleViolation, Export.DoesNotExist), match=sentence):
            decide_export(by=wrong, export=export, agrees=True)
    with pytest.raises(RuleViolation, match="审批意见"):
        decide_export(by=three.supervisor, export=export, agrees=False)
    decide_export(by=three.supervisor, export=export, agrees=True)
    assert len(lines(three.rm, export)) == 6  # byte order mark, mark, header, three customers
    with pytest.raises(RuleViolation, match="已经处理过"):
        decide_export(by=three.outlet_head, export=export, agrees=False, answer="不妥")


def test_nobody_agrees_to_the_own_list_and_a_refusal_is_told(three):
    setting(EXPORT_FREE_ROWS, 0)
    export = ask_export(by=three.supervisor, customers=seen(three.supervisor), query="", said="全部", reason="分析")
    assert Notification.objects.filter(recipient=three.outlet_head, kind="export").exists()
    with pytest.raises(RuleViolation, match="不能审批自己的申请"):
        decide_export(by=three.supervisor, export=export, agrees=True)
    decide_export(by=three.outlet_head, export=export, agrees=False, answer="范围过大")
    assert "范围过大" in Notification.objects.get(recipient=three.supervisor, kind="export").text
    with pytest.raises(RuleViolation, match="还没有批准"):
        lines(three.supervisor, export)


def test_an_old_or_a_grown_list_is_asked_for_again(three, fixed_clock):
    export = asked(three)
    three.customer("新来")
    with pytest.raises(RuleViolation, match="由3位增加到4位"):
        lines(three.rm, export)
    everybody().filter(name="新来").delete()
    fixed_clock.shift(timedelta(days=3, minutes=1))
    assert not can_take(three.rm, export)
    with pytest.raises(RuleViolation, match="超过3天"):
        lines(three.rm, export)


def test_what_cannot_be_asked_for_is_refused(three):
    for fields, sentence in (
        ({"customers": everybody().none()}, "没有客户"), ({"reason": " "}, "用途"), ({"query": "x" * 2001}, "太长"),
        ({"by": three.teller}, "岗位"),
    ):  # fmt: skip
        given = {"by": three.rm, "customers": seen(three.rm), "query": "", "said": "全部", "reason": "回访"} | fields
        with pytest.raises(RuleViolation, match=sentence):
            ask_export(**given)
    assert not Export.objects.unscoped("test").exists()
