"""Search and list are answered from indexes, for a manager of thirty and a head of a thousand, on both databases."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer, SearchKey
from tests.customers.plans import analyse, plan_of, reads_whole

TABLES = ("customers_customer", "customers_searchkey")


@pytest.fixture
def crowd(world):
    """Two thousand customers, twenty of them the own RM's."""
    managers = [world.rm] + [world.other_rm] * 50 + [world.stranger] * 49
    Customer.objects.bulk_create(
        Customer(
            name=f"王{n}", number=f"C{n}", sort_name=f"wang{n:05d}", manager=managers[n % 100],
            unit=managers[n % 100].unit, monthly_avg_daily_aum=n * 37 % 5000,
        )
        for n in range(2000)
    )  # fmt: skip
    SearchKey.objects.bulk_create(
        SearchKey(customer_id=pk, key=f"{'wangxyz'[: 4 + pk % 4]}{pk:05d}")
        for pk in Customer.objects.values_list("pk", flat=True)
    )
    analyse(*TABLES)


def statements(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, headers={"hx-request": "true"}).status_code == 200
    # A count that stops at a thousand may read the table: for a head it has them at once.
    asked = (q["sql"] for q in captured if q["sql"].startswith("SELECT") and "COUNT(*)" not in q["sql"])
    return [sql for sql in asked if any(table in sql for table in TABLES)]


def test_no_page_reads_a_whole_table(world, crowd, sign_in):
    listed, searched = reverse("customers:customer_list"), reverse("customers:search")
    for persona in ("rm", "branch_head"):
        client = sign_in(world.people[persona])
        pages = [
            listed,
            f"{listed}?q=wangx0012",
            f"{searched}?q=wangx0012",
            f"{searched}?q=1234",
            f"{listed}?sort=-average",
        ]
        for address in pages:
            asked = statements(client, address)
            assert asked, address
            for sql in asked:
                plan = plan_of(sql)
                for table in TABLES:
                    assert not reads_whole(plan, table), f"{persona} {address}\n{sql}\n{plan}"


def test_a_search_goes_by_the_key(world, crowd, sign_in):
    for text in ("wangx0012", "1234"):
        [sql, *_] = statements(sign_in(world.branch_head), reverse("customers:search") + f"?q={text}")
        assert "searchkey_key" in plan_of(sql)
