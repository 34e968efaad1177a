"""数据质量 in a real browser: from the list of customers to each line's mend."""

from datetime import timedelta

import pytest

from customers.models import FieldSource
from tests.browser.conftest import look, shoot
from tests.customers.views.test_quality import any_document as any_document
from tests.customers.views.test_quality import known
from tests.world import TODAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_every_line_leads_to_its_mend(world, as_staff):
    known(world, "张伟", details=False, monthly_avg_daily_aum=900_000)
    wang = known(world, "王芳", details={"topics": (), "monthly_spending": 10_000}, marital_status="married")
    known(world, "李娜", details={"id_expires_on": TODAY - timedelta(days=3)}, preferred_channel="")
    for field, days in (("employer", 500), ("annual_income", 800)):
        FieldSource.objects.create(
            customer=wang, unit=wang.unit, field=field, origin="customer", as_of=TODAY - timedelta(days),
            recorded_by=world.rm,
        )  # fmt: skip
    page = as_staff(world.rm)
    page.goto("/customers/")
    page.get_by_role("button", name="专题").click()
    page.get_by_role("link", name="数据质量").click()
    page.locator("tbody tr", has_text="张伟").get_by_text("税后年收入").wait_for()
    look(page)
    shoot(page, "quality-missing")
    page.get_by_role("link", name="陈旧").click()
    page.locator("tbody tr", has_text="税后年收入").wait_for()
    look(page)
    shoot(page, "quality-stale")
    page.locator("tbody tr", has_text="税后年收入").get_by_role("button", name="仍然属实").click()
    page.get_by_text("今天核实，仍然属实").wait_for()
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("link", name="矛盾与过期").click()
    page.locator("tbody tr", has_text="李娜").get_by_text("证件已过有效期").wait_for()
    look(page)
    shoot(page, "quality-contradicting")
    page.locator("tbody tr", has_text="王芳").get_by_text("月支出超过").click()
    page.locator("[name=monthly_spending]:focus").wait_for()
