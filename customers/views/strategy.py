"""调整维护策略: the three strategies side by side with the contact beat each of them means, and why."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from customers.enums import Strategy
from customers.forms import StrategyForm
from customers.policies import objection_to_strategy_change
from customers.queries.page import beats_of
from customers.services.strategy import change_strategy
from customers.views.archive import METHODS, customer_address
from customers.views.page import fetch
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.CHANGE_STRATEGY)
@once
def strategy_change(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = fetch(request, public_id)
    if objection := objection_to_strategy_change(request.user, customer):
        raise PermissionDenied(objection)
    form = StrategyForm(request.POST if request.method == "POST" else None, user=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            change = change_strategy(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(
                request, f"维护策略已由{change.get_before_display()}调整为{change.get_after_display()}，即时生效。"
            )
            return redirect_to(request, customer_address(customer))
    today = clock.today()
    beats = {strategy.value: beats_of(customer.tier, strategy, today) for strategy in Strategy}
    options = [(option, beats[str(option.data["value"])]) for option in form["strategy"]]
    context = {"customer": customer, "form": form, "options": options}
    status = 422 if form.errors else 200
    return render_part(request, "customers/strategy_change.html", "form", context, status=status)
