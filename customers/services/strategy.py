"""Changing the maintenance strategy (POLICY 三): with a reason, in effect at once, seen by the supervisor (DOMAIN 2.4)."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse

from customers.enums import Strategy
from customers.models import Customer, StrategyChange
from customers.policies import objection_to_strategy_change
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from customers.signals import maintenance_changed
from organization import audit, clock
from organization.bulk import batches
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.notifications import notify

REASON_MIN = 2
_AT_ONCE = 2000


@transaction.atomic
def change_strategy(*, by: Staff | None, customer: Customer, strategy: str, reason: str) -> StrategyChange:
    """One customer's strategy; the same one again is refused, so that no history says that nothing happened."""
    reason = _checked(strategy, reason)
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_strategy_change(by, row)):
        raise RuleViolation(objection)
    if row.strategy == strategy:
        raise RuleViolation(f"该客户现在就是{Strategy(strategy).label}的维护策略。")
    return _change(by, [row], strategy, reason)[0]


@transaction.atomic
def change_strategies(*, by: Staff | None, customers_qs: QuerySet[Customer], strategy: str, reason: str) -> int:
    """The same for many, in a fixed number of statements per two thousand; those who have it already are passed over.

    `customers_qs` must be in scope. One customer that may not be changed stops all of them. Returns how many changed.
    """
    reason = _checked(strategy, reason)
    ids = sorted(customers_qs.order_by().values_list("pk", flat=True))
    changed = 0
    for some in batches(ids, _AT_ONCE):
        rows = list(
            Customer.objects.unscoped("ids from a queryset in scope")
            .select_for_update()
            .filter(pk__in=some)
            .exclude(strategy=strategy)
        )
        for row in rows:
            if by is not None and (objection := objection_to_strategy_change(by, row)):
                raise RuleViolation(f"{row.name}：{objection}")
        changed += len(_change(by, rows, strategy, reason)) if rows else 0
    return changed


def _checked(strategy: str, reason: str) -> str:
    if strategy not in Strategy.values:
        raise RuleViolation("请选择积极、主动或被动的维护策略。")
    if len(reason.strip()) < REASON_MIN:
        raise RuleViolation("请填写调整策略的理由，理由会记入档案。")
    if len(reason.strip()) > StrategyChange._meta.get_field("reason").max_length:
        raise RuleViolation("理由最多200个字。")
    return reason.strip()


def _change(by: Staff | None, rows: list[Customer], strategy: str, reason: str) -> list[StrategyChange]:
    changes = StrategyChange.objects.bulk_create(
        [
            StrategyChange(
                customer=row, unit_id=row.unit_id, before=row.strategy, after=strategy, reason=reason,
                changed_by=by, changed_at=clock.now(),
            )
            for row in rows
        ]
    )  # fmt: skip
    ids = [row.pk for row in rows]
    Customer.objects.unscoped("locked above").filter(pk__in=ids).update(strategy=strategy, version=F("version") + 1)
    audit.record_many(
        [
            {
                "obj": row, "label": audit_label(row), "before": {"strategy": row.get_strategy_display()},
                "after": {"strategy": Strategy(strategy).label},
            }
            for row in rows
        ],
        action=AuditAction.CHANGE, by=by, reason=reason,
    )  # fmt: skip
    maintenance_changed.send(sender=None, customer_ids=ids, on=clock.today(), by=by)
    _tell_supervisors(by, rows, changes, strategy, reason)
    return changes


def _tell_supervisors(by, rows: list[Customer], changes: list[StrategyChange], strategy: str, reason: str) -> None:
    """One line per supervisor, not one per customer; who decides it himself needs no telling."""
    managers = {row.manager_id for row in rows if row.manager_id}
    supervisors = Staff.objects.filter(team__in=managers).exclude(pk=by.pk if by else None).distinct()
    who = by.name if by else "系统"
    url = (
        reverse("customers:customer_page", args=[rows[0].public_id])
        if len(rows) == 1
        else reverse("customers:customer_list")
    )
    what = rows[0].name if len(rows) == 1 else f"{len(rows)}位客户"
    notify(
        supervisors, kind="strategy_change", text=f"{who}将{what}的维护策略调整为{Strategy(strategy).label}：{reason}",
        dedupe_key=f"strategy:{changes[0].pk}", url=url,
    )  # fmt: skip
