"""客户引荐: noted, joined to the customer it became, withdrawn; the number to call."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms import LinkReferralForm, ReferralForm, WithdrawReferralForm
from customers.models import Customer, Referral
from customers.parameters import REVEAL_SECONDS
from customers.services.referrals import link_referral, number_of_lead, record_referral, withdraw_referral
from customers.views.archive import METHODS, customer_address
from customers.views.people import fetch_editable
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def referral_add(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    form = ReferralForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            referral = record_referral(by=request.user, customer=customer, **form.said())
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已登记{customer.name}引荐{referral.name}，请记得致谢。")
            return redirect_to(request, referrals_address(customer))
    context = {"customer": customer, "form": form}
    return render_part(request, "customers/referral_add.html", "form", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def referral_link(request: HttpRequest, public_id: str, referral_id: str) -> HttpResponse:
    customer, referral = _fetch(request, public_id, referral_id)
    form = LinkReferralForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            link_referral(by=request.user, referral=referral, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已关联客户{form.cleaned_data['referred'].name}。")
            return redirect_to(request, referrals_address(customer))
    context = {"customer": customer, "form": form, "referral": referral}
    return render_part(request, "customers/referral_link.html", "form", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def referral_withdraw(request: HttpRequest, public_id: str, referral_id: str) -> HttpResponse:
    customer, referral = _fetch(request, public_id, referral_id)
    form = WithdrawReferralForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_referral(by=request.user, referral=referral, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已撤销对{referral.name}的引荐登记。")
            return redirect_to(request, referrals_address(customer))
    context = {"customer": customer, "form": form, "referral": referral}
    return render_part(request, "customers/referral_withdraw.html", "form", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.EDIT_CUSTOMERS)
def referral_phone(request: HttpRequest, public_id: str, referral_id: str) -> HttpResponse:
    """The number in the clear for some seconds. Not `@once`: each reading is counted."""
    _, referral = _fetch(request, public_id, referral_id)
    context: dict = {"referral": referral, "seconds": parameter(REVEAL_SECONDS)}
    try:
        context["number"] = number_of_lead(by=request.user, referral=referral)
    except RuleViolation as refusal:
        context["refusal"] = str(refusal)
    return render(request, "customers/referral_phone.html", context)


def referrals_address(customer: Customer) -> str:
    return customer_address(customer) + "?tab=referrals"


def _fetch(request: HttpRequest, public_id: str, referral_id: str) -> tuple[Customer, Referral]:
    customer = fetch_editable(request, public_id)
    standing = Referral.objects.visible_to(request.user).standing().select_related("customer")
    return customer, get_object_or_404(standing, customer=customer, public_id=referral_id)
