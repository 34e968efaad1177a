"""Rows written as sets, for every package: parts of a long list, and INSERT ... SELECT from a queryset."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.db.models.expressions import BaseExpression, F

AT_ONCE = 1000


def batches(items: Iterable, size: int = AT_ONCE) -> Iterator[list]:
    source = iter(items)
    while some := list(islice(source, size)):
        yield some


def insert_select(
    model: type[models.Model],
    source: QuerySet,
    values: Mapping[str, Any],
    *,
    conflict: str = "DO NOTHING",
    is_locking: bool = False,
) -> int:
    """Insert a row of `model` for every row of `source`; returns how many were inserted (or updated, by `conflict`).

    `values` maps field names to expressions over the source or to plain values; fields left out become NULL.
    `is_locking` holds the source's rows, so that whoever is changing one of them is waited for and seen.
    """
    select, params = select_for(model, source, values)
    if is_locking:
        select += locking(source.model._meta.db_table)
    return execute(f"{into(model, values)} {select} ON CONFLICT {conflict}", params)


def select_for(model: type[models.Model], source: QuerySet, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    """The SELECT that gives `values` for every row of `source`, in the order in which `into` names their columns."""
    taken = {
        f"into_{name}": value if isinstance(value, BaseExpression | F) else Value(value, _field(model, name))
        for name, value in values.items()
    }
    return source.annotate(**taken).values_list(*taken).query.get_compiler(connection=connection).as_sql()


def into(model: type[models.Model], values: Mapping[str, Any]) -> str:
    columns = ", ".join(f'"{_field(model, name).column}"' for name in values)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})'


def execute(sql: str, params: Sequence[Any]) -> int:
    """Run one statement; returns the number of rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return changed_rows(cursor)


def changed_rows(cursor) -> int:
    """How many rows the statement before has changed. For one that begins with WITH, SQLite's driver does not say."""
    if cursor.rowcount < 0 and connection.vendor == "sqlite":
        cursor.execute("SELECT changes()")
        return cursor.fetchone()[0]
    return cursor.rowcount


def locking(table: str) -> str:
    """The end of a SELECT that locks the rows it reads from `table`; on SQLite the transaction itself is the lock."""
    return f' FOR UPDATE OF "{table}"' if connection.vendor == "postgresql" else ""


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
