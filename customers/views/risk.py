"""风险测评: recorded, set aside, and the list of whose test needs renewing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.forms import RiskAssessmentForm, StaleForm
from customers.models import Customer
from customers.parameters import LIST_COUNT_CAP, RISK_REMIND_DAYS
from customers.policies import objection_to_assessing, shown_name
from customers.queries.compliance import RISK_SORTS, UNTESTED_SORTS, expired, expiring, risk_now, stale, untested
from customers.services.suitability import mark_stale, record_assessment, unmark_stale
from customers.views.archive import METHODS, customer_address
from customers.views.page import fetch
from organization import clock
from organization.enums import Permission, Role
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import redirect_to, render_part

TABS = (("expiring", "快到期"), ("expired", "已过期"), ("stale", "已失效"), ("untested", "未测评"))
_ROWS = {"expiring": expiring, "expired": expired, "stale": stale, "untested": untested}


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def risk_watch(request: HttpRequest) -> HttpResponse:
    """Four lists by `?list=`; an unknown one is the first."""
    staff, today = request.user, clock.today()
    which = request.GET.get("list", "")
    if which not in _ROWS:
        which = "expiring"
    is_untested = which == "untested"
    page = page_of(
        request, _ROWS[which](staff, today), sorts=UNTESTED_SORTS if is_untested else RISK_SORTS,
        default_sort="-average" if is_untested else "expires", cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    for row in page:
        row.of = row if is_untested else row.customer
        row.shown_name = shown_name(staff, row.of.name)
        row.now = None if is_untested else risk_now(row, today)
    context = {
        "page": page, "which": which, "tabs": TABS, "is_own": staff.role == Role.RELATIONSHIP_MANAGER,
        "remind_days": parameter(RISK_REMIND_DAYS, today),
    }  # fmt: skip
    return render_part(request, "customers/risk_watch.html", "list", context)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def risk_assessment_add(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = _fetch_assessable(request, public_id)
    form = RiskAssessmentForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "is_own_answer"}
        try:
            assessment = record_assessment(by=request.user, customer=customer, **said)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(
                request, f"已登记风险测评{assessment.get_level_display()}，有效期至{assessment.expires_on}。"
            )
            return redirect_to(request, compliance_address(customer))
    context = {"customer": customer, "form": form}
    return render_part(
        request, "customers/risk_assessment_add.html", "form", context, status=422 if form.errors else 200
    )


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def risk_assessment_stale(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = _fetch_assessable(request, public_id)
    form = StaleForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            mark_stale(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, "风险测评已登记失效，重新测评前不再推介有风险的产品。")
            return redirect_to(request, compliance_address(customer))
    context = {"customer": customer, "form": form}
    return render_part(
        request, "customers/risk_assessment_stale.html", "form", context, status=422 if form.errors else 200
    )


@require_POST
@require(Permission.EDIT_CUSTOMERS)
@once
def risk_assessment_valid(request: HttpRequest, public_id: str) -> HttpResponse:
    """The undo of 登记失效."""
    customer = _fetch_assessable(request, public_id)
    try:
        unmark_stale(by=request.user, customer=customer)
        messages.success(request, "已撤销失效登记，风险测评恢复有效。")
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect_to(request, compliance_address(customer))


def compliance_address(customer: Customer) -> str:
    return customer_address(customer) + "?tab=compliance"


def _fetch_assessable(request: HttpRequest, public_id: str) -> Customer:
    customer = fetch(request, public_id)
    if objection := objection_to_assessing(request.user, customer):
        raise PermissionDenied(objection)
    return customer
