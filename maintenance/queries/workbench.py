"""今日工作台: today's queue as call cards, its counters, and what is coming (DESIGN 5, 8).

A customer is one card however many reasons there are; every part is one statement whatever the number of rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from almanac.festivals import festival_names_on, personal_festival_names_on
from customers.enums import Calendar, CustomerStatus, DateKind, Relation, Sex
from customers.models import Customer, Holding, ImportantDate
from maintenance.enums import AppointmentStatus, ContactOutcome, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from maintenance.policies import CONVERSATION_KINDS
from organization.models import Staff

# Closed tasks are looked for no further back than this: the index is by the day they were planned for.
_CLOSED_LOOK_BACK_DAYS = 60
_TOUCHES_SHOWN = 2
_AHEAD_SHOWN = 8
_NAMED_CUSTOMER = ("customer__public_id", "customer__name")
_KINDS, _RELATIONS = dict(DateKind.choices), dict(Relation.choices)
HONORIFICS = {Sex.MALE: "先生", Sex.FEMALE: "女士"}


class CardCustomer(NamedTuple):
    """All that a card says of its customer."""

    pk: int
    public_id: str
    name: str
    sex: str
    tier: str
    strategy: str
    last_contact_on: date | None
    preferred_time: str
    preferred_channel: str


class CardTask(NamedTuple):
    """A task as far as the queue and its cards need it: many are read, and only some are shown."""

    public_id: str
    owner_id: int
    customer_id: int
    kind: str
    why: str
    channel: str
    status: str
    priority: int
    due_on: date
    planned_on: date


class Touch(NamedTuple):
    """What a colleague did with a customer lately."""

    customer_id: int
    staff: str
    day: date
    channel: str


@dataclass
class Card:
    """One customer to be contacted, and everything that speaks for it, the most pressing first."""

    customer: CardCustomer
    tasks: list[CardTask]
    starts_at: time | None = None
    touches: list[Touch] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        """Each reason once."""
        return list(dict.fromkeys(task.why for task in self.tasks))

    @cached_property
    def due_on(self) -> date:
        return min(task.due_on for task in self.tasks)

    @property
    def priority(self) -> int:
        return max(task.priority for task in self.tasks)

    @cached_property
    def channel(self) -> str:
        """What to reach for: a meeting stands above a call, which stands above a message."""
        channels = [task.channel for task in self.tasks]
        return next((c for c in ("meeting", "phone") if c in channels), next(filter(None, channels), "phone"))

    @property
    def honorific(self) -> str:
        return HONORIFICS.get(self.customer.sex, "")

    @property
    def is_only_tickable(self) -> bool:
        """Whether every reason is one that a person ticks off; conversations close their own."""
        return not any(task.kind in CONVERSATION_KINDS for task in self.tasks)

    @cached_property
    def has_appointment(self) -> bool:
        return any(task.kind == TaskKind.APPOINTMENT for task in self.tasks)

    @cached_property
    def key(self) -> str:
        """One customer may be on one's own list and on that of a colleague one stands in for."""
        return f"{self.tasks[0].owner_id}-{self.customer.public_id}"

    @cached_property
    def contact_query(self) -> str:
        """What 记一笔 opened from this card is told."""
        return f"customer={self.customer.public_id}&channel={self.channel}"

    @cached_property
    def tasks_query(self) -> str:
        """The card's tasks as 改期 and 跳过 are told of them."""
        return "&".join(f"task={task.public_id}" for task in self.tasks)


@dataclass
class Group:
    """The cards of one owner: one's own first, then each absent colleague's."""

    owner: Staff
    is_own: bool
    cards: list[Card]
    total: int
    # Customers who may not wait: today is their latest day, or it is past.
    pressing: int = 0

    @property
    def rest(self) -> int:
        return self.total - len(self.cards)


@dataclass
class Counters:
    """Customers, not tasks: each equals the number of customers in the list it leads to."""

    due: int = 0
    contacted: int = 0
    overdue: int = 0
    appointments: int = 0
    is_unfinished: bool = False

    @property
    def percent_done(self) -> int:
        return min(100, round(100 * self.contacted / self.due)) if self.due else 100


@dataclass
class Queue:
    groups: list[Group]
    due: int
    overdue: int
    total: int


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def due_condition(day: date) -> Q:
    """今日应联: still open for the day, or planned for it and dealt with today."""
    still_open = Q(status=TaskStatus.OPEN, planned_on__lte=day)
    dealt_with = Q(
        status__in=(TaskStatus.DONE, TaskStatus.SKIPPED),
        planned_on__range=(day - timedelta(days=_CLOSED_LOOK_BACK_DAYS), day),
        closed_at__gte=start_of(day),
        closed_at__lt=start_of(day + timedelta(days=1)),
    )
    return still_open | dealt_with


def overdue_condition(day: date) -> Q:
    return Q(status=TaskStatus.OPEN, due_on__lt=day)


def served_tasks(staff: Staff):
    """Own tasks and those of absent colleagues; a supervisor's team is on another page."""
    return MaintenanceTask.objects.visible_to(staff).filter(owner__in=staff.serving_ids())


def day_queue(staff: Staff, day: date, *, show: int, appointments: Iterable[Appointment]) -> Queue:
    """The cards of `day`, at most `show` per owner, with what the counters say about all of them."""
    hours = _hours_of(appointments)
    found = served_tasks(staff).filter(due_condition(day) | overdue_condition(day))
    rows = found.order_by("-priority", "due_on", "id").values_list(*CardTask._fields)
    tasks = [CardTask(*row) for row in rows]
    by_owner: dict[int, dict[int, list[CardTask]]] = defaultdict(lambda: defaultdict(list))
    for task in tasks:
        if task.status == TaskStatus.OPEN and task.planned_on <= day:
            by_owner[task.owner_id][task.customer_id].append(task)
    return Queue(
        groups=_groups(staff, day, by_owner, show, hours),
        due=len({task.customer_id for task in tasks if task.planned_on <= day}),
        overdue=len({task.customer_id for task in tasks if task.status == TaskStatus.OPEN and task.due_on < day}),
        total=sum(map(len, by_owner.values())),
    )


def _groups(
    staff: Staff,
    day: date,
    by_owner: dict[int, dict[int, list[CardTask]]],
    show: int,
    hours: Mapping[int, time | None],
) -> list[Group]:
    """One's own cards first, then those of each absent colleague."""
    shown = {owner_id: _most_pressing(waiting, day, hours)[:show] for owner_id, waiting in by_owner.items()}
    ids = [customer_id for customers in shown.values() for customer_id in customers]
    rows = (
        Customer.objects.unscoped("of tasks this person serves").filter(pk__in=ids).values_list(*CardCustomer._fields)
    )
    customers = {customer.pk: customer for customer in map(CardCustomer._make, rows)}
    owners = {staff.pk: staff}
    if by_owner.keys() - owners:
        owners |= Staff.objects.in_bulk(staff.covered_ids())
    return [
        Group(
            owner=owners[owner_id],
            is_own=owner_id == staff.pk,
            cards=[Card(customers[c], by_owner[owner_id][c], hours.get(c)) for c in shown[owner_id]],
            total=len(by_owner[owner_id]),
            pressing=sum(min(task.due_on for task in tasks) <= day for tasks in by_owner[owner_id].values()),
        )
        for owner_id in sorted(shown, key=lambda owner_id: owner_id != staff.pk)
    ]


def _most_pressing(waiting: dict[int, list[CardTask]], day: date, hours: Mapping[int, time | None]) -> list[int]:
    """Overdue customers come first, then who is to be reached today, then by priority; appointments stand before the
    others of their kind, in the order of the clock."""

    def place(customer_id: int) -> tuple:
        tasks = waiting[customer_id]
        due = min(task.due_on for task in tasks)
        is_agreed = any(task.kind == TaskKind.APPOINTMENT for task in tasks)
        hour = hours.get(customer_id) if is_agreed else None
        return due >= day, due > day, not is_agreed, hour or time.max, -max(t.priority for t in tasks), due, customer_id

    return sorted(waiting, key=place)


def add_touches(staff: Staff, cards: Iterable[Card], since: date) -> None:
    """What colleagues did with these customers lately, latest first: nobody is called twice about one thing."""
    by_customer = {card.customer.pk: card for card in cards}
    if not by_customer:
        return
    records = (
        ContactRecord.objects.unscoped("of customers whose cards this person works on")
        .standing()
        .filter(~Q(staff=staff), ~Q(outcome=ContactOutcome.NO_ANSWER), customer__in=by_customer, happened_on__gte=since)
        .order_by("-happened_at")
        .values_list("customer", "staff__name", "happened_on", "channel")
    )
    for touch in map(Touch._make, records):
        touches = by_customer[touch.customer_id].touches
        if len(touches) < _TOUCHES_SHOWN:
            touches.append(touch)


def _hours_of(appointments: Iterable[Appointment]) -> dict[int, time | None]:
    """Customer → the earliest hour agreed for the day and still ahead."""
    hours: dict[int, time | None] = {}
    for appointment in appointments:
        if appointment.status == AppointmentStatus.PLANNED and not hours.get(appointment.customer_id):
            hours[appointment.customer_id] = appointment.starts_at
    return hours


def appointments_on(staff: Staff, day: date) -> list[Appointment]:
    """Planned and held appointments of the day, own and covered."""
    return list(
        Appointment.objects.visible_to(staff)
        .filter(staff__in=staff.serving_ids(), day=day)
        .exclude(status=AppointmentStatus.CANCELLED)
        .only("customer", "starts_at", "status")
        .order_by("starts_at", "id")
    )


def contacted_on(staff: Staff, day: date) -> int:
    """How many customers this person reached that day."""
    records = ContactRecord.objects.visible_to(staff).standing().filter(staff=staff, happened_on=day)
    reached = records.exclude(outcome__in=(ContactOutcome.NO_ANSWER, ContactOutcome.SENT))
    return reached.aggregate(customers=Count("customer", distinct=True))["customers"]


class NamedCustomer(NamedTuple):
    """As far as a link to the page needs it."""

    public_id: str
    name: str


@dataclass(frozen=True)
class ComingDate:
    day: date
    text: str
    customer: NamedCustomer | None = None


@dataclass(frozen=True)
class ComingMaturity:
    day: date
    product: str
    amount: Decimal
    customer: NamedCustomer


def coming_dates(staff: Staff, day: date, days: int) -> list[ComingDate]:
    """Birthdays and anniversaries of served customers in the next days."""
    dates = (
        ImportantDate.objects.unscoped("of customers this person serves")
        .filter(
            _of_served(staff), next_on__range=(day, day + timedelta(days=days)), customer__status=CustomerStatus.ACTIVE
        )
        .order_by("next_on", "id")
        .values_list("next_on", "kind", "label", "calendar", "person__relation", "person__name", *_NAMED_CUSTOMER)[
            :_AHEAD_SHOWN
        ]
    )
    return [ComingDate(row[0], _date_text(*row[1:6]), NamedCustomer(*row[6:])) for row in dates]


def _date_text(kind: str, label: str, calendar: str, relation: str | None, name: str | None) -> str:
    whose = f"{_RELATIONS[relation]}{name}" if relation else "本人"
    lunar = "（农历）" if calendar == Calendar.LUNAR else ""
    return f"{whose}{label or _KINDS[kind]}{lunar}"


def coming_festivals(day: date, days: int) -> list[ComingDate]:
    """Festivals everybody or some people keep in the next days."""
    ahead = [day + timedelta(days=offset) for offset in range(days + 1)]
    return [ComingDate(d, name) for d in ahead for name in (*festival_names_on(d), *personal_festival_names_on(d))]


def coming_maturities(staff: Staff, day: date, days: int) -> list[ComingMaturity]:
    """Deposits, products and loans of served customers that mature in the next days."""
    holdings = (
        Holding.objects.unscoped("of customers this person serves")
        .open()
        .filter(_of_served(staff), matures_on__range=(day, day + timedelta(days=days)))
        .order_by("matures_on", "-amount", "id")
        .values_list("matures_on", "product__name", "amount", *_NAMED_CUSTOMER)[:_AHEAD_SHOWN]
    )
    return [ComingMaturity(*row[:3], NamedCustomer(*row[3:])) for row in holdings]


def _of_served(staff: Staff) -> Q:
    ids = staff.serving_ids()
    return Q(customer__manager__in=ids) | Q(customer__co_manager__in=ids)
