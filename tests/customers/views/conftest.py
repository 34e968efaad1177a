from datetime import date

import pytest

from customers.enums import Relation
from customers.models import Account, Product
from customers.services.archive import create_customer
from customers.services.identifiers import set_account_number
from customers.services.people import save_person
from tests.customers.services.test_archive import ADDRESS, EMAIL, ID, MOBILE
from tests.world import TODAY

CARD = "6222020000001112229"
SECRETS = (ID, MOBILE, ADDRESS, EMAIL, CARD)


@pytest.fixture
def customer(world):
    """A customer of the own RM with everything that must never stand on a page in the clear."""
    customer = create_customer(
        by=world.rm,
        data={
            "name": "欧阳修远", "number": "88000001", "id_number": ID, "mobile": MOBILE, "address": ADDRESS, "email": EMAIL,
            "tier": "GOLD", "strategy": "ACTIVE", "note": "喜欢围棋", "interests": "书法",
        },
    )  # fmt: skip
    product = Product.objects.create(code="D001", name="活期储蓄", category="demand_deposit")
    account = Account(
        customer=customer, unit=customer.unit, product=product, reference="A1", opened_on=date(2025, 1, 2),
        balance=120_000, balance_on=TODAY,
    )  # fmt: skip
    set_account_number(account, CARD)
    account.save()
    save_person(by=world.rm, customer=customer, relation=Relation.CHILD, name="欧阳小明", birth_date=date(2015, 3, 4))
    return customer


@pytest.fixture
def htmx():
    """Headers of a request that htmx makes for a part of the page."""
    return {"hx-request": "true"}
