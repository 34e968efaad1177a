"""How complete an archive is: the weights of what is known over the weights of what is asked for (POLICY 二（四）)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from customers.models import Customer
from customers.models.profile import unopened
from customers.sections import SECTION_OF, is_blank
from customers.wording import label_of


@dataclass(frozen=True)
class Missing:
    """A field that nobody has filled in, and the part of the archive in which it is asked for."""

    field: str
    label: str
    section: str
    weight: int


@dataclass(frozen=True)
class Completeness:
    """`percent` is rounded down, so that 100 means that nothing is missing; `missing` begins with what weighs most."""

    percent: int
    missing: tuple[Missing, ...]


def completeness_of(customer: Customer, weights: Mapping[str, int]) -> Completeness:
    """Fields without weight are not asked for, and so is an expiry date of a document that is valid for ever."""
    asked = {field: weight for field, weight in weights.items() if weight > 0 and field in SECTION_OF}
    if customer.details.is_id_permanent:
        asked.pop("id_expires_on", None)
    missing = [
        Missing(field, label_of(field), SECTION_OF[field].key, weight)
        for field, weight in asked.items()
        if is_blank(field, unopened(customer, field))
    ]
    whole = sum(asked.values())
    known = whole - sum(row.weight for row in missing)
    percent = int(Fraction(known, whole) * 100) if whole else 100
    return Completeness(percent, tuple(sorted(missing, key=lambda row: -row.weight)))
