"""One form key, one effect; the same key with something else in the form is asked about (RELIABILITY 4)."""

import re

import pytest
from django.urls import reverse

from customers.models import StrategyChange
from maintenance.models import ContactRecord
from organization.models import SubmittedForm

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world, sign_in):
    return sign_in(world.rm)


def contact(customer, **fields):
    return {
        "customer": customer.public_id, "channel": "phone", "outcome": "reached", "note": "老客户", "next_choice": "",
        "form_key": "k1",
    } | fields  # fmt: skip


def test_the_second_press_has_no_effect(world, desk):
    url, form = reverse("maintenance:contact_new"), contact(world.customer())
    first, second = desk.post(url, form), desk.post(url, form)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert ContactRecord.objects.count() == 1


def test_another_content_is_not_the_second_press(world, desk):
    """Back in the browser, another customer: not swallowed, not carried out unasked; asked, and then carried out."""
    url = reverse("maintenance:contact_new")
    desk.post(url, contact(world.customer("张伟")))
    other = contact(world.customer("李娜"), note="多出来的话<b>")
    answer = desk.post(url, other)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已经提交过一次" in page and "多出来的话&lt;b&gt;" in page
    assert ContactRecord.objects.count() == 1

    key = re.search(r'name="form_key" value="([\w-]{36})"', page)[1]
    typed = {
        name: value.replace("&lt;", "<").replace("&gt;", ">")
        for name, value in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S)
    }
    assert typed == {name: value for name, value in other.items() if name != "form_key"}
    assert desk.post(url, typed | {"form_key": key}).status_code == 302
    assert set(ContactRecord.objects.values_list("customer__name", flat=True)) == {"张伟", "李娜"}


def test_in_a_drawer_the_form_stays_and_gets_a_new_key(world, desk):
    url, customer = reverse("maintenance:contact_new"), world.customer()
    desk.post(url, contact(customer), headers=HTMX)
    answer = desk.post(url, contact(customer, note="又想起一句"), headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Reswap"] == "none"
    assert re.search(r'"form:rekey": \{"key": "[\w-]{36}"\}', answer["HX-Trigger"])
    assert ContactRecord.objects.count() == 1


def test_another_page_is_another_content(world, desk):
    customer = world.customer()
    desk.post(reverse("maintenance:contact_new"), contact(customer))
    url = reverse("customers:strategy_change", args=[customer.public_id])
    assert desk.post(url, {"strategy": "INTENSIVE", "reason": "资金将到期", "form_key": "k1"}).status_code == 422
    assert not StrategyChange.objects.exists()


def test_a_refused_form_may_use_its_key_again(world, desk):
    url, customer = reverse("maintenance:contact_new"), world.customer()
    assert desk.post(url, contact(customer, outcome="")).status_code == 422
    assert desk.post(url, contact(customer)).status_code == 302


def test_the_row_does_not_tell_what_was_typed(world, desk):
    desk.post(reverse("maintenance:contact_new"), contact(world.customer(), note="身份敏感内容"))
    row = SubmittedForm.objects.get()
    assert "身份敏感内容" not in f"{row.answer} {row.content} {row.path}"
    assert re.fullmatch(r"[0-9a-f]{32}", row.content)
