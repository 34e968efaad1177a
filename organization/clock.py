"""The one clock of the business. Rules take a date; only the edges (a view, a job) ask this module for it.

CLOCK_SHIFT_DAYS lets an installation run on data of the past (training, an old bank's export) with the same code.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The business moment, aware, in Asia/Shanghai."""
    return timezone.localtime() - timedelta(days=settings.CLOCK_SHIFT_DAYS)


def today() -> date:
    """The business date in Asia/Shanghai, whatever the host's own time zone."""
    return now().date()


def is_within_reach(day: date) -> bool:
    """Whether a page may speak of this day: forty years back to two ahead. Further off it is a slip of the keys, and no
    calendar need be asked."""
    now = today()
    return now.year - 40 <= day.year and day <= now + timedelta(days=2 * 366)


def host_now() -> datetime:
    """The real moment, for sessions, locks and the age of files: a shifted business clock must not keep them alive."""
    return timezone.now()
