"""客户文件: handed in, looked at, removed. A file leaves the server only to who was just put on record for reading it."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.documents import storage
from customers.enums import DocumentFormat
from customers.forms import DocumentForm, RemoveDocumentForm
from customers.models import Customer, Document
from customers.policies import objection_to_editing, objection_to_revealing
from customers.services.documents import add_document, open_document, remove_document
from customers.views.archive import METHODS
from customers.views.page import fetch
from customers.views.people import fetch_editable
from customers.views.risk import compliance_address
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part

SAVE = "save"
_SALT = "customers.document"
_TICKET_SECONDS = 60
# A picture is shown in a sandbox. The browser's own PDF reader does not work in one; scripts were refused on the way in.
_POLICY = {
    DocumentFormat.PDF: "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'",
    DocumentFormat.JPEG: "default-src 'none'; sandbox; frame-ancestors 'none'",
    DocumentFormat.PNG: "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def document_add(request: HttpRequest, public_id: str) -> HttpResponse:
    customer = fetch_editable(request, public_id)
    form = DocumentForm(
        request.POST if request.method == "POST" else None, request.FILES or None, user=request.user,
        initial={"kind": request.GET.get("kind", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            document = add_document(by=request.user, customer=customer, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已存入{document}。")
            return redirect_to(request, compliance_address(customer))
    context = {"customer": customer, "form": form}
    return render_part(request, "customers/document_add.html", "form", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.REVEAL_FIELDS)
def document_open(request: HttpRequest, public_id: str, document_id: str) -> HttpResponse:
    """On record, then on to the file with a ticket of a minute. Not `@once`: each reading is counted."""
    customer, document = _fetch(request, public_id, document_id)
    if objection := objection_to_revealing(request.user, customer):
        raise PermissionDenied(objection)
    try:
        open_document(by=request.user, document=document)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect_to(request, compliance_address(customer))
    ticket = signing.dumps([request.user.pk, document.public_id, SAVE in request.POST], salt=_SALT)
    address = reverse("customers:document_content", args=[public_id, document_id])
    return redirect_to(request, f"{address}?ticket={ticket}")


@require_safe
@require(Permission.REVEAL_FIELDS)
def document_content(request: HttpRequest, public_id: str, document_id: str) -> HttpResponse:
    """The file, for the person and the minute the ticket names."""
    customer, document = _fetch(request, public_id, document_id)
    try:
        holder, of, is_saved = signing.loads(request.GET.get("ticket", ""), salt=_SALT, max_age=_TICKET_SECONDS)
    except signing.BadSignature:
        holder, of, is_saved = None, "", False
    if (holder, of) != (request.user.pk, document.public_id):
        messages.error(request, "打开文件的链接已失效，请在这里重新点“查看”。")
        return redirect_to(request, compliance_address(customer))
    try:
        data = storage.get(document.public_id)
    except FileNotFoundError:
        messages.error(request, f"{document}的文件不在了，请联系系统管理员。")
        return redirect_to(request, compliance_address(customer))
    return _file(customer, document, data, is_saved)


@require_http_methods(METHODS)
@require(Permission.EDIT_CUSTOMERS)
@once
def document_remove(request: HttpRequest, public_id: str, document_id: str) -> HttpResponse:
    customer, document = _fetch(request, public_id, document_id)
    if objection := objection_to_editing(request.user, customer):
        raise PermissionDenied(objection)
    form = RemoveDocumentForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            remove_document(by=request.user, document=document, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已删除{document}。")
            return redirect_to(request, compliance_address(customer))
    context = {"customer": customer, "form": form, "document": document}
    return render_part(request, "customers/document_remove.html", "form", context, status=422 if form.errors else 200)


def _fetch(request: HttpRequest, public_id: str, document_id: str) -> tuple[Customer, Document]:
    """Of this customer, in scope, and still on file."""
    customer = fetch(request, public_id)
    kept = Document.objects.visible_to(request.user).kept().select_related("customer")
    return customer, get_object_or_404(kept, customer=customer, public_id=document_id)


def _file(customer: Customer, document: Document, data: bytes, is_saved: bool) -> HttpResponse:
    """Under a name that tells no one's, as the type its bytes were recognised by."""
    name = f"{customer.number}-{document.kind}-{document.version}.{document.format}"
    response = HttpResponse(data, content_type=DocumentFormat(document.format).label)
    response["Content-Disposition"] = content_disposition_header(is_saved, name) or "inline"
    response["Content-Security-Policy"] = _POLICY[DocumentFormat(document.format)]
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
