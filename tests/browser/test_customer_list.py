"""我的客户 in a real browser: the filters come when they are opened, and say what is in force whatever changed it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from customers.enums import Strategy, Tier
from tests.browser.conftest import look, shoot
from tests.world import TODAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def customers(world):
    world.customer("张伟", tier=Tier.GOLD, monthly_avg_daily_aum=Decimal("123456.78"), last_contact_on=TODAY,
                   next_contact_on=TODAY - timedelta(days=3))  # fmt: skip
    world.customer("李娜", tier=Tier.PRIVATE, strategy=Strategy.INTENSIVE, monthly_avg_daily_aum=Decimal("7000000"),
                   has_no_contact=True)  # fmt: skip
    world.customer(
        "王芳", tier=Tier.GOLD, monthly_avg_daily_aum=Decimal("90000"), next_contact_on=TODAY + timedelta(days=9)
    )


def rows(page: Page):
    return page.locator("tbody tr")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_filters_come_when_they_are_opened_and_stay_true(world, customers, as_staff, size):
    page = as_staff(world.rm, size)
    page.goto("/customers/")
    expect(rows(page)).to_have_count(3)
    look(page)
    shoot(page, f"customer-list-{size}")
    form = page.locator("form.filters")
    expect(form).to_have_count(0)

    page.locator("#filter-fold > summary").click()
    expect(form).to_be_visible()
    look(page)
    shoot(page, f"customer-list-filters-{size}")
    page.get_by_text("金卡客户", exact=True).first.click()
    expect(rows(page)).to_have_count(2)
    # Still open, with what was chosen; the list came with the form.
    expect(form.get_by_label("金卡客户")).to_be_checked()
    form.get_by_label("月日均不低于（元）").fill("10万")
    form.get_by_label("月日均不低于（元）").press("Tab")
    expect(rows(page)).to_have_count(1)
    look(page)
    shoot(page, f"customer-list-narrowed-{size}")

    # A condition taken away beside the form is gone from the form too, and the next choice does not bring it back.
    page.locator(".chips a", has_text="客户层级：金卡客户").click()
    expect(rows(page)).to_have_count(2)
    expect(form.get_by_label("金卡客户")).not_to_be_checked()
    expect(form.get_by_label("月日均不低于（元）")).to_have_value("10万")
    form.get_by_label("维护策略").select_option(Strategy.INTENSIVE)
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("李娜")


def test_a_shared_address_opens_with_its_conditions(world, customers, as_staff):
    page = as_staff(world.rm)
    page.goto("/customers/?tier=GOLD")
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#filter-fold .tag")).to_have_text("1")
    page.locator("#filter-fold > summary").click()
    expect(page.locator("form.filters").get_by_label("金卡客户")).to_be_checked()
    page.get_by_role("link", name="清除条件").click()
    expect(rows(page)).to_have_count(3)


def test_without_scripts_the_filters_are_a_page(world, customers, as_staff):
    page = as_staff(world.rm)
    page.goto("/customers/filters/?tier=GOLD")
    expect(page.get_by_label("金卡客户")).to_be_checked()
    look(page)
    shoot(page, "customer-filters-page")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/customers/?*tier=GOLD*")
    expect(rows(page)).to_have_count(2)
