"""The same files a second time change nothing; what a batch did can be taken back whole."""

import pytest

from customers.enums import ImportKind, ImportState
from customers.importing import berka as loader
from customers.importing import pipeline
from customers.models import (
    Account,
    AccountParty,
    BalanceSnapshot,
    Customer,
    Holding,
    ImportantDate,
    ImportBatch,
    MonthlyBalance,
)
from customers.services import imports
from tests.berka.conftest import FOLDER

pytestmark = pytest.mark.django_db
REASON = "test"


def test_loading_twice_changes_nothing(berka):
    before = _counts()
    versions = set(Customer.objects.unscoped(REASON).values_list("pk", "version", "tier", "manager"))
    said: list[str] = []
    loader.load(FOLDER, password=None, say=said.append)
    assert len([line for line in said if "新增0 更新0" in line and "有误0" in line]) == len(loader.FILES)
    assert _counts() == before
    assert set(Customer.objects.unscoped(REASON).values_list("pk", "version", "tier", "manager")) == versions


def test_everything_but_the_allotted_customers_can_be_undone(berka):
    for batch in ImportBatch.objects.unscoped(REASON).exclude(kind__in=(ImportKind.UNITS, ImportKind.CUSTOMERS)):
        _undo(batch)
        assert batch.state == ImportState.UNDONE, batch.error
    birthdays = ImportantDate.objects.unscoped(REASON).count()
    assert birthdays == 5369
    for model in (Account, AccountParty, Holding, BalanceSnapshot, MonthlyBalance):
        assert not model.objects.unscoped(REASON).exists()
    assert not Customer.objects.unscoped(REASON).exclude(aum=0, monthly_avg_daily_aum=0).exists()
    clients = ImportBatch.objects.unscoped(REASON).get(kind=ImportKind.CUSTOMERS)
    _undo(clients)
    assert clients.state == ImportState.DONE
    assert clients.error == "本批有5369行数据之后又被修改或使用，不能整批撤销。"


def test_balances_put_back_leave_the_other_files_alone(berka):
    batch = ImportBatch.objects.unscoped(REASON).get(kind=ImportKind.BALANCES)
    before = _counts()
    _undo(batch)
    assert batch.state == ImportState.UNDONE
    assert _counts() == before | {"BalanceSnapshot": 0, "MonthlyBalance": 0}
    assert not Account.objects.unscoped(REASON).exclude(balance=0, balance_on=None).exists()


def test_the_same_file_is_known(berka):
    batch = ImportBatch.objects.unscoped(REASON).filter(kind=ImportKind.PARTIES).get()
    again = loader.import_file(FOLDER / "disp.asc", "berka_dispositions", ImportKind.PARTIES)
    assert imports.earlier_import(again).pk == batch.pk
    assert (again.created_count, again.updated_count, again.same_count) == (0, 0, again.total)


def _undo(batch):
    imports.request_undo(by=None, batch=batch, reason="测试撤销")
    batch.refresh_from_db()
    pipeline.work_on(batch)
    batch.refresh_from_db()


def _counts() -> dict[str, int]:
    models = (Customer, Account, AccountParty, Holding, ImportantDate, BalanceSnapshot, MonthlyBalance)
    return {model.__name__: model.objects.unscoped(REASON).count() for model in models}
