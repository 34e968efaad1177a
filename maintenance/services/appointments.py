"""What was agreed with a customer for a later day (POLICY 二（三）2: 客户预约)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from customers.enums import Channel
from customers.models import Customer
from customers.services.identifiers import audit_label
from maintenance.enums import AppointmentStatus, TaskKind, TaskSource, TaskStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from maintenance.parameters import APPOINTMENT_LIMIT_DAYS, TASK_PRIORITY
from maintenance.policies import objection_to_booking, objection_to_cancelling
from maintenance.queries.diary_plan import appointment_reason
from maintenance.services.wording import FieldViolation, checked_text, day_text
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter


@transaction.atomic
def book_appointment(
    *,
    by: Staff,
    customer: Customer,
    day: date,
    channel: str,
    matter: str,
    starts_at: time | None = None,
    agreed_in: ContactRecord | None = None,
) -> Appointment:
    """Agree a day, and perhaps a time, with the customer; it is a task at once, pinned to that day.

    Booked by a substitute it belongs to the absent colleague: the customer will meet whoever manages then.
    Raises RuleViolation for the past, for a day too far ahead, and for a second one at the same time.
    """
    if objection := objection_to_booking(by, customer):
        raise RuleViolation(objection)
    _refuse_moment(day, starts_at)
    if channel not in Channel.values:
        raise RuleViolation("请选择预约的联系方式。")
    matter = checked_text(matter, label="预约事项", limit=200) or "再次联系"
    _refuse_second(customer, day, starts_at)
    owner_id = customer.manager_id if customer.manager_id in by.covered_ids() else by.pk
    appointment = Appointment.objects.create(
        customer=customer, unit_id=customer.unit_id, staff_id=owner_id, day=day, starts_at=starts_at, channel=channel,
        matter=matter, agreed_in=agreed_in, created_at=clock.now(),
    )  # fmt: skip
    _raise_task(appointment, customer, on=clock.today())
    audit.record(
        AuditAction.CREATE, appointment, by=by, after={"day": day, "starts_at": starts_at, "channel": channel},
        label=audit_label(customer, "预约"),
    )  # fmt: skip
    return appointment


@transaction.atomic
def cancel_appointment(*, by: Staff, appointment: Appointment, reason: str = "") -> Appointment:
    """The customer or the manager called it off; its task goes with it."""
    reason = checked_text(reason, label="取消原因", limit=200)
    rows = Appointment.objects.unscoped("checked by policy after the lock").select_for_update(of=("self",))
    locked = rows.get(pk=appointment.pk)
    if objection := objection_to_cancelling(by, locked):
        raise RuleViolation(objection)
    withdraw_appointments([locked], by=by)
    audit.record(
        AuditAction.CHANGE, locked, by=by, before={"status": AppointmentStatus.PLANNED},
        after={"status": AppointmentStatus.CANCELLED}, reason=reason, label=audit_label(locked.customer, "预约"),
    )  # fmt: skip
    return locked


def withdraw_appointments(appointments: list[Appointment], *, by: Staff) -> None:
    """Cancel locked appointments and the open tasks they stand for."""
    ids = [appointment.pk for appointment in appointments]
    Appointment.objects.unscoped("just locked").filter(pk__in=ids).update(status=AppointmentStatus.CANCELLED)
    tasks = MaintenanceTask.objects.unscoped("stand for the appointments just locked").open()
    tasks.filter(kind=TaskKind.APPOINTMENT, occurrence__in=[str(pk) for pk in ids]).update(
        status=TaskStatus.SUPERSEDED, closed_at=clock.now(), closed_by=by
    )
    for appointment in appointments:
        appointment.status = AppointmentStatus.CANCELLED


def move_appointments(appointments: QuerySet[Appointment], days: Mapping[str, date]) -> None:
    """Agreed anew for another day, at the same hour: `days` by the occurrence of the locked tasks that stand for them."""
    for appointment in appointments.filter(status=AppointmentStatus.PLANNED).select_related("customer"):
        appointment.day = days[str(appointment.pk)]
        _refuse_second(appointment.customer, appointment.day, appointment.starts_at, besides=appointment.pk)
        appointment.save(update_fields=["day"])


@transaction.atomic
def tasks_of_appointments(public_ids: Iterable[str], *, by: Staff) -> dict[str, int]:
    """Public id → the task of each planned appointment, raised here where no run has come to it yet."""
    found = Appointment.objects.visible_to(by).filter(public_id__in=list(public_ids), status=AppointmentStatus.PLANNED)
    agreed = list(found.select_related("customer"))
    for appointment in agreed:
        _raise_task(appointment, appointment.customer, on=clock.today())
    tasks = MaintenanceTask.objects.unscoped("of appointments in scope").filter(
        kind=TaskKind.APPOINTMENT,
        customer__in=[appointment.customer_id for appointment in agreed],
        occurrence__in=[str(appointment.pk) for appointment in agreed],
    )
    by_occurrence = dict(tasks.values_list("occurrence", "pk"))
    return {appointment.public_id: by_occurrence[str(appointment.pk)] for appointment in agreed}


def _raise_task(appointment: Appointment, customer: Customer, *, on: date) -> None:
    """The task the daily run would make: the same key, so that whichever comes second changes nothing."""
    weights = parameter(TASK_PRIORITY, on)
    task = MaintenanceTask(
        customer=customer, owner_id=appointment.staff_id, unit_id=appointment.unit_id, kind=TaskKind.APPOINTMENT,
        occurrence=str(appointment.pk), subject_on=appointment.day, due_on=appointment.day, planned_on=appointment.day,
        is_pinned=True, channel=appointment.channel, source=TaskSource.APPOINTMENT, why=appointment_reason(appointment),
        priority=weights["kind"][TaskKind.APPOINTMENT] + weights["tier"].get(customer.tier, 0), created_on=on,
    )  # fmt: skip
    MaintenanceTask.objects.bulk_create([task], ignore_conflicts=True)


def _refuse_moment(day: date, starts_at: time | None) -> None:
    now, limit = clock.now(), parameter(APPOINTMENT_LIMIT_DAYS)
    if day < now.date():
        raise FieldViolation("day", "预约日期不能早于今天。")
    if day > now.date() + timedelta(days=limit):
        raise FieldViolation("day", f"预约日期最远{limit}天，请检查年份。")
    if starts_at and datetime.combine(day, starts_at, now.tzinfo) < now:
        raise FieldViolation("starts_at", "预约时间已经过去，请改一个时间。")


def _refuse_second(customer: Customer, day: date, starts_at: time | None, *, besides: int | None = None) -> None:
    same = Appointment.objects.unscoped("the customer was checked").filter(
        customer=customer, day=day, starts_at=starts_at, status=AppointmentStatus.PLANNED
    )
    if same.exclude(pk=besides).exists():
        when = f"{day_text(day)}{f' {starts_at:%H:%M}' if starts_at else ''}"
        raise RuleViolation(f"{customer.name}在{when}已有一次预约，无需重复登记。")
