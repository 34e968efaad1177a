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
from customers.services.identifiers import MASKS, set_identifiers
from organization.crypto import CannotDecrypt, blind_index, decrypt, encrypt
from organization.exceptions import StaleVersion


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
    set_identifiers(customer, id_type=data.get("id_type"), **{k: v for k, v in data.items() if k in MASKS})
    for field, value in data.items():
        if field not in MASKS:
            setattr(customer, field, value)


def applied(customer: Customer, data: dict[str, Any]) -> Customer:
    """The same on a copy."""
    changed = copy.copy(customer)
    apply(changed, data)
    return changed


def label_of(field: str) -> str:
    return str(Customer._meta.get_field(field).verbose_name)


def shown(field: str, value: Any) -> str:
    """A comparable value as people read it."""
    if field in MASKS:
        return value[1] if value else ""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return value[1]
    choices = dict(Customer._meta.get_field(field).flatchoices)
    return str(choices.get(value, value))


def _comparable(customer: Customer, field: str) -> Any:
    if field in MASKS:
        plain = getattr(customer, field)
        return [blind_index(f"base:{field}", plain), MASKS[field](plain)] if plain else None
    if isinstance(Customer._meta.get_field(field), models.ForeignKey):
        related = getattr(customer, field)
        return [related.pk, str(related)] if related else None
    value = getattr(customer, field)
    return value.isoformat() if isinstance(value, date) else value


def _bound_to(customer: Customer) -> str:
    return f"customers.archive_form.{customer.public_id}"
