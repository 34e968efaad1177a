"""查看完整信息: an identifier in the clear for some seconds, for a stated reason (DESIGN 3)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from customers.forms import RevealForm
from customers.parameters import REVEAL_DAILY_QUOTA, REVEAL_SECONDS
from customers.policies import objection_to_revealing
from customers.services.identifiers import readings_today, reveal
from customers.views.archive import METHODS
from customers.views.page import fetch
from customers.wording import MASKS, PHONES, label_of, masked
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.parameters import parameter
from organization.permissions import require
from ui.responses import close_drawer, render_part

TEMPLATE = "customers/reveal_field.html"
# Where on the page the value stands: the head, or the archive's own tab.
_PLACES = ("head", "file")


@require_http_methods(METHODS)
@require(Permission.REVEAL_FIELDS)
def reveal_field(request: HttpRequest, public_id: str, field: str) -> HttpResponse:
    """GET asks for the reason; POST shows the value. Not `@once`: nothing changes, and each reading is counted."""
    customer = fetch(request, public_id)
    if field not in MASKS:
        raise Http404("没有这一项信息。")
    if objection := objection_to_revealing(request.user, customer):
        raise PermissionDenied(objection)
    form = RevealForm(request.POST if request.method == "POST" else None, user=request.user)
    place = request.GET.get("place", "")
    context = {
        "place": place if place in _PLACES else _PLACES[0],
        "customer": customer, "field": field, "label": label_of(field), "form": form,
        "masked": masked(customer, field), "is_phone": field in PHONES, "seconds": parameter(REVEAL_SECONDS),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            context["plain"] = reveal(by=request.user, customer=customer, field=field, reason=form.stated)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            return _shown(request, context)
    context["left"] = max(0, parameter(REVEAL_DAILY_QUOTA) - readings_today(request.user))
    response = render_part(request, TEMPLATE, "form", context, status=422 if form.errors else 200)
    if form.errors and request.htmx:
        # The form's answer goes to the value on the page; a refusal belongs into the dialog.
        response = reswap(retarget(response, "#dialog-body"), "innerHTML")
    return response


def _shown(request: HttpRequest, context: dict) -> HttpResponse:
    if not request.htmx:
        return render(request, TEMPLATE, context)
    return close_drawer(render(request, f"{TEMPLATE}#value", context))
