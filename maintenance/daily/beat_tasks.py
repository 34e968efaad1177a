"""Tasks of contact beats: made when their window opens, taken back when the beat no longer stands behind them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from almanac.workdays import add_workdays
from customers.beats import first_contact_due_on, first_meeting_due_on
from customers.enums import Channel, CustomerStatus, Strategy, Tier
from customers.models import Customer
from maintenance.daily import wording
from maintenance.daily.bulk import condition, insert_moved
from maintenance.daily.engines import plain
from maintenance.daily.raising import not_in_mourning, points_of, raise_tasks, served
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import ContactBeat, ContactRecord, MaintenanceTask
from maintenance.parameters import BEAT_LEAD_WORKDAYS, FIRST_CONTACT_WORKDAYS, FIRST_MEETING_DAYS
from organization import clock
from organization.bulk import execute
from organization.parameters import parameter

BEAT_KINDS = {Channel.PHONE: TaskKind.PHONE_BEAT, Channel.MEETING: TaskKind.MEETING_BEAT}
FIRST_KINDS = {Channel.PHONE: TaskKind.FIRST_CONTACT, Channel.MEETING: TaskKind.FIRST_MEETING}
_FIRST_KINDS = tuple(FIRST_KINDS.values())
_ALL_KINDS = (*BEAT_KINDS.values(), *_FIRST_KINDS)
# A customer who was never spoken to counts as new for so long; after that the beat is an ordinary one.
_NEW_FOR = timedelta(days=90)
_TASKS = MaintenanceTask._meta.db_table


def first_due_on(channel: str, allotted_on: date, on: date) -> date:
    """When a newly allotted customer must have been called, or met (DOMAIN 2.3(5)), by the parameters of a day."""
    if channel == Channel.PHONE:
        return first_contact_due_on(allotted_on, workdays=parameter(FIRST_CONTACT_WORKDAYS, on))
    return first_meeting_due_on(allotted_on, days=parameter(FIRST_MEETING_DAYS, on))


def raise_beat_tasks(beats: QuerySet[ContactBeat], *, on: date) -> int:
    """A task for every beat whose window has opened by `on`; the beat then waits for its contact.

    The beats are locked first: a contact that is being recorded is waited for, and its new due day is what counts.
    """
    open_now = _with_open_window(beats, on)
    if not open_now.exists():
        return 0
    listening = Customer.objects.unscoped("of the beat").filter(served(""), not_in_mourning(on, ""))
    return raise_tasks(
        open_now.filter(customer__in=listening.values("pk")),
        on=on,
        kind=F("new_kind"),
        occurrence=Case(
            When(new_kind__in=_FIRST_KINDS, then=wording.iso("customer__managed_since")),
            default=wording.text(F("channel"), ":", wording.iso("next_due_on")),
        ),
        subject_on=Case(When(new_kind__in=_FIRST_KINDS, then=F("customer__managed_since")), default=F("next_due_on")),
        due_on=F("next_due_on"),
        channel=F("channel"),
        why=_why(on),
        points=points_of("@new_kind", on, due_on="next_due_on"),
        write=partial(insert_moved, moved={"raise_on": None}, given={"new_kind": _kind(open_now, on)}),
    )


def _with_open_window(beats: QuerySet[ContactBeat], on: date) -> QuerySet[ContactBeat]:
    """A window opens at most the lead before the due day, so the bound on that day leaves nothing out. It is what the
    index is on: `raise_on` stands in none, and emptying it costs no index entry (ADR 8)."""
    latest = add_workdays(on, parameter(BEAT_LEAD_WORKDAYS, on) + 1)
    return beats.filter(raise_on__lte=on, next_due_on__lte=latest)


def close_obsolete_beat_tasks(tasks: QuerySet[MaintenanceTask], *, on: date) -> int:
    """Open beat tasks whose promise is no longer made: another strategy or tier, another manager, a pause.

    Those that a conversation has met are closed by recording it.
    """
    return tasks.filter(~_stands(on), status=TaskStatus.OPEN, kind__in=_ALL_KINDS).update(
        status=TaskStatus.SUPERSEDED, closed_at=clock.now()
    )


def settle_beat_tasks(customer_ids: Sequence[int], *, on: date, met: Mapping[TaskKind, Sequence[int]]) -> None:
    """Tasks of these customers after their beats were planned anew: taken back where the promise is no longer made, open
    again where it is, as after a change of strategy and back. `met` names, by kind, customers whose tasks are left to
    whoever records the conversation.

    Both conditions are put into words once a day, for this runs with every contact.
    """
    keys = ", ".join(["%s"] * len(customer_ids))
    obsolete, obsolete_params = _obsolete(on)
    left, left_params = "", []
    for kind, customers in met.items():
        left += f" AND NOT (kind = %s AND customer_id IN ({', '.join(['%s'] * len(customers))}))"
        left_params += [kind.value, *customers]
    close = f"UPDATE {_TASKS} SET status = %s, closed_at = %s WHERE {obsolete} AND customer_id IN ({keys}){left}"  # noqa: S608
    execute(close, [TaskStatus.SUPERSEDED.value, plain(clock.now()), *obsolete_params, *customer_ids, *left_params])
    promised, promised_params = _promised_again(on)
    reopen = f"UPDATE {_TASKS} SET status = %s, closed_at = NULL WHERE {promised} AND customer_id IN ({keys})"  # noqa: S608
    execute(reopen, [TaskStatus.OPEN.value, *promised_params, *customer_ids])


@lru_cache(maxsize=4)
def _obsolete(on: date) -> tuple[str, tuple]:
    return condition(_all_tasks().filter(~_stands(on), status=TaskStatus.OPEN, kind__in=_ALL_KINDS))


@lru_cache(maxsize=4)
def _promised_again(on: date) -> tuple[str, tuple]:
    talks = ContactRecord.objects.unscoped("of the task's customer").meeting_a_beat()
    had_first = Exists(talks.filter(customer=OuterRef("customer"), happened_on__gte=OuterRef("subject_on")))
    return condition(
        _all_tasks()
        .filter(_stands(on), status=TaskStatus.SUPERSEDED, closed_by=None, kind__in=_ALL_KINDS)
        .exclude(had_first, kind__in=_FIRST_KINDS)
    )


def _all_tasks() -> QuerySet[MaintenanceTask]:
    return MaintenanceTask.objects.unscoped("narrowed to customers given by id")


def _kind(due: QuerySet[ContactBeat], on: date) -> Case:
    """An ordinary beat, or the first contact of a customer who was allotted lately and not spoken to since."""
    new = due.filter(_not_since_allotment(), customer__managed_since__gt=on - _NEW_FOR)
    found = new.order_by().values_list("channel", "customer__managed_since").distinct()
    firsts = [
        When(
            _not_since_allotment(), channel=channel, customer__managed_since=since,
            next_due_on=first_due_on(channel, since, on), then=Value(FIRST_KINDS[Channel(channel)]),
        )
        for channel, since in found
    ]  # fmt: skip
    ordinary = [When(channel=channel, then=Value(kind)) for channel, kind in BEAT_KINDS.items()]
    return Case(*firsts, *ordinary, output_field=CharField())


def _not_since_allotment() -> Q:
    return Q(last_on=None) | Q(last_on__lt=F("customer__managed_since"))


def _why(on: date) -> Case:
    """积极维护·白金客户：每月电话，上次10月20日，请于11月20日前联系."""
    what = {Channel.PHONE: "电话", Channel.MEETING: "会面"}
    last = Case(
        When(last_on=None, then=Value("尚无记录")),
        default=wording.text("上次", wording.day_in("last_on", on.year)),
        output_field=CharField(),
    )
    ordinary = wording.sentence(
        wording.label("customer__strategy", Strategy), "维护·", wording.label("customer__tier", Tier), "：",
        wording.interval(), wording.label("channel", Channel, what), "，", last,
        "，请于", wording.day_in("next_due_on", on.year), "前联系",
    )  # fmt: skip
    first = wording.sentence(
        "新分配客户（", wording.day("customer__managed_since"), "分配），请于", wording.day("next_due_on"), "前完成首次",
        wording.label("channel", Channel, {Channel.PHONE: "联系", Channel.MEETING: "会面"}),
    )  # fmt: skip
    return Case(When(new_kind__in=_FIRST_KINDS, then=first), default=ordinary, output_field=CharField())


def _stands(on: date) -> Q:
    """A beat is due on the task's day; or the customer was allotted on that very day, neither anew since nor given back, and
    may be spoken to."""
    beats = ContactBeat.objects.unscoped("of the task's customer").filter(
        customer=OuterRef("customer"), next_due_on=OuterRef("subject_on")
    )
    by_kind = Q()
    for channel, kind in BEAT_KINDS.items():
        by_kind |= Q(Exists(beats.filter(channel=channel)), kind=kind)
    allotted = Customer.objects.unscoped("of the task").filter(
        not_in_mourning(on, ""), pk=OuterRef("customer"), managed_since=OuterRef("subject_on"),
        status=CustomerStatus.ACTIVE, manager__isnull=False, has_no_contact=False,
    )  # fmt: skip
    return by_kind | Q(Exists(allotted), kind__in=_FIRST_KINDS)
