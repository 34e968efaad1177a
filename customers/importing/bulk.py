"""Many rows in few statements, on both databases, and a line of communication past a running transaction."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from organization.bulk import AT_ONCE, batches

_SQLITE_AT_ONCE = 250


def insert_rows(model: type[models.Model], objects: list[models.Model]) -> None:
    """Insert and fill in the primary keys."""
    model._base_manager.bulk_create(objects, batch_size=AT_ONCE)


def update_rows(model: type[models.Model], objects: list[models.Model], fields: Iterable[str]) -> None:
    """Write the named fields of these rows, encrypted ones included (which bulk_update cannot: they are bound per row)."""
    columns = [model._meta.get_field(name) for name in fields]
    if not objects or not columns:
        return
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {quote(model._meta.pk.column)} = %s"  # noqa: S608
    rows = [
        [*(column.get_db_prep_save(column.pre_save(item, False), connection) for column in columns), item.pk]
        for item in objects
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def copy_in(table: str, columns: tuple[str, ...], lines: Iterable[tuple[Any, ...]]) -> None:
    """Stream rows of plain values into a table; memory stays flat. Text must be free of tabs, backslashes and line ends."""
    if connection.vendor == "postgresql":
        stream = _CopyStream(lines)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", stream, size=_CopyStream.BLOCK)
        return
    row = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for some in batches(lines, _SQLITE_AT_ONCE):
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(some))}"  # noqa: S608
            cursor.execute(sql, [value for line in some for value in line])


class _CopyStream:
    """What COPY reads: tab-separated lines, made while they are read."""

    BLOCK = 256 * 1024
    _LINES = 4000

    def __init__(self, lines: Iterable[tuple[Any, ...]]):
        self._lines = iter(lines)
        self._buffer = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._buffer) < size or size < 0:
            some = list(islice(self._lines, self._LINES))
            if not some:
                break
            self._buffer += ("\n".join(["\t".join(map(str, line)) for line in some]) + "\n").encode()
        size = len(self._buffer) if size < 0 else size
        block, self._buffer = self._buffer[:size], self._buffer[size:]
        return block


@contextmanager
def scratch_table(name: str, columns: str) -> Iterator[str]:
    """A temporary table for the length of the block, which on PostgreSQL is one transaction (PgBouncer keeps no session).

    On SQLite a temporary table lies in a database of its own: filling it keeps nobody else from writing.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
            # Sorting and hashing a million rows on disk takes several times as long.
            cursor.execute("SET LOCAL work_mem = '128MB'")
            yield name
            # Inside a transaction that goes on (tests), ON COMMIT comes too late for the next file.
            cursor.execute(f"DROP TABLE {name}")
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        try:
            yield name
        finally:
            cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")


@contextmanager
def quiet_transaction() -> Iterator[None]:
    """On SQLite: a transaction that takes no write lock while only temporary tables are filled. Elsewhere nothing."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


def analyze(table: str) -> None:
    """Tell the planner about a table that was filled a moment ago."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")


def execute(sql: str, params: Iterable[Any] = ()) -> int:
    """Run one statement; returns the rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.rowcount


def fetch(sql: str, params: Iterable[Any] = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()


class Heartbeat:
    """Keeps a lease and a progress figure fresh over a connection of its own while a long transaction runs on another.

    `update` gets that connection and the figure. What fails is tried again at the next beat: on SQLite the database may
    be locked by the very work that beats, and nobody else can take the work then either.
    """

    def __init__(self, update, *, seconds: float = 2.0):
        self._update = update
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="import-heartbeat", daemon=True)
        self.figure = 0

    def __enter__(self) -> "Heartbeat":
        # A database in memory has no second connection that would not be in the way of the first.
        if not (connection.vendor == "sqlite" and connection.is_in_memory_db()):
            self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._stop.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        own: BaseDatabaseWrapper | None = None
        try:
            while not self._stop.wait(self._seconds):
                with suppress(DatabaseError):
                    own = own or connections.create_connection("default")
                    self._update(own, self.figure)
        finally:
            if own is not None:
                own.close()
