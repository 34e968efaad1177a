"""Words of the working day that several pages share."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from functools import cache

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from almanac.words import short_day
from customers.enums import Channel, Strategy
from customers.templatetags.marks import tier_tag
from maintenance.enums import TaskKind, TaskSource
from maintenance.forms.diary import MatterForm
from maintenance.queries.diary_plan import PlanCandidate
from ui.markup import text

register = template.Library()


@register.filter
def deadline(moment: datetime) -> str:
    """A deadline as people say it: midnight is 24:00 of the day before, 11月23日24:00."""
    moment = timezone.localtime(moment)
    if moment.time() == time.min:
        eve = moment.date() - timedelta(days=1)
        return f"{eve.month}月{eve.day}日24:00"
    return f"{moment.month}月{moment.day}日{moment:%H:%M}"


@register.simple_tag
def pick(task: PlanCandidate, today: date, chosen: Container[str]) -> SafeString:
    """A task that may be planned for a day, with its box: a line of up to three hundred, so it is written in one go."""
    channel = f"{Channel(task.channel).label} · " if task.channel else ""
    mark = ""
    if task.due_on < today:
        mark = f' <span class="tag tag-bad">{overdue(task.due_on, today)}</span>'
    elif task.kind == TaskKind.APPOINTMENT:
        hour = f" {task.starts_at:%H:%M}" if task.starts_at else ""
        mark = f' <span class="tag tag-note">{short_day(task.planned_on, today)}{hour}</span>'
    return mark_safe(  # noqa: S308 - words of ours, and values that ui.markup has escaped
        f'<li><label class="pick"><input class="form-check-input" type="checkbox" name="task" value="{task.public_id}"'
        f'{" checked" if task.public_id in chosen else ""}> <span class="pick-main"><strong>{text(task.name)}</strong>'
        f' {tier_tag(task.tier)} <span class="tag">{Strategy(task.strategy).label}'
        f'</span> <span>{text(task.why)}</span> <span class="pick-side">{channel}{TaskSource(task.source).label}{mark}'
        "</span></span></label></li>"
    )


@register.simple_tag
@cache
def blank_matter(prefix: str) -> SafeString:
    """A row to write in that holds nothing of anybody, so it is drawn once for all."""
    form = MatterForm(prefix=prefix, user=AnonymousUser())
    return render_to_string("maintenance/diary_matter.html", {"row": form})


@register.filter
def duration(span: timedelta | None) -> str:
    """3小时12分, 48秒; — where there is none."""
    if span is None:
        return "—"
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds}秒"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}分{seconds:02d}秒"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}小时{minutes:02d}分" if hours < 72 else f"{hours // 24}天"


@register.filter
def overdue(due_on: date, today: date) -> str:
    """How long something is overdue: 逾期3天."""
    return f"逾期{(today - due_on).days}天"
