"""不接受的联系方式: written down, and taken back when the customer changes his mind."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms import ContactPreferenceForm
from customers.services.preferences import accept_channel, refuse_channel
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
def contact_preference_add(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    form = ContactPreferenceForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            saved = refuse_channel(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已登记：{saved}。")
            return redirect_to(request, customer_address(customer) + "?tab=archive")
    context = {"customer": customer, "form": form}
    status = 422 if form.errors else 200
    return render_part(request, "customers/contact_preference_add.html", "form", context, status=status)


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def contact_preference_remove(request: HttpRequest, public_id: str, handle: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    preference = row_of(customer.contact_preferences.all(), handle)
    accept_channel(by=request.user, preference=preference)
    messages.success(request, f"已取消“{preference}”。")
    return redirect_to(request, customer_address(customer) + "?tab=archive")
