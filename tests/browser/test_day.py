"""A relationship manager's working day in a real browser, from signing in to the supervisor's word (DESIGN 1, 6, 8)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import Page, expect

from customers.enums import Channel, DateKind, Strategy, Tier
from customers.models import Customer
from customers.services.archive import rebuild_search_keys
from customers.services.dates import save_important_date
from customers.services.identifiers import set_identifiers
from maintenance.daily.runs import run_until
from maintenance.enums import ContactOutcome, TaskKind, TaskSource
from maintenance.models import ContactRecord, Diary, DiaryLine, MaintenanceTask
from maintenance.services.beats import recompute_beats
from maintenance.services.contacts import refresh_last_contact
from maintenance.services.diary import confirm_plan
from tests.browser.conftest import look, sign_in
from tests.world import PASSWORD, TODAY, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]

FRIDAY_EVENING = datetime(2026, 11, 20, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# name → day of the last call; two months later the next one is due
MET_ON = date(2026, 5, 20)
CALLED_ON = {"张伟": date(2026, 9, 21), "李娜": date(2026, 9, 24), "王芳": date(2026, 9, 25), "赵强": date(2026, 9, 28)}


@pytest.fixture
def day(world) -> World:
    """Four customers due for a call, one of them with a birthday on Thursday; Friday's diary planned the Monday."""
    customers = [world.customer(name) for name in CALLED_ON]
    for order, customer in enumerate(customers):
        set_identifiers(customer, mobile=f"1380013800{order}")
        customer.save()
        for channel, day in ((Channel.MEETING, MET_ON), (Channel.PHONE, CALLED_ON[customer.name])):
            ContactRecord.objects.create(
                customer=customer, unit=customer.unit, staff=world.rm, channel=channel,
                outcome=ContactOutcome.REACHED, happened_on=day, created_at=FRIDAY_EVENING,
                happened_at=datetime.combine(day, FRIDAY_EVENING.timetz()),
            )  # fmt: skip
    rebuild_search_keys(customers)
    refresh_last_contact([customer.pk for customer in customers])
    with time_machine.travel(FRIDAY_EVENING):
        save_important_date(by=world.rm, customer=customers[0], kind=DateKind.BIRTHDAY, month=11, day=26, year=1980)
        recompute_beats([customer.pk for customer in customers], on=FRIDAY_EVENING.date())
        run_until(FRIDAY_EVENING.date())
        confirm_plan(by=world.rm, day=TODAY)
    run_until(TODAY)
    return world


def card(page: Page, name: str):
    return page.locator(".card-row", has_text=name)


def counter(page: Page, label: str):
    return page.locator(".counter", has_text=label).locator("strong")


def open_drawer(page: Page):
    """Its form, once it stands still."""
    page.locator("#drawer.show:not(.showing)").wait_for()
    form = page.locator("#drawer-body form")
    form.wait_for()
    return form


def contacts_today() -> int:
    return ContactRecord.objects.unscoped("test").standing().filter(happened_on=TODAY).count()


def test_the_day(day, open_page):
    page = open_page()
    page.goto("/")
    look(page)
    sign_in(page, "1001", PASSWORD)
    look(page)
    call_from_the_queue(page)
    report_the_day(page)
    plan_tomorrow(page)

    boss = open_page()
    sign_in(boss, "1002", PASSWORD)
    review_the_diary(boss)

    page.goto("/")
    expect(page.locator("#remarks")).to_contain_text("5分")
    expect(page.locator("#remarks")).to_contain_text("跟进及时，继续保持")
    page.goto("/maintenance/diary/2026-11-23/")
    expect(page.locator(".review-note")).to_contain_text("主管点评 5分 沈静")
    look(page)


def call_from_the_queue(page: Page) -> None:
    """Number at one tap, four taps for the record; the card goes, the counter moves, the undo brings both back."""
    zhang = card(page, "张伟")
    expect(zhang).to_contain_text("生日")
    due = int(counter(page, "今日应联").inner_text())
    assert counter(page, "已联").inner_text() == "0"
    zhang.get_by_role("button", name="电话").click()
    expect(zhang.locator(".phone-link")).to_contain_text("13800138000")
    for note in ("第一次说的", "老客户，下月有定期到期"):
        zhang.get_by_role("link", name="记一笔").click()
        form = open_drawer(page)
        if note == "第一次说的":
            look(page)
        form.get_by_text("已联系上", exact=True).click()
        form.locator("[name=note]").fill(note)
        form.get_by_role("button", name="保存").click()
        zhang.wait_for(state="detached")
        expect(counter(page, "已联")).to_have_text("1")
        expect(counter(page, "今日应联")).to_have_text(str(due))
        toast = page.locator(".toast-note").last
        expect(toast).to_contain_text("张伟")
        if note == "第一次说的":
            toast.get_by_role("button", name="撤销").click()
            zhang.wait_for()
            expect(counter(page, "已联")).to_have_text("0")
    assert contacts_today() == 1


def report_the_day(page: Page) -> None:
    """The recorded call is already a line; what was left needs a reason, and a refusal keeps what was typed."""
    page.locator("#diary-bar").get_by_role("link", name="填写完成情况").click()
    page.wait_for_url("**/diary/2026-11-23/")
    lines = page.locator("#result .line-row")
    expect(lines.filter(has_text="张伟").first).to_contain_text("电话 · 已联系上")
    look(page)
    page.locator("[name=notes-summary]").fill("上午联系一位，下午网点培训。")
    for number in range(lines.count()):
        line = lines.nth(number)
        if "张伟" not in line.inner_text():
            line.get_by_text("未完成", exact=True).click()
    page.get_by_role("button", name="提交完成情况").click()
    page.locator(".error-summary").wait_for()
    expect(page.locator("[name=notes-summary]")).to_have_value("上午联系一位，下午网点培训。")
    look(page)
    for number in range(lines.count()):
        line = lines.nth(number)
        if "张伟" not in line.inner_text():
            line.get_by_label("未完成原因").select_option(label="本人冲突")
            line.get_by_label("改期至").fill("2026-11-24")
    page.get_by_role("button", name="提交完成情况").click()
    page.locator(".page-header .tag", has_text="已提交").wait_for()
    assert Diary.objects.unscoped("test").get(day=TODAY, staff__employee_no="1001").is_result_late is False


def plan_tomorrow(page: Page) -> None:
    page.goto("/")
    bar = page.locator("#diary-bar")
    bar.get_by_role("button", name="一键确定").click()
    expect(bar).to_contain_text("已定")
    expect(bar.get_by_role("button", name="一键确定")).to_have_count(0)
    look(page)
    page.get_by_role("link", name="查看调整").click()
    expect(page.locator("#plan .pick")).to_have_count(3)
    look(page)


def review_the_diary(boss: Page) -> None:
    row = boss.locator("[data-row='1001']")
    expect(row).to_contain_text("已交")
    expect(boss.locator("[data-row='1003']")).to_contain_text("待交")
    look(boss)
    row.get_by_role("link", name="去点评").click()
    expect(boss.locator("#main")).to_contain_text("老客户，下月有定期到期")
    look(boss)
    boss.get_by_role("button", name="提交点评").click()
    boss.locator(".error-summary").wait_for()
    boss.get_by_text("5分", exact=True).click()
    boss.get_by_label("点评", exact=True).fill("跟进及时，继续保持")
    boss.get_by_role("button", name="提交点评").click()
    boss.locator("#review .tag", has_text="5分").wait_for()
    look(boss)


def test_the_queue_by_keyboard(day, as_staff):
    page = as_staff(day.rm)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("zw")
    page.locator("#search-results a", has_text="张伟").wait_for()
    page.keyboard.press("Escape")
    page.locator("h1").click()

    names = page.locator(".card-row .card-title strong").all_inner_texts()
    page.keyboard.press("j"), page.keyboard.press("j"), page.keyboard.press("k"), page.keyboard.press("j")
    expect(page.locator(".card-row.is-selected")).to_contain_text(names[1])
    # Half a Chinese word is no command.
    page.evaluate("""() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "c", isComposing: true, bubbles: true, cancelable: true}))""")
    page.evaluate("""() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "s", keyCode: 229, bubbles: true, cancelable: true}))""")
    assert page.locator("#drawer.show, #dialog[open]").count() == 0

    page.keyboard.press("c")
    form = open_drawer(page)
    expect(page.locator("#drawer-title")).to_contain_text(names[1])
    form.locator("[name=note]").focus()
    page.keyboard.type("cds")
    expect(form.locator("[name=note]")).to_have_value("cds")
    page.keyboard.press("Escape")
    page.locator("#confirm").get_by_role("button", name="放弃").click()
    page.locator("#drawer").wait_for(state="hidden")

    page.locator("h1").click()
    page.keyboard.press("s")
    dialog = page.locator("#dialog[open]")
    dialog.get_by_text("改到", exact=True).wait_for()
    dialog.get_by_role("button", name="改期").click()
    card(page, names[1]).wait_for(state="detached")

    page.locator("h1").click()
    page.keyboard.press("j")
    chosen = page.locator(".card-row.is-selected .card-title strong").inner_text()
    page.keyboard.press("d")
    form = open_drawer(page)
    form.get_by_role("button", name="保存").click()
    card(page, chosen).wait_for(state="detached")
    assert contacts_today() == 1


@pytest.fixture
def long_day(day) -> World:
    """As many cards as do not fit a window."""
    for number in range(14):
        customer = day.customer(f"客户{number:02d}", tier=Tier.POTENTIAL, strategy=Strategy.RESPONSIVE)
        MaintenanceTask.objects.create(
            customer=customer, unit=customer.unit, owner=day.rm, kind=TaskKind.FESTIVAL, occurrence=f"t{number}",
            subject_on=TODAY, due_on=date(2026, 12, 4), planned_on=TODAY, why="节日问候", source=TaskSource.SYSTEM,
            created_on=TODAY,
        )  # fmt: skip
    return day


def test_the_selected_card_stands_clear_of_the_bar_and_the_work_goes_on_where_it_was(long_day, as_staff):
    page = as_staff(long_day.rm)
    page.goto("/")
    chosen = page.locator(".card-row.is-selected")
    for _ in range(9):
        page.keyboard.press("j")
        box, bar = chosen.bounding_box(), page.locator(".site-footer").bounding_box()
        assert box["y"] + box["height"] <= bar["y"]
    names = page.locator(".card-row .card-title strong").all_inner_texts()
    page.keyboard.press("c")
    form = open_drawer(page)
    form.get_by_text("已联系上", exact=True).click()
    form.get_by_role("button", name="保存").click()
    card(page, names[8]).wait_for(state="detached")
    page.locator("#drawer").wait_for(state="hidden")
    expect(chosen).to_contain_text(names[9])
    page.keyboard.press("j")
    expect(chosen).to_contain_text(names[10])

    stood = page.evaluate("scrollY")
    chosen.get_by_role("link", name="跳过").click()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_text("客户外出", exact=False).first.click()
    dialog.get_by_role("button", name="跳过这次").click()
    card(page, names[10]).wait_for(state="detached")
    expect(chosen).to_contain_text(names[11])
    page.wait_for_timeout(300)
    assert abs(page.evaluate("scrollY") - stood) < 150


def test_on_the_phone_a_message_covers_no_button_of_a_card(long_day, as_staff):
    page = as_staff(long_day.rm, "phone")
    page.goto("/")
    card(page, "李娜").get_by_role("link", name="跳过").click()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_text("客户外出").click()
    dialog.get_by_role("button", name="跳过这次").click()
    note = page.locator(".toast-note")
    expect(note).to_contain_text("已跳过李娜先生")
    box, bar = note.bounding_box(), page.locator(".topbar").bounding_box()
    assert box["y"] + box["height"] <= bar["height"] + 24


def test_the_rest_of_the_day_is_put_off_in_one_go(day, as_staff):
    page = as_staff(day.rm)
    page.goto("/maintenance/diary/2026-11-23/")
    lines = page.locator("#result .line-row")
    expect(lines.first.get_by_role("radio", name="完成", exact=True)).to_be_disabled()
    page.get_by_role("button", name="提交完成情况").click()
    page.locator(".error-summary a").click()
    expect(lines.first).to_be_in_viewport()
    page.locator(".rest-row").get_by_label("原因").select_option(label="本人冲突")
    page.get_by_role("button", name="提交完成情况").click()
    page.locator(".page-header .tag", has_text="已提交").wait_for()
    assert set(DiaryLine.objects.unscoped("test").values_list("outcome", "replanned_on")) == {
        ("not_done", date(2026, 11, 24))
    }


def test_the_plan_says_how_much_is_chosen(long_day, as_staff):
    page = as_staff(long_day.rm)
    page.goto("/maintenance/diary/2026-11-24/")
    foot = page.locator(".plan-foot")
    expect(foot).to_be_in_viewport()
    count = page.locator("#plan [name=task]:checked").count()
    expect(foot).to_contain_text(f"已选 {count} 项")
    page.locator("#plan [name=task]").first.uncheck()
    expect(foot).to_contain_text(f"已选 {count - 1} 项")


def test_a_double_click_is_one_record(day, as_staff):
    page = as_staff(day.rm)
    page.goto("/")
    card(page, "李娜").get_by_role("link", name="记一笔").click()
    form = open_drawer(page)
    form.get_by_text("已联系上", exact=True).click()
    form.get_by_role("button", name="保存").dblclick()
    card(page, "李娜").wait_for(state="detached")
    assert contacts_today() == 1

    # Without the script's help: the same form sent twice at once.
    card(page, "王芳").get_by_role("link", name="记一笔").click()
    form = open_drawer(page)
    form.get_by_text("已联系上", exact=True).click()
    answers = form.evaluate("""form => Promise.all([1, 2].map(() => fetch(form.action, {
        method: "POST", body: new FormData(form), headers: {"HX-Request": "true"}}).then(answer => answer.status)))""")
    assert all(status < 400 or status == 422 for status in answers)
    assert contacts_today() == 2


def test_a_browser_closed_over_the_diary_loses_nothing(day, as_staff):
    page = as_staff(day.rm)
    page.goto("/maintenance/diary/2026-11-23/")
    page.locator("[name=notes-summary]").fill("写到一半")
    page.locator("#result [data-autosave-status]", has_text="已自动保存").wait_for()
    page.locator("[name=notes-market_note]").fill("存款利率下调𠮷")
    page.goto("about:blank")  # closed before the next pause: what was typed since is sent on the way out
    page.wait_for_timeout(1000)
    page.context.close()

    again = as_staff(day.rm)
    again.goto("/maintenance/diary/2026-11-23/")
    expect(again.locator("#result .draft-note")).to_contain_text("已恢复")
    expect(again.locator("[name=notes-summary]")).to_have_value("写到一半")
    expect(again.locator("[name=notes-market_note]")).to_have_value("存款利率下调𠮷")


def test_two_tabs_saving_one_archive(day, as_staff):
    customer = Customer.objects.unscoped("test").get(name="张伟")
    first = as_staff(day.rm)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/customers/{customer.public_id}/edit/")
    first.locator("[name=interests]").fill("书法")
    first.locator("[name=employer]").fill("滨海港务")
    first.get_by_role("button", name="保存").click()
    first.wait_for_url(lambda url: "edit" not in url)

    second.locator("[name=interests]").fill("太极")
    second.locator("[name=preferred_time]").fill("工作日晚间")
    second.get_by_role("button", name="保存").click()
    asked = second.locator(".differences")
    asked.wait_for()
    assert "书法" in asked.inner_text() and "太极" in asked.inner_text()
    assert second.locator("[name=preferred_time]").input_value() == "工作日晚间"
    look(second)
    asked.get_by_text("我填写的").last.click()
    second.get_by_role("button", name="保存").click()
    second.wait_for_url(lambda url: "edit" not in url)
    customer = Customer.objects.unscoped("test").get(pk=customer.pk)
    assert (customer.interests, customer.employer, customer.preferred_time) == ("太极", "滨海港务", "工作日晚间")


def test_the_first_password_is_changed_first(world, open_page):
    world.rm.must_change_password = True
    world.rm.save()
    page = open_page()
    sign_in(page, "1001", PASSWORD)
    page.wait_for_url("**/account/password/")
    look(page)
    page.goto("/customers/")
    page.wait_for_url("**/account/password/**")
    passwords = page.locator("input[type=password]")
    for number, text in enumerate((PASSWORD, "Haigang-2027-ok", "Haigang-2027-ok")):
        passwords.nth(number).fill(text)
    page.get_by_role("button", name="保存新密码").click()
    page.wait_for_url(lambda url: "password" not in url)
    page.goto("/")
    page.locator("h1", has_text="今日工作台").wait_for()


def test_an_account_is_locked_after_wrong_passwords(world, open_page):
    page = open_page()
    page.goto("/account/login/")
    for _ in range(5):
        page.locator("[name=username]").fill("1001")
        page.locator("[name=password]").fill("wrong-Wrong-1")
        with page.expect_navigation():  # the last answer's alert is still there: it would not be waited for
            page.get_by_role("button", name="登录").click()
        page.locator("[role=alert], h1:text('账号暂时锁定')").first.wait_for()
    page.locator("h1", has_text="账号暂时锁定").wait_for()
    look(page)
    with page.expect_navigation():
        page.get_by_role("link", name="返回登录").click()
    page.locator("[name=username]").fill("1001")
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="登录").click()
    page.locator("h1", has_text="账号暂时锁定").wait_for()


def test_the_day_on_a_phone(day, as_staff):
    page = as_staff(day.rm, "phone", "dark")
    page.goto("/")
    assert page.locator(".sidebar").is_hidden()
    tabs = page.locator(".tabbar")
    assert tabs.is_visible()
    heights = page.locator(".tabbar a, .tabbar button, .card-actions .btn").evaluate_all(
        "controls => controls.map(control => control.getBoundingClientRect().height)"
    )
    assert min(heights) >= 43.5
    card(page, "李娜").get_by_role("link", name="记一笔").click()
    form = open_drawer(page)
    form.get_by_text("未接通", exact=True).click()
    form.get_by_role("button", name="保存").click()
    page.locator(".toast-note", has_text="李娜").wait_for()
    assert card(page, "李娜").count() == 1  # nobody answered: the call is still to be made
    tabs.get_by_role("link", name="我的客户").click()
    page.locator("h1", has_text="我的客户").wait_for()
    page.get_by_role("link", name="赵强").click()
    page.locator("h1", has_text="赵强").wait_for()
    look(page)
