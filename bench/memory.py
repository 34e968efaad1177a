"""Whether the web processes stay the size they are."""

import http.client

from bench.pages import Page, Site, request_once, signed_in
from bench.report import Line
from bench.worker import resident_mb

_MOST_MB = 200
_FLAT_MB = 10


def measure(site: Site, pages: list[Page], requests: int) -> Line:
    """The size of each web process after a warm-up, and after `requests` more over all the pages that are read."""
    reading = [page for page in pages if page.post is None]
    _visit(site, reading, max(len(reading), requests // 5))
    before = _sizes(site)
    _visit(site, reading, requests)
    after = _sizes(site)
    grown = max(after) - max(before)
    return Line(
        "memory", f"web process, {requests} requests", f"{max(after):.0f} MB", limit=f"≤ {_MOST_MB} MB, flat",
        fact=f"{max(before):.0f} MB before, grown by {grown:.1f} MB",
        is_ok=max(after) <= _MOST_MB and grown <= _FLAT_MB, raw={"before": before, "after": after},
    )  # fmt: skip


def _visit(site: Site, pages: list[Page], requests: int) -> None:
    """A connection of its own each time, so that both processes get their share."""
    cookies = {page.staff.pk: signed_in(page.staff) for page in pages}
    for turn in range(requests):
        page = pages[turn % len(pages)]
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        request_once(
            connection, page.paths[turn % len(page.paths)], cookies[page.staff.pk], None, page.label, page.is_part
        )
        connection.close()


def _sizes(site: Site) -> list[float]:
    return [resident_mb(pid) for pid in site.worker_pids()]
