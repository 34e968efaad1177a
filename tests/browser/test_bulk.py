"""批量办理 in a real browser: from a filtered list to many customers at once, and back."""

import pytest
from playwright.sync_api import expect

from customers.models import Customer
from tests.browser.conftest import look, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_many_at_once_and_back(world, as_staff):
    for name in ("张伟", "李娜", "王芳"):
        world.customer(name)
    page = as_staff(world.rm)
    page.goto("/customers/?tier=GOLD")
    page.get_by_role("button", name="批量").click()
    page.get_by_role("link", name="调整策略").click()
    page.locator("h1", has_text="批量调整策略").wait_for()
    page.get_by_text("积极", exact=True).first.click()
    page.get_by_label("理由").fill("旺季营销")
    look(page)
    shoot(page, "bulk-strategy")
    page.get_by_role("button", name="调整策略").click()
    page.locator(".tag-good", has_text="已办理").wait_for()
    look(page)
    shoot(page, "bulk-list")
    page.get_by_role("button", name="撤销").click()
    page.locator("#confirm").get_by_role("button", name="撤销").click()
    page.locator(".tag", has_text="已撤销3位").wait_for()
    assert set(Customer.objects.unscoped("test").values_list("strategy", flat=True)) == {"ACTIVE"}


def test_a_list_is_asked_for_and_fetched(world, as_staff):
    for number in range(60):
        world.customer(f"客户{number}")
    page = as_staff(world.rm)
    page.goto("/customers/bulk/export/")
    page.get_by_label("用途").fill("上门回访")
    look(page)
    page.get_by_role("button", name="申请导出").click()
    page.locator(".tag-warn", has_text="待审批").wait_for()
    boss = as_staff(world.supervisor)
    boss.goto("/customers/exports/")
    boss.get_by_role("link", name="审批").click()
    boss.locator("#dialog[open] form").get_by_text("同意", exact=True).click()
    look(boss)
    shoot(boss, "export-decide")
    boss.get_by_role("button", name="提交审批").click()
    boss.locator(".tag-good", has_text="可下载").wait_for()
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载").click()
    assert waiting.value.suggested_filename.endswith(".csv")
    page.reload()
    expect(page.locator("tbody")).to_contain_text("已下载1次")
    look(page)
    shoot(page, "exports")
