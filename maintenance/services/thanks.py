"""Whoever introduces somebody is thanked (POLICY: 通过满意的优质客户引荐其他优质客户)."""

from datetime import date

from almanac.workdays import add_workdays, is_workday, next_workday
from customers.enums import Channel, CustomerStatus
from customers.models import Referral
from maintenance.enums import TaskKind, TaskSource, TaskStatus
from maintenance.models import MaintenanceTask
from maintenance.parameters import TASK_PRIORITY, THANKS_WORKDAYS
from organization import clock
from organization.parameters import parameter


def owe_thanks(referral: Referral, *, on: date) -> None:
    """One task per introduction for whoever manages the introducer; none where nobody does, or nobody may call."""
    customer = referral.customer
    if not customer.manager_id or customer.has_no_contact or customer.status != CustomerStatus.ACTIVE:
        return
    weights = parameter(TASK_PRIORITY, on)
    task = MaintenanceTask(
        customer=customer, owner_id=customer.manager_id, unit_id=customer.unit_id, kind=TaskKind.THANKS,
        occurrence=_occurrence(referral), subject_on=on, due_on=add_workdays(on, parameter(THANKS_WORKDAYS, on)),
        planned_on=on if is_workday(on) else next_workday(on), channel=customer.preferred_channel or Channel.PHONE,
        source=TaskSource.SYSTEM, why=f"感谢引荐{referral.name}",
        priority=weights["kind"].get(TaskKind.THANKS, 0) + weights["tier"].get(customer.tier, 0), created_on=on,
    )  # fmt: skip
    MaintenanceTask.objects.bulk_create([task], ignore_conflicts=True)


def forget_thanks(referral: Referral) -> None:
    """The introduction was noted by mistake; thanks already said stay said."""
    tasks = MaintenanceTask.objects.unscoped("of the introduction just withdrawn").open()
    tasks.filter(customer=referral.customer, kind=TaskKind.THANKS, occurrence=_occurrence(referral)).update(
        status=TaskStatus.SUPERSEDED, closed_at=clock.now()
    )


def _occurrence(referral: Referral) -> str:
    return f"referral:{referral.pk}"
