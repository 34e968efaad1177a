"""What was measured, as a table for people and as JSON for comparison."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.database import value

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Line:
    """One figure: what it is, its floor and how many times the floor it may be. None where there is no such thing.

    `fact` says the same in the unit people think in (tasks per second, queries, megabytes).
    """

    part: str
    what: str
    measured: str
    floor: str = ""
    ratio: float | None = None
    limit: str = ""
    fact: str = ""
    is_ok: bool | None = None
    raw: dict = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return {True: "ok", False: "MISSED", None: "–"}[self.is_ok]


def machine() -> dict[str, str]:
    """What a reader needs to judge the absolute figures; the ratios need none of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    settings = {name: value(f"SHOW {name}") for name in ("shared_buffers", "work_mem", "max_wal_size")}
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "postgresql": value("SHOW server_version").split()[0],
        "python": platform.python_version(),
        "load": f"{load:.1f}",
        **settings,
    }


def table(lines: Sequence[Line]) -> str:
    """A Markdown table that also reads well in a terminal."""
    head = ("part", "what", "measured", "floor", "ratio", "limit", "also", "verdict")
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(head))]
    out = [_row(head, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([*out, *(_row(row, widths) for row in rows[1:])])


def _cells(line: Line) -> tuple[str, ...]:
    ratio = "" if line.ratio is None else f"{line.ratio:.2f} ×"
    return (line.part, line.what, line.measured, line.floor, ratio, line.limit, line.fact, line.verdict)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return (
        "| " + " | ".join(cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)) + " |"
    )


def _width(text: str) -> int:
    """Chinese characters take two places in a terminal."""
    return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)


def write_json(path: Path, *, facts: dict, lines: Sequence[Line]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **facts,
        "lines": [asdict(x) for x in lines],
    }
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
