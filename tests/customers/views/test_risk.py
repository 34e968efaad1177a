"""风险测评 on the 360 page and its list."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from customers.models import Holding, Product, RiskAssessment
from customers.services.suitability import record_assessment
from tests.world import TODAY

SAID = {"level": "C3", "assessed_on": "2026-11-23", "place": "outlet", "note": "问卷A17", "is_own_answer": "on"}


def address(name: str, customer, query: str = "") -> str:
    return reverse(f"customers:{name}", args=[customer.public_id]) + query


def test_a_test_is_recorded_and_read(world, customer, sign_in):
    client = sign_in(world.rm)
    empty = client.get(address("customer_page", customer, "?tab=compliance")).content.decode()
    assert "还没有登记风险测评" in empty
    response = client.post(address("risk_assessment_add", customer), SAID)
    assert response.headers["Location"].endswith("?tab=compliance")
    page = client.get(response.headers["Location"]).content.decode()
    for text in ("C3 平衡型", "2027年11月23日", "还有365天", "问卷A17", "R4高于客户风险承受能力C3"):
        assert text in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"level": ""}, "请选择“风险承受能力”"),
        ({"level": "C9"}, "选项已失效"),
        ({"assessed_on": "2026-11-24"}, "不能晚于今天"),
        ({"assessed_on": "昨天"}, "不是有效的日期"),
        ({"is_own_answer": ""}, "测评须由客户本人作答"),
        ({"note": "长😀" * 101}, "最多200个字"),
    ],
)
def test_a_bad_test_is_refused_with_what_was_typed(world, customer, sign_in, htmx, typed, sentence):
    response = sign_in(world.rm).post(address("risk_assessment_add", customer), SAID | typed, headers=htmx)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not RiskAssessment.objects.exists()


def test_pressed_twice_it_is_recorded_once(world, customer, sign_in):
    client = sign_in(world.rm)
    for _ in range(2):
        client.post(address("risk_assessment_add", customer), SAID | {"form_key": "k1"})
    assert RiskAssessment.objects.count() == 1


def test_a_change_sets_it_aside_and_back(world, customer, sign_in):
    client = sign_in(world.rm)
    client.post(address("risk_assessment_add", customer), SAID)
    refused = client.post(address("risk_assessment_stale", customer), {"note": "退休"})
    assert refused.status_code == 422
    assert "退休" in refused.content.decode()
    client.post(address("risk_assessment_stale", customer), {"reason": "income", "note": "已退休"})
    page = client.get(address("customer_page", customer, "?tab=compliance")).content.decode()
    assert "收入发生重大变化，测评已失效：已退休" in page
    assert "重新测评前，不推介有风险的产品" in page
    client.post(address("risk_assessment_valid", customer))
    assert "已失效" not in client.get(address("customer_page", customer, "?tab=compliance")).content.decode()


def test_holdings_above_the_tolerance_are_named(world, customer, sign_in):
    record_assessment(by=world.rm, customer=customer, level="C2", assessed_on=TODAY)
    product = Product.objects.create(code="F1", name="成长混合基金", category="fund", risk="R4")
    Holding.objects.create(
        customer=customer, unit=customer.unit, product=product, reference="H1", amount=1, bought_on=TODAY
    )
    page = sign_in(world.rm).get(address("customer_page", customer, "?tab=compliance")).content.decode()
    assert "成长混合基金（R4）" in page


def test_the_list_says_who_and_masks_for_those_who_read_figures(world, customer, sign_in):
    record_assessment(by=world.rm, customer=customer, level="C2", assessed_on=TODAY - timedelta(days=350))
    watch = reverse("customers:risk_watch")
    assert "欧阳修远" in sign_in(world.rm).get(watch).content.decode()
    masked = sign_in(world.head_office_staff).get(watch).content.decode()
    assert "欧阳修远" not in masked
    assert "欧***" in masked
    assert "欧阳修远" not in sign_in(world.stranger).get(watch).content.decode()
    for which in ("expired", "stale", "untested", "nonsense"):
        assert sign_in(world.rm).get(watch, {"list": which}).status_code == 200


@pytest.mark.parametrize("which", ["expiring", "untested"])
def test_the_list_costs_the_same_for_one_and_three(world, sign_in, which, django_assert_num_queries):
    def another(n: int):
        customer = world.customer(f"客户{n}")
        if which == "expiring":
            record_assessment(by=world.rm, customer=customer, level="C2", assessed_on=date(2025, 12, n))

    client, watch = sign_in(world.rm), reverse("customers:risk_watch") + f"?list={which}"
    another(1)
    client.get(watch)
    with django_assert_num_queries(6) as one:
        assert client.get(watch).context["page"].count.value == 1
    another(2)
    another(3)
    with django_assert_num_queries(len(one)):
        assert client.get(watch).context["page"].count.value == 3
