"""Rows written as sets: INSERT … SELECT from a queryset, and UPDATE … FROM a short table of values."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.db.models.expressions import BaseExpression, F
from django.db.models.sql import UpdateQuery

from maintenance.daily import engines


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
    select, params = _select(model, source, values)
    if is_locking:
        select += engines.locking(source.model._meta.db_table)
    return execute(f"{_into(model, values)} {select} ON CONFLICT {conflict}", params)


def insert_moved(
    model: type[models.Model],
    source: QuerySet,
    values: Mapping[str, Any],
    *,
    moved: Mapping[str, Any],
    given: Mapping[str, Any],
) -> int:
    """As `insert_select`, and every row of `source` is set to `moved`; `given` are annotations that `values` refer to.

    Where the database can, this is one statement whose UPDATE locks a row, writes it once and hands it on. `source` may
    only ask for columns of its own table, of others by subquery: they are then looked at again when the row was waited
    for. `values` may not use the fields that are moved.
    """
    if not engines.inserts_what_it_updates():
        inserted = insert_select(model, source.annotate(**given), values)
        source.update(**moved)
        return inserted
    query = source.query.chain(UpdateQuery)
    query.add_update_values(moved)
    update, update_params = query.get_compiler(connection=connection).as_sql()
    # In the rest of the statement the table's name stands for the rows that were moved.
    select, params = _select(model, source.model._base_manager.order_by().annotate(**given), values)
    return execute(
        f'WITH "{source.model._meta.db_table}" AS ({update} RETURNING *) {_into(model, values)} {select} '
        "ON CONFLICT DO NOTHING",
        [*update_params, *params],
    )


def _select(model: type[models.Model], source: QuerySet, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    taken = {
        f"into_{name}": value if isinstance(value, BaseExpression | F) else Value(value, _field(model, name))
        for name, value in values.items()
    }
    return source.annotate(**taken).values_list(*taken).query.get_compiler(connection=connection).as_sql()


def _into(model: type[models.Model], values: Mapping[str, Any]) -> str:
    columns = ", ".join(f'"{_field(model, name).column}"' for name in values)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})'


def values_table(rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """`VALUES (…), (…)` with its parameters, dates in the form each database compares."""
    line = f"({', '.join(['%s'] * len(rows[0]))})"
    return f"VALUES {', '.join([line] * len(rows))}", [engines.plain(value) for row in rows for value in row]


def condition(queryset: QuerySet) -> tuple[str, tuple]:
    """What stands after WHERE, and its parameters; for querysets that join nothing."""
    sql, params = queryset.query.get_compiler(connection=connection).compile(queryset.query.where)
    return sql, tuple(params)


def execute(sql: str, params: Sequence[Any]) -> int:
    """Run one statement; returns the number of rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return engines.changed_rows(cursor)


def fetch(sql: str, params: Sequence[Any]) -> list[tuple]:
    """Run one statement that ends with RETURNING; its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _field(model: type[models.Model], name: str) -> models.Field:
    return model._meta.get_field(name)
