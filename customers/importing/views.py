"""导入: files from the browser, as background jobs that are checked, confirmed, watched and undone."""

import csv
from io import StringIO
from itertools import islice

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.enums import ImportKind, ImportState
from customers.importing import files
from customers.importing.fields import FIELDS
from customers.importing.forms import MappingForm, UndoForm, UploadForm, kinds_for, sample
from customers.importing.mapping import guess_rules
from customers.importing.pipeline import WORKING
from customers.models import ImportBatch
from customers.parameters import IMPORT_BROWSER_MEGABYTES, IMPORT_BROWSER_ROWS
from customers.services import imports
from customers.tasks import ring
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import redirect_to, render_part

_METHODS = ("GET", "HEAD", "POST")
_SHOWN_ERRORS = 50
_SAMPLED_ROWS = 20
_SAMPLES = 3
_BLOCK = 1024 * 1024


@require_safe
@require(Permission.IMPORT_DATA)
def import_list(request: HttpRequest) -> HttpResponse:
    batches = ImportBatch.objects.visible_to(request.user).select_related("unit", "created_by")
    page = page_of(request, batches, sorts={"created": "pk"}, default_sort="-created")
    return render(request, "customers/importing/import_list.html", {"list": page, "today": clock.today()})


@require_http_methods(_METHODS)
@require(Permission.IMPORT_DATA)
@once
def import_create(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _upload(request, form)
        except RuleViolation as error:
            form.add_error("file", str(error))
        else:
            name = "import_mapping" if batch.state == ImportState.UPLOADED else "import_page"
            return redirect_to(request, reverse(f"customers:{name}", args=[batch.public_id]))
    context = {
        "form": form, "kinds": kinds_for(request.user), "rows": parameter(IMPORT_BROWSER_ROWS),
        "megabytes": parameter(IMPORT_BROWSER_MEGABYTES),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render_part(request, "customers/importing/import_create.html", "form", context, status=status)


@require_http_methods(_METHODS)
@require(Permission.IMPORT_DATA)
@once
def import_mapping(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file's columns beside our fields; until it is right, and again while nothing is written."""
    batch = _fetch(request, public_id)
    if batch.state not in (ImportState.UPLOADED, ImportState.CHECKED):
        return redirect_to(request, reverse("customers:import_page", args=[public_id]))
    try:
        table = imports.source_table(batch)
    except RuleViolation as error:
        messages.error(request, str(error))
        return redirect_to(request, reverse("customers:import_list"))
    samples = _samples(table)
    form = MappingForm(
        request.POST or None, user=request.user, kind=batch.kind, headers=table.headers, samples=samples,
        rules=batch.rules or guess_rules(batch.kind, table.headers),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            imports.start_check(
                by=request.user, batch=batch, rules=form.rules, save_as=form.cleaned_data["save_as"].strip()
            )
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            transaction.on_commit(ring)
            return redirect_to(request, reverse("customers:import_page", args=[public_id]))
    context = {"form": form, "batch": batch, "samples": samples}
    status = 422 if form.is_bound else 200
    return render_part(request, "customers/importing/import_mapping.html", "form", context, status=status)


@require_safe
@require(Permission.IMPORT_DATA)
def import_page(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = _fetch(request, public_id)
    if batch.state == ImportState.UPLOADED:
        return redirect("customers:import_mapping", public_id)
    earlier = imports.earlier_import(batch) if batch.state == ImportState.CHECKED else None
    context = {
        "batch": batch, "is_working": batch.state in WORKING, "earlier": earlier, "today": clock.today(),
        "errors": batch.rows.filter(verdict="error").order_by("number")[:_SHOWN_ERRORS],
        "has_bad_rows": batch.error_count and files.bad_rows_of(batch).exists(),
        "may_confirm": batch.state == ImportState.CHECKED and batch.total > batch.error_count,
        "is_failure": batch.state == ImportState.FAILED, "note": _progress_note(batch),
    }  # fmt: skip
    return render(request, "customers/importing/import_page.html", context)


@require_safe
@require(Permission.IMPORT_DATA)
def import_progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """The bar alone, asked for every two seconds; when the work has ended the page is read anew."""
    batch = _fetch(request, public_id)
    if batch.state not in WORKING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"batch": batch, "is_working": True, "note": _progress_note(batch)}
    return render(request, "customers/importing/import_page.html#progress", context)


@require_POST
@require(Permission.IMPORT_DATA)
@once
def import_confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = _fetch(request, public_id)
    try:
        imports.confirm(by=request.user, batch=batch)
        transaction.on_commit(ring)
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect_to(request, reverse("customers:import_page", args=[public_id]))


@require_POST
@require(Permission.IMPORT_DATA)
@once
def import_discard(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = _fetch(request, public_id)
    try:
        imports.discard(by=request.user, batch=batch)
        messages.success(request, f"已放弃《{batch.file_name}》，没有导入任何数据。")
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect_to(request, reverse("customers:import_list"))


@require_http_methods(_METHODS)
@require(Permission.IMPORT_DATA)
@once
def import_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = _fetch(request, public_id)
    form = UndoForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            imports.request_undo(by=request.user, batch=batch, reason=form.cleaned_data["reason"])
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            transaction.on_commit(ring)
            return redirect_to(request, reverse("customers:import_page", args=[public_id]))
    context = {"form": form, "batch": batch}
    status = 422 if form.is_bound else 200
    return render_part(request, "customers/importing/import_undo.html", "form", context, status=status)


@require_safe
@require(Permission.IMPORT_DATA)
def import_bad_rows(request: HttpRequest, public_id: str) -> FileResponse:
    """The refused rows as they came, with their reasons, for whoever may see the batch."""
    batch = _fetch(request, public_id)
    path = files.bad_rows_of(batch)
    if not path.exists():
        raise Http404("有误行文件已超过24小时被删除，请重新上传原文件。")
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{stem}-有误的行.csv", content_type="text/csv")


@require_safe
@require(Permission.IMPORT_DATA)
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the columns of one kind, for those who have no export of their own yet."""
    if kind not in dict(kinds_for(request.user)):
        raise Http404("没有这种数据类型。")
    text = StringIO()
    csv.writer(text).writerow(item.label for item in FIELDS[kind])
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-template.csv"'
    return response


def _fetch(request: HttpRequest, public_id: str) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(request.user).select_related("unit", "created_by")
    return get_object_or_404(batches, public_id=public_id)


def _upload(request: HttpRequest, form: UploadForm) -> ImportBatch:
    """Store the file; when its columns are clear, queue it at once."""
    data = form.cleaned_data
    megabytes, most = parameter(IMPORT_BROWSER_MEGABYTES), parameter(IMPORT_BROWSER_ROWS)
    batch = imports.open_batch(
        by=request.user, kind=data["kind"], unit=data["unit"], file_name=data["file"].name,
        chunks=data["file"].chunks(_BLOCK), limit=megabytes * _BLOCK,
    )  # fmt: skip
    try:
        table = imports.source_table(batch)
        if any(True for _ in islice(table.rows(), most, None)):
            raise RuleViolation(f"文件超过{most}行，请拆分后上传，或由系统管理员用命令导入。")
        mapping = data["mapping"]
        rules = mapping.rules if mapping else guess_rules(batch.kind, table.headers)
        is_clear = all(item.name in rules["fields"] for item in FIELDS[batch.kind] if item.is_required)
        if mapping or is_clear:
            batch = imports.start_check(by=request.user, batch=batch, rules=rules, mapping=mapping)
            transaction.on_commit(ring)
    except RuleViolation:
        # The form's transaction takes the batch back; the file has none.
        files.remove(batch)
        raise
    return batch


def _samples(table) -> dict[str, list[str]]:
    """A few different values of each column, for recognising it."""
    found: dict[str, list[str]] = {header: [] for header in table.headers}
    for _, row in islice(table.rows(), _SAMPLED_ROWS):
        for header, cell in zip(table.headers, row, strict=False):
            value = sample(cell)
            if value and value not in found[header] and len(found[header]) < _SAMPLES:
                found[header].append(value)
    return found


def _progress_note(batch: ImportBatch) -> str:
    if batch.state == ImportState.CHECKING:
        return "正在逐行校验，可以离开本页，完成后会通知您。"
    if batch.state == ImportState.UNDOING:
        return "正在把这一批改动过的数据恢复原状。"
    if batch.applied_at is not None:
        return "余额已写入，正在更新客户资产和月日均。"
    if batch.kind == ImportKind.BALANCES or batch.state == ImportState.APPLYING:
        return "正在一次性写入：要么全部写入，要么一行也不写入。"
    return ""
