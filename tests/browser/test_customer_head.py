"""The head of a customer's page and what was said last, in a real browser."""

import pytest

from customers.services.identifiers import set_identifiers
from maintenance.enums import ContactOutcome
from maintenance.services.contacts import record_contact
from tests.browser.conftest import look
from tests.maintenance.conftest import moment
from tests.world import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_head_leads_to_phone_and_appointment_and_the_overview_tells_the_last_contact(world, as_staff):
    customer = world.customer()
    set_identifiers(customer, mobile="13912341234")
    customer.save()
    for hour, note in ((9, "早上的话"), (10, "最近的话")):
        record_contact(
            by=world.rm, customer=customer, channel="phone", outcome=ContactOutcome.REACHED,
            happened_at=moment(TODAY, hour - 1), note=note,
        )  # fmt: skip
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/")
    page.get_by_text("最近的话").wait_for()
    assert page.get_by_text("早上的话").count() == 0
    look(page)
    page.get_by_role("link", name="电话", exact=True).click()
    page.locator("#dialog").get_by_text("电话联系客户").wait_for()
    page.locator("#dialog .btn-close").click()
    page.get_by_role("link", name="登记预约").click()
    page.locator("#drawer-body form").wait_for()
