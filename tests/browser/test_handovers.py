"""客户移交 in a real browser: proposed, signed by both, confirmed, printed, undone."""

from decimal import Decimal

import pytest

from customers.enums import Tier
from customers.models import Customer
from customers.services.handovers import draft_handover, submit_handover
from maintenance.services.appointments import book_appointment
from tests.browser.conftest import look, shoot
from tests.world import TODAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def managers() -> set[str]:
    return set(Customer.objects.unscoped("test").values_list("manager__name", flat=True))


def press(page, name: str, label: str) -> None:
    page.locator(".page-actions").get_by_role("button", name=name).click()
    page.locator("#confirm").get_by_role("button", name=label).click()


def test_from_the_proposal_to_the_paper_and_back(world, as_staff):
    for number, (name, tier) in enumerate((("张伟", Tier.DIAMOND), ("李娜", Tier.PLATINUM), ("王芳", Tier.GOLD))):
        customer = world.customer(name, tier=tier, aum=Decimal(3_000_000 - 900_000 * number))
    world.customer("陈静", manager=world.colleague)
    book_appointment(
        by=world.rm, customer=customer, day=TODAY.replace(day=26), channel="meeting", matter="大额存单续存"
    )
    giver = as_staff(world.rm)
    giver.goto("/customers/handovers/")
    look(giver)
    shoot(giver, "handover-empty")
    giver.get_by_role("link", name="发起移交").first.click()
    giver.get_by_text("调岗", exact=True).click()
    giver.get_by_text("周航 1003", exact=False).click()
    giver.get_by_text("沈静 1002", exact=False).click()
    look(giver)
    shoot(giver, "handover-new")
    giver.get_by_role("button", name="下一步").click()
    giver.get_by_text("第2步").wait_for()
    giver.locator("canvas").first.wait_for()
    giver.locator("[name=customers]").first.check()
    look(giver)
    shoot(giver, "handover-arrange")
    giver.locator("[name=taker]").select_option(label="周航")
    giver.get_by_role("button", name="改由此人接收").click()
    giver.locator("[name=customers]").first.wait_for()
    for box in giver.locator("[name=customers]").all():
        box.check()
    giver.locator("[name=taker]").select_option(label="周航")
    giver.get_by_role("button", name="改由此人接收").click()
    giver.locator("[name=customers]:not(:checked)").first.wait_for()
    press(giver, "提交签字", "提交")
    giver.get_by_text("等待周航签字").wait_for()

    taker = as_staff(world.colleague, "phone", "dark")
    taker.goto("/customers/handovers/")
    taker.locator("td a").first.click()
    look(taker)
    shoot(taker, "handover-sign-phone")
    press(taker, "签字", "签字")
    taker.get_by_text("等待沈静确认").wait_for()

    boss = as_staff(world.supervisor)
    boss.goto("/customers/handovers/")
    look(boss)
    shoot(boss, "handovers")
    boss.locator("td a").first.click()
    press(boss, "确认移交", "确认移交")
    boss.locator(".tag-good", has_text="已完成").wait_for()
    look(boss)
    shoot(boss, "handover-done")
    assert managers() == {"周航"}

    boss.get_by_role("link", name="交接清单").click()
    boss.get_by_text("大额存单续存").wait_for()
    look(boss)
    shoot(boss, "handover-list")
    boss.emulate_media(media="print")
    shoot(boss, "handover-paper")
    boss.emulate_media(media="screen")
    boss.go_back()
    press(boss, "撤销移交", "撤销移交")
    boss.locator(".tag-bad", has_text="已撤销").wait_for()
    assert managers() == {"林悦", "周航"}


def test_sent_back_in_a_dialog(world, as_staff):
    world.customer("张伟")
    handover = draft_handover(
        by=world.supervisor, giver=world.rm, takers=[world.colleague], reason="balance", starts_on=TODAY
    )
    submit_handover(by=world.supervisor, handover=handover)
    page = as_staff(world.colleague)
    page.goto(f"/customers/handovers/{handover.public_id}/")
    page.get_by_role("link", name="退回").click()
    page.locator("#dialog[open] [name=reason]").fill("管户已满")
    look(page)
    page.locator("#dialog[open]").get_by_role("button", name="退回").click()
    page.get_by_text("退回理由：管户已满").wait_for()
    shoot(page, "handover-declined")
