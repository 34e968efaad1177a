"""Histories of daily runs that are played, looked at and undone, so that several can begin from one state."""

from collections.abc import Callable

from django.db import transaction

from maintenance.daily import runs
from maintenance.daily.runs import claim_step, work_step
from maintenance.enums import RunState
from maintenance.models import RunStep
from tests.maintenance.daily.archive import dump


class Killed(BaseException):
    """What SIGKILL is to a process: no except Exception, nothing tidied."""


class _Undo(Exception):
    pass


def history(play: Callable[[], None]) -> dict:
    """What `play` leaves behind; the database is as before afterwards."""
    left = {}
    try:
        with transaction.atomic():
            play()
            left = dump()
            raise _Undo
    except _Undo:
        return left


def die_at_step(number: int, *, has_written: bool) -> None:
    """Work through the list and be killed in the `number`-th step, or at the end if there are not as many; its lease
    runs out, and the step is there for the next."""
    for _ in range(number - 1):
        if not (step := claim_step()):
            return
        assert work_step(step)
    if not (step := claim_step()):
        return
    whole = runs.STEPS[step.step]

    def dying(work):
        if has_written:
            whole(work)
        raise Killed

    runs.STEPS[step.step] = dying
    try:
        work_step(step)
    except Killed:
        pass
    finally:
        runs.STEPS[step.step] = whole
    RunStep.objects.filter(state=RunState.RUNNING).update(state=RunState.PENDING, lease_until=None)
