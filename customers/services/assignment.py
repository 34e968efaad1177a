"""Who manages whom: allotting customers to a manager, one or thousands, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable

from customers.enums import CustomerStatus
from customers.models import (
    BalanceSnapshot,
    Consent,
    ContactPreference,
    Customer,
    CustomerProfile,
    Document,
    ExternalHolding,
    FieldSource,
    Holding,
    HouseholdMember,
    ImportantDate,
    MonthlyBalance,
    Person,
    Referral,
    RiskAssessment,
)
from customers.policies import can_assign_manager
from customers.services.access import NOT_YOURS
from customers.services.identifiers import audit_label
from customers.signals import maintenance_changed
from organization import audit
from organization.bulk import batches
from organization.enums import AuditAction, Role
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.notifications import notify

Since = date | Combinable
_MANAGING_ROLES = (Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR)
_AT_ONCE = 2000
# Rows whose unit follows the customer's; the accounts stay with the outlet that opened them.
FOLLOWING = (
    Person, ImportantDate, Holding, BalanceSnapshot, MonthlyBalance, CustomerProfile, FieldSource, ContactPreference,
    HouseholdMember, ExternalHolding, RiskAssessment, Consent, Document, Referral,
)  # fmt: skip


def refuse_foreign_manager(by: Staff | None, manager: Staff) -> None:
    """A manager is an active one of the unit of whoever decides; RuleViolation otherwise."""
    if not manager.is_active or manager.role not in _MANAGING_ROLES:
        raise RuleViolation("客户经理须为在岗的客户经理或客户经理主管。")
    if by is None:
        return
    reachable = by.serving_ids() if by.role == Role.RELATIONSHIP_MANAGER else by.team_ids()
    if by.role in (Role.OUTLET_HEAD, Role.BRANCH_HEAD):
        is_theirs = manager.unit_id in by.unit_ids()
    else:
        is_theirs = manager.pk in reachable
    if not is_theirs:
        raise RuleViolation("所选客户经理不在您的管辖范围内。")


@transaction.atomic
def assign_manager(
    *, by: Staff | None, customers: QuerySet[Customer] | Iterable[Customer], manager: Staff, on: date, reason: str
) -> int:
    """Allot customers to `manager` from `on`; returns how many changed hands.

    They move to the manager's unit with everything that carries a unit. History keeps its authors; open work is moved by
    whoever listens to `maintenance_changed`.
    """
    if by is not None and not can_assign_manager(by):
        raise RuleViolation("您的岗位不能分配客户。")
    if not reason.strip():
        raise RuleViolation("请填写分配理由。")
    refuse_foreign_manager(by, manager)
    ids = sorted({customer.pk for customer in customers})
    moved = move_customers(by=by, ids=ids, manager=manager, on=on, reason=reason)
    if moved:
        notify(
            [manager], kind="assigned", text=f"{by.name if by else '系统'}将{moved}位客户分配给您，请在三个工作日内首次联系。",
            dedupe_key=f"assigned:{manager.pk}:{on}:{ids[0]}:{moved}",
        )  # fmt: skip
    return moved


def move_customers(
    *, by: Staff | None, ids: Sequence[int], manager: Staff, on: date, reason: str, since: Since | None = None
) -> int:
    """The moving itself, for callers that have asked whether it may be. `since` is the day of allotment where that is not
    `on`: who takes over for a time is no new manager, and who gets a customer back had him all along."""
    since = on if since is None else since
    return sum(_move(by, some, manager, on, reason, since) for some in batches(sorted(ids), _AT_ONCE))


def _move(by: Staff | None, ids: list[int], manager: Staff, on: date, reason: str, since: Since) -> int:
    everybody = Customer.objects.unscoped("a job without a person") if by is None else Customer.objects.visible_to(by)
    rows = list(everybody.filter(pk__in=ids).select_for_update(of=("self",)).select_related("manager"))
    if len(rows) < len(ids):
        raise RuleViolation(NOT_YOURS)
    rows = [row for row in rows if row.manager_id != manager.pk and row.status == CustomerStatus.ACTIVE]
    chosen = [row.pk for row in rows]
    locked = Customer.objects.unscoped("locked above, in scope").filter(pk__in=chosen)
    locked.update(manager=manager, unit_id=manager.unit_id, managed_since=since, version=F("version") + 1)
    locked.filter(co_manager=manager).update(co_manager=None)
    for model in FOLLOWING:
        following = model.objects.unscoped("rows follow their customer").filter(customer__in=chosen)
        following.exclude(unit=manager.unit_id).update(unit=manager.unit_id)
    audit.record_many(
        [
            {
                "obj": row, "label": audit_label(row), "after": {"manager": manager.name},
                "before": {"manager": row.manager.name if row.manager else ""},
            }
            for row in rows
        ],
        action=AuditAction.CHANGE, by=by, reason=reason,
    )  # fmt: skip
    if chosen:
        maintenance_changed.send(sender=None, customer_ids=chosen, on=on, by=by)
    return len(chosen)
