"""引荐 in a real browser: noted, called, shown as a tree."""

from datetime import date

import pytest

from customers.services.referrals import record_referral
from maintenance.models import MaintenanceTask
from tests.browser.conftest import look, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_an_introduction_is_noted_and_shown_as_a_tree(world, as_staff):
    above, customer, below = world.customer("赵敏"), world.customer("张伟"), world.customer("王芳")
    on = date(2026, 11, 2)
    record_referral(by=world.rm, customer=above, referred=customer, referred_on=on)
    record_referral(by=world.rm, customer=customer, referred=below, referred_on=on, note="同事")
    record_referral(by=world.rm, customer=below, name="孙俪", mobile="13800138001", referred_on=on)
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/?tab=referrals")
    page.get_by_role("link", name="登记引荐").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("姓名").fill("李梅")
    dialog.get_by_label("手机号码").fill("13800138000")
    look(page)
    shoot(page, "referral-add")
    dialog.get_by_text("已是客户", exact=True).first.click()
    dialog.locator(".only-lead").wait_for(state="hidden")
    dialog.get_by_text("还不是客户").click()
    dialog.get_by_role("button", name="登记").click()
    page.get_by_text("138****8000").wait_for()
    look(page)
    shoot(page, "referrals")
    page.get_by_role("button", name="电话").first.click()
    page.get_by_role("link", name="13800138000").wait_for()
    assert (
        MaintenanceTask.objects.unscoped("test").filter(kind="thanks", customer=customer, why="感谢引荐李梅").exists()
    )
