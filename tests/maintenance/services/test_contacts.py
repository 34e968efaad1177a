"""Recording a contact, mending it, taking it back (DOMAIN 2.3, DESIGN 5)."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.enums import Channel, CustomerStatus
from customers.models import Customer
from maintenance.enums import AppointmentStatus, ContactOutcome, DiaryStatus, Direction, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactBeat, ContactRecord, ContactRevision, Diary, MaintenanceTask
from maintenance.services.beats import recompute_beats
from maintenance.services.contacts import edit_contact, record_contact, refresh_last_contact, withdraw_contact
from organization.enums import AuditAction
from organization.exceptions import RuleViolation, StaleVersion
from organization.models import AuditEvent, Cover, Staff
from organization.parameters import parameter
from tests.maintenance.conftest import moment
from tests.world import TODAY


@pytest.fixture
def customer(world):
    """GOLD and 主动: a call every two months, a meeting a year; last called on 2026-10-12."""
    customer = world.customer("张伟")
    ContactRecord.objects.create(
        customer=customer, unit=customer.unit, staff=world.rm, channel=Channel.PHONE, outcome=ContactOutcome.REACHED,
        happened_at=moment(date(2026, 10, 12)), happened_on=date(2026, 10, 12), created_at=moment(date(2026, 10, 12)),
    )  # fmt: skip
    recompute_beats([customer.pk], on=TODAY)
    refresh_last_contact([customer.pk])
    return customer


def beat(customer, channel=Channel.PHONE):
    return ContactBeat.objects.get(customer=customer, channel=channel)


def phone_task(make_task, customer):
    due = beat(customer).next_due_on
    return make_task(customer, TaskKind.PHONE_BEAT, due_on=due, occurrence=f"phone:{due}")


def test_a_call_moves_the_beat_and_closes_its_task(customer, make_task, make_contact):
    task = phone_task(make_task, customer)
    assert beat(customer).next_due_on == date(2026, 12, 11)  # 12-12 is a Saturday
    contact = make_contact(customer)
    task.refresh_from_db()
    customer.refresh_from_db()
    assert (task.status, task.contact, task.closed_by) == (TaskStatus.DONE, contact, customer.manager)
    assert beat(customer).next_due_on == date(2027, 1, 22)  # 01-23 is a Saturday
    assert customer.last_contact_on == TODAY
    event = AuditEvent.objects.get(action=AuditAction.CONTACT)
    assert event.after["closes"] == [task.public_id]
    assert "note" not in event.after


@pytest.mark.parametrize(
    ("channel", "outcome", "closed"),
    [
        (Channel.PHONE, ContactOutcome.REACHED, "phone first"),
        (Channel.PHONE, ContactOutcome.CALL_BACK, "phone first"),
        (Channel.MEETING, ContactOutcome.DEAL, "phone meeting first visit"),
        (Channel.PHONE, ContactOutcome.NO_ANSWER, ""),
        (Channel.PHONE, ContactOutcome.REFUSED, ""),
        (Channel.WECOM, ContactOutcome.REACHED, ""),
        (Channel.SMS, ContactOutcome.SENT, ""),
        (Channel.LETTER, ContactOutcome.SENT, ""),
    ],
)
def test_what_satisfies_what(customer, make_task, make_contact, channel, outcome, closed):
    tasks = {
        "phone": phone_task(make_task, customer),
        "meeting": make_task(customer, TaskKind.MEETING_BEAT, due_on=date(2026, 11, 27)),
        "first": make_task(customer, TaskKind.FIRST_CONTACT, subject_on=date(2026, 11, 20)),
        "visit": make_task(customer, TaskKind.FIRST_MEETING, subject_on=date(2026, 11, 20)),
    }
    Customer.objects.filter(pk=customer.pk).update(managed_since=date(2026, 11, 20))
    make_contact(customer, channel=channel, outcome=outcome)
    done = {name for name, task in tasks.items() if MaintenanceTask.objects.get(pk=task.pk).status == TaskStatus.DONE}
    assert done == set(closed.split())


def test_an_inbound_call_counts(customer, make_task, make_contact):
    task = phone_task(make_task, customer)
    make_contact(customer, direction=Direction.INBOUND)
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE


def test_a_contact_of_long_ago_written_late_does_not_close_the_present_beat(customer, make_task, make_contact):
    task = phone_task(make_task, customer)
    make_contact(customer, happened_at=moment(date(2026, 9, 1)))
    task.refresh_from_db()
    customer.refresh_from_db()
    assert task.status == TaskStatus.OPEN
    assert customer.last_contact_on == date(2026, 10, 12)


def test_a_contact_before_the_allotment_is_not_the_first_one(customer, make_task, make_contact):
    Customer.objects.filter(pk=customer.pk).update(managed_since=date(2026, 11, 20))
    task = make_task(customer, TaskKind.FIRST_CONTACT, subject_on=date(2026, 11, 20))
    make_contact(customer, happened_at=moment(date(2026, 11, 19)))
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN


def test_ticked_tasks_are_closed_and_their_appointment_is_held(customer, world, make_task, make_contact):
    birthday = make_task(customer)
    first = make_contact(
        customer, outcome=ContactOutcome.CALL_BACK, next_on=TODAY, next_at=time(15, 0), next_matter="签约"
    )
    appointment = Appointment.objects.get(agreed_in=first)
    assert appointment.channel == Channel.PHONE
    meeting = MaintenanceTask.objects.get(kind=TaskKind.APPOINTMENT)
    make_contact(customer, closes=[birthday, meeting])
    appointment.refresh_from_db()
    birthday.refresh_from_db()
    assert birthday.status == TaskStatus.DONE
    assert appointment.status == AppointmentStatus.HELD


def test_a_call_nobody_answered_closes_nothing_even_if_ticked(customer, make_task, make_contact):
    birthday = make_task(customer)
    make_contact(customer, outcome=ContactOutcome.NO_ANSWER, closes=[birthday])
    birthday.refresh_from_db()
    customer.refresh_from_db()
    assert birthday.status == TaskStatus.OPEN
    assert customer.last_contact_on == date(2026, 10, 12)


def test_a_beat_cannot_be_ticked_away(customer, make_task, make_contact):
    task = phone_task(make_task, customer)
    with pytest.raises(RuleViolation, match="不能勾选"):
        make_contact(customer, channel=Channel.SMS, outcome=ContactOutcome.SENT, closes=[task])
    assert ContactRecord.objects.count() == 1


def test_a_task_of_another_customer_cannot_be_ticked(world, customer, make_task, make_contact):
    other = make_task(world.customer("李娜", manager=world.other_rm))
    with pytest.raises(RuleViolation, match="不属于这位客户"):
        make_contact(customer, closes=[other])


def test_tasks_that_somebody_closed_meanwhile_are_left_as_they_are(customer, make_task, make_contact):
    task = make_task(customer, status=TaskStatus.SKIPPED)
    make_contact(customer, closes=[task])
    task.refresh_from_db()
    assert (task.status, task.contact) == (TaskStatus.SKIPPED, None)


def test_the_next_date_becomes_an_appointment_and_its_task(customer, make_contact):
    contact = make_contact(
        customer,
        next_on=date(2026, 12, 4),
        next_channel=Channel.MEETING,
        next_at=time(10, 30),
        next_matter="资产配置回顾",
    )
    appointment = Appointment.objects.get(agreed_in=contact)
    task = MaintenanceTask.objects.get(kind=TaskKind.APPOINTMENT)
    assert (appointment.day, appointment.starts_at, appointment.staff) == (
        date(2026, 12, 4),
        time(10, 30),
        customer.manager,
    )
    assert (task.occurrence, task.due_on, task.planned_on, task.is_pinned) == (
        str(appointment.pk), date(2026, 12, 4), date(2026, 12, 4), True,
    )  # fmt: skip
    assert task.why == "预约 10:30 会面：资产配置回顾"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"happened_at": moment(TODAY, 10, 1)}, "不能晚于现在"),
        ({"happened_at": moment(TODAY + timedelta(days=1))}, "不能晚于现在"),
        ({"happened_at": moment(date(2025, 11, 21))}, "366天前"),
        ({"note": "长" * 2001}, "最多2000字，现有2001字"),
        ({"note": "a\x00b"}, "无法保存的字符"),
        ({"channel": "pigeon"}, "联系方式"),
        ({"outcome": "maybe"}, "联系结果"),
        ({"direction": "sideways"}, "主动联系"),
        ({"channel": Channel.PHONE, "outcome": ContactOutcome.SENT}, "电话没有“已发送”"),
        ({"direction": Direction.INBOUND, "outcome": ContactOutcome.NO_ANSWER}, "客户来访来电"),
        ({"next_on": TODAY - timedelta(days=1)}, "不能早于今天"),
        ({"next_on": date(2036, 1, 4)}, "最远400天"),
        ({"next_on": TODAY, "next_at": time(9, 0)}, "已经过去"),
    ],
)
def test_what_cannot_have_happened_is_refused_whole(customer, make_contact, fields, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        make_contact(customer, **fields)
    assert ContactRecord.objects.count() == 1
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("note", ["𠮷野家䶮先生 😀👨‍👩‍👧", "字" * 2000, ""])
def test_any_script_can_be_noted(customer, make_contact, note):
    contact = make_contact(customer, note=note)
    contact.refresh_from_db()
    assert contact.note == note


@pytest.mark.parametrize(
    "who", ["other_rm", "stranger", "outlet_head", "lobby", "teller", "administrator", "branch_head"]
)
def test_a_customer_of_others_is_refused(world, customer, make_contact, who):
    with pytest.raises(RuleViolation, match="只能为自己负责"):
        make_contact(customer, by=world.people[who])


def test_the_supervisor_and_the_substitute_may_record(world, customer, make_contact):
    make_contact(customer, by=world.supervisor)
    with pytest.raises(RuleViolation):
        make_contact(customer, by=world.colleague)
    Cover.objects.create(
        absent=world.rm, substitute=world.colleague, starts_on=TODAY, ends_on=TODAY, created_by=world.supervisor
    )
    del world.colleague._covered_ids
    contact = make_contact(customer, by=world.colleague, next_on=date(2026, 12, 1))
    assert contact.staff == world.colleague
    assert Appointment.objects.get().staff == world.rm


def test_the_customer_is_looked_at_as_it_is_now(world, customer, make_contact):
    Customer.objects.filter(pk=customer.pk).update(manager=world.other_rm)
    with pytest.raises(RuleViolation):
        make_contact(customer, by=world.rm)


def test_a_closed_customer_gets_no_new_appointment_but_the_dealing_is_kept(customer, make_contact):
    Customer.objects.filter(pk=customer.pk).update(status=CustomerStatus.DECEASED)
    make_contact(customer, note="家属来电告知")
    with pytest.raises(RuleViolation, match="不能再登记预约"):
        make_contact(customer, next_on=date(2026, 12, 1))


# undo


def test_undo_puts_everything_back(customer, make_task, make_contact):
    task, birthday = phone_task(make_task, customer), make_task(customer)
    before = state_of(customer)
    contact = make_contact(customer, closes=[birthday], next_on=date(2026, 12, 4))
    assert state_of(customer) != before
    withdraw_contact(by=customer.manager, contact=contact)
    assert state_of(customer) == before
    task.refresh_from_db()
    assert (task.status, task.closed_at, task.closed_by, task.contact) == (TaskStatus.OPEN, None, None, None)
    assert ContactRecord.objects.get(pk=contact.pk).withdrawn_at is not None


def state_of(customer) -> dict:
    """What an undo must restore."""
    customer.refresh_from_db()
    return {
        "last": customer.last_contact_on,
        "next": customer.next_contact_on,
        "tasks": sorted(
            MaintenanceTask.objects.open().filter(customer=customer).values_list("pk", "planned_on", "due_on")
        ),
        "beats": sorted(ContactBeat.objects.filter(customer=customer).values_list("channel", "last_on", "next_due_on")),
        "appointments": sorted(
            Appointment.objects.filter(customer=customer, status=AppointmentStatus.PLANNED).values_list("pk", flat=True)
        ),
        "standing": ContactRecord.objects.standing().filter(customer=customer).count(),
    }


def test_undo_of_a_held_appointment_puts_it_ahead_again(customer, make_contact):
    make_contact(customer, next_on=TODAY)
    task = MaintenanceTask.objects.get(kind=TaskKind.APPOINTMENT)
    second = make_contact(customer, closes=[task])
    withdraw_contact(by=customer.manager, contact=second)
    assert Appointment.objects.get().status == AppointmentStatus.PLANNED
    assert MaintenanceTask.objects.get(pk=task.pk).status == TaskStatus.OPEN


@pytest.mark.parametrize(("minutes", "allowed"), [(0, True), (29, True), (31, False), (600, False)])
def test_undo_is_for_a_while(customer, make_contact, fixed_clock, minutes, allowed):
    contact = make_contact(customer)
    fixed_clock.shift(timedelta(minutes=minutes))
    if allowed:
        withdraw_contact(by=customer.manager, contact=contact)
    else:
        with pytest.raises(RuleViolation, match="已超过30分钟"):
            withdraw_contact(by=customer.manager, contact=contact)
    assert (ContactRecord.objects.get(pk=contact.pk).withdrawn_at is not None) is allowed


def test_undo_is_for_the_writer_and_once(world, customer, make_contact):
    contact = make_contact(customer)
    with pytest.raises(RuleViolation, match="本人"):
        withdraw_contact(by=world.supervisor, contact=contact)
    withdraw_contact(by=world.rm, contact=contact)
    with pytest.raises(RuleViolation, match="已经撤回"):
        withdraw_contact(by=world.rm, contact=contact)


def test_a_contact_told_in_a_submitted_diary_is_not_undone(world, customer, make_contact):
    contact = make_contact(customer)
    diary = Diary.objects.create(staff=world.rm, unit=world.east, day=TODAY, status=DiaryStatus.SUBMITTED)
    with pytest.raises(RuleViolation, match="日志已提交"):
        withdraw_contact(by=world.rm, contact=contact)
    Diary.objects.filter(pk=diary.pk).update(status=DiaryStatus.REOPENED)
    withdraw_contact(by=world.rm, contact=contact)


# edit


def edit(contact, **fields):
    said = {
        name: getattr(contact, name) for name in ("channel", "outcome", "happened_at", "direction", "note", "version")
    }
    return edit_contact(by=contact.staff, contact=contact, **said | fields)


def test_an_edit_leaves_a_revision(customer, make_contact):
    contact = make_contact(customer, note="谈了存款")
    edited = edit(contact, note="谈了理财")
    revision = ContactRevision.objects.get()
    assert (edited.note, edited.version) == ("谈了理财", 2)
    assert (revision.before["note"], revision.changed_by) == ("谈了存款", customer.manager)


def test_saving_the_same_words_is_no_edit(customer, make_contact):
    contact = make_contact(customer, note="谈了存款")
    assert edit(contact).version == 1
    assert not ContactRevision.objects.exists()


def test_an_edit_that_takes_the_conversation_away_reopens_and_the_other_way_round(customer, make_task, make_contact):
    task, birthday = phone_task(make_task, customer), make_task(customer)
    before = state_of(customer)
    contact = make_contact(customer, closes=[birthday])
    edited = edit(contact, outcome=ContactOutcome.NO_ANSWER)
    after = state_of(customer)
    assert (after["tasks"], after["beats"], after["last"]) == (before["tasks"], before["beats"], before["last"])
    edit(edited, outcome=ContactOutcome.REACHED)
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE


def test_an_edit_keeps_ticked_tasks_closed(customer, make_task, make_contact):
    birthday = make_task(customer)
    contact = make_contact(customer, closes=[birthday])
    edit(contact, note="补充一句")
    birthday.refresh_from_db()
    assert (birthday.status, birthday.contact) == (TaskStatus.DONE, contact)


def test_a_contact_told_in_a_submitted_diary_keeps_its_facts(world, customer, make_contact):
    """What the supervisor has read as done stays done: words may be mended, the facts only after the diary is back."""
    contact = make_contact(customer)
    diary = Diary.objects.create(staff=world.rm, unit=world.east, day=TODAY, status=DiaryStatus.REVIEWED)
    contact = edit(contact, note="补充一句")
    with pytest.raises(RuleViolation, match="退回日志"):
        edit(contact, outcome=ContactOutcome.NO_ANSWER)
    Diary.objects.filter(pk=diary.pk).update(status=DiaryStatus.REOPENED)
    assert edit(contact, outcome=ContactOutcome.NO_ANSWER).outcome == ContactOutcome.NO_ANSWER


def test_two_tabs_editing_one_record(customer, make_contact):
    contact = make_contact(customer, note="一")
    edit(contact, note="二")
    with pytest.raises(StaleVersion):
        edit(contact, note="三")
    assert ContactRecord.objects.get(pk=contact.pk).note == "二"


def test_only_the_writer_edits(world, customer, make_contact):
    contact = make_contact(customer)
    with pytest.raises(RuleViolation, match="本人"):
        edit_contact(
            by=world.supervisor, contact=contact, version=1, channel="phone", outcome="deal",
            happened_at=contact.happened_at, direction="outbound", note="",
        )  # fmt: skip


def test_recording_costs_the_same_however_long_the_history(world, make_task):
    by = Staff.objects.select_related("unit").get(pk=world.rm.pk)
    counts = []
    for history in (1, 30):
        customer = world.customer(f"客户{history}")
        for offset in range(history):
            day = date(2026, 10, 12) - timedelta(days=offset)
            ContactRecord.objects.create(
                customer=customer, unit=customer.unit, staff=by, channel=Channel.PHONE, outcome=ContactOutcome.REACHED,
                happened_at=moment(day), happened_on=day, created_at=moment(day),
            )  # fmt: skip
            make_task(customer, TaskKind.FESTIVAL)
        recompute_beats([customer.pk], on=TODAY)
        phone_task(make_task, customer)
        by.serving_ids(), parameter("undo_minutes")
        with CaptureQueriesContext(connection) as asked:
            record_contact(
                by=by, customer=customer, channel=Channel.PHONE, outcome=ContactOutcome.REACHED,
                happened_at=moment(TODAY), next_on=date(2026, 12, 4),
            )  # fmt: skip
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 40


@pytest.mark.parametrize(
    ("channel", "outcome"), [(Channel.PHONE, ContactOutcome.NO_ANSWER), (Channel.SMS, ContactOutcome.SENT)]
)
def test_a_try_or_a_message_leaves_the_beats_alone(customer, make_contact, channel, outcome):
    before = state_of(customer)
    make_contact(customer, channel=channel, outcome=outcome)
    assert state_of(customer) == before | {"standing": before["standing"] + 1}
