"""How an action answers: htmx is told by events and the parts of the page fetch themselves anew; without htmx the browser
goes back to the page it came from."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import trigger_client_event

from customers.models import Customer
from customers.policies import sees_full_names
from customers.queries.lists import HEAVY
from maintenance.queries.workbench import HONORIFICS
from organization.exceptions import RuleViolation
from ui.forms import Form
from ui.responses import close_drawer, redirect_to, toast

CHANGED = "workday-changed"


def done(request: HttpRequest, text: str, *, undo_url: str = "", level: str = "success") -> HttpResponse:
    """The action was carried out: say so, offer the way back, and let the page's parts follow."""
    if not request.htmx:
        messages.add_message(request, messages.constants.SUCCESS, text)
        return redirect_to(request, back_address(request))
    response = HttpResponse(status=204)
    close_drawer(toast(response, text, level=level, undo_url=undo_url))
    return trigger_client_event(response, CHANGED, {})


def refused(request: HttpRequest, text: str) -> HttpResponse:
    """A button could not do what it says; the page stays as it is and says why."""
    if not request.htmx:
        messages.error(request, text)
        return redirect_to(request, back_address(request))
    response = HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    response["HX-Reswap"] = "none"
    return trigger_client_event(toast(response, text, level="error"), CHANGED, {})


def refuse(form: Form, refusal: RuleViolation, **fields: str) -> None:
    """Say a refusal at the field it is about; `fields` names those that the form calls otherwise."""
    name = getattr(refusal, "field", None)
    name = fields.get(name, name)
    form.add_error(name if name in form.fields else None, str(refusal))


def person(customer: Customer) -> str:
    """周子轩先生."""
    return f"{customer.name}{HONORIFICS.get(customer.sex, '')}"


def back_address(request: HttpRequest) -> str:
    """The `next` of the form if it is a page of this site, else the start page."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else reverse("home")


def customer_in_full(request: HttpRequest, public_id: str) -> Customer:
    """The customer for a part that tells names and words: 404 outside the scope, 403 for who works with figures only."""
    # No part shows what is encrypted, so nothing is decrypted for it.
    customers = Customer.objects.visible_to(request.user).defer(*HEAVY, "mobile")
    customer = get_object_or_404(customers, public_id=public_id)
    if not sees_full_names(request.user):
        raise PermissionDenied("您的岗位只查看数据，不查看客户的往来内容。")
    return customer
