"""引荐 on the 360 page."""

import pytest
from django.urls import reverse

from customers.models import Referral

SAID = {"who": "lead", "name": "李梅", "mobile": "13800138000", "referred_on": "2026-11-23", "note": "同事，想了解存单"}


def address(name: str, customer, *more: str) -> str:
    return reverse(f"customers:{name}", args=[customer.public_id, *more])


def tab(client, customer) -> str:
    return client.get(address("customer_page", customer) + "?tab=referrals").content.decode()


def test_a_lead_is_noted_called_and_joined(world, customer, sign_in, htmx):
    client = sign_in(world.rm)
    assert "还没有引荐过别人" in tab(client, customer)
    client.post(address("referral_add", customer), SAID)
    page = tab(client, customer)
    assert "李梅" in page
    assert "138****8000" in page
    assert "13800138000" not in page
    referral = Referral.objects.get()
    phone = client.post(address("referral_phone", customer, referral.public_id), headers=htmx).content.decode()
    assert 'href="tel:13800138000"' in phone
    new = world.customer("李梅")
    assert client.post(address("referral_link", customer, referral.public_id), {}).status_code == 422
    client.post(address("referral_link", customer, referral.public_id), {"referred": new.public_id})
    page = tab(client, customer)
    assert reverse("customers:customer_page", args=[new.public_id]) in page
    assert "欧阳修远" in tab(client, new)


def test_a_customer_is_chosen_within_the_scope(world, customer, sign_in):
    client = sign_in(world.rm)
    known, theirs = world.customer("赵强"), world.customer("王芳", manager=world.stranger)
    said = SAID | {"who": "customer", "name": "", "mobile": ""}
    assert client.post(address("referral_add", customer), said | {"referred": theirs.public_id}).status_code == 422
    client.post(address("referral_add", customer), said | {"referred": known.public_id})
    assert Referral.objects.get().referred == known


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "请填写被引荐人的姓名"),
        ({"mobile": ""}, "请填写被引荐人的手机号码"),
        ({"mobile": "12345"}, "手机号码应为11位"),
        ({"name": "李😀"}, "姓名中不能有"),
        ({"name": "李" * 61}, "最多60个字"),
        ({"who": "customer"}, "请选择被引荐的客户"),
        ({"who": "x"}, "选项已失效"),
        ({"referred_on": "2027-01-01"}, "不能晚于今天"),
    ],
)
def test_a_bad_referral_is_refused_with_what_was_typed(world, customer, sign_in, htmx, typed, sentence):
    response = sign_in(world.rm).post(address("referral_add", customer), SAID | typed, headers=htmx)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "同事，想了解存单" in page
    assert not Referral.objects.exists()


def test_withdrawn_with_a_reason(world, customer, sign_in):
    client = sign_in(world.rm)
    client.post(address("referral_add", customer), SAID)
    referral = Referral.objects.get()
    assert client.post(address("referral_withdraw", customer, referral.public_id), {"reason": ""}).status_code == 422
    client.post(address("referral_withdraw", customer, referral.public_id), {"reason": "登记错人"})
    assert "还没有引荐过别人" in tab(client, customer)
    assert client.post(address("referral_phone", customer, referral.public_id)).status_code == 404


def test_pressed_twice_it_is_noted_once(world, customer, sign_in):
    client = sign_in(world.rm)
    for _ in range(2):
        client.post(address("referral_add", customer), SAID | {"form_key": "k1"})
    assert Referral.objects.count() == 1
