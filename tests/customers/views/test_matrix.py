"""客户矩阵: every cell against a look at each customer, bands that neither overlap nor leave out, and where a cell leads."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.enums import Tier
from customers.models import Customer
from customers.queries.matrix import matrix
from customers.segments.bands import axes, band_of, named_bands
from customers.segments.compiling import condition_of
from customers.segments.rules import parse_rule
from customers.services.segments import create_segment
from tests.world import TODAY

EDGES = {
    "birth_date": [None, date(1996, 11, 23), date(1996, 11, 24), date(1956, 11, 23), date(2020, 1, 1)],
    "monthly_avg_daily_aum": [Decimal(x) for x in ("0", "49999.99", "50000", "5999999.99", "6000000", "-1")],
    "last_contact_on": [None, TODAY, *(TODAY - timedelta(days=n) for n in (30, 31, 90, 91, 180, 181))],
}


@pytest.fixture
def crowd(world) -> list[Customer]:
    combined = list(product(*EDGES.values()))[::3]
    return [
        world.customer(f"客户{n}", **dict(zip(EDGES, values, strict=True)), aum=n) for n, values in enumerate(combined)
    ]


def test_bands_of_an_axis_neither_overlap_nor_leave_anybody_out(crowd):
    for axis in axes().values():
        found = []
        for band in axis.bands:
            rows = Customer.objects.unscoped("test").filter(condition_of(parse_rule(band.rule), TODAY))
            found += list(rows.values_list("pk", flat=True))
        assert len(found) == len(set(found)), axis.key
        outside = {customer.pk for customer in crowd} - set(found)
        assert outside == ({c.pk for c in crowd if c.birth_date is None} if axis.key == "age" else outside)
        if axis.key in ("average", "last_contact", "tier", "strategy"):
            assert not outside, axis.key


def test_every_cell_holds_whom_its_two_rules_find(world, crowd, django_assert_num_queries):
    rows, columns = axes()["average"], axes()["age"]
    with django_assert_num_queries(2):  # whom the manager serves, and the matrix
        found = matrix(world.rm, rows, columns, TODAY, segment=None, by_aum=True)
    everybody = Customer.objects.unscoped("test")
    for line in found.rows:
        for band, cell in zip(found.columns, line.cells, strict=True):
            if not band.rule:
                continue
            both = [condition_of(parse_rule(rule), TODAY) for rule in (line.band.rule, band.rule)]
            there = list(everybody.filter(*both))
            assert (cell.count, cell.aum) == (len(there), sum(one.aum for one in there))
    assert found.total.count == len(crowd) and found.total.aum == sum(one.aum for one in crowd)
    assert found.columns[-1].label == "未登记"
    assert max(cell.shade for line in found.rows for cell in line.cells) == 5


def test_a_cell_leads_to_its_customers_and_on_to_a_segment(world, sign_in):
    world.customer("张伟", tier=Tier.GOLD, birth_date=date(1980, 1, 1))
    world.customer("李娜", tier=Tier.GOLD, birth_date=date(2000, 1, 1))
    client = sign_in(world.rm)
    page = client.get(reverse("customers:customer_matrix"), {"rows": "tier", "columns": "age"}).content.decode()
    address = f"{reverse('customers:customer_list')}?cell=tier.GOLD&amp;cell=age.40"
    assert address in page
    there = client.get(reverse("customers:customer_list"), {"cell": ["tier.GOLD", "age.40"]}).content.decode()
    assert "张伟" in there and "李娜" not in there and "客户层级 金卡客户、年龄 40-49岁" in there
    form = client.get(reverse("customers:segment_create"), {"cell": ["tier.GOLD", "age.40"]}).content.decode()
    assert "存为分群" in there and 'value="GOLD" checked' in form and 'value="49"' in form


def test_only_within_a_segment_and_only_what_one_may_see(world, sign_in):
    world.customer("张伟", tier=Tier.GOLD)
    world.customer("李娜", tier=Tier.PLATINUM)
    world.customer("外人", manager=world.colleague, tier=Tier.GOLD)
    segment = create_segment(by=world.rm, name="白金", rule={"field": "tier", "op": "in", "value": ["PLATINUM"]})
    rows, columns = axes()["tier"], axes()["strategy"]
    assert matrix(world.rm, rows, columns, TODAY, segment=segment, by_aum=False).total.count == 1
    assert matrix(world.rm, rows, columns, TODAY, segment=None, by_aum=False).total.count == 2
    assert matrix(world.stranger, rows, columns, TODAY, segment=None, by_aum=False).total.count == 0
    theirs = create_segment(by=world.stranger, name="别处", rule={"field": "tier", "op": "in", "value": ["GOLD"]})
    answer = sign_in(world.rm).get(reverse("customers:customer_matrix"), {"segment": theirs.public_id})
    assert answer.status_code == 404


@pytest.mark.parametrize("query", [{"rows": "x"}, {"rows": "age", "columns": "strategy"}, {"show": "?", "segment": ""}])
def test_an_odd_address_is_an_ordinary_matrix(world, sign_in, query):
    world.customer("张伟")
    answer = sign_in(world.rm).get(reverse("customers:customer_matrix"), query)
    assert answer.status_code == 200 and "合计" in answer.content.decode()


def test_the_same_feature_twice_is_asked_about(world, sign_in):
    answer = sign_in(world.rm).get(reverse("customers:customer_matrix"), {"rows": "tier", "columns": "tier"})
    assert "行和列选了同一项" in answer.content.decode()


def test_odd_cells_narrow_nothing(world, sign_in):
    world.customer("张伟")
    client = sign_in(world.rm)
    for cell in ("tier.EMPEROR", "nothing.x", "tier", "."):
        assert "张伟" in client.get(reverse("customers:customer_list"), {"cell": cell}).content.decode()
        assert client.get(reverse("customers:segment_create"), {"cell": cell}).status_code == 200
    assert band_of("age.30").label == "30-39岁" and len(named_bands()) == len(set(named_bands()))


def test_as_many_questions_for_any_number_of_customers(world, sign_in):
    client, counts = sign_in(world.rm), []
    for many in (1, 3):
        for number in range(many):
            world.customer(f"客户{many}{number}", tier=list(Tier)[number])
        client.get(reverse("customers:customer_matrix"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("customers:customer_matrix"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
