"""Whether the daily run does its work: every run and step with counts, durations and lag; what is missing (DESIGN 5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from maintenance.enums import RunState, RunStepName
from maintenance.models import DailyRun, Quarantine, RunStep
from maintenance.queries.workbench import start_of

_GRACE = timedelta(hours=2)


@dataclass
class StepSummary:
    """A step over all its shards."""

    name: str
    shards: int = 0
    done: int = 0
    rows: int = 0
    attempts: int = 0
    state: str = RunState.PENDING
    started_at: datetime | None = None
    finished_at: datetime | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return RunStepName(self.name).label

    @property
    def state_label(self) -> str:
        return RunState(self.state).label

    @property
    def duration(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.started_at and self.finished_at else None


@dataclass
class RunSummary:
    """A business date. `is_missing`: no run was made for it at all; `is_late`: it should have ended by now."""

    day: date
    state: str = ""
    steps: list[StepSummary] = field(default_factory=list)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    is_missing: bool = False
    is_late: bool = False
    lag: timedelta | None = None

    @property
    def state_label(self) -> str:
        return RunState(self.state).label if self.state else "缺失"

    @property
    def rows(self) -> int:
        return sum(step.rows for step in self.steps)

    @property
    def duration(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.started_at and self.finished_at else None

    @property
    def is_bad(self) -> bool:
        return self.is_missing or self.is_late or self.state in (RunState.FAILED, RunState.DEAD)


def recent_runs(*, now: datetime, days: int) -> list[RunSummary]:
    """The last `days` business dates, newest first. Dates before the very first run are not missing: nothing ran yet."""
    today = now.date()
    since = today - timedelta(days=days - 1)
    runs = {run.business_date: run for run in DailyRun.objects.filter(business_date__gte=since)}
    first = DailyRun.objects.order_by("business_date").values_list("business_date", flat=True).first() or today
    steps: dict[date, list[RunStep]] = defaultdict(list)
    for step in RunStep.objects.filter(business_date__gte=since).order_by("business_date", "position", "shard"):
        steps[step.business_date].append(step)
    shown = [today - timedelta(days=offset) for offset in range(days)]
    return [_run(day, runs.get(day), steps[day], now) for day in shown if day in runs or first <= day]


def _run(day: date, run: DailyRun | None, steps: Sequence[RunStep], now: datetime) -> RunSummary:
    due_at = start_of(day)
    overdue = now - due_at > _GRACE
    if run is None:
        return RunSummary(day, is_missing=overdue, is_late=overdue, lag=now - due_at)
    started = min((s.started_at for s in steps if s.started_at), default=None)
    ended = run.finished_at if run.state == RunState.DONE else None
    return RunSummary(
        day, run.state, _by_step(steps), started, ended,
        is_late=run.state != RunState.DONE and overdue, lag=(ended or now) - due_at,
    )  # fmt: skip


def _by_step(steps: Sequence[RunStep]) -> list[StepSummary]:
    by_name: dict[str, StepSummary] = {}
    shards: dict[str, list[RunStep]] = defaultdict(list)
    for step in steps:
        shards[step.step].append(step)
    for name, parts in shards.items():
        finished = [p.finished_at for p in parts if p.finished_at]
        by_name[name] = StepSummary(
            name, len(parts), sum(p.state == RunState.DONE for p in parts), sum(p.rows for p in parts),
            max(p.attempt for p in parts), _worst(parts), min((p.started_at for p in parts if p.started_at), default=None),
            max(finished, default=None), [p.error for p in parts if p.error and p.state != RunState.DONE],
        )  # fmt: skip
    return list(by_name.values())


def _worst(parts: Sequence[RunStep]) -> str:
    order = (RunState.DEAD, RunState.FAILED, RunState.RUNNING, RunState.PENDING, RunState.DONE)
    states = {part.state for part in parts}
    return next(state for state in order if state in states)


def open_quarantine() -> int:
    """Customers whose rows stopped a step and wait for an administrator; a number, no names."""
    return Quarantine.objects.unscoped("a count for the health page").filter(resolved_at=None).count()
