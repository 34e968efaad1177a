"""授权同意 on the 360 page."""

import pytest
from django.urls import reverse

from customers.models import Consent

SAID = {
    "answer": "given", "channels": ["phone", "wecom"], "happened_on": "2026-11-23", "obtained_by": "signed",
    "evidence": "授权书A-7",
}  # fmt: skip


def address(customer, purpose: str = "marketing") -> str:
    return reverse("customers:consent_record", args=[customer.public_id, purpose])


def tab(client, customer) -> str:
    return client.get(
        reverse("customers:customer_page", args=[customer.public_id]) + "?tab=compliance"
    ).content.decode()


def test_given_and_taken_back(world, customer, sign_in):
    client = sign_in(world.rm)
    assert "还没有登记过" in tab(client, customer)
    client.post(address(customer), SAID)
    page = tab(client, customer)
    assert page.count("check-lg") == 2
    assert "授权书A-7" in page
    form = client.get(address(customer)).context["form"]
    assert form.initial == {"answer": "withdrawn", "channels": ["phone", "wecom"]}
    client.post(address(customer), SAID | {"answer": "withdrawn", "channels": ["wecom"], "evidence": ""})
    page = tab(client, customer)
    assert (page.count("check-lg"), page.count("x-lg")) == (1, 1)


def test_a_purpose_without_channels_and_one_that_is_not(world, customer, sign_in):
    client = sign_in(world.rm)
    assert "单独" in client.get(address(customer, "health")).content.decode()
    client.post(address(customer, "health"), SAID)
    assert Consent.objects.get().channel == ""
    assert client.get(address(customer, "nonsense")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"answer": ""}, "请选择“客户的意思”"),
        ({"channels": []}, "请选择适用的联系方式"),
        ({"channels": ["pigeon"]}, "选项已失效"),
        ({"evidence": ""}, "凭据请写明"),
        ({"happened_on": "2027-01-01"}, "不能晚于今天"),
        ({"evidence": "证" * 201}, "最多200个字"),
    ],
)
def test_a_bad_answer_is_refused_with_what_was_typed(world, customer, sign_in, htmx, typed, sentence):
    response = sign_in(world.rm).post(address(customer), SAID | typed, headers=htmx)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Consent.objects.exists()


def test_pressed_twice_it_is_recorded_once(world, customer, sign_in):
    client = sign_in(world.rm)
    for _ in range(2):
        client.post(address(customer), SAID | {"form_key": "k1"})
    assert Consent.objects.count() == 2  # two channels
