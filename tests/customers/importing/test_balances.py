"""日终余额: judged and written as sets, put back as sets; the figures of customers follow."""

from datetime import date
from decimal import Decimal

import pytest

from customers.enums import ImportState
from customers.importing import balances, files
from customers.models import Account, BalanceSnapshot, MonthlyBalance, StagedBalance
from tests.customers.importing.conftest import csv_bytes

HEAD = "账户标识,日期,余额"
pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(importing):
    own = importing.world.customer("张伟")
    other = importing.world.customer("李娜", manager=importing.world.other_rm)
    return {
        "A1": importing.account("A1", own), "A2": importing.account("A2", own),
        "B1": importing.account("B1", other, closed_on=date(2026, 6, 1)),
    }  # fmt: skip


def stored() -> dict[tuple[str, str], Decimal]:
    rows = BalanceSnapshot.objects.values_list("account__reference", "day", "balance")
    return {(reference, str(day)): balance for reference, day, balance in rows}


def counts(batch) -> tuple[int, int, int, int]:
    return batch.created_count, batch.updated_count, batch.same_count, batch.error_count


def test_new_changed_and_same_balances(importing, accounts):
    first = importing.run(
        "balances", csv_bytes(HEAD, "A1,2026-11-19,100.00", "A1,2026-11-20,150.00", "A2,2026-11-20,7")
    )
    assert (first.state, counts(first)) == (ImportState.DONE, (3, 0, 0, 0))
    second = importing.run("balances", csv_bytes(HEAD, "A1,2026-11-20,175.50", "A2,2026-11-20,7.00", "A2,2026-11-21,8"))
    assert counts(second) == (1, 1, 1, 0)
    assert stored() == {
        ("A1", "2026-11-19"): 100, ("A1", "2026-11-20"): Decimal("175.50"), ("A2", "2026-11-20"): 7, ("A2", "2026-11-21"): 8,
    }  # fmt: skip
    newest = dict(Account.objects.values_list("reference", "balance"))
    assert (newest["A1"], newest["A2"]) == (Decimal("175.50"), 8)
    accounts["A1"].customer.refresh_from_db()
    assert accounts["A1"].customer.aum == Decimal("183.50")


def test_an_old_balance_does_not_become_the_accounts_balance(importing, accounts):
    importing.run("balances", csv_bytes(HEAD, "A1,2026-11-20,150"))
    importing.run("balances", csv_bytes(HEAD, "A1,2026-11-10,90"))
    account = Account.objects.get(reference="A1")
    assert (account.balance, account.balance_on) == (150, date(2026, 11, 20))


def test_the_same_file_twice_changes_nothing(importing, accounts):
    content = csv_bytes(HEAD, "A1,2026-11-19,100.00", "A2,2026-11-20,7.10")
    importing.run("balances", content)
    again = importing.run("balances", content)
    assert counts(again) == (0, 0, 2, 0)
    assert not StagedBalance.objects.filter(batch_id=again.pk).exists()


def test_every_bad_row_has_its_reason_and_the_others_come_in(importing, accounts):
    batch = importing.check(
        "balances",
        csv_bytes(
            HEAD, "A1,2026-11-20,100", "X9,2026-11-20,1", "A1,2019-12-31,1", "B1,2026-06-02,5", "B1,2026-06-02,0",
            "A2,2026-11-24,1", "A2,2026-02-30,1", "A2,2026-11-20,eins", ",2026-11-20,1", "A1,2026-11-20,100", "A1,2026-11-20,101",
        ),
    )  # fmt: skip
    assert importing.reasons(batch) == {
        3: ["账户标识在行内不存在，或不属于您的机构"],
        4: ["余额日期早于开户日期"],
        5: ["账户在该日已销户，余额应为零"],
        7: ["余额日期不能晚于今天"],
        8: ["日期“2026-02-30”是不存在的日期"],
        9: ["余额“eins”不是金额（最多两位小数）"],
        10: ["账户标识不能为空"],
        11: ["与第2行的账户和日期重复"],
        12: ["与第2行的账户和日期重复"],
    }
    assert counts(batch) == (2, 0, 0, 9)
    importing.apply(batch)
    assert stored() == {("A1", "2026-11-20"): 100, ("B1", "2026-06-02"): 0}
    lines = files.bad_rows_of(batch).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "行号,原因,账户标识,日期,余额"
    assert len(lines) == 10


def test_a_head_imports_only_for_customers_of_his_units(importing, accounts):
    content = csv_bytes(HEAD, "A1,2026-11-20,1", "B1,2026-05-01,2")
    batch = importing.run("balances", content, by=importing.world.outlet_head)
    assert importing.reasons(batch) == {3: ["账户标识在行内不存在，或不属于您的机构"]}
    assert set(stored()) == {("A1", "2026-11-20")}
    both = importing.run("balances", content, by=importing.world.branch_head)
    assert counts(both) == (1, 0, 1, 0)


def test_undo_puts_every_balance_and_figure_back(importing, accounts):
    importing.run("balances", csv_bytes(HEAD, "A1,2026-10-05,310", "A1,2026-11-20,150"))
    before = (stored(), _figures())
    batch = importing.run(
        "balances", csv_bytes(HEAD, "A1,2026-10-05,620", "A1,2026-10-20,1", "A1,2026-11-21,9", "A2,2026-11-20,5")
    )
    assert (stored(), _figures()) != before
    assert importing.undo(batch).state == ImportState.UNDONE
    assert (stored(), _figures()) == before
    assert not StagedBalance.objects.filter(batch_id=batch.pk).exists()


def test_undo_is_refused_when_a_later_file_changed_the_same_balances(importing, accounts):
    first = importing.run("balances", csv_bytes(HEAD, "A1,2026-11-20,150", "A2,2026-11-20,7"))
    second = importing.run("balances", csv_bytes(HEAD, "A1,2026-11-20,175"))
    refused = importing.undo(first)
    assert refused.state == ImportState.DONE
    assert refused.error == "本批有1笔余额之后又被修改，不能整批撤销；请先撤销后来的批次。"
    assert importing.undo(second).state == ImportState.UNDONE
    assert importing.undo(first).state == ImportState.UNDONE
    assert stored() == {}


def test_months_that_a_balance_reaches_are_reckoned_anew(importing, accounts):
    importing.run("balances", csv_bytes(HEAD, "A1,2026-08-01,100", "A1,2026-10-16,200"))
    months = dict(MonthlyBalance.objects.values_list("month", "average"))
    # Balances are carried on; the running month is not reckoned.
    assert months == {
        date(2026, 8, 1): 100, date(2026, 9, 1): 100, date(2026, 10, 1): Decimal("151.612903"),
    }  # fmt: skip
    importing.run("balances", csv_bytes(HEAD, "A1,2026-09-16,0"))
    months = dict(MonthlyBalance.objects.values_list("month", "average"))
    assert months[date(2026, 9, 1)] == 50
    assert months[date(2026, 10, 1)] == Decimal("103.225806")


def test_balances_that_moved_between_checking_and_writing_are_judged_again(importing, accounts):
    waiting = importing.check("balances", csv_bytes(HEAD, "A1,2026-11-20,150", "A2,2026-11-20,7"))
    assert counts(waiting) == (2, 0, 0, 0)
    importing.run("balances", csv_bytes(HEAD, "A1,2026-11-20,150"))
    asked = importing.apply(waiting)
    assert (asked.state, asked.error, counts(asked)) == (
        ImportState.CHECKED, "校验之后数据有变动，已重新校验，请再次确认。", (1, 0, 1, 0),
    )  # fmt: skip
    assert importing.apply(asked).state == ImportState.DONE
    assert len(stored()) == 2


def test_an_account_that_went_missing_stops_the_batch_with_nothing_written(importing, accounts):
    batch = importing.check("balances", csv_bytes(HEAD, "A1,2026-11-20,150", "A2,2026-11-20,7"))
    accounts["A2"].delete()
    failed = importing.apply(batch)
    assert failed.state == ImportState.FAILED
    assert failed.error == "校验之后账户有变动，请重新上传文件。"
    assert stored() == {}


def test_a_file_where_nothing_is_known_is_told_row_by_row(importing, accounts, monkeypatch):
    monkeypatch.setattr(balances, "_AT_ONCE", 7)
    rows = [f"Z{i},2026-11-20,{i}" for i in range(40)]
    batch = importing.check("balances", csv_bytes(HEAD, *rows))
    assert counts(batch) == (0, 0, 0, 40)
    assert sorted(importing.reasons(batch)) == list(range(2, 42))
    lines = files.bad_rows_of(batch).read_text(encoding="utf-8-sig").splitlines()
    assert lines[40] == "41,账户标识在行内不存在，或不属于您的机构,Z39,2026-11-20,39"


def _figures() -> tuple:
    customers = Account.objects.order_by("reference").values_list(
        "reference", "balance", "balance_on", "customer__aum", "customer__monthly_avg_daily_aum"
    )
    return tuple(customers), tuple(MonthlyBalance.objects.order_by("customer", "month").values_list("month", "average"))
