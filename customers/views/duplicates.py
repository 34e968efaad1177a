"""重复档案: side by side, made one or set aside; taken apart again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from customers.forms import MergeForm, SetAsideForm, UndoMergeForm
from customers.models import Customer, Merge
from customers.parameters import MERGE_UNDO_DAYS
from customers.policies import objection_to_merging, objection_to_setting_aside
from customers.queries.duplicates import signs_of, what_moves
from customers.services.duplicates import merge_customers, set_aside, undo_merge
from customers.views.archive import METHODS, customer_address
from customers.views.page import fetch
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.responses import redirect_to, render_part


@require_http_methods(METHODS)
@require(Permission.VIEW_TEAM)
@once
def duplicate_merge(request: HttpRequest, public_id: str, other_id: str) -> HttpResponse:
    first, second = _fetch_pair(request, public_id, other_id)
    form = MergeForm(
        request.POST if request.method == "POST" else None, user=request.user, first=first, second=second
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            merge_customers(
                by=request.user,
                kept=form.kept,
                merged=form.merged,
                taken=form.taken,
                reason=form.cleaned_data["reason"],
            )
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            days = parameter(MERGE_UNDO_DAYS)
            messages.success(request, f"已合并，{form.merged.number}并入了这份档案；{days}天内可以在“数据质量”撤销。")
            return redirect_to(request, customer_address(form.kept))
    objections = [sentence for row in (first, second) if (sentence := objection_to_merging(request.user, row))]
    context = {
        "form": form, "first": first, "second": second, "signs": signs_of(first, second), "objections": objections,
        "moving": [(row, what_moves(row)) for row in (first, second)], "undo_days": parameter(MERGE_UNDO_DAYS),
    }  # fmt: skip
    return render_part(request, "customers/duplicate_merge.html", "form", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@require(Permission.VIEW_CUSTOMERS)
@once
def duplicate_set_aside(request: HttpRequest, public_id: str, other_id: str) -> HttpResponse:
    if objection := objection_to_setting_aside(request.user):
        raise PermissionDenied(objection)
    first, second = _fetch_pair(request, public_id, other_id)
    form = SetAsideForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            set_aside(by=request.user, first=first, second=second, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, "已记下不是同一人，这一对不再列出。")
            return redirect_to(request, duplicates_address())
    context = {"form": form, "first": first, "second": second, "signs": signs_of(first, second)}
    return render_part(
        request, "customers/duplicate_set_aside.html", "form", context, status=422 if form.errors else 200
    )  # fmt: skip


@require_http_methods(METHODS)
@require(Permission.VIEW_TEAM)
@once
def merge_undo(request: HttpRequest, merge_id: str) -> HttpResponse:
    rows = Merge.objects.visible_to(request.user).select_related("kept", "merged", "merged_by").defer("record")
    merge = get_object_or_404(rows, public_id=merge_id)
    form = UndoMergeForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            undone = undo_merge(by=request.user, merge=merge, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            since = f"；合并后又改过的{undone.stayed}条内容保持现状" if undone.stayed else ""
            messages.success(request, f"已撤销合并，两份档案已复原{since}。")
            return redirect_to(request, customer_address(merge.merged))
    context = {"form": form, "merge": merge}
    return render_part(request, "customers/merge_undo.html", "form", context, status=422 if form.errors else 200)


def duplicates_address() -> str:
    return reverse("customers:quality") + "?list=duplicates"


def _fetch_pair(request: HttpRequest, public_id: str, other_id: str) -> tuple[Customer, Customer]:
    first, second = sorted((fetch(request, public_id), fetch(request, other_id)), key=lambda row: row.pk)
    if first.pk == second.pk:
        raise Http404("请选择两份不同的档案。")
    return first, second
