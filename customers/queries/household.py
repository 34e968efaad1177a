"""The customers of one family, as far as this person may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.identity import age_on
from customers.models import Customer, HouseholdMember, Person
from organization.models import Staff


@dataclass(frozen=True)
class Member:
    """`relation` is what the customer whose page is shown calls this member."""

    customer: Customer
    is_self: bool
    relation: str
    age: int | None


@dataclass(frozen=True)
class HouseholdView:
    """`aum` is the sum over `members`; `hidden` members are somebody else's, and only their number is told."""

    members: list[Member]
    hidden: int
    aum: Decimal

    @property
    def count(self) -> int:
        return len(self.members) + self.hidden


def household_of(staff: Staff, customer: Customer, people: Iterable[Person], today: date) -> HouseholdView:
    """In two statements; without members when the customer is in no household."""
    relations = {person.same_as_id: person.get_relation_display() for person in people if person.same_as_id}
    everybody = HouseholdMember.objects.unscoped("only the number of the hidden ones is told")
    count = everybody.filter(household__members__customer=customer).count()
    visible = HouseholdMember.objects.visible_to(staff).filter(household__members__customer=customer)
    rows = visible.select_related("customer__manager", "customer__profile").order_by("joined_on", "pk")
    members = [_member(row.customer, customer, relations, today) for row in rows]
    return HouseholdView(members, count - len(members), sum((member.customer.aum for member in members), Decimal(0)))


def _member(member: Customer, customer: Customer, relations: dict[int, str], today: date) -> Member:
    born, is_self = member.birth_date, member.pk == customer.pk
    age = age_on(born, today) if born and born <= today else None
    return Member(member, is_self, "本人" if is_self else relations.get(member.pk, ""), age)
