"""The diary's rules: deadlines, plan, result, review (DOMAIN 3.1, DESIGN 6)."""

from datetime import date, datetime, time, timedelta

import pytest

from customers.enums import Channel
from maintenance.enums import ContactOutcome, DiaryStatus, LineOutcome, SkipReason, TaskKind, UnfinishedReason
from maintenance.models import Appointment, Diary, DiaryLine, DiaryRevision, MaintenanceTask
from maintenance.queries.diary import diary_page
from maintenance.services.appointments import book_appointment
from maintenance.services.diary import (
    LineResult,
    Matter,
    confirm_plan,
    discard_draft,
    draft_of,
    get_diary,
    plan_deadline,
    reopen_diary,
    result_deadline,
    review_diary,
    save_draft,
    submit_result,
)
from maintenance.services.tasks import skip_task, snooze_task
from organization import clock
from organization.exceptions import RuleViolation, StaleVersion
from organization.models import Cover, Notification
from tests.maintenance.conftest import SHANGHAI, moment
from tests.world import TODAY

TOMORROW = date(2026, 11, 24)
MEETING = Matter("晨会")


@pytest.fixture
def at(fixed_clock):
    """`at(day, hour)` moves the clock there."""

    def move(day: date, hour: int = 9, minute: int = 0):
        fixed_clock.move_to(moment(day, hour, minute))

    return move


@pytest.fixture
def customer(world):
    return world.customer("张伟")


# deadlines


@pytest.mark.parametrize(
    ("day", "eve"),
    [
        (date(2026, 2, 24), date(2026, 2, 14)),  # the make-up Saturday before the Spring Festival
        (date(2026, 10, 8), date(2026, 9, 30)),
        (date(2026, 1, 4), date(2025, 12, 31)),  # a make-up Sunday is a working day
        (date(2026, 11, 23), date(2026, 11, 20)),
        (date(2026, 11, 24), date(2026, 11, 23)),
    ],
)
def test_a_plan_is_due_at_the_end_of_the_previous_working_day(world, day, eve):
    assert plan_deadline(world.east, day) == datetime.combine(eve + timedelta(days=1), time.min, SHANGHAI)
    world.east.plan_closes_at = time(18, 0)
    assert plan_deadline(world.east, day) == datetime.combine(eve, time(18, 0), SHANGHAI)


def test_a_result_is_due_at_the_end_of_its_day():
    assert result_deadline(TODAY) == datetime(2026, 11, 24, 0, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 11, 28), r"11月28日是周末，不写日志；下一个工作日是11月30日（周一）"),
        (date(2026, 10, 1), r"国庆节假期，不写日志；下一个工作日是10月8日（周四）"),
        (date(2026, 2, 15), r"春节假期，不写日志；下一个工作日是2月24日（周二）"),
    ],
)
def test_a_day_off_has_no_diary(world, day, sentence):
    for refused in (
        lambda: get_diary(world.rm, day),
        lambda: confirm_plan(by=world.rm, day=day, matters=[MEETING]),
        lambda: submit_result(by=world.rm, day=day),
        lambda: save_draft(by=world.rm, day=day, part="plan", text="", page="p"),
    ):
        with pytest.raises(RuleViolation, match=sentence):
            refused()
    assert not Diary.objects.exists()


def test_a_make_up_saturday_has_one(world, at):
    at(date(2026, 2, 13))
    assert confirm_plan(by=world.rm, day=date(2026, 2, 14), matters=[MEETING]).status == DiaryStatus.PLANNED


def test_reading_a_day_writes_nothing(world):
    assert get_diary(world.rm, TODAY).pk is None
    assert not Diary.objects.exists()


# plan


@pytest.mark.parametrize(
    ("closes_at", "hour", "late"),
    [(None, 23, False), (None, 24, True), (time(18, 0), 17, False), (time(18, 0), 18, True)],
)
def test_late_is_recorded_and_never_blocked(world, at, closes_at, hour, late):
    world.east.plan_closes_at = closes_at
    world.east.save()
    world.rm.unit = world.east
    at(TODAY if hour < 24 else TOMORROW, hour % 24)
    diary = confirm_plan(by=world.rm, day=TOMORROW, matters=[MEETING])
    assert (diary.status, diary.is_plan_late) == (DiaryStatus.PLANNED, late)


def test_one_tap_plans_what_is_on_for_tomorrow(world, customer, make_task):
    tomorrow = make_task(customer, planned_on=TOMORROW, why="电话频度到期")
    left = make_task(customer, why="生日将至")
    make_task(customer, planned_on=date(2026, 11, 25))
    make_task(world.customer("李娜", manager=world.colleague))
    confirm_plan(by=world.rm, day=TOMORROW)
    lines = DiaryLine.objects.order_by("position")
    assert [(line.position, line.task_id, line.matter) for line in lines] == [
        (1, tomorrow.pk, "电话频度到期"), (2, left.pk, "生日将至"),
    ]  # fmt: skip


def test_one_tap_fills_the_day_and_no_more(world, make_task):
    world.rm.daily_capacity = 2
    for name, priority in (("甲", 10), ("乙", 90), ("丙", 50)):
        customer = world.customer(name)
        make_task(customer, priority=priority, why=name)
        make_task(customer, priority=1, why=f"{name}的节日")
    confirm_plan(by=world.rm, day=TOMORROW)
    assert set(DiaryLine.objects.values_list("matter", flat=True)) == {"乙", "乙的节日", "丙", "丙的节日"}


def test_an_appointment_stands_at_its_hour(world, customer, make_contact, make_task):
    make_task(customer, planned_on=TOMORROW)
    make_contact(customer, next_on=TOMORROW, next_at=time(9, 30), next_matter="面谈")
    confirm_plan(by=world.rm, day=TOMORROW)
    first = DiaryLine.objects.order_by("position").first()
    assert (first.planned_time, first.task.kind) == (time(9, 30), TaskKind.APPOINTMENT)


def offered(world, day=TOMORROW):
    """(what is offered, what is ticked) for the plan of a day, by reason."""
    page = diary_page(get_diary(world.rm, day), now=clock.now())
    return [t.why for t in page.candidates], [t.why for t in page.suggested]


def test_what_is_agreed_for_today_is_no_part_of_tomorrow(world):
    for name, day in (("今天", TODAY), ("明天", TOMORROW)):
        book_appointment(
            by=world.rm, customer=world.customer(name), day=day, starts_at=time(15), channel="phone", matter=name
        )
    assert offered(world) == (["预约 15:00 电话：明天"], ["预约 15:00 电话：明天"])
    assert offered(world, TODAY)[0] == ["预约 15:00 电话：今天"]


def test_an_appointment_that_no_run_has_seen_yet_is_offered_and_becomes_its_task(world, customer):
    for day, hour in ((TOMORROW, 14), (TOMORROW, 9), (date(2026, 11, 25), 9)):
        Appointment.objects.create(
            customer=customer, unit=customer.unit, staff=world.rm, day=day, starts_at=time(hour), matter="面谈",
            created_at=moment(TODAY),
        )  # fmt: skip
    assert offered(world)[1] == ["预约 09:00 电话：面谈", "预约 14:00 电话：面谈"]
    assert not MaintenanceTask.objects.exists()
    confirm_plan(by=world.rm, day=TOMORROW)
    lines = DiaryLine.objects.order_by("position")
    assert [(line.planned_time, line.task.due_on) for line in lines] == [(time(9), TOMORROW), (time(14), TOMORROW)]
    confirm_plan(by=world.rm, day=TOMORROW)
    assert MaintenanceTask.objects.count() == DiaryLine.objects.count() == 2


def test_whoever_is_overdue_today_is_ticked_first(world, make_task):
    world.rm.daily_capacity = 2
    for name, due_on, priority in (
        ("今天截止", TODAY, 90), ("逾期", date(2026, 11, 20), 10), ("寻常", date(2026, 12, 4), 99), ("早已逾期", date(2026, 11, 2), 5),
    ):  # fmt: skip
        make_task(world.customer(name), due_on=due_on, priority=priority, why=name)
    assert offered(world) == (["逾期", "早已逾期", "今天截止", "寻常"], ["逾期", "早已逾期"])
    groups = diary_page(get_diary(world.rm, TOMORROW), now=clock.now()).candidates
    assert [t.group for t in groups] == ["逾期", "逾期", "到期与问候", "到期与问候"]


def test_a_plan_for_a_far_day_ticks_what_belongs_to_that_day(world, make_task):
    make_task(world.customer("逾期"), due_on=date(2026, 11, 18), why="逾期")
    make_task(world.customer("那天"), planned_on=date(2026, 12, 1), due_on=date(2026, 12, 4), why="那天")
    assert offered(world, date(2026, 12, 1)) == (["逾期", "那天"], ["那天"])


def test_a_substitute_plans_the_absent_colleagues_tasks_too(world, make_task):
    make_task(world.customer("李娜", manager=world.colleague), why="代班")
    Cover.objects.create(
        absent=world.colleague, substitute=world.rm, starts_on=TODAY, ends_on=TOMORROW, created_by=world.supervisor
    )
    confirm_plan(by=world.rm, day=TOMORROW)
    assert DiaryLine.objects.get().matter == "代班"


def test_again_before_the_deadline_replaces_the_plan_and_keeps_its_time(world, customer, make_task, at):
    first, second = make_task(customer), make_task(customer)
    at(TODAY, 15)
    planned_at = confirm_plan(by=world.rm, day=TOMORROW, tasks=[first], matters=[MEETING]).planned_at
    at(TODAY, 20)
    diary = confirm_plan(by=world.rm, day=TOMORROW, tasks=[second], matters=[Matter("走访商户")])
    assert diary.planned_at == planned_at
    assert [line.matter for line in diary.lines.all()] == [second.why, "走访商户"]


def test_after_the_deadline_the_plan_is_locked(world, at):
    confirm_plan(by=world.rm, day=TOMORROW, matters=[MEETING])
    at(TOMORROW, 9)
    with pytest.raises(RuleViolation, match="计划外工作"):
        confirm_plan(by=world.rm, day=TOMORROW, matters=[MEETING, Matter("补一项")])


def test_an_empty_plan_is_none(world):
    with pytest.raises(RuleViolation, match="还没有事项"):
        confirm_plan(by=world.rm, day=TOMORROW)
    assert not DiaryLine.objects.exists()


def test_tasks_that_are_no_longer_open_are_not_planned(world, customer, make_task):
    task, other = make_task(customer), make_task(customer)
    skip_task(by=world.rm, task=task, reason=SkipReason.CUSTOMER_AWAY)
    confirm_plan(by=world.rm, day=TOMORROW, tasks=[task, other])
    assert DiaryLine.objects.get().task == other


@pytest.mark.parametrize(
    ("matter", "sentence"),
    [
        (Matter("长" * 201), "最多200字"),
        (Matter(""), "请填写事项"),
        (Matter("x", channel="pigeon"), "联系方式"),
    ],
)
def test_matters_are_checked(world, matter, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        confirm_plan(by=world.rm, day=TOMORROW, matters=[matter])


def test_a_customer_of_others_is_no_matter_of_mine(world):
    stranger = world.customer("赵敏", manager=world.stranger)
    with pytest.raises(RuleViolation, match="自己负责"):
        confirm_plan(by=world.rm, day=TOMORROW, matters=[Matter("拜访", customer=stranger)])


def test_plans_reach_a_month_ahead(world):
    with pytest.raises(RuleViolation, match="最多提前31天"):
        confirm_plan(by=world.rm, day=date(2027, 1, 5), matters=[MEETING])


@pytest.mark.parametrize("who", ["outlet_head", "teller", "lobby", "administrator"])
def test_only_those_who_write_diaries(world, who):
    with pytest.raises(RuleViolation, match="本人"):
        confirm_plan(by=world.people[who], day=TOMORROW, matters=[MEETING])


# result


@pytest.fixture
def planned(world, make_task, at):
    """Today's plan, made on Friday: 甲 and 乙 by task, a staff meeting."""
    at(date(2026, 11, 20), 16)
    tasks = [make_task(world.customer(name), why=f"联系{name}", due_on=date(2026, 12, 4)) for name in "甲乙"]
    confirm_plan(by=world.rm, day=TODAY, tasks=tasks, matters=[MEETING])
    at(TODAY, 17)
    return tasks


DONE = LineResult(LineOutcome.DONE)
MOVED = LineResult(LineOutcome.NOT_DONE, UnfinishedReason.CUSTOMER_BUSY, "", TOMORROW)


def test_contacts_are_lines_already(world, planned, make_contact):
    contact = make_contact(planned[0].customer, closes=[planned[0]])
    walk_in = make_contact(world.customer("丁"), channel=Channel.MEETING)
    diary = submit_result(by=world.rm, day=TODAY, results={2: MOVED, 3: DONE})
    lines = {line.position: line for line in diary.lines.all()}
    assert (lines[1].outcome, lines[1].contact) == (LineOutcome.DONE, contact)
    assert (lines[2].outcome, lines[2].replanned_on) == (LineOutcome.NOT_DONE, TOMORROW)
    assert (lines[4].is_planned, lines[4].contact) == (False, walk_in)
    assert (diary.status, diary.is_result_late) == (DiaryStatus.SUBMITTED, False)


def test_a_new_date_moves_the_task(world, planned, make_contact):
    make_contact(planned[0].customer, closes=[planned[0]])
    submit_result(by=world.rm, day=TODAY, results={2: MOVED, 3: DONE})
    task = MaintenanceTask.objects.get(pk=planned[1].pk)
    assert (task.planned_on, task.is_pinned, task.due_on) == (TOMORROW, True, date(2026, 12, 4))


def test_a_task_already_moved_in_the_queue_is_suggested_so(world, planned, make_contact):
    make_contact(planned[0].customer, outcome=ContactOutcome.NO_ANSWER)
    snooze_task(by=world.rm, task=planned[0], planned_on=TOMORROW)
    skip_task(by=world.rm, task=planned[1], reason=SkipReason.CUSTOMER_AWAY)
    diary = submit_result(by=world.rm, day=TODAY, results={3: DONE})
    lines = {line.position: line for line in diary.lines.all()}
    assert (lines[1].outcome, lines[1].unfinished_reason, lines[1].replanned_on) == (
        LineOutcome.NOT_DONE, UnfinishedReason.UNREACHABLE, TOMORROW,
    )  # fmt: skip
    assert (lines[2].outcome, lines[2].note) == (LineOutcome.NOT_DONE, "客户外出")


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "第2项“联系乙”还没有填写完成情况"),
        (LineResult(LineOutcome.DONE), "还没有接触记录，不能填"),
        (LineResult(LineOutcome.NOT_DONE), "请选择原因"),
        (LineResult(LineOutcome.NOT_DONE, "lazy", "", TOMORROW), "请选择原因"),
        (LineResult(LineOutcome.NOT_DONE, UnfinishedReason.CUSTOMER_BUSY), "请填写改到哪一天"),
        (LineResult(LineOutcome.NOT_DONE, UnfinishedReason.OTHER, "", TOMORROW), "请写明说明"),
        (LineResult(LineOutcome.NOT_DONE, UnfinishedReason.CUSTOMER_BUSY, "", TODAY), "之后的日期"),
        (
            LineResult(LineOutcome.NOT_DONE, UnfinishedReason.CUSTOMER_BUSY, "", date(2026, 11, 28)),
            "最近的工作日是11月30日",
        ),
        (LineResult(LineOutcome.PARTIAL, "", "说" * 501), "最多500字"),
    ],
)
def test_every_line_ends_properly_or_nothing_is_submitted(world, planned, make_contact, result, sentence):
    make_contact(planned[0].customer, closes=[planned[0]])
    results = {3: DONE} | ({2: result} if result else {})
    with pytest.raises(RuleViolation, match=sentence):
        submit_result(by=world.rm, day=TODAY, results=results)
    assert Diary.objects.get().status == DiaryStatus.PLANNED
    assert not DiaryLine.objects.exclude(outcome=LineOutcome.PENDING).exists()


@pytest.mark.parametrize(("hour", "late"), [(23, False), (24, True)])
def test_a_late_result_is_taken_and_marked(world, at, hour, late):
    at(TODAY if hour < 24 else TOMORROW, hour % 24)
    diary = submit_result(by=world.rm, day=TODAY, unplanned=[MEETING])
    assert (diary.status, diary.is_result_late) == (DiaryStatus.SUBMITTED, late)


def test_contacts_of_a_weekend_are_told_on_monday(world, customer, make_contact, at):
    make_contact(customer, happened_at=moment(date(2026, 11, 21), 11))
    diary = submit_result(by=world.rm, day=TODAY)
    assert diary.lines.get().contact.happened_on == date(2026, 11, 21)


def test_tomorrow_has_no_result_yet(world):
    with pytest.raises(RuleViolation, match="还没有到"):
        submit_result(by=world.rm, day=TOMORROW, unplanned=[MEETING])


def test_a_change_after_submission_leaves_a_revision(world, at):
    diary = submit_result(by=world.rm, day=TODAY, unplanned=[MEETING], notes={"summary": "平稳"})
    submitted_at = diary.submitted_at
    at(TOMORROW, 9)
    diary = submit_result(by=world.rm, day=TODAY, unplanned=[Matter("整理档案")], notes={"summary": "补记"})
    revision = DiaryRevision.objects.get()
    assert (revision.before["summary"], revision.before["lines"][0]["matter"]) == ("平稳", "晨会")
    assert (diary.summary, diary.submitted_at, diary.is_result_late) == ("补记", submitted_at, False)
    assert [line.matter for line in diary.lines.all()] == ["整理档案"]


def test_what_was_not_finished_is_suggested_on_its_new_day(world, at):
    customer = world.customer("戊")
    confirm_plan(by=world.rm, day=TODAY, matters=[Matter("送合同", customer=customer)])
    at(TODAY, 17)
    with pytest.raises(RuleViolation, match="改到哪一天"):
        submit_result(
            by=world.rm, day=TODAY, results={1: LineResult(LineOutcome.NOT_DONE, UnfinishedReason.OWN_CONFLICT)}
        )
    submit_result(
        by=world.rm, day=TODAY,
        results={1: LineResult(LineOutcome.NOT_DONE, UnfinishedReason.OWN_CONFLICT, "", date(2026, 11, 25))},
    )  # fmt: skip
    diary = confirm_plan(by=world.rm, day=date(2026, 11, 25))
    assert [(line.matter, line.customer) for line in diary.lines.all()] == [("送合同", customer)]


def test_a_task_handed_over_meanwhile_does_not_stop_the_diary(world, planned, make_contact):
    MaintenanceTask.objects.filter(pk=planned[1].pk).update(owner=world.other_rm)
    make_contact(planned[0].customer, closes=[planned[0]])
    submit_result(by=world.rm, day=TODAY, results={2: MOVED, 3: DONE})
    assert MaintenanceTask.objects.get(pk=planned[1].pk).planned_on == TODAY


def test_two_tabs_the_second_is_told(world):
    first = submit_result(by=world.rm, day=TODAY, unplanned=[MEETING], version=1)
    with pytest.raises(StaleVersion, match="刚被更新过"):
        submit_result(by=world.rm, day=TODAY, unplanned=[Matter("别的")], version=1)
    submit_result(by=world.rm, day=TODAY, unplanned=[Matter("别的")], version=first.version)


# drafts


def test_a_draft_survives_and_submission_clears_it(world):
    save_draft(by=world.rm, day=TODAY, part="result", text="notes-summary=写到一半𠮷", page="tab-1")
    assert draft_of(get_diary(world.rm, TODAY), "result") == {"page": "tab-1", "text": "notes-summary=写到一半𠮷"}
    save_draft(by=world.rm, day=TODAY, part="plan", text="x", page="tab-1")
    submit_result(by=world.rm, day=TODAY, unplanned=[MEETING])
    diary = get_diary(world.rm, TODAY)
    assert (draft_of(diary, "result"), draft_of(diary, "plan")["text"]) == ({}, "x")


def test_two_devices_on_one_draft(world):
    def save(page, base="", text="x"):
        return save_draft(by=world.rm, day=TODAY, part="result", text=text, page=page, base=base)

    save("phone")
    save("phone", text="more")
    save("desk", base="phone", text="taken over")
    with pytest.raises(StaleVersion, match="另一个页面或设备"):
        save("phone", text="late")
    assert draft_of(get_diary(world.rm, TODAY), "result")["text"] == "taken over"


@pytest.mark.parametrize(("part", "text"), [("review", "x"), ("result", "长" * 60_001), ("plan", "\x00")])
def test_drafts_are_checked(world, part, text):
    with pytest.raises(RuleViolation):
        save_draft(by=world.rm, day=TODAY, part=part, text=text, page="p")


def test_a_draft_is_thrown_away_on_request(world):
    save_draft(by=world.rm, day=TODAY, part="plan", text="x", page="p")
    assert draft_of(discard_draft(by=world.rm, day=TODAY, part="plan"), "plan") == {}


# review


@pytest.fixture
def submitted(world):
    return submit_result(by=world.rm, day=TODAY, unplanned=[MEETING])


def test_the_supervisor_scores_and_the_manager_is_told(world, submitted):
    diary = review_diary(by=world.supervisor, diary=submitted, comment="不错", score=4)
    assert (diary.status, diary.score, diary.reviewed_by) == (DiaryStatus.REVIEWED, 4, world.supervisor)
    note = Notification.objects.get(recipient=world.rm)
    assert note.text == "沈静点评了您11月23日的日志（4分）：不错"


@pytest.mark.parametrize("who", ["rm", "colleague", "outlet_head", "branch_head", "other_supervisor", "auditor"])
def test_nobody_else_reviews(world, submitted, who):
    for step in (
        lambda by: review_diary(by=by, diary=submitted, comment="", score=5),
        lambda by: reopen_diary(by=by, diary=submitted, reason="补"),
    ):
        with pytest.raises(RuleViolation):
            step(world.people[who])


def test_nobody_reviews_himself(world):
    world.supervisor.supervisor = world.supervisor
    diary = submit_result(by=world.supervisor, day=TODAY, unplanned=[MEETING])
    with pytest.raises(RuleViolation, match="自己"):
        review_diary(by=world.supervisor, diary=diary, comment="", score=5)


def test_who_stands_in_for_the_supervisor_reviews(world, submitted):
    Cover.objects.create(
        absent=world.supervisor, substitute=world.other_supervisor, starts_on=TODAY, ends_on=TODAY,
        created_by=world.outlet_head,
    )  # fmt: skip
    assert review_diary(by=world.other_supervisor, diary=submitted, comment="代", score=3).score == 3


def test_before_submission_there_is_nothing_to_review(world):
    diary = confirm_plan(by=world.rm, day=TODAY, matters=[MEETING])
    with pytest.raises(RuleViolation, match="还没有提交"):
        review_diary(by=world.supervisor, diary=diary, comment="", score=3)


@pytest.mark.parametrize("score", [0, 6, -1, None, "5"])
def test_scores_are_one_to_five(world, submitted, score):
    with pytest.raises(RuleViolation, match="1至5分"):
        review_diary(by=world.supervisor, diary=submitted, comment="", score=score)


def test_a_second_comment_keeps_the_first(world, submitted):
    diary = review_diary(by=world.supervisor, diary=submitted, comment="一", score=3)
    review_diary(by=world.supervisor, diary=diary, comment="二", score=4)
    assert DiaryRevision.objects.get().before["comment"] == "一"


def test_a_reviewed_diary_is_closed_until_handed_back(world, submitted):
    diary = review_diary(by=world.supervisor, diary=submitted, comment="", score=2)
    with pytest.raises(RuleViolation, match="主管已点评"):
        submit_result(by=world.rm, day=TODAY, unplanned=[MEETING])
    with pytest.raises(RuleViolation, match="请填写退回原因"):
        reopen_diary(by=world.supervisor, diary=diary, reason=" ")
    diary = reopen_diary(by=world.supervisor, diary=diary, reason="请补充客户需求")
    assert diary.status == DiaryStatus.REOPENED
    assert "请补充客户需求" in Notification.objects.filter(recipient=world.rm).latest("id").text
    diary = submit_result(by=world.rm, day=TODAY, unplanned=[MEETING], notes={"summary": "已补"})
    assert (diary.status, diary.is_result_late) == (DiaryStatus.SUBMITTED, False)


def test_a_review_of_what_one_did_not_see_is_refused(world, submitted):
    submit_result(by=world.rm, day=TODAY, unplanned=[Matter("改过")])
    with pytest.raises(StaleVersion):
        review_diary(by=world.supervisor, diary=submitted, comment="", score=5, version=submitted.version)


@pytest.mark.parametrize("lines", [1, 6])
def test_submitting_costs_the_same_for_one_line_and_for_many(world, make_task, django_assert_num_queries, lines):
    tasks = [make_task(world.customer(f"客户{n}"), why=f"事{n}", due_on=date(2026, 12, 4)) for n in range(lines)]
    confirm_plan(by=world.rm, day=TODAY, tasks=tasks, matters=[])
    by = type(world.rm).objects.select_related("unit").get(pk=world.rm.pk)
    by.serving_ids()
    with django_assert_num_queries(15):
        submit_result(by=by, day=TODAY, results=dict.fromkeys(range(1, lines + 1), MOVED))
