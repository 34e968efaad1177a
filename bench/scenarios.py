"""What people do all day, with the limits of DESIGN 11: whose page, how many floors, how many queries."""

import re
from datetime import date
from urllib.parse import urlencode

from bench.database import vacuum
from bench.load import MEASURED_MOBILE, Bank
from bench.pages import Page, Site, get
from bench.segments import RULE
from customers.enums import Channel
from customers.models import Customer, Segment, SegmentMembership
from customers.services.segments import create_segment
from maintenance.enums import ContactOutcome
from organization.models import Staff

_LIST, _LIST_QUERIES = 3.0, 10
_PAGE, _PAGE_QUERIES = 4.0, 15
_FILTERED = {"tier": "GOLD", "sort": "-average"}
_AFTER = re.compile(r"[?&](?:amp;)?after=([\w-]+)")
_FAR = 50
# What htmx fetches for a page that is open.
_PARTS = ("/customers/search/", "/customers/filters/")


def pages(site: Site, bank: Bank, day: date) -> list[Page]:
    """Reading first, writing last, so that what is written changes no page that is measured."""
    return [
        *_lists(site, bank.rm, "RM of 400"),
        *_lists(site, bank.branch_head, "head of 100,000"),
        *_customer_pages(bank),
        Page("今日工作台", bank.rm, ("/workbench/",), _PAGE, _PAGE_QUERIES),
        Page("diary of a day", bank.rm, (f"/maintenance/diary/{day}/",), _PAGE, _PAGE_QUERIES),
        _record_contact(bank.rm),
    ]


def _lists(site: Site, staff: Staff, who: str) -> list[Page]:
    number, far = _far_page(site, staff)
    shown = [
        ("first page, filtered and sorted", "/customers/?" + urlencode(_FILTERED)),
        (f"page {number} by key", far),
        ("filtered by a segment", "/customers/?" + urlencode({"segment": _segment_of(staff).public_id})),
        ("the filters, when they are opened", "/customers/filters/?" + urlencode(_FILTERED)),
        ("search by pinyin", "/customers/search/?" + urlencode({"q": "wangw"})),
        ("search by phone tail", "/customers/search/?" + urlencode({"q": MEASURED_MOBILE[-4:]})),
    ]
    return [
        Page(f"list, {who}: {what}", staff, (path,), _LIST, _LIST_QUERIES, is_part=path.startswith(_PARTS))
        for what, path in shown
    ]


def _segment_of(staff: Staff) -> Segment:
    """Of a few conditions, some half of the customers."""
    own = Segment.objects.unscoped("bench").active().filter(owner=staff).first()
    own = own or create_segment(by=staff, name="六个条件", rule=RULE)
    vacuum([SegmentMembership._meta.db_table])  # as the database does by itself a minute after
    return own


def _far_page(site: Site, staff: Staff) -> tuple[int, str]:
    """Page 50, or the last one of a shorter list, reached as people reach it."""
    path = "/customers/"
    for number in range(1, _FAR):
        found = _AFTER.search(get(site, staff, path)[0])
        if not found:
            return number, path
        path = f"/customers/?after={found[1]}"
    return _FAR, path


def _customer_pages(bank: Bank) -> list[Page]:
    """The page with its timeline takes two requests, and both are counted as one."""
    return [
        Page(f"客户360 with timeline, {count} contacts", bank.rm, _with_timeline(customer), _PAGE, _PAGE_QUERIES)
        for count, customer in ((10, bank.short_history), (1000, bank.long_history))
    ]


def _with_timeline(customer: Customer) -> tuple[str, str]:
    key = customer.public_id
    return f"/customers/{key}/?tab=timeline", f"/maintenance/customers/{key}/timeline/"


def _record_contact(rm: Staff) -> Page:
    """A call that was answered, with the next customer every time: beats recomputed, tasks closed, audit written."""
    keys = list(
        Customer.objects.unscoped("bench").filter(manager=rm).order_by("pk").values_list("public_id", flat=True)
    )

    def call(turn: int) -> dict:
        return {
            "customer": keys[turn % len(keys)], "channel": Channel.PHONE.value, "outcome": ContactOutcome.REACHED.value,
            "note": "电话回访，客户近期无资金安排。", "next_choice": "",
        }  # fmt: skip

    return Page("record a contact (POST)", rm, ("/maintenance/contacts/new/",), _PAGE, post=call)


def counts_by_rows(site: Site, bank: Bank) -> dict[str, tuple[int, int]]:
    """Queries of a list with one row and with many: they must be the same."""
    alone = bank.long_history.number
    return {
        who: (
            get(site, staff, "/customers/?" + urlencode({"q": alone}))[1],
            get(site, staff, "/customers/")[1],
        )
        for who, staff in (("RM", bank.rm), ("head", bank.branch_head))
    }
