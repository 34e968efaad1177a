"""大堂速查: found by a tail or pinyin, the card without amounts, noted in three taps."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import Holding, ImportantDate, Product
from customers.services.archive import create_customer
from maintenance.models import Appointment, ContactRecord, CounterNote, MaintenanceTask
from maintenance.services.walk_ins import write_counter_note
from organization import clock
from organization.models import Cover
from tests.customers.services.test_archive import ADDRESS, EMAIL, ID, MOBILE
from tests.world import TODAY

LOBBY = reverse("maintenance:lobby")
HTMX = {"hx-request": "true"}


@pytest.fixture
def customer(world):
    """A customer of the own RM, with everything the lobby must not see."""
    customer = create_customer(
        by=world.rm,
        data={
            "name": "欧阳修远", "number": "88000001", "id_number": ID, "mobile": MOBILE, "address": ADDRESS,
            "email": EMAIL, "tier": "GOLD", "strategy": "ACTIVE", "note": "与前妻有纠纷",
        },
    )  # fmt: skip
    product = Product.objects.create(code="T1", name="三年定期30万专享", category="term_deposit")
    loan = Product.objects.create(code="L1", name="经营贷", category="loan")
    for reference, what, days in (("H1", product, 10), ("H2", product, 40), ("H3", loan, 5)):
        Holding.objects.create(
            customer=customer, unit=customer.unit, product=what, reference=reference, amount=Decimal("312345.67"),
            bought_on=date(2023, 12, 3), matures_on=TODAY + timedelta(days=days),
        )  # fmt: skip
    Appointment.objects.create(
        customer=customer, unit=customer.unit, staff=world.rm, day=TODAY, starts_at="14:30", channel="meeting",
        matter="谈30万续存", created_at=clock.now(),
    )  # fmt: skip
    return customer


def card(client, customer):
    return client.get(reverse("maintenance:quick_card", args=[customer.public_id]))


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        (MOBILE[-4:], True), (MOBILE, True), ("ouyangxiuyuan", True), ("oyxy", True), ("欧阳", True), ("修远", True),
        ("o", False), ("欧", False), ("123", False), ("8800", False), ("nobody", False), ("", False), ("😀😀", False),
        ("x" * 500, False),
    ],
)  # fmt: skip
def test_found_by_a_tail_or_pinyin_but_never_by_leafing(world, customer, sign_in, typed, is_found):
    page = sign_in(world.lobby).get(LOBBY, {"q": typed}, headers=HTMX).content.decode()
    assert ("欧阳修远" in page) == is_found
    assert "<html" not in page


def test_only_customers_of_the_outlet(world, customer, sign_in):
    elsewhere = create_customer(by=world.other_rm, data={"name": "欧阳修竹"})
    page = sign_in(world.teller).get(LOBBY, {"q": "ouyang"}).content.decode()
    assert "欧阳修远" in page
    assert "欧阳修竹" not in page
    assert card(sign_in(world.teller), elsewhere).status_code == 404


def test_the_card_says_what_to_say_and_no_amount(world, customer, sign_in):
    write_counter_note(by=world.rm, customer=customer, text="请她到理财室坐坐", valid_until=TODAY)
    ImportantDate.objects.filter(customer=customer).update(next_on=TODAY)
    for persona in (world.lobby, world.teller):
        page = card(sign_in(persona), customer).content.decode()
        for text in (
            "欧阳修远",
            "金卡客户",
            "道一声生日快乐",
            "请她到理财室坐坐",
            "今天 14:30与林悦有预约",
            "定期存款12月3日",
            "客户经理 林悦",
        ):
            assert text in page
        for hidden in (
            ID,
            MOBILE,
            MOBILE[-4:],
            ADDRESS,
            EMAIL,
            "312",
            "31.23",
            "30万",
            "经营贷",
            "贷款1",
            "前妻",
            "88000001",
            "谈",
        ):
            assert hidden not in page


def test_mourning_and_no_contact_come_first_and_silence_the_greeting(world, customer, sign_in):
    ImportantDate.objects.filter(customer=customer).update(next_on=TODAY)
    customer.has_no_contact, customer.no_contact_reason, customer.mourning_until = True, "与前妻有纠纷", TODAY
    customer.save()
    page = card(sign_in(world.lobby), customer).content.decode()
    assert "免打扰" in page
    assert "家中治丧" in page
    assert "快乐" not in page
    assert "前妻" not in page


def test_an_absent_manager_is_said(world, customer, sign_in):
    Cover.objects.create(
        absent=world.rm, substitute=world.colleague, starts_on=TODAY, ends_on=TODAY, created_by=world.rm
    )
    assert "由周航代班" in card(sign_in(world.lobby), customer).content.decode()


def test_noted_and_undone(world, customer, sign_in):
    client = sign_in(world.lobby)
    address = reverse("maintenance:quick_card", args=[customer.public_id])
    refused = client.post(address, {"note": "想看一年期"})
    assert refused.status_code == 422
    assert "想看一年期" in refused.content.decode()
    page = client.post(
        address, {"matter": "wealth", "note": "想看一年期", "form_key": "k1"}, follow=True
    ).content.decode()
    assert "已登记欧阳修远先生到访。" in page
    assert "理财咨询：想看一年期" in page
    client.post(address, {"matter": "wealth", "note": "想看一年期", "form_key": "k1"})
    contact = ContactRecord.objects.get()
    client.post(reverse("maintenance:walk_in_withdraw", args=[contact.public_id]))
    contact.refresh_from_db()
    assert contact.withdrawn_at
    assert "今天还没有登记到访" in client.get(LOBBY).content.decode()


def test_handed_to_the_manager_it_stands_on_the_workbench(world, customer, sign_in):
    address = reverse("maintenance:quick_card", args=[customer.public_id])
    page = sign_in(world.teller).post(address, {"matter": "loan", "refer": "1"}, follow=True).content.decode()
    assert "已请林悦接待" in page
    assert MaintenanceTask.objects.filter(kind="walk_in", owner=world.rm).exists()
    assert "田野转介：贷款咨询" in sign_in(world.rm).get(reverse("workbench")).content.decode()
    timeline = reverse("maintenance:customer_timeline", args=[customer.public_id])
    assert "到访接待" in sign_in(world.rm).get(timeline).content.decode()


def test_the_manager_leaves_a_word(world, customer, sign_in):
    client, address = sign_in(world.rm), reverse("maintenance:counter_note", args=[customer.public_id])
    refused = client.post(address, {"text": "30万到期", "valid_until": "2026-12-01"}, headers=HTMX)
    assert refused.status_code == 422
    assert "不要写金额" in refused.content.decode()
    client.post(address, {"text": "请坐坐", "valid_until": "2026-12-01"})
    assert CounterNote.objects.get().text == "请坐坐"
    assert "请坐坐" in client.get(address).content.decode()
    client.post(address, {"text": "", "valid_until": "2026-12-01"})
    assert not CounterNote.objects.exists()


def test_the_form_of_the_manager_offers_no_reception(world, sign_in):
    assert "到访接待" not in sign_in(world.rm).get(reverse("maintenance:contact_new")).content.decode()


@pytest.mark.parametrize("page", ["list", "card"])
def test_list_and_card_cost_the_same_for_one_and_three(world, customer, sign_in, page, django_assert_num_queries):
    client = sign_in(world.lobby)
    own = reverse("maintenance:quick_card", args=[customer.public_id])
    address = own if page == "card" else f"{LOBBY}?q=ouyang"
    client.post(own, {"matter": "cash"})
    client.get(address)
    with django_assert_num_queries(10 if page == "card" else 6) as one:
        client.get(address)
    cost = len(one)
    for n in range(2):
        another = create_customer(by=world.rm, data={"name": f"欧阳修{n}"})
        Holding.objects.create(
            customer=customer, unit=customer.unit, product=Product.objects.first(), reference=f"M{n}", amount=1,
            bought_on=TODAY, matures_on=TODAY + timedelta(days=n),
        )  # fmt: skip
        client.post(reverse("maintenance:quick_card", args=[another.public_id]), {"matter": "cash"})
    client.get(address)  # the messages of the posts
    with django_assert_num_queries(cost):
        client.get(address)
