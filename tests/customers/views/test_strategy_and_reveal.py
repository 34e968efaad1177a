"""调整策略 and 查看完整信息 in the browser."""

import pytest
from django.urls import reverse

from customers.enums import CustomerStatus
from customers.models import Customer, StrategyChange
from organization.models import AuditEvent, Parameter
from organization.parameters import forget
from tests.customers.services.test_archive import ADDRESS, EMAIL, ID, MOBILE
from tests.world import TODAY

PLAIN = {"id_number": ID, "mobile": MOBILE, "address": ADDRESS, "email": EMAIL}
REASON = {"reason": "核对客户身份"}


def strategy_of(customer) -> str:
    return reverse("customers:strategy_change", args=[customer.public_id])


def reveal_of(customer, field: str = "mobile", query: str = "") -> str:
    return reverse("customers:reveal_field", args=[customer.public_id, field]) + query


# strategy


def test_the_dialog_shows_what_each_strategy_asks_for(world, customer, sign_in, htmx):
    page = sign_in(world.rm).get(strategy_of(customer), headers=htmx).content.decode()
    assert "<html" not in page
    for text in ("金卡客户，现为主动", "会面 每6个月", "电话 每月", "会面 每12个月", "会面 不设频度", "电话 每3个月"):
        assert text in page


def test_a_change_takes_effect_at_once(world, customer, sign_in, htmx):
    response = sign_in(world.rm).post(
        strategy_of(customer), {"strategy": "INTENSIVE", "reason": "资金将到期"}, headers=htmx
    )
    assert response.headers["HX-Redirect"] == reverse("customers:customer_page", args=[customer.public_id])
    assert Customer.objects.get(pk=customer.pk).strategy == "INTENSIVE"
    assert StrategyChange.objects.get().reason == "资金将到期"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"strategy": "INTENSIVE"}, "请填写“理由”"),
        ({"strategy": "INTENSIVE", "reason": "长" * 201}, "最多200个字，现在有201个"),
        ({"strategy": "LAZY", "reason": "客户要求"}, "选项已失效"),
        ({"strategy": "ACTIVE", "reason": "客户要求"}, "现在就是主动的维护策略"),
    ],
)
def test_a_refused_change_keeps_the_reason(world, customer, sign_in, htmx, typed, sentence):
    response = sign_in(world.rm).post(strategy_of(customer), typed, headers=htmx)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page and typed.get("reason", "") in page
    assert not StrategyChange.objects.exists()


def test_two_presses_are_one_change(world, customer, sign_in, htmx):
    client = sign_in(world.rm)
    data = {"strategy": "INTENSIVE", "reason": "资金将到期", "form_key": "a" * 36}
    for _ in range(2):
        assert client.post(strategy_of(customer), data, headers=htmx).status_code < 300
    assert StrategyChange.objects.count() == 1


@pytest.mark.parametrize(
    ("persona", "status"), [("supervisor", 200), ("colleague", 404), ("outlet_head", 403), ("head_office_staff", 403)]
)
def test_who_may_change_the_strategy(world, customer, sign_in, persona, status):
    assert sign_in(world.people[persona]).get(strategy_of(customer)).status_code == status


def test_no_strategy_for_somebody_no_longer_served(world, customer, sign_in):
    customer.status = CustomerStatus.DECEASED
    customer.save()
    assert sign_in(world.rm).get(strategy_of(customer)).status_code == 403


# revealing


@pytest.mark.parametrize("field", PLAIN)
def test_a_reading_shows_the_value_for_thirty_seconds(world, customer, sign_in, htmx, field):
    response = sign_in(world.rm).post(reveal_of(customer, field, "?place=file"), REASON, headers=htmx)
    part = response.content.decode()
    assert PLAIN[field] in part and 'data-seconds="30"' in part and f'id="file-{field}"' in part
    assert "overlay:close" in response.headers["HX-Trigger"]
    assert response.headers["Cache-Control"] == "private, no-store" or "no-store" in response.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="reveal")
    assert (event.after, event.reason) == ({"field": field}, "核对客户身份")


def test_without_scripts_it_is_a_page(world, customer, sign_in):
    page = sign_in(world.rm).post(reveal_of(customer), REASON).content.decode()
    assert MOBILE in page and "<html" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({}, "请选择“查看理由”"), ({"reason": "其他"}, "请写明查看理由"), ({"reason": "好奇"}, "选项已失效")],
)
def test_no_reason_no_value(world, customer, sign_in, htmx, typed, sentence):
    response = sign_in(world.rm).post(reveal_of(customer), typed, headers=htmx)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert MOBILE not in response.content.decode()
    assert response.headers["HX-Retarget"] == "#dialog-body"
    assert not AuditEvent.objects.filter(action="reveal").exists()


def test_asking_shows_the_mask_and_what_is_left_of_the_day(world, customer, sign_in):
    client = sign_in(world.rm)
    client.post(reveal_of(customer), REASON)
    page = client.get(reveal_of(customer)).content.decode()
    assert MOBILE not in page and "139****1234" in page and "今日还可查看49次" in page


def test_the_quota_of_the_day(world, customer, sign_in, htmx):
    Parameter.objects.create(code="reveal_daily_quota", effective_from=TODAY, value=1, source="测试")
    forget()
    client = sign_in(world.rm)
    assert MOBILE in client.post(reveal_of(customer), REASON, headers=htmx).content.decode()
    response = client.post(reveal_of(customer), REASON, headers=htmx)
    assert response.status_code == 422
    assert "已达1次上限" in response.content.decode() and MOBILE not in response.content.decode()
    assert AuditEvent.objects.filter(action="denied", object_id=customer.public_id).count() == 1


@pytest.mark.parametrize(
    ("persona", "status"),
    [("supervisor", 200), ("outlet_head", 200), ("branch_head", 200), ("colleague", 404), ("stranger", 404),
     ("head_office_staff", 403), ("teller", 403), ("auditor", 403)],
)  # fmt: skip
def test_who_may_reveal(world, customer, sign_in, htmx, persona, status):
    response = sign_in(world.people[persona]).post(reveal_of(customer), REASON, headers=htmx)
    assert response.status_code == status
    assert (MOBILE in response.content.decode()) is (status == 200)


@pytest.mark.parametrize("field", ["name", "public_id", "password", "id_number_index"])
def test_nothing_else_can_be_asked_for(world, customer, sign_in, field):
    assert sign_in(world.rm).post(reveal_of(customer, field), REASON).status_code == 404
