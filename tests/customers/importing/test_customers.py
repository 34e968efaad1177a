"""客户档案 from files: created, updated instead of doubled, refused with reasons, put back."""

from datetime import date

import pytest

from customers.enums import Calendar, DateKind, ImportState, Sex, Strategy, Tier
from customers.importing import files
from customers.models import Customer, ImportantDate, ImportRow, SearchKey, StrategyChange, TierChange
from customers.queries import search_customers
from customers.services.archive import update_customer
from customers.signals import maintenance_changed
from maintenance.models import ContactBeat
from organization.models import AuditEvent
from tests.almanac.workbook import workbook
from tests.customers.importing.conftest import csv_bytes

HEAD = "客户号,姓名,证件号码,手机号码,机构号,客户经理,层级"
ID_OF_ZHANG, ID_OF_LI = "990101198006150016", "990101198006150024"
pytestmark = pytest.mark.django_db


def customer(number: str) -> Customer:
    return Customer.objects.get(number=number)


def counts(batch) -> tuple[int, int, int, int]:
    return batch.created_count, batch.updated_count, batch.same_count, batch.error_count


def test_a_new_customer_comes_with_all_that_belongs_to_him(importing):
    batch = importing.run(
        "customers",
        csv_bytes(
            f"{HEAD},地址,职业,农历生日",
            f"N1,张三,{ID_OF_ZHANG},138 0000 0001,1101,1001,金卡客户,滨海市学府路1号,教师,",
        ),
    )
    row = customer("N1")
    assert counts(batch) == (1, 0, 0, 0)
    assert (row.name, row.id_number, row.mobile, row.address) == ("张三", ID_OF_ZHANG, "13800000001", "滨海市学府路1号")
    # The identity number says what the file left out.
    assert (row.birth_date, row.sex) == (date(1980, 6, 15), Sex.MALE)
    assert (row.unit.code, row.manager.employee_no, row.managed_since) == ("1101", "1001", date(2026, 11, 23))
    assert (row.tier, row.strategy, row.occupation) == (Tier.GOLD, Strategy.ACTIVE, "teacher")
    birthday = row.important_dates.get(kind=DateKind.BIRTHDAY)
    assert (birthday.month, birthday.day, birthday.year, birthday.next_on) == (6, 15, 1980, date(2027, 6, 15))
    assert [found.number for found in search_customers(importing.world.rm, "zs")] == ["N1"]
    assert [found.number for found in search_customers(importing.world.rm, "0001")] == ["N1"]
    assert ContactBeat.objects.filter(customer=row).exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_chinese_systems(importing, encoding):
    importing.run("customers", csv_bytes("客户编号;客户姓名;性别", "N1;䶮磊;女", encoding=encoding))
    assert (customer("N1").name, customer("N1").sex) == ("䶮磊", Sex.FEMALE)


def test_a_workbook_with_identity_numbers_as_numbers_is_refused_by_name(importing):
    rows = [["客户号", "姓名", "证件号码", "手机号码", "出生日期"],
            ["N1", "张三", 990101198006150012, 13800000001, ""], [1002, "李四", "", 13800000002.0, date(1970, 1, 1)]]  # fmt: skip
    batch = importing.run("customers", workbook(rows))
    assert importing.reasons(batch) == {2: ["证件号码列被存成数字，末位已丢失，请按文本重新导出"]}
    assert (customer("1002").mobile, customer("1002").birth_date) == ("13800000002", date(1970, 1, 1))


def test_what_exists_is_updated_blanks_leave_it_and_history_is_kept(importing):
    known = importing.world.customer("张伟", number="N1", birth_date=None, occupation="doctor")
    changed: list[list[int]] = []

    def receiver(sender, customer_ids, **kwargs):
        changed.append(list(customer_ids))

    maintenance_changed.connect(receiver)
    batch = importing.run(
        "customers", csv_bytes("客户号,姓名,手机号码,层级,职业,出生日期", "N1,张大伟,13800000009,白金客户,,1980-01-02")
    )
    maintenance_changed.disconnect(receiver)
    row = customer("N1")
    assert counts(batch) == (0, 1, 0, 0)
    assert (row.pk, row.name, row.mobile, row.occupation) == (known.pk, "张大伟", "13800000009", "doctor")
    assert (row.version, row.tier, row.strategy) == (known.version + 1, Tier.PLATINUM, Strategy.ACTIVE)
    assert TierChange.objects.get(customer=row).reason == "批量导入"
    assert not StrategyChange.objects.exists()
    assert changed == [[row.pk]]
    event = AuditEvent.objects.get(object_id=row.public_id)
    assert event.after["mobile"] == "138****0009"
    assert event.after["name"] == "张**"
    assert "1980" not in str(event.after)


def test_the_same_file_twice_changes_nothing(importing):
    content = csv_bytes(HEAD, f"N1,张三,{ID_OF_ZHANG},13800000001,1101,1001,GOLD", "N2,李四,,,1102,,")
    importing.run("customers", content)
    versions = set(Customer.objects.values_list("pk", "version", "updated_at"))
    keys = set(SearchKey.objects.values_list("pk", flat=True))
    again = importing.run("customers", content)
    assert counts(again) == (0, 0, 2, 0)
    assert set(Customer.objects.values_list("pk", "version", "updated_at")) == versions
    assert set(SearchKey.objects.values_list("pk", flat=True)) == keys


def test_bad_rows_say_why_and_a_fifth_of_them_stops_nobody_else(importing):
    importing.world.customer("赵云", number="OLD")
    content = csv_bytes(
        HEAD,
        "N1,张三,990101198006150017,,1101,,",
        "N2,李四,,123,1101,,",
        "N3,,,,1101,,",
        "N4,王五,,,9999,,",
        "N5,王五,,,1101,8888,",
        f"N6,钱一,{ID_OF_ZHANG},,1101,,",
        f"N7,钱二,{ID_OF_ZHANG},,1101,,",
        "N6,钱三,,,1101,,",
        "N8,孙😀,,,1101,,",
        "N 9,孙九,,,1101,,",
        "N10,周十,,,1101,1001,铜卡",
        *(f"M{i},好客户{'一二三四五六七八九十'[i % 10]},,,1101,," for i in range(40)),
    )
    batch = importing.run("customers", content)
    assert importing.reasons(batch) == {
        2: ["身份证号校验位不正确，请核对各位数字"],
        3: ["手机号码应为11位数字，境外号码请以+和国家代码开头"],
        4: ["姓名不能为空"],
        5: ["机构号9999不存在，或不属于您的机构"],
        6: ["客户经理8888不存在、已离岗，或不属于您的机构"],
        8: ["该证件号码在行内或本文件中已有客户档案，请核对号码"],
        9: ["与第7行重复"],
        10: ["姓名中不能有“😀”，请按证件填写。"],
        11: ["客户号“N 9”含有空格或特殊字符"],
        12: ["客户层级“铜卡”不在可选范围内（大众客户、潜力客户、金卡客户、白金客户、钻石客户、私行客户）"],
    }
    assert counts(batch) == (41, 0, 0, 10)
    assert Customer.objects.count() == 42
    lines = files.bad_rows_of(batch).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 11


def test_a_birth_date_against_the_identity_number_is_refused(importing):
    batch = importing.check("customers", csv_bytes("客户号,姓名,证件号码,出生日期,性别", f"N1,张三,{ID_OF_ZHANG},1981-06-15,男",
                                                   f"N2,李四,{ID_OF_LI},,男", "N3,王五,,2026-11-24,"))  # fmt: skip
    assert importing.reasons(batch) == {
        2: ["出生日期与身份证号中的出生日期不一致，请核对证件。"],
        3: ["性别与身份证号第17位不一致，请核对证件。"],
        4: ["出生日期不能晚于今天"],
    }


def test_lunar_birthdays_take_the_place_of_solar_ones(importing):
    importing.run(
        "customers", csv_bytes("客户号,姓名,出生日期,农历生日", "N1,张三,1980-06-15,闰四月十五", "N2,李四,1980-06-15,")
    )
    (lunar,) = customer("N1").important_dates.all()
    assert (lunar.calendar, lunar.month, lunar.day, lunar.is_leap) == (Calendar.LUNAR, 4, 15, True)
    importing.run("customers", csv_bytes("客户号,姓名,出生日期", "N1,张三,1980-06-16", "N2,李四,1980-06-16"))
    assert list(customer("N1").important_dates.values_list("calendar", "day", "year")) == [(Calendar.LUNAR, 15, 1980)]
    assert list(customer("N2").important_dates.values_list("calendar", "day", "year")) == [(Calendar.SOLAR, 16, 1980)]


def test_a_lunar_birthday_at_the_turn_of_the_year_keeps_its_lunar_year(importing):
    importing.run("customers", csv_bytes("客户号,姓名,出生日期,农历生日", "N1,张三,1967-02-05,腊月廿六"))
    assert list(customer("N1").important_dates.values_list("calendar", "month", "year")) == [(Calendar.LUNAR, 12, 1966)]


def test_a_head_imports_only_into_his_units_and_moves_nobody_elses_customers(importing):
    importing.world.customer("赵云", number="OLD", manager=importing.world.other_rm)
    content = csv_bytes(
        "客户号,姓名,机构号,客户经理", "N1,张三,1102,", "OLD,赵云,1101,", "N2,李四,,", "N3,王五,1101,1101"
    )
    batch = importing.run("customers", content, by=importing.world.outlet_head)
    assert importing.reasons(batch) == {
        2: ["机构号1102不存在，或不属于您的机构"],
        3: ["客户号OLD已属于其他机构"],
        5: ["客户经理1101不存在、已离岗，或不属于您的机构"],
    }
    assert customer("N2").unit == importing.world.east
    assert counts(importing.run("customers", content, by=importing.world.branch_head)) == (2, 1, 1, 0)
    assert customer("OLD").unit == importing.world.east


def test_dependent_rows_follow_a_customer_into_another_unit(importing):
    moved = importing.world.customer("赵云", number="OLD")
    ImportantDate.objects.create(customer=moved, unit=moved.unit, kind=DateKind.WEDDING, month=5, day=1)
    importing.run("customers", csv_bytes("客户号,姓名,客户经理", "OLD,赵云,1101"))
    moved.refresh_from_db()
    assert (moved.unit, moved.manager) == (importing.world.west, importing.world.other_rm)
    assert {row.unit for row in moved.important_dates.all()} == {importing.world.west}


def test_undo_removes_the_new_and_restores_the_changed(importing):
    known = importing.world.customer("张伟", number="OLD", birth_date=date(1980, 6, 15))
    importing.run("customers", csv_bytes("客户号,姓名,手机号码,出生日期", "OLD,张伟,13800000001,1980-06-15"))
    before = _everything()
    batch = importing.run(
        "customers",
        csv_bytes("客户号,姓名,手机号码,出生日期,层级,客户经理", "OLD,张大伟,13800000002,1980-07-16,钻石客户,1003",
                  "N1,新客户,13800000003,1990-01-01,金卡客户,1001"),
    )  # fmt: skip
    assert _everything() != before
    undone = importing.undo(batch)
    assert undone.state == ImportState.UNDONE, undone.error
    assert _everything() == before
    known.refresh_from_db()
    assert known.version > 2
    assert list(TierChange.objects.order_by("pk").values_list("before", "after", "reason")) == [
        ("GOLD", "DIAMOND", "批量导入"), ("DIAMOND", "GOLD", "撤销批量导入"),
    ]  # fmt: skip


def test_undo_is_refused_for_what_somebody_changed_or_used_since(importing):
    batch = importing.run(
        "customers", csv_bytes("客户号,姓名,客户经理", "N1,甲一,1001", "N2,乙二,1001", "N3,丙三,1001", "N4,丁四,1001")
    )
    update_customer(by=importing.world.rm, customer=customer("N1"), version=1, data={"note": "爱喝茶"})
    importing.account("A1", customer("N2"))
    refused = importing.undo(batch)
    assert (refused.state, refused.error) == (ImportState.DONE, "本批有2行数据之后又被修改或使用，不能整批撤销。")
    assert Customer.objects.count() == 4


def test_what_was_read_and_changed_lies_encrypted(importing):
    importing.run("customers", csv_bytes(HEAD, f"N1,张三,{ID_OF_ZHANG},13800000001,1101,1001,GOLD"))
    importing.run("customers", csv_bytes(HEAD, "N1,张三,,13800000002,1101,1001,GOLD"))
    for row in ImportRow.objects.all():
        assert "1380000" not in row.before
        assert ID_OF_ZHANG not in row.before


def _everything() -> tuple:
    """Names, identifiers, service, dates and search keys of all customers; not their versions."""
    rows = Customer.objects.order_by("number")
    plain = [
        (row.number, row.name, row.sort_name, row.mobile, row.mobile_index, row.birth_date, row.tier, row.strategy,
         row.manager_id, row.unit_id, row.managed_since) for row in rows
    ]  # fmt: skip
    dates = ImportantDate.objects.order_by("customer", "kind").values_list(
        "customer", "kind", "month", "day", "year", "next_on"
    )
    return plain, list(dates), sorted(SearchKey.objects.values_list("customer", "key"))
