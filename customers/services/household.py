"""Putting customers of one family together, and taking one out (DESIGN 4)."""

from django.db import transaction

from customers.masking import mask_name
from customers.models import Customer, Household, HouseholdMember, Person
from customers.policies import objection_to_editing
from customers.services.access import locked_customer
from customers.services.archive import update_customer
from customers.services.identifiers import audit_label
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff


@transaction.atomic
def join_household(
    *, by: Staff, customer: Customer, other: Customer, role: str = "", person: Person | None = None
) -> Household:
    """`other` and `customer` are of one family from now on; both must be `by`'s to edit. `role` is what `other` is in it,
    `person` the one among the customer's people who `other` is."""
    if customer.pk == other.pk:
        raise RuleViolation("不能与本人并户，请选择家里的另一位客户。")
    # In one order, so that two people joining the same two customers do not wait for each other.
    rows = {row.pk: _editable(row, by) for row in sorted((customer, other), key=lambda row: row.pk)}
    customer, other = rows[customer.pk], rows[other.pk]
    if person is not None and person.customer_id != customer.pk:
        raise RuleViolation("该关系人不属于这位客户。")
    households = {pk: _household_of(row) for pk, row in rows.items()}
    mine, theirs = households[customer.pk], households[other.pk]
    if mine and theirs:
        raise RuleViolation(
            f"{other.name}已在这个家庭里。" if mine == theirs else f"{other.name}已属于另一个家庭，请先在其家庭页退出。"
        )
    household = mine or theirs or Household.objects.create(created_at=clock.now())
    for row, known in ((customer, mine), (other, theirs)):
        if known is None:
            HouseholdMember.objects.create(
                household=household, customer=row, unit_id=row.unit_id, joined_on=clock.today(), joined_by=by
            )
    if person is not None:
        person.same_as = other
        person.save(update_fields=["same_as"])
    _record(by, customer, other, "同户")
    if role and role != other.details.household_role:
        update_customer(by=by, customer=other, version=other.version, data={"household_role": role})
    return household


@transaction.atomic
def leave_household(*, by: Staff, customer: Customer) -> None:
    """Whoever is left alone is in no family any more."""
    row = _editable(customer, by)
    household = _household_of(row)
    if household is None:
        raise RuleViolation("这位客户没有并户，不用退出。")
    members = HouseholdMember.objects.unscoped("those who stay behind in the family that is left")
    others = list(members.filter(household=household).exclude(customer=row).select_related("customer"))
    staying = [member.customer for member in others]
    people = Person.objects.unscoped("links between the customer and those who stay behind")
    people.filter(customer=row, same_as__in=staying).update(same_as=None)
    people.filter(customer__in=staying, same_as=row).update(same_as=None)
    members.filter(customer=row).delete()
    if len(staying) < 2:
        household.delete()
    audit.record(AuditAction.CHANGE, row, by=by, after={"household": "退出家庭"}, label=audit_label(row))
    if len(staying) == 1:
        audit.record(
            AuditAction.CHANGE, staying[0], by=by, after={"household": "家庭解除"}, label=audit_label(staying[0])
        )


def _editable(customer: Customer, by: Staff) -> Customer:
    row = locked_customer(customer, by)
    if objection := objection_to_editing(by, row):
        raise RuleViolation(objection)
    return row


def _household_of(customer: Customer) -> Household | None:
    return Household.objects.select_for_update().filter(members__customer=customer).first()


def _record(by: Staff, customer: Customer, other: Customer, what: str) -> None:
    for row, with_whom in ((customer, other), (other, customer)):
        audit.record(
            AuditAction.CHANGE, row, by=by, after={"household": f"与{mask_name(with_whom.name)}{what}"},
            label=audit_label(row),
        )  # fmt: skip
