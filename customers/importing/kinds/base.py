"""What all row-wise kinds share: compare each row with what exists, write a chunk, and take it back."""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models

from customers.enums import Verdict
from customers.importing.bulk import insert_rows, update_rows
from customers.importing.dependents import in_use
from customers.importing.mapping import Line
from customers.importing.scope import ImportScope
from customers.models import Account, Customer, Product
from customers.queries.duplicates import standing_for
from organization.crypto import decrypt, encrypt
from organization.models import Unit

NOT_YOURS = "不存在，或不属于您的机构"


@dataclass
class Plan:
    """What one row would do. `was` is None for a new row; `was` and `now` hold only what differs."""

    number: int
    key: str
    verdict: str
    errors: list[str] = field(default_factory=list)
    obj: Any = None
    was: dict[str, Any] | None = None
    now: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What one row did, as read back for undoing."""

    number: int
    pk: int
    was: dict[str, Any] | None
    now: dict[str, Any]


class RowImporter:
    """One kind of file. A new one per pass over the file: it remembers the keys that the file has given so far."""

    model: ClassVar[type[models.Model]]
    attributes: ClassVar[tuple[str, ...]]  # what a row can set, by attribute name (customer_id, not customer)
    # Relations whose rows the import itself made or that follow from others: they go with the row when it is undone.
    own_relations: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, scope: ImportScope):
        self.scope = scope
        self._first_rows: dict[str, int] = {}

    # What a kind says.

    def key(self, values: dict[str, Any]) -> str:
        raise NotImplementedError

    def load(self, lines: list[Line]) -> dict[str, models.Model]:
        """Read what the chunk refers to, and the rows that exist already, by key: a fixed number of queries."""
        raise NotImplementedError

    def fill(self, obj: Any, values: dict[str, Any], errors: list[str]) -> None:
        """Put the values into a new or existing row, and name everything that stands against it."""
        raise NotImplementedError

    def written(self, plans: list[Plan]) -> None:
        """What follows from the rows just written."""

    def reverted(self, rows: list[models.Model], done: list[Done]) -> None:
        """What follows from existing rows that were put back."""

    def removing(self, pks: list[int]) -> None:
        """What goes before rows of the batch are deleted."""

    # What they share.

    def plan(self, lines: list[Line]) -> list[Plan]:
        existing = self.load([line for line in lines if not line.errors])
        return [self._plan(line, existing) for line in lines]

    def _plan(self, line: Line, existing: dict[str, models.Model]) -> Plan:
        if line.errors:
            return Plan(line.number, "", Verdict.ERROR, line.errors)
        key = self.key(line.values)
        first = self._first_rows.setdefault(key, line.number)
        if first != line.number:
            return Plan(line.number, key, Verdict.ERROR, [f"与第{first}行重复"])
        errors: list[str] = []
        known = existing.get(key)
        obj = copy.copy(known) if known is not None else self.model()
        self.fill(obj, line.values, errors)
        if errors:
            return Plan(line.number, key, Verdict.ERROR, errors)
        after = self.state(obj)
        if known is None:
            return Plan(line.number, key, Verdict.CREATE, obj=obj, now=after, values=line.values)
        before = self.state(known)
        differing = [name for name in after if before[name] != after[name]]
        if not differing:
            return Plan(line.number, key, Verdict.SAME, obj=obj)
        return Plan(
            line.number, key, Verdict.UPDATE, obj=obj, values=line.values,
            was={name: before[name] for name in differing}, now={name: after[name] for name in differing},
        )  # fmt: skip

    def state(self, obj: Any) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in self.attributes}

    def write(self, plans: list[Plan]) -> None:
        """Insert and update the rows of the plans, in the caller's transaction."""
        insert_rows(self.model, [plan.obj for plan in plans if plan.verdict == Verdict.CREATE])
        changed = [plan for plan in plans if plan.verdict == Verdict.UPDATE]
        fields = {name for plan in changed for name in plan.now if name in self.attributes}
        self._update([plan.obj for plan in changed], fields)
        self.written([plan for plan in plans if plan.verdict in (Verdict.CREATE, Verdict.UPDATE)])

    touched: ClassVar[tuple[str, ...]] = ()  # further columns that every update writes

    def touch(self, rows: list[Any]) -> None:
        """Set what `touched` names."""

    def _update(self, rows: list[Any], fields: Iterable[str]) -> None:
        if rows:
            self.touch(rows)
            update_rows(self.model, rows, [*sorted(fields), *self.touched])

    def count_changed(self, done: list[Done]) -> int:
        """How many of these rows are no longer as the import left them, or have had something added to them."""
        current = self.rows(done)
        moved = {entry.pk for entry in done if not self._stands(current.get(entry.pk), entry)}
        created = [entry.pk for entry in done if entry.was is None and entry.pk in current]
        return len(moved | self.used(created))

    def used(self, created: list[int]) -> set[int]:
        """Rows that the import made and that others have come to rest on."""
        return in_use(self.model, created, self.own_relations)

    def _stands(self, obj: models.Model | None, entry: Done) -> bool:
        if obj is None:
            return False
        state = self.state(obj)
        return all(plain_value(state[name]) == value for name, value in entry.now.items() if name in state)

    def revert(self, done: list[Done]) -> None:
        """Delete what the rows created and put back what they changed, in the caller's transaction."""
        current = self.rows(done)
        created = [entry.pk for entry in done if entry.was is None]
        changed = [entry for entry in done if entry.was is not None]
        for entry in changed:
            for name, value in entry.was.items():
                if name in self.attributes:
                    self.put(current[entry.pk], name, value)
        rows = [current[entry.pk] for entry in changed]
        self._update(rows, {name for entry in changed for name in entry.was if name in self.attributes})
        self.reverted(rows, changed)
        if created:
            self.removing(created)
            self.delete(created)

    def delete(self, pks: list[int]) -> None:
        self.everything().filter(pk__in=pks).delete()

    def put(self, obj: models.Model, name: str, value: Any) -> None:
        setattr(obj, name, self.model._meta.get_field(name.removesuffix("_id")).to_python(value))

    def rows(self, done: list[Done]) -> dict[int, models.Model]:
        return self.everything().in_bulk([entry.pk for entry in done])

    def everything(self) -> models.QuerySet:
        manager = self.model._default_manager
        return (
            manager.unscoped("an import answers for its own scope") if hasattr(manager, "unscoped") else manager.all()
        )

    # References of rows to rows.

    def customers(self, numbers: Iterable[str]) -> dict[str, Customer]:
        """Customers of the scope by number; under the number of a merged archive, the one that was kept."""
        found = Customer.objects.unscoped("an import answers for its own scope").filter(number__in=set(numbers))
        rows = standing_for(list(found.select_related("unit")))
        return {number: row for number, row in rows.items() if self.scope.covers(row.unit)}

    def accounts(self, references: Iterable[str]) -> dict[str, Account]:
        """Accounts of the scope's customers by reference."""
        found = Account.objects.unscoped("an import answers for its own scope").filter(reference__in=set(references))
        return {
            row.reference: row for row in found.select_related("customer__unit") if self.scope.covers(row.customer.unit)
        }


class Products:
    """Products by code or by name; there are few, and they are read once."""

    def __init__(self) -> None:
        rows = list(Product.objects.all())
        self._known = {row.name: row for row in rows} | {row.code: row for row in rows}

    def get(self, text: str) -> Product | None:
        return self._known.get(text)


class Units:
    """Units by code, read once."""

    def __init__(self) -> None:
        self._known = {row.code: row for row in Unit.objects.all()}

    def get(self, code: str) -> Unit | None:
        return self._known.get(code)


def plain_value(value: Any) -> Any:
    """As it comes back from JSON."""
    if isinstance(value, date | Decimal):
        return str(value)
    return value


def seal(plan: Plan, batch_id: str) -> str:
    """What a row did, encrypted: it holds identifiers."""
    said = {"pk": plan.obj.pk, "was": plan.was, "now": plan.now}
    text = json.dumps(said, ensure_ascii=False, default=plain_value)
    return encrypt(text, f"customers_importrow.before.{batch_id}.{plan.number}")


def unseal(text: str, batch_id: str, number: int) -> Done:
    said = json.loads(decrypt(text, f"customers_importrow.before.{batch_id}.{number}"))
    return Done(number, said["pk"], said["was"], said["now"])
