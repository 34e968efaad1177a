"""关系人: adding, changing and removing the people around a customer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms import PersonForm
from customers.models import Customer, Person
from customers.policies import objection_to_editing
from customers.services.people import remove_person, save_person
from customers.views.archive import METHODS, customer_address
from customers.views.page import fetch
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def person_add(request: HttpRequest, public_id: str) -> HttpResponse:
    return _save(request, fetch_editable(request, public_id), None)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def person_edit(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    return _save(request, customer, row_of(customer.people.all(), handle))


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def person_remove(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    person = row_of(customer.people.all(), handle)
    remove_person(by=request.user, person=person)
    messages.success(request, f"已移除关系人{person.name}。")
    return redirect_to(request, family_address(customer))


def fetch_editable(request: HttpRequest, public_id: str) -> Customer:
    customer = fetch(request, public_id)
    if objection := objection_to_editing(request.user, customer):
        raise PermissionDenied(objection)
    return customer


def row_of(rows, handle: str):
    """The row of this customer that the handle names."""
    found = next((row for row in rows if row.handle == handle), None)
    if found is None:
        raise Http404("没有找到这条记录，可能已被移除。")
    return found


def family_address(customer: Customer) -> str:
    return customer_address(customer) + "?tab=family"


def _save(request: HttpRequest, customer: Customer, person: Person | None) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None, user=request.user, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_person(by=request.user, customer=customer, person=person, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已保存关系人{saved.name}。")
            return redirect_to(request, family_address(customer))
    context = {"customer": customer, "form": form, "person": person}
    status = 422 if form.errors else 200
    return render_part(request, "customers/person_edit.html", "form", context, status=status)
