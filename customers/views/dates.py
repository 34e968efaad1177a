"""重要日期: kept by the solar or the lunar calendar, with the next occurrence shown while it is typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almanac import lunar
from customers.enums import Calendar
from customers.forms import ImportantDateForm
from customers.models import Customer, ImportantDate
from customers.occurrences import next_occurrence
from customers.services.dates import remove_important_date, save_important_date, solar_day_given_up
from customers.views.archive import METHODS
from customers.views.page import fetch
from customers.views.people import family_address, fetch_editable, row_of
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part

_TEMPLATE = "customers/important_date_edit.html"
_NEEDED = ("calendar", "month", "day")


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def important_date_add(request: HttpRequest, public_id: str) -> HttpResponse:
    return _save(request, fetch_editable(request, public_id), None)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def important_date_edit(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    return _save(request, customer, _row(customer, handle))


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def important_date_remove(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    row = _row(customer, handle)
    remove_important_date(by=request.user, date=row)
    messages.success(request, f"已移除{row.label or row.get_kind_display()}。")
    return redirect_to(request, family_address(customer))


@require_safe
@require(Permission.EDIT_CUSTOMERS)
def important_date_preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the form beside it means: the next day it falls on, in both calendars."""
    customer = fetch(request, public_id)
    form = ImportantDateForm(request.GET, customer=customer)
    form.is_valid()
    context = _preview(form, customer)
    if form.errors.get("day") and form.data.get("day"):
        context["refusal"] = form.errors["day"][0]
    return render(request, f"{_TEMPLATE}#preview", context)


def _row(customer: Customer, handle: str) -> ImportantDate:
    return row_of(customer.important_dates.select_related("person"), handle)


def _preview(form: ImportantDateForm, customer: Customer) -> dict:
    """Of what is typed, or, before anything is, of what the form is filled with."""
    known = (
        form.cleaned_data if form.is_bound else {n: form.get_initial_for_field(f, n) for n, f in form.fields.items()}
    )
    context: dict = {"customer": customer, "today": clock.today()}
    if known.get("kind") and known.get("calendar"):
        person = known.get("person") if form.is_bound else form.people.get(known.get("person") or "")
        context["given_up"] = solar_day_given_up(
            customer=customer, kind=known["kind"], calendar=known["calendar"], person=person
        )
    if any(known.get(name) in (None, "") for name in _NEEDED):
        return context
    calendar, month, day, is_leap = (
        known["calendar"],
        int(known["month"]),
        int(known["day"]),
        bool(known.get("is_leap")),
    )
    found = next_occurrence(calendar, month, day, is_leap, on=clock.today())
    written = (
        f"农历{lunar.month_day_name(month, day, is_leap)}" if calendar == Calendar.LUNAR else f"公历{month}月{day}日"
    )
    return context | {
        "occurrence": found,
        "written": written,
        "lunar": lunar.describe(lunar.from_solar(found.day)) if found else "",
    }


def _save(request: HttpRequest, customer: Customer, row: ImportantDate | None) -> HttpResponse:
    form = ImportantDateForm(
        request.POST if request.method == "POST" else None, user=request.user, customer=customer, instance=row
    )
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data | ({"date": row} if row else {})
        given_up = solar_day_given_up(
            customer=customer, date=row, **{name: form.cleaned_data[name] for name in ("kind", "calendar", "person")}
        )
        try:
            saved = save_important_date(by=request.user, customer=customer, **fields)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            said = f"已改按农历过生日，原公历{given_up}不再提醒。" if given_up else f"已保存{saved}。"
            messages.success(request, said)
            return redirect_to(request, family_address(customer))
    context = {"customer": customer, "form": form, "date": row} | _preview(form, customer)
    return render_part(request, _TEMPLATE, "form", context, status=422 if form.errors else 200)
