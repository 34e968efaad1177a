"""A real browser on the system's chromium. Nothing may come from outside, no policy may be broken, no script may fail."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 780}}
SHOTS = os.environ.get("SCREENSHOTS")  # a folder: keep a picture of every page looked at


# What a person does with a page is done when the page has loaded. Before its scripts ran a link is a plain link, and
# nothing asks before a form is sent: a test that is faster than any hand would play another play.
_DONE_BY_HAND = ("click", "fill", "select_option", "check", "uncheck", "set_input_files", "press", "press_sequentially")


def _patient(act: Callable) -> Callable:
    @wraps(act)
    def acting(locator: Locator, *args, **kwargs):
        locator.wait_for(state="attached")
        locator.page.wait_for_load_state("load")
        return act(locator, *args, **kwargs)

    return acting


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in _DONE_BY_HAND:
            patch.setattr(Locator, name, _patient(getattr(Locator, name)))
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("SKIPPED: no chromium on this machine")
    # Playwright keeps an event loop in this thread; Django would refuse its own synchronous calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server) -> Iterator[Callable[..., Page]]:
    """`open_page("phone", "dark")` → a fresh page; at the end: no foreign request, no console error, no failed script."""
    contexts, complaints = [], []

    def opened(size: str = "desktop", scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport=SIZES[size], color_scheme=scheme, locale="zh-CN", base_url=live_server.url, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on(
            "console", lambda m: complaints.append(_told(m)) if m.type == "error" and not _expected(m.text) else None
        )
        page.on(
            "request", lambda r: complaints.append(f"outside: {r.url}") if not _own(r.url, live_server.url) else None
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def as_staff(open_page, live_server, settings) -> Callable[..., Page]:
    """`as_staff(world.rm, "phone", "dark")` → a page with that person's session; the sign-in page has its own test."""

    def opened(staff, size: str = "desktop", scheme: str = "light") -> Page:
        client = Client()
        client.force_login(staff, backend="organization.backends.RoleBackend")
        page = open_page(size, scheme)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return opened


def _own(url: str, base: str) -> bool:
    return url.startswith((base, "data:", "blob:", "about:"))


def _expected(text: str) -> bool:
    """The browser logs every 4xx answer; a refused form (422) and a locked account (429) are part of the play."""
    return "422" in text or "429" in text


def _told(message) -> str:
    return f"console: {message.text} {message.location.get('url', '')}"


def sign_in(page: Page, employee_no: str, password: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=username]").fill(employee_no)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "login" not in url)


def check_accessibility(page: Page) -> None:
    """No serious or critical finding of axe on what is shown now."""
    results = Axe().run(page)
    serious = [v for v in results.response["violations"] if v["impact"] in ("serious", "critical")]
    told = [f"{v['id']}: {[(n['target'], n['failureSummary']) for n in v['nodes']][:3]}" for v in serious]
    assert told == []


def no_sideways_scroll(page: Page) -> None:
    """The page fits its width: nobody should have to push it sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def look(page: Page) -> None:
    """What is shown now, at the desk and on the phone, by day and by night: nothing serious, nothing to push sideways."""
    was = page.viewport_size
    for size in SIZES.values():
        page.set_viewport_size(size)
        no_sideways_scroll(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)
            page.wait_for_timeout(50)
            check_accessibility(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(was)


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
