"""Done, moved, skipped, and back again; appointments."""

from datetime import date, time, timedelta

import pytest

from customers.enums import Channel
from maintenance.enums import AppointmentStatus, SkipReason, TaskKind, TaskStatus
from maintenance.models import Appointment, MaintenanceTask
from maintenance.services.appointments import book_appointment, cancel_appointment
from maintenance.services.tasks import (
    complete_task,
    complete_tasks,
    put_back,
    reopen_task,
    skip_task,
    skip_tasks,
    snooze_task,
    snooze_tasks,
)
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Cover
from tests.world import TODAY

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def customer(world):
    return world.customer("张伟")


def test_a_greeting_is_done_and_reopened(world, customer, make_task):
    task = complete_task(by=world.rm, task=make_task(customer), note="贺卡已送")
    assert (task.status, task.closed_by, task.note) == (TaskStatus.DONE, world.rm, "贺卡已送")
    task = reopen_task(by=world.rm, task=task)
    assert (task.status, task.closed_by, task.closed_at, task.note) == (TaskStatus.OPEN, None, None, "")
    assert [event.action for event in AuditEvent.objects.order_by("id")] == [AuditAction.CHANGE, AuditAction.UNDO]


@pytest.mark.parametrize(
    "kind", [TaskKind.PHONE_BEAT, TaskKind.MEETING_BEAT, TaskKind.FIRST_CONTACT, TaskKind.FIRST_MEETING]
)
def test_a_conversation_cannot_be_clicked_away(world, customer, make_task, kind):
    with pytest.raises(RuleViolation, match="记一笔"):
        complete_task(by=world.rm, task=make_task(customer, kind))


def test_several_are_done_or_none(world, customer, make_task):
    tasks = [make_task(customer), make_task(customer, TaskKind.PHONE_BEAT)]
    with pytest.raises(RuleViolation):
        complete_tasks(by=world.rm, tasks=tasks)
    assert MaintenanceTask.objects.open().count() == 2


def test_done_twice_is_told(world, customer, make_task):
    task = make_task(customer)
    complete_task(by=world.rm, task=task)
    with pytest.raises(RuleViolation, match="已完成"):
        complete_task(by=world.rm, task=task)


@pytest.mark.parametrize("who", ["colleague", "other_rm", "stranger", "outlet_head", "teller", "auditor"])
@pytest.mark.parametrize("step", ["complete", "snooze", "skip"])
def test_tasks_of_others_are_refused(world, customer, make_task, who, step):
    task, by = make_task(customer), world.people[who]
    with pytest.raises(RuleViolation, match="不归您负责"):
        match step:
            case "complete":
                complete_task(by=by, task=task)
            case "snooze":
                snooze_task(by=by, task=task, planned_on=FRIDAY)
            case "skip":
                skip_task(by=by, task=task, reason=SkipReason.CUSTOMER_AWAY)


def test_supervisor_and_substitute_may(world, customer, make_task):
    complete_task(by=world.supervisor, task=make_task(customer))
    Cover.objects.create(
        absent=world.rm, substitute=world.colleague, starts_on=TODAY, ends_on=TODAY, created_by=world.supervisor
    )
    complete_task(by=world.colleague, task=make_task(customer))


# moving


def test_a_move_pins_the_day_and_the_due_day_stays(world, customer, make_task):
    task = make_task(customer, due_on=date(2026, 12, 4))
    moved = snooze_task(by=world.rm, task=task, planned_on=FRIDAY)
    assert (moved.planned_on, moved.is_pinned, moved.due_on) == (FRIDAY, True, date(2026, 12, 4))


def test_a_move_is_put_back_exactly(world, customer, make_task):
    tasks = [make_task(customer, planned_on=TODAY - timedelta(days=3)), make_task(customer, is_pinned=True)]
    before = [(task.planned_on, task.is_pinned) for task in tasks]
    places = snooze_tasks(by=world.rm, tasks=tasks, planned_on=FRIDAY)
    put_back(by=world.rm, placements=places)
    after = MaintenanceTask.objects.filter(pk__in=[task.pk for task in tasks]).order_by("pk")
    assert [(task.planned_on, task.is_pinned) for task in after] == before


def test_putting_back_leaves_what_was_closed_meanwhile(world, customer, make_task):
    task = make_task(customer)
    places = snooze_tasks(by=world.rm, tasks=[task], planned_on=FRIDAY)
    complete_task(by=world.rm, task=task)
    assert put_back(by=world.rm, placements=places) == []
    assert MaintenanceTask.objects.get().planned_on == FRIDAY


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY - timedelta(days=1), "已经过去"),
        (date(2026, 11, 28), "11月28日是周末，最近的工作日是11月30日"),
        (date(2027, 1, 1), "最近的工作日是2027年1月4日"),
        (date(2027, 6, 1), "最多改到60天以内"),
    ],
)
def test_days_one_cannot_move_to(world, customer, make_task, day, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        snooze_task(by=world.rm, task=make_task(customer, due_on=date(2027, 12, 31)), planned_on=day)


def test_past_the_latest_day_only_with_a_reason(world, customer, make_task):
    task = make_task(customer, due_on=date(2026, 11, 25))
    with pytest.raises(RuleViolation, match="最迟日期是11月25日"):
        snooze_task(by=world.rm, task=task, planned_on=FRIDAY)
    moved = snooze_task(by=world.rm, task=task, planned_on=FRIDAY, reason="客户出国，周五回")
    assert (moved.planned_on, moved.due_on, moved.note) == (FRIDAY, date(2026, 11, 25), "客户出国，周五回")


def test_an_overdue_task_can_be_put_on_today_without_a_reason(world, customer, make_task):
    task = make_task(customer, due_on=date(2026, 11, 20), planned_on=date(2026, 11, 20))
    assert snooze_task(by=world.rm, task=task, planned_on=TODAY).planned_on == TODAY


# skipping


def test_skipping_needs_a_reason(world, customer, make_task):
    task = make_task(customer)
    with pytest.raises(RuleViolation, match="请选择跳过的原因"):
        skip_task(by=world.rm, task=task, reason="because")
    with pytest.raises(RuleViolation, match="请填写说明"):
        skip_task(by=world.rm, task=task, reason=SkipReason.OTHER)
    skipped = skip_task(by=world.rm, task=task, reason=SkipReason.OTHER, note="客户搬家中")
    assert (skipped.status, skipped.skip_reason, skipped.note) == (TaskStatus.SKIPPED, "other", "客户搬家中")


def test_a_skip_is_undone_for_a_while_by_whoever_did_it(world, customer, make_task, fixed_clock):
    task = skip_task(by=world.rm, task=make_task(customer), reason=SkipReason.CUSTOMER_AWAY)
    with pytest.raises(RuleViolation, match="本人"):
        reopen_task(by=world.supervisor, task=task)
    fixed_clock.shift(timedelta(minutes=31))
    with pytest.raises(RuleViolation, match="已超过30分钟"):
        reopen_task(by=world.rm, task=task)


def test_nothing_chosen_is_told(world):
    with pytest.raises(RuleViolation, match="请先选择"):
        skip_tasks(by=world.rm, tasks=[], reason=SkipReason.CUSTOMER_AWAY)


def test_a_task_closed_by_a_contact_is_reopened_by_withdrawing_it(world, customer, make_task, make_contact):
    task = make_task(customer)
    make_contact(customer, closes=[task])
    task.refresh_from_db()
    with pytest.raises(RuleViolation, match="撤回那条接触记录"):
        reopen_task(by=world.rm, task=task)


@pytest.mark.parametrize("count", [1, 5])
def test_steps_cost_the_same_for_one_and_for_many(world, customer, make_task, django_assert_num_queries, count):
    tasks = [make_task(customer) for _ in range(count)]
    by = type(world.rm).objects.select_related("unit").get(pk=world.rm.pk)
    by.serving_ids()
    with django_assert_num_queries(5):
        skip_tasks(by=by, tasks=tasks, reason=SkipReason.CUSTOMER_AWAY)


# appointments


def book(world, customer, **fields):
    said = {"day": FRIDAY, "channel": Channel.MEETING, "matter": "签署协议", "starts_at": time(10, 30)}
    return book_appointment(by=fields.pop("by", world.rm), customer=customer, **said | fields)


def test_an_appointment_is_a_task_of_its_day(world, customer):
    appointment = book(world, customer)
    task = MaintenanceTask.objects.get()
    assert (task.kind, task.occurrence, task.due_on, task.owner) == (
        TaskKind.APPOINTMENT, str(appointment.pk), FRIDAY, world.rm,
    )  # fmt: skip


def test_an_appointment_agreed_anew_moves_itself(world, customer):
    """改期 of an appointment: its day, its latest day and its card; the undo brings all of them back."""
    appointment = book(world, customer)
    task = MaintenanceTask.objects.get(kind=TaskKind.APPOINTMENT)
    monday = FRIDAY + timedelta(days=3)
    places = snooze_tasks(by=world.rm, tasks=[task], planned_on=monday)
    for day in (monday, FRIDAY):
        appointment.refresh_from_db()
        task.refresh_from_db()
        assert (appointment.day, task.subject_on, task.due_on, task.planned_on) == (day, day, day, day)
        if day == monday:
            put_back(by=world.rm, placements=places)


def test_two_appointments_do_not_meet_by_moving(world, customer):
    book(world, customer, day=FRIDAY - timedelta(days=1))
    book(world, customer)
    task = MaintenanceTask.objects.get(kind=TaskKind.APPOINTMENT, due_on=FRIDAY)
    with pytest.raises(RuleViolation, match="已有一次预约"):
        snooze_tasks(by=world.rm, tasks=[task], planned_on=FRIDAY - timedelta(days=1))
    assert set(Appointment.objects.values_list("day", flat=True)) == {FRIDAY - timedelta(days=1), FRIDAY}


def test_the_undo_of_a_move_does_not_undo_a_later_one(world, customer, make_task):
    task = make_task(customer)
    first = snooze_tasks(by=world.rm, tasks=[task], planned_on=TODAY + timedelta(days=1))
    snooze_tasks(by=world.rm, tasks=[task], planned_on=FRIDAY)
    with pytest.raises(RuleViolation, match="又改过期"):
        put_back(by=world.rm, placements=first)
    task.refresh_from_db()
    assert task.planned_on == FRIDAY


def test_a_cancelled_appointment_takes_its_task_along(world, customer):
    appointment = cancel_appointment(by=world.rm, appointment=book(world, customer), reason="客户出差")
    assert appointment.status == AppointmentStatus.CANCELLED
    assert MaintenanceTask.objects.get().status == TaskStatus.SUPERSEDED
    with pytest.raises(RuleViolation, match="已取消"):
        cancel_appointment(by=world.rm, appointment=appointment)


def test_an_appointment_is_not_skipped(world, customer):
    book(world, customer)
    with pytest.raises(RuleViolation, match="不能跳过"):
        skip_task(by=world.rm, task=MaintenanceTask.objects.get(), reason=SkipReason.CUSTOMER_AWAY)


def test_completing_its_task_holds_the_appointment_and_reopening_takes_it_back(world, customer):
    appointment = book(world, customer)
    task = complete_task(by=world.rm, task=MaintenanceTask.objects.get())
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.HELD
    reopen_task(by=world.rm, task=task)
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.PLANNED


def test_the_same_hour_is_not_booked_twice(world, customer):
    book(world, customer)
    with pytest.raises(RuleViolation, match="已有一次预约"):
        book(world, customer)
    book(world, customer, starts_at=time(15, 0))
    cancel_appointment(by=world.rm, appointment=Appointment.objects.get(starts_at=time(10, 30)))
    book(world, customer)


def test_saturday_is_the_customers_choice(world, customer):
    book(world, customer, day=date(2026, 11, 28))
    assert MaintenanceTask.objects.get().planned_on == date(2026, 11, 28)


@pytest.mark.parametrize("who", ["other_rm", "stranger", "lobby", "outlet_head"])
def test_only_those_who_serve_book_and_cancel(world, customer, who):
    appointment = book(world, customer)
    with pytest.raises(RuleViolation, match="只能为自己负责"):
        book(world, customer, by=world.people[who], starts_at=time(9, 0))
    with pytest.raises(RuleViolation, match="可以取消"):
        cancel_appointment(by=world.people[who], appointment=appointment)
