"""Counting verdicts, and the file of bad rows that goes back to whoever made the file."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from customers.enums import Verdict
from customers.importing.reading import Row
from ui.spreadsheets import harmless

# More reasons than this nobody reads on a page; the file of bad rows has them all.
MOST_KEPT_ERRORS = 1000


@dataclass
class Tally:
    """How many rows got which verdict; the first errors with their reasons."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Verdict.values, 0))
    errors: list[tuple[int, list[str]]] = field(default_factory=list)

    def add(self, verdict: str, count: int = 1) -> None:
        self.counts[verdict] += count

    def add_error(self, number: int, reasons: list[str]) -> None:
        self.counts[Verdict.ERROR] += 1
        if len(self.errors) < MOST_KEPT_ERRORS:
            self.errors.append((number, reasons))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def changes(self) -> int:
        return self.counts[Verdict.CREATE] + self.counts[Verdict.UPDATE]


class BadRows:
    """Rows with their reasons, as they came, for a spreadsheet to open without running anything (ASVS 1.2.10)."""

    def __init__(self, path: Path, headers: list[str]):
        self.path = path
        self._headers = headers
        self._file = None
        self._writer = None

    def add(self, number: int, row: Row, reasons: list[str]) -> None:
        if self._writer is None:
            # With a byte order mark, by which spreadsheets know UTF-8.
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["行号", "原因", *map(harmless, self._headers)])
        self._writer.writerow([number, ";".join(reasons), *map(harmless, row)])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@contextmanager
def bad_rows(path: Path, headers: list[str]) -> Iterator[BadRows]:
    path.unlink(missing_ok=True)
    rows = BadRows(path, headers)
    try:
        yield rows
    finally:
        rows.close()
