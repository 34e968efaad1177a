"""Papers of a customer: taken in, shown, replaced by a newer version, removed with a reason."""

import hashlib
from datetime import date
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from customers.documents import storage
from customers.documents.content import UnacceptableFile, recognise
from customers.enums import DocumentKind
from customers.models import Customer, Document
from customers.models.customer import new_public_id
from customers.parameters import DOCUMENT_MEGABYTES, REVEAL_DAILY_QUOTA
from customers.policies import objection_to_editing, objection_to_revealing
from customers.services.access import locked_customer
from customers.services.identifiers import QuotaExceeded, audit_label, readings_today
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter

_MEGABYTE = 1024 * 1024
_REASON_MIN, _TEXT_LIMIT = 2, 200


@transaction.atomic
def add_document(
    *,
    by: Staff | None,
    customer: Customer,
    kind: str,
    file: BinaryIO,
    valid_until: date | None = None,
    note: str = "",
) -> Document:
    """Take in a file as the next version of its kind. What it is, is told by its bytes; at most
    `document_megabytes` are read.

    Raises RuleViolation for a file that is too large, not PDF, JPG or PNG, damaged or able to act, for a day past, and
    for the very file that is on file already.
    """
    if kind not in DocumentKind.values:
        raise RuleViolation("请选择文件类型。")
    if valid_until and valid_until < clock.today():
        raise RuleViolation("有效期至已经过去，请核对文件是否还有效。")
    note = note.strip()
    if len(note) > _TEXT_LIMIT:
        raise RuleViolation(f"说明最多{_TEXT_LIMIT}个字。")
    data = _read(file)
    row = _editable(customer, by)
    try:
        file_format = recognise(data)
    except UnacceptableFile as error:
        raise RuleViolation(str(error)) from None
    digest = hashlib.sha256(data).hexdigest()
    if same := row.documents.kept().filter(kind=kind, sha256=digest).first():
        raise RuleViolation(f"文件与已有的{same}完全相同，无需再传。")
    version = (row.documents.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0) + 1
    public_id = new_public_id()
    storage.put(public_id, data)
    document = Document.objects.create(
        public_id=public_id, customer=row, unit_id=row.unit_id, kind=kind, version=version, format=file_format,
        size=len(data), sha256=digest, valid_until=valid_until, note=note, uploaded_by=by, uploaded_at=clock.now(),
    )  # fmt: skip
    transaction.on_commit(lambda: storage.keep(public_id))
    audit.record(AuditAction.CREATE, row, by=by, after=_for_audit(document), label=audit_label(row))
    return document


@transaction.atomic
def open_document(*, by: Staff, document: Document) -> None:
    """Somebody is about to read it: on record, and counted like the reading of an identifier."""
    row = locked_customer(document.customer, by)
    if objection := objection_to_revealing(by, row):
        raise RuleViolation(objection)
    if document.removed_at:
        raise RuleViolation("这份文件已经删除，不能再查看。")
    Staff.objects.select_for_update().get(pk=by.pk)
    quota = parameter(REVEAL_DAILY_QUOTA)
    if readings_today(by) >= quota:
        raise QuotaExceeded(f"今日查看完整信息已达{quota}次上限，如确有需要请联系主管。")
    audit.record(
        AuditAction.REVEAL, row, by=by, after={"field": "document"}, reason=str(document), label=audit_label(row)
    )


@transaction.atomic
def remove_document(*, by: Staff, document: Document, reason: str) -> Document:
    """Taken off the file, with the reason; row and bytes stay for whoever must answer for it later."""
    reason = reason.strip()
    if not _REASON_MIN <= len(reason) <= _TEXT_LIMIT:
        raise RuleViolation(f"请填写删除理由，{_REASON_MIN}到{_TEXT_LIMIT}个字。")
    row = _editable(document.customer, by)
    found = row.documents.kept().filter(pk=document.pk).first()
    if found is None:
        raise RuleViolation("这份文件已经删除。")
    found.removed_at, found.removed_by, found.remove_reason = clock.now(), by, reason
    found.save(update_fields=["removed_at", "removed_by", "remove_reason"])
    audit.record(AuditAction.DELETE, row, by=by, before=_for_audit(found), reason=reason, label=audit_label(row))
    return found


def tidy_incoming() -> int:
    """Put files in their place whose process died right after the commit, drop those whose row never came to be."""
    names = storage.waiting_since_yesterday()
    known = set(
        Document.objects.unscoped("house-keeping").filter(public_id__in=names).values_list("public_id", flat=True)
    )
    for name in names:
        (storage.keep if name in known else storage.discard)(name)
    return len(names)


def _read(file: BinaryIO) -> bytes:
    """No more than is allowed, and one byte to tell that there is more."""
    megabytes = parameter(DOCUMENT_MEGABYTES)
    data = file.read(megabytes * _MEGABYTE + 1)
    if len(data) > megabytes * _MEGABYTE:
        raise RuleViolation(f"文件超过{megabytes}MB，请降低扫描精度或分成几个文件。")
    return data


def _editable(customer: Customer, by: Staff | None) -> Customer:
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_editing(by, row)):
        raise RuleViolation(objection)
    return row


def _for_audit(document: Document) -> dict[str, str]:
    return {"document": str(document), "sha256": document.sha256}
