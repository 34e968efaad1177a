"""What a merge did, row by row: the difference of two readings of everything that points to the two customers.

Values are kept as JSON, encrypted columns as they are stored: bound to their row, they cannot be read anywhere else.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from customers.models import Customer
from organization.bulk import batches
from organization.fields import CodesField, EncryptedTextField

_AT_ONCE = 500
Row = dict[str, Any]
State = dict[str, dict[Any, Row]]


class Undone(NamedTuple):
    """How many rows went back, and how many stay because they were changed or added since."""

    restored: int
    stayed: int


def pointing_fields() -> list[models.ForeignKey]:
    """Every key to a customer in every app."""
    related = Customer._meta.get_fields(include_hidden=True)
    found = {one.field for one in related if one.auto_created and not one.concrete}
    return sorted(found, key=label_of_key)


def label_of_key(field: models.Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def read_state(ids: Iterable[int], *, without: Iterable[type[models.Model]] = ()) -> State:
    """Every row of these customers, their own included: table → primary key → columns."""
    ids, left_out = list(ids), set(without)
    paths: dict[type[models.Model], models.Q] = {Customer: models.Q(pk__in=ids)}
    for field in pointing_fields():
        if field.model not in left_out:
            paths[field.model] = paths.get(field.model, models.Q()) | models.Q(**{f"{field.name}__in": ids})
    return {model._meta.label: _rows(model, condition) for model, condition in paths.items()}


def difference(before: State, after: State) -> list[dict]:
    """What happened, in JSON: rows dropped whole, the keys of rows added, and changes, grouped by what they changed."""
    steps: list[dict] = []
    for table, rows in before.items():
        now = after.get(table, {})
        dropped = [row for pk, row in rows.items() if pk not in now]
        added = [pk for pk in now if pk not in rows]
        if dropped or added:
            steps.append({"table": table, "dropped": dropped, "added": added})
        groups: dict[str, dict] = {}
        for pk in sorted(rows.keys() & now.keys()):
            change = {name: [value, now[pk][name]] for name, value in rows[pk].items() if value != now[pk][name]}
            if change:
                groups.setdefault(repr(change), {"table": table, "change": change, "rows": []})["rows"].append(pk)
        steps.extend(groups.values())
    return steps


def go_back(steps: list[dict]) -> Undone:
    """Put every row back that still stands as the merge left it; a column that was changed since keeps its new value."""
    restored = stayed = 0
    for step in steps:
        if step.get("added"):
            _manager(step["table"]).filter(pk__in=step["added"]).delete()
    # Rows go home first, so that what made way for them finds its place free.
    changes = [step for step in steps if "change" in step]
    # The merged archive comes last: it takes its document number back from the other one.
    for step in sorted(changes, key=lambda step: (not _moves(step), "status" in step["change"])):
        back, kept = _change_back(step)
        restored, stayed = restored + back, stayed + kept
    for step in steps:
        if step.get("dropped"):
            model = apps.get_model(step["table"])
            _manager(step["table"]).bulk_create([_revived(model, row) for row in step["dropped"]])
            restored += len(step["dropped"])
    return Undone(restored, stayed)


def _moves(step: dict) -> bool:
    return bool(_keys_of(step["table"]) & set(step["change"]))


def _keys_of(table: str) -> set[str]:
    return {field.attname for field in pointing_fields() if field.model._meta.label == table}


def _change_back(step: dict) -> tuple[int, int]:
    """One group of rows that were changed alike. In the usual case all stand as they were left: one statement."""
    model = apps.get_model(step["table"])
    restored = stayed = 0
    for some in batches(step["rows"], _AT_ONCE):
        standing = _rows(model, models.Q(pk__in=some))
        untouched: dict[tuple[str, ...], list] = {}
        for pk, row in standing.items():
            names = tuple(name for name, (_, left) in step["change"].items() if row[name] == left)
            untouched.setdefault(names, []).append(pk)
            stayed += len(names) < len(step["change"])
        for names, pks in untouched.items():
            if names:
                values = {name: _stored(model, name, step["change"][name][0]) for name in names}
                restored += _manager(step["table"]).filter(pk__in=pks).update(**values)
    return restored, stayed


def _rows(model: type[models.Model], condition: models.Q) -> dict[Any, Row]:
    names = [field.attname for field in model._meta.concrete_fields]
    rows = _manager(model._meta.label).filter(condition).order_by("pk").values_list(*names)
    key = names.index(model._meta.pk.attname)
    return {row[key]: dict(zip(names, map(_plain, row), strict=True)) for row in rows}


def _manager(table: str) -> models.QuerySet:
    rows = apps.get_model(table)._default_manager.all()
    return rows.unscoped("of two customers locked in scope") if hasattr(rows, "unscoped") else rows


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return CodesField.stored(value)
    return value if value is None or isinstance(value, bool | int | dict | list) else str(value)


def _stored(model: type[models.Model], name: str, value: Any) -> Any:
    field = next(field for field in model._meta.concrete_fields if field.attname == name)
    if isinstance(field, EncryptedTextField):
        return field.from_db_value(value, None, None)
    return field.target_field.to_python(value) if isinstance(field, models.ForeignKey) else field.to_python(value)


def _revived(model: type[models.Model], row: Row) -> models.Model:
    return model(**{name: _stored(model, name, value) for name, value in row.items()})
