"""The walk of the 操作手册 through a small demo bank, page by page and role by role. With SCREENSHOTS=docs/images the
pictures of the manual are taken on the way (`make screenshots`)."""

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page

from almanac.workdays import next_workday
from crm.demo.build import build_bank
from customers.models import Customer
from customers.services.segments import create_segment
from maintenance.daily.runs import run_until
from maintenance.models import ContactRecord, Diary, MaintenanceTask
from maintenance.services.contacts import record_contact
from maintenance.services.diary import LineResult, confirm_plan, submit_result
from organization import clock
from organization.enums import Role
from organization.models import Staff
from tests.browser.conftest import no_sideways_scroll

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]

PICTURES = os.environ.get("SCREENSHOTS")
LAST_FRIDAY = datetime(2026, 11, 20, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DESK = {"width": 1120, "height": 700}


@pytest.fixture
def bank(db) -> dict[Role, Staff]:
    """The first person of each role; the first manager planned today on Friday and has made three calls."""
    with time_machine.travel(LAST_FRIDAY):
        build_bank(customers=80, staff=2, seed=2026, today=clock.today(), say=lambda line: None)
        run_until(clock.today())
        people = {role: Staff.objects.filter(role=role).order_by("employee_no").first() for role in Role}
        for manager in Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER):
            confirm_plan(by=manager, day=datetime(2026, 11, 23).date())
    run_until(clock.today())
    colleague = Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER).order_by("employee_no").last()
    for manager in (people[Role.RELATIONSHIP_MANAGER], colleague):
        _make_calls(manager)
    _report(colleague)
    return people


def _report(manager: Staff) -> None:
    """Whoever was called is done, the others are put off to tomorrow."""
    called = set(
        ContactRecord.objects.unscoped("test").filter(happened_on=clock.today()).values_list("customer", flat=True)
    )
    put_off = LineResult("not_done", reason="own_conflict", replanned_on=next_workday(clock.today()))
    lines = Diary.objects.unscoped("test").get(staff=manager, day=clock.today()).lines.all()
    results = {line.position: LineResult("done") if line.customer_id in called else put_off for line in lines}
    notes = {"summary": "上午电话联系三位客户，下午参加产品培训。"}
    submit_result(by=manager, day=clock.today(), results=results, notes=notes)


def _make_calls(manager: Staff) -> None:
    waiting = MaintenanceTask.objects.unscoped("test").for_day(clock.today()).filter(owner=manager, kind="phone_beat")
    said = (
        "客户询问大额存单，约好周五到网点。",
        "告知定期下月到期，客户考虑续存。",
        "电话问候，客户在外地，月底回来。",
    )
    for task, note in zip(waiting.select_related("customer").order_by("-priority", "id")[:3], said, strict=False):
        record_contact(
            by=manager, customer=task.customer, channel="phone", outcome="interested" if "大额" in note else "reached",
            happened_at=clock.now(), note=note,
        )  # fmt: skip


def picture(page: Page, name: str, part: str = "") -> None:
    """What the window shows, or one part of it, no more: pictures of a manual stay small."""
    no_sideways_scroll(page)
    if PICTURES:
        page.wait_for_load_state("networkidle")
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        shown = page.locator(part) if part else page
        shown.screenshot(path=Path(PICTURES) / f"{name}.png")


def visit(page: Page, address: str, name: str = "") -> None:
    """Without a name the page is only looked at."""
    answer = page.goto(address)
    assert answer.ok, f"{address}: {answer.status}"
    page.locator("h1").first.wait_for()
    no_sideways_scroll(page)
    if name:
        picture(page, name)


def desk(page: Page) -> Page:
    page.set_viewport_size(DESK)
    return page


def test_every_page_of_the_manual(bank, as_staff, open_page):
    stranger = desk(open_page())
    visit(stranger, "/account/login/", "login")
    manager = bank[Role.RELATIONSHIP_MANAGER]
    page = desk(as_staff(manager))
    the_queue(page)
    the_diary(page)
    the_archive(page, manager)
    the_segments(page, manager)
    lists_and_account(page)
    the_hand_over(page)
    on_the_phone(as_staff(manager, "phone", "dark"))
    the_supervisor(desk(as_staff(bank[Role.RM_SUPERVISOR])))
    visit(desk(as_staff(bank[Role.BRANCH_HEAD])), "/")
    the_lobby(desk(as_staff(bank[Role.LOBBY_MANAGER])), bank[Role.LOBBY_MANAGER])
    the_administrator(desk(as_staff(bank[Role.ADMINISTRATOR])))
    assert Diary.objects.unscoped("test").filter(staff=manager).exists()


def the_queue(page: Page) -> None:
    visit(page, "/", "workbench")
    row = page.locator(".card-row").nth(1)
    row.get_by_role("button", name="电话").click()
    row.locator(".phone-number").get_by_text("隐藏").wait_for()
    row.get_by_role("link", name="记一笔").click()
    page.locator("#drawer.show:not(.showing)").wait_for()
    form = page.locator("#drawer-body form")
    form.get_by_text("已联系上", exact=True).click()
    form.locator("[name=note]").fill("问候并了解近况，客户下月有定期到期，想了解国债。")
    form.get_by_text("下周").click()
    picture(page, "record-contact")
    form.get_by_role("button", name="保存").click()
    page.locator(".toast-note").wait_for()
    picture(page, "undo")
    for label, name in (("改期", "snooze"), ("跳过", "skip")):
        page.locator(".card-row", has=page.get_by_role("link", name=label)).first.get_by_role(
            "link", name=label
        ).click()
        page.locator("#dialog[open] form").wait_for()
        picture(page, name, "#dialog")
        page.keyboard.press("Escape")
        page.locator("#dialog").wait_for(state="hidden")
    page.locator("h1").click()
    page.keyboard.press("?")
    picture(page, "shortcuts", "#shortcut-help")
    page.keyboard.press("Escape")
    page.locator("#global-search").fill("w")
    page.locator("#search-results a").first.wait_for()
    picture(page, "search", "#search-results")


def the_diary(page: Page) -> None:
    visit(page, "/maintenance/diary/2026-11-24/", "diary-plan")
    visit(page, "/maintenance/diary/2026-11-23/", "diary-result")
    visit(page, "/maintenance/diary/2026-11-20/")


def the_archive(page: Page, manager: Staff) -> None:
    visit(page, "/customers/", "customer-list")
    mine = Customer.objects.unscoped("test").filter(manager=manager, people__isnull=False)
    customer = mine.order_by("-monthly_avg_daily_aum").first()
    address = f"/customers/{customer.public_id}/"
    visit(page, address, "customer-overview")
    for tab in ("timeline", "accounts", "family"):
        visit(page, f"{address}?tab={tab}", f"customer-{tab}")
    visit(page, f"{address}?tab=archive", "customer-archive")
    visit(page, f"{address}?tab=changes")
    visit(page, "/customers/quality/", "quality")
    tested = Customer.objects.unscoped("test").filter(manager=manager, risk_assessments__isnull=False)
    visit(page, f"/customers/{tested.order_by('pk').first().public_id}/?tab=compliance", "customer-compliance")
    introducer = Customer.objects.unscoped("test").filter(manager=manager, referrals__isnull=False).first()
    visit(page, f"/customers/{introducer.public_id}/?tab=referrals", "customer-referrals")
    visit(page, "/customers/risk/", "risk-watch")
    visit(page, f"{address}edit/", "customer-edit")
    visit(page, f"{address}strategy/", "strategy")
    visit(page, f"{address}dates/new/", "important-date")
    visit(page, "/customers/new/")


def the_segments(page: Page, manager: Staff) -> None:
    rule = {
        "all": [
            {"field": "tier", "op": "in", "value": ["PLATINUM", "DIAMOND"]},
            {"any": [
                {"field": "birthday", "op": "within_next", "value": 60},
                {"field": "last_contact", "op": "longer_ago", "value": 30},
                {"field": "average", "op": "at_least", "value": "1000000"},
            ]},
        ]
    }  # fmt: skip
    segment = create_segment(by=manager, name="高端客户回访", purpose="四季度上门回访", rule=rule)
    visit(page, f"/customers/segments/{segment.public_id}/edit/")
    page.locator("#preview .figure").first.wait_for()
    picture(page, "segment-form")
    visit(page, f"/customers/segments/{segment.public_id}/", "segment-page")
    visit(page, "/customers/segments/")
    visit(page, "/customers/matrix/?rows=tier&columns=age", "matrix")
    visit(page, "/customers/bulk/strategy/?tier=GOLD", "bulk-strategy")
    visit(page, "/customers/exports/")


def lists_and_account(page: Page) -> None:
    for address, name in (
        ("/maintenance/tasks/?when=week", "tasks"),
        ("/maintenance/contacts/", "contacts"),
        ("/maintenance/appointments/", "appointments"),
        ("/maintenance/appointments/new/", ""),
        ("/account/", "account"),
        ("/account/password/", ""),
        ("/account/covers/new/", "cover-new"),
        ("/account/notifications/", ""),
    ):
        visit(page, address, name)


def the_hand_over(page: Page) -> None:
    visit(page, "/customers/handovers/")
    visit(page, "/customers/handovers/new/", "handover-new")
    page.get_by_text("调岗", exact=True).click()
    page.locator("[name=takers] + label").first.click()
    page.get_by_role("button", name="下一步").click()
    page.locator("canvas").first.wait_for()
    picture(page, "handover-arrange")
    page.get_by_role("link", name="交接清单").click()
    page.locator("h1", has_text="客户交接清单").wait_for()


def on_the_phone(page: Page) -> None:
    visit(page, "/", "phone-workbench")
    page.locator(".card-row").nth(1).get_by_role("link", name="记一笔").click()
    page.locator("#drawer.show:not(.showing) form").wait_for()
    picture(page, "phone-record-contact")


def the_supervisor(page: Page) -> None:
    visit(page, "/", "team-board")
    page.get_by_role("link", name="去点评").click()
    page.locator("#review form").first.wait_for()
    picture(page, "diary-read")
    page.locator("#review").scroll_into_view_if_needed()
    page.get_by_text("4分", exact=True).click()
    page.locator("[data-phrase]").first.click()
    picture(page, "review")
    visit(page, "/team/overdue/", "team-overdue")
    visit(page, "/account/covers/", "covers")


def the_lobby(page: Page, staff: Staff) -> None:
    visit(page, "/")
    visit(page, "/maintenance/lobby/")
    noted = Customer.objects.visible_to(staff).filter(counter_note__isnull=False).order_by("pk").first()
    visit(page, f"/maintenance/lobby/{noted.public_id}/", "quick-card")


def the_administrator(page: Page) -> None:
    visit(page, "/", "administrator")
    visit(page, "/health/", "health")
    for name, label in (("index", "admin"), ("organization_staff_changelist", "admin-staff"),
                        ("organization_parameter_changelist", "admin-parameters"),
                        ("almanac_holiday_changelist", "admin-holidays")):  # fmt: skip
        visit(page, reverse(f"admin:{name}"), label)
