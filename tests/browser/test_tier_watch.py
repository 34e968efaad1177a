"""层级动态 in a real browser: from the list of customers to who is near, who may fall and who has moved."""

import pytest

from customers.enums import Tier
from customers.models import TierChange
from organization import clock
from tests.browser.conftest import look, shoot
from tests.customers.views.test_tiers import standing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_who_is_near_who_may_fall_and_who_has_moved(world, as_staff):
    standing(world, "张伟", Tier.POTENTIAL, "88000")
    standing(world, "李娜", Tier.GOLD, "480000.50")
    standing(world, "王芳", Tier.PLATINUM, "600000", "430000", "410000")
    standing(world, "赵强", Tier.GOLD, "90000", "80000", "70000")
    customer = standing(world, "陈静", Tier.DIAMOND, "2300000")
    TierChange.objects.create(
        customer=customer, unit=customer.unit, before=Tier.PLATINUM, after=Tier.DIAMOND, changed_at=clock.now(),
        reason="按2026年10月月日均评定",
    )  # fmt: skip
    page = as_staff(world.rm)
    page.goto("/customers/")
    page.get_by_role("button", name="专题").click()
    page.get_by_role("link", name="层级动态").click()
    page.locator("tbody tr", has_text="张伟").wait_for()
    look(page)
    page.get_by_role("link", name="降级观察").click()
    page.locator("tbody tr", has_text="赵强").get_by_text("本月评定").wait_for()
    page.locator("tbody tr", has_text="王芳").get_by_text("已低于2个月").wait_for()
    look(page)
    shoot(page, "tier-watch")
    page.get_by_role("link", name="近期变动").click()
    page.locator("tbody tr", has_text="陈静").get_by_text("按2026年10月月日均评定").wait_for()
    look(page)
    page.get_by_role("link", name="陈静").click()
    page.locator("h1", has_text="陈静").wait_for()


def test_the_strategy_dialog_says_which_one_fits(world, as_staff):
    customer = world.customer("张伟", tier=Tier.DIAMOND, strategy="RESPONSIVE", monthly_avg_daily_aum=2_300_000)
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/")
    page.get_by_role("link", name="调整策略").click()
    page.get_by_text("系统建议").wait_for()
    page.get_by_text("（钻石客户）").wait_for()
    look(page)
