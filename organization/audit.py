"""Writing the audit trail, inside the transaction of the service whose doing it records."""

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.db import models

from organization import clock
from organization.enums import AuditAction
from organization.models import AuditEvent, Staff
from organization.request_context import current_request


def record(
    action: AuditAction,
    obj: models.Model | None = None,
    *,
    by: Staff | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    label: str = "",
    object_type: str = "",
    object_id: str = "",
) -> AuditEvent:
    """Write one event. Personal fields in before/after must come masked; `by` is None for the system itself."""
    event = _event(action, obj, by, before, after, reason, label, object_type, object_id)
    event.save(force_insert=True)
    return event


def record_many(events: list[dict[str, Any]], *, action: AuditAction, by: Staff | None, reason: str = "") -> None:
    """Write many events of one action in one statement; each dict has obj, before, after, label as in `record`."""
    AuditEvent.objects.bulk_create(
        [
            _event(
                action, e.get("obj"), by, e.get("before"), e.get("after"), reason,
                e.get("label", ""), e.get("object_type", ""), e.get("object_id", ""),
            )
            for e in events
        ],
        batch_size=500,
    )  # fmt: skip


def _event(action, obj, by, before, after, reason, label, object_type, object_id) -> AuditEvent:
    context = current_request.get()
    event = AuditEvent(
        at=clock.now(),
        actor_id=by.pk if by else None,
        actor=f"{by.name}（{by.employee_no}）" if by else "系统",
        role=by.role if by else "",
        unit_code=by.unit.code if by else "",
        action=action,
        object_type=object_type or (obj._meta.label_lower if obj is not None else ""),
        object_id=object_id or str(getattr(obj, "public_id", None) or getattr(obj, "pk", "") or ""),
        object_label=(label or (str(obj) if obj is not None else ""))[:120],
        before=_plain(before),
        after=_plain(after),
        reason=reason[:200],
        ip=context.ip if context else "",
        request_id=context.request_id if context else "",
    )
    event.row_hash = row_hash(event)
    return event


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Only JSON types, so that the hash of what was written equals the hash of what is read back."""
    return None if values is None else json.loads(json.dumps(values, ensure_ascii=False, default=str))


def row_hash(event: AuditEvent) -> str:
    """Keyed digest over everything an event says."""
    said = [
        round(event.at.timestamp() * 1_000_000),
        event.actor_id, event.actor, event.role, event.unit_code, event.action, event.object_type, event.object_id,
        event.object_label, event.before, event.after, event.reason, event.ip, event.request_id,
    ]  # fmt: skip
    return keyed_digest(json.dumps(said, ensure_ascii=False, sort_keys=True))


def keyed_digest(text: str) -> str:
    return hmac.new(bytes.fromhex(settings.AUDIT_KEY), text.encode(), hashlib.sha256).hexdigest()
