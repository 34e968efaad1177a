"""What was agreed becomes a task of its day."""

from datetime import date, time

import pytest

from customers.enums import Channel
from maintenance.daily.steps.appointments import raise_appointments
from maintenance.enums import AppointmentStatus, TaskKind, TaskSource
from maintenance.models import Appointment, MaintenanceTask
from maintenance.services.appointments import appointment_reason
from organization import clock
from tests.world import TODAY


def agree(world, **fields) -> Appointment:
    customer = fields.pop("customer", None) or world.customer()
    defaults = {
        "unit": customer.unit, "staff": customer.manager, "day": TODAY, "starts_at": time(10, 30),
        "channel": Channel.MEETING, "matter": "签理财协议", "created_at": clock.now(),
    }  # fmt: skip
    return Appointment.objects.create(customer=customer, **defaults | fields)


@pytest.mark.parametrize("starts_at", [time(10, 30), time(9, 5), None])
def test_the_task_of_an_appointment_is_the_one_booking_makes(world, run_step, only_task, starts_at):
    appointment = agree(world, starts_at=starts_at, staff=world.supervisor)
    assert run_step(raise_appointments) == 1
    task = only_task()
    assert (task.kind, task.occurrence) == (TaskKind.APPOINTMENT, str(appointment.pk))
    assert (task.subject_on, task.due_on, task.planned_on, task.is_pinned) == (TODAY, TODAY, TODAY, True)
    assert (task.owner, task.source, task.channel) == (world.supervisor, TaskSource.APPOINTMENT, Channel.MEETING)
    assert task.why == appointment_reason(appointment)
    assert task.priority == 110
    assert run_step(raise_appointments) == 0


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"day": date(2026, 11, 24)}, 0),
        ({"day": date(2026, 11, 21)}, 1),  # a Saturday that was not run on its day
        ({"day": date(2026, 11, 15)}, 0),
        ({"status": AppointmentStatus.CANCELLED}, 0),
        ({"status": AppointmentStatus.HELD}, 0),
    ],
)
def test_which_appointments(world, run_step, fields, count):
    agree(world, **fields)
    assert run_step(raise_appointments) == count


def test_an_appointment_on_a_day_off_stays_there(world, run_step, only_task):
    agree(world, day=date(2026, 11, 28))
    run_step(raise_appointments, on=date(2026, 11, 28))
    assert only_task().planned_on == date(2026, 11, 28)


def test_one_that_was_not_held_stays_overdue(world, run_step):
    agree(world, day=date(2026, 11, 20))
    run_step(raise_appointments, on=date(2026, 11, 20))
    assert MaintenanceTask.objects.overdue(TODAY).count() == 1
