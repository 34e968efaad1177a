"""What open work does when its customer or the calendar changes: it follows the manager, falls silent, or is dated anew.

Everything here is a fixed number of statements for any number of customers.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from almanac.workdays import roll_back
from customers.enums import CustomerStatus
from customers.models import Customer, Holding, ImportantDate
from customers.occurrences import next_occurrence
from customers.services.dates import LONGEST_NOTICE_DAYS, schedule_dates
from maintenance.daily.raising import not_in_mourning, served
from maintenance.daily.steps.care import CARE_KINDS
from maintenance.daily.steps.maturities import leads_on, maturity_due_on
from maintenance.enums import AppointmentStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactBeat, MaintenanceTask
from maintenance.services.beats import recompute_beats
from organization import clock
from organization.bulk import batches

_AT_ONCE = 5000
# A due day can roll back over a long holiday, and its window opens up to that long before.
_REACH_BEFORE, _REACH_AFTER = timedelta(days=12), timedelta(days=21)


@transaction.atomic
def follow_customers(customer_ids: Iterable[int], *, on: date) -> None:
    """Bring open tasks, appointments and beats in line with manager, status, pause, tier and strategy."""
    ids = sorted(set(customer_ids))
    for some in batches(ids, _AT_ONCE):
        tasks = MaintenanceTask.objects.unscoped("of customers given by id").filter(customer__in=some)
        appointments = Appointment.objects.unscoped("of customers given by id").filter(customer__in=some)
        hand_over_appointments(appointments, on=on)
        close_unwelcome(tasks, on=on)
        welcome_again(tasks, on=on)
        remind_again(ImportantDate.objects.unscoped("of customers given by id").filter(customer__in=some), on=on)
        appointments.filter(~Q(customer__status=CustomerStatus.ACTIVE), status=AppointmentStatus.PLANNED).update(
            status=AppointmentStatus.CANCELLED
        )
    recompute_beats(ids, on=on)
    # At the end: what was taken back and stands again may have been another manager's when it was.
    for some in batches(ids, _AT_ONCE):
        hand_over_tasks(MaintenanceTask.objects.unscoped("of customers given by id").filter(customer__in=some))


@transaction.atomic
def follow_dates(customer_ids: Iterable[int], *, on: date) -> None:
    """Bring open greetings in line with the important dates of these customers, which were corrected or removed."""
    for some in batches(sorted(set(customer_ids)), _AT_ONCE):
        tasks = MaintenanceTask.objects.unscoped("of customers given by id").filter(customer__in=some)
        welcome_again(tasks, on=on)


def hand_over_tasks(tasks: QuerySet[MaintenanceTask]) -> int:
    """Open tasks belong to whoever manages the customer now; what was agreed in person stays with who agreed it, if that
    is the co-manager or the supervisor."""
    open_tasks = tasks.filter(status=TaskStatus.OPEN, customer__manager__isnull=False)
    agreed = Q(_may_keep("owner"), kind=TaskKind.APPOINTMENT)
    moved = open_tasks.exclude(owner=F("customer__manager")).exclude(agreed).update(owner=_of_customer("manager"))
    return moved + open_tasks.exclude(unit=F("customer__unit")).update(unit=_of_customer("unit"))


def hand_over_appointments(appointments: QuerySet[Appointment], *, on: date) -> int:
    ahead = appointments.filter(status=AppointmentStatus.PLANNED, day__gte=on, customer__manager__isnull=False)
    return (
        ahead.exclude(staff=F("customer__manager"))
        .exclude(_may_keep("staff"))
        .update(staff=_of_customer("manager"), unit=_of_customer("unit"))
    )


def _may_keep(person: str) -> Q:
    """Comparing with an empty column answers neither yes nor no, so emptiness is asked first."""
    supervisor = "customer__manager__supervisor"
    return Q(**{"customer__co_manager__isnull": False, person: F("customer__co_manager")}) | Q(
        **{f"{supervisor}__isnull": False, person: F(supervisor)}
    )


def close_unwelcome(tasks: QuerySet[MaintenanceTask], *, on: date) -> int:
    """Nobody greets a customer who is gone, does not want to be disturbed, or is in mourning (DOMAIN 8.6)."""
    gone = ~Q(customer__status=CustomerStatus.ACTIVE)
    silent = Q(customer__has_no_contact=True, kind__in=(*CARE_KINDS, TaskKind.MATURITY, TaskKind.THANKS))
    mourning = Q(customer__mourning_until__gte=on, kind__in=CARE_KINDS)
    return tasks.filter(gone | silent | mourning, status=TaskStatus.OPEN).update(
        status=TaskStatus.SUPERSEDED, closed_at=clock.now()
    )


def welcome_again(tasks: QuerySet[MaintenanceTask], *, on: date) -> int:
    """Open what may be done again, and nothing whose day is not kept any more. Returns how many rows were written."""
    return _reopen_welcome(tasks, on=on) + close_orphaned_greetings(tasks)


def _reopen_welcome(tasks: QuerySet[MaintenanceTask], *, on: date) -> int:
    """What the system itself had taken back, and whose occasion is still ahead."""
    holdings = Holding.objects.unscoped("of the task's customer").open()
    still_held = holdings.filter(customer=OuterRef("customer"), matures_on=OuterRef("subject_on"))
    care = Q(not_in_mourning(on), kind__in=CARE_KINDS)
    return tasks.filter(
        care | Q(Exists(still_held), kind=TaskKind.MATURITY),
        served(),
        status=TaskStatus.SUPERSEDED,
        closed_by=None,
        subject_on__gte=on,
    ).update(status=TaskStatus.OPEN, closed_at=None)


def close_orphaned_greetings(tasks: QuerySet[MaintenanceTask]) -> int:
    """Nobody is congratulated on a day that is not kept any more: the date was removed, or says another day by now."""
    greetings = tasks.filter(status=TaskStatus.OPEN, kind__in=(TaskKind.BIRTHDAY, TaskKind.IMPORTANT_DATE))
    told = {
        pk: (int(number), day)
        for pk, occurrence, day in greetings.order_by().values_list("pk", "occurrence", "subject_on")
        if (number := occurrence.partition(":")[0]).isdigit()
    }
    dates = ImportantDate.objects.unscoped("of the tasks' customers").in_bulk({number for number, _ in told.values()})
    orphaned = [pk for pk, (number, day) in told.items() if number not in dates or not _keeps(dates[number], day)]
    return greetings.filter(pk__in=orphaned).update(status=TaskStatus.SUPERSEDED, closed_at=clock.now())


def _keeps(date_kept: ImportantDate, day: date) -> bool:
    found = next_occurrence(date_kept.calendar, date_kept.month, date_kept.day, date_kept.is_leap, on=day)
    return found is not None and found.day == day


def remind_again(dates: QuerySet[ImportantDate], *, on: date) -> int:
    """A date whose reminder passed while nobody served the customer, or nobody might speak to him, is still ahead: the
    next run reminds of it. One that was raised is raised once all the same."""
    ahead = dates.filter(next_on__range=(on, on + timedelta(days=LONGEST_NOTICE_DAYS)))
    return schedule_dates(ahead, on=on)


@transaction.atomic
def follow_calendar(changed: Sequence[date], *, on: date) -> None:
    """Working days became days off, or the other way round: due days that roll back over them are reckoned anew.

    Beats are planned again, with their open tasks; greetings and maturities keep their occasion and get its new latest
    day. Which day a task is planned for is left to the next levelling.
    """
    if not changed:
        return
    beats = ContactBeat.objects.unscoped("a holiday notice concerns everybody").filter(_near("next_due_on", changed))
    recompute_beats(beats.order_by().values_list("customer", flat=True).distinct(), on=on)
    tasks = MaintenanceTask.objects.unscoped("a holiday notice concerns everybody").filter(
        _near("subject_on", changed), status=TaskStatus.OPEN
    )
    care = tasks.filter(kind__in=CARE_KINDS)
    for day in _days(care):
        care.filter(subject_on=day).update(due_on=roll_back(day))
    maturities, leads = tasks.filter(kind=TaskKind.MATURITY), leads_on(on)
    for day in _days(maturities):
        for lead in leads:
            same = maturities.filter(subject_on=day, occurrence__endswith=f":T{lead}")
            same.update(due_on=maturity_due_on(day, lead, leads))


def _days(tasks: QuerySet[MaintenanceTask]) -> list[date]:
    return list(tasks.order_by().values_list("subject_on", flat=True).distinct())


def _near(path: str, changed: Sequence[date]) -> Q:
    near = Q()
    for day in changed:
        near |= Q(**{f"{path}__range": (day - _REACH_BEFORE, day + _REACH_AFTER)})
    return near


def _of_customer(field: str) -> Subquery:
    return Subquery(Customer.objects.unscoped("of the row").filter(pk=OuterRef("customer")).values(field)[:1])
