"""What was agreed with customers: the list, a new one, calling one off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from customers.models import Customer
from maintenance.forms.contacts import AppointmentForm, CancelForm
from maintenance.models import Appointment
from maintenance.policies import can_cancel_appointment
from maintenance.queries.lists import APPOINTMENT_SORTS, appointments_for
from maintenance.services.appointments import book_appointment, cancel_appointment
from maintenance.services.wording import day_off_note, day_text
from maintenance.views.answers import done, person, refuse
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.lists import page_of
from ui.responses import render_part

TABS = (("ahead", "待履约"), ("today", "今天"), ("past", "历史"))


@require(Permission.WORK_QUEUE)
@require_GET
def appointment_list(request: HttpRequest) -> HttpResponse:
    when = request.GET.get("when", "ahead")
    if when not in dict(TABS):
        when = "ahead"
    appointments = appointments_for(request.user, when=when, day=clock.today())
    page = page_of(
        request, appointments, sorts=APPOINTMENT_SORTS, default_sort="-when" if when == "past" else "when", page_size=25
    )
    for appointment in page:
        appointment.may_cancel = can_cancel_appointment(request.user, appointment)
    return render_part(request, "maintenance/appointment_list.html", "list", {"page": page, "when": when, "tabs": TABS})


@require(Permission.RECORD_CONTACT)
@once
def appointment_new(request: HttpRequest) -> HttpResponse:
    customer = None
    if request.method == "GET" and request.GET.get("customer"):
        customer = get_object_or_404(Customer.objects.visible_to(request.user), public_id=request.GET["customer"])
    form = AppointmentForm(request.POST or None, user=request.user, initial={"customer": customer})
    if request.method == "POST" and form.is_valid():
        try:
            booked = book_appointment(by=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            refuse(form, refusal)
        else:
            said = f"已登记{person(booked.customer)}{day_text(booked.day)}的预约。{day_off_note(booked.day)}"
            return done(request, said)
    return render_part(
        request, "maintenance/appointment_new.html", "form", {"form": form}, status=422 if form.errors else 200
    )


@require(Permission.RECORD_CONTACT)
@once
def appointment_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    appointment = get_object_or_404(
        Appointment.objects.visible_to(request.user).select_related("customer"), public_id=public_id
    )
    form = CancelForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_appointment(by=request.user, appointment=appointment, reason=form.cleaned_data["reason"])
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, f"已取消{person(appointment.customer)}的预约。")
    context = {"form": form, "appointment": appointment}
    return render_part(
        request, "maintenance/appointment_cancel.html", "form", context, status=422 if form.errors else 200
    )
