"""Alive, ready, and what the health page says about the daily run."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from crm.navigation import entries_for
from crm.views import health
from maintenance.enums import RunState, RunStepName
from maintenance.models import DailyRun, Quarantine, RunStep
from maintenance.queries.health import recent_runs
from organization import clock
from organization.models import AuditSeal
from tests.maintenance.conftest import moment
from tests.world import TODAY

SEEING = {
    "supervisor",
    "other_supervisor",
    "outlet_head",
    "branch_head",
    "head_office_staff",
    "administrator",
    "auditor",
}


def make_run(day: date, state=RunState.DONE, *, rows=7, error="") -> DailyRun:
    run = DailyRun.objects.create(
        business_date=day, state=state, created_at=moment(day, 0),
        finished_at=moment(day, 0, 3) if state == RunState.DONE else None,
    )  # fmt: skip
    for shard in (0, 1):
        RunStep.objects.create(
            run=run, business_date=day, step=RunStepName.BEATS, position=2, shard=shard, first_unit=0, last_unit=9,
            state=state, attempt=shard + 1, rows=rows, error=error, started_at=moment(day, 0, 1),
            finished_at=moment(day, 0, 2) if state == RunState.DONE else None,
        )  # fmt: skip
    return run


def test_alive_asks_for_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok\n"


def test_ready_without_a_login(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize(
    ("broken", "status", "word"), [("database", 503, "broken"), ("migrations", 503, "broken"), ("keys", 503, "broken"),
                                   ("redis", 200, "degraded")],
)  # fmt: skip
def test_what_stops_requests_and_what_does_not(client, db, monkeypatch, broken, status, word):
    def fail():
        raise RuntimeError("secret detail")

    monkeypatch.setitem(health._CHECKS, broken, fail)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (status, word)
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    "who", ["rm", "supervisor", "outlet_head", "lobby", "teller", "head_office_staff", "auditor", "administrator"]
)
def test_who_sees_the_page(world, sign_in, who):
    assert sign_in(world.people[who]).get(reverse("health")).status_code == (200 if who in SEEING else 403)


def test_steps_are_told_over_all_shards(db):
    make_run(TODAY)
    (run,) = recent_runs(now=clock.now(), days=14)
    (step,) = run.steps
    assert (step.label, step.shards, step.done, step.rows, step.attempts) == ("应联客户", 2, 2, 14, 2)
    assert step.duration == timedelta(minutes=1)
    assert (run.is_bad, run.rows, run.duration, run.lag) == (False, 14, timedelta(minutes=2), timedelta(minutes=3))


def test_a_missing_date_is_red_and_dates_before_the_first_run_are_not(db):
    make_run(TODAY - timedelta(days=3))
    make_run(TODAY - timedelta(days=1))
    runs = recent_runs(now=clock.now(), days=14)
    assert [(run.day, run.is_missing) for run in runs] == [
        (TODAY, True), (TODAY - timedelta(days=1), False), (TODAY - timedelta(days=2), True),
        (TODAY - timedelta(days=3), False),
    ]  # fmt: skip


@pytest.mark.parametrize(("hour", "is_bad"), [(1, False), (3, True)])
def test_a_run_that_has_not_ended_is_red_after_two_hours(db, hour, is_bad):
    make_run(TODAY, RunState.RUNNING)
    (run,) = recent_runs(now=moment(TODAY, hour), days=14)
    assert (run.is_late, run.is_bad) == (is_bad, is_bad)


def test_failures_are_told_with_their_error(world, sign_in):
    make_run(TODAY, RunState.FAILED, error="ValueError: 坏行")
    Quarantine.objects.create(
        step=RunStepName.BEATS, business_date=TODAY, customer=world.customer("张伟"), error="x", created_at=clock.now()
    )
    page = sign_in(world.administrator).get(reverse("health")).content.decode()
    for word in ("失败待重试", "ValueError: 坏行", "1位待处理"):
        assert word in page
    assert "张伟" not in page


def test_the_seals_age_is_told(world, sign_in, fixed_clock):
    client = sign_in(world.auditor)  # the sign-in itself is on the trail, and nothing is sealed
    fixed_clock.shift(timedelta(minutes=11))
    assert "超时未封存" in client.get(reverse("health")).content.decode()
    AuditSeal.objects.create(
        number=1, ranges=[], rows=0, last_id=0, previous_digest="0" * 64, digest="1" * 64, sealed_at=clock.now()
    )
    page = client.get(reverse("health")).content.decode()
    assert "超时未封存" not in page
    assert "第1块" in page


@pytest.mark.parametrize("runs", [1, 10])
def test_the_page_reads_the_same_for_any_number_of_runs(world, sign_in, django_assert_max_num_queries, runs):
    for offset in range(runs):
        make_run(TODAY - timedelta(days=offset))
    client = sign_in(world.administrator)
    client.get(reverse("health"))
    with django_assert_max_num_queries(13):
        client.get(reverse("health"))


@pytest.mark.parametrize("who", ["supervisor", "outlet_head", "branch_head", "head_office_staff"])
def test_who_does_not_look_after_the_system_reads_only_whether_the_list_is_ready(world, sign_in, who):
    make_run(TODAY)
    page = sign_in(world.people[who]).get(reverse("health")).content.decode()
    assert re.search(r"今日待办已于\s+00:03 生成", page)
    assert "分片" not in page
    assert "审计封存" not in page


def test_a_list_that_is_not_there_is_said_plainly(world, sign_in):
    client = sign_in(world.outlet_head)
    assert "还没有生成" in client.get(reverse("health")).content.decode()
    make_run(TODAY, RunState.FAILED, error="ValueError: 坏行")
    page = client.get(reverse("health")).content.decode()
    assert "还没有生成" in page
    assert "坏行" not in page


def test_the_entry_is_for_those_who_have_no_queue_to_look_at(world):
    names = {who: [entry.url_name for entry in entries_for(world.people[who])] for who in ("supervisor", "outlet_head")}
    assert "health" not in names["supervisor"]
    assert "health" in names["outlet_head"]
