"""Pages over HTTP: gunicorn with two workers, one and four clients, page and floor in turn within one run."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.report import Line
from organization.models import Staff
from organization.sessions import SessionStore

FLOOR = "/bench/floor/"
_CSRF = "b" * 32
_BLOCK = 5
_WARM_UP = 5


@dataclass(frozen=True)
class Page:
    """One thing a person does: the requests it takes, what is sent (by turn), and how many floors and queries it may cost."""

    label: str
    staff: Staff
    paths: tuple[str, ...]
    limit: float
    most_queries: int | None = None
    post: Callable[[int], dict] | None = None
    is_part: bool = False


@dataclass(frozen=True)
class Timing:
    """Seconds of every turn of one client, page and floor, and the most queries of a turn."""

    pages: list[float]
    floors: list[float]
    queries: int


@dataclass(frozen=True)
class Site:
    """The site under gunicorn: where it answers and its master process."""

    port: int
    pid: int

    def worker_pids(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


@contextmanager
def served() -> Iterator[Site]:
    """The site, up before the block starts and gone after it."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--no-input", "-v", "0"], env=environment, check=True
    )
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "crm.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4",
        "--worker-class", "gthread", "--keep-alive", "120", "--log-level", "warning", "--control-socket", str(settings.VAR_DIR / "bench.ctl"),
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_until_up(port)
        yield Site(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def measure(site: Site, page: Page, *, clients: int, requests: int) -> Line:
    """All clients do a few turns of the page, then all a few of the floor, and so on: a slow minute of the machine hits
    both alike, and neither stands in a queue behind the other."""
    cookie = signed_in(page.staff)
    floor = Page("floor", page.staff, (FLOOR,), 1)
    barrier = threading.Barrier(clients)
    turns = max(1, requests // clients)
    warm_up = min(_WARM_UP, turns)

    def client(number: int) -> Timing:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        timing = Timing([], [], 0)
        queries = 0
        try:
            for start in (-warm_up, *range(0, turns, _BLOCK)):
                block = range(start, min(start + _BLOCK, turns) if start >= 0 else 0)
                for what, times in ((page, timing.pages), (floor, timing.floors)):
                    barrier.wait(120)
                    for turn in block:
                        took, count = _timed(connection, what, cookie, (turn + warm_up) * clients + number)
                        if turn >= 0:
                            times.append(took)
                            queries = max(queries, count) if what is page else queries
        except BaseException:
            barrier.abort()
            raise
        finally:
            connection.close()
        return replace(timing, queries=queries)

    with ThreadPoolExecutor(clients) as pool:
        timings = list(pool.map(client, range(clients)))
    return _line(page, clients, timings)


def _line(page: Page, clients: int, timings: list[Timing]) -> Line:
    times = [t for timing in timings for t in timing.pages]
    floors = [t for timing in timings for t in timing.floors]
    queries = max(timing.queries for timing in timings)
    ratio = p95(times) / p95(floors)
    most = page.most_queries
    return Line(
        f"pages, {clients} client{'s' if clients > 1 else ''}", page.label, _milliseconds(times),
        f"{_milliseconds(floors)} (F1)", ratio, f"≤ {page.limit:g} ×" + (f", ≤ {most} queries" if most else ""),
        f"{queries} queries", ratio <= page.limit and (most is None or queries <= most),
        {
            "clients": clients, "p50": statistics.median(times), "p95": p95(times), "queries": queries,
            "floor_p50": statistics.median(floors), "floor_p95": p95(floors),
        },
    )  # fmt: skip


def _milliseconds(times: list[float]) -> str:
    return f"p50 {statistics.median(times) * 1000:.1f} p95 {p95(times) * 1000:.1f} ms"


def get(site: Site, staff: Staff, path: str) -> tuple[str, int]:
    """The text of a page and the number of its queries."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        return request_once(connection, path, signed_in(staff), None, path)
    finally:
        connection.close()


def _timed(connection, page: Page, cookie: str, turn: int) -> tuple[float, int]:
    """Seconds and queries of one turn: all its requests, the last byte read."""
    post = page.post(turn) | {"form_key": os.urandom(16).hex()} if page.post else None
    started = time.perf_counter()
    counts = [request_once(connection, path, cookie, post, page.label, page.is_part)[1] for path in page.paths]
    return time.perf_counter() - started, sum(counts)


def request_once(
    connection, path: str, cookie: str, post: dict | None, label: str, is_part: bool = False
) -> tuple[str, int]:
    headers = {"Cookie": f"{cookie}; csrftoken={_CSRF}"}
    if is_part or post is not None:
        headers["HX-Request"] = "true"
    body = None
    if post is not None:
        body = urlencode(post)
        headers |= {"X-CSRFToken": _CSRF, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("GET" if post is None else "POST", path, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    if response.status not in (200, 204):
        raise RuntimeError(f"{label}: {response.status} {text[:2000]}")
    return text, int(response.headers["X-Queries"])


def signed_in(staff: Staff) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "organization.backends.RoleBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/account/login/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the site did not come up")
