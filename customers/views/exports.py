"""名单导出: what was asked for, deciding about it, and the file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.filters import CustomerFilter
from customers.forms.bulk import ExportDecisionForm
from customers.models import Customer, Export
from customers.models.customer import CustomerQuerySet
from customers.parameters import EXPORT_DAYS, LIST_COUNT_CAP
from customers.policies import objection_to_deciding_export
from customers.services.exports import can_take, decide_export, take_export
from customers.views.archive import METHODS
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import redirect_to, render_part


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def export_list(request: HttpRequest) -> HttpResponse:
    """One's own, and those one may decide about."""
    staff = request.user
    rows = Export.objects.visible_to(staff).select_related("staff", "decided_by")
    rows = rows if staff.may(Permission.APPROVE_EXPORTS) else rows.filter(Q(staff=staff))
    page = page_of(request, rows, sorts={"at": "asked_at"}, default_sort="-at", cap=parameter(LIST_COUNT_CAP))
    for export in page:
        export.may_take = can_take(staff, export)
        export.may_decide = not objection_to_deciding_export(staff, export)
    context = {"page": page, "today": clock.today(), "days": parameter(EXPORT_DAYS)}
    return render_part(request, "customers/export_list.html", "list", context)


@require_http_methods(METHODS)
@require(Permission.APPROVE_EXPORTS)
@once
def export_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    export = _fetch(request, public_id)
    if objection := objection_to_deciding_export(request.user, export):
        raise PermissionDenied(objection)
    form = ExportDecisionForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            decide_export(by=request.user, export=export, agrees=data["agrees"] == "yes", answer=data["answer"])
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, "已审批，申请人会收到通知。")
            return redirect_to(request, reverse("customers:export_list"))
    context = {"export": export, "form": form}
    return render_part(request, "customers/export_decide.html", "form", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.EXPORT_CUSTOMERS)
def export_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST, because every download is written into the audit trail."""
    export = get_object_or_404(Export.objects.visible_to(request.user).filter(staff=request.user), public_id=public_id)
    try:
        lines = take_export(by=request.user, export=export, customers=_customers(request, export))
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("customers:export_list")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="customers-{clock.today():%Y%m%d}-{export.public_id[:8]}.csv"'
    )
    response["Cache-Control"] = "no-store"
    return response


def _customers(request: HttpRequest, export: Export) -> CustomerQuerySet:
    """What the export's filters show this person today."""
    visible = Customer.objects.visible_to(request.user)
    found = CustomerFilter(QueryDict(export.query), queryset=visible, request=request).qs
    found = found.filter(public_id__in=export.picked) if export.picked else found
    return found.order_by("-monthly_avg_daily_aum", "-pk")


def _fetch(request: HttpRequest, public_id: str) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user).select_related("staff"), public_id=public_id)
