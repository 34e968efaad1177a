"""Words of the working day that several pages share."""

from collections.abc import Container, Iterable
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
from maintenance.queries.diary import MonthStrip, StripDay
from maintenance.queries.diary_plan import PlanCandidate
from ui.addresses import address
from ui.markup import text

register = template.Library()

_CHANNELS, _STRATEGIES, _SOURCES = dict(Channel.choices), dict(Strategy.choices), dict(TaskSource.choices)


@register.filter
def deadline(moment: datetime) -> str:
    """A deadline as people say it: midnight is 24:00 of the day before, 11月23日24:00."""
    moment = timezone.localtime(moment)
    if moment.time() == time.min:
        eve = moment.date() - timedelta(days=1)
        return f"{eve.month}月{eve.day}日24:00"
    return f"{moment.month}月{moment.day}日{moment:%H:%M}"


@register.simple_tag
def picks(tasks: Iterable[PlanCandidate], today: date, chosen: Container[str]) -> SafeString:
    """Tasks that may be planned for a day, each with its box: up to three hundred lines, so they are written in one go."""
    lines = (_pick(task, today, is_chosen=task.public_id in chosen) for task in tasks)
    return mark_safe("".join(lines))  # noqa: S308 - words of ours, and values that ui.markup has escaped


def _pick(task: PlanCandidate, today: date, *, is_chosen: bool) -> str:
    channel = f"{_CHANNELS[task.channel]} · " if task.channel else ""
    mark = ""
    if task.due_on < today:
        mark = f' <span class="tag tag-bad">{overdue(task.due_on, today)}</span>'
    elif task.kind == TaskKind.APPOINTMENT:
        hour = f" {task.starts_at:%H:%M}" if task.starts_at else ""
        mark = f' <span class="tag tag-note">{short_day(task.planned_on, today)}{hour}</span>'
    return (
        f'<li><label class="pick"><input class="form-check-input" type="checkbox" name="task" value="{task.public_id}"'
        f'{" checked" if is_chosen else ""}> <span class="pick-main"><strong>{text(task.name)}</strong>'
        f' {tier_tag(task.tier)} <span class="tag">{_STRATEGIES[task.strategy]}</span> <span>{text(task.why)}</span>'
        f' <span class="pick-side">{channel}{_SOURCES[task.source]}{mark}</span></span></label></li>'
    )


@register.simple_tag
def month_weeks(strip: MonthStrip) -> SafeString:
    """The rows of the calendar beside the diary: a working day leads to its diary, a day off says why it is one."""
    weeks = ("".join(f"<td>{_month_day(day) if day else ''}</td>" for day in week) for week in strip.weeks)
    return mark_safe("".join(f"<tr>{week}</tr>" for week in weeks))  # noqa: S308 - days, and values that are escaped


def _month_day(day: StripDay) -> str:
    number, note = day.day.day, text(day.note)
    if not day.is_workday:
        mark = "<small>休</small>" if "假期" in day.note else ""
        return (
            f'<span class="month-day{day.css}" title="{note}">{number}{mark}'
            f'<span class="visually-hidden"> {note}</span></span>'
        )
    mark = '<small aria-hidden="true">班</small>' if "调休" in day.note else ""
    current = ' aria-current="date"' if day.is_shown else ""
    return (
        f'<a class="month-day{day.css}" href="{address("maintenance:diary_day", day.day)}"{current} title="{note}">{number}'
        f'<span class="visually-hidden"> {note}{day.words}</span>{mark}</a>'
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
