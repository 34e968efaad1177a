"""家庭 and 他行资产 in the browser's terms."""

import uuid

import pytest
from django.urls import reverse

from customers.enums import Relation
from customers.models import ExternalHolding, HouseholdMember, Person
from customers.services.external import save_external_holding
from customers.services.household import join_household
from customers.services.people import save_person
from organization.models import AuditEvent
from tests.customers.services.test_external import SEEN

TYPED = {
    "bank": "𠮷䶮农商银行", "category": "wealth", "amount": "20万", "as_of": "2026-11-20", "origin": "customer",
    "matures_on": "2027-03-01",
}  # fmt: skip


def address(name: str, *args) -> str:
    return reverse(f"customers:{name}", args=args)


def keyed(**data) -> dict:
    return data | {"form_key": str(uuid.uuid4())}


def tab(client, customer, name: str):
    return client.get(address("customer_page", customer.public_id) + f"?tab={name}")


# the family


def test_a_family_is_made_shown_and_left(world, customer, sign_in):
    client, wife = sign_in(world.rm), world.customer("李梅", aum=200_000)
    person = save_person(by=world.rm, customer=customer, relation=Relation.SPOUSE, name="李梅")
    data = keyed(other=wife.public_id, role="spouse", person=person.handle)
    for _ in range(2):
        response = client.post(address("household_join", customer.public_id), data)
        assert response.headers["Location"].endswith("?tab=family")
    assert HouseholdMember.objects.count() == 2
    page = tab(client, customer, "family").content.decode()
    assert "已与李梅并为一户" in page and address("customer_page", wife.public_id) in page
    assert "本行客户" in page
    client.post(address("household_leave", customer.public_id), keyed())
    assert not HouseholdMember.objects.exists()
    response = client.post(address("household_leave", customer.public_id), keyed(), follow=True)
    assert "没有并户" in response.content.decode()


@pytest.mark.parametrize("manager", ["colleague", "stranger"])
def test_a_forged_customer_is_no_choice(world, customer, sign_in, manager):
    foreign = world.customer("白云", manager=world.people[manager])
    for other in (foreign.public_id, "forged", str(foreign.pk), ""):
        response = sign_in(world.rm).post(address("household_join", customer.public_id), keyed(other=other))
        assert response.status_code == 422
        assert "白云" not in response.content.decode()
    assert not HouseholdMember.objects.exists()


def test_a_forged_person_is_no_choice(world, customer, sign_in):
    other = world.customer("李梅")
    stray = save_person(by=world.rm, customer=other, relation=Relation.CHILD, name="别家小明")
    data = keyed(other=other.public_id, person=stray.handle)
    response = sign_in(world.rm).post(address("household_join", customer.public_id), data)
    assert response.status_code == 422
    assert not HouseholdMember.objects.exists()


def test_hidden_members_are_counted_and_not_named(world, customer, sign_in):
    hidden = world.customer("上官远行", manager=world.colleague, aum=9_000_000)
    join_household(by=world.supervisor, customer=customer, other=hidden)
    page = tab(sign_in(world.rm), customer, "family").content.decode()
    assert "另有1位家庭成员不在您的管户范围内" in page
    assert "上官远行" not in page and "900" not in page
    leader = tab(sign_in(world.supervisor), customer, "family").content.decode()
    assert "上官远行" in leader and "另有" not in leader


def test_the_statements_do_not_grow_with_the_family(world, customer, sign_in, django_assert_max_num_queries):
    client = sign_in(world.rm)
    join_household(by=world.rm, customer=customer, other=world.customer("李梅"))
    tab(client, customer, "family")
    with django_assert_max_num_queries(15) as one:
        tab(client, customer, "family")
    for name in ("张一", "张二", "张三"):
        join_household(by=world.rm, customer=customer, other=world.customer(name))
    with django_assert_max_num_queries(15) as many:
        tab(client, customer, "family")
    assert len(one) == len(many)


def test_people_are_told_by_what_they_are(world, customer, sign_in):
    data = {"relation": "parent", "name": "欧阳老", "birth_date": "1950-01-02", "is_dependent": "on", "sex": "male"}
    client = sign_in(world.rm)
    client.post(address("person_add", customer.public_id), keyed(**data))
    client.post(address("person_add", customer.public_id), keyed(relation="agent", name="钱律师", sex="male"))
    client.post(
        address("person_edit", customer.public_id, Person.objects.get(name="欧阳小明").handle),
        keyed(relation="child", name="欧阳小明", sex="male", birth_date="2015-03-04", education_stage="primary"),
    )
    response = tab(client, customer, "family")
    page = response.content.decode()
    assert [person.name for person in response.context["acting"]] == ["钱律师"]
    assert "赡养" in page and "老人" in page and "76岁（1950-01-02）" in page
    assert "11岁" in page and "小学" in page and "2015-03-04" not in page


# elsewhere


def test_a_position_elsewhere_is_added_once_changed_and_removed(world, customer, sign_in):
    client, data = sign_in(world.rm), keyed(**TYPED)
    for _ in range(2):
        response = client.post(address("external_holding_add", customer.public_id), data)
        assert response.headers["Location"].endswith("?tab=accounts")
    holding = ExternalHolding.objects.get()
    assert (holding.bank, holding.amount) == ("𠮷䶮农商银行", 200_000)
    page = tab(client, customer, "accounts")
    assert page.context["wallet_chart"].rows[1] == ["𠮷䶮农商银行", 200_000]
    assert "本行占比" in page.content.decode()
    client.post(
        address("external_holding_edit", customer.public_id, holding.handle), keyed(**TYPED | {"amount": "3万"})
    )
    assert ExternalHolding.objects.get().amount == 30_000
    client.post(address("external_holding_remove", customer.public_id, holding.handle), keyed())
    assert not ExternalHolding.objects.exists()
    assert AuditEvent.objects.filter(after__has_key="external_holding").count() == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"bank": ""}, "请填写“他行名称”"),
        ({"bank": "长" * 41}, "最多40个字"),
        ({"category": "loan"}, "选项已失效"),
        ({"amount": "-5"}, "金额"),
        ({"amount": "一百"}, "金额"),
        ({"as_of": "2027-01-01"}, "截至日期不能晚于今天"),
        ({"matures_on": "2026-01-01"}, "到期日期不能早于截至日期"),
    ],
)
def test_a_bad_position_keeps_what_was_typed(world, customer, sign_in, htmx, typed, sentence):
    data = TYPED | typed
    response = sign_in(world.rm).post(address("external_holding_add", customer.public_id), data, headers=htmx)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page and data["bank"] in page
    assert not ExternalHolding.objects.exists()


def test_another_customers_position_is_not_here(world, customer, sign_in):
    holding = save_external_holding(by=world.rm, customer=world.customer("王芳"), **SEEN)
    for name in ("external_holding_edit", "external_holding_remove"):
        response = sign_in(world.rm).post(address(name, customer.public_id, holding.handle), keyed(**TYPED))
        assert response.status_code == 404


def test_the_statements_do_not_grow_with_the_positions(world, customer, sign_in, django_assert_max_num_queries):
    client = sign_in(world.rm)
    save_external_holding(by=world.rm, customer=customer, **SEEN)
    tab(client, customer, "accounts")
    with django_assert_max_num_queries(15) as one:
        tab(client, customer, "accounts")
    for bank in ("中国银行", "建设银行", "招商银行"):
        save_external_holding(by=world.rm, customer=customer, **SEEN | {"bank": bank})
    with django_assert_max_num_queries(15) as many:
        tab(client, customer, "accounts")
    assert len(one) == len(many)
