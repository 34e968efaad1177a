"""Codes of a closed list in one column: their order, what finds them, and what is refused."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import CustomerProfile
from organization.fields import CodesField


@pytest.fixture
def profile(world):
    customer = world.customer()
    return CustomerProfile.objects.create(customer=customer, unit=customer.unit, topics=["tax", "pension", "tax"])


def test_codes_come_back_in_their_order_each_once(profile):
    assert CustomerProfile.objects.get().topics == ("tax", "pension")
    assert CustomerProfile().topics == ()


@pytest.mark.parametrize(
    ("lookup", "is_found"),
    [
        ({"topics__contains": CodesField.stored(["tax"])}, True),
        ({"topics__contains": CodesField.stored(["ta"])}, False),
        ({"topics__startswith": CodesField.stored(["tax"])}, True),
        ({"topics__startswith": CodesField.stored(["pension"])}, False),
        ({"topics": ("tax", "pension")}, True),
        ({"topics": ("pension", "tax")}, False),
        ({"most_valued": ()}, True),
        ({"most_valued": ""}, True),
    ],
)
def test_one_code_is_found_whole_and_the_first_one_too(profile, lookup, is_found):
    assert CustomerProfile.objects.filter(**lookup).exists() is is_found


@pytest.mark.parametrize("codes", [("gossip",), ("tax", "gossip"), ("tax|pension",)])
def test_a_code_of_no_list_is_refused(profile, codes):
    profile.topics = codes
    with pytest.raises(ValidationError, match="选项已失效"):
        profile.clean_fields()


def test_it_is_declared_in_migrations_as_it_was_written():
    _, path, args, kwargs = CustomerProfile._meta.get_field("topics").deconstruct()
    again = CodesField(*args, **kwargs)
    assert (again.max_length, again.blank, again.default, again.flatchoices) == (
        200, True, tuple, CustomerProfile._meta.get_field("topics").flatchoices,
    )  # fmt: skip
    assert path == "organization.fields.CodesField"
