"""我的客户: the rows of the list and what it may be narrowed and ordered by."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from customers.enums import CustomerStatus
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from organization.enums import Role
from organization.models import Staff, Unit

# Key in the address → columns, in ascending order. A masked name has no place in an order that would tell it.
LIST_SORTS = {
    "average": "monthly_avg_daily_aum",
    "name": "sort_name",
    "last": "last_contact_on",
    "next": "next_contact_on",
}
# Wide or encrypted columns that no row of a list shows.
HEAVY = ("id_number", "address", "email", "note")
_SHOWN = (
    "public_id", "name", "sex", "tier", "strategy", "has_no_contact", "monthly_avg_daily_aum", "aum", "last_contact_on",
    "next_contact_on",
)  # fmt: skip
# Columns of the list that ask for more than that.
_ASKED_FOR = {"mobile": ("mobile",), "manager": ("manager__name",), "unit": ("unit__name",)}


def customer_list(staff: Staff, columns: Iterable[str] = ()) -> CustomerQuerySet:
    """Every customer this person may see, each row complete in one statement for the columns that are shown: numbers
    are not decrypted and nobody is joined for a column left out."""
    asked_for = [field for column in columns for field in _ASKED_FOR.get(column, ())]
    related = {field.partition("__")[0] for field in asked_for if "__" in field}
    customers = Customer.objects.visible_to(staff).exclude(status=CustomerStatus.MERGED).only(*_SHOWN, *asked_for)
    return customers.select_related(*related) if related else customers


def contact_due(when: str, today: date) -> Q:
    """`overdue`: the beat's latest day has passed; `week`: it falls into the rest of this week, Sunday included."""
    if when == "overdue":
        return Q(next_contact_on__lt=today)
    return Q(next_contact_on__gte=today, next_contact_on__lte=today + timedelta(days=6 - today.weekday()))


def managers_within(staff: Staff) -> QuerySet[Staff]:
    """Whose customers this person sees besides the own: the choice of managers in a filter."""
    if staff.role == Role.RELATIONSHIP_MANAGER:
        return Staff.objects.filter(pk__in=staff.serving_ids())
    if staff.role == Role.RM_SUPERVISOR:
        return Staff.objects.filter(pk__in=staff.team_ids(), role__in=(Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR))
    return Staff.objects.filter(unit__in=staff.unit_ids(), role=Role.RELATIONSHIP_MANAGER)


def units_within(staff: Staff) -> QuerySet[Unit]:
    """The level below the person's own unit: each stands for everything under it, and the choice stays short."""
    return Unit.objects.filter(parent=staff.unit_id, is_active=True)
