"""The meter: weights of what is known over weights of what is asked for."""

import pytest

from customers.completeness import completeness_of
from customers.models import CustomerProfile
from customers.models.profile import column_of
from customers.parameters import ARCHIVE_WEIGHTS
from customers.sections import SECTION_OF, SECTIONS
from customers.services.archive import EDITABLE
from organization.parameters import declared


def test_every_field_of_the_archive_stands_in_one_section():
    fields = [field for section in SECTIONS for field in section.fields]
    assert sorted(fields) == sorted(EDITABLE)


def test_every_weight_is_of_a_field_and_named_as_the_archive_names_it():
    declaration = declared()[ARCHIVE_WEIGHTS]
    assert set(declaration.value) == set(declaration.words) <= set(SECTION_OF)
    for field, word in declaration.words.items():
        assert word.startswith(str(column_of(field).verbose_name)[:3])


@pytest.mark.parametrize(
    ("weights", "percent", "missing"),
    [
        ({}, 100, []),
        ({"name": 1}, 100, []),
        ({"education": 1}, 0, ["education"]),
        ({"name": 1, "education": 2}, 33, ["education"]),
        ({"name": 2, "education": 1}, 66, ["education"]),
        ({"education": 0, "name": 1}, 100, []),
        ({"occupation": 1, "marital_status": 2, "sex": 1}, 25, ["marital_status", "occupation"]),
        ({"is_veteran": 1}, 100, []),
        ({"no_such_field": 5, "name": 1}, 100, []),
    ],
)
def test_the_share_is_rounded_down_and_what_weighs_most_comes_first(world, weights, percent, missing):
    found = completeness_of(world.customer(marital_status="unknown", occupation="other"), weights)
    assert (found.percent, [row.field for row in found.missing]) == (percent, missing)


def test_a_document_for_ever_needs_no_last_day(world):
    customer = world.customer()
    CustomerProfile.objects.create(customer=customer, unit=customer.unit, is_id_permanent=True)
    customer.refresh_from_db()
    assert completeness_of(customer, {"id_expires_on": 5, "name": 1}).percent == 100
