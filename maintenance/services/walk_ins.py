"""A customer in the lobby: noted in three taps, and handed to the manager where that is wanted (DESIGN 3)."""

import re
from datetime import date

from django.db import transaction
from django.urls import reverse

from almanac.workdays import is_workday, next_workday
from customers.enums import Channel
from customers.models import Customer
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from maintenance.enums import ContactOutcome, Direction, TaskKind, TaskSource, TaskStatus, WalkInMatter
from maintenance.models import ContactRecord, CounterNote, MaintenanceTask
from maintenance.parameters import TASK_PRIORITY
from maintenance.policies import can_record_contact, objection_to_receiving
from maintenance.services.contacts import withdraw_contact
from maintenance.services.wording import FieldViolation, checked_text
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Cover, Staff
from organization.notifications import notify
from organization.parameters import parameter

_NOTE_LIMIT, _COUNTER_NOTE_LIMIT = 200, 100
# 30万, 5000元, 1,200.50: what the lobby has no right to. A day or a time is no amount.
_AMOUNT = re.compile(r"\d[\d,.]*\s*[万亿千百元]|[一二两三四五六七八九十百千]+[万亿]|[¥\uffe5]|\d{5,}|\d{1,3}(,\d{3})+")


@transaction.atomic
def record_walk_in(
    *, by: Staff, customer: Customer, matter: str, note: str = "", is_referred: bool = False
) -> ContactRecord:
    """The customer came in: a contact record of whoever received him. It meets no beat: that takes the manager.

    Referred, it is a task of the manager for today, and he and his substitute are told at once. Raises RuleViolation for
    a customer of another outlet, one who is gone, and for a referral where nobody manages.
    """
    if matter not in WalkInMatter.values:
        raise FieldViolation("matter", "请选择客户来办什么事。")
    note = checked_text(note, label="说明", limit=_NOTE_LIMIT)
    row = locked_customer(customer, by)
    if objection := objection_to_receiving(by, row):
        raise RuleViolation(objection)
    if is_referred and not row.manager_id:
        raise RuleViolation("这位客户还没有客户经理，请联系网点负责人接待。")
    now = clock.now()
    label = WalkInMatter(matter).label
    contact = ContactRecord.objects.create(
        customer=row, unit_id=row.unit_id, staff=by, channel=Channel.MEETING, direction=Direction.INBOUND,
        outcome=ContactOutcome.WALK_IN, happened_at=now, happened_on=now.date(), created_at=now,
        note=f"{label}：{note}" if note else label,
    )  # fmt: skip
    audit.record(
        AuditAction.CONTACT, contact, by=by, label=audit_label(row, "到访"),
        after={"customer": row.number, "matter": matter, "is_referred": is_referred, "note_length": len(note)},
    )  # fmt: skip
    if is_referred:
        _refer(contact, row, label)
    return contact


@transaction.atomic
def withdraw_walk_in(*, by: Staff, contact: ContactRecord) -> ContactRecord:
    """The undo, for `undo_minutes` and for whoever noted it; what was handed to the manager goes with it if still open."""
    if contact.outcome != ContactOutcome.WALK_IN:
        raise RuleViolation("这不是到访记录，不能在这里撤销。")
    withdrawn = withdraw_contact(by=by, contact=contact)
    tasks = MaintenanceTask.objects.unscoped("of the walk-in just withdrawn").open()
    tasks.filter(customer=contact.customer_id, kind=TaskKind.WALK_IN, occurrence=_occurrence(contact)).update(
        status=TaskStatus.SUPERSEDED, closed_at=clock.now(), closed_by=by
    )
    return withdrawn


@transaction.atomic
def write_counter_note(*, by: Staff, customer: Customer, text: str, valid_until: date) -> CounterNote | None:
    """What the lobby should say to the customer; an empty text takes it away. Amounts are refused."""
    text = checked_text(text, label="提示", limit=_COUNTER_NOTE_LIMIT)
    row = locked_customer(customer, by)
    if not can_record_contact(by, row):
        raise RuleViolation("只能为自己负责、协办或代班的客户填写大堂提示。")
    if not text:
        CounterNote.objects.unscoped("the customer was checked").filter(customer=row).delete()
        audit.record(AuditAction.DELETE, row, by=by, after={"counter_note": ""}, label=audit_label(row, "大堂提示"))
        return None
    if _AMOUNT.search(text):
        raise FieldViolation("text", "提示里不要写金额：大堂和柜员没有查看金额的权限。")
    if valid_until < clock.today():
        raise FieldViolation("valid_until", "有效期至不能早于今天。")
    said = {
        "unit_id": row.unit_id, "text": text, "valid_until": valid_until, "written_by": by, "written_at": clock.now()
    }  # fmt: skip
    notes = CounterNote.objects.unscoped("the customer was checked")
    counter_note, _ = notes.update_or_create(customer=row, defaults=said)
    audit.record(
        AuditAction.CHANGE, row, by=by, after={"counter_note": f"共{len(text)}字", "valid_until": valid_until},
        label=audit_label(row, "大堂提示"),
    )  # fmt: skip
    return counter_note


def _refer(contact: ContactRecord, customer: Customer, label: str) -> None:
    today = contact.happened_on
    weights = parameter(TASK_PRIORITY, today)
    day = today if is_workday(today) else next_workday(today)
    task = MaintenanceTask(
        customer=customer, owner_id=customer.manager_id, unit_id=customer.unit_id, kind=TaskKind.WALK_IN,
        occurrence=_occurrence(contact), subject_on=today, due_on=day, planned_on=day, is_pinned=True,
        channel=Channel.PHONE, source=TaskSource.SYSTEM, created_on=today,
        why=f"{contact.happened_at:%H:%M}到访，{contact.staff.name}转介：{contact.note}"[:200],
        priority=weights["kind"].get(TaskKind.WALK_IN, 0) + weights["tier"].get(customer.tier, 0),
    )  # fmt: skip
    MaintenanceTask.objects.bulk_create([task], ignore_conflicts=True)
    substitutes = Cover.objects.on(today).filter(absent=customer.manager_id).values_list("substitute", flat=True)
    notify(
        {customer.manager_id, *substitutes}, kind="walk_in", url=reverse("customers:customer_page", args=[customer.public_id]),
        text=f"{customer.name}{customer.honorific}在网点，{contact.staff.name}请您接待：{label}",
        dedupe_key=_occurrence(contact),
    )  # fmt: skip


def _occurrence(contact: ContactRecord) -> str:
    return f"walk_in:{contact.pk}"
