"""The diary's pages: plan, result, autosave, the supervisor's reading and word."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from maintenance.enums import DiaryStatus, LineOutcome
from maintenance.models import Diary, DiaryLine, MaintenanceTask
from maintenance.services.diary import Matter, confirm_plan, submit_result
from tests.maintenance.conftest import moment
from tests.world import TODAY

TOMORROW = date(2026, 11, 24)
FRIDAY = date(2026, 11, 20)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def customer(world):
    return world.customer("张伟")


@pytest.fixture
def desk(world, sign_in):
    """The own RM's browser."""
    return sign_in(world.rm)


def day_url(day, step="day", **kwargs):
    return reverse(f"maintenance:diary_{step}", kwargs={"day": day} | kwargs)


@pytest.mark.parametrize(("today", "day"), [(TODAY, TODAY), (date(2026, 11, 28), date(2026, 11, 30))])
def test_today_or_the_next_working_day(world, sign_in, fixed_clock, today, day):
    fixed_clock.move_to(moment(today))
    assert sign_in(world.rm).get(reverse("maintenance:diary")).headers["Location"] == day_url(day)


@pytest.mark.parametrize("day", ["2026-11-28", "2026-10-01"])
def test_a_day_off_names_the_next_working_day(desk, day):
    page = desk.get(f"/maintenance/diary/{day}/").content.decode()
    assert "不写日志；下一个工作日是" in page
    assert desk.post(f"/maintenance/diary/{day}/discard/plan/").status_code == 302
    for step in ("plan", "result"):
        assert desk.post(f"/maintenance/diary/{day}/{step}/", {}).status_code == 422
    assert not Diary.objects.exists()


@pytest.mark.parametrize(
    "day", ["2026-13-01", "2026-02-30", "heute", "0001-01-01", "1899-12-31", "2100-12-31", "2101-01-01", "9999-12-31"]
)
def test_what_is_no_day_or_beyond_all_calendars_is_no_page(desk, day):
    assert desk.get(f"/maintenance/diary/{day}/").status_code == 404
    for step in ("plan", "result", "draft/plan", "discard/plan"):
        assert desk.post(f"/maintenance/diary/{day}/{step}/", {}).status_code == 404


def test_reading_writes_nothing(desk, customer, make_task):
    make_task(customer)
    assert desk.get(day_url(TODAY)).status_code == desk.get(day_url(TOMORROW)).status_code == 200
    assert not Diary.objects.exists()


def test_tomorrow_is_filled_in_and_confirmed(desk, customer, make_task):
    task = make_task(customer, why="生日将至")
    page = desk.get(day_url(TOMORROW)).content.decode()
    assert f'value="{task.public_id}" checked' in page
    assert "11月23日24:00" in page
    said = {"task": [task.public_id], "matter-rows": "2", "matter-0-matter": "晨会", "version": "1"}
    assert desk.post(day_url(TOMORROW, "plan"), said).status_code == 302
    assert list(DiaryLine.objects.order_by("position").values_list("matter", flat=True)) == ["生日将至", "晨会"]


def test_overdue_is_judged_by_today_and_the_plan_says_what_it_is(desk, customer, make_task):
    make_task(customer, due_on=TODAY)
    page = desk.get(day_url(TOMORROW)).content.decode()
    assert ">逾期" not in page
    assert "核对后点“确定计划”" in page
    make_task(customer, due_on=FRIDAY)
    assert '<span class="tag tag-bad">逾期3天</span>' in desk.get(day_url(TOMORROW)).content.decode()
    desk.post(day_url(TOMORROW, "plan"), {"quick": "1"}, headers=HTMX)
    page = desk.get(day_url(TOMORROW)).content.decode()
    assert "核对后点“确定计划”" not in page
    assert "计划已定" in page


def test_the_next_step_is_offered_until_it_is_done(world, desk, customer, make_task):
    make_task(customer)
    assert "下一步：确定11月24日 周二的计划" in desk.get(day_url(TODAY)).content.decode()
    confirm_plan(by=world.rm, day=TOMORROW)
    assert "下一步" not in desk.get(day_url(TODAY)).content.decode()


def test_one_tap(desk, customer, make_task):
    make_task(customer)
    assert desk.post(day_url(TOMORROW, "plan"), {"quick": "1"}, headers=HTMX).status_code == 204
    assert Diary.objects.get().status == DiaryStatus.PLANNED


def test_a_double_click_plans_once(desk, customer, make_task):
    make_task(customer)
    answers = [desk.post(day_url(TOMORROW, "plan"), {"quick": "1", "form_key": "k"}, headers=HTMX) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert Diary.objects.get().version == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "计划里还没有事项"),
        ({"task": ["forged"]}, "勾选的事项里有的已经办结"),
        ({"matter-rows": "1", "matter-0-channel": "phone"}, "请填写事项，或清空这一行"),
        ({"matter-rows": "1", "matter-0-matter": "长" * 201}, "最多200个字"),
        ({"matter-rows": "1", "matter-0-matter": "走访", "version": "9"}, "刚被更新过"),
    ],
)
def test_a_refused_plan_keeps_its_text(desk, fields, sentence):
    answer = desk.post(day_url(TOMORROW, "plan"), {"version": "1"} | fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if typed := fields.get("matter-0-matter"):
        assert typed in page
    assert not DiaryLine.objects.exists()


def test_a_customer_of_others_is_no_matter_of_mine(world, desk):
    foreign = world.customer("别家", manager=world.other_rm)
    said = {"version": "1", "matter-rows": "1", "matter-0-matter": "拜访", "matter-0-customer": foreign.public_id}
    assert desk.post(day_url(TOMORROW, "plan"), said).status_code == 422
    assert not DiaryLine.objects.exists()


@pytest.fixture
def planned(world, make_task, fixed_clock):
    """Two customers planned for today, on Friday."""
    fixed_clock.move_to(moment(FRIDAY, 16))
    tasks = [make_task(world.customer(name), why=f"联系{name}", due_on=date(2026, 12, 4)) for name in "甲乙"]
    confirm_plan(by=world.rm, day=TODAY, tasks=tasks, matters=[])
    fixed_clock.move_to(moment(TODAY, 17))
    return tasks


def result(**fields):
    return {"version": str(Diary.objects.get(day=TODAY).version), "extra-rows": "0"} | fields


def test_contacts_fill_the_result_in(desk, planned, make_contact):
    make_contact(planned[0].customer, closes=[planned[0]])
    make_contact(planned[1].customer, outcome="no_answer")
    page = desk.get(day_url(TODAY)).content.decode()
    assert 'name="line-1-outcome" value="done"' in page
    rows = desk.get(day_url(TODAY)).context["result"].line_rows
    assert [view.outcome for view, _ in rows] == [LineOutcome.DONE, LineOutcome.NOT_DONE]
    said = result(**{
        "line-1-outcome": "done", "line-2-outcome": "not_done", "line-2-reason": "unreachable",
        "line-2-replanned_on": "2026-11-25", "notes-summary": "联系一位",
    })  # fmt: skip
    assert desk.post(day_url(TODAY, "result"), said).status_code == 302
    assert Diary.objects.get(day=TODAY).status == DiaryStatus.SUBMITTED
    assert MaintenanceTask.objects.get(pk=planned[1].pk).planned_on == date(2026, 11, 25)


def test_every_fault_is_shown_at_once_and_every_word_stays(desk, planned):
    said = result(**{
        "line-1-outcome": "done", "line-2-outcome": "not_done", "line-2-note": "打了三次䶮",
        "notes-summary": "小结写好了",
    })  # fmt: skip
    answer = desk.post(day_url(TODAY, "result"), said)
    page = answer.content.decode()
    assert answer.status_code == 422
    for text in ("计划事项第1、2项还要补充", "还没有接触记录", "请选择原因", "打了三次䶮", "小结写好了"):
        assert text in page
    assert Diary.objects.get(day=TODAY).status == DiaryStatus.PLANNED


def test_what_is_missing_is_counted_and_leads_to_the_first(desk, planned):
    page = desk.post(day_url(TODAY, "result"), result()).content.decode()
    assert '<a href="#line-1">还有2项没有填写完成情况。</a>' in page
    assert 'id="line-1"' in page
    assert "还要补充" not in page


def test_done_cannot_be_chosen_before_somebody_was_reached(desk, planned, make_contact):
    done = 'name="line-1-outcome" value="done"[^>]*disabled'
    page = desk.get(day_url(TODAY)).content.decode()
    assert re.search(done, page)
    assert "请先点该项的“记一笔”" in page
    assert "其余未完成，统一改期" in page
    make_contact(planned[0].customer, closes=[planned[0]])
    forms = desk.get(day_url(TODAY)).context["result"]
    assert [view.line.position for view, _ in forms.settled_rows] == [1]
    assert [view.line.position for view, _ in forms.open_rows] == [2]
    assert not re.search(done, desk.get(day_url(TODAY)).content.decode())


@pytest.mark.parametrize("day", ["2101-01-01", "9999-12-31", "2027-11-23", "1899-12-31"])
def test_a_slip_of_the_keys_in_the_new_date_is_told(desk, planned, day):
    said = result(**{"rest-reason": "own_conflict", "rest-replanned_on": day})
    answer = desk.post(day_url(TODAY, "result"), said)
    assert answer.status_code == 422
    assert "天以内" in answer.content.decode() or "之后的日期" in answer.content.decode()


def test_the_rest_is_put_off_together(desk, planned):
    said = result(**{"rest-reason": "own_conflict", "rest-replanned_on": "2026-11-25"})
    assert desk.post(day_url(TODAY, "result"), said).status_code == 302
    assert set(DiaryLine.objects.values_list("outcome", "unfinished_reason", "replanned_on")) == {
        ("not_done", "own_conflict", date(2026, 11, 25))
    }
    assert set(MaintenanceTask.objects.open().values_list("planned_on", flat=True)) == {date(2026, 11, 25)}


def test_two_tabs_the_second_keeps_its_text(desk, planned):
    stale = result(**{"rest-reason": "own_conflict", "rest-replanned_on": "2026-11-25", "notes-summary": "第二个页签"})
    assert desk.post(day_url(TODAY, "result"), stale | {"notes-summary": "第一个页签"}).status_code == 302
    second = desk.post(day_url(TODAY, "result"), stale)
    assert second.status_code == 422
    assert "第二个页签" in second.content.decode()
    assert Diary.objects.get(day=TODAY).summary == "第一个页签"


def test_a_closed_browser_loses_nothing(desk, planned):
    first = desk.get(day_url(TODAY)).context["result"]
    typed = {"line-1-note": "写到一半", "notes-summary": "下午再写", "draft_page": first.draft_page, "draft_base": ""}
    assert desk.post(day_url(TODAY, "draft", part="result"), typed).status_code == 204
    again = desk.get(day_url(TODAY))
    page = again.content.decode()
    for text in ("写到一半", "下午再写", "自动保存、尚未提交的内容"):
        assert text in page
    taken_over = {"notes-summary": "接着写", "draft_page": "desk", "draft_base": again.context["result"].draft_base}
    assert desk.post(day_url(TODAY, "draft", part="result"), taken_over).status_code == 204
    late = desk.post(day_url(TODAY, "draft", part="result"), typed)
    assert late.status_code == 409
    assert "另一个页面或设备" in late.json()["error"]
    assert desk.post(day_url(TODAY, "discard", part="result")).status_code == 302
    assert "接着写" not in desk.get(day_url(TODAY)).content.decode()


def test_a_draft_that_cannot_be_kept_is_told(desk):
    long = {"notes-summary": "长" * 60_001}
    assert desk.post(day_url(TODAY, "draft", part="result"), long).status_code == 409
    assert desk.post(day_url(TODAY, "draft", part="else"), {}).status_code == 409


def test_a_result_before_its_day_is_refused(desk):
    answer = desk.post(day_url(TOMORROW, "result"), {"version": "1"})
    assert answer.status_code == 422


@pytest.mark.parametrize("lines", [1, 4])
def test_the_page_reads_the_same_for_any_number_of_lines(world, desk, make_task, lines, django_assert_max_num_queries):
    tasks = [make_task(world.customer(f"客户{n}"), why=f"事{n}") for n in range(lines)]
    confirm_plan(by=world.rm, day=TODAY, tasks=tasks, matters=[Matter("晨会")])
    desk.get(day_url(TODAY))
    with django_assert_max_num_queries(10):
        desk.get(day_url(TODAY))


# the supervisor


def read_url(person, day=TODAY, step="read"):
    return reverse(f"maintenance:diary_{step}", args=[person.employee_no, day])


@pytest.fixture
def submitted(world):
    return submit_result(by=world.rm, day=TODAY, unplanned=[Matter("晨会")])


def test_comment_score_and_hand_back(world, sign_in, submitted):
    client = sign_in(world.supervisor)
    assert "晨会" in client.get(read_url(world.rm)).content.decode()
    said = {"version": submitted.version, "score": "4", "comment": "不错"}
    assert client.post(read_url(world.rm, step="review"), said).status_code == 302
    diary = Diary.objects.get()
    assert (diary.score, diary.comment) == (4, "不错")
    back = {"version": diary.version, "reason": "请补充"}
    assert client.post(read_url(world.rm, step="reopen"), back).status_code == 302
    assert "主管已退回" in sign_in(world.rm).get(day_url(TODAY)).content.decode()


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("review", {"comment": "写了很久的点评"}, "请选择“评分”"),
        ("review", {"score": "9", "comment": "写了很久的点评"}, "选项已失效"),
        ("review", {"score": "4", "comment": "评" * 1001}, "最多1000个字"),
        ("review", {"score": "4", "comment": "写了很久的点评", "version": "99"}, "刚被更新过"),
        ("reopen", {"reason": ""}, "请填写“退回原因”"),
    ],
)
def test_a_refused_word_stays_on_the_page(world, sign_in, submitted, step, fields, sentence):
    answer = sign_in(world.supervisor).post(read_url(world.rm, step=step), {"version": submitted.version} | fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert fields.get("comment", "") in page
    assert Diary.objects.get().score is None


def test_heads_read_and_do_not_score(world, sign_in, submitted):
    client = sign_in(world.outlet_head)
    page = client.get(read_url(world.rm)).content.decode()
    assert "只有该客户经理的主管可以点评" in page
    assert client.post(read_url(world.rm, step="review"), {"version": 1, "score": "5"}).status_code == 422


def test_only_the_own_team(world, sign_in, submitted):
    assert sign_in(world.other_supervisor).get(read_url(world.rm)).status_code == 404
    assert sign_in(world.supervisor).get(read_url(world.supervisor)).status_code == 404
    assert sign_in(world.colleague).get(read_url(world.rm)).status_code == 403


def test_a_diary_nobody_touched_is_shown_as_missing(world, sign_in):
    page = sign_in(world.supervisor).get(read_url(world.rm, FRIDAY)).content.decode()
    assert "未交" in page
    assert not Diary.objects.exists()


def test_no_diary_of_a_day_off(world, sign_in):
    assert sign_in(world.supervisor).get(read_url(world.rm, TODAY + timedelta(days=5))).status_code == 404


def test_the_next_step_looks_over_the_end_of_the_month(world, sign_in, fixed_clock, customer, make_task):
    last, first = date(2026, 11, 30), date(2026, 12, 1)
    fixed_clock.move_to(moment(last))
    desk = sign_in(world.rm)
    make_task(customer, planned_on=first, due_on=date(2026, 12, 8))
    assert "下一步：确定12月1日 周二的计划" in desk.get(day_url(last)).content.decode()
    confirm_plan(by=world.rm, day=first)
    assert "下一步" not in desk.get(day_url(last)).content.decode()


def test_what_the_plan_offers_is_escaped(desk, world, make_task):
    make_task(world.customer("<i>张</i>"), why="<b>生日</b>")
    page = desk.get(day_url(TODAY)).content.decode()
    assert "&lt;i&gt;张&lt;/i&gt;" in page and "&lt;b&gt;生日&lt;/b&gt;" in page
    assert "<i>张" not in page and "<b>生日" not in page


def test_the_calendar_beside_the_diary(desk):
    page = desk.get(day_url(date(2026, 10, 12))).content.decode()
    days = page.split('<table class="month">')[1].split("</table>")[0]
    assert days.count("<td>") % 7 == 0
    assert days.count("month-day") == 31
    assert 'aria-current="date"' in days and ">12<" in days
    # 国庆调休: days off say why they are, a Saturday worked instead leads to its diary.
    assert "<small>休</small>" in days and '<small aria-hidden="true">班</small>' in days
