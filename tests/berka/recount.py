"""The files of the export counted again with nothing but the standard library, for the import to be held against."""

import csv
from calendar import monthrange
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import permutations
from pathlib import Path

OUT = {"VYDAJ", "VYBER"}


def day_of(text: str) -> date:
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, at most the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Recount:
    def __init__(self, folder: Path):
        self.folder = folder

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.asc").open(encoding="ascii", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    @cached_property
    def owner_of(self) -> dict[str, str]:
        return {row["account_id"]: row["client_id"] for row in self.rows("disp") if row["type"] == "OWNER"}

    @cached_property
    def closing(self) -> dict[str, dict[date, Decimal]]:
        """Account → day → closing balance: of all orders of a day's movements the one whose balances follow best."""
        movements = defaultdict(lambda: defaultdict(list))
        for row in self.rows("trans"):
            amount = Decimal(row["amount"])
            movements[row["account_id"]][day_of(row["date"])].append(
                (-amount if row["type"] in OUT else amount, Decimal(row["balance"]))
            )
        found = {}
        for account, days in movements.items():
            opening, ends = None, {}
            for day in sorted(days):
                opening = ends[day] = _best_end(days[day], opening)
            found[account] = ends
        return found

    def balance(self, account: str, day: date) -> Decimal:
        ends = self.closing.get(account, {})
        known = [other for other in ends if other <= day]
        return ends[max(known)] if known else Decimal(0)


def _best_end(movements: list[tuple[Decimal, Decimal]], opening: Decimal | None) -> Decimal:
    """Try every order: the gaps between a balance and the one before it plus the amount must be least in sum."""
    best = None
    for order in permutations(movements):
        balance, gaps = opening, Decimal(0)
        for amount, after in order:
            if balance is not None:
                gaps += abs(balance + amount - after)
            balance = after
        if best is None or gaps < best[0]:
            best = (gaps, balance)
    return best[1]
