"""People around a customer (关系人): who belongs to the family, who acts for whom (DOMAIN 1.6)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.enums import Relation, Sex
from customers.masking import mask_name
from customers.models import Customer, Person
from customers.policies import objection_to_editing
from customers.services.access import locked_customer
from customers.services.dates import keep_birthdays
from customers.services.identifiers import audit_label
from customers.services.names import clean_name
from customers.signals import dates_changed
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff


@transaction.atomic
def save_person(
    *,
    by: Staff | None,
    customer: Customer,
    person: Person | None = None,
    relation: str,
    name: str,
    sex: str = Sex.UNKNOWN,
    birth_date: date | None = None,
    is_dependent: bool = False,
    education_stage: str = "",
    note: str = "",
) -> Person:
    """Add somebody to a customer's people, or change who is there already."""
    row = _editable(customer, by)
    if person is not None and person.customer_id != row.pk:
        raise RuleViolation("该关系人不属于这位客户。")
    before = _for_audit(person) if person else None
    person = person or Person(customer=row, unit_id=row.unit_id)
    person.relation, person.sex, person.birth_date, person.note = relation, sex, birth_date, note.strip()
    person.is_dependent, person.education_stage = is_dependent, education_stage
    person.name = clean_name(name)
    _check(person)
    person.save()
    keep_birthdays([row.pk], on=clock.today())
    audit.record(
        AuditAction.CHANGE if before else AuditAction.CREATE, row, by=by, before=before, after=_for_audit(person),
        label=audit_label(row),
    )  # fmt: skip
    return person


@transaction.atomic
def remove_person(*, by: Staff | None, person: Person) -> None:
    """Take somebody out, with the dates kept for them; the trail keeps who it was, masked."""
    row = _editable(person.customer, by)
    before = _for_audit(person)
    person.delete()
    audit.record(AuditAction.DELETE, row, by=by, before=before, label=audit_label(row))
    dates_changed.send(sender=None, customer_ids=[row.pk], on=clock.today(), by=by)


def _editable(customer: Customer, by: Staff | None) -> Customer:
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_editing(by, row)):
        raise RuleViolation(objection)
    return row


def _check(person: Person) -> None:
    if person.birth_date and person.birth_date > clock.today():
        raise RuleViolation("出生日期不能晚于今天。")
    try:
        person.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation(f"{Person._meta.get_field(field).verbose_name}：{messages[0]}") from None


def _for_audit(person: Person) -> dict[str, str]:
    return {"person": f"{Relation(person.relation).label} {mask_name(person.name)}"}
