"""客户360: what the page says, to whom, in how many statements."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.enums import CustomerStatus, ProductCategory, Strategy
from customers.models import Account, Holding, MonthlyBalance, Person, Product, TierChange
from customers.queries.page import TABS
from customers.services.archive import update_customer
from customers.services.identifiers import reveal
from customers.services.strategy import change_strategy
from tests.customers.views.conftest import CARD, SECRETS
from tests.world import TODAY


def address(customer, query: str = "") -> str:
    return reverse("customers:customer_page", args=[customer.public_id]) + query


@pytest.fixture
def history(world, customer):
    """Thirteen months, twenty accounts, thirty holdings, and as many changes."""
    product = Product.objects.create(code="W", name="安享理财", category=ProductCategory.WEALTH, risk="R2")
    for n in range(13):
        month = date(2025, 10, 1) if n == 0 else date(2025 + (n + 9) // 12, (n + 9) % 12 + 1, 1)
        MonthlyBalance.objects.create(
            customer=customer, unit=customer.unit, month=month, average=Decimal(100_000 + n), closing=100_000 + n
        )
    for n in range(20):
        account = Account.objects.create(
            customer=customer, unit=customer.unit, product=product, reference=f"W{n}", opened_on=TODAY, balance=1000
        )
        Holding.objects.create(
            customer=customer, unit=customer.unit, account=account, product=product, reference=f"H{n}", amount=1000,
            bought_on=TODAY, matures_on=TODAY + timedelta(days=n),
        )  # fmt: skip
    for strategy in (Strategy.INTENSIVE, Strategy.ACTIVE) * 3:
        change_strategy(by=world.rm, customer=customer, strategy=strategy, reason=f"调整为{strategy}")


def test_the_head_says_who_and_how_to_reach_them(world, customer, sign_in):
    page = sign_in(world.rm).get(address(customer)).content.decode()
    for text in ("欧阳修远", "先生", "金卡客户", "主动", "139****1234", "林悦", "东城网点"):
        assert text in page
    for name in ("customers:customer_edit", "customers:strategy_change"):
        assert reverse(name, args=[customer.public_id]) in page


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_shows_an_identifier_in_the_clear(world, customer, sign_in, tab):
    for persona in ("rm", "supervisor", "outlet_head", "head_office_staff"):
        response = sign_in(world.people[persona]).get(address(customer, f"?tab={tab}"))
        assert response.status_code == 200
        assert not [secret for secret in SECRETS if secret in response.content.decode()]


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_swapped_in_equals_the_page_reloaded(world, customer, history, sign_in, htmx, tab):
    client = sign_in(world.rm)
    texts = [client.get(address(customer, f"?tab={tab}"), headers=headers).content.decode() for headers in (htmx, {})]
    part, whole = (re.sub('name="(form_key|csrfmiddlewaretoken)" value="[^"]+"', "", text) for text in texts)
    assert "<html" not in part
    assert part.strip() in whole


@pytest.mark.parametrize("tab", TABS)
def test_the_statements_do_not_grow_with_the_history(
    world, customer, sign_in, tab, django_assert_max_num_queries, request
):
    client = sign_in(world.rm)
    client.get(address(customer, f"?tab={tab}&list="))
    with django_assert_max_num_queries(15) as before:
        client.get(address(customer, f"?tab={tab}&list="))
    request.getfixturevalue("history")
    with django_assert_max_num_queries(15) as after:
        client.get(address(customer, f"?tab={tab}&list="))
    assert len(after) == len(before)


def test_accounts_holdings_and_twelve_months(world, customer, history, sign_in):
    response = sign_in(world.rm).get(address(customer, "?tab=accounts"))
    page = response.content.decode()
    assert f"**** {CARD[-4:]}" in page
    chart = response.context["chart"]
    assert [row[0] for row in chart.rows] == [f"{row.month:%Y-%m}" for row in response.context["months"]]
    assert len(chart.rows) == 12
    assert chart.rows[-1][0] == "2026-10"
    assert [share.label for share in response.context["shares"]] == ["活期存款", "理财"]
    assert sum(share.share for share in response.context["shares"]) == 1


def test_changes_are_strategy_tier_and_archive_and_only_leaders_see_who_looked(world, customer, history, sign_in):
    TierChange.objects.create(
        customer=customer, unit=customer.unit, before="GOLD", after="PLATINUM", reason="月日均达标",
        changed_at="2026-11-02T00:00Z",
    )  # fmt: skip
    reveal(by=world.rm, customer=customer, field="mobile", reason="核对客户身份")
    seen = {
        p: sign_in(world.people[p]).get(address(customer, "?tab=changes")).content.decode()
        for p in ("rm", "supervisor")
    }
    for page in seen.values():
        assert "金卡客户→白金客户" in page and "月日均达标" in page and "主动→积极" in page
        assert "欧***" in page and "子女 欧***" in page
    assert "查看完整手机号码" in seen["supervisor"]
    assert "查看完整手机号码" not in seen["rm"]


def test_the_reason_of_no_contact_is_for_those_who_serve(world, customer, sign_in):
    customer.has_no_contact, customer.no_contact_reason = True, "妻子王丽来电说明"
    customer.save()
    seen = {
        who: sign_in(world.people[who]).get(address(customer)).content.decode() for who in ("rm", "head_office_staff")
    }
    assert "免打扰：妻子王丽来电说明" in seen["rm"]
    assert "免打扰" in seen["head_office_staff"] and "王丽" not in seen["head_office_staff"]


def test_the_managing_department_reads_masks_and_figures_only(world, customer, sign_in):
    client = sign_in(world.head_office_staff)
    for tab in TABS:
        page = client.get(address(customer, f"?tab={tab}")).content.decode()
        assert "欧***" in page
        for text in (
            "欧阳",
            "喜欢围棋",
            "书法",
            "修改档案",
            "调整策略",
            "查看完整信息",
            reverse("maintenance:contact_new"),
            "1980-06-15",
        ):
            assert text not in page
    assert list(client.get(address(customer)).context["tabs"]) == ["overview", "accounts", "changes"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"status": CustomerStatus.DECEASED}, "客户已故"),
        ({"has_no_contact": True, "no_contact_reason": "本人要求"}, "免打扰：本人要求"),
        ({"mourning_until": TODAY}, "治丧期至11月23日"),
        ({"next_contact_on": TODAY - timedelta(days=3)}, "逾期3天未联系"),
        ({"birth_date": date(1961, 11, 23)}, "年满65岁"),
        ({}, "未登记手机号码"),
    ],
)
def test_warnings(world, sign_in, fields, says):
    assert says in sign_in(world.rm).get(address(world.customer(**fields))).content.decode()


def test_no_warning_without_a_reason(world, customer, sign_in):
    customer.birth_date = date(1961, 11, 24)
    customer.save()
    assert sign_in(world.rm).get(address(customer)).context["warnings"] == []


@pytest.mark.parametrize("persona", ["colleague", "other_rm", "stranger", "other_supervisor"])
@pytest.mark.parametrize("tab", ["overview", "archive"])
def test_somebody_elses_customer_is_not_there(world, customer, sign_in, persona, tab):
    assert sign_in(world.people[persona]).get(address(customer, f"?tab={tab}")).status_code == 404


def test_an_unknown_tab_is_the_first_one(world, customer, sign_in):
    assert sign_in(world.rm).get(address(customer, "?tab=../etc")).context["tab"] == "overview"


def test_previous_and_next_follow_the_list_it_came_from(world, sign_in):
    one, two, three = (world.customer(f"王{n}", monthly_avg_daily_aum=n) for n in (3, 2, 1))
    client = sign_in(world.rm)
    context = client.get(address(two, "?list=")).context
    assert (context["previous"], context["next"]) == (one, three)
    context = client.get(address(two, "?list=sort%3Daverage")).context
    assert (context["previous"], context["next"]) == (three, one)
    context = client.get(address(two, "?list=average_min%3D2")).context
    assert (context["previous"], context["next"]) == (one, None)
    for query in ("", "?list=average_min%3D3", "?list=q%3D%25%26sort%3Dx%26after%3Dx"):
        context = client.get(address(two, query)).context
        assert (context["previous"], context["next"]) == (None, None)


def test_the_changes_tell_that_a_free_text_changed_and_not_its_length(world, customer, sign_in):
    update_customer(
        by=world.rm, customer=customer, version=customer.version,
        data={"interests": "围棋和太极", "mourning_until": date(2027, 1, 5)},
    )  # fmt: skip
    page = sign_in(world.rm).get(address(customer) + "?tab=changes").content.decode()
    assert "已修改（内容不在此显示）" in page
    assert not re.search(r"共\d+字", page)
    assert "2027年1月5日" in page
    assert "第2版" not in sign_in(world.rm).get(address(customer) + "?tab=archive").content.decode()


def test_the_overview_says_the_stage_of_life_and_why(world, sign_in):
    customer = world.customer("张伟", marital_status="married", birth_date=date(1986, 5, 1))
    Person.objects.create(
        customer=customer, unit=customer.unit, relation="child", name="张小", birth_date=date(2018, 3, 1)
    )
    address = reverse("customers:customer_page", args=[customer.public_id])
    page = sign_in(world.rm).get(address).content.decode()
    assert "家庭成长期" in page and "已婚，最小子女8岁" in page
    figures = sign_in(world.people["head_office_staff"]).get(address).content.decode()
    assert "家庭成长期" not in figures and "最小子女" not in figures
    unknown = world.customer("李娜", marital_status="unknown")
    page = sign_in(world.rm).get(reverse("customers:customer_page", args=[unknown.public_id])).content.decode()
    assert "登记出生日期、婚姻和子女后自动推算" in page
