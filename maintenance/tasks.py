"""Doorbells of daily maintenance: each only says "look", the work list is in the database."""

from celery import shared_task

from maintenance.daily import lookout  # noqa: F401 - a worker that knows the task also looks by itself
from maintenance.daily.runs import look_for_work

_LOOK_SECONDS = 50.0


@shared_task
def work_daily_runs() -> int:
    """List every business date up to today and work for most of a minute; returns the number of steps done."""
    return look_for_work(seconds=_LOOK_SECONDS)
