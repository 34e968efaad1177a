"""手工评定层级 in a real browser: the supervisor sets it, sees it at the head, and ends it early."""

from datetime import timedelta

import pytest

from customers.enums import Tier
from tests.browser.conftest import look, shoot
from tests.customers.views.test_tiers import standing
from tests.world import TODAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_a_tier_is_held_and_let_go(world, as_staff):
    customer = standing(world, "张伟", Tier.GOLD, "120000")
    page = as_staff(world.supervisor)
    page.goto(f"/customers/{customer.public_id}/")
    page.get_by_role("link", name="评定层级").click()
    page.locator("dialog").get_by_text("白金客户").click()
    page.get_by_label("截止日期").fill(f"{TODAY + timedelta(days=90)}")
    page.get_by_label("理由").fill("企业主，家庭资产在他行")
    look(page)
    shoot(page, "tier-hold")
    page.get_by_role("button", name="评定").click()
    page.locator("h1 ~ .tag", has_text="手工评定至").wait_for()
    look(page)
    shoot(page, "tier-held")
    page.goto("/customers/tiers/?list=moved")
    page.locator("tbody tr", has_text="企业主").wait_for()
    look(page)
    shoot(page, "tier-held-moved")
    page.goto(f"/customers/{customer.public_id}/")
    page.get_by_role("link", name="结束评定").click()
    page.get_by_label("理由").fill("评定有误")
    look(page)
    page.get_by_role("button", name="结束手工评定").click()
    page.get_by_text("按月日均恢复为金卡客户").wait_for()
