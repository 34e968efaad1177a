"""Rows written as sets: INSERT … SELECT from a queryset, and UPDATE … FROM a short table of values."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from maintenance.daily import engines
from organization.bulk import execute, insert_select, into, select_for


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
    select, params = select_for(model, source.model._base_manager.order_by().annotate(**given), values)
    return execute(
        f'WITH "{source.model._meta.db_table}" AS ({update} RETURNING *) {into(model, values)} {select} '
        "ON CONFLICT DO NOTHING",
        [*update_params, *params],
    )


def values_table(rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """`VALUES (…), (…)` with its parameters, dates in the form each database compares."""
    line = f"({', '.join(['%s'] * len(rows[0]))})"
    return f"VALUES {', '.join([line] * len(rows))}", [engines.plain(value) for row in rows for value in row]


def condition(queryset: QuerySet) -> tuple[str, tuple]:
    """What stands after WHERE, and its parameters; for querysets that join nothing."""
    sql, params = queryset.query.get_compiler(connection=connection).compile(queryset.query.where)
    return sql, tuple(params)


def fetch(sql: str, params: Sequence[Any]) -> list[tuple]:
    """Run one statement that ends with RETURNING; its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
