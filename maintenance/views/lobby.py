"""大堂速查: the quick card of a customer who has come in, and what the manager would like to have said to him."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.queries.search import found_at_counter
from maintenance.forms.lobby import CounterNoteForm, WalkInForm
from maintenance.models import ContactRecord, CounterNote
from maintenance.parameters import UNDO_MINUTES
from maintenance.policies import can_record_contact, can_withdraw_contact
from maintenance.queries.quick_card import customer_at_counter, received_today
from maintenance.queries.quick_card import quick_card as read_card
from maintenance.services.walk_ins import record_walk_in, withdraw_walk_in, write_counter_note
from maintenance.views.answers import customer_in_full, done, person, refuse, refused
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.responses import redirect_to, render_part

_METHODS = ("GET", "HEAD", "POST")
_SEARCHED = 30


@require_safe
@require(Permission.QUICK_CARD)
def lobby(request: HttpRequest) -> HttpResponse:
    """Find whoever came in; below, whom I received today."""
    text = request.GET.get("q", "")[:_SEARCHED]
    context = {"text": text, "found": found_at_counter(request.user, text)}
    if not request.htmx:
        context["received"] = _received(request)
    return render_part(request, "maintenance/lobby.html", "found", context)


@require_http_methods(_METHODS)
@require(Permission.QUICK_CARD)
@once
def quick_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """The card; sent, it notes the walk-in, with `refer` for the manager."""
    customer = get_object_or_404(customer_at_counter(request.user), public_id=public_id)
    form = WalkInForm(request.POST if request.method == "POST" else None, user=request.user)
    is_referred = "refer" in request.POST
    if request.method == "POST" and form.is_valid():
        try:
            record_walk_in(by=request.user, customer=customer, is_referred=is_referred, **form.cleaned_data)
        except RuleViolation as refusal:
            refuse(form, refusal)
        else:
            told = f"，已请{customer.manager.name}接待" if is_referred else ""
            messages.success(request, f"已登记{person(customer)}到访{told}。")
            return redirect_to(request, reverse("maintenance:lobby"))
    context = {"customer": customer, "card": read_card(request.user, customer, clock.today()), "form": form}
    return render_part(request, "maintenance/quick_card.html", "form", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.QUICK_CARD)
@once
def walk_in_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    contact = get_object_or_404(
        ContactRecord.objects.visible_to(request.user).select_related("customer"), public_id=public_id
    )
    try:
        withdraw_walk_in(by=request.user, contact=contact)
        messages.success(request, f"已撤销{person(contact.customer)}的到访登记。")
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect_to(request, reverse("maintenance:lobby"))


@require_http_methods(_METHODS)
@require(Permission.RECORD_CONTACT)
@once
def counter_note(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the manager would like the lobby to say."""
    customer = customer_in_full(request, public_id)
    if not can_record_contact(request.user, customer):
        return refused(request, "只能为自己负责、协办或代班的客户填写大堂提示。")
    written = CounterNote.objects.visible_to(request.user).filter(customer=customer).first()
    initial = {"text": written.text, "valid_until": max(written.valid_until, clock.today())} if written else {}
    form = CounterNoteForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            written = write_counter_note(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            refuse(form, refusal)
        else:
            return done(request, "大堂提示已保存。" if written else "大堂提示已取消。")
    context = {"customer": customer, "form": form}
    return render_part(request, "maintenance/counter_note.html", "form", context, status=422 if form.errors else 200)


def _received(request: HttpRequest) -> list[ContactRecord]:
    now, minutes = clock.now(), parameter(UNDO_MINUTES)
    received = received_today(request.user, clock.today())
    for record in received:
        record.may_withdraw = can_withdraw_contact(request.user, record, now=now, undo_minutes=minutes)
    return received
