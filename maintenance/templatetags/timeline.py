"""The entries of a customer's timeline, each written in one go."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.safestring import SafeString, mark_safe

from maintenance.enums import ContactOutcome, Direction
from maintenance.models import ContactRecord
from maintenance.policies import can_edit_contact
from organization.models import Staff
from ui.addresses import address
from ui.markup import icon, text
from ui.templatetags.ui import date_cn, stamp

register = template.Library()

_FRUITLESS = (ContactOutcome.NO_ANSWER, ContactOutcome.REFUSED)
_CHECK, _AGREED = icon("check2"), icon("calendar-event")
_INBOUND = '<span class="tag">客户来访来电</span>'


@register.simple_tag
def timeline_entries(records: Iterable[ContactRecord], reader: Staff, today: date) -> SafeString:
    """`{% timeline_entries page user today %}`"""
    return mark_safe("\n".join(_entry(record, reader, today) for record in records))  # noqa: S308 - escaped below by ui.markup


def _entry(record: ContactRecord, reader: Staff, today: date) -> str:
    note = f'<p class="timeline-note">{_lines(record.note)}</p>' if record.note else ""
    followed = [f"{_CHECK} 办结：{text(task.why)}" for task in record.closed_tasks.all()]
    if record.next_on:
        followed.append(f"{_AGREED} 约定下次：{date_cn(record.next_on, today)}")
    after = "".join(f'<p class="auto-close">{said}</p>' for said in followed)
    return f'<li class="timeline-item"><p class="timeline-head">{_head(record, reader)}</p>{note}{after}</li>'


def _head(record: ContactRecord, reader: Staff) -> str:
    kind = "tag-warn" if record.outcome in _FRUITLESS else "tag-good"
    parts = [
        f"{stamp(record.happened_at)} <strong>{record.get_channel_display()}</strong>"
        f"{_INBOUND if record.direction == Direction.INBOUND else ''}",
        f'<span class="tag {kind}">{record.get_outcome_display()}</span>',
        f'<span class="muted">{text(record.staff.name)}</span>',
    ]
    if record.version > 1:
        parts.append(f'<small class="muted">（已修改{record.version - 1}次）</small>')
    if can_edit_contact(reader, record):
        at = address("maintenance:contact_edit", record.public_id)
        parts.append(f'<a class="btn btn-sm btn-link" data-drawer href="{at}">修改</a>')
    return " ".join(parts)


def _lines(note: str) -> str:
    return text(note).replace("\n", "<br>")
