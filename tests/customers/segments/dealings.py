"""What was said and promised to the customers of the property test, and what a look at each of them finds."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from customers.enums import Channel, SegmentCover
from customers.models import Customer, MonthlyBalance, Segment, SegmentMembership
from maintenance.enums import AppointmentStatus, ContactOutcome, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from tests.world import TODAY

SEGMENTS = ("segment-one", "segment-two", "segment-gone")
_NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
_LAST, _BEFORE = date(2026, 10, 1), date(2026, 9, 1)


def some_segments(world) -> list[Segment]:
    return [
        Segment.objects.create(
            public_id=public_id, owner=world.rm, unit=world.east, covers=SegmentCover.OWN, name=public_id,
            rule={"field": "tier", "op": "in", "value": ["GOLD"]}, created_at=_NOW, updated_at=_NOW,
        )
        for public_id in SEGMENTS[:2]
    ]  # fmt: skip


def add_dealings(draw: random.Random, customer: Customer, segments: list[Segment]) -> None:
    owner, unit = customer.manager, customer.unit
    for place in range(draw.randrange(4)):
        day = TODAY - timedelta(days=draw.choice([0, 1, 7, 60, 89, 90, 91, 400]))
        ContactRecord.objects.create(
            customer=customer, unit=unit, staff=owner, channel=draw.choice([Channel.MEETING, Channel.PHONE]),
            outcome=draw.choice([ContactOutcome.REACHED, ContactOutcome.NO_ANSWER]), happened_at=_NOW, happened_on=day,
            created_at=_NOW, withdrawn_at=draw.choice([None, None, _NOW]),
        )  # fmt: skip
        MaintenanceTask.objects.create(
            customer=customer, owner=owner, unit=unit, kind=TaskKind.MATURITY, occurrence=f"{place}", subject_on=day,
            due_on=TODAY + timedelta(days=draw.choice([-1, 0, 1])), planned_on=TODAY, why="到期", created_on=TODAY,
            status=draw.choice([TaskStatus.OPEN, TaskStatus.DONE]),
        )  # fmt: skip
    if draw.random() < 0.4:
        Appointment.objects.create(
            customer=customer, unit=unit, staff=owner, day=TODAY + timedelta(days=draw.choice([-1, 0, 7, 8, 60])),
            matter="续存", created_at=_NOW, status=draw.choice([AppointmentStatus.PLANNED, AppointmentStatus.CANCELLED]),
        )  # fmt: skip
    for month in (_LAST, _BEFORE):
        if draw.random() < 0.8:
            MonthlyBalance.objects.create(
                customer=customer,
                unit=unit,
                month=month,
                average=Decimal(draw.choice(["0", "50000", "149999.99"])),
                closing=0,
            )
    for segment in segments:
        if draw.random() < 0.5:
            until = draw.choice([None, TODAY])
            SegmentMembership.objects.create(
                segment=segment,
                customer=customer,
                unit=unit,
                since=TODAY - timedelta(days=9),
                until=until,
                rule_version=1,
            )


def _contacts(customer: Customer) -> list[ContactRecord]:
    return [row for row in customer.contacts.all() if row.withdrawn_at is None]


def contacts_90(customer: Customer) -> int:
    return sum(0 <= (TODAY - row.happened_on).days <= 90 for row in _contacts(customer))


def last_meeting(customer: Customer) -> date | None:
    met = [
        row.happened_on
        for row in _contacts(customer)
        if row.channel == Channel.MEETING and row.outcome == ContactOutcome.REACHED
    ]
    return max(met, default=None)


def overdue_task(customer: Customer) -> bool:
    return any(row.status == TaskStatus.OPEN and row.due_on < TODAY for row in customer.tasks.all())


def appointments(customer: Customer) -> list[date]:
    return [row.day for row in customer.appointments.all() if row.status == AppointmentStatus.PLANNED]


def risen(customer: Customer) -> Decimal | None:
    by_month = {row.month: row.average for row in customer.monthly_balances.all()}
    return by_month[_LAST] - by_month[_BEFORE] if by_month.keys() >= {_LAST, _BEFORE} else None


def segments_of(customer: Customer) -> set[str]:
    return {row.segment.public_id for row in customer.memberships.all() if row.until is None}


READ_ONCE = ("contacts", "tasks", "appointments", "monthly_balances", "memberships__segment")
PLAIN = {"contacts_90": contacts_90, "last_meeting": last_meeting, "overdue_task": overdue_task, "risen": risen}
