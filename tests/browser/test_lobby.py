"""大堂速查 in a real browser, on the counter's tablet and on a phone: found, read, handed over in three taps."""

from datetime import timedelta

import pytest

from customers.models import Holding, ImportantDate, Product
from customers.services.archive import create_customer
from maintenance.models import MaintenanceTask
from maintenance.services.walk_ins import write_counter_note
from tests.browser.conftest import look, shoot
from tests.world import TODAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def test_received_in_three_taps(world, as_staff):
    for name in ("张伟", "张薇", "章威"):
        customer = create_customer(
            by=world.rm, data={"name": name, "sex": "female", "birth_date": TODAY.replace(year=1980)}
        )
    product = Product.objects.create(code="T1", name="定期", category="term_deposit")
    Holding.objects.create(
        customer=customer, unit=customer.unit, product=product, reference="H1", amount=300_000, bought_on=TODAY,
        matures_on=TODAY + timedelta(days=9),
    )  # fmt: skip
    ImportantDate.objects.unscoped("test").update(next_on=TODAY)
    write_counter_note(by=world.rm, customer=customer, text="请她到理财室坐坐，新的存单利率表已到", valid_until=TODAY)
    page = as_staff(world.lobby)
    page.goto("/")
    look(page)
    shoot(page, "lobby-home")
    page.get_by_role("link", name="大堂速查").first.click()
    page.wait_for_url("**/lobby/")
    page.get_by_label("手机尾号四位").press_sequentially("zhangwei")
    page.locator(".lobby-person").nth(2).wait_for()
    look(page)
    shoot(page, "lobby")
    page.locator(".lobby-person", has_text="章威").click()
    page.get_by_text("请先道一声生日快乐").wait_for()
    look(page)
    shoot(page, "quick-card")
    page.set_viewport_size({"width": 360, "height": 780})
    shoot(page, "phone-quick-card")
    page.get_by_role("button", name="请客户经理接待").click()
    page.get_by_text("请选择“来办什么事”").first.wait_for()
    look(page)
    page.get_by_text("理财咨询", exact=True).click()
    page.get_by_role("button", name="请客户经理接待").click()
    page.get_by_text("已请林悦接待").wait_for()
    look(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    shoot(page, "lobby-received")
    assert MaintenanceTask.objects.unscoped("test").filter(kind="walk_in", owner=world.rm, customer=customer).exists()


def test_the_manager_leaves_a_word_for_the_lobby(world, as_staff):
    customer = world.customer("张伟")
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/")
    page.get_by_role("link", name="大堂提示").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("提示").fill("定期30万到期")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("不要写金额").first.wait_for()
    look(page)
    shoot(page, "counter-note")
    dialog.get_by_label("提示").fill("请她到理财室坐坐")
    dialog.get_by_role("button", name="保存").click()
    page.get_by_text("大堂提示已保存").wait_for()
    assert customer.counter_note.text == "请她到理财室坐坐"
