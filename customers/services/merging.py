"""Two people saving one archive: what each of them changed since the form was opened (RELIABILITY 4, lost update).

The form carries, sealed, what it was filled with. That tells the fields this person changed from those the other one
did: different fields go together, the same field is a conflict that only a person can decide.
"""

import copy
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from customers.models import Customer
from customers.models.profile import column_of, row_with, value_of
from customers.services.identifiers import set_identifiers, set_personal
from customers.wording import IDENTIFIERS, MASKS, label_of, said
from organization.crypto import CannotDecrypt, blind_index, decrypt, encrypt
from organization.exceptions import StaleVersion
from organization.fields import CodesField


@dataclass(frozen=True)
class Difference:
    """One field that both changed, as people read it; identifiers masked."""

    field: str
    label: str
    mine: str
    theirs: str
    was: str


class ArchiveConflict(StaleVersion):
    """Somebody else saved first, and changed what this person changed too.

    `current` is the archive as it stands, `merged` what can be saved without a decision, `differences` what cannot.
    """

    def __init__(self, current: Customer, merged: dict[str, Any], differences: list[Difference]) -> None:
        names = "、".join(difference.label for difference in differences)
        super().__init__(
            f"您填写期间这份档案又保存过一次（他人，或您自己在另一个窗口），{names}与您填写的不同；请逐项选择后再保存，您填写的内容都还在。"
        )
        self.current = current
        self.merged = merged
        self.differences = differences


def snapshot(customer: Customer, fields: tuple[str, ...]) -> dict[str, Any]:
    """Comparable values of the fields as JSON; of identifiers only a keyed digest and the masked text."""
    return {field: _comparable(customer, field) for field in fields}


def seal(customer: Customer, fields: tuple[str, ...]) -> str:
    """The snapshot for a hidden field of the form: unreadable, and good for this customer only."""
    return encrypt(json.dumps(snapshot(customer, fields), ensure_ascii=False), _bound_to(customer))


def unseal(customer: Customer, token: str) -> dict[str, Any] | None:
    """What the form was filled with; None when it came without, or with somebody else's."""
    try:
        return json.loads(decrypt(token, _bound_to(customer)))
    except CannotDecrypt:
        return None


def merge(current: Customer, data: dict[str, Any], base: dict[str, Any] | None) -> dict[str, Any]:
    """The part of `data` that this person changed, when nobody else touched the same fields; else ArchiveConflict.

    Without a base nobody can tell who changed what: every field that differs from the archive is a conflict.
    """
    fields = tuple(data)
    theirs, mine = snapshot(current, fields), snapshot(applied(current, data), fields)
    was = base if base is not None else {}
    merged, conflicts = {}, []
    for field in fields:
        if mine[field] == theirs[field] or (field in was and mine[field] == was[field]):
            continue
        if field in was and theirs[field] == was[field]:
            merged[field] = data[field]
        else:
            conflicts.append(
                Difference(
                    field, label_of(field), shown(field, mine[field]), shown(field, theirs[field]),
                    shown(field, was.get(field)),
                )
            )  # fmt: skip
    if conflicts:
        raise ArchiveConflict(current, merged, conflicts)
    return merged


def apply(customer: Customer, data: dict[str, Any]) -> None:
    """Fill the data in, identifiers with their indexes; nothing is saved."""
    set_identifiers(customer, id_type=data.get("id_type"), **{k: v for k, v in data.items() if k in IDENTIFIERS})
    set_personal(customer, {k: v for k, v in data.items() if k in MASKS and k not in IDENTIFIERS})
    for field, value in data.items():
        if field not in MASKS:
            row = row_with(customer, field)
            setattr(row, field, tuple(value) if isinstance(column_of(field), CodesField) else value)


def applied(customer: Customer, data: dict[str, Any]) -> Customer:
    """The same on a copy."""
    changed = copied(customer)
    apply(changed, data)
    return changed


def copied(customer: Customer) -> Customer:
    """Both rows of the archive as they stand, to be compared with later."""
    twin = copy.copy(customer)
    copy.copy(customer.details).customer = twin
    return twin


def shown(field: str, value: Any) -> str:
    """A comparable value as people read it."""
    if field in MASKS:
        return value[1] if value else ""
    if isinstance(value, list) and isinstance(column_of(field), models.ForeignKey):
        return value[1]
    return said(field, value)


def _comparable(customer: Customer, field: str) -> Any:
    value = value_of(customer, field)
    if field in MASKS:
        return None if value in ("", None) else [blind_index(f"base:{field}", str(value)), MASKS[field](value)]
    if isinstance(column_of(field), models.ForeignKey):
        return [value.pk, str(value)] if value else None
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _bound_to(customer: Customer) -> str:
    return f"customers.archive_form.{customer.public_id}"
