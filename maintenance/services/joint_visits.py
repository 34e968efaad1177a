"""After a hand-over for good the old and the new manager call on the larger customers together (DOMAIN 10: 联合拜访)."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Value

from almanac.workdays import roll_back
from customers.enums import Channel, Tier
from customers.models import Customer, HandOver
from maintenance.daily import wording
from maintenance.daily.raising import points_of, raise_tasks, served
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import MaintenanceTask
from maintenance.parameters import JOINT_VISIT_DAYS
from organization import clock
from organization.bulk import batches
from organization.parameters import parameter

VISITED_TIERS = (Tier.PLATINUM, Tier.DIAMOND, Tier.PRIVATE)
_AT_ONCE = 5000


def raise_joint_visits(handover: HandOver, customer_ids: Sequence[int], *, on: date) -> int:
    """A task for the new manager of every customer of PLATINUM and above, due some days after the hand-over."""
    due_on = roll_back(on + timedelta(days=parameter(JOINT_VISIT_DAYS, on)))
    tiers = Customer.objects.unscoped("of a hand-over").filter(served(""), tier__in=VISITED_TIERS)
    return sum(
        raise_tasks(
            tiers.filter(pk__in=some),
            on=on,
            kind=TaskKind.JOINT_VISIT,
            occurrence=_occurrence(handover),
            subject_on=on,
            due_on=due_on,
            channel=Channel.MEETING,
            why=wording.sentence(
                wording.label("tier", Tier),
                f"：{handover.giver.name}移交，请于",
                _day(due_on),
                "前与原客户经理联合拜访",
            ),
            points=points_of(TaskKind.JOINT_VISIT, on, ""),
            customer="",
        )
        for some in batches(customer_ids, _AT_ONCE)
    )


def withdraw_joint_visits(handover: HandOver) -> int:
    """The hand-over was undone: nobody need be introduced."""
    tasks = (
        MaintenanceTask.objects.unscoped("of a hand-over")
        .open()
        .filter(kind=TaskKind.JOINT_VISIT, occurrence=_occurrence(handover))
    )
    customers = handover.lines.order_by().values("customer")
    return tasks.filter(customer__in=customers).update(status=TaskStatus.SUPERSEDED, closed_at=clock.now())


def _occurrence(handover: HandOver) -> str:
    return f"handover:{handover.pk}"


def _day(day: date) -> Value:
    return Value(f"{day.month}月{day.day}日")
