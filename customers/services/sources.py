"""Where each field of the archive is known from, kept in step with the fields themselves (ADR 9)."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from customers.enums import FactOrigin
from customers.models import Customer, FieldSource
from customers.models.profile import value_of
from customers.policies import objection_to_editing
from customers.sections import FACTS, is_blank
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from customers.wording import label_of
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff

AHEAD = "核实日期不能晚于今天。"


def note_sources(
    customer: Customer, fields: Iterable[str], *, by: Staff | None, origin: str = "", as_of: date | None = None
) -> list[str]:
    """Note of these fields who said so and when, as a part of the service that changed them: without a word the
    customer said so today, or the system did. Returns the fields noted; emptied ones lose their source."""
    origin = origin or (FactOrigin.CUSTOMER if by else FactOrigin.SYSTEM)
    facts = [field for field in fields if field in FACTS]
    filled = [field for field in facts if not is_blank(field, value_of(customer, field))]
    rows = FieldSource.objects.unscoped("of the customer that is being changed")
    if len(filled) < len(facts):
        rows.filter(customer=customer, field__in=set(facts) - set(filled)).delete()
    rows.bulk_create(
        [
            FieldSource(
                customer=customer, unit_id=customer.unit_id, field=field, origin=origin, as_of=as_of or clock.today(),
                recorded_by=by,
            )
            for field in filled
        ],
        update_conflicts=True, unique_fields=["customer", "field"],
        update_fields=["origin", "as_of", "recorded_by", "unit"],
    )  # fmt: skip
    return filled


@transaction.atomic
def confirm_fields(
    *, by: Staff, customer: Customer, fields: Iterable[str], origin: str = "", as_of: date | None = None
) -> list[str]:
    """The customer was asked, and these still hold. Returns the labels confirmed; fields that are empty are not."""
    row = locked_customer(customer, by)
    if objection := objection_to_editing(by, row):
        raise RuleViolation(objection)
    if as_of and as_of > clock.today():
        raise RuleViolation(AHEAD)
    labels = [label_of(field) for field in note_sources(row, fields, by=by, origin=origin, as_of=as_of)]
    if labels:
        record_confirmation(row, labels, by=by)
    return labels


def record_confirmation(customer: Customer, labels: list[str], *, by: Staff | None) -> None:
    audit.record(
        AuditAction.CHANGE, customer, by=by, after={"confirmed": "、".join(labels)}, label=audit_label(customer)
    )
