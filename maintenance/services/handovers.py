"""What a hand-over means for daily work, beyond what follows every change of manager: after one for good the old and the
new manager call on the larger customers together (DOMAIN 10: 联合拜访); after a return nothing stays behind."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery, Value

from almanac.workdays import roll_back
from customers.enums import Channel, Tier
from customers.models import Customer, HandOver, HandOverLine
from maintenance.daily import wording
from maintenance.daily.raising import points_of, raise_tasks, served
from maintenance.enums import AppointmentStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, MaintenanceTask
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


def take_back_appointments(handover: HandOver, customer_ids: Sequence[int]) -> None:
    """What the taker has open with customers who went back. As the giver's supervisor or co-manager he might keep it
    otherwise (`following`), and of days gone by nothing else would move."""
    lines = HandOverLine.objects.unscoped("of a hand-over").filter(handover=handover, customer=OuterRef("customer"))
    taker = Subquery(lines.values("taker")[:1])
    giver = handover.giver
    for some in batches(customer_ids, _AT_ONCE):
        tasks = MaintenanceTask.objects.unscoped("of a hand-over").open().filter(customer__in=some)
        tasks.filter(kind=TaskKind.APPOINTMENT, owner=taker).update(owner=giver, unit=giver.unit_id)
        planned = Appointment.objects.unscoped("of a hand-over").filter(
            customer__in=some, status=AppointmentStatus.PLANNED
        )
        planned.filter(staff=taker).update(staff=giver, unit=giver.unit_id)


def withdraw_joint_visits(handover: HandOver) -> int:
    """The customers went back: nobody need be introduced."""
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
