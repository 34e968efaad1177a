"""The archive's second row: its rules, its encryption, where each field is known from, and two people at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from customers.models import Customer, CustomerProfile, FieldSource
from customers.services.archive import ArchiveConflict, create_customer, open_base, seal_base, update_customer
from customers.services.assignment import assign_manager
from customers.services.identifiers import reveal
from customers.services.preferences import accept_channel, refuse_channel
from customers.services.sources import confirm_fields
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY

SECRETS = ("057188881234", "zw-1980-wecom", "zw-1980-wechat", "清真饮食")
PERSONAL = dict(zip(("alt_phone", "wecom_id", "wechat_id", "dietary_note"), SECRETS, strict=True))


@pytest.fixture
def customer(world):
    return world.customer("张伟")


def save(world, customer, data, **options) -> Customer:
    row = Customer.objects.get(pk=customer.pk)
    return update_customer(by=world.rm, customer=row, version=row.version, data=data, **options)


def stored(customer) -> Customer:
    return Customer.objects.select_related("profile").get(pk=customer.pk)


def last_change() -> AuditEvent:
    return AuditEvent.objects.filter(action=AuditAction.CHANGE).latest("pk")


def test_the_first_field_makes_the_row_and_the_version_rises(world, customer):
    assert not CustomerProfile.objects.exists()
    saved = save(
        world, customer, {"education": "master", "topics": ["pension", "tax"], "annual_income": Decimal("2e5")}
    )
    row = stored(customer)
    assert (row.version, saved.version) == (2, 2)
    details = row.profile
    assert (details.education, details.topics, details.annual_income) == ("master", ("pension", "tax"), 200_000)
    assert details.unit == customer.unit


def test_a_customer_is_created_with_both_rows(world):
    customer = create_customer(by=world.rm, data={"name": "王芳", "industry": "C"} | PERSONAL)
    assert stored(customer).profile.wechat_id == PERSONAL["wechat_id"]
    assert FieldSource.objects.get(customer=customer, field="industry").origin == "customer"
    assert not FieldSource.objects.filter(customer=customer, field="is_veteran").exists()


def test_contact_data_and_words_of_religion_are_unreadable_in_the_database_and_in_the_trail(world, customer):
    save(world, customer, PERSONAL | {"debts": Decimal(812345), "gift_taboos": "不收酒"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers_customerprofile")
        row = str(cursor.fetchall())
    assert not [secret for secret in SECRETS if secret in row]
    written = f"{last_change().before}{last_change().after}"
    assert not [secret for secret in (*SECRETS, "812345", "不收酒", "80万", "50万") if secret in written]
    assert {name: getattr(stored(customer).profile, name) for name in PERSONAL} == PERSONAL


def test_the_trail_keeps_before_and_after_in_words(world, customer):
    save(world, customer, {"most_valued": ("safety", "fees"), "education": "college"})
    save(world, customer, {"most_valued": ("fees", "safety"), "education": ""})
    event = last_change()
    assert event.before == {"most_valued": "资金安全、费用优惠", "education": "大专"}
    assert event.after == {"most_valued": "费用优惠、资金安全", "education": ""}


def test_nothing_changed_writes_nothing(world, customer):
    data = {"most_valued": ("safety",), "annual_income": Decimal("350000")} | PERSONAL
    save(world, customer, data)
    events = AuditEvent.objects.count()
    assert save(world, customer, data | {"annual_income": "350000.00"}).version == 2
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"postcode": "31000"}, "邮政编码应为6位数字"),
        ({"postcode": "31000😀"}, "邮政编码应为6位数字"),
        ({"alt_phone": "12345"}, "备用电话应为11位数字"),
        ({"education": "wizard"}, "学历"),
        ({"topics": ("pension", "gossip")}, "关注话题"),
        ({"annual_income": Decimal(-1)}, "金额不能为负数"),
        ({"annual_income": Decimal(10) ** 17}, "税后年收入"),
        ({"wecom_id": "长" * 41}, "企业微信最多40个字，现在有41个"),
        ({"dietary_note": "长" * 201}, "饮食与宗教禁忌最多200个字"),
        ({"gift_taboos": "长" * 201}, "送礼忌讳"),
        ({"nationality": "长" * 41}, "国籍"),
        ({"first_contact_on": TODAY + timedelta(days=1)}, "首次接触日期不能晚于今天"),
        ({"is_id_permanent": True, "id_expires_on": date(2030, 1, 1)}, "长期有效时不填有效期"),
        ({"most_valued": ("fees",), "least_valued": ("fees",)}, "不能既是最看重又是最不看重"),
        ({"social_insurance_months": -1}, "社保缴费月数"),
    ],
)
def test_bad_data_gets_a_sentence_and_leaves_nothing(world, customer, data, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        save(world, customer, data)
    assert not CustomerProfile.objects.exists()
    assert not FieldSource.objects.exists()


def test_rare_characters_and_emoji_are_kept(world, customer):
    save(world, customer, {"buying_habit": "与𠮷田䶮商量😀", "wechat_id": "䶮𠮷😀"})
    details = stored(customer).profile
    assert (details.buying_habit, details.wechat_id) == ("与𠮷田䶮商量😀", "䶮𠮷😀")


def test_two_people_filling_in_different_fields_both_win_and_the_same_field_is_asked_about(world, customer):
    base = open_base(customer, seal_base(customer))
    update_customer(by=world.supervisor, customer=customer, version=1, data={"education": "doctor"}, base=base)
    row = Customer.objects.get(pk=customer.pk)
    with pytest.raises(ArchiveConflict) as conflict:
        update_customer(
            by=world.rm, customer=row, version=1, data={"education": "master", "topics": ("tax",)}, base=base
        )
    [difference] = conflict.value.differences
    assert (difference.label, difference.mine, difference.theirs, difference.was) == ("学历", "硕士", "博士", "")
    assert conflict.value.merged == {"topics": ("tax",)}


# where a field is known from


def test_every_change_says_who_said_so_and_when(world, customer):
    day = date(2026, 11, 20)
    save(world, customer, {"education": "master", "employer": "滨海港务", "note": "x"}, origin="document", as_of=day)
    rows = {row.field: (row.origin, row.as_of, row.recorded_by) for row in FieldSource.objects.all()}
    assert rows == {"education": ("document", day, world.rm), "employer": ("document", day, world.rm)}
    save(world, customer, {"education": "doctor"})
    assert FieldSource.objects.get(field="education").as_of == TODAY
    save(world, customer, {"education": ""})
    assert not FieldSource.objects.filter(field="education").exists()


def test_a_day_ahead_is_refused(world, customer):
    with pytest.raises(RuleViolation, match="核实日期不能晚于今天"):
        save(world, customer, {"education": "master"}, as_of=TODAY + timedelta(days=1))
    with pytest.raises(RuleViolation, match="核实日期不能晚于今天"):
        confirm_fields(by=world.rm, customer=customer, fields=["education"], as_of=TODAY + timedelta(days=1))


def test_what_still_holds_is_confirmed_without_a_new_version(world, customer):
    save(world, customer, {"education": "master"}, as_of=date(2024, 1, 2))
    assert confirm_fields(by=world.rm, customer=customer, fields=["education", "industry", "note"]) == ["学历"]
    assert FieldSource.objects.get(field="education").as_of == TODAY
    assert (last_change().after, stored(customer).version) == ({"confirmed": "学历"}, 2)
    saved = save(world, customer, {"industry": "C"}, confirmed=["education", "industry"])
    assert saved.version == 3
    assert AuditEvent.objects.filter(after={"confirmed": "学历"}).count() == 2


@pytest.mark.parametrize("persona", ["outlet_head", "head_office_staff", "other_rm", "stranger"])
def test_who_may_not_confirm(world, customer, persona):
    with pytest.raises(RuleViolation):
        confirm_fields(by=world.people[persona], customer=customer, fields=["name"])


def test_statements_do_not_grow_with_the_fields(world, customer, django_assert_max_num_queries):
    save(world, customer, {"education": "college"})
    with django_assert_max_num_queries(20) as one:
        save(world, customer, {"education": "master"})
    with django_assert_max_num_queries(20) as many:
        save(world, customer, {"education": "doctor", "industry": "C", "topics": ("tax",), "title": "工程师"})
    assert len(one) == len(many)


# reading


def test_an_amount_is_read_for_a_reason_and_on_record(world, customer):
    save(world, customer, {"annual_income": Decimal(350000)})
    row = stored(customer)
    assert reveal(by=world.rm, customer=row, field="annual_income", reason="核对资料") == "350,000.00元"
    assert reveal(by=world.rm, customer=row, field="debts", reason="核对资料") == ""
    event = AuditEvent.objects.filter(action=AuditAction.REVEAL).earliest("pk")
    assert (event.after, event.reason) == ({"field": "annual_income"}, "核对资料")


# moving with the customer


def test_the_second_row_and_its_sources_move_with_the_customer(world, customer):
    save(world, customer, {"education": "master"})
    refuse_channel(by=world.rm, customer=customer, channel="sms", reason="本人要求")
    customer.manager = world.colleague
    assign_manager(by=world.branch_head, customers=[customer], manager=world.other_rm, on=TODAY, reason="搬家")
    row = stored(customer)
    assert {row.profile.unit, row.field_sources.get().unit, row.contact_preferences.get().unit} == {world.west}


# channels that are not wanted


def test_a_channel_is_refused_and_accepted_again_on_record(world, customer):
    preference = refuse_channel(by=world.rm, customer=customer, channel="sms", reason=" 本人要求 ")
    assert (preference.reason, preference.since, str(preference)) == ("本人要求", TODAY, "不接受短信")
    again = refuse_channel(by=world.rm, customer=customer, channel="sms", reason="再次说明", since=date(2026, 1, 2))
    assert (again.pk, again.reason) == (preference.pk, "再次说明")
    accept_channel(by=world.rm, preference=again)
    assert not customer.contact_preferences.exists()
    events = AuditEvent.objects.filter(object_id=customer.public_id).order_by("pk")
    assert [event.action for event in events] == ["create", "change", "delete"]
    assert "本人要求" not in str([event.after for event in events])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"channel": "pigeon"}, "联系方式"),
        ({"reason": ""}, "原因"),
        ({"reason": "长" * 101}, "原因"),
        ({"since": TODAY + timedelta(days=1)}, "提出日期不能晚于今天"),
    ],
)
def test_a_refusal_of_nothing_is_refused(world, customer, said, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        refuse_channel(by=world.rm, customer=customer, **{"channel": "sms", "reason": "要求"} | said)
    assert not customer.contact_preferences.exists()
    with pytest.raises(RuleViolation, match="没有找到该客户"):
        refuse_channel(by=world.stranger, customer=customer, channel="sms", reason="要求")
