"""授权同意: given and taken back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from customers.enums import SEPARATE_PURPOSES, ConsentPurpose
from customers.forms import ConsentRecordForm
from customers.forms.consents import GIVEN, WITHDRAWN
from customers.policies import objection_to_recording_consent
from customers.queries.consents import standing_consents
from customers.services.consents import record_consent
from customers.views.archive import METHODS
from customers.views.page import fetch
from customers.views.risk import compliance_address
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def consent_record(request: HttpRequest, public_id: str, purpose: str) -> HttpResponse:
    """One purpose; the form starts with the opposite of what stands, by the channels for which it stands."""
    customer = fetch(request, public_id)
    if purpose not in ConsentPurpose.values:
        raise Http404("没有这一项授权。")
    if objection := objection_to_recording_consent(request.user, customer):
        raise PermissionDenied(objection)
    asked = ConsentPurpose(purpose)
    initial = {} if request.method == "POST" else _initial(customer, asked)
    form = ConsentRecordForm(
        request.POST if request.method == "POST" else None, user=request.user, purpose=asked, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            consents = record_consent(by=request.user, customer=customer, purpose=purpose, **form.said())
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已登记：{consents[0]}。")
            return redirect_to(request, compliance_address(customer))
    context = {"customer": customer, "form": form, "purpose": asked, "is_separate": asked in SEPARATE_PURPOSES}
    return render_part(request, "customers/consent_record.html", "form", context, status=422 if form.errors else 200)


def _initial(customer, purpose: ConsentPurpose) -> dict:
    given = [
        channel for (of, channel), consent in standing_consents(customer).items() if of == purpose and consent.is_given
    ]
    return {"answer": WITHDRAWN if given else GIVEN, "channels": given}
