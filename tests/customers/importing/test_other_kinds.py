"""机构, 账户, 账户权利人 and 持有产品 from files."""

from datetime import date
from decimal import Decimal

import pytest

from customers.enums import DateKind, ImportState, PartyRole, ProductCategory
from customers.importing.kinds.holdings import next_reminder
from customers.models import Account, AccountParty, Holding, ImportantDate
from organization.enums import UnitKind
from organization.exceptions import RuleViolation
from organization.models import Unit
from tests.customers.importing.conftest import csv_bytes

pytestmark = pytest.mark.django_db


def counts(batch) -> tuple[int, int, int, int]:
    return batch.created_count, batch.updated_count, batch.same_count, batch.error_count


def test_units_grow_a_tree_and_are_taken_down_again(importing):
    head = "机构号,机构名称,机构类型,上级机构号"
    content = csv_bytes(head, "3100,海东分行,分行,0000", "3101,码头网点,,3100", "3102,灯塔网点,网点,9999", "1101,东城新网点,,1100",
                        "1102,西城网点,网点,2100")  # fmt: skip
    batch = importing.run("units", content)
    assert importing.reasons(batch) == {
        4: ["上级机构9999不存在（上级须排在下级之前）"],
        6: ["不能通过导入改变上级机构，请在系统管理中调整"],
    }
    assert counts(batch) == (2, 1, 0, 2)
    pier = Unit.objects.get(code="3101")
    assert (pier.path, pier.kind) == ("0000/3100/3101/", UnitKind.OUTLET)
    assert Unit.objects.get(code="1101").name == "东城新网点"
    assert importing.undo(batch).state == ImportState.UNDONE
    assert not Unit.objects.filter(code__startswith="31").exists()
    assert Unit.objects.get(code="1101").name == "东城网点"


def test_a_unit_that_is_in_use_stays(importing):
    batch = importing.run("units", csv_bytes("机构号,机构名称,上级机构号", "3100,海东分行,0000"))
    importing.world.customer("张伟", unit=Unit.objects.get(code="3100"))
    assert importing.undo(batch).error == "本批有1行数据之后又被修改或使用，不能整批撤销。"


def test_units_are_configuration_not_a_heads_business(importing):
    with pytest.raises(RuleViolation, match="您的岗位不能导入这类数据"):
        importing.upload("units", csv_bytes("机构号,机构名称", "1,甲"), by=importing.world.branch_head)


def test_accounts_with_their_owner(importing):
    importing.product()
    owner = importing.world.customer("张伟", number="C1")
    head = "账户标识,客户号,产品代码,开户日期,账号,币种"
    batch = importing.run(
        "accounts",
        csv_bytes(head, "A1,C1,CUR,2020-01-02,6222 0200 0000 1111,CNY", "A2,C1,活期,2020-01-02,,CZK", "A3,C9,CUR,2020-01-02,,",
                  "A4,C1,XXX,2026-11-24,,", "A5,C1,CUR,2020-01-02,6.2E+15,"),
    )  # fmt: skip
    assert importing.reasons(batch) == {
        4: ["客户号C9不存在，或不属于您的机构"],
        5: ["产品XXX不存在，请先由管理员登记", "开户日期不能晚于今天"],
        6: ["账号列呈科学计数法，末位已丢失，请按文本重新导出"],
    }
    first = Account.objects.get(reference="A1")
    assert (first.number, first.unit, first.customer) == ("6222020000001111", owner.unit, owner)
    assert list(first.parties.values_list("customer", "role")) == [(owner.pk, PartyRole.OWNER)]
    again = importing.run(
        "accounts",
        csv_bytes(
            head + ",销户日期", "A1,C1,CUR,2020-01-02,6222020000001111,CNY,", "A2,C1,CUR,2020-01-02,,CZK,2026-05-01"
        ),
    )
    assert counts(again) == (0, 1, 1, 0)
    assert importing.undo(again).state == ImportState.UNDONE
    assert Account.objects.get(reference="A2").closed_on is None
    assert importing.undo(batch).state == ImportState.UNDONE
    assert not Account.objects.exists()
    assert not AccountParty.objects.exists()


def test_an_account_never_changes_hands_by_a_file(importing):
    importing.account("A1", importing.world.customer("张伟", number="C1"))
    importing.world.customer("李娜", number="C2")
    batch = importing.check("accounts", csv_bytes("账户标识,客户号,产品代码,开户日期", "A1,C2,CUR,2020-01-01"))
    assert importing.reasons(batch) == {2: ["账户已登记在其他客户名下，不能通过导入改户主"]}


def test_an_account_with_balances_or_other_parties_is_not_undone(importing):
    importing.product()
    importing.world.customer("张伟", number="C1")
    importing.world.customer("李娜", number="C2")
    batch = importing.run(
        "accounts",
        csv_bytes(
            "账户标识,客户号,产品代码,开户日期", "A1,C1,CUR,2020-01-01", "A2,C1,CUR,2020-01-01", "A3,C1,CUR,2020-01-01"
        ),
    )
    later = importing.run("balances", csv_bytes("账户标识,日期,余额", "A1,2026-11-20,1"))
    parties = importing.run("parties", csv_bytes("账户标识,客户号,身份", "A2,C2,有权支取人"))
    assert importing.undo(batch).error == "本批有2行数据之后又被修改或使用，不能整批撤销。"
    importing.undo(later)
    importing.undo(parties)
    assert importing.undo(batch).state == ImportState.UNDONE


def test_parties(importing):
    importing.account("A1", importing.world.customer("张伟", number="C1"))
    importing.world.customer("李娜", number="C2")
    head = "账户标识,客户号,身份"
    batch = importing.run(
        "parties", csv_bytes(head, "A1,C1,户主", "A1,C2,authorised", "A1,C2,户主", "A9,C2,户主", "A1,C1,有权支取人")
    )
    assert importing.reasons(batch) == {
        4: ["与第3行重复"], 5: ["账户标识A9不存在，或不属于您的机构"], 6: ["与第2行重复"],
    }  # fmt: skip
    assert counts(batch) == (1, 0, 1, 3)
    wrong = importing.check("parties", csv_bytes(head, "A1,C1,有权支取人"))
    assert importing.reasons(wrong) == {2: ["身份与账户登记的户主不一致"]}


def test_holdings_with_reminders_and_anniversaries(importing):
    importing.product("LOAN", ProductCategory.LOAN, "个人贷款")
    importing.product("TERM", ProductCategory.TERM_DEPOSIT, "一年定期")
    owner = importing.world.customer("张伟", number="C1")
    importing.account("A1", owner)
    head = "持仓标识,账户标识,客户号,产品代码,金额,年利率,起始日期,到期日期,结清日期"
    content = csv_bytes(
        head, "L1,A1,,LOAN,\"100,000\",4.35%,2024-02-29,2027-02-28,", "L2,A1,,LOAN,5,,2020-01-01,2021-01-01,2021-01-01",
        "T1,,C1,TERM,50000,0.02,2026-01-05,2026-12-05,", "T2,,,TERM,1,,2026-01-05,,", "T3,,C1,TERM,1,,2026-01-05,2025-01-05,",
    )  # fmt: skip
    batch = importing.run("holdings", content)
    assert importing.reasons(batch) == {5: ["客户号和账户标识至少填一项"], 6: ["到期日期早于起始日期"]}
    loan = Holding.objects.get(reference="L1")
    assert (loan.customer, loan.rate, loan.remind_on) == (owner, Decimal("0.0435"), date(2027, 1, 29))
    assert Holding.objects.get(reference="L2").remind_on is None
    # Twelve days before maturity: the lead of thirty days has passed and is still to be told.
    assert Holding.objects.get(reference="T1").remind_on == date(2026, 11, 5)
    dates = ImportantDate.objects.filter(kind=DateKind.LOAN_ISSUED).order_by("label")
    assert [(row.label, row.month, row.day, row.next_on) for row in dates] == [
        ("个人贷款贷款发放日（L1）", 2, 29, date(2027, 2, 28)), ("个人贷款贷款发放日（L2）", 1, 1, date(2027, 1, 1)),
    ]  # fmt: skip
    assert counts(importing.run("holdings", content)) == (0, 0, 3, 2)
    changed = importing.run("holdings", csv_bytes(head, "L1,A1,,LOAN,90000,,2024-02-29,2027-03-31,"))
    loan.refresh_from_db()
    assert (loan.amount, loan.remind_on) == (90000, date(2027, 3, 1))
    assert importing.undo(changed).state == ImportState.UNDONE
    loan.refresh_from_db()
    assert (loan.amount, loan.remind_on) == (100000, date(2027, 1, 29))
    assert importing.undo(batch).state == ImportState.UNDONE
    assert not Holding.objects.exists()
    assert not ImportantDate.objects.exists()


@pytest.mark.parametrize(
    ("matures_on", "expected"),
    [
        (None, None), (date(2027, 1, 31), date(2027, 1, 1)), (date(2026, 12, 23), date(2026, 11, 23)),
        (date(2026, 11, 30), date(2026, 11, 23)), (date(2026, 11, 24), date(2026, 11, 23)), (date(2026, 11, 1), date(2026, 10, 31)),
    ],
)  # fmt: skip
def test_the_next_reminder_is_the_lead_whose_time_it_is(matures_on, expected):
    assert next_reminder(matures_on, [30, 7, 1], date(2026, 11, 23)) == expected
