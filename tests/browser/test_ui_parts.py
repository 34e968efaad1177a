"""The behaviours of static/js in a real browser, on the page that shows every part once."""

import pytest

from organization.enums import UnitKind
from organization.models import Notification, Unit
from tests.browser.conftest import check_accessibility, no_sideways_scroll, shoot
from tests.ui import kitchen_sink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.workers]


@pytest.fixture
def sink(settings, world, client, live_server, open_page):
    """`sink("phone", "dark")` → the page, signed in as the own RM, with thirty units in its list."""
    kitchen_sink.use(settings)
    kitchen_sink.drafts.clear()
    for n in range(1, 25):
        Unit.objects.create(code=f"{5000 + n}", name=f"第{n:02d}网点", kind=UnitKind.OUTLET, parent=world.branch)

    client.force_login(world.rm, backend="organization.backends.RoleBackend")
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}

    def opened(size="desktop", scheme="light"):
        page = open_page(size, scheme)
        page.context.add_cookies([cookie])
        page.goto("/sink/")
        return page

    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_part_is_accessible_and_fits(sink, size, scheme):
    page = sink(size, scheme)
    page.locator("canvas").wait_for()
    page.locator(".ts-control").first.wait_for()
    check_accessibility(page)
    no_sideways_scroll(page)
    shoot(page, f"ui-parts-{size}-{scheme}")
    if size == "phone":
        page.get_by_role("button", name="更多").click()
        page.locator("#more-menu.show").wait_for()
        page.wait_for_timeout(400)
        check_accessibility(page)


def test_what_opens_over_the_page_is_accessible(sink):
    page = sink()
    page.get_by_role("link", name="记一笔").click()
    page.locator("#drawer-body form").wait_for()
    page.locator("#drawer.show:not(.showing)").wait_for()
    check_accessibility(page)
    shoot(page, "ui-drawer")
    page.keyboard.press("Escape")
    page.locator("#drawer").wait_for(state="hidden")
    page.keyboard.press("?")
    check_accessibility(page)
    shoot(page, "ui-shortcuts")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="的菜单").click()
    check_accessibility(page)


def test_the_drawer_keeps_a_refused_form_and_closes_on_success(sink):
    page = sink()
    page.keyboard.press("c")
    form = page.locator("#drawer-body form")
    form.wait_for()
    assert page.locator("#drawer-title").inner_text() == "记一笔"
    note = "长" * 51
    form.locator("[name=note]").fill(note)
    assert "超出1个字" in form.inner_text()
    form.evaluate("form => form.noValidate = true")
    form.get_by_role("button", name="保存").click()
    page.locator("#drawer-body .error-summary:focus").wait_for()
    assert form.locator("[name=note]").input_value() == note

    form.locator("[name=customer]").fill("张伟")
    form.locator("[name=note]").fill("已沟通𠮷")
    form.locator("[name=happened_on]").fill("2026-11-23")
    form.get_by_text("已接通").click()
    form.locator(".ts-control").click()
    form.locator(".ts-dropdown").get_by_text("电话").click()
    form.get_by_role("button", name="保存").click()
    page.locator("#drawer").wait_for(state="hidden")
    page.locator(".toast-note", has_text="已记录").wait_for()
    page.locator("a:focus", has_text="记一笔").wait_for()
    page.get_by_role("button", name="撤销").click()
    page.locator(".toast-note", has_text="已撤销").wait_for()


def test_closing_the_drawer_with_unsaved_text_asks(sink):
    page = sink()
    page.get_by_role("link", name="记一笔").click()
    page.locator("#drawer.show:not(.showing) [name=note]").fill("说到一半")
    page.locator("#drawer .btn-close").click()
    page.get_by_role("button", name="继续填写").click()
    assert page.locator("#drawer-body [name=note]").input_value() == "说到一半"
    page.locator("#drawer .btn-close").click()
    page.locator("#confirm").get_by_role("button", name="放弃").click()
    page.locator("#drawer").wait_for(state="hidden")


def test_paging_filtering_and_order_swap_what_a_reload_would_show(sink):
    page = sink()
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url("**after=*")
    page.locator("[data-row='1102']").wait_for(state="detached")
    page.get_by_role("link", name="层级").click()
    page.wait_for_url("**sort=kind*")
    page.locator("[aria-sort=ascending]", has_text="层级").wait_for()
    page.locator("#list [name=name]").fill("网点")
    page.locator("#list [name=name]").press("Enter")
    page.locator(".chip", has_text="名称：网点").wait_for()
    assert "kind=" not in page.url.replace("sort=kind", "") and "after" not in page.url
    swapped = page.locator("#list").inner_text()
    page.reload()
    assert page.locator("#list").inner_text() == swapped
    page.locator(".chip", has_text="名称：网点").click()
    page.locator(".chip", has_text="名称：网点").wait_for(state="detached")
    assert page.locator("#list [name=name]").input_value() == ""
    page.go_back()
    page.locator(".chip", has_text="名称：网点").wait_for()


def test_keys_walk_over_the_rows_and_never_while_typing(sink):
    page = sink()
    codes = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.dataset.row)")

    def selected():
        return page.locator(".is-selected").evaluate_all("rows => rows.map(row => row.dataset.row)")

    page.keyboard.press("j"), page.keyboard.press("j")
    assert selected() == [codes[1]]
    page.keyboard.press("k")
    assert selected() == [codes[0]]
    page.keyboard.press("/")
    page.keyboard.type("j/c?")
    assert page.locator("#global-search").input_value() == "j/c?" and selected() == [codes[0]]
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "global-search"


def test_single_keys_can_be_switched_off(sink):
    page = sink()
    page.keyboard.press("?")
    page.get_by_label("启用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator(".is-selected").count() == 0
    page.reload()
    page.keyboard.press("j")
    assert page.locator(".is-selected").count() == 0


def test_search_answers_below_the_box_and_arrows_lead_into_it(sink):
    page = sink()
    page.keyboard.press("/")
    page.keyboard.type("网点")
    page.locator("#search-results a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.locator("#search-results a:focus").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#search-results").is_hidden()


def test_half_a_word_of_an_input_method_is_not_sent(sink):
    page = sink()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/customers/search/" in request.url else None)
    page.locator("#global-search").focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "wang", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_timeout(600)
    assert sent == []
    keyboard.send("Input.insertText", {"text": "网"})
    page.locator("#search-results a").first.wait_for()
    assert [url.split("q=")[1] for url in sent] == ["%E7%BD%91"]


def test_a_draft_is_saved_after_a_pause_and_when_the_page_is_left(sink):
    page = sink()
    form = page.locator("form[data-autosave]")
    form.locator("[name=note]").fill("第一句")
    form.get_by_text("已自动保存").wait_for()
    assert kitchen_sink.drafts[-1]["note"] == "第一句" and "form_key" not in kitchen_sink.drafts[-1]
    form.locator("[name=note]").fill("第一句，第二句")
    page.goto("/sink/?name=x")
    page.wait_for_timeout(1000)
    assert kitchen_sink.drafts[-1]["note"] == "第一句，第二句"


def test_a_double_click_sends_one_request(sink):
    page = sink()
    page.get_by_role("link", name="记一笔").click()
    form = page.locator("#drawer-body form")
    form.wait_for()
    form.evaluate("form => form.noValidate = true")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "note/save" in request.url else None)
    form.get_by_role("button", name="保存").dblclick()
    page.locator("#drawer-body .error-summary").wait_for()
    page.wait_for_timeout(300)
    assert len(sent) == 1


def test_a_dangerous_button_asks_first(sink):
    page = sink()
    page.evaluate("document.querySelector('form[data-autosave]').noValidate = true")
    page.get_by_role("button", name="作废").click()
    question = page.locator("#confirm")
    assert "确定作废这条记录？" in question.inner_text() and "五分钟内撤销" in question.inner_text()
    question.get_by_role("button", name="取消").click()
    assert page.locator(".error-summary").count() == 0
    page.get_by_role("button", name="作废").click()
    question.get_by_role("button", name="作废").click()
    page.locator("main .error-summary:focus").wait_for()


def test_the_theme_is_kept_and_paper_is_light(sink):
    page = sink()
    page.get_by_role("button", name="深色").first.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_a_revealed_value_hides_again(sink):
    page = sink()
    page.evaluate("""() => {
        const part = document.createElement("div");
        part.innerHTML = '<span id="shown" data-reveal data-seconds="1" data-masked="138****5678">13812345678</span>';
        document.querySelector("main").append(part);
        htmx.process(part);
        htmx.trigger(part, "htmx:load", { elt: part });
    }""")
    assert page.locator("#shown").inner_text() == "13812345678"
    page.locator("#shown", has_text="138****5678").wait_for()


def test_a_part_of_an_ended_session_becomes_the_sign_in_page(sink):
    page = sink()
    page.context.clear_cookies()
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url("**/account/login/**")
    assert page.locator(".sidebar").count() == 0


def test_a_view_is_saved_and_becomes_a_tab(sink):
    page = sink()
    page.goto("/sink/?kind=outlet")
    page.get_by_role("button", name="存为视图").click()
    page.get_by_label("视图名称").fill("全部网点")
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.locator(".views .chip[aria-current]", has_text="全部网点").wait_for()
    page.get_by_role("button", name="删除视图").click()
    page.locator("#confirm").get_by_role("button", name="确定").click()
    page.locator(".views .chip", has_text="全部网点").wait_for(state="detached")


def test_leaving_with_unsaved_text_asks_but_a_draft_does_not(sink):
    page = sink()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("form[data-autosave] [name=note]").press_sequentially("草稿")
    page.goto("/sink/?name=a")
    assert asked == []
    page.get_by_role("link", name="改期").click()
    page.locator("#dialog-body [name=note]").press_sequentially("未保存")
    page.goto("/sink/?name=b")
    assert asked == ["beforeunload"]


def test_unread_notifications_are_told_to_the_screen_reader(sink, world):
    from organization import clock

    Notification.objects.create(recipient=world.rm, kind="x", text="通知", dedupe_key="1", created_at=clock.now())
    page = sink()
    assert page.get_by_role("link", name="通知，1条未读").count() == 1
