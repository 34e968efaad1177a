"""管理资产 and 月日均 of customers from the balances of their accounts, set-based on both databases (DOMAIN 1.2).

A balance holds from its day until the next one of the account, or until the account is closed; days before the first
one count 0. Only categories that are assets count. Equal to `customers.tiers.monthly_average` to the sixth place.
"""

import json
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from customers.enums import ASSET_CATEGORIES
from customers.models import BalanceSnapshot, MonthlyBalance
from organization import clock
from organization.bulk import batches

_AT_ONCE = 20_000


@dataclass(frozen=True)
class _Dialect:
    """The only places where the two databases reckon differently.

    PostgreSQL has exact decimals and subtracts dates to days. SQLite keeps decimals as floating numbers and dates as
    text: there money is added up in whole cents and averages in millionths, both integers, so that no sum drifts.
    """

    days: str  # days between two dates
    later: str  # the later of two dates
    earlier: str
    exact: str  # a stored amount, ready to be added up
    amount: str  # an added-up amount back in yuan
    average: str  # an added-up amount × days over a number of days, in yuan to six places, half away from zero
    rounded: str  # an average in yuan to the cent, half away from zero
    among: str  # the column is among the ids of one parameter


_POSTGRESQL = _Dialect(
    days="({end} - {start})",
    later="GREATEST({0}, {1})",
    earlier="LEAST({0}, {1})",
    exact="{amount}",
    amount="{total}",
    # The zeros widen the quotient: without them a very large one is cut before the sixth place.
    average="ROUND({total} * 1.0000000000 / {days}, 6)",
    rounded="ROUND({average}, 2)",
    among="{column} = ANY(%(ids)s)",
)
_SQLITE = _Dialect(
    days="CAST(ROUND(julianday({end}) - julianday({start})) AS INTEGER)",
    later="MAX({0}, {1})",
    earlier="MIN({0}, {1})",
    exact="CAST(ROUND({amount} * 100) AS INTEGER)",
    amount="({total}) / 100.0",
    average="(({total}) * 20000 + (CASE WHEN ({total}) < 0 THEN -{days} ELSE {days} END)) / (2 * {days}) / 1000000.0",
    rounded="CAST(ROUND({average} * 1000000) + (CASE WHEN {average} < 0 THEN -5000 ELSE 5000 END) AS INTEGER) / 10000"
    " / 100.0",
    among="{column} IN (SELECT value FROM json_each(%(ids)s))",
)
_ASSETS = ", ".join(f"'{category}'" for category in ASSET_CATEGORIES)
_FAR = "9999-12-31"


@transaction.atomic
def refresh_aum(customer_ids: Iterable[int] | None = None, *, on: date) -> None:
    """Set `aum` of these customers (None: of all) to the sum of their asset balances at the end of `on`."""
    d = _dialect()
    total = d.amount.format(total=f"SUM({d.exact.format(amount=_HELD_ON)})")
    for clause, params in _for(customer_ids, "customers_customer.id"):
        _execute(_AUM.format(total=total, clause=clause), params | _dates(on=on, far=_FAR))


@transaction.atomic
def refresh_monthly_averages(*, month: date, customer_ids: Iterable[int] | None = None) -> None:
    """Write the 月日均 of the calendar month `month` lies in, for these customers or for all who have balances.

    Six places, for tier gates compare unrounded; `Customer.monthly_avg_daily_aum` shows the latest month to the cent.
    Raises ValueError for a month that is not over.
    """
    first = month.replace(day=1)
    days = monthrange(first.year, first.month)[1]
    last = first.replace(day=days)
    if last >= clock.today():
        raise ValueError(f"{first:%Y年%m月}还没有结束，不能计算月日均")
    ids = None if customer_ids is None else list(customer_ids)
    bounds = _dates(first=first, last=last, after=last + timedelta(days=1), far=_FAR)
    for clause, params in _for(ids, "a.customer_id"):
        _execute(_averages(clause, days), bounds | params)
    _drop_without_balances(first, last, ids)
    latest = _LATEST.format(rounded=_dialect().rounded.format(average="m.average"))
    for clause, params in _for(ids, "customers_customer.id"):
        _execute(_SHOW_LATEST.format(latest=latest, clause=clause), params)


# One look into (account, day) per account, whatever its history.
_AUM = """
    UPDATE customers_customer SET aum_on = %(on)s, aum = COALESCE((
        SELECT {total} FROM customers_account a
        WHERE a.customer_id = customers_customer.id AND (a.closed_on IS NULL OR a.closed_on > %(on)s)
    ), 0) WHERE {clause}
"""
_HELD_ON = f"""(
    SELECT CASE WHEN s.category IN ({_ASSETS}) THEN s.balance ELSE 0 END FROM customers_balancesnapshot s
    WHERE s.account_id = a.id AND s.day <= %(on)s ORDER BY s.day DESC LIMIT 1
)"""  # noqa: S608 - constants of this module only, here and below
_LATEST = """COALESCE((
    SELECT {rounded} FROM customers_monthlybalance m
    WHERE m.customer_id = customers_customer.id ORDER BY m.month DESC LIMIT 1
), 0)"""
_SHOW_LATEST = """
    UPDATE customers_customer SET monthly_avg_daily_aum = {latest}
    WHERE {clause} AND monthly_avg_daily_aum <> {latest}
"""
# Per account the last balance before the month and those in it, read by (account, day), never the whole history.
_HELD = """
    SELECT a.customer_id, a.closed_on, s.category, s.balance, s.day,
           LEAD(s.day) OVER (PARTITION BY s.account_id ORDER BY s.day) AS next_day
    FROM customers_account a JOIN customers_balancesnapshot s ON s.account_id = a.id AND s.day <= %(last)s
     AND s.day >= COALESCE((SELECT MAX(x.day) FROM customers_balancesnapshot x
                            WHERE x.account_id = a.id AND x.day <= %(first)s), %(first)s)
    WHERE {clause}
"""


def _averages(clause: str, days: int) -> str:
    """One statement: every balance that reaches into the month, weighted with its days in it, upserted per customer."""
    d = _dialect()
    balance = d.exact.format(amount="h.balance")
    until = d.earlier.format("COALESCE(h.next_day, %(far)s)", "COALESCE(h.closed_on, %(far)s)")
    start, end = d.later.format("h.day", "%(first)s"), d.earlier.format(until, "%(after)s")
    held = d.days.format(start=start, end=end)
    return f"""
        INSERT INTO customers_monthlybalance (customer_id, unit_id, month, average, closing)
        SELECT c.id, c.unit_id, %(first)s, {d.average.format(total="t.weighted", days=days)},
               {d.amount.format(total="t.closing")}
        FROM (
            SELECT h.customer_id, SUM(CASE WHEN {end} > {start} THEN {balance} * {held} ELSE 0 END) AS weighted,
                   SUM(CASE WHEN {until} > %(last)s THEN {balance} ELSE 0 END) AS closing
            FROM ({_HELD.format(clause=clause)}) h WHERE h.category IN ({_ASSETS}) GROUP BY h.customer_id
        ) t JOIN customers_customer c ON c.id = t.customer_id
        WHERE true
        ON CONFLICT (customer_id, month) DO UPDATE
        SET average = excluded.average, closing = excluded.closing, unit_id = excluded.unit_id
    """  # noqa: S608


def _drop_without_balances(first: date, last: date, ids: list[int] | None) -> None:
    """Rows of this month whose balances were taken back, as when an import is undone."""
    balances = BalanceSnapshot.objects.unscoped("figures of all customers").filter(
        customer=OuterRef("customer"), day__lte=last, category__in=ASSET_CATEGORIES
    )
    rows = MonthlyBalance.objects.unscoped("figures of all customers").filter(~Exists(balances), month=first)
    if ids is None:
        rows.delete()
        return
    for some in batches(ids, _AT_ONCE):
        rows.filter(customer__in=some).delete()


def _for(ids: Iterable[int] | None, column: str) -> Iterator[tuple[str, dict]]:
    """The condition on `column` with its parameter, so many ids at a time; one that is always true for all."""
    if ids is None:
        yield "true", {}
        return
    for some in batches(ids, _AT_ONCE):
        yield (
            _dialect().among.format(column=column),
            {"ids": some if connection.vendor == "postgresql" else json.dumps(some)},
        )


def _dialect() -> _Dialect:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def _dates(**days) -> dict:
    return {
        name: connection.ops.adapt_datefield_value(day) if isinstance(day, date) else day for name, day in days.items()
    }


def _execute(sql: str, params: dict) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
