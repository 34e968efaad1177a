"""What may be planned for a day: open tasks, appointments that no run has seen yet, what was carried over (DESIGN 6)."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from almanac.workdays import next_workday, previous_workday
from customers.enums import CustomerStatus
from maintenance.enums import (
    AppointmentStatus,
    TaskKind,
    TaskSource,
)
from maintenance.models import Appointment, DiaryLine, MaintenanceTask
from maintenance.policies import CONVERSATION_KINDS
from organization import clock
from organization.models import Cover, Staff

_MOST_CANDIDATES = 300
_LOOK_BACK_DAYS = 62


class PlanGroup(StrEnum):
    """Under which heading a customer stands in the plan, the most pressing first."""

    APPOINTMENT = "预约"
    OVERDUE = "逾期"
    OCCASION = "到期与问候"
    BEAT = "应联"


class PlanCandidate(NamedTuple):
    """A task as far as a plan needs it: what its line says, and what it is made of. Up to three hundred are offered.

    An appointment of the days until then that no run has made a task of yet stands here without one: `pk` is 0 and
    `public_id` its own.
    """

    pk: int
    public_id: str
    customer_id: int
    kind: str
    occurrence: str
    why: str
    channel: str
    source: str
    due_on: date
    planned_on: date
    name: str
    tier: str
    strategy: str
    starts_at: time | None = None
    group: PlanGroup = PlanGroup.BEAT


_OF_CUSTOMER = ("customer__name", "customer__tier", "customer__strategy")
_CANDIDATE = (*PlanCandidate._fields[:-5], *_OF_CUSTOMER)


def owners_on(staff: Staff, day: date) -> list[int]:
    """The person and the colleagues whom they stand in for on that day."""
    if day == clock.today():
        return staff.serving_ids()
    return [staff.pk, *Cover.objects.on(day).filter(substitute=staff).values_list("absent_id", flat=True)]


def plan_candidates(staff: Staff, day: date) -> list[PlanCandidate]:
    """Open tasks that are on for `day` or left over, and what is agreed with customers until then. Appointments come
    first, then who is overdue today, then who may not wait beyond `day`, then by priority; all tasks of a customer
    together. What is agreed for today is still ahead today and belongs to no later plan."""
    today, owners = clock.today(), owners_on(staff, day)
    tasks = MaintenanceTask.objects.visible_to(staff).for_day(day).filter(owner__in=owners)
    if day > today:
        tasks = tasks.exclude(kind=TaskKind.APPOINTMENT, planned_on=today)
    rows = tasks.order_by("-priority", "due_on", "id").values_list(*_CANDIDATE)[:_MOST_CANDIDATES]
    found = _with_appointments(staff, [PlanCandidate(*row) for row in rows], owners, today, day)
    by_customer: dict[int, list[PlanCandidate]] = {}
    for task in found:
        by_customer.setdefault(task.customer_id, []).append(task)

    def place(grouped: tuple[PlanGroup, list[PlanCandidate]]) -> tuple:
        group, card = grouped
        due = min(task.due_on for task in card)
        hours = [(task.planned_on, task.starts_at or time.max) for task in card if task.kind == TaskKind.APPOINTMENT]
        agreed = min(hours) if group == PlanGroup.APPOINTMENT else (date.max, time.max)
        return agreed, due >= today, due > day

    cards = sorted(((_group_of(card, today), card) for card in by_customer.values()), key=place)
    return [task._replace(group=group) for group, card in cards for task in card]


def _group_of(card: list[PlanCandidate], today: date) -> PlanGroup:
    if any(task.kind == TaskKind.APPOINTMENT and task.due_on >= today for task in card):
        return PlanGroup.APPOINTMENT
    if any(task.due_on < today for task in card):
        return PlanGroup.OVERDUE
    return PlanGroup.BEAT if all(task.kind in CONVERSATION_KINDS for task in card) else PlanGroup.OCCASION


def _with_appointments(
    staff: Staff, tasks: list[PlanCandidate], owners: list[int], today: date, day: date
) -> list[PlanCandidate]:
    """The tasks with the hours agreed, after the appointments until `day` that are no task yet: one statement for both."""
    told = {task.occurrence: task for task in tasks if task.kind == TaskKind.APPOINTMENT}
    if not told and day <= today:
        return tasks
    own = MaintenanceTask.objects.unscoped("of an appointment in scope").filter(
        customer=OuterRef("customer"), kind=TaskKind.APPOINTMENT, occurrence=Cast(OuterRef("pk"), CharField())
    )
    ahead = Q(staff__in=owners, day__gt=today, day__lte=day, customer__status=CustomerStatus.ACTIVE)
    agreed = (
        Appointment.objects.visible_to(staff)
        .filter(ahead | Q(pk__in=[int(key) for key in told]), status=AppointmentStatus.PLANNED)
        .annotate(is_task=Exists(own))
        .select_related("customer")
        .only("public_id", "day", "starts_at", "channel", "matter", *_OF_CUSTOMER)
        .order_by("day", "starts_at", "id")
    )
    hours: dict[str, time | None] = {}
    untold: list[PlanCandidate] = []
    for appointment in agreed:
        if appointment.is_task:
            hours[str(appointment.pk)] = appointment.starts_at
        else:
            untold.append(_candidate_of(appointment))
    return [
        *untold,
        *(
            task._replace(starts_at=hours.get(task.occurrence)) if task.kind == TaskKind.APPOINTMENT else task
            for task in tasks
        ),
    ]


def appointment_reason(appointment: Appointment) -> str:
    """The card's line: 预约 10:30 会面：签理财协议."""
    hour = f"{appointment.starts_at:%H:%M} " if appointment.starts_at else ""
    return f"预约 {hour}{appointment.get_channel_display()}：{appointment.matter}"[:200]


def _candidate_of(appointment: Appointment) -> PlanCandidate:
    customer = appointment.customer
    return PlanCandidate(
        0, appointment.public_id, customer.pk, TaskKind.APPOINTMENT, str(appointment.pk), appointment_reason(appointment),
        appointment.channel, TaskSource.APPOINTMENT, appointment.day, appointment.day, customer.name, customer.tier,
        customer.strategy, appointment.starts_at,
    )  # fmt: skip


def is_far(day: date) -> bool:
    return day > next_workday(clock.today())


def suggested_plan(staff: Staff, day: date, tasks: Sequence[PlanCandidate]) -> list[PlanCandidate]:
    """What one tap plans: those of the first `daily_capacity` customers. For a day beyond the next working day only what
    belongs to that day: the rest is to be done before."""
    if is_far(day):
        eve = previous_workday(day)
        tasks = [task for task in tasks if task.planned_on > eve]
    return within_capacity(staff, tasks)


def within_capacity(staff: Staff, tasks: Iterable[PlanCandidate]) -> list[PlanCandidate]:
    """Those of the first `daily_capacity` customers."""
    chosen: list[PlanCandidate] = []
    customers: set[int] = set()
    for task in tasks:
        customers.add(task.customer_id)
        if len(customers) > staff.daily_capacity:
            break
        chosen.append(task)
    return chosen


def carried_over(staff: Staff, day: date) -> list[DiaryLine]:
    """Own lines without a task that were not finished and put off to `day`."""
    lines = DiaryLine.objects.visible_to(staff).filter(
        diary__staff=staff, diary__day__gte=day - timedelta(days=_LOOK_BACK_DAYS), diary__day__lt=day,
        task=None, replanned_on=day,
    )  # fmt: skip
    told = ("matter", "channel", "planned_time", "note", "customer__public_id", "customer__name")
    return list(lines.select_related("customer").only(*told).order_by("diary__day", "position"))
