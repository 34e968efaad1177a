"""Forms that open over a page: a refused one comes back without a complaint of the page's policy."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refused_form_whose_box_was_drawn_larger_breaks_no_policy(world, as_staff):
    """The browser writes the new size into a style attribute, which must not be copied onto what comes in."""
    customer = world.customer()
    page = as_staff(world.rm)
    page.goto(f"/customers/{customer.public_id}/")
    page.locator(".customer-header").get_by_role("link", name="记一笔").click()
    box = page.locator("#drawer-body textarea").first
    box.wait_for()
    box.evaluate("box => { box.style.height = '14rem'; }")
    with page.expect_response(lambda answer: answer.status == 422):
        page.locator("#drawer-body form button[type=submit]").last.click()
    page.locator("#drawer-body .error-summary").wait_for()
    assert "style" not in (page.locator("#drawer-body textarea").first.evaluate("box => box.getAttributeNames()"))
