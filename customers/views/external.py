"""他行资产: adding, changing and removing what a customer keeps elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms import ExternalHoldingForm
from customers.models import Customer, ExternalHolding
from customers.services.external import remove_external_holding, save_external_holding
from customers.views.archive import METHODS, customer_address
from customers.views.people import fetch_editable, row_of
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def external_holding_add(request: HttpRequest, public_id: str) -> HttpResponse:
    return _save(request, fetch_editable(request, public_id), None)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def external_holding_edit(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    return _save(request, customer, row_of(customer.external_holdings.all(), handle))


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def external_holding_remove(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    holding = row_of(customer.external_holdings.all(), handle)
    remove_external_holding(by=request.user, holding=holding)
    messages.success(request, f"已移除{holding}。")
    return redirect_to(request, _accounts(customer))


def _save(request: HttpRequest, customer: Customer, holding: ExternalHolding | None) -> HttpResponse:
    form = ExternalHoldingForm(request.POST if request.method == "POST" else None, user=request.user, instance=holding)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_external_holding(by=request.user, customer=customer, holding=holding, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已保存{saved}。")
            return redirect_to(request, _accounts(customer))
    context = {"customer": customer, "form": form, "holding": holding}
    status = 422 if form.errors else 200
    return render_part(request, "customers/external_holding_edit.html", "form", context, status=status)


def _accounts(customer: Customer) -> str:
    return customer_address(customer) + "?tab=accounts"
