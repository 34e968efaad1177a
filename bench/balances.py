"""A day's balances of the whole bank, through the command that operators use; against COPY and one upsert."""

import csv
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench.database import Copies, median_of, value
from bench.processes import together, workers
from bench.report import Line

_SNAPSHOTS = "customers_balancesnapshot"
_WRITTEN = ["customers_importbatch", "customers_importrow", "customers_stagedbalance", _SNAPSHOTS]
_MOST = 2.0
_FLAT_MB = 30


def measure(rows: int, today: date) -> list[Line]:
    before = Copies(_WRITTEN)
    large, small = _file("balances", rows, today), _file("balances-tenth", max(1, rows // 10), today)
    try:
        floor = median_of(before.restore, lambda: _bare(large))
        seconds, peak = _import(large, before)
        _, small_peak = _import(small, before)
        before.restore()
    finally:
        large.unlink()
        small.unlink()
    return [_speed(rows, seconds, floor), _memory(rows, peak, small_peak)]


def _file(name: str, rows: int, today: date) -> Path:
    """The newest day of every account first, then the day before, until there are as many rows as asked for."""
    folder = settings.VAR_DIR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    accounts = value("SELECT count(*) FROM customers_account")
    if rows > accounts * 700:
        raise ValueError("more balances than the accounts have days")
    with path.open("w", newline="", encoding="utf-8") as file, connection.cursor() as cursor:
        writer = csv.writer(file)
        writer.writerow(["账户标识", "日期", "余额"])
        for back in range(1, -(-rows // accounts) + 1):
            cursor.execute(
                "SELECT reference, %s::date, balance + %s FROM customers_account ORDER BY id LIMIT %s",
                [today - timedelta(days=back), back, rows - (back - 1) * accounts],
            )
            writer.writerows(cursor)
    return path


def _import(path: Path, before: Copies) -> tuple[float, float]:
    """Seconds, and the peak of a process that imports this file alone. Once: a million rows are their own average."""
    peaks = []

    def work() -> None:
        peaks.append(together(importer)[1][0]["peak"])

    with workers(1, "import", str(path)) as importer:
        seconds = median_of(before.restore, work, repeats=1)
    return seconds, max(peaks)


def _bare(path: Path) -> None:
    """F2: the same file into the same rows."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("CREATE TEMP TABLE bare (reference text, day date, balance numeric(18, 2)) ON COMMIT DROP")
        with path.open(encoding="utf-8") as file:
            cursor.copy_expert("COPY bare FROM STDIN WITH (FORMAT csv, HEADER)", file)
        cursor.execute(
            f"""
            INSERT INTO {_SNAPSHOTS} (account_id, customer_id, unit_id, category, day, balance)
            SELECT a.id, a.customer_id, a.unit_id, p.category, b.day, b.balance
            FROM bare b JOIN customers_account a USING (reference) JOIN customers_product p ON p.id = a.product_id
            ON CONFLICT (account_id, day) DO UPDATE SET balance = excluded.balance
            """
        )
        cursor.execute("COMMIT")


def _speed(rows: int, seconds: float, floor: float) -> Line:
    return Line(
        "balances", f"import of {rows:,} rows", f"{seconds:.1f} s", f"{floor:.1f} s (F2)", seconds / floor,
        f"≤ {_MOST:g} ×", f"{rows / seconds:,.0f} rows/s", seconds <= _MOST * floor,
        {"seconds": seconds, "floor": floor, "rows": rows},
    )  # fmt: skip


def _memory(rows: int, peak: float, small_peak: float) -> Line:
    return Line(
        "balances", "peak memory of the process", f"{peak:.0f} MB", limit="flat",
        fact=f"{small_peak:.0f} MB with {max(1, rows // 10):,} rows", is_ok=peak - small_peak <= _FLAT_MB,
        raw={"peak": peak, "peak_of_a_tenth": small_peak},
    )  # fmt: skip
