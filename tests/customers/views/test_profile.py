"""The parts of the archive in the browser's terms: one part at a time, masked where it must be, nothing lost."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import ContactPreference, Customer, CustomerProfile, FieldSource
from customers.sections import SECTIONS
from customers.services.archive import update_customer
from customers.services.preferences import refuse_channel
from organization.models import AuditEvent
from tests.customers.views.test_archive import filled, sent_back

PERSONAL = {"alt_phone": "057188881234", "wecom_id": "wecom-1980-zw", "dietary_note": "清真饮食"}


def edit(customer, section: str = "") -> str:
    return reverse("customers:customer_edit", args=[customer.public_id]) + (f"?section={section}" if section else "")


def page_of(customer, tab: str = "archive") -> str:
    return reverse("customers:customer_page", args=[customer.public_id]) + f"?tab={tab}"


def save(world, customer, data) -> Customer:
    row = Customer.objects.get(pk=customer.pk)
    return update_customer(by=world.rm, customer=row, version=row.version, data=data)


def details(customer) -> CustomerProfile:
    return CustomerProfile.objects.get(pk=customer.pk)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_a_part_asks_for_its_own_fields_only_and_saving_it_unchanged_changes_nothing(world, customer, sign_in, section):
    save(world, customer, {"most_valued": ("fees",), "topics": ("tax",), "is_politically_exposed": False} | PERSONAL)
    client, address = sign_in(world.supervisor), edit(customer, section.key)
    form = client.get(address).context["form"]
    assert [field.name for group in form.groups for field, _ in group.fields] == list(section.fields)
    before = Customer.objects.get(pk=customer.pk)
    drawn = {"needs": {"most_valued_0": "fees"}, "identity": {"is_politically_exposed": "false"}}
    assert client.post(address, filled(client, address) | drawn.get(section.key, {})).status_code == 302
    assert Customer.objects.get(pk=customer.pk).version == before.version


def test_the_unknown_part_is_the_whole(world, customer, sign_in):
    form = sign_in(world.supervisor).get(edit(customer, "no-such")).context["form"]
    assert len(form.groups) == len(SECTIONS)


def test_a_part_is_saved_with_source_and_day(world, customer, sign_in):
    client, address = sign_in(world.rm), edit(customer, "needs")
    typed = {
        "most_valued_0": "safety", "most_valued_1": "", "most_valued_2": "fees", "topics": ["pension", "tax"],
        "dietary_note": "清真饮食", "origin": "document", "as_of": "2026-11-20",
    }  # fmt: skip
    response = client.post(address, filled(client, address) | typed)
    assert response.headers["Location"].endswith("?tab=archive")
    row = details(customer)
    assert (row.most_valued, row.topics, row.dietary_note) == (("safety", "fees"), ("pension", "tax"), "清真饮食")
    assert set(FieldSource.objects.filter(origin="document").values_list("field", flat=True)) == {
        "most_valued", "topics", "dietary_note",
    }  # fmt: skip
    page = client.get(page_of(customer)).content.decode()
    assert "资金安全、费用优惠" in page and "资料 11月20日" in page


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("needs", {"most_valued_0": "fees", "most_valued_1": "fees"}, "每一项只能选一次"),
        ("needs", {"most_valued_0": "fees", "least_valued_0": "fees"}, "不能既是最看重又是最不看重"),
        ("needs", {"most_valued_0": "gossip"}, "选项已失效"),
        ("needs", {"topics": ["gossip"]}, "选项已失效"),
        ("needs", {"gift_taboos": "长" * 201}, "最多200个字"),
        ("finance", {"annual_income": "很多"}, "税后年收入"),
        ("finance", {"annual_income": "-5"}, "税后年收入"),
        ("finance", {"debts": "1.234"}, "负债"),
        ("finance", {"social_insurance_months": "-1"}, "社保缴费月数"),
        ("contact", {"postcode": "31"}, "邮政编码应为6位数字"),
        ("contact", {"alt_phone": "12"}, "备用电话应为11位数字"),
        ("contact", {"quiet_days": ["8"]}, "选项已失效"),
        ("identity", {"is_id_permanent": "on", "id_expires_on": "2030-01-01"}, "长期有效时不填有效期"),
        ("identity", {"as_of": "2027-01-01"}, "核实日期不能晚于今天"),
        ("identity", {"origin": "gossip"}, "选项已失效"),
        ("care", {"first_contact_on": "2027-01-01"}, "首次接触日期不能晚于今天"),
    ],
)
def test_bad_input_answers_422_and_keeps_what_was_typed(world, customer, sign_in, section, typed, sentence):
    client, address = sign_in(world.rm), edit(customer, section)
    response = client.post(address, filled(client, address) | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    for value in typed.values():
        assert isinstance(value, list) or value in ("on", "gossip") or value in page
    assert not CustomerProfile.objects.exists()


def test_fields_of_another_part_are_not_taken(world, customer, sign_in):
    client, address = sign_in(world.rm), edit(customer, "needs")
    client.post(address, filled(client, address) | {"gift_taboos": "不收酒", "education": "doctor", "name": "李四"})
    assert (details(customer).education, Customer.objects.get().name) == ("", "欧阳修远")


def test_masked_fields_stay_when_left_blank_and_go_by_a_tick(world, customer, sign_in):
    save(world, customer, PERSONAL | {"annual_income": Decimal(350_000)})
    client, address = sign_in(world.rm), edit(customer)
    text = client.get(address).content.decode()
    assert "20万-50万元" in text
    assert not [secret for secret in (*PERSONAL.values(), "350000", "350,000") if secret in text]
    client.post(address, filled(client, address) | {"title": "工程师", "clear": ["wecom_id", "annual_income"]})
    row = details(customer)
    assert (row.title, row.alt_phone, row.wecom_id, row.annual_income) == ("工程师", "057188881234", "", None)


def test_nobody_reads_them_in_the_clear_without_a_reason(world, customer, sign_in):
    save(world, customer, PERSONAL | {"annual_income": Decimal(350_000)})
    for persona in ("rm", "supervisor", "outlet_head", "branch_head", "head_office_staff"):
        for tab in ("overview", "archive", "changes"):
            text = sign_in(world.people[persona]).get(page_of(customer, tab)).content.decode()
            assert not [secret for secret in (*PERSONAL.values(), "350000", "350,000") if secret in text]
    client = sign_in(world.rm)
    address = reverse("customers:reveal_field", args=[customer.public_id, "annual_income"]) + "?place=file"
    assert "20万-50万元" in client.get(address).content.decode()
    assert "350,000.00元" in client.post(address, {"reason": "核对客户身份"}).content.decode()


def test_the_second_of_two_decides_about_ranks_and_ticks_too(world, customer, sign_in):
    client, address = sign_in(world.rm), edit(customer, "needs")
    sent = filled(client, address)
    save(world, customer, {"most_valued": ("privacy",), "topics": ("travel",)})
    response = client.post(address, sent | {"most_valued_0": "fees", "gift_taboos": "不收酒"})
    assert response.status_code == 422
    assert [(d.label, d.mine, d.theirs) for d, _ in response.context["differences"]] == [
        ("最看重的服务", "费用优惠", "私密性")
    ]
    decided = sent_back(response.context["form"])
    decided |= {"most_valued_0": "fees", "take_most_valued": "mine", "form_key": str(uuid.uuid4())}
    assert decided["topics"] == ["travel"]
    assert client.post(address, decided).status_code == 302
    row = details(customer)
    assert (row.most_valued, row.topics, row.gift_taboos) == (("fees",), ("travel",), "不收酒")


def test_confirming_without_a_change_says_so(world, customer, sign_in):
    save(world, customer, {"education": "master"})
    FieldSource.objects.update(as_of="2024-01-01")
    client, address = sign_in(world.rm), edit(customer, "life")
    response = client.post(address, filled(client, address) | {"is_confirmed": "on"})
    assert "已记下核实日期" in client.get(response.headers["Location"]).content.decode()
    assert str(FieldSource.objects.get(field="education").as_of) == "2026-11-23"


def test_the_meter_tells_what_is_missing_and_leads_there(world, customer, sign_in):
    page = sign_in(world.rm).get(page_of(customer)).content.decode()
    assert f"{edit(customer, 'finance')}#id_annual_income" in page
    assert f"{edit(customer, 'identity')}#id_id_number" not in page
    leader = sign_in(world.outlet_head).get(page_of(customer)).content.decode()
    assert "税后年收入" in leader and "section=finance" not in leader


# channels that are not wanted


def refusals(customer) -> str:
    return reverse("customers:contact_preference_add", args=[customer.public_id])


def test_a_refused_channel_stands_at_the_head_until_it_is_taken_back(world, customer, sign_in):
    client = sign_in(world.rm)
    data = {"channel": "sms", "reason": "收到太多广告", "since": "2026-11-20", "form_key": str(uuid.uuid4())}
    for _ in range(2):
        assert client.post(refusals(customer), data).status_code == 302
    assert AuditEvent.objects.filter(after={"contact_preference": "短信"}).count() == 1
    page = client.get(page_of(customer, "overview")).content.decode()
    assert "不接受短信" in page
    assert "不接受短信" not in sign_in(world.head_office_staff).get(page_of(customer, "overview")).content.decode()
    preference = ContactPreference.objects.get()
    address = reverse("customers:contact_preference_remove", args=[customer.public_id, preference.handle])
    sign_in(world.rm).post(address, {"form_key": str(uuid.uuid4())})
    assert not ContactPreference.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"channel": "pigeon"}, "选项已失效"),
        ({"reason": ""}, "请填写“原因”"),
        ({"reason": "长" * 101}, "最多100个字"),
        ({"since": "2027-01-01"}, "提出日期不能晚于今天"),
    ],
)
def test_a_bad_refusal_keeps_what_was_typed(world, customer, sign_in, htmx, typed, sentence):
    data = {"channel": "sms", "reason": "𠮷䶮说的", "since": "2026-11-20"} | typed
    response = sign_in(world.rm).post(refusals(customer), data, headers=htmx)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page and data["reason"] in page
    assert not ContactPreference.objects.exists()


def test_the_beat_of_a_refused_channel_is_said_to_be_unwanted(world, customer, sign_in):
    client = sign_in(world.rm)
    assert "客户不接受" not in client.get(page_of(customer, "overview")).content.decode()
    refuse_channel(by=world.rm, customer=customer, channel="phone", reason="上班不便接听")
    response = client.get(page_of(customer, "overview"))
    assert [(b.label, b.interval == "客户不接受") for b in response.context["beats"]] == [
        ("会面", False),
        ("电话", True),
    ]


def test_a_day_on_which_the_customer_likes_to_be_left_alone_is_said_at_the_head(world, customer, sign_in):
    client = sign_in(world.rm)
    for days, is_said in ((("2", "7"), False), (("1",), True)):  # today is a Monday
        save(world, customer, {"quiet_days": days})
        assert ("今天不便打扰" in client.get(page_of(customer, "overview")).content.decode()) is is_said
    assert "今天不便打扰" not in sign_in(world.head_office_staff).get(page_of(customer, "overview")).content.decode()
