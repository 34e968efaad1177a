"""Duplicates in a real browser: from the list to one archive, and back to two."""

import pytest

from customers.models import Customer, Merge
from tests.browser.conftest import look, shoot
from tests.customers.services.test_duplicates import full_life, pair

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_a_supervisor_merges_two_archives_and_takes_them_apart(world, as_staff):
    kept, merged = pair(world)
    full_life(world, kept, merged)
    page = as_staff(world.supervisor)
    page.goto("/customers/quality/")
    page.get_by_role("link", name="重复").click()
    page.locator("tbody tr", has_text="张伟").get_by_text("手机号码相同").first.wait_for()
    look(page)
    shoot(page, "duplicates-list")
    page.get_by_role("link", name="对照合并").first.click()
    page.get_by_role("heading", name="不同的栏目").wait_for()
    look(page)
    shoot(page, "duplicates-side-by-side")
    page.get_by_role("button", name="合并", exact=True).click()
    page.locator("#id_reason.is-invalid, #id_reason[aria-invalid=true]").wait_for()
    page.locator("#id_reason").fill("核对证件，是同一人")
    page.get_by_role("button", name="合并", exact=True).click()
    page.get_by_text("已合并，").wait_for()
    look(page)
    shoot(page, "duplicates-merged")
    page.goto("/customers/quality/?list=duplicates")
    look(page)
    shoot(page, "duplicates-undoable")
    page.get_by_role("link", name="撤销合并").click()
    page.locator("#id_reason").fill("弄错了")
    look(page)
    shoot(page, "duplicates-undo")
    page.get_by_role("button", name="撤销合并").click()
    page.get_by_text("两份档案已复原").wait_for()
    assert Merge.objects.get().undone_at
    assert Customer.objects.filter(status="active", name="张伟").count() == 2


def test_a_pair_is_set_aside(world, as_staff):
    pair(world)
    page = as_staff(world.rm)
    page.goto("/customers/quality/?list=duplicates")
    page.get_by_role("link", name="不是同一人").click()
    page.locator("#id_reason").fill("父子同名")
    look(page)
    shoot(page, "duplicates-set-aside")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("没有发现重复的档案").wait_for()
    look(page)
    shoot(page, "duplicates-empty")
