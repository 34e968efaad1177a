"""When a step fails again and again: find the customers whose rows stop it, set them aside, and finish the rest."""

from collections.abc import Callable
from datetime import date

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max, Min

from customers.models import Customer
from maintenance.daily.work import Work
from maintenance.enums import RunStepName
from maintenance.models import Quarantine, RunStep
from maintenance.parameters import QUARANTINE_LIMIT
from organization import clock
from organization.enums import Role
from organization.models import Staff
from organization.notifications import notify
from organization.parameters import parameter

Step = Callable[[Work], int]


class TooManyBadCustomers(Exception):
    """So many that the fault is not theirs."""


class _Tried(Exception):
    """A trial that went well, to be undone."""


def set_aside(step: str) -> frozenset[int]:
    """Customers quarantined for a step and not yet seen to: later dates leave them out from the start. Their due dates
    stay, so they are caught up with once an administrator releases them."""
    waiting = Quarantine.objects.unscoped("the daily run").filter(step=step, resolved_at=None)
    return frozenset(waiting.values_list("customer", flat=True))


def finish_without_bad(row: RunStep, step: Step, work: Work) -> int:
    """Carry out the step for everybody it can be carried out for; in the caller's transaction. Returns rows written.

    Raises what the step raises when no customer is to blame for it, and TooManyBadCustomers past `quarantine_limit`.
    """
    if (error := _try(step, work)) is None:
        return step(work)
    first, last = _bounds(work)
    bad: dict[int, str] = {}
    _search(step, work, first, last, bad, limit=parameter(QUARANTINE_LIMIT, work.on))
    if not bad:
        raise error
    written = step(work.setting_aside(frozenset(bad)))
    Quarantine.objects.bulk_create(
        [
            Quarantine(
                step=row.step, business_date=row.business_date, customer_id=customer, error=text, created_at=clock.now()
            )
            for customer, text in bad.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    _tell_administrators(
        f"{_day(row.business_date)}批处理“{RunStepName(row.step).label}”有{len(bad)}位客户的数据有误，已隔离，其余已完成。",
        f"quarantine:{row.business_date}:{row.step}:{row.shard}",
    )
    return written


def tell_of_failure(row: RunStep) -> None:
    """Once per step: it failed although no single customer is to blame."""
    _tell_administrators(
        f"{_day(row.business_date)}批处理“{RunStepName(row.step).label}”多次失败，系统仍会重试，请查看系统运行页。",
        f"run_failed:{row.business_date}:{row.step}:{row.shard}",
    )


def brief(error: BaseException) -> str:
    """Kind and first line: the lines after it can quote a customer's row."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:300]


def _search(step: Step, work: Work, first: int, last: int, bad: dict[int, str], *, limit: int) -> None:
    """Halve the range of customer ids until each bad one stands alone."""
    error = _try(step, work.part(first, last))
    if error is None:
        return
    if first == last:
        if len(bad) >= limit:
            raise TooManyBadCustomers(brief(error))
        bad[first] = brief(error)
        return
    middle = (first + last) // 2
    _search(step, work, first, middle, bad, limit=limit)
    _search(step, work, middle + 1, last, bad, limit=limit)


def _try(step: Step, work: Work) -> Exception | None:
    """What stops the step for these customers; nothing is kept. A database that is in trouble is nobody's fault."""
    try:
        with transaction.atomic():
            step(work)
            raise _Tried
    except _Tried:
        return None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        return error


def _bounds(work: Work) -> tuple[int, int]:
    """Ids of the first and last customer anywhere: an owner's customers may sit in other units."""
    found = Customer.objects.unscoped("the daily run").aggregate(first=Min("pk"), last=Max("pk"))
    return found["first"] or 0, found["last"] or 0


def _tell_administrators(text: str, dedupe_key: str) -> None:
    administrators = Staff.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    notify(administrators, kind="daily_run", text=text, dedupe_key=dedupe_key)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
