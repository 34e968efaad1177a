"""The archive is created and changed by its rules, with nothing overwritten and everything on record."""

from datetime import date, timedelta

import pytest
from django.db import connection
from stdnum.cn.ric import calc_check_digit

from customers.enums import CustomerStatus, IdType, Sex
from customers.models import Customer, SearchKey
from customers.services.archive import (
    ArchiveConflict,
    create_customer,
    open_base,
    rebuild_search_keys,
    seal_base,
    update_customer,
)
from customers.signals import maintenance_changed
from organization.crypto import CannotDecrypt
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY

MOBILE, ADDRESS, EMAIL = "13900001234", "滨海市东城区和平路18号3栋502", "zhang@example.com"


def id_number(birth="19800615", order="001", area="990101") -> str:
    body = f"{area}{birth}{order}"
    return body + calc_check_digit(body + "0")


ID = id_number()


@pytest.fixture
def announced():
    calls = []

    def receive(sender, **kwargs):
        calls.append(kwargs)

    maintenance_changed.connect(receive)
    yield calls
    maintenance_changed.disconnect(receive)


@pytest.fixture
def customer(world):
    return create_customer(
        by=world.rm,
        data={
            "name": "张伟",
            "number": "88000001",
            "id_number": ID,
            "mobile": MOBILE,
            "address": ADDRESS,
            "email": EMAIL,
        },
    )


# creating


def test_a_manager_creates_his_own_customer_from_today(world, customer, announced):
    assert (customer.manager, customer.unit, customer.managed_since) == (world.rm, world.east, TODAY)
    assert (customer.birth_date, customer.sex) == (date(1980, 6, 15), Sex.MALE)
    assert customer.sort_name == "zhang wei"


def test_creating_is_on_record_without_personal_data(customer):
    event = AuditEvent.objects.get(action=AuditAction.CREATE, object_type="customers.customer")
    written = f"{event.before}{event.after}{event.object_label}"
    for secret in (ID, MOBILE, ADDRESS, EMAIL, "张伟", "1980-06-15"):
        assert secret not in written
    assert event.after["mobile"] == "139****1234"
    assert event.after["name"] == "张*"
    assert event.object_id == customer.public_id


def test_identifiers_are_unreadable_in_the_database(customer):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers_customer")
        row = str(cursor.fetchall())
        cursor.execute("SELECT * FROM customers_searchkey")
        row += str(cursor.fetchall())
    for secret in (ID, MOBILE, ADDRESS, EMAIL, ID[-4:] + "'", MOBILE[-4:] + "'"):
        assert secret not in row
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.id_number, stored.mobile, stored.address, stored.email) == (ID, MOBILE, ADDRESS, EMAIL)


def test_a_ciphertext_copied_to_another_customer_does_not_open(world, customer):
    other = world.customer("王芳")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET mobile = (SELECT mobile FROM customers_customer WHERE id = %s) WHERE id = %s",
            [customer.pk, other.pk],
        )
    with pytest.raises(CannotDecrypt):
        _ = Customer.objects.get(pk=other.pk).mobile


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"name": "   "}, "请填写姓名"),
        ({"name": "张😀"}, "姓名中不能有“😀”"),
        ({"name": "张\x00"}, "姓名中不能有不可见字符"),
        ({"name": "张" * 61}, "姓名"),
        ({"birth_date": TODAY + timedelta(days=1)}, "出生日期不能晚于今天"),
        ({"id_number": ID, "birth_date": date(1980, 6, 16)}, "出生日期与身份证号"),
        ({"id_number": ID, "sex": Sex.FEMALE}, "性别与身份证号"),
        ({"id_number": ID[:-1] + ("1" if ID[-1] != "1" else "2")}, "校验位"),
        ({"id_number": "12"}, "18位"),
        ({"id_type": IdType.PASSPORT, "id_number": "G 12"}, "4至20位"),
        ({"mobile": "1380013800"}, "11位"),
        ({"mobile": "十三亿"}, "11位"),
        ({"address": "路" * 201}, "最多200个字"),
        ({"email": "zhang"}, "电子邮箱"),
        ({"note": "长" * 2001}, "备注"),
        ({"occupation": "wizard"}, "职业"),
        ({"has_no_contact": True}, "请填写原因"),
    ],
)
def test_bad_data_gets_a_sentence_and_leaves_nothing(world, data, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        create_customer(by=world.rm, data={"name": "张伟"} | data)
    assert not Customer.objects.exists()
    assert not SearchKey.objects.exists()


@pytest.mark.parametrize("name", ["䶮龚", "𠮷田茂", "阿依古丽·买买提", "Mary Ann O'Neil", "欧阳  修"])
def test_rare_names_are_kept_and_found(world, name):
    customer = create_customer(by=world.rm, data={"name": name, "note": "喜欢😀 表情"})
    stored = Customer.objects.get(pk=customer.pk)
    assert stored.name == " ".join(name.split())
    assert stored.note == "喜欢😀 表情"
    assert stored.search_keys.exists()


def test_unknown_fields_are_refused(world):
    with pytest.raises(TypeError, match="version"):
        create_customer(by=world.rm, data={"name": "张伟", "version": 9})
    with pytest.raises(TypeError, match="manager"):
        update_customer(by=world.rm, customer=world.customer(), version=1, data={"manager": world.colleague})


def test_a_document_has_one_archive_in_the_whole_bank_and_the_refusal_tells_nothing(world, customer):
    with pytest.raises(RuleViolation) as refused:
        create_customer(by=world.stranger, data={"name": "李四", "id_number": ID.lower()})
    for leak in ("张", "林悦", "东城", customer.number):
        assert leak not in str(refused.value)
    with pytest.raises(RuleViolation, match="客户号"):
        create_customer(by=world.stranger, data={"name": "李四", "number": "88000001"})


def test_the_same_number_on_another_kind_of_document_is_another_person(world, customer):
    create_customer(by=world.rm, data={"name": "李四", "id_type": IdType.OTHER, "id_number": ID})
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    "persona", ["outlet_head", "branch_head", "lobby", "teller", "head_office_staff", "administrator"]
)
def test_who_may_not_create(world, persona):
    with pytest.raises(RuleViolation, match="不能建立"):
        create_customer(by=world.people[persona], data={"name": "张伟"})


@pytest.mark.parametrize(
    ("by", "manager", "is_allowed"),
    [("rm", "rm", True), ("rm", "colleague", False), ("rm", "stranger", False), ("supervisor", "colleague", True),
     ("supervisor", "other_rm", False), ("supervisor", "teller", False)],
)  # fmt: skip
def test_a_manager_from_elsewhere_is_refused(world, by, manager, is_allowed):
    data = {"name": "张伟", "manager": world.people[manager]}
    if is_allowed:
        assert create_customer(by=world.people[by], data=data).manager == world.people[manager]
    else:
        with pytest.raises(RuleViolation, match="客户经理"):
            create_customer(by=world.people[by], data=data)


def test_a_unit_from_elsewhere_is_refused(world):
    with pytest.raises(RuleViolation, match="归属机构"):
        create_customer(by=world.rm, data={"name": "张伟", "unit": world.south})


# changing


def test_a_change_writes_what_changed_and_a_masked_audit_row(world, customer):
    saved = update_customer(
        by=world.rm, customer=customer, version=1,
        data={"mobile": "+86 139-0000-5678", "employer": "滨海机床厂", "name": "张伟", "note": "身份证 " + ID},
    )  # fmt: skip
    assert (saved.version, saved.mobile) == (2, "13900005678")
    event = AuditEvent.objects.get(action=AuditAction.CHANGE)
    assert event.before == {"mobile": "139****1234", "employer": "", "note": ""}
    assert event.after == {"mobile": "139****5678", "employer": "共5字", "note": "共22字"}


def test_saving_without_a_change_writes_nothing(world, customer):
    saved = update_customer(by=world.rm, customer=customer, version=1, data={"name": " 张伟 ", "mobile": MOBILE})
    assert saved.version == 1
    assert not AuditEvent.objects.filter(action=AuditAction.CHANGE).exists()


def test_a_new_name_and_number_are_found_and_the_old_ones_are_not(world, customer):
    before = set(customer.search_keys.values_list("key", flat=True))
    update_customer(by=world.rm, customer=customer, version=1, data={"name": "王芳", "mobile": "13900009999"})
    after = set(customer.search_keys.values_list("key", flat=True))
    assert "zhangwei" in before - after
    assert "wangfang" in after - before
    assert len([key for key in before - after if key.startswith("#m")]) == 2


@pytest.mark.parametrize(
    "data", [{"birth_date": date(1980, 6, 16)}, {"sex": Sex.FEMALE}, {"id_number": id_number("19900101")}]
)
def test_a_change_that_contradicts_the_card_is_refused(world, customer, data):
    with pytest.raises(RuleViolation, match="身份证号"):
        update_customer(by=world.rm, customer=customer, version=1, data=data)


def test_a_customer_of_another_unit_cannot_be_changed(world, customer):
    for person in (world.stranger, world.other_rm, world.colleague):
        with pytest.raises(RuleViolation, match="没有找到该客户"):
            update_customer(by=person, customer=customer, version=1, data={"employer": "x"})


def test_pausing_contact_is_announced(world, customer, announced):
    update_customer(
        by=world.rm, customer=customer, version=1, data={"has_no_contact": True, "no_contact_reason": "本人要求"}
    )
    update_customer(by=world.rm, customer=customer, version=2, data={"employer": "自营"})
    assert announced == [{"signal": maintenance_changed, "customer_ids": [customer.pk], "on": TODAY, "by": world.rm}]


def test_status_and_co_manager_are_the_supervisors(world, customer):
    with pytest.raises(RuleViolation, match="由客户经理主管调整"):
        update_customer(by=world.rm, customer=customer, version=1, data={"status": CustomerStatus.CLOSED})
    with pytest.raises(RuleViolation, match="管辖范围"):
        update_customer(by=world.supervisor, customer=customer, version=1, data={"co_manager": world.other_rm})
    with pytest.raises(RuleViolation, match="同一人"):
        update_customer(by=world.supervisor, customer=customer, version=1, data={"co_manager": world.rm})
    saved = update_customer(by=world.supervisor, customer=customer, version=1, data={"co_manager": world.colleague})
    assert Customer.objects.get(pk=customer.pk).co_manager == saved.co_manager == world.colleague


# two people at once


def opened(customer) -> dict:
    """What a form opened now would carry back."""
    return open_base(customer, seal_base(customer))


def test_different_fields_are_merged(world, customer):
    base = opened(customer)
    update_customer(by=world.supervisor, customer=customer, version=1, data={"employer": "滨海港务"}, base=base)
    saved = update_customer(
        by=world.rm, customer=customer, version=1, data={"employer": "", "interests": "书法"}, base=base
    )
    assert (saved.employer, saved.interests, saved.version) == ("滨海港务", "书法", 3)


def test_the_same_field_goes_back_with_both_values_and_the_one_before(world, customer):
    base = opened(customer)
    update_customer(by=world.supervisor, customer=customer, version=1, data={"mobile": "13900005555"}, base=base)
    with pytest.raises(ArchiveConflict) as conflict:
        update_customer(
            by=world.rm, customer=customer, version=1, data={"mobile": "13900006666", "interests": "书法"}, base=base
        )
    [difference] = conflict.value.differences
    assert (difference.label, difference.mine, difference.theirs, difference.was) == (
        "手机号码", "139****6666", "139****5555", "139****1234",
    )  # fmt: skip
    assert conflict.value.merged == {"interests": "书法"}
    assert Customer.objects.get(pk=customer.pk).mobile == "13900005555"


def test_both_typing_the_same_is_no_conflict(world, customer):
    base = opened(customer)
    for person in (world.supervisor, world.rm):
        saved = update_customer(by=person, customer=customer, version=1, data={"employer": "滨海港务"}, base=base)
    assert saved.version == 2


def test_without_knowing_what_the_form_showed_every_difference_is_asked(world, customer):
    update_customer(by=world.supervisor, customer=customer, version=1, data={"employer": "滨海港务"})
    with pytest.raises(ArchiveConflict) as conflict:
        update_customer(by=world.rm, customer=customer, version=1, data={"employer": "", "interests": "书法"})
    assert {d.field for d in conflict.value.differences} == {"employer", "interests"}


def test_the_sealed_base_belongs_to_one_customer_and_tells_nothing(world, customer):
    token = seal_base(customer)
    for secret in (ID, MOBILE, "张伟"):
        assert secret not in token
    assert open_base(world.customer("王芳"), token) is None
    assert open_base(customer, token[:-4]) is None
    assert MOBILE not in str(open_base(customer, token))


# search keys


def test_a_rebuild_takes_the_same_statements_for_one_and_for_many(world, django_assert_num_queries):
    many = [world.customer(f"王{name}") for name in "甲乙丙丁戊己庚"]
    with django_assert_num_queries(4):
        rebuild_search_keys(many[:1])
    with django_assert_num_queries(4):
        rebuild_search_keys(many)
    with django_assert_num_queries(3):
        assert rebuild_search_keys(many) == 0
