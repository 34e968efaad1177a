"""到期提醒: deposits, products, policies and loans that end soon, so many days before (POLICY 二（三）3(3), DOMAIN 9)."""

from datetime import date, timedelta
from functools import partial

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import Cast, Left, StrIndex

from almanac.workdays import roll_back
from customers.enums import Channel, ProductCategory
from customers.models import Holding
from customers.parameters import MATURITY_LEAD_DAYS
from maintenance.daily import wording
from maintenance.daily.engines import Yuan
from maintenance.daily.raising import points_of, raise_tasks, served
from maintenance.daily.work import Work
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import MaintenanceTask
from maintenance.parameters import MATURITY_GRACE_DAYS
from organization import clock
from organization.bulk import insert_select
from organization.parameters import parameter

_CARDS = (ProductCategory.CREDIT_CARD, ProductCategory.DEBIT_CARD)


def raise_maturities(work: Work) -> int:
    """A task per lead whose day has come; `remind_on` goes to the next one, or to nothing after the last.

    A holding that ended long ago is told of no more.
    """
    leads = leads_on(work.on)
    known = Holding.objects.unscoped("the daily run").open().filter(remind_on__lte=work.on, matures_on__isnull=False)
    due = work.of(known)
    ends = list(due.order_by().values_list("matures_on", flat=True).distinct())
    if not ends:
        return _close_ended(work)
    forgotten = work.on - timedelta(days=parameter(MATURITY_GRACE_DAYS, work.on))
    telling = due.filter(served(), matures_on__gte=forgotten)
    raised = sum(_raise_lead(telling, lead, leads, ends, work.on) for lead in leads)
    # What was moved to another day meanwhile stays due and is looked at by the next run.
    due.update(
        remind_on=wording.dates(
            "matures_on", {day: _next_reminder(day, work.on, leads) for day in ends}, default=F("remind_on")
        )
    )
    return raised + _close_ended(work)


def _raise_lead(telling: QuerySet[Holding], lead: int, leads: list[int], ends: list[date], on: date) -> int:
    """`ends` are the days on which one of the holdings matures."""
    begun = [day for day in ends if day - timedelta(days=lead) <= on]
    if not begun:
        return 0
    begins_on = wording.dates("matures_on", {day: day - timedelta(days=lead) for day in begun})
    return raise_tasks(
        telling.annotate(begins_on=begins_on).filter(begins_on__gte=F("remind_on")),
        on=on,
        kind=TaskKind.MATURITY,
        occurrence=wording.text(wording.number(F("id")), ":", wording.iso("matures_on"), f":T{lead}"),
        subject_on=F("matures_on"),
        due_on=wording.dates("matures_on", {day: maturity_due_on(day, lead, leads) for day in begun}),
        channel=Channel.PHONE,
        why=_why(on),
        points=points_of(TaskKind.MATURITY, on),
        write=partial(insert_select, is_locking=True),
    )


def leads_on(day: date) -> list[int]:
    """Days before maturity at which the customer is spoken to, longest first."""
    return sorted({int(lead) for lead in parameter(MATURITY_LEAD_DAYS, day)}, reverse=True)


def maturity_due_on(matures_on: date, lead: int, leads: list[int]) -> date:
    """The latest day to speak: when the next lead begins, and for the last one the maturity itself, on a working day."""
    shorter = [other for other in leads if other < lead]
    return roll_back(matures_on - timedelta(days=shorter[0] if shorter else 0))


def _next_reminder(matures_on: date, on: date, leads: list[int]) -> date | None:
    later = [matures_on - timedelta(days=lead) for lead in leads]
    return next((day for day in later if day > on), None)


def _why(on: date) -> Case:
    """一年期定期50万元12月23日到期，请提前沟通续存或转投."""
    product, day = F("product__name"), wording.day_in("matures_on", on.year)
    category = "product__category"
    return Case(
        When(
            **{category: ProductCategory.LOAN},
            then=wording.sentence("贷款到期：", product, Yuan(F("amount")), "，", day, "到期，请提醒按期还款"),
        ),
        When(**{f"{category}__in": _CARDS}, then=wording.sentence(product, day, "到期，请提醒换卡")),
        When(
            **{category: ProductCategory.INSURANCE},
            then=wording.sentence(product, "（保费", Yuan(F("amount")), "）", day, "到期，请沟通续保或领取安排"),
        ),
        default=wording.sentence(product, Yuan(F("amount")), day, "到期，请提前沟通续存或转投安排"),
        output_field=CharField(),
    )


def _close_ended(work: Work) -> int:
    """Open tasks of holdings that were settled, or whose maturity was moved, need nobody's call."""
    held = Holding.objects.unscoped("of the task").open().filter(
        pk=OuterRef("holding"), matures_on=OuterRef("subject_on")
    )  # fmt: skip
    tasks = work.of(MaintenanceTask.objects.unscoped("the daily run")).filter(
        status=TaskStatus.OPEN, kind=TaskKind.MATURITY
    )
    number = Cast(Left("occurrence", StrIndex("occurrence", Value(":")) - 1), BigIntegerField())
    return tasks.annotate(holding=number).filter(~Exists(held)).update(
        status=TaskStatus.SUPERSEDED, closed_at=clock.now()
    )  # fmt: skip
