"""How every promise becomes a task: one INSERT … SELECT per kind of occasion, once for each (customer, kind, occurrence)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from customers.enums import Channel, CustomerStatus
from maintenance.daily.engines import PublicId
from maintenance.daily.priority import base_points, overdue_points, weights_on
from maintenance.daily.work import first_workday
from maintenance.enums import TaskSource, TaskStatus
from maintenance.models import MaintenanceTask
from organization.bulk import insert_select


def raise_tasks(
    rows: QuerySet,
    *,
    on: date,
    kind: Any,
    occurrence: Any,
    subject_on: Any,
    due_on: Any,
    channel: Any,
    why: Any,
    points: Any,
    customer: str = "customer",
    write: Callable[[type[MaintenanceTask], QuerySet, dict[str, Any]], int] = insert_select,
    **instead: Any,
) -> int:
    """A task for every one of `rows`, for its customer's manager; returns how many are new.

    `customer` is the lookup path from the rows to the customer, empty if they are customers. Planned for the first
    working day; levelling spreads them. `write` is how the rows get in, a function of `bulk`. `instead` are fields that
    this kind of occasion sets otherwise.
    """
    at = f"{customer}__" if customer else ""
    return write(
        MaintenanceTask,
        rows.order_by(),
        {
            "public_id": PublicId(), "customer": F(f"{at}id"), "owner": F(f"{at}manager_id"), "unit": F(f"{at}unit_id"),
            "kind": kind, "occurrence": occurrence, "subject_on": subject_on, "due_on": due_on,
            "planned_on": first_workday(on), "is_pinned": False, "channel": channel, "source": TaskSource.SYSTEM,
            "why": why, "priority": points, "status": TaskStatus.OPEN, "created_on": on, "skip_reason": "", "note": "",
        } | instead,
    )  # fmt: skip


def points_of(kind: str, on: date, customer: str = "customer", due_on: str = "") -> Any:
    """Priority at birth. Days overdue are counted where `due_on` is a column; the ranking adds them for the others."""
    points = base_points(weights_on(on), kind=kind, tier=f"{customer}__tier" if customer else "tier")
    return points + overdue_points(weights_on(on), on, due_on) if due_on else points


def served(customer: str = "customer") -> Q:
    """Customers somebody looks after and may speak to (DOMAIN 2.3(4), 8.6)."""
    at = f"{customer}__" if customer else ""
    return Q(**{f"{at}status": CustomerStatus.ACTIVE, f"{at}manager__isnull": False, f"{at}has_no_contact": False})


def not_in_mourning(on: date, customer: str = "customer") -> Q:
    at = f"{customer}__" if customer else ""
    return Q(**{f"{at}mourning_until": None}) | Q(**{f"{at}mourning_until__lt": on})


def preferred_channel(default: Channel, customer: str = "customer") -> Case:
    """How the customer likes to be reached."""
    return Case(
        When(**{f"{customer}__preferred_channel": ""}, then=Value(default)), default=F(f"{customer}__preferred_channel")
    )
