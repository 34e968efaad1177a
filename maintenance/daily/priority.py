"""A task's priority: points for the matter, for the customer's tier and for days overdue, and the same told in words.

The weights are the dated parameter `task_priority`. SQL and Python give the same number; a test holds them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import Combinable

from customers.enums import Tier
from maintenance.daily.choice import Choice
from maintenance.enums import TaskKind
from maintenance.models import MaintenanceTask
from maintenance.parameters import TASK_PRIORITY
from organization.parameters import parameter


@dataclass(frozen=True)
class Explanation:
    """The number and what it is made of: (生日关怀, 65), (白金客户, 20), (逾期3天, 6)."""

    total: int
    parts: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return f"{self.total} = " + " + ".join(f"{label}{points}" for label, points in self.parts)


def explain_priority(task: MaintenanceTask, on: date) -> Explanation:
    """How the ranking of that day reckons this task."""
    weights = weights_on(on)
    parts = [
        (TaskKind(task.kind).label, _points(weights, "kind", task.kind)),
        (Tier(task.customer.tier).label, _points(weights, "tier", task.customer.tier)),
    ]
    if days := max(0, (on - task.due_on).days):
        parts.append((f"逾期{days}天", min(days * int(weights["overdue_per_day"]), int(weights["overdue_cap"]))))
    return Explanation(sum(points for _, points in parts), tuple(parts))


def weights_on(day: date) -> Mapping[str, Any]:
    return parameter(TASK_PRIORITY, day)


def base_points(weights: Mapping[str, Any], *, kind: str, tier: str) -> Combinable:
    """Points of a task that is not overdue: `kind` is a kind or, prefixed by @, a lookup path; `tier` a lookup path."""
    matter: Combinable = (
        _choice(kind[1:], weights["kind"]) if kind.startswith("@") else Value(_points(weights, "kind", kind))
    )
    return matter + _choice(tier, weights["tier"])


def points(weights: Mapping[str, Any], on: date) -> Combinable:
    """Points of stored tasks as of a day."""
    return base_points(weights, kind="@kind", tier="customer__tier") + overdue_points(weights, on, "due_on")


def overdue_points(weights: Mapping[str, Any], on: date, due_on: str) -> Combinable:
    """Points for the days since `due_on`, a lookup path: one branch per day until the cap is reached, which both databases
    understand alike."""
    per_day, cap = int(weights["overdue_per_day"]), int(weights["overdue_cap"])
    if per_day <= 0:
        return Value(0)
    days_until_cap = -(-cap // per_day)
    steps = [When(**{f"{due_on}__gte": on - timedelta(days=n)}, then=Value(n * per_day)) for n in range(days_until_cap)]
    return Case(*steps, default=Value(cap), output_field=IntegerField())


def _choice(path: str, table: Mapping[str, Any]) -> Choice:
    answers = {value: int(points) for value, points in table.items()}
    return Choice(path, answers, default=Value(0), output_field=IntegerField())


def _points(weights: Mapping[str, Any], table: str, key: str) -> int:
    return int(weights[table].get(key, 0))
