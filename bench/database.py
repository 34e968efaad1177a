"""The database of a measurement: made for the purpose, put back to how it was, and timed bare (floor F2)."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

import psycopg2
from django.db import connection, transaction
from psycopg2 import sql

# Where a PostgreSQL answers on this machine; `make bench` uses it when DATABASE_URL is not set.
DEFAULT_URL = "postgres://postgres@127.0.0.1:5432/crm_bench"
REPEATS = 3


def make_anew(url: str, *, template: str = "") -> None:
    """An empty database of that name, or one like the database at `template`, which nobody may be using; an earlier one
    is dropped, for it belongs to the caller. Raises OperationalError."""
    drop(url)
    _administer(url, "CREATE DATABASE {} TEMPLATE {}", urlsplit(template or "postgres:///template1"))


def drop(url: str) -> None:
    _administer(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)")


def _administer(url: str, statement: str, *others: SplitResult) -> None:
    parts = urlsplit(url)
    names = [sql.Identifier(address.path.strip("/")) for address in (parts, *others)]
    admin = psycopg2.connect(parts._replace(scheme="postgresql", path="/postgres").geturl(), connect_timeout=5)
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*names))
    finally:
        admin.close()


def execute(statement: str, params: Sequence | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def value(statement: str, params: Sequence | None = None):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def trust_keys() -> None:
    """For the rest of the transaction, where the role may: no look-up for every single key of rows that come from the
    tables they point to. Loading and putting back only; what is measured checks every key."""
    if value("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        execute("SET LOCAL session_replication_role = replica")


class Copies:
    """Tables as they stand now, to be put back before every measurement. Parents first."""

    def __init__(self, tables: Sequence[str]):
        self._tables = tables
        execute("CREATE SCHEMA IF NOT EXISTS bench")
        for table in tables:
            execute(f"DROP TABLE IF EXISTS bench.{table}")
            execute(f"CREATE TABLE bench.{table} AS TABLE {table}")

    def restore(self) -> None:
        """Rows, indexes and free space as new: nothing of an earlier measurement makes the next one slower or faster."""
        with transaction.atomic():
            trust_keys()
            execute(f"TRUNCATE {', '.join(self._tables)}")
            for table in self._tables:
                execute(f"INSERT INTO {table} SELECT * FROM bench.{table}")
        vacuum(self._tables)


def vacuum(tables: Sequence[str]) -> None:
    """Outside measured time, and with a checkpoint, so that no measurement pays for the one before it."""
    execute(f"VACUUM ANALYZE {', '.join(tables)}")
    execute("CHECKPOINT")


def keep(table: str) -> str:
    """A copy of the rows a measured piece of work has left, as the source of its floor; returns its name."""
    execute(f"DROP TABLE IF EXISTS bench.{table}_written")
    execute(f"CREATE TABLE bench.{table}_written AS TABLE {table}")
    execute(f"VACUUM ANALYZE bench.{table}_written")
    return f"bench.{table}_written"


def median_of(prepare: Callable[[], object], work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median seconds of `work`, with `prepare` before each time left out."""
    seconds = []
    for _ in range(repeats):
        prepare()
        with stopwatch() as took:
            work()
        seconds.append(took[0])
    return statistics.median(seconds)


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    took: list[float] = []
    started = time.perf_counter()
    yield took
    took.append(time.perf_counter() - started)
