"""What becomes of maintenance when two archives are made one (customers.services.merge_rules)."""

from django.db import models
from django.db.models import Q

from customers.services.merge_rules import Pair, declare, move, move_once, rows_of
from maintenance.enums import TaskStatus
from maintenance.models import MaintenanceTask
from organization import clock

_LENGTH = 80


def _tasks(pair: Pair, field: models.ForeignKey) -> None:
    """The same promise twice is kept once: the other task is closed, and its occasion gets a name of its own."""
    own = set(rows_of(field, pair.kept).values_list("kind", "occurrence"))
    suffix = f"~{pair.merged.pk}"
    for task in rows_of(field, pair.merged).order_by("pk"):
        if (task.kind, task.occurrence) not in own:
            continue
        task.occurrence = task.occurrence[: _LENGTH - len(suffix)] + suffix
        if task.status == TaskStatus.OPEN:
            task.status, task.closed_at, task.closed_by = TaskStatus.SUPERSEDED, clock.now(), pair.by
        task.save(update_fields=["occurrence", "status", "closed_at", "closed_by"])
    rows_of(field, pair.merged).filter(status=TaskStatus.OPEN).filter(~Q(unit=pair.kept.unit_id)).update(
        unit=pair.kept.unit_id
    )
    move(pair, field)


def declare_all() -> None:
    """Called once the apps are ready."""
    declare(
        move, "maintenance.ContactRecord.customer", "maintenance.Appointment.customer", "maintenance.DiaryLine.customer"
    )
    declare(move_once("channel"), "maintenance.ContactBeat.customer")
    declare(move_once("step", "business_date"), "maintenance.Quarantine.customer")
    declare(move_once(), "maintenance.CounterNote.customer")
    declare(_tasks, f"{MaintenanceTask._meta.label}.customer")
