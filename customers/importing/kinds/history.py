"""What an import of customers leaves in their history and in the audit trail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from customers.enums import Verdict
from customers.importing.kinds.base import Plan
from customers.masking import mask_name
from customers.models import Customer, StrategyChange, TierChange
from customers.services.identifiers import audit_label
from customers.wording import IDENTIFIERS
from organization import audit
from organization.enums import AuditAction
from organization.models import Staff

# Derived from the others, or free text that may hold anything.
_UNSAID = {"sort_name", "id_number_index", "mobile_index", "version"}
_FREE_TEXT = {"note", "interests", "employer"}


def record_changes(plans: list[Plan], *, by: Staff | None) -> None:
    """One audit row per customer, personal values masked."""
    for verdict, action in ((Verdict.CREATE, AuditAction.CREATE), (Verdict.UPDATE, AuditAction.CHANGE)):
        events = [
            {"obj": plan.obj, "label": audit_label(plan.obj), "before": _said(plan.was), "after": _said(plan.now)}
            for plan in plans
            if plan.verdict == verdict
        ]
        if events:
            audit.record_many(events, action=action, by=by, reason="批量导入")


def record_history(
    moves: Iterable[tuple[Customer, dict[str, Any], dict[str, Any]]], *, reason: str, by: Staff | None, at: datetime
) -> None:
    """Changes of strategy and tier, which the policy wants in the archive; `moves` are (customer, before, after)."""
    moves = list(moves)
    for model, name in ((StrategyChange, "strategy"), (TierChange, "tier")):
        model.objects.bulk_create(
            model(
                customer=customer, unit_id=customer.unit_id, before=was[name], after=now[name], reason=reason,
                changed_by=by, changed_at=at,
            )
            for customer, was, now in moves
            if name in was and name in now
        )  # fmt: skip


def _said(values: dict[str, Any] | None) -> dict[str, str] | None:
    if values is None:
        return None
    return {
        name: _masked(name, value) for name, value in values.items() if name not in _UNSAID and value not in ("", None)
    }


def _masked(name: str, value: Any) -> str:
    text = str(value)
    if name in IDENTIFIERS:
        return IDENTIFIERS[name](text)
    if name == "name":
        return mask_name(text)
    if name in ("birth_date", "birthday"):
        return "****"
    return f"共{len(text)}字" if name in _FREE_TEXT else text
