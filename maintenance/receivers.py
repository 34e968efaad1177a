"""What the floors below announce, and what follows from it here; inside the transaction of the change."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from almanac.signals import year_replaced
from customers.importing.dependents import derived
from customers.models import HandOver, Referral
from customers.services.dates import keep_birthdays
from customers.signals import (
    dates_changed,
    handed_back,
    handed_over,
    maintenance_changed,
    referral_recorded,
    referral_withdrawn,
)
from maintenance.enums import DiaryStatus, TaskStatus
from maintenance.models import ContactBeat, DiaryLine, MaintenanceTask, Quarantine
from organization import clock


def connect() -> None:
    maintenance_changed.connect(_customers_changed, dispatch_uid="maintenance.customers_changed")
    dates_changed.connect(_dates_changed, dispatch_uid="maintenance.dates_changed")
    year_replaced.connect(_calendar_changed, dispatch_uid="maintenance.calendar_changed")
    referral_recorded.connect(_referral_recorded, dispatch_uid="maintenance.referral_recorded")
    referral_withdrawn.connect(_referral_withdrawn, dispatch_uid="maintenance.referral_withdrawn")
    handed_over.connect(_handed_over, dispatch_uid="maintenance.handed_over")
    handed_back.connect(_handed_back, dispatch_uid="maintenance.handed_back")
    _let_imports_be_undone()


def _let_imports_be_undone() -> None:
    """What follows from a customer goes with one whose import is undone; what somebody did about him keeps him."""
    derived(ContactBeat)
    derived(Quarantine)
    derived(DiaryLine, unless=~Q(diary__status=DiaryStatus.DRAFT))
    derived(MaintenanceTask, unless=Q(status__in=(TaskStatus.DONE, TaskStatus.SKIPPED)) | Q(is_pinned=True))


def _customers_changed(sender, customer_ids: Iterable[int], on: date, **kwargs) -> None:
    from maintenance.services.following import follow_customers

    ids = list(customer_ids)
    keep_birthdays(ids, on=on)
    follow_customers(ids, on=on)


def _dates_changed(sender, customer_ids: Iterable[int], on: date, **kwargs) -> None:
    from maintenance.services.following import follow_dates

    follow_dates(customer_ids, on=on)


def _calendar_changed(sender, changed: Sequence[date], **kwargs) -> None:
    from maintenance.services.following import follow_calendar

    follow_calendar(changed, on=clock.today())


def _referral_recorded(sender, referral: Referral, on: date, **kwargs) -> None:
    from maintenance.services.thanks import owe_thanks

    owe_thanks(referral, on=on)


def _referral_withdrawn(sender, referral: Referral, **kwargs) -> None:
    from maintenance.services.thanks import forget_thanks

    forget_thanks(referral)


def _handed_over(sender, handover: HandOver, customer_ids: Sequence[int], on: date, **kwargs) -> None:
    from maintenance.services.handovers import raise_joint_visits

    raise_joint_visits(handover, customer_ids, on=on)


def _handed_back(sender, handover: HandOver, customer_ids: Sequence[int], **kwargs) -> None:
    from maintenance.services.handovers import take_back_appointments, withdraw_joint_visits

    take_back_appointments(handover, customer_ids)
    withdraw_joint_visits(handover)
