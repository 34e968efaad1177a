"""关系人 and 重要日期: added, changed, removed, with the next occurrence shown while typing."""

import pytest
from django.urls import reverse

from customers.models import ImportantDate, Person
from customers.services.people import save_person
from organization.exceptions import RuleViolation
from organization.models import AuditEvent

DAY = {"kind": "memorial", "calendar": "lunar", "month": "12", "day": "30", "remind_days": "7", "label": "母亲生日"}
PERSON = {"relation": "spouse", "name": "李梅", "sex": "female", "birth_date": "1982-05-06", "note": "教师"}


def address(name: str, *args) -> str:
    return reverse(f"customers:{name}", args=args)


# people


def test_a_person_comes_with_the_birthday(world, customer, sign_in):
    response = sign_in(world.rm).post(address("person_add", customer.public_id), PERSON)
    assert response.headers["Location"].endswith("?tab=family")
    person = Person.objects.get(name="李梅")
    assert (person.relation, person.unit, person.note) == ("spouse", world.east, "教师")
    birthday = ImportantDate.objects.get(person=person)
    assert (birthday.month, birthday.day, str(birthday.next_on)) == (5, 6, "2027-05-06")
    assert AuditEvent.objects.filter(object_id=customer.public_id, after={"person": "配偶 李*"}).exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "请填写“姓名”"),
        ({"name": "李😀"}, "姓名中不能有"),
        ({"name": "李" * 61}, "最多60个字"),
        ({"birth_date": "2030-01-01"}, "出生日期不能晚于今天"),
        ({"relation": "cat"}, "选项已失效"),
        ({"note": "长" * 201}, "最多200个字"),
    ],
)
def test_a_bad_person_is_refused_with_what_was_typed(world, customer, sign_in, htmx, typed, sentence):
    response = sign_in(world.rm).post(address("person_add", customer.public_id), PERSON | typed, headers=htmx)
    page = response.content.decode()
    assert response.status_code == 422
    assert (sentence in page and "教师" in page) or typed.get("note")
    assert "<html" not in page
    assert Person.objects.count() == 1


def test_a_person_is_changed_and_removed_with_the_dates(world, customer, sign_in):
    client, person = sign_in(world.rm), Person.objects.get()
    client.post(
        address("person_edit", customer.public_id, person.handle),
        PERSON | {"relation": "child", "birth_date": "2015-03-05"},
    )
    assert ImportantDate.objects.get(person=person).day == 5
    client.post(address("person_remove", customer.public_id, person.handle))
    assert not Person.objects.exists()
    assert not ImportantDate.objects.filter(person__isnull=False).exists()


def test_a_person_of_somebody_else_is_not_there(world, customer, sign_in):
    other = world.customer("王芳", manager=world.stranger)
    person = save_person(by=world.stranger, customer=other, relation="spouse", name="赵强")
    client = sign_in(world.rm)
    assert client.post(address("person_remove", customer.public_id, person.handle)).status_code == 404
    assert client.get(address("person_edit", other.public_id, person.handle)).status_code == 404
    assert client.post(address("person_remove", customer.public_id, "1")).status_code == 404
    with pytest.raises(RuleViolation, match="不属于这位客户"):
        save_person(by=world.rm, customer=customer, person=person, relation="spouse", name="赵强")
    assert Person.objects.filter(name="赵强").exists()


def test_addresses_carry_no_row_numbers(world, customer, sign_in):
    page = sign_in(world.rm).get(address("customer_page", customer.public_id) + "?tab=family").content.decode()
    person = Person.objects.get()
    assert f"/people/{person.handle}/" in page
    assert f"/people/{person.pk}/" not in page
    form = sign_in(world.rm).get(address("important_date_add", customer.public_id)).content.decode()
    assert f'<option value="{person.handle}">欧阳小明' in form


# dates


def test_a_lunar_day_that_this_year_lacks_is_kept_on_the_last_day(world, customer, sign_in):
    response = sign_in(world.rm).post(address("important_date_add", customer.public_id), DAY)
    assert response.status_code == 302
    row = ImportantDate.objects.get(label="母亲生日")
    assert (row.calendar, row.month, row.day, str(row.next_on)) == ("lunar", 12, 30, "2027-02-05")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("calendar=lunar&month=12&day=30", "2027年2月5日 周五"),
        ("calendar=lunar&month=12&day=30", "只有29天，没有三十，在月末除夕过"),
        ("calendar=lunar&month=6&day=8&is_leap=on", "闰月生日每年在六月过"),
        ("calendar=solar&month=2&day=29", "在2月28日纪念"),
        ("calendar=solar&month=11&day=23", "今天"),
        ("calendar=solar&month=2&day=30", "公历2月没有30日"),
        ("calendar=lunar&month=1&day=31", "农历每月最多30天"),
        ("calendar=solar&month=&day=", "选好历法"),
        ("calendar=martian&month=99&day=abc", "失效"),
        ("", "选好历法"),
    ],
)
def test_the_preview_explains(world, customer, sign_in, query, says):
    response = sign_in(world.rm).get(address("important_date_preview", customer.public_id) + f"?{query}")
    assert response.status_code == 200
    assert says in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "31"}, "农历每月最多30天"),
        ({"calendar": "solar", "month": "4", "day": "31"}, "公历4月没有31日"),
        ({"calendar": "solar", "month": "2", "day": "29", "year": "2023"}, "没有2023年2月29日"),
        ({"month": "13"}, "选项已失效"),
        ({"remind_days": "61"}, "不能大于60"),
        ({"year": "1800"}, "不能小于1900"),
        ({"label": "长" * 41}, "最多40个字"),
        ({"person": "1"}, "选项已失效"),
    ],
)
def test_a_bad_date_is_refused_with_what_was_typed(world, customer, sign_in, typed, sentence):
    before = ImportantDate.objects.count()
    response = sign_in(world.rm).post(
        address("important_date_add", customer.public_id), DAY | {"label": "银婚"} | typed
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "银婚" in page or "label" in typed
    assert ImportantDate.objects.count() == before


BIRTHDAY = {"kind": "birthday", "calendar": "lunar", "month": "12", "day": "30", "remind_days": "7"}


def test_a_lunar_birthday_says_beforehand_and_afterwards_what_it_replaces(world, customer, sign_in):
    child = Person.objects.get()
    client = sign_in(world.rm)
    mine = BIRTHDAY | {"person": child.handle}
    preview = address("important_date_preview", customer.public_id)
    assert "原公历3月4日不再提醒" in client.get(preview, mine).content.decode()
    for harmless in ({"calendar": "solar"}, {"kind": "memorial"}):
        assert "不再提醒" not in client.get(preview, mine | harmless).content.decode()
    page = client.post(address("important_date_add", customer.public_id), mine, follow=True).content.decode()
    assert "已改按农历过生日" in page
    assert "原公历3月4日不再提醒" in page
    assert "农历腊月三十" in page
    assert "12月30日" not in page
    assert "不再提醒" not in client.get(preview, mine).content.decode()


def test_turning_the_birthday_itself_lunar_says_so_too(world, customer, sign_in):
    row = ImportantDate.objects.get(person__isnull=False)
    url = address("important_date_edit", customer.public_id, row.handle)
    page = sign_in(world.rm).post(url, BIRTHDAY | {"person": row.person.handle}, follow=True).content.decode()
    assert "原公历3月4日不再提醒" in page


def test_a_refused_day_is_said_once_beside_the_field_and_not_in_the_preview(world, customer, sign_in):
    url = address("important_date_add", customer.public_id)
    page = sign_in(world.rm).post(url, DAY | {"day": "31"}).content.decode()
    assert page.split('id="date-preview"')[1].split("</div>")[0].count("农历每月最多30天") == 0


def test_the_same_date_twice_is_refused(world, customer, sign_in):
    client = sign_in(world.rm)
    client.post(address("important_date_add", customer.public_id), DAY)
    response = client.post(address("important_date_add", customer.public_id), DAY)
    assert response.status_code == 422
    assert "已登记同一重要日期" in response.content.decode()


def test_a_date_is_changed_and_removed(world, customer, sign_in):
    client = sign_in(world.rm)
    row = ImportantDate.objects.get(person__isnull=False)
    page = client.get(address("important_date_edit", customer.public_id, row.handle)).content.decode()
    assert "下次是" in page
    changed = DAY | {
        "person": row.person.handle,
        "kind": "birthday",
        "calendar": "solar",
        "month": "3",
        "day": "9",
        "label": "",
    }
    client.post(address("important_date_edit", customer.public_id, row.handle), changed)
    row.refresh_from_db()
    assert (row.day, str(row.next_on), row.person.name) == (9, "2027-03-09", "欧阳小明")
    client.post(address("important_date_remove", customer.public_id, row.handle))
    assert not ImportantDate.objects.filter(pk=row.pk).exists()


def test_a_date_of_somebody_else_is_not_there(world, customer, sign_in):
    other = world.customer("王芳", manager=world.stranger)
    row = ImportantDate.objects.create(customer=other, unit=other.unit, kind="wedding", month=1, day=1)
    client = sign_in(world.rm)
    assert client.post(address("important_date_remove", customer.public_id, row.handle)).status_code == 404
    assert client.get(address("important_date_preview", other.public_id)).status_code == 404
    assert ImportantDate.objects.filter(pk=row.pk).exists()
