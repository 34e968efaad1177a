"""The rows of 我的客户. A page has some two hundred cells: each is written by one function, in the order of the columns."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple
from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString, mark_safe

from customers.masking import mask_mobile
from customers.models import Customer
from customers.policies import shown_name
from customers.templatetags.marks import strategy_mark, tier_tag
from organization.models import Staff
from ui.addresses import address
from ui.lists import Column, ListPage
from ui.markup import icon, text
from ui.templatetags.ui import days_cn, money

register = template.Library()

_NO_CONTACT = f' <span class="tag tag-bad">{icon("telephone-x")} 免打扰</span>'
_OVERDUE = f'<span class="tag tag-bad">{icon("alarm")} 逾期</span>'


class _Told(NamedTuple):
    """What every row is told: who reads, the business date, and the list it stands in, for the way on to the next one."""

    reader: Staff
    today: date
    list_query: str


@register.simple_tag
def customer_rows(page: ListPage, reader: Staff, today: date, list_query: str) -> SafeString:
    """`{% customer_rows list user today list_query %}`: a row per customer, with a cell for each column that is shown."""
    told = _Told(reader, today, quote(list_query, safe=""))
    cells = [(_opening(column), _CELLS[column.key]) for column in page.columns]
    rows = (
        f'<tr data-row="{customer.public_id}">'
        + "".join(f"{opening}{cell(customer, told)}</td>" for opening, cell in cells)
        + "</tr>"
        for customer in page
    )
    return mark_safe("\n".join(rows))  # noqa: S308 - words of ours, and values that ui.markup has escaped


def _opening(column: Column) -> str:
    if column.key == "name":
        return '<td class="is-title">'
    kind = ' class="is-number"' if column.is_number else ""
    return f'<td{kind} data-label="{text(column.label)}">'


def _name(customer: Customer, told: _Told) -> str:
    page = address("customers:customer_page", customer.public_id)
    return (
        f'<span><a href="{text(page)}?list={told.list_query}" data-key="Enter">{text(shown_name(told.reader, customer.name))}</a>'
        f' <small class="muted">{customer.honorific}</small>{_NO_CONTACT if customer.has_no_contact else ""}</span>'
    )


def _last(customer: Customer, told: _Told) -> str:
    day = customer.last_contact_on
    return f"<span>{_day(day, told)}</span>" if day else '<span class="muted">尚无</span>'


def _next(customer: Customer, told: _Told) -> str:
    day = customer.next_contact_on
    if not day:
        return '<span class="muted">—</span>'
    if day < told.today:
        return f'<span>{_OVERDUE} <small class="muted">{day.isoformat()}</small></span>'
    return f"<span>{_day(day, told)}</span>"


def _day(day: date, told: _Told) -> str:
    return f'{days_cn(day, told.today)} <small class="muted">{day.isoformat()}</small>'


_CELLS: dict[str, Callable[[Customer, _Told], str]] = {
    "name": _name,
    "tier": lambda customer, told: tier_tag(customer.tier),
    "strategy": lambda customer, told: strategy_mark(customer.strategy),
    "average": lambda customer, told: money(customer.monthly_avg_daily_aum),
    "aum": lambda customer, told: money(customer.aum),
    "last": _last,
    "next": _next,
    "mobile": lambda customer, told: f'<span class="nowrap">{text(mask_mobile(customer.mobile) or "—")}</span>',
    "manager": lambda customer, told: text(customer.manager.name if customer.manager else "未分配"),
    "unit": lambda customer, told: text(customer.unit.name),
}
