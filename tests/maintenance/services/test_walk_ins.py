"""Received in the lobby: noted, handed to the manager, undone; and what the manager would like to have said."""

from datetime import date, timedelta

import pytest

from customers.enums import CustomerStatus
from maintenance.enums import ContactOutcome, TaskKind, TaskStatus
from maintenance.models import ContactBeat, ContactRecord, CounterNote, MaintenanceTask
from maintenance.queries.workbench import contacted_on
from maintenance.services.contacts import record_contact, refresh_last_contact
from maintenance.services.tasks import complete_task
from maintenance.services.walk_ins import record_walk_in, withdraw_walk_in, write_counter_note
from organization import clock
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Cover, Notification
from tests.world import TODAY


def receive(world, customer, **said) -> ContactRecord:
    return record_walk_in(customer=customer, **{"by": world.lobby, "matter": "wealth"} | said)


def test_a_walk_in_is_a_record_that_meets_no_beat(world):
    customer = world.customer()
    beat = ContactBeat.objects.create(customer=customer, unit=customer.unit, channel="meeting", months=3)
    contact = receive(world, customer, note="想看一年期")
    customer.refresh_from_db()
    beat.refresh_from_db()
    assert (contact.outcome, contact.staff, contact.note) == (
        ContactOutcome.WALK_IN,
        world.lobby,
        "理财咨询：想看一年期",
    )
    assert (customer.last_contact_on, beat.last_on) == (None, None)
    refresh_last_contact([customer.pk])
    customer.refresh_from_db()
    assert customer.last_contact_on is None
    assert contacted_on(world.rm, TODAY) == 0
    event = AuditEvent.objects.latest("pk")
    assert "一年期" not in str(event.after)
    assert not MaintenanceTask.objects.filter(kind=TaskKind.WALK_IN).exists()


def test_referred_it_is_the_managers_task_today_and_he_is_told(world):
    Cover.objects.create(
        absent=world.rm, substitute=world.colleague, starts_on=TODAY, ends_on=TODAY, created_by=world.rm
    )
    receive(world, world.customer(), by=world.teller, is_referred=True)
    task = MaintenanceTask.objects.get(kind=TaskKind.WALK_IN)
    assert (task.owner, task.due_on, task.planned_on, task.is_pinned) == (world.rm, TODAY, TODAY, True)
    assert task.why == "10:00到访，田野转介：理财咨询"
    assert task.priority == 105
    told = Notification.objects.filter(kind="walk_in")
    assert {note.recipient for note in told} == {world.rm, world.colleague}
    assert told[0].text == "张伟先生在网点，田野请您接待：理财咨询"
    assert complete_task(by=world.rm, task=task).status == TaskStatus.DONE


def test_the_undo_takes_the_task_with_it(world):
    customer = world.customer()
    contact = receive(world, customer, is_referred=True)
    withdraw_walk_in(by=world.lobby, contact=contact)
    assert MaintenanceTask.objects.get(kind=TaskKind.WALK_IN).status == TaskStatus.SUPERSEDED
    with pytest.raises(RuleViolation, match="已经撤回"):
        withdraw_walk_in(by=world.lobby, contact=contact)


def test_only_ones_own_and_only_for_a_while(world, fixed_clock):
    contact = receive(world, world.customer())
    with pytest.raises(RuleViolation, match="本人"):
        withdraw_walk_in(by=world.teller, contact=contact)
    fixed_clock.shift(timedelta(minutes=31))
    with pytest.raises(RuleViolation, match="已超过30分钟"):
        withdraw_walk_in(by=world.lobby, contact=contact)
    call = record_contact(
        by=world.rm, customer=contact.customer, channel="phone", outcome="reached", happened_at=clock.now()
    )
    with pytest.raises(RuleViolation, match="不是到访记录"):
        withdraw_walk_in(by=world.rm, contact=call)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [({"matter": "tea"}, "来办什么事"), ({"note": "长" * 201}, "最多200字"), ({"note": "\x00"}, "无法保存")],
)
def test_what_cannot_be_is_refused(world, said, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        receive(world, world.customer(), **said)
    assert not ContactRecord.objects.exists()


def test_who_receives_whom(world):
    with pytest.raises(RuleViolation, match="没有找到该客户"):
        receive(world, world.customer(manager=world.other_rm))
    with pytest.raises(RuleViolation, match="岗位不登记"):
        receive(world, world.customer("王芳"), by=world.rm)
    with pytest.raises(RuleViolation, match="已故"):
        receive(world, world.customer("李娜", status=CustomerStatus.DECEASED))
    nobodys = world.customer("赵强")
    nobodys.manager = None
    nobodys.save()
    with pytest.raises(RuleViolation, match="还没有客户经理"):
        receive(world, nobodys, is_referred=True)
    receive(world, nobodys)


def test_a_manager_never_notes_a_reception(world):
    with pytest.raises(RuleViolation, match="请选择联系结果"):
        record_contact(
            by=world.rm, customer=world.customer(), channel="meeting", outcome="walk_in", happened_at=clock.now(),
            direction="inbound",
        )  # fmt: skip


def test_a_counter_note_is_written_changed_and_taken_away(world):
    customer = world.customer()
    write_counter_note(by=world.rm, customer=customer, text="新的存单利率表已到", valid_until=TODAY)
    write_counter_note(by=world.rm, customer=customer, text="请她到理财室坐坐", valid_until=date(2026, 12, 1))
    assert CounterNote.objects.get().text == "请她到理财室坐坐"
    assert "理财室" not in str(AuditEvent.objects.latest("pk").after)
    assert write_counter_note(by=world.rm, customer=customer, text=" ", valid_until=TODAY) is None
    assert not CounterNote.objects.exists()


@pytest.mark.parametrize(
    "text", ["定期30万到期", "有5000元未取", "余额1,200.50", "三十万存单", "账号62220200", "￥800", "2亿", "3 千元"]
)
def test_amounts_are_not_for_the_lobby(world, text):
    with pytest.raises(RuleViolation, match="不要写金额"):
        write_counter_note(by=world.rm, customer=world.customer(), text=text, valid_until=TODAY)


@pytest.mark.parametrize("text", ["12月3日上午10:30到网点", "请带2份资料", "一定转告", "三方存管"])
def test_days_and_counts_are_no_amounts(world, text):
    assert write_counter_note(by=world.rm, customer=world.customer(), text=text, valid_until=TODAY)


def test_whose_counter_note_and_how_long(world):
    customer = world.customer()
    with pytest.raises(RuleViolation, match="没有找到该客户"):
        write_counter_note(by=world.colleague, customer=customer, text="你好", valid_until=TODAY)
    with pytest.raises(RuleViolation, match="早于今天"):
        write_counter_note(by=world.rm, customer=customer, text="你好", valid_until=date(2026, 11, 22))
    with pytest.raises(RuleViolation, match="最多100字"):
        write_counter_note(by=world.rm, customer=customer, text="长" * 101, valid_until=TODAY)
