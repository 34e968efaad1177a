"""The end-of-day balance of an account from its movements of the day.

Exports of movements carry the balance after each movement, but within a day their order is not the order of booking:
neither the order of the file nor the number of the movement tells which balance was the last one. The balances do: each
is the one before it plus the amount, so the day is a chain that begins at the closing balance of the day before, and its
end is the closing balance. Amounts and balances are rounded separately in such exports, so a link may be off by a few
hundredths.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from customers.importing import cells
from customers.importing.cells import BadCell, plain
from customers.importing.reading import Row
from customers.importing.transforms import InvalidMapping, position_of

_KEYS = {"account", "day", "amount", "direction", "out", "balance"}
# Above this many movements of one account on one day the best order is not searched, only the nearest end taken.
_MOST_SEARCHED = 12


@dataclass(frozen=True)
class Movement:
    amount: Decimal  # signed
    balance: Decimal  # after it


def closing_position(movements: list[Movement], opening: Decimal | None) -> int:
    """Which of a day's movements is the last one booked; `opening` is the closing balance of the day before, if known."""
    if len(movements) == 1:
        return 0
    end = _exact_end(movements, opening)
    if end is None and len(movements) <= _MOST_SEARCHED:
        return _nearest_chain(movements, opening)
    if end is None:
        end = (opening or Decimal(0)) + sum((m.amount for m in movements), Decimal(0))
    return min(range(len(movements)), key=lambda i: abs(movements[i].balance - end))


def _exact_end(movements: list[Movement], opening: Decimal | None) -> Decimal | None:
    """Every balance but the last is where another movement begins: what does not cancel out is the end."""
    left = Counter(m.balance for m in movements)
    left.subtract(m.balance - m.amount for m in movements)
    if opening is not None:
        left[opening] += 1
    else:
        left = Counter({value: count for value, count in left.items() if count > 0})
    remaining = {value: count for value, count in left.items() if count}
    return next(iter(remaining)) if list(remaining.values()) == [1] else None


def _nearest_chain(movements: list[Movement], opening: Decimal | None) -> int:
    """The last movement of the order whose links are off by the least in sum; ties go to the later row of the file."""
    count = len(movements)
    begins = [m.balance - m.amount for m in movements]
    # best[(movements used, last one)] = least sum of gaps
    best = {(1 << i, i): abs(begins[i] - opening) if opening is not None else Decimal(0) for i in range(count)}
    for used in range(1, 1 << count):
        for last in range(count):
            gap = best.get((used, last))
            if gap is None:
                continue
            for following in range(count):
                if used >> following & 1:
                    continue
                key = (used | 1 << following, following)
                candidate = gap + abs(begins[following] - movements[last].balance)
                if key not in best or candidate < best[key]:
                    best[key] = candidate
    whole = (1 << count) - 1
    return min(range(count), key=lambda i: (best[(whole, i)], -i))


@dataclass
class Closing:
    """The columns of a file of movements; answers the one row of each account and day that closes it."""

    account: int
    day: int
    amount: int
    direction: int
    out: frozenset[str]
    balance: int
    _known: dict[str, Decimal] = field(default_factory=dict)

    def end_of_days(self, rows: Iterator[tuple[int, Row, str]]) -> Iterator[tuple[int, Row, str]]:
        """Rows must come by day; one day is held in memory, and the last balance of every account."""
        self._known.clear()
        days_rows: dict[str, list[tuple[int, Row, Movement]]] = {}
        current = ""
        for number, row, fault in rows:
            movement = None if fault else self._movement(row)
            if not isinstance(movement, Movement):
                yield number, row, fault or movement or ""
                continue
            day = plain(row[self.day])
            if day != current:
                yield from self._close(days_rows)
                if day < current:
                    yield number, row, "流水没有按日期先后排列，无法推算日终余额"
                    continue
                current, days_rows = day, {}
            days_rows.setdefault(plain(row[self.account]), []).append((number, row, movement))
        yield from self._close(days_rows)

    def _close(self, days_rows: dict[str, list[tuple[int, Row, Movement]]]) -> Iterator[tuple[int, Row, str]]:
        closing_rows = []
        for account, entries in days_rows.items():
            last = closing_position([movement for _, _, movement in entries], self._known.get(account))
            number, row, movement = entries[last]
            self._known[account] = movement.balance
            closing_rows.append((number, row, ""))
        days_rows.clear()
        yield from sorted(closing_rows, key=lambda entry: entry[0])

    def _movement(self, row: Row) -> Movement | str:
        try:
            amount, balance = cells.money(row[self.amount]), cells.money(row[self.balance])
        except BadCell as error:
            return f"金额或余额{error}"
        return Movement(-amount if plain(row[self.direction]) in self.out else amount, balance)


def closing_from(spec: Any, columns: Mapping[str, int]) -> Closing:
    """Raises InvalidMapping when a column is missing."""
    if not isinstance(spec, dict) or set(spec) != _KEYS or not isinstance(spec["out"], list):
        raise InvalidMapping(f"closing应写明{'、'.join(sorted(_KEYS))}。")
    places = {name: position_of(spec[name], columns, "日终余额") for name in _KEYS - {"out"}}
    return Closing(out=frozenset(str(value) for value in spec["out"]), **places)
