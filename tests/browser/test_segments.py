"""客户分群 in a real browser: built with its answer beside it, saved, asked why, and gone to as a list."""

import pytest
from playwright.sync_api import expect

from customers.enums import Tier
from customers.models import Segment
from customers.services.segments import create_segment
from tests.browser.conftest import look, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]

GOLD = {"field": "tier", "op": "in", "value": ["GOLD"]}


@pytest.fixture
def bank(world):
    world.customer("张伟", aum=180000)
    world.customer("李娜", tier=Tier.PLATINUM, aum=680000, monthly_avg_daily_aum=650000)
    world.customer("王芳", tier=Tier.DIAMOND, aum=2300000, monthly_avg_daily_aum=2200000)
    world.customer("赵强", manager=world.colleague, tier=Tier.PLATINUM, aum=900000, monthly_avg_daily_aum=880000)
    return world


def test_a_segment_is_built_with_its_answer_beside_it(bank, as_staff):
    page = as_staff(bank.rm)
    page.goto("/customers/segments/")
    page.get_by_role("link", name="新建分群").first.click()
    page.locator("h1", has_text="新建分群").wait_for()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("至少选一项")
    page.locator(".chip", has_text="白金客户").click()
    page.locator(".chip", has_text="钻石客户").click()
    expect(preview.locator(".figure").first).to_have_text("2")
    page.get_by_role("button", name="加条件").click()
    field = page.locator("[name='field-r-1']")
    expect(field).to_be_focused()
    field.select_option("average")
    page.locator("input.form-control[name='value-r-1']").fill("100万")
    expect(preview.locator(".figure").first).to_have_text("1")
    expect(preview).to_contain_text("王芳")
    page.get_by_role("button", name="加一组").click()
    inner = page.locator("[name='field-r-2-0']")
    expect(inner).to_be_focused()
    inner.select_option("birthday")
    page.locator("input.form-control[name='value-r-2-0']").fill("30")
    look(page)
    shoot(page, "segment-form")
    page.locator("[name='join-r']").select_option("any")
    page.get_by_label("名称").fill("高端客户")
    page.get_by_label("用途").fill("理财沙龙邀请")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator("h1", has_text="高端客户").wait_for()
    expect(page.locator(".counter").first).to_contain_text("2")
    page.locator(".rule-lines li", has_text="100万元").first.wait_for()
    look(page)
    shoot(page, "segment-page")
    page.locator("#list").get_by_role("link", name="为什么").first.click()
    page.locator("#dialog[open] .rule-lines li", has_text="客户层级").wait_for()
    look(page)
    shoot(page, "segment-why")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="客户名单").click()
    page.locator("[data-row]").first.wait_for()
    assert page.locator("[data-row]").count() == 2
    page.locator(".chip", has_text="客户分群：高端客户").wait_for()


def test_what_is_wrong_is_said_and_stays_typed(bank, as_staff):
    page = as_staff(bank.rm, "phone", "dark")
    page.goto("/customers/segments/new/")
    page.locator("[name='field-r-0']").select_option("age")
    page.locator("input.form-control[name='value-r-0']").fill("很老")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".error-summary", has_text="请填写“名称”").wait_for()
    page.locator(".error-summary", has_text="应是0到150的整数").wait_for()
    assert page.locator("[name='value-r-0']").input_value() == "很老"
    look(page)
    shoot(page, "segment-form-refused-phone")
    assert not Segment.objects.unscoped("test").exists()


def test_the_heads_list_and_a_combination(bank, as_staff):
    create_segment(by=bank.outlet_head, name="金卡客户", rule=GOLD, is_shared=True)
    create_segment(by=bank.outlet_head, name="资产50万以上", rule={"field": "aum", "op": "at_least", "value": "500000"})
    page = as_staff(bank.outlet_head)
    page.goto("/customers/segments/new/")
    page.get_by_text("组合：由已有的分群组成").click()
    page.locator("[name='field-r-0']").select_option("segment")
    page.locator(".chip", has_text="资产50万以上").click()
    page.get_by_role("button", name="加条件").click()
    field = page.locator("[name='field-r-1']")
    expect(field).to_be_focused()
    field.select_option("segment")
    page.locator(".rule-part").nth(1).locator(".chip", has_text="金卡客户").wait_for()
    page.wait_for_timeout(100)  # until the new parts listen
    page.locator("[name='op-r-1']").select_option("not_in")
    page.locator(".rule-part").nth(1).locator(".chip", has_text="金卡客户").click()
    expect(page.locator("#preview .figure").first).to_have_text("3")
    page.get_by_label("名称").fill("资产高、非金卡")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".chart canvas").wait_for()
    look(page)
    shoot(page, "segment-page-head")
    page.goto("/customers/segments/")
    expect(page.locator("[data-row]")).to_have_count(3)
    look(page)
    shoot(page, "segment-list")


def test_the_matrix_leads_to_a_list_and_a_segment(bank, as_staff):
    page = as_staff(bank.supervisor)
    page.goto("/customers/segments/")
    page.get_by_role("link", name="客户矩阵").click()
    page.locator("table.matrix").wait_for()
    look(page)
    shoot(page, "matrix")
    page.get_by_label("颜色深浅按").select_option("aum")
    page.wait_for_url("**show=aum*")
    page.get_by_label("列").select_option("strategy")
    page.wait_for_url("**columns=strategy*")
    look(page)
    page.locator("table.matrix tbody a").first.click()
    page.locator("[data-row]").first.wait_for()
    page.get_by_role("link", name="存为分群").click()
    page.locator("h1", has_text="新建分群").wait_for()
    expect(page.locator(".rule-condition")).to_have_count(2)


def test_the_archive_shows_the_segments_of_a_customer(bank, as_staff):
    create_segment(by=bank.rm, name="金卡客户", rule=GOLD)
    page = as_staff(bank.rm)
    page.goto("/customers/")
    page.get_by_role("link", name="张伟").click()
    page.get_by_role("link", name="变更", exact=True).click()
    page.locator(".plain-list li", has_text="第1版").get_by_role("link", name="为什么").click()
    page.locator("#dialog[open] .tag-good", has_text="在名单内").wait_for()
    look(page)
    shoot(page, "customer-segments")


def test_a_rule_file_is_read_in_and_looked_at_before_it_is_saved(bank, as_staff, tmp_path):
    file = tmp_path / "rule.json"
    file.write_text('{"name": "金卡回访", "rule": {"field": "tier", "op": "in", "value": ["GOLD"]}}', encoding="utf-8")
    page = as_staff(bank.rm)
    page.goto("/customers/segments/")
    page.get_by_role("link", name="读入规则").click()
    page.locator("#dialog[open] [name=file]").set_input_files(file)
    look(page)
    page.locator("#dialog[open]").get_by_role("button", name="读入").click()
    page.locator("h1", has_text="新建分群").wait_for()
    expect(page.locator("#preview .figure").first).to_have_text("1")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator("h1", has_text="金卡回访").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载规则").click()
    assert waiting.value.suggested_filename.endswith("v1.json")
