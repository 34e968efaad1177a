"""The engine of the daily run: a work list in the database that any number of workers share (DESIGN 5, RELIABILITY 3.3).

`ensure_runs` writes the list, `claim_step` takes one step of it and commits that before any work, `work_step` does the
work in a second transaction that first looks whether the step is still held. Killed at any moment, a step is done whole
or not at all; a message, a beat, a button or a person only says "look".

Order: a step waits for the earlier steps and dates of the units it covers. Ranking and what follows wait until every
shard has raised its tasks, for an owner's customers may sit in units of another shard.
"""

import logging
import time
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet

from maintenance.daily import engines
from maintenance.daily.isolation import Step, brief, finish_without_bad, set_aside, tell_of_failure
from maintenance.daily.leases import is_abandoned, new_token
from maintenance.daily.shards import unit_ranges
from maintenance.daily.steps.appointments import raise_appointments
from maintenance.daily.steps.beats import raise_beats
from maintenance.daily.steps.care import raise_care
from maintenance.daily.steps.diary_draft import draft_diaries
from maintenance.daily.steps.escalation import escalate
from maintenance.daily.steps.maturities import raise_maturities
from maintenance.daily.steps.ranking import rank
from maintenance.daily.steps.refresh import refresh
from maintenance.daily.steps.segments import refresh_members
from maintenance.daily.work import Work
from maintenance.enums import RunState, RunStepName
from maintenance.models import DailyRun, RunStep
from maintenance.parameters import CATCH_UP_DAYS, RUN_SHARDS
from organization import clock
from organization.models import Unit
from organization.parameters import parameter

STEPS: dict[str, Step] = {
    RunStepName.REFRESH: refresh,
    RunStepName.SEGMENTS: refresh_members,
    RunStepName.CARE: raise_care,
    RunStepName.BEATS: raise_beats,
    RunStepName.MATURITIES: raise_maturities,
    RunStepName.APPOINTMENTS: raise_appointments,
    RunStepName.RANKING: rank,
    RunStepName.DIARY_DRAFT: draft_diaries,
    RunStepName.ESCALATION: escalate,
}
_ORDER = {name: position for position, name in enumerate(STEPS, start=1)}
_BARRIER = _ORDER[RunStepName.RANKING]
_NOT_DONE = (RunState.PENDING, RunState.RUNNING, RunState.FAILED, RunState.DEAD)

# Technical times, not rules of the bank. The lease covers the moment between claiming and working and a hanging holder;
# while a holder works, its transaction holds the row.
_LEASE = timedelta(seconds=60)
_BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
_ATTEMPTS_WHOLE = 4  # from the fifth on, bad customers are looked for
_ATTEMPTS_BY_HAND = 8
_CRASHES = 8  # a step whose holders die and die is left for an administrator
_POLL_SECONDS = 0.2

_log = logging.getLogger(__name__)


class RunStopped(Exception):
    """A run started by hand cannot be finished; the message says which step and why."""


# The work list


@transaction.atomic
def ensure_runs(on: date, *, shards: int | None = None) -> list[date]:
    """Make sure that every business date up to `on` has its run and its steps; returns the dates that were missing.

    Reaches back to the first date ever run, at most `catch_up_days`. Any number of callers leave the same rows: whoever
    comes second waits on the unique key and finds the steps there.
    """
    missing = _missing_dates(on)
    if not missing:
        return []
    DailyRun.objects.bulk_create(
        [DailyRun(business_date=day, created_at=clock.now()) for day in missing], ignore_conflicts=True
    )
    ranges = unit_ranges(shards or parameter(RUN_SHARDS, on))
    bare = DailyRun.objects.filter(business_date__in=missing, steps=None)
    RunStep.objects.bulk_create(
        [
            RunStep(
                run=run, business_date=run.business_date, step=name, position=position, shard=shard,
                first_unit=first, last_unit=last,
            )
            for run in bare
            for name, position in _ORDER.items()
            for shard, (first, last) in enumerate(ranges)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return missing


def _missing_dates(on: date) -> list[date]:
    first = DailyRun.objects.aggregate(day=Min("business_date"))["day"]
    start = min(on, max(first or on, on - timedelta(days=parameter(CATCH_UP_DAYS, on))))
    wanted = [start + timedelta(days=n) for n in range((on - start).days + 1)]
    known = set(DailyRun.objects.filter(business_date__in=wanted).values_list("business_date", flat=True))
    return [day for day in wanted if day not in known]


def reopen_run(day: date) -> bool:
    """Put all steps of a complete run on the list again; they insert what is missing, which after a quiet run is nothing."""
    with transaction.atomic():
        run = DailyRun.objects.select_for_update().filter(business_date=day, state=RunState.DONE).first()
        if run is None:
            return False
        run.steps.update(state=RunState.PENDING, attempt=0, lease_token="", not_before=None, error="")
        DailyRun.objects.filter(pk=run.pk).update(state=RunState.PENDING, finished_at=None)
    return True


def retry_steps(steps: QuerySet[RunStep]) -> int:
    """Let failed and stopped steps begin again at once, as if they had never been tried."""
    return steps.filter(state__in=(RunState.FAILED, RunState.DEAD)).update(
        state=RunState.PENDING, attempt=0, not_before=None
    )


# Claiming


def claim_step(*, until: date | None = None, is_by_hand: bool = False) -> RunStep | None:
    """Take the next step that may begin; None when there is nothing to do now. Committed before this returns.

    `until` leaves later dates alone. By hand a failed step is tried again without waiting.
    """
    _release_lost(clock.now())
    while _claimable(clock.now(), until, is_by_hand).exists():
        now, token = clock.now(), new_token()
        with transaction.atomic():
            # On PostgreSQL the row is locked and rows that others hold are passed over; on SQLite the transaction is the lock.
            waiting = _claimable(now, until, is_by_hand).select_for_update(of=("self",), skip_locked=True)
            step = waiting.order_by("business_date", "position", "shard").first()
            if step is None:
                return None
            taken = RunStep.objects.filter(
                pk=step.pk, state=step.state, attempt=step.attempt, lease_token=step.lease_token
            ).update(
                state=RunState.RUNNING, attempt=F("attempt") + 1, lease_token=token, lease_until=now + _LEASE,
                started_at=now, not_before=None,
            )  # fmt: skip
            begun = (RunState.RUNNING, RunState.DONE)
            DailyRun.objects.filter(pk=step.run_id).exclude(state__in=begun).update(state=RunState.RUNNING)
        if taken:
            return RunStep.objects.get(pk=step.pk)
    return None


def _claimable(now: datetime, until: date | None, is_by_hand: bool) -> QuerySet[RunStep]:
    """Steps that wait, have waited long enough after a failure, or were lost by their holder; and nothing before them."""
    # A time further ahead than we ever set it was written before the clock was put back: it does not count.
    waited = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + 2 * _BACKOFF[-1])
    lost = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * _LEASE)
    ready = Q(state=RunState.PENDING) | Q(Q() if is_by_hand else waited, state=RunState.FAILED)
    steps = RunStep.objects.filter(ready | Q(lost, state=RunState.RUNNING)).exclude(
        Exists(_unfinished_before()) | Q(Exists(_unraised()), position__gte=_BARRIER)
    )
    return steps.filter(business_date__lte=until) if until else steps


def _unfinished_before() -> QuerySet[RunStep]:
    """Earlier dates, and earlier steps of the date, of any of the same units; shards of two dates may be cut differently."""
    same_date = Q(business_date=OuterRef("business_date"), position__lt=OuterRef("position"))
    return RunStep.objects.filter(
        Q(business_date__lt=OuterRef("business_date")) | same_date,
        state__in=_NOT_DONE,
        first_unit__lte=OuterRef("last_unit"),
        last_unit__gte=OuterRef("first_unit"),
    ).order_by()


def _unraised() -> QuerySet[RunStep]:
    return RunStep.objects.filter(
        business_date=OuterRef("business_date"), position__lt=_BARRIER, state__in=_NOT_DONE
    ).order_by()


def _release_lost(now: datetime) -> None:
    """Let go of steps whose holder on this machine is dead, and stop those whose holders keep dying."""
    held = RunStep.objects.filter(state=RunState.RUNNING, lease_until__gte=now)
    for pk, token in held.values_list("pk", "lease_token"):
        if is_abandoned(token):
            RunStep.objects.filter(pk=pk, lease_token=token).update(lease_until=now - _LEASE)
    crashed = RunStep.objects.filter(state=RunState.RUNNING, lease_until__lt=now, attempt__gte=_CRASHES)
    for step in crashed:
        if RunStep.objects.filter(pk=step.pk, lease_token=step.lease_token, state=RunState.RUNNING).update(
            state=RunState.DEAD, error="执行进程多次异常退出"
        ):
            DailyRun.objects.filter(pk=step.run_id).update(state=RunState.DEAD)
            tell_of_failure(step)


# Working


def work_step(step: RunStep) -> bool:
    """Do a claimed step; whether it was done. Whoever lost the lease meanwhile writes nothing and returns False."""
    try:
        is_done = _do(step)
    except Exception as error:
        _log.warning("step %s of %s failed: %s", step.step, step.business_date, brief(error))
        _record_failure(step, error)
        return False
    if step.position == len(STEPS):
        finish_runs()
    return is_done


def _do(step: RunStep) -> bool:
    with transaction.atomic():
        held = RunStep.objects.select_for_update().filter(
            pk=step.pk, lease_token=step.lease_token, state=RunState.RUNNING
        )
        row = held.first()
        if row is None:
            return False
        engines.bound_transaction()
        written = _carry_out(row)
        RunStep.objects.filter(pk=row.pk).update(
            state=RunState.DONE, rows=F("rows") + written, error="", finished_at=clock.now(), lease_until=None
        )
    return True


def _carry_out(row: RunStep) -> int:
    step, work = STEPS[row.step], _work_of(row)
    if row.attempt <= _ATTEMPTS_WHOLE:
        return step(work)
    return finish_without_bad(row, step, work)


def _work_of(row: RunStep) -> Work:
    units = Unit.objects.filter(pk__range=(row.first_unit, row.last_unit)).order_by("pk")
    work = Work(row.business_date, row.business_date, tuple(units.values_list("pk", flat=True)))
    if aside := set_aside(row.step):
        work = work.setting_aside(aside)
    return replace(work, latest=_latest(row))


def _latest(row: RunStep) -> date:
    """The newest date this step was already done for, of any of these units. A date still ahead of the clock, run by hand
    to look forward, does not count: today is worked as of today."""
    done = RunStep.objects.filter(
        step=row.step, state=RunState.DONE, business_date__gt=row.business_date,
        business_date__lte=max(clock.today(), row.business_date),
        first_unit__lte=row.last_unit, last_unit__gte=row.first_unit,
    )  # fmt: skip
    return done.aggregate(day=Max("business_date"))["day"] or row.business_date


def _record_failure(step: RunStep, error: Exception) -> None:
    wait = _BACKOFF[min(step.attempt, len(_BACKOFF)) - 1]
    failed = RunStep.objects.filter(pk=step.pk, lease_token=step.lease_token, state=RunState.RUNNING).update(
        state=RunState.FAILED, error=brief(error), not_before=clock.now() + wait, lease_until=None
    )
    if failed:
        DailyRun.objects.filter(pk=step.run_id).update(state=RunState.FAILED)
        if step.attempt > _ATTEMPTS_WHOLE:
            tell_of_failure(step)


def finish_runs() -> int:
    """Close the runs whose last step is done; in a transaction of its own, so that of two last steps one sees both."""
    unfinished = RunStep.objects.filter(run=OuterRef("pk"), state__in=_NOT_DONE).order_by()
    stepped = RunStep.objects.filter(run=OuterRef("pk")).order_by()
    return (
        DailyRun.objects.exclude(state=RunState.DONE)
        .filter(Exists(stepped), ~Exists(unfinished))
        .update(state=RunState.DONE, finished_at=clock.now())
    )


# Looking for work


def look_for_work(*, seconds: float) -> int:
    """What a worker does when anything or nothing rings: list what is missing up to today, and work until nothing is left
    or the time is used up. Returns the number of steps done."""
    until = time.monotonic() + seconds
    ensure_runs(clock.today())
    done = 0
    while time.monotonic() < until and (step := claim_step()):
        done += work_step(step)
    finish_runs()
    return done


def run_until(day: date, *, shards: int | None = None) -> list[DailyRun]:
    """By hand: every business date up to and including `day` that is not complete, in order, in this process, beside
    whoever else is at work. A `day` that is complete is carried out once more, which changes nothing. Returns the runs.

    Raises RunStopped when a step fails for good.
    """
    ensure_runs(day, shards=shards)
    retry_steps(RunStep.objects.filter(business_date__lte=day))
    open_runs = list(DailyRun.objects.filter(business_date__lte=day).exclude(state=RunState.DONE).values_list("pk"))
    if not DailyRun.objects.filter(business_date=day).exclude(state=RunState.DONE).exists():
        reopen_run(day)
    while (step := claim_step(until=day, is_by_hand=True)) or _is_unfinished(day):
        if step is None:
            _wait_for_others(day)
        elif not work_step(step) and step.attempt >= _ATTEMPTS_BY_HAND:
            raise RunStopped(_sentence(RunStep.objects.get(pk=step.pk)))
    finish_runs()
    chosen = Q(pk__in=[pk for (pk,) in open_runs]) | Q(business_date=day)
    return list(DailyRun.objects.filter(chosen).order_by("business_date"))


def _is_unfinished(day: date) -> bool:
    return RunStep.objects.filter(business_date__lte=day, state__in=_NOT_DONE).exists()


def _wait_for_others(day: date) -> None:
    dead = RunStep.objects.filter(business_date__lte=day, state=RunState.DEAD).first()
    if dead:
        raise RunStopped(_sentence(dead))
    time.sleep(_POLL_SECONDS)


def _sentence(step: RunStep) -> str:
    return f"{step.business_date}的“{step.get_step_display()}”（分片{step.shard}）没有完成：{step.error or '原因未知'}"
