"""How a value is written on a page: amounts, days, icons, links that keep the filters, the menu."""

import re
import uuid
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from django import template
from django.conf import settings
from django.template import Context, Node, NodeList, defaulttags
from django.template.base import FilterExpression, Parser, TextNode, Token
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from almanac.words import short_day
from ui import fields, list_parts, lists
from ui.addresses import address
from ui.markup import icon

register = template.Library()
register.filter(fields.chip_input)

NOTHING = "—"
_WEEKDAYS = "一二三四五六日"
_NEAR_DAYS = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
_CENT = Decimal("0.01")
_TEN_THOUSAND = Decimal(10_000)


@register.simple_tag
def system_name() -> str:
    """The installation's name. A tag, because the framework's sign-in view puts the host into `site_name`, and an error
    page has no context at all."""
    return settings.SITE_NAME


@register.simple_tag
def form_key() -> SafeString:
    """Hidden field of a new random key: the same form sent twice is carried out once."""
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid.uuid4())


@register.filter
def money(amount, form: str = "short") -> SafeString | str:
    """An amount of yuan: `12.35万` with the full figure for the pointer and the screen reader; `"full"` writes it out."""
    value = _decimal(amount)
    if value is None:
        return NOTHING
    full = f"{value.quantize(_CENT, ROUND_HALF_UP):,}"
    short = full if form == "full" else _short(value)
    if short == full:
        return mark_safe(f'<span class="money">{full}</span>')  # noqa: S308 - figures of ours, here and below
    return mark_safe(  # noqa: S308
        f'<span class="money" title="{full}元"><span aria-hidden="true">{short}</span>'
        f'<span class="visually-hidden">{full}元</span></span>'
    )


@register.filter
def money_text(amount) -> str:
    """The short form as plain text, for sentences, attributes and charts."""
    value = _decimal(amount)
    return NOTHING if value is None else _short(value)


def _short(value: Decimal) -> str:
    value = value.quantize(_CENT, ROUND_HALF_UP)
    if abs(value) < _TEN_THOUSAND:
        return f"{value:,}"
    # Compared after rounding: 99,999,999 yuan is 1.00亿 and not 10,000.00万.
    in_ten_thousands = (value / _TEN_THOUSAND).quantize(_CENT, ROUND_HALF_UP)
    if abs(in_ten_thousands) < _TEN_THOUSAND:
        return f"{in_ten_thousands:,}万"
    return f"{(value / _TEN_THOUSAND**2).quantize(_CENT, ROUND_HALF_UP):,}亿"


@register.filter
def percent(rate, places: int = 1) -> str:
    """A rate as a percentage: 0.035 → `3.5%`."""
    value = _decimal(rate)
    if value is None:
        return NOTHING
    return f"{(value * 100).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP):,}%"


def _decimal(value) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def date_cn(day: date | datetime | None, today: date | None = None) -> str:
    """`2026年11月23日 周一`; told the business date (`day|date_cn:today`) it leaves the current year out."""
    if not day:
        return NOTHING
    day = _day(day)
    year = "" if today and day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"


@register.filter(name="short_day")
def short_day_of(day: date | None, today: date) -> str:
    """`11月23日`, with the year only where it is another one: a day inside a sentence."""
    return short_day(_day(day), today) if day else NOTHING


@register.filter
def month_day(day: date | None) -> SafeString | str:
    """`11-23`: a day near enough to need no year on paper; the whole date goes with it (`noting_years` reads it)."""
    if not day:
        return ""
    return mark_safe(f'<time datetime="{day.isoformat()}">{day.month:02}-{day.day:02}</time>')  # noqa: S308 - digits


@register.filter
def days_cn(day: date | datetime | None, today: date | None) -> str:
    """How far a day is from the business date: 今天, 明天, 后天, 昨天, 前天, 5天后, 12天前."""
    if not day or not today:
        return NOTHING
    days = (_day(day) - today).days
    if days in _NEAR_DAYS:
        return _NEAR_DAYS[days]
    return f"{days}天后" if days > 0 else f"{-days}天前"


@register.filter
def stamp(moment: datetime) -> SafeString:
    """A moment to the minute, `2026-11-23 09:30`, in the time of the business."""
    moment = timezone.localtime(moment)
    written = moment.isoformat(" ", "minutes")[:16]
    return mark_safe(f'<time datetime="{moment.isoformat()}">{written}</time>')  # noqa: S308 - digits


@register.filter
def ago(moment: datetime | None, today: date | None = None) -> SafeString | str:
    """When something happened, the nearer the finer: `今天 09:30`, `昨天 16:05`, `3天前`, `11月2日`, `2025年3月4日`."""
    if not moment:
        return NOTHING
    moment = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    day = moment.date()
    days = (today - day).days if today else None
    if days is not None and -1 <= days <= 2:
        text = f"{_NEAR_DAYS[-days]} {moment:%H:%M}"
    elif days is not None and 3 <= days <= 7:
        text = f"{days}天前"
    elif today and day.year == today.year:
        text = f"{day.month}月{day.day}日"
    else:
        text = f"{day.year}年{day.month}月{day.day}日"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="minutes"),
        f"{moment:%Y-%m-%d %H:%M}",
        text,
    )


def _day(day: date | datetime) -> date:
    if isinstance(day, datetime):
        return (timezone.localtime(day) if timezone.is_aware(day) else day).date()
    return day


@register.tag("icon")
def icon_tag(parser: Parser, token: Token) -> Node:
    """`{% icon "bell" %}`, `{% icon entry.icon entry.label %}`: one that is named outright is text before any page is rendered."""
    given = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    if any(word.is_var or word.filters for word in given):
        return _IconNode(given)
    return TextNode(icon(*(word.var for word in given)))


class _IconNode(Node):
    def __init__(self, given: list[FilterExpression]):
        self.given = given

    def render(self, context: Context) -> str:
        return icon(*(word.resolve(context) for word in self.given))


@register.tag
def fixed(parser: Parser, token: Token) -> Node:
    """`{% fixed %}…{% endfixed %}`: what depends on nothing but the installation is rendered once per process; with the
    name of a variable, `{% fixed menu_entries %}`, on that one too: once for each of its few, hashable values."""
    _, *names = token.split_contents()
    content = parser.parse(["endfixed"])
    parser.delete_first_token()
    return _FixedNode(names, content)


class _FixedNode(Node):
    child_nodelists = ("content",)
    MOST_KEPT = 500

    def __init__(self, names: list[str], content: NodeList):
        self.names = names
        self.content = content
        self.texts: dict[tuple, str] = {}

    def render(self, context: Context) -> str:
        values = tuple(context.get(name) for name in self.names)
        text = self.texts.get(values)
        if text is None:
            # Nothing else of the page goes in: a word of the first person who came would be everybody's.
            text = self.content.render(context.new(dict(zip(self.names, values, strict=True))))
            if len(self.texts) >= self.MOST_KEPT:
                self.texts.clear()
            self.texts[values] = text
        return text


@register.tag
def noting_years(parser: Parser, token: Token) -> Node:
    """`{% noting_years notes %}…{% endnoting_years %}`: at the foot of the `page` inside, the note (year → text) of every
    year that a date in it belongs to. The others stay hidden until a part of the page brings such a date (years.js)."""
    _, notes = token.split_contents()
    content = parser.parse(["endnoting_years"])
    parser.delete_first_token()
    return _NotingNode(parser.compile_filter(notes), content)


class _NotingNode(Node):
    child_nodelists = ("content",)

    def __init__(self, notes: FilterExpression, content: NodeList):
        self.notes = notes
        self.content = content

    def render(self, context: Context) -> str:
        html = self.content.render(context)
        notes = self.notes.resolve(context)
        lines = (
            format_html(_NOTE if _names_year(html, year) else _HIDDEN_NOTE, year, icon("info-circle"), note)
            for year, note in (notes or {}).items()
        )
        return f"{html}{''.join(lines)}"


_NOTE = '<p class="almanac-note" data-year="{}">{} {}</p>'
_HIDDEN_NOTE = '<p class="almanac-note" data-year="{}" hidden>{} {}</p>'


def _names_year(html: str, year: int) -> bool:
    if f"{year}年" in html:
        return True
    return f"{year}-" in html and re.search(rf"\b{year}-\d\d-\d\d\b", html) is not None


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """The framework's own tag, as cheap as a row of a list needs it (`ui.addresses`)."""
    found = defaulttags.url(parser, token)
    return found if found.kwargs else _AddressNode(found.view_name, found.args, found.kwargs, found.asvar)


class _AddressNode(defaulttags.URLNode):
    def render(self, context: Context) -> str:
        try:
            found = address(self.view_name.resolve(context), *(key.resolve(context) for key in self.args))
        except NoReverseMatch:
            if not self.asvar:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found)


@register.simple_tag(takes_context=True)
def query_string(context, **changes) -> str:
    """The address's query with changes (None removes); a change of filters or order starts at the first page again."""
    return lists.query_with(context["request"].GET, **changes)


@register.filter
def may(staff, permission) -> bool:
    """`{% if user|may:P.VIEW_AMOUNTS %}`: whether the person's role carries a right."""
    return bool(getattr(staff, "is_authenticated", False) and staff.may(permission))


@register.simple_tag(takes_context=True)
def field_block(context) -> SafeString:
    """The `field` of the context, `wide` or with `hide_label` where the page says so; for `ui/field.html`."""
    said = {name: bool(context.get(name)) for name in ("wide", "hide_label")}
    return fields.field_block(context["field"], **said)


class MenuLink(NamedTuple):
    """An entry of the menu. `current` is its `aria-current`: page, or true on a page below it."""

    label: str
    icon: SafeString
    url: str
    current: str


@register.simple_tag(takes_context=True)
def main_menu(context) -> tuple[MenuLink, ...]:
    """The entries of `menu` whose page exists; the one that leads nearest to the page shown is current."""
    path = context["request"].path if "request" in context else ""
    entries = []
    for entry in context.get("menu") or ():
        url, *others = (_address_of(name) for name in (entry.url_name, *getattr(entry, "also_at", ())))
        if url:
            entries.append((entry, (url, *filter(None, others))))
    within = [
        (len(at), n)
        for n, (_, places) in enumerate(entries)
        for at in places
        if at == path or (at != "/" and path.startswith(at))
    ]
    nearest = max(within)[1] if within else None
    return tuple(
        MenuLink(
            entry.label, icon(entry.icon), places[0], ("page" if path in places else "true") if n == nearest else ""
        )
        for n, (entry, places) in enumerate(entries)
    )


def _address_of(url_name: str) -> str:
    try:
        return address(url_name)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def sort_headers(context, page: lists.ListPage) -> SafeString:
    """`{% sort_headers list %}`: the heads of the list's columns (`ui.list_parts`)."""
    return list_parts.sort_headers(page, context["request"], context.get("list_id", "list"))


@register.simple_tag(takes_context=True)
def hidden_filters(context, *without: str) -> SafeString:
    """Hidden fields that carry the address's filters through a form, but for the named ones."""
    pairs = lists.filters_in(context["request"].GET, without=without)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
