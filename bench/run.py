"""One run of the bench from loading to the table; what `manage.py bench` calls."""

from collections.abc import Callable, Sequence

from almanac.workdays import roll_back
from bench import balances, daily, load, memory, pages, scenarios, segments
from bench.database import execute, stopwatch
from bench.report import RESULTS, Line, machine, table, write_json
from customers.models import Customer
from organization import clock

__all__ = ["RESULTS", "has_customers", "measure", "table", "write_json"]


def has_customers() -> bool:
    return Customer.objects.unscoped("bench").exists()


def measure(
    customers: int, parts: Sequence[str], *, requests: int, memory_requests: int, balance_rows: int,
    say: Callable[[str], None],
) -> tuple[list[Line], dict]:  # fmt: skip
    """Load unless that was done before, then every part; (lines, facts about the data and the machine)."""
    day = clock.today()
    if not has_customers():
        with stopwatch() as took:
            load.load(customers, day)
        say(f"已装入{customers}位客户，用时{took[0]:.0f}秒")
    execute("CREATE SCHEMA IF NOT EXISTS bench")
    bank = load.find()
    facts = {
        "customers": bank.customers, "managers": bank.staff, "contacts": bank.contacts, "business_date": str(day),
        **machine(),
    }  # fmt: skip
    lines: list[Line] = []

    def keep(some: Sequence[Line]) -> None:
        lines.extend(some)
        for line in some:
            say(f"{line.part} {line.what}: {line.measured} {line.floor} {line.fact} {line.verdict}")

    if "daily" in parts:
        keep(daily.measure(day))
    else:
        daily.prepare_queue(day)
    if "balances" in parts:
        keep(balances.measure(balance_rows, day))
    if "segments" in parts:
        keep(segments.measure(day))
    if {"pages", "memory"} & set(parts):
        _measure_site(bank, parts, requests, memory_requests, keep)
    return lines, facts


def _measure_site(bank, parts, requests: int, memory_requests: int, keep: Callable[[Sequence[Line]], None]) -> None:
    with pages.served() as site:
        shown = scenarios.pages(site, bank, roll_back(clock.today()))
        if "memory" in parts:
            keep([memory.measure(site, shown, memory_requests)])
        if "pages" in parts:
            keep([_counts(who, *counts) for who, counts in scenarios.counts_by_rows(site, bank).items()])
            for page in shown:
                for clients in (1, 4):
                    keep([pages.measure(site, page, clients=clients, requests=requests)])


def _counts(who: str, one: int, many: int) -> Line:
    return Line(
        "pages", f"list, {who}: queries for 1 row and for 25", f"{one} and {many}", limit="the same",
        is_ok=one == many, raw={"one": one, "many": many},
    )  # fmt: skip
