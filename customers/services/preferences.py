"""Ways of contact that a customer does not want (DOMAIN 1.6): written down with the reason and the day it was said."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import ContactPreference, Customer
from customers.policies import objection_to_editing
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from customers.signals import maintenance_changed
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff


@transaction.atomic
def refuse_channel(
    *, by: Staff, customer: Customer, channel: str, reason: str, since: date | None = None
) -> ContactPreference:
    """From now on this customer is not to be reached that way; said again, reason and day are replaced. What the beat of
    a refused channel asked for is taken back by whoever listens."""
    row = _editable(customer, by)
    kept = row.contact_preferences.filter(channel=channel).first()
    preference = kept or ContactPreference(customer=row, unit_id=row.unit_id, channel=channel)
    preference.reason, preference.since = reason.strip(), since or clock.today()
    if preference.since > clock.today():
        raise RuleViolation("提出日期不能晚于今天。")
    try:
        preference.clean_fields(exclude=["customer", "unit"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation(f"{ContactPreference._meta.get_field(field).verbose_name}：{messages[0]}") from None
    preference.save()
    action = AuditAction.CHANGE if kept else AuditAction.CREATE
    audit.record(action, row, by=by, after=_for_audit(preference), label=audit_label(row))
    maintenance_changed.send(sender=None, customer_ids=[row.pk], on=clock.today(), by=by)
    return preference


@transaction.atomic
def accept_channel(*, by: Staff, preference: ContactPreference) -> None:
    """The customer wants to be reached that way again."""
    row = _editable(preference.customer, by)
    before = _for_audit(preference)
    preference.delete()
    audit.record(AuditAction.DELETE, row, by=by, before=before, label=audit_label(row))
    maintenance_changed.send(sender=None, customer_ids=[row.pk], on=clock.today(), by=by)


def _editable(customer: Customer, by: Staff) -> Customer:
    row = locked_customer(customer, by)
    if objection := objection_to_editing(by, row):
        raise RuleViolation(objection)
    return row


def _for_audit(preference: ContactPreference) -> dict[str, str]:
    """The reason may hold anything, and is not told."""
    return {"contact_preference": preference.get_channel_display()}
