"""他行资产: written down, corrected, and taken out when the money has moved (POLICY 二（一）2: 账户特征)."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.enums import FactOrigin
from customers.models import Customer, ExternalHolding
from customers.policies import objection_to_editing
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff


@transaction.atomic
def save_external_holding(
    *,
    by: Staff,
    customer: Customer,
    holding: ExternalHolding | None = None,
    bank: str,
    category: str,
    amount: Decimal,
    as_of: date,
    origin: str = FactOrigin.CUSTOMER,
    matures_on: date | None = None,
) -> ExternalHolding:
    """Add a position, or change `holding`. One that has matured since it was seen may still be there: it is kept."""
    row = _editable(customer, by)
    if holding is not None and holding.customer_id != row.pk:
        raise RuleViolation("这笔他行资产不属于该客户。")
    before = _for_audit(holding) if holding else None
    holding = holding or ExternalHolding(customer=row, unit_id=row.unit_id)
    holding.bank, holding.category, holding.amount = bank.strip(), category, amount
    holding.as_of, holding.origin, holding.matures_on, holding.recorded_by = as_of, origin, matures_on, by
    for sentence in objections(as_of, matures_on).values():
        raise RuleViolation(sentence)
    try:
        holding.clean_fields(exclude=["customer", "unit", "recorded_by"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        label = str(ExternalHolding._meta.get_field(field).verbose_name)
        raise RuleViolation(messages[0] if messages[0].startswith(label) else f"{label}：{messages[0]}") from None
    holding.save()
    action = AuditAction.CHANGE if before else AuditAction.CREATE
    audit.record(action, row, by=by, before=before, after=_for_audit(holding), label=audit_label(row))
    return holding


@transaction.atomic
def remove_external_holding(*, by: Staff, holding: ExternalHolding) -> None:
    row = _editable(holding.customer, by)
    before = _for_audit(holding)
    holding.delete()
    audit.record(AuditAction.DELETE, row, by=by, before=before, label=audit_label(row))


def objections(as_of: date | None, matures_on: date | None) -> dict[str, str]:
    """Field → sentence for the two days; a day that is missing is not asked about."""
    found = {}
    if as_of and as_of > clock.today():
        found["as_of"] = "截至日期不能晚于今天。"
    if as_of and matures_on and matures_on < as_of:
        found["matures_on"] = "到期日期不能早于截至日期。"
    return found


def _editable(customer: Customer, by: Staff) -> Customer:
    row = locked_customer(customer, by)
    if objection := objection_to_editing(by, row):
        raise RuleViolation(objection)
    return row


def _for_audit(holding: ExternalHolding) -> dict[str, str]:
    """Which kind and how recent; the bank is free text, and the trail knows no amounts."""
    return {
        "external_holding": dict(ExternalHolding._meta.get_field("category").flatchoices)[holding.category],
        "external_as_of": holding.as_of.isoformat(),
    }  # fmt: skip
