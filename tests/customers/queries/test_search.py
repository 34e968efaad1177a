"""A customer is found by name, pinyin, initials, number and tails, within the own scope, from an index."""

import pytest

from customers.models import Account, Customer, Product
from customers.queries import search_customers
from customers.services.archive import create_customer, rebuild_search_keys
from customers.services.identifiers import set_account_number
from tests.customers.services.test_archive import id_number
from tests.world import TODAY

ID, MOBILE = id_number(), "13900001234"
CARD = "6217000012345678901"


@pytest.fixture
def customer(world):
    customer = create_customer(
        by=world.rm, data={"name": "单田芳", "number": "A-88001", "id_number": ID, "mobile": MOBILE}
    )
    product = Product.objects.create(code="D", name="活期", category="demand_deposit")
    account = Account(customer=customer, unit=world.east, product=product, reference="1", opened_on=TODAY)
    set_account_number(account, CARD)
    account.save()
    return customer


FINDS = [
    "单田芳", "单", "田芳", "shantianfang", "Shan Tian", "stf", "dantianfang", "tianfang", "shantf", "单 田芳",
    "A-88001", "a-880", "a88001", "1234", ID[-4:], ID, ID.lower(), MOBILE, "139 0000 1234", "+8613900001234",
    CARD, "6217 0000 1234 5678 901",
]  # fmt: skip
MISSES = [
    "",
    "  ",
    "李",
    "lsi",
    "9999",
    "13900001235",
    ID[:17],
    ID[:6],
    "900001234",
    "12345",
    CARD[-4:],
    CARD[:-1],
    "#",
    "%",
    "_",
    "'",
]


@pytest.mark.parametrize("text", FINDS)
def test_found(world, customer, text):
    assert search_customers(world.rm, text) == [customer]


@pytest.mark.parametrize("text", MISSES)
def test_not_found(world, customer, text):
    assert search_customers(world.rm, text) == []


@pytest.mark.parametrize("name", ["䶮", "𠮷田", "阿依古丽·买买提", "O'Neil"])
def test_rare_names_are_found_as_they_are_written(world, name):
    customer = create_customer(by=world.rm, data={"name": name})
    assert search_customers(world.rm, name) == [customer]


@pytest.mark.parametrize("text", ["单田芳", "stf", "1234", ID, MOBILE, CARD, "A-88001"])
def test_nobody_finds_customers_of_others(world, customer, text):
    for persona in ("colleague", "other_rm", "stranger", "administrator", "auditor"):
        assert search_customers(world.people[persona], text) == []
    for persona in ("supervisor", "outlet_head", "branch_head"):
        assert search_customers(world.people[persona], text) == [customer]


@pytest.mark.parametrize("text", ["单田芳", "单", "stf", "shantianfang", "1234", ID, MOBILE, CARD, "A-88"])
def test_who_reads_masked_names_finds_by_the_whole_number_only(world, customer, text):
    assert search_customers(world.head_office_staff, text) == []
    assert search_customers(world.head_office_staff, "A-88001") == [customer]


def test_the_wealthiest_first_and_no_more_than_asked(world):
    for serial in range(5):
        world.customer(f"王{serial}", monthly_avg_daily_aum=serial)
    rebuild_search_keys(Customer.objects.all())
    assert [c.monthly_avg_daily_aum for c in search_customers(world.rm, "王", limit=3)] == [4, 3, 2]


def test_a_very_long_text_is_no_error(world, customer):
    assert search_customers(world.rm, "长" * 5000) == []
    assert search_customers(world.rm, "\x00\ud800"[:1] + "stf") in ([customer], [])
