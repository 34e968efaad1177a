"""Triggers by which the database itself refuses to change or delete audit rows and blocks, on both engines.

Installed by a migration. Whoever may change triggers can remove them; that is what the chain of blocks is for.
"""

from collections.abc import Iterator

TABLES = ("organization_auditevent", "organization_auditseal")
_VERBS = ("UPDATE", "DELETE")
_REFUSAL = "audit rows are append-only"
_FUNCTION = "organization_audit_append_only"


def install(connection) -> None:
    """Put the triggers on; a second time changes nothing."""
    remove(connection)
    _execute(connection, _postgresql() if connection.vendor == "postgresql" else _sqlite())


def remove(connection) -> None:
    """Take the triggers off (reversed migration, and tests that empty tables)."""
    on_table = connection.vendor == "postgresql"
    for table in TABLES:
        for verb in (*_VERBS, "TRUNCATE"):
            name = _trigger(table, verb)
            _execute(
                connection,
                [f"DROP TRIGGER IF EXISTS {name} ON {table}" if on_table else f"DROP TRIGGER IF EXISTS {name}"],
            )


def missing(connection) -> list[str]:
    """Names of triggers that should be there and are not."""
    on_postgresql = connection.vendor == "postgresql"
    listing = (
        "SELECT tgname FROM pg_trigger" if on_postgresql else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(listing)
        there = {name for (name,) in cursor.fetchall()}
    verbs = (*_VERBS, "TRUNCATE") if on_postgresql else _VERBS
    return [name for table in TABLES for verb in verbs if (name := _trigger(table, verb)) not in there]


def _sqlite() -> Iterator[str]:
    for table in TABLES:
        for verb in _VERBS:
            yield (
                f"CREATE TRIGGER {_trigger(table, verb)} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )


def _postgresql() -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    for table in TABLES:
        for verb in (*_VERBS, "TRUNCATE"):
            # Per statement: even a DELETE that meets no row is refused, and TRUNCATE knows no rows.
            yield (
                f"CREATE TRIGGER {_trigger(table, verb)} BEFORE {verb} ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            )


def _trigger(table: str, verb: str) -> str:
    return f"{table}_no_{verb.lower()}"


def _execute(connection, statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
