"""生命周期 on the overview, in a real browser."""

from datetime import date

import pytest

from customers.models import Person
from tests.browser.conftest import look, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_the_overview_says_the_stage_and_why(world, as_staff):
    customer = world.customer("张伟", marital_status="married", birth_date=date(1986, 5, 1))
    Person.objects.create(
        customer=customer, unit=customer.unit, relation="child", name="张小", birth_date=date(2018, 3, 1)
    )
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/")
    page.get_by_text("已婚，最小子女8岁").wait_for()
    look(page)
    shoot(page, "life-stage")
