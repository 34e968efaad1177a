"""The whole archive in a real browser: every field filled in part by part, seen again, masked where it must be."""

from datetime import date

import pytest
from playwright.sync_api import Page

from customers.models import Customer
from customers.models.profile import PROFILE_FIELDS, value_of
from customers.sections import is_blank
from customers.services.people import save_person
from customers.services.search_keys import rebuild_search_keys
from tests.browser.conftest import look, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]

# Part of the archive → what is typed, chosen and ticked there.
TYPED = {
    "identity": {"id_expires_on": "2030-05-06", "nationality": "中国"},
    "contact": {
        "alt_phone": "0571-88881234", "wecom_id": "zhangwei-wecom", "wechat_id": "zw𠮷1980", "postcode": "310000",
        "region": "滨海市东城区",
    },
    "life": {"title": "总工程师", "payroll_bank": "工商银行"},
    "finance": {
        "annual_income": "35万", "monthly_spending": "12,000", "other_assets": "420万", "debts": "80万",
        "insurance_cover": "100万", "housing_fund": "5000", "social_insurance_months": "192",
    },
    "behaviour": {"buying_habit": "先看一期再追加，常与配偶商量"},
    "needs": {"dietary_note": "清真饮食", "gift_taboos": "不收酒"},
    "care": {"first_contact_on": "2024-03-05"},
}  # fmt: skip
CHOSEN = {
    "identity": {"is_politically_exposed": "false"},
    "life": {"household_role": "head", "education": "master", "industry": "C", "retirement_type": "M"},
    "behaviour": {"activity": "high", "price_sensitivity": "low"},
    "needs": {"most_valued_0": "safety", "most_valued_1": "expertise", "least_valued_0": "fees"},
}
TICKED = {
    "contact": ["周三", "周日"],
    "finance": ["赡养老人", "住房贷款利息"],
    "behaviour": ["定期存款", "国债", "手机银行"],
    "needs": ["养老", "子女教育"],
}


def test_every_field_is_filled_in_and_seen_again(world, as_staff):
    customer = world.customer("欧阳修远")
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/?tab=archive")
    page.get_by_text("档案完整度").wait_for()
    look(page)
    shoot(page, "archive-empty")
    for section in TYPED:
        fill_in(page, customer, section)
    shoot(page, "archive-full")
    look(page)
    filled = Customer.objects.unscoped("test").select_related("profile").get(pk=customer.pk)
    assert [f for f in PROFILE_FIELDS if is_blank(f, value_of(filled, f))] == []
    shown = page.locator("main").inner_text()
    for text in (
        "2030-05-06", "0571****1234", "20万-50万元", "1万-5万元", "已登记", "硕士", "制造业", "资金安全、专业建议",
        "养老、子女教育", "周三、周日", "先看一期再追加", "不收酒",
    ):  # fmt: skip
        assert text in shown, text
    for secret in ("清真", "88881234", "350,000", "zhangwei-wecom"):
        assert secret not in shown


def fill_in(page: Page, customer: Customer, section: str) -> None:
    page.goto(f"/customers/{customer.public_id}/edit/?section={section}")
    form = page.locator("main form")
    for name, text in TYPED.get(section, {}).items():
        form.locator(f"[name={name}]").fill(text)
    for name, code in CHOSEN.get(section, {}).items():
        form.locator(f"[name={name}]").select_option(code)
    for label in TICKED.get(section, ()):
        form.locator(".chip", has_text=label).click()
    if section in ("identity", "finance", "needs"):
        shoot(page, f"archive-edit-{section}")
        look(page)
    form.get_by_role("button", name="保存").click()
    page.get_by_text("档案已保存").wait_for()


def test_what_is_missing_leads_to_its_field_and_a_masked_amount_is_read_for_a_reason(world, as_staff):
    customer = world.customer("张伟")
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/?tab=archive")
    page.locator(".missing").get_by_role("link", name="税后年收入").click()
    page.locator("[name=annual_income]:focus").wait_for()
    page.keyboard.type("35万")
    page.get_by_text("没有改动的内容也已核实").click()
    page.keyboard.press("Enter")
    page.get_by_text("档案已保存").wait_for()
    assert page.locator(".missing").get_by_role("link", name="税后年收入").count() == 0
    page.locator("#file-annual_income + a").click()
    page.locator("#dialog").get_by_text("核对客户身份").click()
    page.locator("#dialog").get_by_role("button", name="查看").click()
    page.get_by_text("350,000.00元").wait_for()


def test_a_channel_that_is_not_wanted_stands_at_the_head(world, as_staff):
    customer = world.customer("张伟")
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/?tab=archive")
    page.locator(".refused-channels").get_by_role("link", name="登记").click()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_text("短信", exact=True).click()
    dialog.locator("[name=reason]").fill("收到太多广告")
    look(page)
    shoot(page, "refused-channel")
    dialog.get_by_role("button", name="保存").click()
    page.locator(".customer-header").get_by_text("不接受短信").wait_for()
    page.get_by_role("button", name="取消登记").click()
    page.locator("#confirm[open], dialog[open]").get_by_role("button", name="取消登记").click()
    page.get_by_text("已取消").wait_for()
    assert page.locator(".customer-header").get_by_text("不接受短信").count() == 0


def test_a_family_and_what_is_kept_elsewhere(world, as_staff):
    husband = world.customer("张伟", aum=300_000)
    wife = world.customer("李梅", sex="female", aum=1_200_000, tier="PLATINUM")
    for customer, sort_name in ((husband, "zhang wei"), (wife, "li mei")):
        Customer.objects.unscoped("test").filter(pk=customer.pk).update(sort_name=sort_name)
        rebuild_search_keys([customer])
    for relation, name, born in (
        ("spouse", "李梅", "1982-05-06"),
        ("child", "张小明", "2015-03-04"),
        ("parent", "张老", "1950-01-02"),
    ):
        save_person(
            by=world.rm, customer=husband, relation=relation, name=name, birth_date=date.fromisoformat(born),
            is_dependent=relation != "spouse", education_stage="primary" if relation == "child" else "",
        )  # fmt: skip
    save_person(by=world.rm, customer=husband, relation="introducer", name="王老师")
    page = as_staff(world.rm)
    page.goto(f"/customers/{husband.public_id}/?tab=family")
    page.get_by_role("link", name="并入家庭").click()
    dialog = page.locator("#dialog[open]")
    dialog.locator(".ts-control input").click()
    dialog.locator(".ts-control input").type("李梅")
    dialog.locator(".ts-dropdown").get_by_text("李梅").click()
    dialog.locator("[name=role]").select_option("spouse")
    dialog.locator("[name=person]").select_option(label="李梅（配偶）")
    shoot(page, "household-join")
    look(page)
    dialog.get_by_role("button", name="保存").click()
    page.locator("#household-title").get_by_text("2位客户").wait_for()
    shoot(page, "household")
    look(page)
    page.goto(f"/customers/{husband.public_id}/?tab=accounts")
    for bank, amount in (("工商银行", "45万"), ("招商银行", "80万")):
        page.locator("#external-title + a").click()
        dialog = page.locator("#dialog[open]")
        dialog.locator("[name=bank]").fill(bank)
        dialog.locator("[name=category]").select_option("term_deposit")
        dialog.locator("[name=amount]").fill(amount)
        dialog.locator("[name=matures_on]").fill("2027-03-01")
        dialog.get_by_role("button", name="保存").click()
        page.get_by_role("row", name=bank).wait_for()
    page.get_by_text("19.4%").wait_for()
    page.locator("[data-chart=chart-purse-data] canvas").wait_for()
    shoot(page, "elsewhere")
    look(page)
