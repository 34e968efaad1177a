"""End-of-day balances, a million at a time: streamed into the database and judged, written and taken back there as sets.

A file is checked into `StagedBalance`: one line for every balance that differs from what is known, with what stands
there now. Applying is one upsert from it, undoing its reverse. Neither holds rows in memory.

Statements are put together from constants of this module alone; values travel as parameters.
"""

from collections.abc import Callable, Iterator
from datetime import date

from django.db import transaction
from django.db.models import Max, Min

from customers.enums import Verdict
from customers.importing.bulk import analyze, copy_in, execute, fetch, quiet_transaction, scratch_table
from customers.importing.mapping import BoundMapping
from customers.importing.scope import ImportScope
from customers.importing.tally import BadRows, Tally
from customers.models import Account, ImportBatch, MonthlyBalance, StagedBalance
from customers.services.balances import refresh_aum, refresh_monthly_averages
from organization import clock
from organization.bulk import batches
from organization.exceptions import RuleViolation

_AT_ONCE = 20_000
_REASONS = {
    "unknown": "账户标识在行内不存在，或不属于您的机构",
    "early": "余额日期早于开户日期",
    "closed": "账户在该日已销户，余额应为零",
}
_LINE = "number integer NOT NULL, reference varchar(40) NOT NULL, day date NOT NULL, balance numeric(18, 2) NOT NULL"
_FAULT = "number integer NOT NULL, reason varchar(10) NOT NULL, first integer NOT NULL"


def check(
    batch: ImportBatch, bound: BoundMapping, scope: ImportScope, bad: BadRows, seen: Callable[[int], None]
) -> Tally:
    """Judge every balance of the file and stage those that would change something. `seen` gets the rows read so far."""
    tally = Tally()
    with scratch_table("import_line", _LINE) as line, scratch_table("import_fault", _FAULT):
        with quiet_transaction():
            copy_in(line, ("number", "reference", "day", "balance"), _readable(bound, tally, bad, seen))
            analyze(line)
            _find_faults(scope)
        _report_faults(bound, tally, bad)
        good = fetch("SELECT COUNT(*) FROM import_line")[0][0]
        created, updated = _stage(batch)
    tally.add(Verdict.CREATE, created)
    tally.add(Verdict.UPDATE, updated)
    tally.add(Verdict.SAME, good - created - updated)
    return tally


def _readable(bound: BoundMapping, tally: Tally, bad: BadRows, seen: Callable[[int], None]) -> Iterator[tuple]:
    """Rows whose cells make sense, as they go into the scratch table; the others are told."""
    today = clock.today()
    for count, (number, values, errors, row) in enumerate(bound.lines(), start=1):
        if not count % 1000:
            seen(count)
        if not errors and values["day"] > today:
            errors = ["余额日期不能晚于今天"]
        if errors:
            tally.add_error(number, errors)
            bad.add(number, row, errors)
        else:
            yield number, values["account"], values["day"], values["balance"]


def _find_faults(scope: ImportScope) -> None:
    """Move rows that cannot be taken from the scratch table to the list of faults."""
    foreign, join, params = "", "", []
    if not scope.is_whole_bank:
        join = (
            "LEFT JOIN customers_customer c ON c.id = a.customer_id LEFT JOIN organization_unit u ON u.id = c.unit_id"
        )
        foreign, params = "OR SUBSTR(u.path, 1, %s) <> %s", [len(scope.path), scope.path]
    execute(
        f"""
        INSERT INTO import_fault (number, reason, first)
        SELECT number, reason, 0 FROM (
            SELECT l.number, CASE WHEN a.id IS NULL {foreign} THEN 'unknown' WHEN l.day < a.opened_on THEN 'early'
                   WHEN l.day > a.closed_on AND l.balance <> 0 THEN 'closed' ELSE '' END AS reason
            FROM import_line l LEFT JOIN customers_account a ON a.reference = l.reference {join}
        ) judged WHERE reason <> ''
        """,  # noqa: S608
        params,
    )
    # Files as a rule give no balance twice, and that is cheaper to see than which one.
    if fetch("SELECT 1 FROM import_line GROUP BY reference, day HAVING COUNT(*) > 1 LIMIT 1"):
        execute(
            """
            INSERT INTO import_fault (number, reason, first)
            SELECT number, 'twice', first FROM (
                SELECT number, MIN(number) OVER (PARTITION BY reference, day) AS first FROM import_line
                WHERE number NOT IN (SELECT number FROM import_fault)
            ) numbered WHERE number <> first
            """
        )
    execute("DELETE FROM import_line WHERE number IN (SELECT number FROM import_fault)")


def _report_faults(bound: BoundMapping, tally: Tally, bad: BadRows) -> None:
    """Tell the faults in the order of the file, which is read again for the rows as they came."""
    faults = _faults()
    fault = next(faults, None)
    if fault is None:
        return
    for number, row in bound.table.rows():
        if number != fault[0]:
            continue
        reason = _REASONS.get(fault[1]) or f"与第{fault[2]}行的账户和日期重复"
        tally.add_error(number, [reason])
        bad.add(number, row, [reason])
        fault = next(faults, None)
        if fault is None:
            return


def _faults() -> Iterator[tuple[int, str, int]]:
    last = 0
    while rows := fetch(
        "SELECT number, reason, first FROM import_fault WHERE number > %s ORDER BY number LIMIT %s", [last, _AT_ONCE]
    ):
        yield from rows
        last = rows[-1][0]


@transaction.atomic
def _stage(batch: ImportBatch) -> tuple[int, int]:
    """Keep every balance that differs from what is known; (new ones, changed ones)."""
    clear_staged(batch)
    execute(
        """
        INSERT INTO customers_stagedbalance (batch_id, number, account_id, day, balance, before)
        SELECT %s, l.number, a.id, l.day, l.balance, s.balance
        FROM import_line l JOIN customers_account a ON a.reference = l.reference
        LEFT JOIN customers_balancesnapshot s ON s.account_id = a.id AND s.day = l.day
        WHERE s.balance IS NULL OR s.balance <> l.balance
        """,
        [batch.pk],
    )
    analyze("customers_stagedbalance")
    staged, changed = fetch(
        "SELECT COUNT(*), COUNT(before) FROM customers_stagedbalance WHERE batch_id = %s", [batch.pk]
    )[0]
    return staged - changed, changed


def clear_staged(batch: ImportBatch) -> None:
    execute("DELETE FROM customers_stagedbalance WHERE batch_id = %s", [batch.pk])


def apply(batch: ImportBatch) -> None:
    """Write what was staged, in the caller's transaction. Raises RuleViolation when accounts went missing meanwhile."""
    written = execute(
        """
        INSERT INTO customers_balancesnapshot (account_id, customer_id, unit_id, category, day, balance)
        SELECT g.account_id, a.customer_id, c.unit_id, p.category, g.day, g.balance
        FROM customers_stagedbalance g JOIN customers_account a ON a.id = g.account_id
        JOIN customers_customer c ON c.id = a.customer_id JOIN customers_product p ON p.id = a.product_id
        WHERE g.batch_id = %s ORDER BY g.account_id, g.day
        ON CONFLICT (account_id, day) DO UPDATE SET balance = excluded.balance
        """,
        [batch.pk],
    )
    if written != batch.created_count + batch.updated_count:
        raise RuleViolation("校验之后账户有变动，请重新上传文件。")
    execute(
        """
        UPDATE customers_account SET balance = n.balance, balance_on = n.day FROM (
            SELECT account_id, day, balance, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY day DESC) AS place
            FROM customers_stagedbalance WHERE batch_id = %s
        ) n
        WHERE n.place = 1 AND customers_account.id = n.account_id
          AND (customers_account.balance_on IS NULL OR customers_account.balance_on < n.day
               OR (customers_account.balance_on = n.day AND customers_account.balance <> n.balance))
        """,
        [batch.pk],
    )


def undo(batch: ImportBatch) -> None:
    """Put back what stood there, in the caller's transaction; refused when somebody changed any of it since."""
    changed = fetch(
        """
        SELECT COUNT(*) FROM customers_stagedbalance g
        LEFT JOIN customers_balancesnapshot s ON s.account_id = g.account_id AND s.day = g.day
        WHERE g.batch_id = %s AND (s.balance IS NULL OR s.balance <> g.balance)
        """,
        [batch.pk],
    )[0][0]
    if changed:
        raise RuleViolation(f"本批有{changed}笔余额之后又被修改，不能整批撤销；请先撤销后来的批次。")
    execute(
        """
        DELETE FROM customers_balancesnapshot WHERE (account_id, day) IN (
            SELECT account_id, day FROM customers_stagedbalance WHERE batch_id = %s AND before IS NULL
        )
        """,
        [batch.pk],
    )
    execute(
        """
        UPDATE customers_balancesnapshot SET balance = g.before FROM customers_stagedbalance g
        WHERE g.batch_id = %s AND g.before IS NOT NULL
          AND customers_balancesnapshot.account_id = g.account_id AND customers_balancesnapshot.day = g.day
        """,
        [batch.pk],
    )
    execute(
        """
        UPDATE customers_account SET
            balance_on = (SELECT MAX(s.day) FROM customers_balancesnapshot s WHERE s.account_id = customers_account.id),
            balance = COALESCE((SELECT s.balance FROM customers_balancesnapshot s
                                WHERE s.account_id = customers_account.id ORDER BY s.day DESC LIMIT 1), 0)
        WHERE id IN (SELECT account_id FROM customers_stagedbalance WHERE batch_id = %s)
        """,
        [batch.pk],
    )


def refresh_figures(batch: ImportBatch, beat: Callable[[int], None] = lambda count: None) -> None:
    """管理资产 and 月日均 of the customers whose balances moved. May be repeated; each part is a short transaction."""
    today = clock.today()
    months = _closed_months(batch, today)
    done = 0
    for customer_ids in batches(_customers(batch), _AT_ONCE):
        refresh_aum(customer_ids, on=today)
        for month in months:
            refresh_monthly_averages(month=month, customer_ids=customer_ids)
        done += len(customer_ids)
        beat(done)


def _customers(batch: ImportBatch) -> Iterator[int]:
    """Page by page, so that neither a million ids nor an open cursor is kept."""
    last = 0
    while rows := fetch(
        """
        SELECT DISTINCT a.customer_id FROM customers_stagedbalance g JOIN customers_account a ON a.id = g.account_id
        WHERE g.batch_id = %s AND a.customer_id > %s ORDER BY a.customer_id LIMIT %s
        """,
        [batch.pk, last, 5 * _AT_ONCE],
    ):
        yield from (row[0] for row in rows)
        last = rows[-1][0]


def _closed_months(batch: ImportBatch, today: date) -> list[date]:
    """Months that are over and whose averages the batch moves: a balance is carried on, so from its first month as far
    as the figures of its customers reach."""
    bounds = StagedBalance.objects.filter(batch_id=batch.pk).aggregate(first=Min("day"), last=Max("day"))
    if bounds["first"] is None or _following(month := bounds["first"].replace(day=1)) > today:
        return []
    last, months = _last_month(batch, bounds["last"]), []
    while month <= last and _following(month) <= today:
        months.append(month)
        month = _following(month)
    return months


def _last_month(batch: ImportBatch, last_day: date) -> date:
    moved = StagedBalance.objects.filter(batch_id=batch.pk).values("account_id")
    customers = Account.objects.unscoped("figures follow the balances").filter(pk__in=moved).values("customer")
    figures = MonthlyBalance.objects.unscoped("figures follow the balances").filter(customer__in=customers)
    return max(last_day, figures.aggregate(month=Max("month"))["month"] or last_day)


def _following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
