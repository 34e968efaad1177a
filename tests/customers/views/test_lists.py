"""我的客户: the right rows in the right order for the right person, in a fixed number of statements."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse

from customers.enums import CustomerStatus, Strategy, Tier
from customers.naming import sort_pinyin
from customers.services.archive import rebuild_search_keys
from tests.customers.views.conftest import SECRETS
from tests.world import TODAY
from ui.saved_views import save_view

LIST = reverse("customers:customer_list")
FILTERS = reverse("customers:customer_filters")
ALL_COLUMNS = "?columns=strategy,average,aum,last,next,mobile,manager,unit"


def names(response) -> list[str]:
    return [row.name for row in response.context["list"]]


@pytest.fixture
def rows(world):
    day = TODAY + timedelta(days=2)
    customers = [
        world.customer("丁一", tier=Tier.PRIVATE, monthly_avg_daily_aum=Decimal("7000000"), next_contact_on=day),
        world.customer("丁二", tier=Tier.GOLD, strategy=Strategy.INTENSIVE, monthly_avg_daily_aum=Decimal("120000"),
                       next_contact_on=TODAY - timedelta(days=1), last_contact_on=TODAY - timedelta(days=30)),
        world.customer("丁三", tier=Tier.PLATINUM, monthly_avg_daily_aum=Decimal("900000"),
                       next_contact_on=TODAY + timedelta(days=30), last_contact_on=TODAY,
                       birth_date=TODAY.replace(year=1975, month=3)),
        world.customer("丁四", status=CustomerStatus.CLOSED),
        world.customer("周的", manager=world.colleague),
        world.customer("邓的", manager=world.other_rm),
    ]  # fmt: skip
    rebuild_search_keys(customers)
    for customer in customers:
        customer.sort_name = sort_pinyin(customer.name)
        customer.save()
    return customers


def test_an_rm_sees_the_own_active_customers_wealthiest_first(world, rows, sign_in):
    response = sign_in(world.rm).get(LIST)
    assert names(response) == ["丁一", "丁三", "丁二"]
    assert response.context["list"].count.value == 3
    assert "我的客户" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?contact=overdue", ["丁二"]),
        ("?contact=week", ["丁一"]),
        ("?tier=PRIVATE&tier=PLATINUM", ["丁一", "丁三"]),
        ("?strategy=INTENSIVE", ["丁二"]),
        ("?average_min=50万", ["丁一", "丁三"]),
        ("?average_max=900000", ["丁二"]),
        ("?birth_month=3", ["丁三"]),
        ("?status=closed", ["丁四"]),
        ("?status=all", ["丁一", "丁三", "丁四", "丁二"]),
        ("?q=ding", ["丁一", "丁三", "丁二"]),
        ("?q=dinger", ["丁二"]),
        ("?q=没有", []),
        ("?sort=name", ["丁二", "丁三", "丁一"]),
        ("?sort=next", ["丁二", "丁一", "丁三"]),
        ("?sort=last", ["丁二", "丁三", "丁一"]),
        ("?sort=-last", ["丁三", "丁二", "丁一"]),
        ("?sort=average", ["丁二", "丁三", "丁一"]),
        # What is not on offer changes nothing.
        ("?sort=mobile_index", ["丁一", "丁三", "丁二"]),
        ("?tier=KING&average_min=viel&birth_month=13&contact=x", ["丁一", "丁三", "丁二"]),
        ("?manager=1003", ["丁一", "丁三", "丁二"]),
    ],
)
def test_filters_and_orders(world, rows, sign_in, query, expected):
    assert names(sign_in(world.rm).get(LIST + query)) == expected


@pytest.mark.parametrize(
    ("persona", "query", "expected"),
    [
        ("supervisor", "", {"丁一", "丁二", "丁三", "周的"}),
        ("supervisor", "?manager=1003", {"周的"}),
        ("supervisor", "?manager=1101", {"丁一", "丁二", "丁三", "周的"}),
        ("outlet_head", "", {"丁一", "丁二", "丁三", "周的"}),
        ("branch_head", "", {"丁一", "丁二", "丁三", "周的", "邓的"}),
        ("branch_head", "?unit=1102", {"邓的"}),
        ("branch_head", "?unit=2100", {"丁一", "丁二", "丁三", "周的", "邓的"}),
        ("head_office_staff", "?unit=1100", {"丁一", "丁二", "丁三", "周的", "邓的"}),
        ("stranger", "", set()),
    ],
)
def test_whose_rows_and_whose_choices(world, rows, sign_in, persona, query, expected):
    assert set(names(sign_in(world.people[persona]).get(LIST + query))) == expected


def test_head_office_reads_masks_and_cannot_order_or_search_by_what_they_hide(world, rows, sign_in):
    client = sign_in(world.head_office_staff)
    page = client.get(LIST + ALL_COLUMNS).content.decode()
    assert "丁*" in page
    assert not re.search("丁[一二三]", page)
    for query in ("?sort=name", "?sort=-name"):
        assert client.get(LIST + query).context["list"].sort == "-average"
    assert names(client.get(LIST + "?q=ding")) == []
    assert reverse("customers:customer_create") not in page


def test_nothing_stands_in_the_clear(world, customer, sign_in):
    for persona in ("rm", "supervisor", "outlet_head", "head_office_staff"):
        page = sign_in(world.people[persona]).get(LIST + ALL_COLUMNS).content.decode()
        assert "139****1234" in page
        assert not [secret for secret in SECRETS if secret in page]


@pytest.mark.parametrize("many", [1, 3, 25])
def test_as_many_statements_for_one_row_as_for_a_page(world, sign_in, many, django_assert_max_num_queries):
    for n in range(many):
        world.customer(f"王{n}")
    client = sign_in(world.branch_head)
    client.get(LIST)
    with django_assert_max_num_queries(10) as counted:
        response = client.get(LIST + ALL_COLUMNS)
    assert len(response.context["list"]) == many
    assert len(counted) == 7


def test_pages_by_key_show_everybody_once(world, sign_in):
    for n in range(60):
        world.customer(f"王{n:02d}", monthly_avg_daily_aum=Decimal(n // 3))
    client, seen, address = sign_in(world.rm), [], LIST
    while address:
        page = client.get(address).context["list"]
        seen += [row.pk for row in page]
        address = f"{LIST}?after={page.next_cursor}" if page.next_cursor else ""
    assert len(seen) == len(set(seen)) == 60


def test_a_swap_equals_the_reload(world, rows, sign_in, htmx):
    client = sign_in(world.rm)
    for query in ("", "?tier=GOLD", "?q=没有"):
        part = client.get(LIST + query, headers=htmx).content.decode().strip()
        whole = client.get(LIST + query).content.decode()
        without_keys = [
            re.sub('name="form_key" value="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"', "", text)
            for text in (part, whole)
        ]
        assert "<html" not in part
        assert without_keys[0] in without_keys[1]


def test_a_saved_view_is_a_tab(world, rows, sign_in):
    save_view(owner=world.rm, page="customers:customer_list", name="大客户", query="tier=PRIVATE")
    page = sign_in(world.rm).get(LIST + "?tier=PRIVATE").content.decode()
    assert re.search('aria-current="page">大客户', page)


def test_an_empty_list_offers_the_next_step(world, sign_in):
    page = sign_in(world.rm).get(LIST).content.decode()
    assert "还没有客户" in page and reverse("customers:customer_create") in page
    assert "没有符合条件的客户" in sign_in(world.rm).get(LIST + "?tier=GOLD").content.decode()


# finding one


def test_the_search_box_answers_with_masks_and_enter_goes_straight_to_the_only_one(world, customer, sign_in, htmx):
    client, address = sign_in(world.rm), reverse("customers:search")
    part = client.get(address + "?q=ouyang", headers=htmx).content.decode()
    assert "欧阳修远" in part and "139****1234" in part and "<html" not in part
    assert not [secret for secret in SECRETS if secret in part]
    page = reverse("customers:customer_page", args=[customer.public_id])
    assert client.get(address + "?q=ouyang").headers["Location"] == page
    assert "没有找到" in client.get(address + "?q=没有", headers=htmx).content.decode()
    assert "请输入" in client.get(address).content.decode()


def test_choices_for_a_field(world, customer, sign_in):
    client, address = sign_in(world.rm), reverse("customers:customer_options")
    [found] = client.get(address + "?q=1234").json()["results"]
    assert found == {"value": customer.public_id, "text": "欧阳修远 先生", "note": "金卡客户 · 139****1234 · 林悦"}
    world.customer("王急", next_contact_on=TODAY)
    assert client.get(address).json()["results"][0]["text"] == "王急 先生"
    assert sign_in(world.stranger).get(address + "?q=1234").json() == {"results": []}
    assert sign_in(world.head_office_staff).get(address + "?q=88000001").json()["results"][0]["text"] == "欧*** 先生"


def test_a_search_asks_as_often_for_one_as_for_twenty(world, sign_in, django_assert_num_queries):
    rebuild_search_keys([world.customer(f"王{n}") for n in range(20)])
    client = sign_in(world.rm)
    for text in ("王1", "wang"):
        client.get(reverse("customers:customer_options") + f"?q={text}")
        with django_assert_num_queries(4):
            client.get(reverse("customers:customer_options") + f"?q={text}")


def test_every_choice_offers_everything_once(world, rows, sign_in):
    page = sign_in(world.branch_head).get(FILTERS).content.decode()
    choices = re.findall(r"<select .*?</select>", page, re.DOTALL)
    assert len(choices) >= 6
    assert [choice.count('value=""') for choice in choices] == [1] * len(choices)


def test_the_managers_on_offer_are_those_of_the_own_units(world, rows, sign_in):
    page = sign_in(world.branch_head).get(FILTERS).content.decode()
    (offered,) = re.findall(r'<select name="manager".*?</select>', page, re.DOTALL)
    assert f'<option value="{world.rm.employee_no}">{world.rm.name}</option>' in offered
    assert world.supervisor.employee_no not in offered


def test_a_chosen_manager_stays_chosen_and_is_named(world, rows, sign_in, django_assert_num_queries):
    chosen, client = world.colleague, sign_in(world.branch_head)
    query = f"?manager={chosen.employee_no}"
    page = client.get(FILTERS + query).content.decode()
    assert f'<option value="{chosen.employee_no}" selected>{chosen.name}</option>' in page
    with django_assert_num_queries(8):  # the one manager is read, not all that are on offer
        page = client.get(LIST + query).content.decode()
    assert f"客户经理：{chosen.name}" in page


def test_filters_in_force_are_chips_and_the_panel_stays_folded(world, sign_in):
    world.customer()
    query = "?tier=GOLD&average_min=1000"
    page = sign_in(world.rm).get(LIST + query).content.decode()
    assert '<details class="filter-fold" id="filter-fold">' in page
    chips = page.split('aria-label="生效的筛选条件"')[1].split("</ul>")[0]
    assert "金卡客户" in chips
    assert "月日均不低于（元）" in chips
    # The form is fetched when the panel is opened, as the address has it.
    assert 'name="average_max"' not in page
    assert f'hx-get="{FILTERS}{query.replace("&", "&amp;")}"' in page


def test_the_panel_fetches_the_form_of_the_list(world, sign_in, htmx):
    client, query = sign_in(world.rm), "?tier=GOLD&average_min=1000&sort=-last"
    form = client.get(FILTERS + query, headers=htmx).content.decode()
    assert "<html" not in form and f'action="{LIST}"' in form and f'hx-get="{LIST}"' in form
    assert 'name="sort" value="-last"' in form and 'name="average_min" value="1000"' in form
    # Without scripts it is a page of its own, and the form leads to the list.
    page = client.get(FILTERS + query).content.decode()
    assert "<html" in page and f'action="{LIST}"' in page and f'hx-get="{LIST}"' not in page


def test_an_open_panel_comes_along_with_the_list(world, sign_in, htmx):
    """Whatever changed the list, the form says what is in force by now."""
    part = sign_in(world.rm).get(f"{LIST}?average_min=1000", headers=htmx | {"Filters-Open": "true"}).content.decode()
    assert '<details class="filter-fold" id="filter-fold" open>' in part
    assert f'action="{LIST}"' in part and 'name="average_min" value="1000"' in part


def test_a_tier_looks_the_same_wherever_it_stands():
    """One class per tier, from the one filter that knows them."""
    own_tag = re.compile(r'class="tag[^"]*">\s*\{\{[^}]*get_tier_display')
    assert [
        path.name for path in (settings.BASE_DIR / "templates").rglob("*.html") if own_tag.search(path.read_text())
    ] == []


def test_what_a_row_says(world, sign_in):
    customer = world.customer(
        "<b>丁</b>", tier=Tier.GOLD, strategy=Strategy.ACTIVE, monthly_avg_daily_aum=Decimal("123456.78"), aum=Decimal(9),
        last_contact_on=TODAY - timedelta(days=3), next_contact_on=TODAY - timedelta(days=1), has_no_contact=True,
    )  # fmt: skip
    address = reverse("customers:customer_page", args=[customer.public_id])
    query = "?contact=overdue&columns=strategy,average,aum,last,next,mobile,manager,unit"
    page = sign_in(world.supervisor).get(LIST + query).content.decode()
    (row,) = re.findall(r'<tr data-row="[^"]+">(.*?)</tr>', page, re.DOTALL)
    assert f'href="{address}?list=columns%3D' in row
    # The list it stands in goes along, quoted so that the address of the page has one query.
    assert "contact%3Doverdue" in row
    assert "<b>" not in row and "&lt;b&gt;丁&lt;/b&gt;" in row and "免打扰" in row
    assert row.count("<td") == 10
    told = re.sub(r"<[^>]+>", " ", row)
    for word in ("金卡客户", "主动", "12.35万", "9.00", "3天前", "逾期", "—", "林悦", customer.unit.name):
        assert word in told


def test_a_row_says_what_is_not_known(world, sign_in):
    customer = world.customer("丁一")
    type(customer).objects.filter(pk=customer.pk).update(manager=None, next_contact_on=None)
    page = sign_in(world.outlet_head).get(LIST).content.decode()
    assert "未分配" in page and "尚无" in page and '<span class="muted">—</span>' in page
