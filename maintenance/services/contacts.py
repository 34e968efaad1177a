"""Recording what was said with a customer (POLICY 一（四）, 二（三）2; DOMAIN 2.3; DESIGN 5 "contact-aware").

A record is never deleted: an edit leaves a revision, an undo withdraws it and puts back everything it had changed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from customers.enums import Channel
from customers.models import Customer
from maintenance.enums import (
    ANSWERED_OUTCOMES,
    BEAT_CHANNELS,
    MANAGER_OUTCOMES,
    AppointmentStatus,
    ContactOutcome,
    DiaryStatus,
    Direction,
    TaskKind,
    TaskStatus,
)
from maintenance.models import (
    Appointment,
    ContactBeat,
    ContactRecord,
    ContactRevision,
    Diary,
    MaintenanceTask,
)
from maintenance.parameters import CONTACT_BACKDATE_DAYS, UNDO_MINUTES
from maintenance.policies import (
    CONVERSATION_KINDS,
    can_record_contact,
    objection_to_editing,
    objection_to_withdrawal,
    objection_to_work,
)
from maintenance.services.appointments import book_appointment, withdraw_appointments
from maintenance.services.beats import recompute_beats
from maintenance.services.tasks import close_tasks, lock_tasks, put_open
from maintenance.services.wording import FieldViolation, checked_text
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation, StaleVersion
from organization.models import Staff
from organization.parameters import parameter

NOTE_LIMIT = 2000
# A try or a message is a record, but nobody was talked to; a reception in the lobby is no talk with the manager:
# 上次联系 does not move.
UNREACHED_OUTCOMES = (ContactOutcome.NO_ANSWER, ContactOutcome.SENT, ContactOutcome.WALK_IN)
# A held meeting satisfies the phone beat too (DOMAIN 2.3(1)); the first contact may be either.
_SATISFIED_BY = {
    Channel.PHONE: (TaskKind.PHONE_BEAT, TaskKind.FIRST_CONTACT),
    Channel.MEETING: (TaskKind.PHONE_BEAT, TaskKind.MEETING_BEAT, TaskKind.FIRST_CONTACT, TaskKind.FIRST_MEETING),
}
_BEAT_CHANNEL = {TaskKind.PHONE_BEAT: Channel.PHONE, TaskKind.MEETING_BEAT: Channel.MEETING}
_EDITABLE = ("channel", "direction", "outcome", "happened_at", "note")


@transaction.atomic
def record_contact(
    *,
    by: Staff,
    customer: Customer,
    channel: str,
    outcome: str,
    happened_at: datetime,
    direction: str = Direction.OUTBOUND,
    note: str = "",
    next_on: date | None = None,
    next_channel: str | None = None,
    next_matter: str = "",
    next_at: time | None = None,
    closes: Sequence[MaintenanceTask] = (),
) -> ContactRecord:
    """Write down one dealing and let everything follow from it: beats move on, satisfied and ticked tasks are closed,
    the next contact is agreed. `happened_at` is aware. A call nobody answered closes nothing, ticked or not.

    Raises RuleViolation for a time in the future or too long ago, a customer of others, an overlong note, an
    impossible pair of channel and outcome.
    """
    customer = _lock_customer(customer)
    if not can_record_contact(by, customer):
        raise RuleViolation("只能为自己负责、协办或代班的客户登记接触。")
    said = _checked(channel=channel, direction=direction, outcome=outcome, happened_at=happened_at, note=note)
    contact = ContactRecord.objects.create(
        customer=customer, unit_id=customer.unit_id, staff=by, next_on=next_on, created_at=clock.now(), **said
    )
    contact.just_closed = closed = _settle(contact, by=by, ticked=closes)
    if next_on:
        book_appointment(
            by=by, customer=customer, day=next_on, starts_at=next_at, channel=next_channel or channel,
            matter=next_matter, agreed_in=contact,
        )  # fmt: skip
    audit.record(
        AuditAction.CONTACT, contact, by=by,
        after=_facts(contact) | {"closes": [task.public_id for task in closed], "next_on": next_on},
    )  # fmt: skip
    return contact


@transaction.atomic
def edit_contact(
    *,
    by: Staff,
    contact: ContactRecord,
    version: int,
    channel: str,
    outcome: str,
    happened_at: datetime,
    direction: str,
    note: str,
) -> ContactRecord:
    """Mend what was written; the words before stay as a revision, beats and tasks follow the new facts.

    Raises StaleVersion if the record was changed since the version that the form showed.
    """
    _lock_customer(contact.customer)
    locked = _locked(contact)
    if objection := objection_to_editing(by, locked):
        raise RuleViolation(objection)
    if locked.version != version:
        raise StaleVersion("这条接触记录刚被修改过，请核对最新内容后再保存。")
    said = _checked(channel=channel, direction=direction, outcome=outcome, happened_at=happened_at, note=note)
    before = {field: getattr(locked, field) for field in _EDITABLE}
    if said["happened_at"] == locked.happened_at.replace(second=0, microsecond=0):
        said["happened_at"] = locked.happened_at  # a form shows minutes
    if before == {field: said[field] for field in _EDITABLE}:
        return locked
    ContactRevision.objects.create(
        record=locked, before=before | {"happened_at": locked.happened_at.isoformat()}, changed_by=by,
        changed_at=clock.now(),
    )  # fmt: skip
    facts = _facts(locked)
    # Only these move beats and tasks; then an edit is the undo of the old facts and the record of the new ones.
    is_only_words = all(before[field] == said[field] for field in ("channel", "outcome", "happened_at"))
    if not is_only_words and is_in_closed_diary(locked):
        raise RuleViolation(
            "当天日志已提交，其中列有这次接触：文字可以修改，方式、结果和时间不能再改；确有差错，请主管退回日志后再改。"
        )
    ticked = [] if is_only_words else _take_back(locked)
    for field, value in said.items():
        setattr(locked, field, value)
    locked.withdrawn_at = None
    locked.version += 1
    locked.save(update_fields=[*said, "withdrawn_at", "version"])
    if not is_only_words:
        _settle(locked, by=by, ticked=[task for task in ticked if task.kind not in CONVERSATION_KINDS])
    audit.record(AuditAction.CHANGE, locked, by=by, before=facts, after=_facts(locked))
    return locked


@transaction.atomic
def withdraw_contact(*, by: Staff, contact: ContactRecord) -> ContactRecord:
    """The undo, for `undo_minutes`: tasks it closed are open again, the appointment it made is gone, beats are as before."""
    _lock_customer(contact.customer)
    locked = _locked(contact)
    objection = objection_to_withdrawal(
        by, locked, now=clock.now(), undo_minutes=parameter(UNDO_MINUTES), is_diary_closed=is_in_closed_diary(locked)
    )
    if objection:
        raise RuleViolation(objection)
    agreed = Appointment.objects.unscoped("agreed in this contact").select_for_update(of=("self",))
    withdraw_appointments(list(agreed.filter(agreed_in=locked, status=AppointmentStatus.PLANNED)), by=by)
    reopened = _take_back(locked)
    audit.record(
        AuditAction.UNDO, locked, by=by, before=_facts(locked), after={"reopens": [t.public_id for t in reopened]}
    )
    return locked


def refresh_last_contact(customer_ids: Iterable[int]) -> None:
    """Set `last_contact_on` to the last day on which somebody reached the customer; one statement for any number."""
    reached = ContactRecord.objects.unscoped("of customers given by id").standing()
    latest = (
        reached.filter(customer=OuterRef("pk"))
        .exclude(outcome__in=UNREACHED_OUTCOMES)
        .order_by("-happened_at")
        .values("happened_on")[:1]
    )
    Customer.objects.unscoped("given by id").filter(pk__in=list(customer_ids)).update(last_contact_on=Subquery(latest))


def is_in_closed_diary(contact: ContactRecord) -> bool:
    """Whether the writer's diary of that day was handed in, and so tells of this contact."""
    closed = (DiaryStatus.SUBMITTED, DiaryStatus.REVIEWED)
    diaries = Diary.objects.unscoped("the writer's own day")
    return diaries.filter(staff_id=contact.staff_id, day=contact.happened_on, status__in=closed).exists()


def _checked(*, channel: str, direction: str, outcome: str, happened_at: datetime, note: str) -> dict:
    """The editable fields, cleaned; RuleViolation for what cannot have happened."""
    if channel not in Channel.values:
        raise RuleViolation("请选择联系方式。")
    if outcome not in MANAGER_OUTCOMES:
        raise RuleViolation("请选择联系结果。")
    if direction not in Direction.values:
        raise RuleViolation("请选择是主动联系还是客户来访来电。")
    if outcome == ContactOutcome.SENT and channel in BEAT_CHANNELS:
        raise FieldViolation("outcome", f"{Channel(channel).label}没有“已发送”这种结果，请另选。")
    if direction == Direction.INBOUND and outcome in UNREACHED_OUTCOMES:
        raise FieldViolation("outcome", "客户来访来电时已经联系上，请改选结果。")
    happened_at = timezone.localtime(happened_at)
    now, limit = clock.now(), parameter(CONTACT_BACKDATE_DAYS)
    if happened_at > now:
        raise FieldViolation("happened_at", "接触时间不能晚于现在。")
    if happened_at < now - timedelta(days=limit):
        raise FieldViolation("happened_at", f"接触时间早于{limit}天前，请检查日期。")
    return {
        "channel": channel, "direction": direction, "outcome": outcome, "happened_at": happened_at,
        "happened_on": happened_at.date(), "note": checked_text(note, label="内容", limit=NOTE_LIMIT),
    }  # fmt: skip


def _settle(contact: ContactRecord, *, by: Staff, ticked: Sequence[MaintenanceTask]) -> list[MaintenanceTask]:
    """Bring beats up to date and close what this contact satisfies; returns the closed tasks."""
    _recompute(contact)
    satisfied = _satisfied_tasks(contact)
    if contact.outcome != ContactOutcome.NO_ANSWER:
        satisfied += _ticked_tasks(contact, by, ticked)
    if satisfied:
        close_tasks(satisfied, by=by, status=TaskStatus.DONE, contact=contact)
    return satisfied


def _satisfied_tasks(contact: ContactRecord) -> list[MaintenanceTask]:
    """Open conversation tasks that have had their conversation: the beat has moved past the day they were for."""
    if not _is_conversation(contact):
        return []
    rows = MaintenanceTask.objects.unscoped("of the customer just contacted").select_for_update(of=("self",)).open()
    tasks = list(rows.filter(customer=contact.customer, kind__in=_SATISFIED_BY[contact.channel]).order_by("pk"))
    if not tasks:
        return []
    beats = ContactBeat.objects.unscoped("of the customer just contacted").filter(customer=contact.customer)
    next_due = dict(beats.values_list("channel", "next_due_on"))
    return [task for task in tasks if _has_had_its_conversation(task, contact, next_due)]


def _has_had_its_conversation(task: MaintenanceTask, contact: ContactRecord, next_due: dict[str, date | None]) -> bool:
    if task.kind not in _BEAT_CHANNEL:
        return contact.happened_on >= task.subject_on
    due = next_due.get(_BEAT_CHANNEL[task.kind])
    return due is None or due > task.due_on


def _ticked_tasks(contact: ContactRecord, by: Staff, ticked: Sequence[MaintenanceTask]) -> list[MaintenanceTask]:
    """Tasks the manager ticked as served by this contact; beats are never ticked. Those closed meanwhile are left."""
    if not ticked:
        return []
    locked = lock_tasks(ticked)
    for task in locked:
        if task.customer_id != contact.customer_id:
            raise RuleViolation("勾选的事项不属于这位客户，请刷新页面。")
        if task.kind in CONVERSATION_KINDS:
            raise RuleViolation(f"“{task.get_kind_display()}”由实际通话或会面自动办结，不能勾选。")
    still_open = [task for task in locked if task.status == TaskStatus.OPEN]
    for task in still_open:
        if objection := objection_to_work(by, task):
            raise RuleViolation(objection)
    return still_open


def _take_back(contact: ContactRecord) -> list[MaintenanceTask]:
    """The contact no longer stands: its tasks are open again and the beats as before it. Returns the reopened tasks."""
    contact.withdrawn_at = clock.now()
    contact.save(update_fields=["withdrawn_at"])
    rows = MaintenanceTask.objects.unscoped("closed by this contact").select_for_update(of=("self",))
    tasks = list(rows.filter(contact=contact, status=TaskStatus.DONE).order_by("pk"))
    put_open(tasks)
    _recompute(contact)
    return tasks


def _recompute(contact: ContactRecord) -> None:
    """Whatever this contact counts for; a try or a message moves nothing."""
    if contact.outcome not in UNREACHED_OUTCOMES:
        _move_last_contact(contact)
    if _is_conversation(contact):
        recompute_beats([contact.customer_id], on=clock.today())


def _move_last_contact(contact: ContactRecord) -> None:
    """A contact that stands can only move the day forward; whatever else happened to it, all records are asked."""
    known = contact.customer.last_contact_on
    is_new = contact.withdrawn_at is None and contact.version == 1
    if not is_new:
        refresh_last_contact([contact.customer_id])
    elif known is None or known < contact.happened_on:
        rows = Customer.objects.unscoped("of the customer just contacted")
        rows.filter(pk=contact.customer_id).update(last_contact_on=contact.happened_on)


def _is_conversation(contact: ContactRecord) -> bool:
    """DOMAIN 2.3(1): a held meeting or an answered call, whoever began it."""
    return contact.channel in BEAT_CHANNELS and contact.outcome in ANSWERED_OUTCOMES


def _lock_customer(customer: Customer) -> Customer:
    """The customer as it is now: two records of one customer wait for each other, and for a hand-over."""
    return Customer.objects.unscoped("checked by policy after the lock").select_for_update().get(pk=customer.pk)


def _locked(contact: ContactRecord) -> ContactRecord:
    rows = ContactRecord.objects.unscoped("checked by policy after the lock").select_for_update(of=("self",))
    return rows.select_related("customer").get(pk=contact.pk)


def _facts(contact: ContactRecord) -> dict:
    """What the audit keeps: the facts, not the words, which the record and its revisions hold."""
    return {
        "customer": contact.customer.number, "channel": contact.channel, "direction": contact.direction,
        "outcome": contact.outcome, "happened_at": contact.happened_at.isoformat(), "note_length": len(contact.note),
    }  # fmt: skip
