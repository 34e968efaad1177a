"""What a person does to tasks that is not a contact: done, moved, skipped, and back again; appointments.

A card shows all tasks of a customer at once, so each step takes several tasks as one statement; the singular names are
the same with one. `due_on` never moves: it belongs to the occasion (DESIGN 5).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from almanac.workdays import day_note, is_workday, next_workday
from customers.services.identifiers import audit_label, reveal
from maintenance.enums import AppointmentStatus, SkipReason, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from maintenance.parameters import SNOOZE_LIMIT_DAYS, UNDO_MINUTES
from maintenance.policies import (
    CONVERSATION_KINDS,
    objection_to_calling,
    objection_to_completion,
    objection_to_reopening,
    objection_to_skipping,
    objection_to_work,
)
from maintenance.services.appointments import move_appointments
from maintenance.services.beats import recompute_beats
from maintenance.services.wording import FieldViolation, checked_text, day_text
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter


@dataclass(frozen=True)
class Placement:
    """Where a task stood before it was moved, and where to: what the undo puts back as long as it still stands there."""

    public_id: str
    planned_on: date
    is_pinned: bool
    moved_to: date


def complete_task(*, by: Staff, task: MaintenanceTask, note: str = "") -> MaintenanceTask:
    """Done without a contact record, e.g. a greeting card handed over. Beats need a conversation and are refused."""
    return complete_tasks(by=by, tasks=[task], note=note)[0]


def skip_task(*, by: Staff, task: MaintenanceTask, reason: str, note: str = "") -> MaintenanceTask:
    """Left out this time, with a reason the supervisor can read."""
    return skip_tasks(by=by, tasks=[task], reason=reason, note=note)[0]


def snooze_task(*, by: Staff, task: MaintenanceTask, planned_on: date, reason: str = "") -> MaintenanceTask:
    """Put on another working day, and pinned there: levelling leaves it alone."""
    snooze_tasks(by=by, tasks=[task], planned_on=planned_on, reason=reason)
    task.refresh_from_db(from_queryset=MaintenanceTask.objects.unscoped("just moved by this person"))
    return task


@transaction.atomic
def complete_tasks(*, by: Staff, tasks: Sequence[MaintenanceTask], note: str = "") -> list[MaintenanceTask]:
    """All or none. Raises RuleViolation naming what stands against it."""
    note = checked_text(note, label="说明", limit=200)
    locked = lock_tasks(tasks)
    _refuse(objection_to_completion(by, task) for task in locked)
    close_tasks(locked, by=by, status=TaskStatus.DONE, note=note)
    _audit(locked, by=by, after={"status": TaskStatus.DONE, "note_length": len(note)})
    return locked


@transaction.atomic
def skip_tasks(*, by: Staff, tasks: Sequence[MaintenanceTask], reason: str, note: str = "") -> list[MaintenanceTask]:
    """All or none; 其他 must say what."""
    if reason not in SkipReason.values:
        raise RuleViolation("请选择跳过的原因。")
    note = checked_text(note, label="说明", limit=200, is_required=reason == SkipReason.OTHER)
    locked = lock_tasks(tasks)
    _refuse(objection_to_skipping(by, task) for task in locked)
    close_tasks(locked, by=by, status=TaskStatus.SKIPPED, note=note, skip_reason=reason)
    _follow_beats(locked)
    _audit(locked, by=by, after={"status": TaskStatus.SKIPPED, "skip_reason": reason, "note_length": len(note)})
    return locked


@transaction.atomic
def snooze_tasks(*, by: Staff, tasks: Sequence[MaintenanceTask], planned_on: date, reason: str = "") -> list[Placement]:
    """Moves `planned_on` of all or none and tells where they stood. Past the latest day only with a reason.

    An appointment has no latest day: agreed anew with the customer, it moves itself, at its hour.
    """
    today = clock.today()
    _refuse_day(planned_on, today)
    reason = checked_text(reason, label="改期原因", limit=200)
    locked = lock_tasks(tasks)
    _refuse(objection_to_work(by, task) for task in locked)
    latest = min((task.due_on for task in locked if task.kind != TaskKind.APPOINTMENT), default=planned_on)
    if planned_on > max(latest, today) and not reason:
        raise FieldViolation("reason", f"最迟日期是{day_text(latest)}，改到其后请写明原因。")
    before = [Placement(t.public_id, t.planned_on, t.is_pinned, planned_on) for t in locked]
    _audit(locked, by=by, after={"planned_on": planned_on, "is_pinned": True}, reason=reason)
    for task in locked:
        task.planned_on, task.is_pinned, task.note = planned_on, True, reason or task.note
    _write_places(locked)
    return before


@transaction.atomic
def put_back(*, by: Staff, placements: Iterable[Placement]) -> list[MaintenanceTask]:
    """The undo of a move. Tasks that were closed meanwhile stay as they are."""
    places = {place.public_id: place for place in placements}
    found = MaintenanceTask.objects.unscoped("checked by policy below").filter(public_id__in=places)
    rows = found.select_for_update(of=("self",)).select_related("customer").order_by("pk")
    locked = [task for task in rows if task.status == TaskStatus.OPEN]
    _refuse(objection_to_work(by, task) for task in locked)
    if any(task.planned_on != places[task.public_id].moved_to for task in locked):
        raise RuleViolation("这项待办之后又改过期，不能再撤销前一次改期；请用“改期”重新安排。")
    _audit(locked, by=by, after={"planned_on": "还原"}, action=AuditAction.UNDO)
    for task in locked:
        place = places[task.public_id]
        task.planned_on, task.is_pinned, task.note = place.planned_on, place.is_pinned, ""
    _write_places(locked)
    return locked


def _write_places(locked: Sequence[MaintenanceTask]) -> None:
    """The new days of locked tasks, and of the appointments among them, whose day is the occasion itself."""
    agreed = [task for task in locked if task.kind == TaskKind.APPOINTMENT]
    for task in agreed:
        task.subject_on = task.due_on = task.planned_on
    MaintenanceTask.objects.bulk_update(locked, ["planned_on", "is_pinned", "note", "subject_on", "due_on"])
    if agreed:
        move_appointments(_appointments_of(agreed), {task.occurrence: task.planned_on for task in agreed})


def number_to_call(*, by: Staff, task: MaintenanceTask) -> str:
    """The customer's mobile in full for a task that is on today, the task being the reason (DESIGN 3); "" if there is none."""
    if objection := objection_to_calling(by, task, today=clock.today()):
        raise RuleViolation(objection)
    return reveal(by=by, customer=task.customer, field="mobile", task=task)


def reopen_task(*, by: Staff, task: MaintenanceTask) -> MaintenanceTask:
    """The undo of done and of skipped, for a while and for whoever did it."""
    return reopen_tasks(by=by, tasks=[task])[0]


@transaction.atomic
def reopen_tasks(*, by: Staff, tasks: Sequence[MaintenanceTask]) -> list[MaintenanceTask]:
    now, minutes = clock.now(), parameter(UNDO_MINUTES)
    locked = lock_tasks(tasks)
    _refuse(objection_to_reopening(by, task, now=now, undo_minutes=minutes) for task in locked)
    _audit(locked, by=by, after={"status": TaskStatus.OPEN}, action=AuditAction.UNDO)
    put_open(locked)
    _follow_beats(locked)
    return locked


# The statements that contacts share with the steps above.


def lock_tasks(tasks: Iterable[MaintenanceTask]) -> list[MaintenanceTask]:
    """The rows as they are now, held until the transaction ends, always in one order."""
    ids = [task.pk for task in tasks]
    if not ids:
        raise RuleViolation("请先选择要处理的事项。")
    rows = MaintenanceTask.objects.unscoped("checked by policy after the lock").filter(pk__in=ids)
    return list(rows.select_for_update(of=("self",)).select_related("customer").order_by("pk"))


def close_tasks(
    tasks: Sequence[MaintenanceTask],
    *,
    by: Staff,
    status: TaskStatus,
    contact: ContactRecord | None = None,
    note: str = "",
    skip_reason: str = "",
) -> None:
    """Close locked tasks, and with them the appointments they stand for."""
    closed = {
        "status": status, "closed_at": clock.now(), "closed_by": by, "contact": contact, "skip_reason": skip_reason,
    } | ({"note": note} if note else {})  # fmt: skip
    for task in tasks:
        for field, value in closed.items():
            setattr(task, field, value)
    MaintenanceTask.objects.unscoped("locked before").filter(pk__in=[task.pk for task in tasks]).update(**closed)
    if status == TaskStatus.DONE:
        _appointments_of(tasks).filter(status=AppointmentStatus.PLANNED).update(status=AppointmentStatus.HELD)


def put_open(tasks: Sequence[MaintenanceTask]) -> None:
    """Reopen locked tasks; appointments they had fulfilled are ahead again."""
    for task in tasks:
        if not task.contact_id:
            task.note = ""  # it told why the task was closed
        task.status, task.closed_at, task.closed_by, task.contact, task.skip_reason = (
            TaskStatus.OPEN, None, None, None, "",
        )  # fmt: skip
    MaintenanceTask.objects.bulk_update(tasks, ["status", "closed_at", "closed_by", "contact", "skip_reason", "note"])
    _appointments_of(tasks).filter(status=AppointmentStatus.HELD).update(status=AppointmentStatus.PLANNED)


def _appointments_of(tasks: Iterable[MaintenanceTask]):
    ids = [int(task.occurrence) for task in tasks if task.kind == TaskKind.APPOINTMENT]
    return Appointment.objects.unscoped("follows its task").filter(pk__in=ids)


def _follow_beats(tasks: Iterable[MaintenanceTask]) -> None:
    """A beat counts on from the occasion that was left out, and back again when that is undone."""
    if customers := {task.customer_id for task in tasks if task.kind in CONVERSATION_KINDS}:
        recompute_beats(customers, on=clock.today())


def _refuse(objections: Iterable[str]) -> None:
    for objection in objections:
        if objection:
            raise RuleViolation(objection)


def _refuse_day(day: date, today: date) -> None:
    limit = parameter(SNOOZE_LIMIT_DAYS)
    if day < today:
        raise FieldViolation("planned_on", "不能改到已经过去的日期。")
    if day > today + timedelta(days=limit):
        raise FieldViolation("planned_on", f"最多改到{limit}天以内；更远的联系请登记预约。")
    if not is_workday(day):
        ahead = day_text(next_workday(day))
        raise FieldViolation("planned_on", f"{day_text(day)}是{day_note(day)}，最近的工作日是{ahead}。")


def _audit(
    tasks: Iterable[MaintenanceTask], *, by: Staff, after: dict, action: AuditAction = AuditAction.CHANGE, reason=""
) -> None:
    """The facts, not the words: `why` and notes name people and amounts, which readers of the trail may not see."""
    events = [
        {
            "obj": task, "label": audit_label(task.customer, task.get_kind_display()), "after": after,
            "before": {field: getattr(task, field) for field in after if hasattr(task, field)},
        }
        for task in tasks
    ]  # fmt: skip
    audit.record_many(events, action=action, by=by, reason=reason)
