"""建档 and 修改档案 in the browser: bad input keeps what was typed, two tabs lose nothing, two presses do one thing."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import escape

from customers.enums import CustomerStatus
from customers.models import Customer
from customers.services.archive import update_customer
from organization.models import AuditEvent
from tests.customers.services.test_archive import ADDRESS, EMAIL, ID, MOBILE, id_number
from tests.customers.views.conftest import SECRETS

CREATE = reverse("customers:customer_create")


def edit_of(customer) -> str:
    return reverse("customers:customer_edit", args=[customer.public_id])


def filled(client, address: str) -> dict:
    """What a browser would send back for the form at this address."""
    return sent_back(client.get(address).context["form"]) | {"form_key": str(uuid.uuid4())}


def sent_back(form) -> dict:
    values = {name: form[name].value() for name in form.fields}
    values = {name: "on" if value is True else value for name, value in values.items()}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value not in (None, False, [])
    }


# creating


def test_a_name_is_enough(world, sign_in):
    client = sign_in(world.rm)
    response = client.post(CREATE, filled(client, CREATE) | {"name": "𠮷田䶮"})
    customer = Customer.objects.get()
    assert response.headers["Location"] == reverse("customers:customer_page", args=[customer.public_id])
    assert (customer.name, customer.manager, customer.unit) == ("𠮷田䶮", world.rm, world.east)
    assert "已为𠮷田䶮建档" in client.get(response.headers["Location"]).content.decode()


def test_the_card_fills_birth_date_and_sex(world, sign_in):
    client = sign_in(world.rm)
    client.post(CREATE, filled(client, CREATE) | {"name": "张伟", "id_number": ID, "sex": "unknown", "mobile": MOBILE})
    customer = Customer.objects.get()
    assert (customer.birth_date, customer.sex, customer.mobile) == (date(1980, 6, 15), "male", MOBILE)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "请填写“姓名”。"),
        ({"name": "张" * 61}, "最多60个字，现在有61个"),
        ({"name": "张😀"}, "姓名中不能有“😀”"),
        ({"mobile": "12345"}, "手机号码应为11位数字"),
        ({"id_number": ID[:-1] + "A"}, "身份证号第18位“A”有误"),
        ({"id_number": ID, "birth_date": "1981-06-15"}, "出生日期与身份证号中的出生日期不一致"),
        ({"id_number": ID, "sex": "female"}, "性别与身份证号第17位不一致"),
        ({"birth_date": "2027-01-01"}, "出生日期不能晚于今天"),
        ({"birth_date": "不详"}, "不是有效的日期"),
        ({"note": "长" * 2001}, "最多2000个字，现在有2001个"),
        ({"occupation": "wizard"}, "选项已失效"),
        ({"has_no_contact": "on"}, "请填写原因"),
        ({"email": "zhang"}, "电子邮箱格式不正确"),
    ],
)
def test_bad_input_answers_422_with_a_sentence_and_what_was_typed(world, sign_in, typed, sentence):
    client = sign_in(world.rm)
    response = client.post(CREATE, filled(client, CREATE) | {"name": "张伟", "interests": "太极剑"} | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "太极剑" in page
    for value in typed.values():
        assert value in ("on", "wizard") or escape(value) in page
    assert not Customer.objects.exists()


def test_a_document_known_elsewhere_tells_nothing_of_whose_it_is(world, customer, sign_in):
    client = sign_in(world.stranger)
    page = client.post(CREATE, filled(client, CREATE) | {"name": "李四", "id_number": ID}).content.decode()
    assert "已有客户档案" in page
    for leak in ("欧阳", "林悦", "东城", customer.public_id, MOBILE):
        assert leak not in page


@pytest.mark.parametrize(("manager", "status"), [("1003", 302), ("1101", 422), ("1006", 422), ("1 or 1=1", 422)])
def test_a_forged_manager_is_refused(world, sign_in, manager, status):
    client = sign_in(world.supervisor)
    response = client.post(CREATE, filled(client, CREATE) | {"name": "张伟", "manager": manager})
    assert response.status_code == status
    assert Customer.objects.exists() is (status == 302)


def test_fields_that_are_not_in_the_form_change_nothing(world, customer, sign_in):
    client = sign_in(world.rm)
    forged = {
        "status": "closed",
        "co_manager": "1003",
        "manager": "1003",
        "tier": "PRIVATE",
        "version_": "9",
        "unit": "1",
    }
    client.post(edit_of(customer), filled(client, edit_of(customer)) | forged | {"interests": "太极"})
    row = Customer.objects.get(pk=customer.pk)
    assert (row.interests, row.status, row.co_manager, row.manager, row.tier) == (
        "太极",
        "active",
        None,
        world.rm,
        "GOLD",
    )


def test_two_presses_make_one_customer(world, sign_in):
    client = sign_in(world.rm)
    data = filled(client, CREATE) | {"name": "张伟"}
    first, second = client.post(CREATE, data), client.post(CREATE, data)
    assert Customer.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


# changing


def test_identifiers_are_masked_in_the_form_and_kept_when_left_blank(world, customer, sign_in):
    client = sign_in(world.rm)
    page = client.get(edit_of(customer)).content.decode()
    assert not [secret for secret in SECRETS if secret in page]
    assert "139****1234" in page
    response = client.post(edit_of(customer), filled(client, edit_of(customer)) | {"employer": "滨海港务"})
    assert response.status_code == 302
    row = Customer.objects.get(pk=customer.pk)
    assert (row.employer, row.mobile, row.id_number, row.address, row.email) == ("滨海港务", MOBILE, ID, ADDRESS, EMAIL)


def test_identifiers_are_changed_by_typing_and_emptied_by_a_tick(world, customer, sign_in):
    client = sign_in(world.rm)
    typed = {"mobile": "139 0000 9999", "clear": ["email", "mobile"]}
    client.post(edit_of(customer), filled(client, edit_of(customer)) | typed)
    row = Customer.objects.get(pk=customer.pk)
    assert (row.mobile, row.email, row.address) == ("13900009999", "", ADDRESS)


def test_saving_unchanged_says_so(world, customer, sign_in):
    client = sign_in(world.rm)
    response = client.post(edit_of(customer), filled(client, edit_of(customer)))
    assert "档案没有改动" in client.get(response.headers["Location"]).content.decode()
    assert Customer.objects.get(pk=customer.pk).version == customer.version


def test_a_refused_change_keeps_what_was_typed(world, customer, sign_in):
    client = sign_in(world.rm)
    typed = {"birth_date": "1999-01-01", "interests": "太极剑", "mobile": "13900007777"}
    response = client.post(edit_of(customer), filled(client, edit_of(customer)) | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "出生日期与身份证号" in page
    for value in typed.values():
        assert f'value="{value}"' in page


# two tabs


def test_two_tabs_that_changed_different_things_both_win(world, customer, sign_in):
    client = sign_in(world.rm)
    one, two = filled(client, edit_of(customer)), filled(client, edit_of(customer))
    client.post(edit_of(customer), one | {"employer": "滨海港务"})
    response = client.post(edit_of(customer), two | {"interests": "太极"})
    assert response.status_code == 302
    row = Customer.objects.get(pk=customer.pk)
    assert (row.employer, row.interests) == ("滨海港务", "太极")
    assert "您填写期间另外保存的内容也已保留" in client.get(response.headers["Location"]).content.decode()


@pytest.fixture
def conflict(world, customer, sign_in):
    """The supervisor saved employer, address and phone while the RM's form was open; the RM changed employer and phone."""
    client = sign_in(world.rm)
    sent = filled(client, edit_of(customer))
    update_customer(
        by=world.supervisor, customer=customer, version=customer.version,
        data={"employer": "滨海港务", "address": "滨海市西城区长江路1号", "mobile": "13900005555"},
    )  # fmt: skip
    typed = {"employer": "滨海机床厂", "mobile": "13900006666", "interests": "太极剑"}
    return client, client.post(edit_of(customer), sent | typed)


def test_the_second_sees_both_values_and_the_one_before_and_loses_nothing(customer, conflict):
    _, response = conflict
    page = response.content.decode()
    assert response.status_code == 422
    assert "与您填写的不同" in page
    assert [(d.label, d.mine, d.theirs, d.was) for d, _ in response.context["differences"]] == [
        ("工作单位", "滨海机床厂", "滨海港务", ""),
        ("手机号码", "139****6666", "139****5555", "139****1234"),
    ]
    for typed in ("滨海机床厂", "13900006666", "太极剑"):
        assert f'value="{typed}"' in page
    for secret in ("13900005555", MOBILE, "滨海市西城区长江路1号"):
        assert secret not in page
    assert Customer.objects.get(pk=customer.pk).employer == "滨海港务"


def test_each_field_is_decided_and_the_rest_is_merged(customer, conflict):
    client, response = conflict
    decided = sent_back(response.context["form"]) | {
        "take_employer": "theirs",
        "take_mobile": "mine",
        "form_key": str(uuid.uuid4()),
    }
    assert client.post(edit_of(customer), decided).status_code == 302
    row = Customer.objects.get(pk=customer.pk)
    assert (row.employer, row.mobile, row.interests) == ("滨海港务", "13900006666", "太极剑")
    assert row.address == "滨海市西城区长江路1号"


def test_a_third_save_meanwhile_is_asked_about_again(world, customer, conflict):
    client, response = conflict
    row = Customer.objects.get(pk=customer.pk)
    update_customer(by=world.supervisor, customer=row, version=row.version, data={"interests": "书画"})
    again = client.post(edit_of(customer), sent_back(response.context["form"]) | {"form_key": str(uuid.uuid4())})
    assert again.status_code == 422
    assert [difference.field for difference, _ in again.context["differences"]] == ["interests"]


def test_a_forged_base_is_no_base(world, customer, sign_in):
    client = sign_in(world.rm)
    sent = filled(client, edit_of(customer)) | {"base": "forged", "version": customer.version - 1, "interests": "太极"}
    response = client.post(edit_of(customer), sent)
    assert response.status_code == 422
    assert [difference.field for difference, _ in response.context["differences"]] == ["interests"]


def test_two_presses_are_one_change(world, customer, sign_in):
    client = sign_in(world.rm)
    sent = filled(client, edit_of(customer)) | {"interests": "太极"}
    for _ in range(2):
        assert client.post(edit_of(customer), sent).status_code == 302
    assert Customer.objects.get(pk=customer.pk).version == customer.version + 1
    assert (
        AuditEvent.objects.filter(object_id=customer.public_id, after__has_key="interests", action="change").count()
        == 1
    )


# who


@pytest.mark.parametrize(
    ("persona", "status"), [("colleague", 404), ("stranger", 404), ("outlet_head", 403), ("head_office_staff", 403)]
)
def test_who_may_not_edit(world, customer, sign_in, persona, status):
    client = sign_in(world.people[persona])
    assert client.get(edit_of(customer)).status_code == status
    assert client.post(edit_of(customer), {"name": "x", "version": 1}).status_code == status


def test_a_closed_archive_is_the_supervisors(world, customer, sign_in):
    customer.status = CustomerStatus.CLOSED
    customer.save()
    assert sign_in(world.rm).get(edit_of(customer)).status_code == 403
    client = sign_in(world.supervisor)
    client.post(edit_of(customer), filled(client, edit_of(customer)) | {"status": "active", "co_manager": "1003"})
    row = Customer.objects.get(pk=customer.pk)
    assert (row.status, row.co_manager) == ("active", world.colleague)


def test_a_co_manager_of_another_unit_is_not_a_choice(world, customer, sign_in):
    client = sign_in(world.supervisor)
    response = client.post(edit_of(customer), filled(client, edit_of(customer)) | {"co_manager": "1101"})
    assert response.status_code == 422
    assert "选项已失效或不在您的范围内" in response.content.decode()


def test_another_document_of_the_same_person_is_another_number(world, customer, sign_in):
    client = sign_in(world.rm)
    other = id_number(order="003")
    client.post(edit_of(customer), filled(client, edit_of(customer)) | {"id_number": other})
    assert Customer.objects.get(pk=customer.pk).id_number == other


def test_every_wrong_field_is_told_at_once(world, customer, sign_in):
    client = sign_in(world.rm)
    form = filled(client, edit_of(customer)) | {
        "mobile": "12345", "birth_date": "2030-01-01", "note": "长" * 2001, "email": "nobody", "has_no_contact": "on",
    }  # fmt: skip
    response = client.post(edit_of(customer), form)
    assert response.status_code == 422
    wrong = response.context["form"].errors
    assert set(wrong) == {"mobile", "birth_date", "note", "email", "no_contact_reason"}
    assert "最多2000个字" in wrong["note"][0]
