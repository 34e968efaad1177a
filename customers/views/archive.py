"""建档 and 修改档案; the second of two savers is asked, and loses nothing."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from customers.forms import CustomerCreateForm, CustomerForm
from customers.forms.archive import SAID
from customers.models import Customer
from customers.policies import objection_to_editing
from customers.sections import SECTIONS
from customers.services.archive import ArchiveConflict, create_customer, update_customer
from customers.views.page import fetch
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to

METHODS = ["GET", "HEAD", "POST"]
_SECTIONS = {section.key: section for section in SECTIONS}


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def customer_create(request: HttpRequest) -> HttpResponse:
    form = CustomerCreateForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            customer = create_customer(by=request.user, data=form.archive_data())
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已为{customer.name}建档。")
            return redirect_to(request, customer_address(customer))
    return render(request, "customers/customer_create.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def customer_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole archive, or one part of it by `?section=`; an unknown one is the whole."""
    customer = fetch(request, public_id)
    if objection := objection_to_editing(request.user, customer):
        raise PermissionDenied(objection)
    section = _SECTIONS.get(request.GET.get("section", ""))
    form = CustomerForm(
        request.POST if request.method == "POST" else None, user=request.user, instance=customer, section=section
    )
    context: dict = {"customer": customer, "section": section, "sections": SECTIONS}
    if request.method == "POST" and form.is_valid():
        try:
            saved = update_customer(
                by=request.user, customer=customer, version=form.cleaned_data["version"], data=form.archive_data(),
                base=form.base_data(), origin=form.cleaned_data.get("origin", ""), as_of=form.cleaned_data.get("as_of"),
                confirmed=form.facts if form.cleaned_data.get("is_confirmed") else (),
            )  # fmt: skip
        except ArchiveConflict as conflict:
            form = _asking_again(request, form, conflict)
            context["differences"] = [(d, form[f"take_{d.field}"]) for d in conflict.differences]
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, _said(form, saved))
            return redirect_to(request, customer_address(saved) + "?tab=archive")
    context["form"] = form
    return render(request, "customers/customer_edit.html", context, status=422 if form.errors else 200)


def customer_address(customer: Customer) -> str:
    return reverse("customers:customer_page", args=[customer.public_id])


def _said(form: CustomerForm, saved: Customer) -> str:
    read_at = form.cleaned_data["version"]
    if saved.version == read_at:
        return "已记下核实日期，内容没有改动。" if form.cleaned_data.get("is_confirmed") else "档案没有改动。"
    if saved.version > read_at + 1:
        return "档案已保存；您填写期间另外保存的内容也已保留。"
    return "档案已保存。"


def _asking_again(request: HttpRequest, form: CustomerForm, conflict: ArchiveConflict) -> CustomerForm:
    """The same form over the archive as it stands now: what was typed in it stays, what only the other one changed is
    taken over, and for each field that both changed it asks whose value to keep."""
    fresh = CustomerForm(user=request.user, instance=conflict.current, section=form.section)
    kept = {*conflict.merged, *(difference.field for difference in conflict.differences), "clear", *SAID}
    typed = QueryDict(mutable=True)
    for name, field in fresh.fields.items():
        if name in kept:
            for part in _names(field, name):
                typed.setlist(part, request.POST.getlist(part))
        else:
            _type(typed, field, name, field.prepare_value(fresh.get_initial_for_field(field, name)))
    asking = CustomerForm(
        typed, user=request.user, instance=conflict.current, section=form.section,
        differences=tuple(conflict.differences),
    )  # fmt: skip
    asking.add_error(None, str(conflict))
    return asking


def _names(field: forms.Field, name: str) -> list[str]:
    """Under which names a browser sends a field."""
    widget = field.widget
    return [name + part for part in widget.widgets_names] if isinstance(widget, forms.MultiWidget) else [name]


def _type(typed: QueryDict, field: forms.Field, name: str, value) -> None:
    """As if a person had left the field as it was filled in."""
    if isinstance(field.widget, forms.MultiWidget):
        for part, one in zip(_names(field, name), field.widget.decompress(value), strict=True):
            typed[part] = one
    elif isinstance(value, (list, tuple)):
        typed.setlist(name, list(value))
    elif value not in (None, ""):
        typed[name] = str(value)
