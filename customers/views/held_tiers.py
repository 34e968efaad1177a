"""手工评定层级: set by those who lead, until a date, and ended early."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from customers.forms.held_tiers import TierHoldForm, TierReleaseForm
from customers.models import Customer
from customers.policies import objection_to_holding_tier, shown_name
from customers.services.held_tiers import hold_tier, release_tier
from customers.views.archive import METHODS, customer_address
from customers.views.page import fetch
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.VIEW_TEAM)
@once
def tier_hold(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = _fetch_holdable(request, public_id)
    form = TierHoldForm(request.POST if request.method == "POST" else None, user=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            change = hold_tier(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已手工评定为{change.get_after_display()}，至{change.held_until}。")
            return redirect_to(request, customer_address(customer))
    return _answer(request, "customers/tier_hold.html", customer, form)


@require_http_methods(METHODS)
@require(Permission.VIEW_TEAM)
@once
def tier_release(request: HttpRequest, public_id: str) -> HttpResponse:
    """The undo of 手工评定; where nothing is held any longer, it says so."""
    customer = _fetch_holdable(request, public_id)
    if customer.tier_held_until is None:
        messages.info(request, "该客户的层级没有手工评定，或手工评定已经结束。")
        return redirect_to(request, customer_address(customer))
    form = TierReleaseForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            change = release_tier(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"手工评定已结束，按月日均恢复为{change.get_after_display()}。")
            return redirect_to(request, customer_address(customer))
    return _answer(request, "customers/tier_release.html", customer, form)


def _fetch_holdable(request: HttpRequest, public_id: str) -> Customer:
    customer = fetch(request, public_id)
    if objection := objection_to_holding_tier(request.user, customer):
        raise PermissionDenied(objection)
    return customer


def _answer(request: HttpRequest, template: str, customer: Customer, form: TierReleaseForm) -> HttpResponse:
    context = {"customer": customer, "shown_name": shown_name(request.user, customer.name), "form": form}
    return render_part(request, template, "form", context, status=422 if form.errors else 200)
