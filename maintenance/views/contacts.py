"""记一笔 from anywhere, mending and undoing it, one's own contacts, and the timeline of the 360 page."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from customers.enums import Channel
from customers.models import Customer
from maintenance.enums import ContactOutcome
from maintenance.forms.contacts import ContactEditForm, ContactForm
from maintenance.forms.dates import next_date_choices
from maintenance.models import ContactRecord, MaintenanceTask
from maintenance.parameters import AHEAD_DAYS, UNDO_MINUTES
from maintenance.policies import (
    CONVERSATION_KINDS,
    can_edit_contact,
    can_withdraw_contact,
)
from maintenance.queries.lists import CONTACT_SORTS, contacts_by, reasons_for, timeline_of
from maintenance.queries.workbench import HONORIFICS
from maintenance.services.contacts import edit_contact, record_contact, withdraw_contact
from maintenance.services.wording import day_off_note, day_text
from maintenance.views.answers import customer_in_full, done, refuse, refused
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation, StaleVersion
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import render_part

_TIMELINE_ROWS = 15


@require(Permission.RECORD_CONTACT)
@once
def contact_new(request: HttpRequest) -> HttpResponse:
    """The drawer: who, how, what came of it, what next. `?customer=` and `?channel=` come from where it was opened."""
    given = request.POST or request.GET
    customer = _customer(request, given.get("customer", ""))
    form = ContactForm(request.POST or None, user=request.user, initial=_initial(request, customer))
    form.fields["customer"].known = customer
    if request.method == "POST":
        if "closes" in request.POST:
            form.fields["closes"].queryset = _tickable(request, _reasons(request, customer))
        if form.is_valid():
            try:
                contact = _record(request, form.cleaned_data)
            except RuleViolation as refusal:
                refuse(form, refusal, day="next_on", starts_at="next_at")
            else:
                undo_url = reverse("maintenance:contact_withdraw", args=[contact.public_id])
                return done(request, _said(contact), undo_url=undo_url)
    return _drawer(request, form, customer)


def _drawer(request: HttpRequest, form: ContactForm, customer: Customer | None) -> HttpResponse:
    """The form with what the contact may settle. Opened from a card, what the card stood for is ticked: the call was made
    because of it."""
    reasons = _reasons(request, customer)
    form.fields["closes"].queryset = _tickable(request, reasons)
    if request.GET.get("from") == "queue":
        today = clock.today()
        form.initial["closes"] = [t.public_id for t in reasons if _is_tickable(t) and t.planned_on <= today]
    context = {
        "form": form, "customer": customer, "reasons": reasons, "next_dates": next_date_choices(clock.today()),
        "honorific": HONORIFICS.get(customer.sex, "") if customer else "", "conversation_kinds": CONVERSATION_KINDS,
        "undo_minutes": parameter(UNDO_MINUTES),
    }  # fmt: skip
    return render_part(request, "maintenance/contact_new.html", "form", context, status=422 if form.errors else 200)


@require(Permission.RECORD_CONTACT)
@require_GET
def contact_reasons(request: HttpRequest) -> HttpResponse:
    """What may be ticked off for the customer just chosen in the drawer."""
    customer = _customer(request, request.GET.get("customer", ""))
    reasons = _reasons(request, customer)
    form = ContactForm(user=request.user)
    form.fields["closes"].queryset = _tickable(request, reasons)
    context = {"form": form, "customer": customer, "reasons": reasons, "conversation_kinds": CONVERSATION_KINDS}
    return render(request, "maintenance/contact_new.html#reasons", context)


@require(Permission.RECORD_CONTACT)
@once
def contact_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mend a record; what it said before is kept."""
    contact = _contact(request, public_id)
    initial = {name: getattr(contact, name) for name in ("version", "channel", "direction", "outcome", "note")}
    form = ContactEditForm(
        request.POST or None, user=request.user, initial=initial | {"happened_at": contact.happened_at}
    )
    if not can_edit_contact(request.user, contact):
        return refused(request, "这条接触记录不能修改。")
    is_stale = False
    if request.method == "POST" and form.is_valid():
        try:
            edit_contact(by=request.user, contact=contact, **form.cleaned_data)
        except StaleVersion as refusal:
            form.add_error(None, str(refusal))
            # The newest state is shown beside the typed text; to save once more is a decision.
            form.data = form.data.copy()
            form.data["version"] = str(contact.version)
            is_stale = True
        except RuleViolation as refusal:
            refuse(form, refusal)
        else:
            return done(request, "已保存修改，原内容已留痕。")
    revisions = contact.revisions.select_related("changed_by")
    context = {"form": form, "contact": contact, "revisions": revisions, "is_stale": is_stale}
    return render_part(request, "maintenance/contact_edit.html", "form", context, status=422 if form.errors else 200)


@require(Permission.RECORD_CONTACT)
@require_POST
@once
def contact_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """The 撤销 behind a toast and in the list."""
    contact = _contact(request, public_id)
    try:
        withdraw_contact(by=request.user, contact=contact)
    except RuleViolation as refusal:
        return refused(request, str(refusal))
    return done(request, "已撤回这条接触记录，办结的事项已恢复。")


@require(Permission.RECORD_CONTACT)
@require_GET
def contact_list(request: HttpRequest) -> HttpResponse:
    """What I recorded, by day; 已联 of the workbench leads here."""
    start, end = _days(request)
    channel = request.GET.get("channel", "")
    only_reached = request.GET.get("reached") == "1"
    records = contacts_by(request.user, person=request.user, start=start, end=end)
    if channel in Channel.values:
        records = records.filter(channel=channel)
    if only_reached:
        records = records.exclude(outcome__in=(ContactOutcome.NO_ANSWER, ContactOutcome.SENT))
    page = page_of(request, records, sorts=CONTACT_SORTS, default_sort="-when", page_size=25)
    now, minutes = clock.now(), parameter(UNDO_MINUTES)
    for record in page:
        record.may_edit = can_edit_contact(request.user, record)
        record.may_withdraw = can_withdraw_contact(request.user, record, now=now, undo_minutes=minutes)
    context = {
        "page": page, "start": start, "end": end, "channel": channel, "channels": Channel.choices,
        "only_reached": only_reached, "customers": records.order_by().values("customer").distinct().count(),
    }  # fmt: skip
    return render_part(request, "maintenance/contact_list.html", "list", context)


@require(Permission.VIEW_CUSTOMERS)
@require_GET
def customer_timeline(request: HttpRequest, public_id: str) -> HttpResponse:
    """The contacts of the 360 page; 更早 brings the next page by key, so ten or a thousand contacts cost the same."""
    customer = customer_in_full(request, public_id)
    page = page_of(
        request, timeline_of(customer), sorts=CONTACT_SORTS, default_sort="-when",
        page_size=_TIMELINE_ROWS, cap=None,
    )  # fmt: skip
    return render(request, "maintenance/customer_timeline.html", {"customer": customer, "page": page})


def _customer(request: HttpRequest, public_id: str) -> Customer | None:
    """The customer the drawer was opened for; 404 outside the scope, None when it is still to be chosen."""
    if not public_id:
        return None
    return get_object_or_404(Customer.objects.visible_to(request.user), public_id=public_id)


def _contact(request: HttpRequest, public_id: str) -> ContactRecord:
    records = ContactRecord.objects.visible_to(request.user).select_related("customer")
    return get_object_or_404(records, public_id=public_id)


def _reasons(request: HttpRequest, customer: Customer | None) -> list[MaintenanceTask]:
    return reasons_for(request.user, customer, clock.today(), parameter(AHEAD_DAYS))


def _is_tickable(task: MaintenanceTask) -> bool:
    return task.kind not in CONVERSATION_KINDS


def _tickable(request: HttpRequest, reasons: list[MaintenanceTask]):
    ids = [task.pk for task in reasons if _is_tickable(task)]
    return MaintenanceTask.objects.visible_to(request.user).filter(pk__in=ids).order_by("planned_on", "id")


def _initial(request: HttpRequest, customer: Customer | None) -> dict:
    channel, outcome = request.GET.get("channel", ""), request.GET.get("outcome", "")
    return {
        "customer": customer,
        "channel": channel if channel in Channel.values else Channel.PHONE,
        "outcome": outcome if outcome in ContactOutcome.values else None,
    }


def _record(request: HttpRequest, data: dict) -> ContactRecord:
    return record_contact(
        by=request.user, customer=data["customer"], channel=data["channel"], outcome=data["outcome"],
        happened_at=data["happened_at"], direction=data["direction"], note=data["note"], next_on=data["next_on"],
        next_channel=data["next_channel"] or None, next_matter=data["next_matter"], next_at=data["next_at"],
        closes=list(data["closes"]),
    )  # fmt: skip


def _said(contact: ContactRecord) -> str:
    closed = len(contact.just_closed)
    text = f"已记录与{contact.customer.name}的{contact.get_channel_display()}（{contact.get_outcome_display()}）"
    if closed:
        text += f"，办结{closed}项"
    if contact.next_on:
        text += f"，下次联系{day_text(contact.next_on)}"
    return f"{text}。{day_off_note(contact.next_on)}"


def _days(request: HttpRequest) -> tuple[date | None, date | None]:
    start, end = (_day(request.GET.get(name, "")) for name in ("start", "end"))
    day = _day(request.GET.get("day", ""))
    return (day, day) if day else (start, end)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
