"""并入家庭 and 退出家庭."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms import HouseholdForm
from customers.services.household import join_household, leave_household
from customers.views.archive import METHODS
from customers.views.people import family_address, fetch_editable
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def household_join(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    form = HouseholdForm(request.POST if request.method == "POST" else None, user=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            join_household(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已与{form.cleaned_data['other'].name}并为一户。")
            return redirect_to(request, family_address(customer))
    context = {"customer": customer, "form": form}
    status = 422 if form.errors else 200
    return render_part(request, "customers/household_join.html", "form", context, status=status)


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def household_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    try:
        leave_household(by=request.user, customer=customer)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{customer.name}已退出家庭。")
    return redirect_to(request, family_address(customer))
