"""合规 in a real browser: what a customer may be offered, agreed to, and has handed in."""

from datetime import timedelta

import pytest

from customers.services.suitability import record_assessment
from tests.browser.conftest import look, shoot
from tests.customers.documents.files import png
from tests.world import TODAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_a_risk_test_is_recorded_and_set_aside(world, as_staff):
    customer = world.customer("张伟")
    for name, days in (("李娜", 350), ("王芳", 340)):
        record_assessment(
            by=world.rm, customer=world.customer(name), level="C2", assessed_on=TODAY - timedelta(days=days)
        )
    page = as_staff(world.rm)
    page.goto("/customers/")
    page.get_by_role("button", name="专题").click()
    page.get_by_role("link", name="风险测评").click()
    page.locator("tbody tr", has_text="李娜").wait_for()
    look(page)
    shoot(page, "risk-watch")
    page.get_by_role("link", name="未测评").click()
    page.locator("tbody tr", has_text="张伟").get_by_role("link", name="查看").click()
    page.get_by_role("link", name="登记测评").click()
    page.locator("#dialog").get_by_text("C3 平衡型").click()
    page.get_by_role("button", name="登记").click()
    page.get_by_text("确认后请勾选").first.wait_for()
    look(page)
    shoot(page, "risk-refused")
    page.get_by_label("问卷由客户本人作答").check()
    page.get_by_role("button", name="登记").click()
    page.get_by_text("还有365天").wait_for()
    look(page)
    shoot(page, "compliance-risk")
    page.get_by_role("link", name="客户情况有重大变化").click()
    page.locator("#dialog").get_by_text("收入发生重大变化").click()
    page.locator("#dialog").get_by_role("button", name="登记失效").click()
    page.get_by_text("测评已失效").first.wait_for()
    look(page)
    shoot(page, "compliance-stale")
    assert customer.risk_assessments.get().stale_reason == "income"


def test_a_consent_is_given_and_taken_back(world, as_staff):
    customer = world.customer("张伟")
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/?tab=compliance")
    page.get_by_role("link", name="产品与活动推介").click()
    dialog = page.locator("#dialog")
    dialog.get_by_text("同意", exact=True).click()
    for channel in ("电话", "企业微信"):
        dialog.get_by_text(channel, exact=True).click()
    dialog.get_by_label("凭据").fill("授权书A-7")
    look(page)
    shoot(page, "consent-record")
    dialog.get_by_role("button", name="登记").click()
    page.locator(".consent-given").nth(1).wait_for()
    page.get_by_role("link", name="产品与活动推介").click()
    dialog.get_by_role("button", name="登记").click()
    page.locator(".consent-withdrawn").nth(1).wait_for()
    page.get_by_text("登记明细").click()
    look(page)
    shoot(page, "compliance-consents")
    page.set_viewport_size({"width": 360, "height": 780})
    shoot(page, "phone-compliance")


def test_a_paper_is_handed_in_looked_at_and_removed(world, as_staff, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    customer = world.customer("张伟")
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/?tab=compliance")
    page.get_by_role("link", name="身份证件").click()
    dialog = page.locator("#dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "大.pdf", "mimeType": "application/pdf", "buffer": bytes(11 * 1024 * 1024)}
    )
    dialog.get_by_text("文件超过10MB").wait_for()
    look(page)
    shoot(page, "document-too-large")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "身份证.png", "mimeType": "image/png", "buffer": png(640, 400)}
    )
    dialog.get_by_label("有效期至").fill("2036-01-01")
    dialog.get_by_role("button", name="存入").click()
    page.get_by_text("第1版，PNG").wait_for()
    look(page)
    shoot(page, "compliance-documents")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="查看").click()
    opened.value.wait_for_url("**/content/**")
    page.get_by_role("link", name="删除").click()
    dialog.get_by_label("删除理由").fill("传错了")
    look(page)
    dialog.get_by_role("button", name="删除").click()
    page.get_by_text("已删除身份证件第1版").wait_for()
    assert customer.documents.get().removed_at
