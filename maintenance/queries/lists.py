"""Tasks, contacts and appointments as lists; what may be filtered and sorted by."""

from datetime import date, timedelta

from django.db.models import Case, CharField, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast

from customers.models import Customer
from maintenance.enums import AppointmentStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from maintenance.policies import answering_for
from maintenance.queries.workbench import due_condition, overdue_condition, start_of
from organization.models import Staff

TASK_SORTS = {
    "due": ("due_on", "-priority"),
    "planned": ("planned_on", "-priority"),
    # The order of the day: open before finished, overdue before what falls due today, then by priority.
    "priority": ("stage", "-priority", "due_on"),
    "closed": "closed_at",
}
CONTACT_SORTS = {"when": "happened_at"}
APPOINTMENT_SORTS = {"when": ("day", "starts_at")}
_HEAVY = ("customer__id_number", "customer__address", "customer__email", "customer__note", "customer__mobile")


def week_end(day: date) -> date:
    """The Sunday of the week."""
    return day + timedelta(days=6 - day.weekday())


def tasks_for(staff: Staff, *, when: str, day: date, owners: list[int] | None = None) -> QuerySet[MaintenanceTask]:
    """Tasks under one of the tabs: today, overdue, week, open, closed; of the served owners, or of some of the team."""
    owners = staff.serving_ids() if owners is None else owners
    tasks = MaintenanceTask.objects.visible_to(staff).filter(owner__in=owners)
    conditions = {
        "today": due_condition(day),
        "overdue": overdue_condition(day),
        "week": Q(status=TaskStatus.OPEN, planned_on__lte=week_end(day)),
        "open": Q(status=TaskStatus.OPEN),
        "closed": Q(
            status__in=(TaskStatus.DONE, TaskStatus.SKIPPED),
            closed_at__gte=start_of(day - timedelta(days=30)),
        ),
    }
    stage = Case(
        When(~Q(status=TaskStatus.OPEN), then=Value(3)),
        When(due_on__lt=day, then=Value(0)),
        When(due_on=day, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        tasks.filter(conditions[when])
        .annotate(stage=stage)
        .select_related("customer", "owner", "contact", "closed_by")
        .defer(*_HEAVY, "contact__note")
    )


def contacts_by(staff: Staff, *, person: Staff, start: date | None, end: date | None) -> QuerySet[ContactRecord]:
    """What somebody recorded about customers that `staff` may see."""
    records = ContactRecord.objects.visible_to(staff).standing().filter(staff=person)
    if start:
        records = records.filter(happened_on__gte=start)
    if end:
        records = records.filter(happened_on__lte=end)
    return records.select_related("customer", "staff").defer(*_HEAVY)


def appointments_for(staff: Staff, *, when: str, day: date) -> QuerySet[Appointment]:
    """Own, covered and (for a supervisor) the team's appointments: ahead, of a day, past; `task_name` is the open task
    that moves with each."""
    appointments = Appointment.objects.visible_to(staff).filter(staff__in=answering_for(staff))
    conditions = {
        "ahead": Q(day__gte=day, status=AppointmentStatus.PLANNED),
        "today": Q(day=day) & ~Q(status=AppointmentStatus.CANCELLED),
        "past": Q(day__lt=day) | Q(status=AppointmentStatus.CANCELLED),
    }
    own = MaintenanceTask.objects.unscoped("stands for an appointment in scope").open()
    own = own.filter(
        customer=OuterRef("customer"), kind=TaskKind.APPOINTMENT, occurrence=Cast(OuterRef("pk"), CharField())
    )
    return (
        appointments.filter(conditions[when])
        .annotate(task_name=Subquery(own.values("public_id")[:1]))
        .select_related("customer", "staff")
        .defer(*_HEAVY)
    )


def timeline_of(customer: Customer) -> QuerySet[ContactRecord]:
    """The contacts of a customer in scope, with what each of them settled."""
    closed = MaintenanceTask.objects.unscoped("of a customer in scope").only("why", "kind", "contact_id")
    return (
        ContactRecord.objects.unscoped("of a customer in scope")
        .standing()
        .filter(customer=customer)
        .select_related("staff")
        .only(
            "public_id",
            "customer",
            "channel",
            "direction",
            "outcome",
            "happened_at",
            "note",
            "next_on",
            "version",
            "withdrawn_at",
            "staff__name",
        )
        .prefetch_related(Prefetch("closed_tasks", queryset=closed))
    )


def open_tasks_of(staff: Staff, customer: Customer) -> list[MaintenanceTask]:
    """What is to be done for a customer, whoever of the served owners it belongs to."""
    tasks = MaintenanceTask.objects.unscoped("of a customer in scope").open().filter(customer=customer)
    return list(tasks.select_related("owner", "customer").order_by("planned_on", "-priority", "id")[:50])


def coming_appointments_of(staff: Staff, customer: Customer, day: date) -> list[Appointment]:
    appointments = Appointment.objects.visible_to(staff).filter(
        customer=customer, day__gte=day, status=AppointmentStatus.PLANNED
    )
    return list(appointments.select_related("staff").order_by("day", "starts_at", "id")[:20])


def reasons_for(staff: Staff, customer: Customer | None, day: date, ahead_days: int) -> list[MaintenanceTask]:
    """What a contact with this customer may settle: what is on for today and the greetings of the next days."""
    if customer is None:
        return []
    tasks = MaintenanceTask.objects.visible_to(staff).open().filter(customer=customer, owner__in=answering_for(staff))
    return list(
        tasks.filter(planned_on__lte=day + timedelta(days=ahead_days)).order_by("planned_on", "-priority", "id")
    )
