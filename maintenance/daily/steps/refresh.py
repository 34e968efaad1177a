"""日期与频度更新: what has passed moves on, what was asleep wakes, so that the steps after it find everything that is due."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from customers.models import Customer, ImportantDate
from customers.parameters import BEAT_MATRIX
from customers.services.balances import refresh_monthly_averages
from customers.services.dates import schedule_dates
from customers.services.handover_effects import settle_due
from customers.services.held_tiers import end_held_tiers
from customers.services.tiers import move_tiers
from maintenance.daily.beat_tasks import close_obsolete_beat_tasks
from maintenance.daily.steps.care import expire_care, grace_starts
from maintenance.daily.work import Work
from maintenance.models import ContactBeat, MaintenanceTask
from maintenance.parameters import BEAT_LEAD_WORKDAYS, FIRST_CONTACT_WORKDAYS, FIRST_MEETING_DAYS
from maintenance.services.beats import recompute_beats
from maintenance.services.following import hand_over_tasks, welcome_again
from organization import clock
from organization.models import Parameter

_BEATS_DEPEND_ON = (BEAT_MATRIX, BEAT_LEAD_WORKDAYS, FIRST_CONTACT_WORKDAYS, FIRST_MEETING_DAYS)
_RACED_WITHIN = 2
_LATE_BALANCES_DAYS = 5


def refresh(work: Work) -> int:
    handed = _settle_handovers(work)
    moved = schedule_dates(_passed_dates(work), on=work.latest)
    woken = _beats_to_plan(work)
    recompute_beats(woken, on=work.on)
    _close_month(work)
    ended = end_held_tiers(work.of(Customer.objects.unscoped("the daily run"), customer="pk"), on=work.latest)
    moved += handed + ended + len(woken) + _move_tiers(work)
    return moved + expire_care(work) + _end_mourning(work) + _mend(work)


def _settle_handovers(work: Work) -> int:
    """A hand-over is all or nothing: a part of the customers, tried alone, is not when it begins or ends."""
    return settle_due(units=work.units, on=work.latest) if work.between is None else 0


def _passed_dates(work: Work) -> QuerySet[ImportantDate]:
    """Occurrences that have passed and were raised, or are past raising; and dates nobody has scheduled yet."""
    raised, too_late = Q(remind_on=None), Q(next_on__lt=grace_starts(work.latest))
    passed = Q(raised | too_late, next_on__lt=work.latest)
    return work.of(ImportantDate.objects.unscoped("the daily run")).filter(passed | Q(next_on=None))


def _beats_to_plan(work: Work) -> list[int]:
    """Customers whose mourning is over; all of them when a parameter that beats follow took over.

    A value may be entered on the day it takes over, after that day's run: it is looked at on two days.
    """
    took_over = Parameter.objects.filter(
        code__in=_BEATS_DEPEND_ON, effective_from__range=(work.on - timedelta(days=1), work.on)
    )
    if took_over.exists():
        managed = Customer.objects.unscoped("the daily run").active().filter(manager__isnull=False)
        return list(work.of(managed, customer="pk").order_by().values_list("pk", flat=True))
    asleep = ContactBeat.objects.unscoped("the daily run").filter(next_due_on=None, raise_on__lt=work.on)
    return list(work.of(asleep).order_by().values_list("customer", flat=True).distinct())


def _end_mourning(work: Work) -> int:
    """Greetings that were taken back when the mourning began, and whose occasion comes after it."""
    tasks = work.of(MaintenanceTask.objects.unscoped("the daily run"))
    return welcome_again(tasks.filter(customer__mourning_until=work.on - timedelta(days=1)), on=work.on)


def _close_month(work: Work) -> None:
    """On the first of a month: the 月日均 of the month that has ended."""
    month_end = work.on - timedelta(days=1)
    if work.on.day == 1 and month_end < clock.today():
        customers = work.of(Customer.objects.unscoped("the daily run"), customer="pk")
        refresh_monthly_averages(month=month_end, customer_ids=customers.order_by().values_list("pk", flat=True))


def _move_tiers(work: Work) -> int:
    """In the first days of a month: balances of its eve may come late, and the rule moves nobody twice.

    An earlier date that is run again judges by no earlier month: what has happened since counts.
    """
    month_end = work.latest.replace(day=1) - timedelta(days=1)
    if work.latest.day > _LATE_BALANCES_DAYS or month_end >= clock.today():
        return 0
    customers = work.of(Customer.objects.unscoped("the daily run"), customer="pk").order_by()
    return move_tiers(month=month_end, customer_ids=list(customers.values_list("pk", flat=True)), on=work.latest)


def _mend(work: Work) -> int:
    """A hand-over or a contact that was committed while a step was at work can have missed the task it raised."""
    lately = work.on - timedelta(days=_RACED_WITHIN)
    tasks = work.of(MaintenanceTask.objects.unscoped("the daily run")).open().filter(created_on__gte=lately)
    return hand_over_tasks(tasks) + close_obsolete_beat_tasks(tasks, on=work.latest)
