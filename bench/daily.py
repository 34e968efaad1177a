"""The daily run over a prepared business date: one worker, the same date again, two workers; against the bare INSERT."""

import os
import statistics
from datetime import date

from bench.database import REPEATS, Copies, execute, keep, median_of, vacuum, value
from bench.processes import together, workers
from bench.report import Line

_TASKS = "maintenance_maintenancetask"
# Everything a run writes, parents first.
_WRITTEN = [
    "customers_importantdate", "customers_holding", "maintenance_contactbeat", _TASKS, "maintenance_diary",
    "maintenance_diaryline", "maintenance_diaryrevision", "maintenance_dailyrun", "maintenance_runstep",
    "organization_notification",
]  # fmt: skip
_MOST = 2.0
_TASKS_A_SECOND = 40_000
_SPEED_UP = 1.6


def measure(day: date) -> list[Line]:
    """Leaves the database as one quiet run of `day` leaves it."""
    before = Copies(_WRITTEN)
    two = _two_workers(day, before)
    first, second, sizes = _one_worker(day, before)
    tasks = value(f"SELECT count(*) FROM {_TASKS}")
    floor = _floor(before)
    with workers(1, "daily", str(day)) as one:
        before.restore()
        together(one)
    return [_speed(first, floor, tasks), _rate(first, tasks), _again(first, second), _both(first, two), _size(sizes)]


def prepare_queue(day: date) -> None:
    """One quiet run, for measurements that only need its queue."""
    with workers(1, "daily", str(day)) as one:
        together(one)
    vacuum(_WRITTEN)


def _one_worker(day: date, before: Copies) -> tuple[float, float, list[float]]:
    """Median seconds of the first and of the second run, and the worker's size after each run."""
    first, second, sizes = [], [], []
    with workers(1, "daily", str(day)) as one:
        for _ in range(REPEATS):
            before.restore()
            for seconds in (first, second):
                took, results = together(one)
                seconds.append(took)
                sizes.append(results[0]["resident"])
    return statistics.median(first), statistics.median(second), sizes


def _two_workers(day: date, before: Copies) -> float:
    with workers(2, "daily", str(day)) as both:
        return median_of_runs(both, before)


def median_of_runs(some: list, before: Copies) -> float:
    seconds = []
    for _ in range(REPEATS):
        before.restore()
        seconds.append(together(some)[0])
    return statistics.median(seconds)


def _floor(before: Copies) -> float:
    """F2: the very rows, from a copy, by one statement into the same empty table with the same indexes."""
    rows = keep(_TASKS)
    return median_of(
        before.restore, lambda: execute(f"INSERT INTO {_TASKS} SELECT * FROM {rows} ON CONFLICT DO NOTHING")
    )


def _speed(first: float, floor: float, tasks: int) -> Line:
    return Line(
        "daily run", "all steps, one worker", f"{first:.2f} s", f"{floor:.2f} s (F2)", first / floor, f"≤ {_MOST:g} ×",
        f"{tasks} tasks", first <= _MOST * floor, {"seconds": first, "floor": floor, "tasks": tasks},
    )  # fmt: skip


def _rate(first: float, tasks: int) -> Line:
    rate = tasks / first
    return Line(
        "daily run", "tasks a second, one worker", f"{rate:,.0f}/s", limit=f"≥ {_TASKS_A_SECOND:,}/s",
        is_ok=rate >= _TASKS_A_SECOND, raw={"tasks_per_second": rate},
    )  # fmt: skip


def _again(first: float, second: float) -> Line:
    return Line(
        "daily run", "the same date again", f"{second:.2f} s", f"{first:.2f} s (first)", second / first, "≤ 1 ×",
        is_ok=second <= first, raw={"seconds": second, "first": first},
    )  # fmt: skip


def _both(one: float, two: float) -> Line:
    cores = os.cpu_count() or 1
    # Each worker keeps a database process busy: with fewer cores than two of both, two workers share what one had.
    is_ok = one / two >= _SPEED_UP if cores >= 4 else None
    return Line(
        "daily run", "two workers", f"{two:.2f} s", f"{one:.2f} s (one)", one / two, f"≥ {_SPEED_UP:g} × (4 cores)",
        f"{cores} cores", is_ok, {"seconds": two, "one": one},
    )  # fmt: skip


def _size(sizes: list[float]) -> Line:
    grown = sizes[-1] - sizes[1]
    return Line(
        "memory", f"worker after {len(sizes)} runs", f"{sizes[-1]:.0f} MB", limit="≤ 300 MB, flat",
        fact=f"after the first {sizes[0]:.0f} MB, grown since the second by {grown:.1f} MB",
        is_ok=sizes[-1] <= 300 and grown <= 10, raw={"resident": sizes},
    )  # fmt: skip
