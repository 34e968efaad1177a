"""Who may ask for which page: one line per route, written by hand and read beside `@require` in the views.

A new route needs its line here, or tests/test_access.py fails with its name:

    "customers:customer_list": page(P.VIEW_CUSTOMERS)             no row is named
    "customers:customer_page": row("customer", P.VIEW_CUSTOMERS)  the address names a customer: 404 outside the scope
    "livez": PUBLIC                                               without a login

`OBJECTS` says for each kind of row how to make one of somebody's and how a request names it; `SEES` and `SEEN_BY` say
by hand whose rows each persona sees.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from customers.enums import (
    BulkKind,
    Channel,
    CustomerStatus,
    DateKind,
    ExportState,
    HandOverReason,
    HandOverState,
    ImportKind,
    ImportState,
    Relation,
    SegmentKind,
)
from customers.importing import files
from customers.models import (
    BulkWork,
    ContactPreference,
    Document,
    Export,
    ExternalHolding,
    HandOver,
    HandOverLine,
    HandOverTaker,
    ImportantDate,
    ImportBatch,
    Merge,
    Person,
    Referral,
    Segment,
    SegmentMembership,
)
from customers.services.segments import create_segment
from maintenance.enums import ContactOutcome, TaskKind
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from organization.enums import Permission as P
from organization.models import Cover, Notification
from tests.world import TODAY


@dataclass(frozen=True)
class Rule:
    """What a route asks for. `kinds` are keys of OBJECTS; `plain` also asks without a row; `refused` are personas who
    have the right and see the row, and whom role or state still forbids (403)."""

    permission: P | None = None
    is_public: bool = False
    kinds: tuple[str, ...] = ()
    plain: bool = True
    kwargs: dict = field(default_factory=dict)
    refused: str = ""


PUBLIC = Rule(is_public=True)
SIGNED_IN = Rule()


def page(permission: P, **kwargs) -> Rule:
    """A page that names no row; kwargs fill its address."""
    return Rule(permission, kwargs=kwargs)


def row(kind: str, permission: P, refused: str = "", **kwargs) -> Rule:
    """A page whose address names a row."""
    return Rule(permission, kinds=(kind,), plain=False, kwargs=kwargs, refused=refused)


def may_name(kind: str, permission: P) -> Rule:
    """A page that may be told about a row (`?customer=…`, a chosen option of a form), and works without."""
    return Rule(permission, kinds=(kind,))


ROUTES: dict[str, Rule] = {
    "home": page(P.USE_SYSTEM),
    "workbench": page(P.WORK_QUEUE),
    "saved_view_save": page(P.USE_SYSTEM),
    "saved_view_delete": page(P.USE_SYSTEM),
    "team_board": page(P.VIEW_TEAM),
    "team_overdue": page(P.VIEW_TEAM),
    "health": page(P.VIEW_HEALTH),
    "livez": PUBLIC,
    "metrics": PUBLIC,
    "readyz": PUBLIC,
    "organization:login": PUBLIC,
    "organization:logout": SIGNED_IN,
    "organization:account": page(P.USE_SYSTEM),
    "organization:password_change": page(P.USE_SYSTEM),
    "organization:other_sessions_end": page(P.USE_SYSTEM),
    "organization:notification_list": page(P.USE_SYSTEM),
    "organization:notification_read_all": page(P.USE_SYSTEM),
    "organization:notification_open": row("notification", P.USE_SYSTEM),
    "organization:notification_read": row("notification", P.USE_SYSTEM),
    "organization:cover_list": page(P.MANAGE_COVER),
    "organization:cover_new": page(P.MANAGE_COVER),
    "organization:cover_cancel": row("cover", P.MANAGE_COVER),
    "customers:customer_list": page(P.VIEW_CUSTOMERS),
    "customers:customer_filters": page(P.VIEW_CUSTOMERS),
    "customers:search": page(P.VIEW_CUSTOMERS),
    "customers:customer_options": page(P.VIEW_CUSTOMERS),
    "customers:tier_watch": page(P.VIEW_AMOUNTS),
    # What is missing in an archive is told to those who serve the customer, not to those who work with figures.
    "customers:quality": Rule(P.VIEW_CUSTOMERS, refused="head_office_staff"),
    "customers:field_confirm": row("customer", P.EDIT_CUSTOMERS, field="education"),
    "customers:risk_watch": page(P.VIEW_CUSTOMERS),
    "customers:customer_create": page(P.EDIT_CUSTOMERS),
    "customers:customer_page": row("customer", P.VIEW_CUSTOMERS),
    "customers:customer_edit": row("customer", P.EDIT_CUSTOMERS),
    "customers:strategy_change": row("customer", P.CHANGE_STRATEGY),
    "customers:reveal_field": row("customer", P.REVEAL_FIELDS, field="mobile"),
    "customers:contact_preference_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:contact_preference_remove": row("contact_preference", P.EDIT_CUSTOMERS),
    "customers:external_holding_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:external_holding_edit": row("external_holding", P.EDIT_CUSTOMERS),
    "customers:external_holding_remove": row("external_holding", P.EDIT_CUSTOMERS),
    "customers:household_join": row("customer", P.EDIT_CUSTOMERS),
    "customers:household_leave": row("customer", P.EDIT_CUSTOMERS),
    "customers:person_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:person_edit": row("person", P.EDIT_CUSTOMERS),
    "customers:person_remove": row("person", P.EDIT_CUSTOMERS),
    "customers:risk_assessment_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:risk_assessment_stale": row("customer", P.EDIT_CUSTOMERS),
    "customers:risk_assessment_valid": row("customer", P.EDIT_CUSTOMERS),
    "customers:consent_record": row("customer", P.EDIT_CUSTOMERS, purpose="marketing"),
    "customers:document_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:document_open": row("document", P.REVEAL_FIELDS),
    "customers:document_content": row("document", P.REVEAL_FIELDS),
    "customers:document_remove": row("document", P.EDIT_CUSTOMERS),
    "customers:referral_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:referral_link": row("referral", P.EDIT_CUSTOMERS),
    "customers:referral_phone": row("referral", P.EDIT_CUSTOMERS),
    "customers:referral_withdraw": row("referral", P.EDIT_CUSTOMERS),
    "customers:important_date_add": row("customer", P.EDIT_CUSTOMERS),
    "customers:important_date_preview": row("customer", P.EDIT_CUSTOMERS),
    "customers:important_date_edit": row("important_date", P.EDIT_CUSTOMERS),
    "customers:important_date_remove": row("important_date", P.EDIT_CUSTOMERS),
    "customers:bulk_strategy": page(P.CHANGE_STRATEGY),
    "customers:bulk_tag": page(P.MANAGE_SEGMENTS),
    "customers:bulk_untag": page(P.MANAGE_SEGMENTS),
    "customers:bulk_export": page(P.EXPORT_CUSTOMERS),
    "customers:bulk_list": page(P.VIEW_CUSTOMERS),
    "customers:bulk_undo": row("bulk_work", P.VIEW_CUSTOMERS),
    "customers:export_list": page(P.VIEW_CUSTOMERS),
    "customers:export_decide": row("export", P.APPROVE_EXPORTS),
    "customers:export_file": row("own_export", P.EXPORT_CUSTOMERS),
    "customers:customer_matrix": page(P.VIEW_AMOUNTS),
    "customers:segment_list": page(P.VIEW_CUSTOMERS),
    "customers:segment_create": page(P.MANAGE_SEGMENTS),
    "customers:segment_read_file": page(P.MANAGE_SEGMENTS),
    "customers:segment_rule_file": row("segment", P.VIEW_CUSTOMERS),
    "customers:segment_build": page(P.MANAGE_SEGMENTS),
    "customers:segment_preview": may_name("segment_named", P.MANAGE_SEGMENTS),
    "customers:segment_page": row("segment", P.VIEW_CUSTOMERS),
    # Changed by the owner and by those who lead the owner; the managing department uses it as it is.
    "customers:segment_edit": row("segment", P.MANAGE_SEGMENTS, refused="head_office_staff"),
    "customers:segment_retake": row("segment", P.MANAGE_SEGMENTS, refused="head_office_staff"),
    "customers:segment_stop": row("segment", P.MANAGE_SEGMENTS, refused="head_office_staff"),
    "customers:segment_why": row("segment_asked", P.VIEW_CUSTOMERS),
    "customers:customer_segments": row("customer_in_segments", P.VIEW_CUSTOMERS),
    "customers:import_list": page(P.IMPORT_DATA),
    "customers:import_create": page(P.IMPORT_DATA),
    "customers:import_template": page(P.IMPORT_DATA, kind="customers"),
    "customers:import_page": row("import_batch", P.IMPORT_DATA),
    "customers:import_mapping": row("import_batch", P.IMPORT_DATA),
    "customers:import_progress": row("import_batch", P.IMPORT_DATA),
    "customers:import_confirm": row("import_batch", P.IMPORT_DATA),
    "customers:import_discard": row("import_batch", P.IMPORT_DATA),
    "customers:import_undo": row("import_batch", P.IMPORT_DATA),
    "customers:import_bad_rows": row("import_batch", P.IMPORT_DATA),
    "maintenance:task_list": page(P.WORK_QUEUE),
    "maintenance:task_complete": row("tasks_named", P.WORK_QUEUE),
    "maintenance:task_snooze": row("tasks_named", P.WORK_QUEUE),
    "maintenance:task_skip": row("tasks_named", P.WORK_QUEUE),
    "maintenance:task_reopen": row("tasks_named", P.WORK_QUEUE),
    "maintenance:task_put_back": page(P.WORK_QUEUE),
    "maintenance:task_phone": row("task", P.REVEAL_FIELDS),
    "maintenance:contact_list": page(P.RECORD_CONTACT),
    "maintenance:contact_new": may_name("customer_named", P.RECORD_CONTACT),
    "maintenance:contact_reasons": may_name("customer_named", P.RECORD_CONTACT),
    "maintenance:contact_edit": row("contact", P.RECORD_CONTACT),
    "maintenance:contact_withdraw": row("contact", P.RECORD_CONTACT),
    "maintenance:appointment_list": page(P.WORK_QUEUE),
    "maintenance:appointment_new": may_name("customer_named", P.RECORD_CONTACT),
    "maintenance:appointment_cancel": row("appointment", P.RECORD_CONTACT),
    # Names and words of a customer are not for the managing department, which works with figures.
    "maintenance:customer_timeline": row("customer", P.VIEW_CUSTOMERS, refused="head_office_staff"),
    "maintenance:strategy_suggestion": row("customer", P.CHANGE_STRATEGY),
    "maintenance:customer_tasks": row("customer", P.VIEW_CUSTOMERS, refused="head_office_staff"),
    "maintenance:lobby": page(P.QUICK_CARD),
    "maintenance:quick_card": row("customer", P.QUICK_CARD),
    "maintenance:walk_in_withdraw": row("contact", P.QUICK_CARD),
    "maintenance:counter_note": row("customer", P.RECORD_CONTACT),
    "maintenance:diary": page(P.WRITE_DIARY),
    "maintenance:diary_day": page(P.WRITE_DIARY, day=TODAY),
    "maintenance:diary_plan": page(P.WRITE_DIARY, day=TODAY),
    "maintenance:diary_result": page(P.WRITE_DIARY, day=TODAY),
    "maintenance:diary_draft": page(P.WRITE_DIARY, day=TODAY, part="result"),
    "maintenance:diary_discard": page(P.WRITE_DIARY, day=TODAY, part="result"),
    "maintenance:diary_read": row("diary", P.REVIEW_DIARY),
    "maintenance:diary_review": row("diary", P.REVIEW_DIARY),
    "maintenance:diary_reopen": row("diary", P.REVIEW_DIARY),
    "customers:handover_list": page(P.HAND_OVER),
    "customers:handover_new": page(P.HAND_OVER),
    "customers:handover_page": row("handover", P.HAND_OVER),
    "customers:handover_arrange": row("handover", P.HAND_OVER),
    "customers:handover_decline": row("handover", P.HAND_OVER),
    "customers:handover_print": row("handover", P.HAND_OVER),
    "customers:handover_step": row("handover", P.HAND_OVER, step="sign"),
    "maintenance:handover_work": row("handover", P.HAND_OVER),
    # Two archives are made one by those who lead; whoever works with figures does not read names.
    "customers:duplicate_merge": row("customer_pair", P.VIEW_TEAM),
    "customers:duplicate_set_aside": row("customer_pair", P.VIEW_CUSTOMERS, refused="head_office_staff"),
    "customers:merge_undo": row("merge", P.VIEW_TEAM),
    "customers:tier_hold": row("customer", P.VIEW_TEAM),
    "customers:tier_release": row("customer", P.VIEW_TEAM),
}

# The four customers every test has, by whose they are, and the persona who manages each.
OWNERS = {"own": "rm", "colleague": "colleague", "other": "other_rm", "far": "stranger"}
# Whose customers, tasks, contacts, appointments each persona sees (DESIGN 3).
SEES = {
    "rm": "own",
    "colleague": "colleague",
    "supervisor": "own colleague",
    "outlet_head": "own colleague",
    "lobby": "own colleague",
    "teller": "own colleague",
    "other_rm": "other",
    "other_supervisor": "other",
    "branch_head": "own colleague other",
    "head_office_staff": "own colleague other far",
    "stranger": "far",
    "administrator": "",
    "auditor": "",
}
# Kinds of rows that follow another rule than the customer's.
SEEN_BY: dict[str, dict[str, str]] = {
    "notification": {"rm": "own", "colleague": "colleague", "other_rm": "other", "stranger": "far"},
    # Of the absent person: himself, his substitute (the colleague covers the own RM and the other way round), and
    # whoever arranges covers for him.
    "cover": {
        "rm": "own colleague", "colleague": "own colleague", "supervisor": "own colleague",
        "outlet_head": "own colleague", "other_rm": "other", "other_supervisor": "other",
        "branch_head": "own colleague other", "stranger": "far",
    },
    # A list leaves with whoever asked for it, nobody else.
    "own_export": {"rm": "own", "colleague": "colleague", "other_rm": "other", "stranger": "far"},
    "diary": {
        "supervisor": "own colleague", "outlet_head": "own colleague", "other_supervisor": "other",
        "branch_head": "own colleague other",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """How a request names a row: in the address, in the query, in the form."""

    kwargs: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)


def _customer(world, owner, customer) -> Ask:
    return Ask({"public_id": customer.public_id})


def _customer_named(world, owner, customer) -> Ask:
    _new_task(owner, customer)  # so that the page has something to offer for this customer
    return Ask(query={"customer": customer.public_id}, data={"customer": customer.public_id})


def _person(world, owner, customer) -> Ask:
    person = Person.objects.create(customer=customer, unit=customer.unit, relation=Relation.CHILD, name="小明")
    return Ask({"public_id": customer.public_id, "handle": person.handle})


def _contact_preference(world, owner, customer) -> Ask:
    preference = ContactPreference.objects.create(
        customer=customer, unit=customer.unit, channel=Channel.SMS, reason="本人要求", since=TODAY
    )
    return Ask({"public_id": customer.public_id, "handle": preference.handle})


def _external_holding(world, owner, customer) -> Ask:
    holding = ExternalHolding.objects.create(
        customer=customer, unit=customer.unit, bank="工商银行", category="term_deposit", amount=1, as_of=TODAY
    )
    return Ask({"public_id": customer.public_id, "handle": holding.handle})


def _important_date(world, owner, customer) -> Ask:
    date = ImportantDate.objects.create(
        customer=customer, unit=customer.unit, kind=DateKind.BIRTHDAY, month=6, day=15
    )  # fmt: skip
    return Ask({"public_id": customer.public_id, "handle": date.handle})


def _document(world, owner, customer) -> Ask:
    document = Document.objects.create(
        customer=customer, unit=customer.unit, kind="identity", version=1, format="png", size=1, sha256="0" * 64,
        uploaded_at=_noon(),
    )  # fmt: skip
    return Ask({"public_id": customer.public_id, "document_id": document.public_id})


def _referral(world, owner, customer) -> Ask:
    referral = Referral.objects.create(
        customer=customer, unit=customer.unit, name="李梅", mobile="13800008888", referred_on=TODAY, recorded_at=_noon()
    )
    return Ask({"public_id": customer.public_id, "referral_id": referral.public_id})


def _new_task(owner, customer) -> MaintenanceTask:
    return MaintenanceTask.objects.create(
        customer=customer, owner=owner, unit=customer.unit, kind=TaskKind.IMPORTANT_DATE, occurrence="access",
        subject_on=TODAY, due_on=TODAY, planned_on=TODAY, created_on=TODAY, why="纪念日问候",
    )  # fmt: skip


def _task(world, owner, customer) -> Ask:
    return Ask({"public_id": _new_task(owner, customer).public_id})


def _tasks_named(world, owner, customer) -> Ask:
    task = _new_task(owner, customer)
    return Ask(query={"task": task.public_id}, data={"task": task.public_id, "tasks": task.public_id})


def _noon() -> datetime:
    return datetime.combine(TODAY, time(9, 55), ZoneInfo("Asia/Shanghai"))


def _contact(world, owner, customer) -> Ask:
    contact = ContactRecord.objects.create(
        customer=customer, unit=customer.unit, staff=owner, channel=Channel.PHONE, outcome=ContactOutcome.REACHED,
        happened_at=_noon(), happened_on=TODAY, created_at=_noon(), note="问候",
    )  # fmt: skip
    return Ask({"public_id": contact.public_id})


def _appointment(world, owner, customer) -> Ask:
    appointment = Appointment.objects.create(
        customer=customer, unit=customer.unit, staff=owner, day=TODAY, matter="面谈", created_at=_noon()
    )
    return Ask({"public_id": appointment.public_id})


def _diary(world, owner, customer) -> Ask:
    return Ask({"employee_no": owner.employee_no, "day": TODAY})


def _notification(world, owner, customer) -> Ask:
    notification = Notification.objects.create(
        recipient=owner, kind="test", text="通知", url="/", dedupe_key="access", created_at=_noon()
    )
    return Ask({"public_id": notification.public_id})


def _cover(world, owner, customer) -> Ask:
    substitutes = {"rm": "colleague", "colleague": "rm", "other_rm": "other_supervisor", "stranger": "stranger"}
    key = next(key for key in OWNERS.values() if world.people[key] == owner)
    substitute = world.people[substitutes[key]] if key != "stranger" else world.people["administrator"]
    cover = Cover.objects.create(
        absent=owner, substitute=substitute, starts_on=TODAY.replace(day=30), ends_on=TODAY.replace(day=30),
        created_by=owner,
    )  # fmt: skip
    return Ask({"public_id": cover.public_id})


def _new_segment(owner) -> Segment:
    return create_segment(by=owner, name="重点客户", rule={"field": "status", "op": "in", "value": ["active"]})


def _segment(world, owner, customer) -> Ask:
    return Ask({"public_id": _new_segment(owner).public_id})


def _segment_asked(world, owner, customer) -> Ask:
    return Ask({"public_id": _new_segment(owner).public_id}, query={"customer": customer.public_id})


def _segment_named(world, owner, customer) -> Ask:
    rule = {"part": ["r", "r-0"], "join-r": "all", "field-r-0": "tier", "op-r-0": "in", "value-r-0": "GOLD"}
    return Ask(data={"segment": _new_segment(owner).public_id} | rule)


def _bulk_work(world, owner, customer) -> Ask:
    work = BulkWork.objects.create(
        staff=owner, unit=owner.unit, kind=BulkKind.STRATEGY, said="维护策略调整为积极", count=1, done_at=_noon()
    )
    return Ask({"public_id": work.public_id})


def _export(world, owner, customer, state: str = ExportState.WAITING) -> Ask:
    export = Export.objects.create(
        staff=owner, unit=owner.unit, said="全部客户", reason="回访", count=60, state=state, asked_at=_noon(),
        decided_at=_noon(),
    )  # fmt: skip
    return Ask({"public_id": export.public_id})


def _own_export(world, owner, customer) -> Ask:
    """Agreed to, for more than there are: whatever the filters show would be in the file."""
    return _export(world, owner, customer, ExportState.APPROVED)


def _customer_in_segments(world, owner, customer) -> Ask:
    """In a segment of somebody far away, whose name must stay there."""
    name = f"上官远行{customer.number}"
    far = create_segment(by=world.people["stranger"], name=name, kind=SegmentKind.TAG, rule={})
    SegmentMembership.objects.create(segment=far, customer=customer, unit=customer.unit, since=TODAY, rule_version=1)
    return _customer(world, owner, customer)


def _handover(world, owner, customer) -> Ask:
    """Taken by the supervisor, who sees the customer anyhow: what a taker sees is tested with the pages."""
    handover = HandOver.objects.create(
        giver=owner, unit=owner.unit, reason=HandOverReason.TRANSFER, starts_on=TODAY, said="名下全部客户",
        state=HandOverState.PROPOSED, created_by=owner, created_at=_noon(),
    )  # fmt: skip
    taker = owner.supervisor or world.people["administrator"]
    HandOverTaker.objects.create(handover=handover, taker=taker)
    HandOverLine.objects.create(handover=handover, customer=customer, unit=customer.unit, taker=taker)
    return Ask({"public_id": handover.public_id})


def _import_batch(world, owner, customer) -> Ask:
    batch = ImportBatch.objects.create(
        kind=ImportKind.BALANCES, unit=owner.unit, file_name="余额.csv", file_hash="0" * 64, stored_as="here",
        state=ImportState.CHECKED, created_by=owner, created_at=_noon(), total=1, error_count=1,
    )  # fmt: skip
    folder = files.folder_of(batch)
    folder.mkdir(parents=True)
    for name in ("source", "bad.csv"):
        (folder / name).write_text("账户标识,日期,余额\nA1,2026-11-20,1.00\n", encoding="utf-8")
    return Ask({"public_id": batch.public_id})


def _customer_pair(world, owner, customer) -> Ask:
    return Ask({"public_id": customer.public_id, "other_id": world.customer("张伟", manager=owner).public_id})


def _merge(world, owner, customer) -> Ask:
    merged = world.customer("张伟", manager=owner, status=CustomerStatus.MERGED)
    merge = Merge.objects.create(
        kept=customer, merged=merged, unit=customer.unit, reason="同一人", merged_by=owner, merged_at=_noon()
    )
    return Ask({"merge_id": merge.public_id})


OBJECTS: dict[str, Callable[..., Ask]] = {
    "customer": _customer,
    "customer_named": _customer_named,
    "person": _person,
    "contact_preference": _contact_preference,
    "external_holding": _external_holding,
    "important_date": _important_date,
    "document": _document,
    "referral": _referral,
    "task": _task,
    "tasks_named": _tasks_named,
    "contact": _contact,
    "appointment": _appointment,
    "diary": _diary,
    "notification": _notification,
    "cover": _cover,
    "import_batch": _import_batch,
    "segment": _segment,
    "bulk_work": _bulk_work,
    "export": _export,
    "own_export": _own_export,
    "customer_in_segments": _customer_in_segments,
    "segment_asked": _segment_asked,
    "segment_named": _segment_named,
    "handover": _handover,
    "customer_pair": _customer_pair,
    "merge": _merge,
}


def sees(kind: str, persona: str | None, whose: str) -> bool:
    """Whether a persona sees this kind of row of one of the four owners; by hand, not by asking the code."""
    table = SEEN_BY.get(kind, SEES)
    return whose in table.get(persona or "", "").split()
