"""Files for imports, and a small bank that has customers and accounts to import for."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from customers.enums import ImportState, ProductCategory
from customers.importing import pipeline
from customers.importing.mapping import guess_rules
from customers.models import Account, AccountParty, ImportBatch, Product
from customers.services import imports
from tests.world import World


def csv_bytes(*rows: str, encoding: str = "utf-8") -> bytes:
    return ("\r\n".join(rows) + "\r\n").encode(encoding)


@dataclass
class Importing:
    """Steps of an import as a person takes them, and the worker's part at once."""

    world: World

    def upload(self, kind: str, content: bytes, *, by=None, unit=None, name: str = "文件.csv") -> ImportBatch:
        return imports.open_batch(by=by, kind=kind, unit=unit, file_name=name, chunks=[content])

    def check(self, kind: str, content: bytes, *, by=None, unit=None, rules: dict | None = None) -> ImportBatch:
        batch = self.upload(kind, content, by=by, unit=unit)
        rules = rules or guess_rules(kind, imports.source_table(batch).headers)
        batch = imports.start_check(by=by, batch=batch, rules=rules)
        return self.work(batch)

    def run(self, kind: str, content: bytes, *, by=None, unit=None, rules: dict | None = None) -> ImportBatch:
        batch = self.check(kind, content, by=by, unit=unit, rules=rules)
        assert batch.state == ImportState.CHECKED, batch.error
        return self.apply(batch, by=by)

    def apply(self, batch: ImportBatch, *, by=None) -> ImportBatch:
        return self.work(imports.confirm(by=by, batch=batch))

    def undo(self, batch: ImportBatch, *, by=None) -> ImportBatch:
        return self.work(imports.request_undo(by=by, batch=batch, reason="导错了文件"))

    def work(self, batch: ImportBatch) -> ImportBatch:
        batch.refresh_from_db()
        assert pipeline.work_on(batch)
        batch.refresh_from_db()
        return batch

    def reasons(self, batch: ImportBatch) -> dict[int, list[str]]:
        return {row.number: row.errors for row in batch.rows.filter(verdict="error")}

    def product(self, code: str = "CUR", category: str = ProductCategory.DEMAND_DEPOSIT, name: str = "活期") -> Product:
        return Product.objects.get_or_create(code=code, defaults={"name": name, "category": category})[0]

    def account(self, reference: str, customer, **fields) -> Account:
        account = Account.objects.create(
            reference=reference, customer=customer, unit=customer.unit, product=self.product(),
            opened_on=fields.pop("opened_on", date(2020, 1, 1)), **fields,
        )  # fmt: skip
        AccountParty.objects.create(account=account, customer=customer, unit=customer.unit, role="owner")
        return account


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path) -> Path:
    """Uploads of a test lie in its own folder."""
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR / "files" / "imports"


@pytest.fixture
def importing(world) -> Importing:
    return Importing(world)
