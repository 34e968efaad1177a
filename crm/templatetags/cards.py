"""The call cards of 今日工作台: a queue has dozens, so each is written in one go, and what all have in common once."""

from datetime import date
from typing import NamedTuple
from uuid import uuid4

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from customers.enums import Channel
from customers.templatetags.marks import strategy_ring, tier_tag
from maintenance.queries.workbench import Card, Group, Touch
from maintenance.templatetags.workday import overdue
from ui.addresses import address
from ui.markup import icon, text
from ui.templatetags.ui import days_cn, month_day

register = template.Library()

_CHANNELS = dict(Channel.choices)
_ICON = {
    name: icon(name)
    for name in (
        "alarm",
        "calendar-event",
        "calendar3",
        "check2",
        "clock-history",
        "exclamation-triangle",
        "heart",
        "hourglass-split",
        "pencil-square",
        "people",
        "skip-forward",
        "sun",
        "telephone",
    )
}
_QUIET = "btn btn-sm btn-secondary btn-quiet"
# Keeps the steps of all cards below each other where one of them is missing.
_NO_STEP = '<span class="btn btn-sm btn-quiet is-absent" aria-hidden="true"></span>'


class _Page(NamedTuple):
    """What every card is told: the business date, two hidden fields of its forms, and where its steps are taken."""

    today: date
    csrf: str
    back: str
    record: str
    complete: str
    snooze: str
    skip: str


@register.simple_tag(takes_context=True)
def call_cards(context: Context, group: Group) -> SafeString:
    """`{% call_cards group %}`"""
    steps = (address(f"maintenance:{step}") for step in ("contact_new", "task_complete", "task_snooze", "task_skip"))
    csrf = f'<input type="hidden" name="csrfmiddlewaretoken" value="{text(context.get("csrf_token", ""))}">'
    back = f'<input type="hidden" name="next" value="{text(context["request"].get_full_path())}">'
    page = _Page(context["today"], csrf, back, *steps)
    return mark_safe("\n".join(_card(card, page) for card in group.cards))  # noqa: S308 - escaped below by ui.markup


def _card(card: Card, page: _Page) -> str:
    first = card.tasks[0].public_id
    late = " is-overdue" if card.due_on < page.today else ""
    why = "".join(f'<p class="card-why">{text(reason)}</p>' for reason in card.reasons)
    return (
        f'<li class="card-row{late}" data-row="{card.key}">{strategy_ring(card.customer.strategy)}'
        f'<div class="card-main"><p class="card-title">{_title(card)} {_marks(card, page.today)}</p>{why}'
        f'<p class="card-meta">{_known(card, page.today)}</p><span class="phone-number" id="phone-{first}"></span></div>'
        f'<div class="card-actions">{_phone(first, page)}{_record(card, page)}{_done(card, page)}{_later(card, page)}</div></li>'
    )


def _title(card: Card) -> str:
    customer = card.customer
    return (
        f'<a data-key="Enter" href="{address("customers:customer_page", customer.public_id)}">'
        f"<strong>{text(customer.name)}</strong>{card.honorific}</a> {tier_tag(customer.tier)}"
    )


def _marks(card: Card, today: date) -> str:
    """What presses: the hour agreed, and the latest day."""
    marks = ""
    if card.starts_at:
        marks = f'<span class="tag tag-note">{_ICON["alarm"]} {card.starts_at:%H:%M}</span> '
    elif card.has_appointment:
        marks = f'<span class="tag tag-note">{_ICON["calendar-event"]} 预约</span> '
    if card.due_on < today:
        marks += f'<span class="tag tag-bad">{_ICON["exclamation-triangle"]} {overdue(card.due_on, today)}</span>'
    elif card.due_on == today:
        marks += f'<span class="tag tag-warn">{_ICON["hourglass-split"]} 今天截止</span>'
    return marks


def _known(card: Card, today: date) -> str:
    """What helps with the call: the last one, when and how the customer likes to be reached, what colleagues did."""
    customer, last = card.customer, card.customer.last_contact_on
    said = f"上次联系 {month_day(last)}（{days_cn(last, today)}）" if last else "尚无联系记录"
    parts = [f"<span>{_ICON['clock-history']} {said}</span>"]
    if customer.preferred_time:
        parts.append(f"<span>{_ICON['sun']} 方便 {text(customer.preferred_time)}</span>")
    if customer.preferred_channel:
        parts.append(f"<span>{_ICON['heart']} 偏好{_CHANNELS[customer.preferred_channel]}</span>")
    parts += map(_touch, card.touches)
    return " ".join(parts)


def _touch(touch: Touch) -> str:
    said = f"{text(touch.staff)} {month_day(touch.day)} {_CHANNELS[touch.channel]}"
    return f'<span class="touch">{_ICON["people"]} {said}</span>'


def _phone(first: str, page: _Page) -> str:
    at = address("maintenance:task_phone", first)
    return (
        f'<form method="post" action="{at}" hx-post="{at}" hx-target="#phone-{first}" hx-swap="outerHTML">{page.csrf}'
        f'<button type="submit" class="btn btn-sm btn-outline-primary">{_ICON["telephone"]} 电话</button></form>'
    )


def _record(card: Card, page: _Page) -> str:
    return (
        f'<a class="btn btn-sm btn-primary" id="record-{card.key}" data-key="c" data-drawer '
        f'href="{page.record}?{text(card.contact_query)}&amp;from=queue">{_ICON["pencil-square"]} 记一笔</a>'
    )


def _done(card: Card, page: _Page) -> str:
    """Ticked off where every reason allows it; a conversation is done by recording it."""
    label = f"{_ICON['check2']} <span>完成</span>"
    if not card.is_only_tickable:
        return (
            f'<a class="{_QUIET}" title="完成" data-title="完成" data-key="d" data-drawer '
            f'href="{page.record}?{text(card.contact_query)}&amp;outcome=reached&amp;from=queue">{label}</a>'
        )
    tasks = "".join(f'<input type="hidden" name="tasks" value="{task.public_id}">' for task in card.tasks)
    key = f'<input type="hidden" name="form_key" value="{uuid4()}">'
    return (
        f'<form method="post" action="{page.complete}" hx-post="{page.complete}" hx-swap="none">'
        f"{page.csrf}{key}{tasks}{page.back}"
        f'<button type="submit" class="{_QUIET}" title="完成" data-key="d">{label}</button></form>'
    )


def _later(card: Card, page: _Page) -> str:
    tasks = text(card.tasks_query)
    skip = (
        f'<a class="{_QUIET}" title="跳过" data-title="跳过" data-dialog href="{page.skip}?{tasks}">'
        f"{_ICON['skip-forward']} <span>跳过</span></a>"
    )
    return (
        f'<a class="{_QUIET}" title="改期" data-title="改期" data-key="s" data-dialog href="{page.snooze}?{tasks}">'
        f"{_ICON['calendar3']} <span>改期</span></a>{_NO_STEP if card.has_appointment else skip}"
    )
