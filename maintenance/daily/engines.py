"""The only place where the daily run asks which database it is on."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models import CharField, Func

from customers.models.customer import new_public_id

_SQLITE_PUBLIC_ID = "crm_public_id"
# A holder that hangs is cut off and its row lock freed; a statement that waits for others gives up and is tried again.
# Statements with many expressions and few rows take longer to compile to machine code than to run, and those that join
# or sort a shard should not do so on disk.
_SETTINGS = (
    "SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s'; "
    "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
)


def connect() -> None:
    """SQLite has no random text of its own: every new connection learns ours."""
    connection_created.connect(_teach_sqlite, dispatch_uid="maintenance.daily.public_id")


def _teach_sqlite(sender, connection, **kwargs) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(_SQLITE_PUBLIC_ID, 0, new_public_id)


def bound_transaction() -> None:
    """Limits for the transaction a step works in. On SQLite the one writer is bounded by the connection's timeout."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SETTINGS)


def inserts_what_it_updates() -> bool:
    """Whether an INSERT can take its rows from an UPDATE … RETURNING: one statement that locks and writes each row once."""
    return connection.vendor == "postgresql"


def plain(value: Any) -> Any:
    """A parameter for a statement written by hand: days and moments in the form each database compares."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if hasattr(value, "isoformat") else value


def read_day(value: date | str | None) -> date | None:
    """A day out of a statement written by hand: SQLite gives back the text it stores."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def greatest() -> str:
    """The name of the function that gives the largest of its arguments, none of which is NULL."""
    return "GREATEST" if connection.vendor == "postgresql" else "MAX"


class PublicId(Func):
    """A new random public id for every row: 22 characters that are safe in a URL."""

    arity = 0
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        return "translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_')", []

    def as_sqlite(self, compiler, connection, **context):
        return f"{_SQLITE_PUBLIC_ID}()", []


class Joined(Func):
    """Texts one after another; what is missing is empty. One call, where Django's Concat nests a pair for each of them."""

    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="CONCAT")

    def as_sqlite(self, compiler, connection, **context):
        pieces = [compiler.compile(source) for source in self.source_expressions]
        joined = " || ".join(f"COALESCE({sql}, '')" for sql, _ in pieces)
        return f"({joined})", [param for _, params in pieces for param in params]


class MonthDay(Func):
    """A date as people say it: 11月3日."""

    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="""to_char(%(expressions)s, 'FMMM"月"FMDD"日"')""")

    def as_sqlite(self, compiler, connection, **context):
        template = "ltrim(replace(strftime('%%%%m月%%%%d日', %(expressions)s), '月0', '月'), '0')"
        return self.as_sql(compiler, connection, template=template)


class YearMonthDay(Func):
    """A date with its year: 2026年11月3日."""

    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="""to_char(%(expressions)s, 'YYYY"年"FMMM"月"FMDD"日"')""")

    def as_sqlite(self, compiler, connection, **context):
        template = "replace(replace(strftime('%%%%Y年%%%%m月%%%%d日', %(expressions)s), '年0', '年'), '月0', '月')"
        return self.as_sql(compiler, connection, template=template)


class Yuan(Func):
    """An amount as people say it: 8500元, 12.35万元; tens of thousands rounded half up to the hundredth."""

    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        return self._both(
            compiler, "trim_scale(round({x} / 10000, 2))::text || '万元'", "trim_scale(round({x}, 2))::text || '元'"
        )

    def as_sqlite(self, compiler, connection, **context):
        # Decimals are stored as floating numbers: rounded in whole hundreds and cents first, so that halves go up.
        return self._both(
            compiler,
            "rtrim(rtrim(printf('%%.2f', round({x} / 100.0) / 100.0), '0'), '.') || '万元'",
            "rtrim(rtrim(printf('%%.2f', round({x} * 100.0) / 100.0), '0'), '.') || '元'",
        )

    def _both(self, compiler, large: str, small: str):
        amount, params = compiler.compile(self.source_expressions[0])
        sql = f"CASE WHEN {amount} >= 10000 THEN {large.format(x=amount)} ELSE {small.format(x=amount)} END"
        return sql, [*params, *params, *params]
