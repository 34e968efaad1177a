"""The engine: the work list, claiming, leases, failures (DESIGN 5, RELIABILITY 3.3)."""

import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import OperationalError, transaction

from customers.models import ImportantDate
from maintenance.daily import leases, runs
from maintenance.daily.runs import (
    RunStopped,
    claim_step,
    ensure_runs,
    finish_runs,
    look_for_work,
    reopen_run,
    retry_steps,
    run_until,
    work_step,
)
from maintenance.enums import RunState, RunStepName
from maintenance.models import DailyRun, MaintenanceTask, Quarantine, RunStep
from maintenance.services.beats import recompute_beats
from organization.models import Notification, Unit
from tests.maintenance.daily.archive import build, dump
from tests.world import TODAY

ONE = timedelta(days=1)


@pytest.fixture
def archive(world):
    return build([world.rm, world.other_rm, world.stranger], seed=7, customers=12, on=TODAY)


@pytest.fixture
def replace_step(monkeypatch):
    """`replace_step(name, function)` for the rest of the test."""

    def replace(name, function):
        monkeypatch.setitem(runs.STEPS, name, function)

    return replace


def dates() -> list[date]:
    return list(DailyRun.objects.order_by("business_date").values_list("business_date", flat=True))


def states() -> dict:
    return {(s.step, s.shard): s.state for s in RunStep.objects.all()}


# The work list


def test_the_first_run_ever_is_of_its_own_date_only(world):
    assert ensure_runs(TODAY) == [TODAY]
    assert dates() == [TODAY]


def test_every_date_since_the_last_run_is_listed(world):
    ensure_runs(TODAY - 5 * ONE)
    assert ensure_runs(TODAY) == [TODAY - n * ONE for n in range(4, -1, -1)]
    assert ensure_runs(TODAY) == []
    assert len(dates()) == 6


def test_catching_up_reaches_back_so_many_days(world):
    ensure_runs(TODAY - 90 * ONE)
    ensure_runs(TODAY)
    assert dates()[1] == TODAY - 35 * ONE
    assert len(dates()) == 37


def test_a_date_before_the_first_run_can_be_run_by_hand_and_nothing_else_is_added(world):
    ensure_runs(TODAY)
    assert ensure_runs(TODAY - 10 * ONE) == [TODAY - 10 * ONE]


def test_a_hole_in_the_list_is_filled(world):
    ensure_runs(TODAY - 2 * ONE)
    ensure_runs(TODAY + 3 * ONE)
    DailyRun.objects.filter(business_date=TODAY - ONE).delete()
    assert ensure_runs(TODAY) == [TODAY - ONE]


def test_shards_hold_every_unit_there_is_or_will_be(archive):
    ensure_runs(TODAY, shards=3)
    steps = RunStep.objects.filter(step=RunStepName.CARE).order_by("shard")
    ranges = list(steps.values_list("first_unit", "last_unit"))
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 2**63 - 1
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ranges))
    assert len(ranges) == 3
    assert RunStep.objects.count() == 3 * len(RunStepName)


def test_there_are_no_more_shards_than_units_with_customers(archive):
    ensure_runs(TODAY, shards=50)
    assert RunStep.objects.filter(step=RunStepName.CARE).count() == 3


# Claiming


def test_steps_come_in_order_and_a_shard_does_not_wait_for_another(archive):
    ensure_runs(TODAY, shards=2)
    first, second = claim_step(), claim_step()
    assert [(s.step, s.shard) for s in (first, second)] == [(RunStepName.REFRESH, 0), (RunStepName.REFRESH, 1)]
    assert claim_step() is None
    assert work_step(second)
    third = claim_step()
    assert (third.step, third.shard) == (RunStepName.SEGMENTS, 1)


def test_ranking_waits_until_every_shard_has_raised_its_tasks(archive):
    ensure_runs(TODAY, shards=2)
    held = claim_step()
    while step := claim_step():
        assert step.shard == 1
        work_step(step)
    assert states()[RunStepName.APPOINTMENTS, 1] == RunState.DONE
    assert states()[RunStepName.RANKING, 1] == RunState.PENDING
    work_step(held)
    run_until(TODAY)
    assert set(states().values()) == {RunState.DONE}


def test_a_date_waits_for_the_date_before_it_even_if_shards_were_cut_differently(archive):
    ensure_runs(TODAY - ONE, shards=3)
    ensure_runs(TODAY, shards=1)
    claimed = []
    while step := claim_step():
        claimed.append((step.business_date, step.shard))
    assert claimed == [(TODAY - ONE, 0), (TODAY - ONE, 1), (TODAY - ONE, 2)]
    RunStep.objects.filter(business_date=TODAY - ONE, shard__lt=2).update(state=RunState.DONE)
    assert claim_step() is None


def test_the_attempt_and_the_lease_are_there_before_any_work(archive):
    ensure_runs(TODAY, shards=1)
    step = claim_step()
    assert (step.state, step.attempt, len(step.lease_token)) == (RunState.RUNNING, 1, 36)
    assert step.lease_until > step.started_at
    assert DailyRun.objects.get().state == RunState.RUNNING


def test_later_dates_are_left_alone_when_asked(archive):
    ensure_runs(TODAY - ONE, shards=1)
    ensure_runs(TODAY, shards=1)
    run_until(TODAY - ONE)
    assert set(RunStep.objects.filter(business_date=TODAY).values_list("state", flat=True)) == {RunState.PENDING}
    assert claim_step(until=TODAY - ONE) is None


# Leases


def test_who_lost_the_lease_writes_nothing(archive, fixed_clock):
    """The zombie of RELIABILITY 5.5: stopped, its lease runs out, another does the step, it wakes up."""
    ensure_runs(TODAY, shards=1)
    work_step(claim_step())
    work_step(claim_step())
    zombie = claim_step()
    assert zombie.step == RunStepName.CARE
    fixed_clock.shift(61)
    other = claim_step()
    assert (other.pk, other.attempt) == (zombie.pk, 2)
    assert not work_step(zombie)
    assert not MaintenanceTask.objects.filter(kind="birthday").exists()
    assert work_step(other)
    before = dump()
    ImportantDate.objects.update(remind_on=TODAY)  # there would be something to write
    MaintenanceTask.objects.filter(kind="birthday").delete()
    assert not work_step(zombie)
    assert not MaintenanceTask.objects.filter(kind="birthday").exists()
    assert before["tasks"]


def test_a_lease_that_has_not_run_out_is_respected(archive, fixed_clock):
    ensure_runs(TODAY, shards=1)
    claim_step()
    fixed_clock.shift(59)
    assert claim_step() is None


def test_a_dead_holder_on_this_machine_is_known_at_once(archive):
    ensure_runs(TODAY, shards=1)
    step = claim_step()
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    host, _, _ = step.lease_token.split("-")
    RunStep.objects.filter(pk=step.pk).update(lease_token=f"{host}-{child.pid}-dead")
    assert claim_step().pk == step.pk


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", "0badcafe-1-x", f"{leases._host()}-{os.getpid()}-x", "a-b-c"],
    ids=["none", "nonsense", "another host", "ourselves", "no number"],
)
def test_in_doubt_a_holder_is_alive(token):
    assert not leases.is_abandoned(token)


def test_a_killed_child_that_nobody_has_asked_for_is_dead():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    token = f"{leases._host()}-{child.pid}-x"
    assert not leases.is_abandoned(token)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert leases.is_abandoned(token)
    child.wait()


def test_a_clock_that_was_put_back_holds_nothing_up(archive, fixed_clock):
    ensure_runs(TODAY, shards=1)
    step = claim_step()
    fixed_clock.shift(-2 * 3600)
    assert claim_step().pk == step.pk
    fixed_clock.shift(61)
    step = claim_step()
    RunStep.objects.filter(pk=step.pk).update(state=RunState.FAILED, not_before=step.started_at + timedelta(hours=4))
    assert claim_step().pk == step.pk


def test_a_step_whose_holders_keep_dying_is_left_for_an_administrator(archive, fixed_clock, world):
    ensure_runs(TODAY, shards=1)
    for _ in range(8):
        assert claim_step().step == RunStepName.REFRESH
        fixed_clock.shift(61)
    assert claim_step() is None
    step = RunStep.objects.get(step=RunStepName.REFRESH)
    assert (step.state, DailyRun.objects.get().state) == (RunState.DEAD, RunState.DEAD)
    assert Notification.objects.get(kind="daily_run").recipient == world.administrator
    assert retry_steps(RunStep.objects.all()) == 1
    assert claim_step().attempt == 1


# Failures


def test_a_failure_waits_longer_each_time(archive, fixed_clock, replace_step):
    ensure_runs(TODAY, shards=1)
    calls = []

    def failing(work):
        calls.append(work.on)
        raise ValueError("第一行\n张三的明细")

    replace_step(RunStepName.REFRESH, failing)
    for minutes in (1, 5, 15, 60):
        assert not work_step(claim_step())
        step = RunStep.objects.get(step=RunStepName.REFRESH)
        assert (step.state, step.error) == (RunState.FAILED, "ValueError: 第一行")
        fixed_clock.shift(minutes * 60 - 1)
        assert claim_step() is None
        fixed_clock.shift(1.5)
    assert len(calls) == 4
    assert DailyRun.objects.get().state == RunState.FAILED
    replace_step(RunStepName.REFRESH, lambda work: 0)
    assert work_step(claim_step())
    assert look_for_work(seconds=60) == len(runs.STEPS) - 1
    assert DailyRun.objects.get().state == RunState.DONE


def test_nothing_of_a_failed_step_is_kept(archive, replace_step):
    whole = runs.STEPS[RunStepName.MATURITIES]

    def failing(work):
        assert whole(work) > 0
        raise RuntimeError

    replace_step(RunStepName.MATURITIES, failing)
    ensure_runs(TODAY, shards=1)
    while (step := claim_step()).step != RunStepName.MATURITIES:
        work_step(step)
    assert not work_step(step)
    assert not MaintenanceTask.objects.filter(kind="maturity").exists()


def test_bad_customers_are_set_aside_and_the_rest_is_finished(world, replace_step):
    customers = build([world.rm, world.other_rm], seed=3, customers=14, on=TODAY)
    for customer in customers:
        ImportantDate.objects.get_or_create(
            customer=customer, unit=customer.unit, kind="memorial", label="相识", month=11, day=25, remind_days=7,
            next_on=date(2026, 11, 25), remind_on=date(2026, 11, 18),
        )  # fmt: skip
    bad = {customers[3].pk, customers[10].pk}
    whole = runs.STEPS[RunStepName.CARE]

    def choking(work):
        due = work.of(ImportantDate.objects.to_remind(work.on)).values_list("customer", flat=True)
        if bad & set(due):
            raise ValueError("这一行读不懂")
        return whole(work)

    replace_step(RunStepName.CARE, choking)
    run_until(TODAY, shards=1)
    assert set(Quarantine.objects.values_list("customer", flat=True)) == bad
    assert {q.error for q in Quarantine.objects.all()} == {"ValueError: 这一行读不懂"}
    raised = set(MaintenanceTask.objects.filter(why__contains="相识").values_list("customer", flat=True))
    reachable = {
        c.pk for c in customers if not c.has_no_contact and not (c.mourning_until and c.mourning_until >= TODAY)
    }
    assert raised == reachable - bad
    told = Notification.objects.get(kind="daily_run")
    assert told.recipient == world.administrator
    assert "2位客户" in told.text
    assert not any(c.name in told.text for c in customers)
    # The next day leaves them out from the start, without five failures first.
    run_until(TODAY + ONE, shards=1)
    assert RunStep.objects.get(business_date=TODAY + ONE, step=RunStepName.CARE).attempt == 1
    # Seen to and released, they are caught up with.
    Quarantine.objects.update(resolved_at=TODAY.isoformat() + "T12:00+08:00")
    bad.clear()
    run_until(TODAY + ONE)
    raised = set(MaintenanceTask.objects.filter(why__contains="相识").values_list("customer", flat=True))
    assert raised == reachable


def test_a_date_that_no_year_has_harms_nobody_else(world):
    good, bad = world.customer("好"), world.customer("坏")
    for customer, day in ((good, 24), (bad, 31)):
        ImportantDate.objects.create(customer=customer, unit=customer.unit, kind="birthday", month=11, day=day)
    run_until(TODAY, shards=1)
    assert Quarantine.objects.get().customer == bad
    assert MaintenanceTask.objects.get(kind="birthday").customer == good


def test_a_fault_that_is_nobodys_stops_the_run_and_says_so(archive, replace_step, world):
    def failing(work):
        raise LookupError("表不存在")

    replace_step(RunStepName.BEATS, failing)
    with pytest.raises(RunStopped, match=r"2026-11-23的“应联客户”.*LookupError: 表不存在"):
        run_until(TODAY, shards=1)
    assert not Quarantine.objects.exists()
    assert Notification.objects.filter(kind="daily_run", recipient=world.administrator).count() == 1
    replace_step(RunStepName.BEATS, lambda work: 0)
    run_until(TODAY)
    assert DailyRun.objects.get().state == RunState.DONE


def test_a_database_in_trouble_is_no_customers_fault(archive, replace_step):
    def failing(work):
        raise OperationalError("deadlock detected")

    replace_step(RunStepName.BEATS, failing)
    with pytest.raises(RunStopped):
        run_until(TODAY, shards=1)
    assert not Quarantine.objects.exists()


# Finishing


def test_a_second_run_of_a_date_writes_no_row(archive):
    run_until(TODAY, shards=2)
    before, rows = dump(), list(RunStep.objects.order_by("pk").values_list("pk", "rows"))
    assert sum(count for _, count in rows) > 10
    for _ in range(2):
        run_until(TODAY)
    assert dump() == before
    written = dict(RunStep.objects.exclude(step=RunStepName.ESCALATION).values_list("pk", "rows"))
    assert written == {pk: count for pk, count in rows if pk in written}


def test_a_run_is_done_when_its_last_step_is(archive):
    ensure_runs(TODAY, shards=1)
    while step := claim_step():
        assert DailyRun.objects.get().state == RunState.RUNNING
        work_step(step)
    run = DailyRun.objects.get()
    assert (run.state, run.finished_at is not None) == (RunState.DONE, True)
    assert finish_runs() == 0


def test_only_a_complete_run_is_reopened(archive):
    ensure_runs(TODAY, shards=1)
    assert not reopen_run(TODAY)
    assert not reopen_run(TODAY - ONE)


def test_a_worker_lists_what_is_missing_and_works_it_off(archive):
    ensure_runs(TODAY - 2 * ONE, shards=1)
    assert look_for_work(seconds=60) > 3 * len(RunStepName)
    assert set(DailyRun.objects.values_list("business_date", "state")) == {
        (TODAY - n * ONE, RunState.DONE) for n in range(3)
    }
    assert look_for_work(seconds=60) == 0


def test_a_worker_stops_when_its_time_is_up(archive):
    assert look_for_work(seconds=0) == 0
    assert RunStep.objects.filter(state=RunState.PENDING).count() == RunStep.objects.count()


def test_a_unit_founded_later_belongs_to_a_shard(world, archive):
    run_until(TODAY, shards=2)
    ensure_runs(TODAY + ONE, shards=2)
    unit = Unit.objects.create(parent=world.branch, kind="outlet", code="1103", name="新设网点")
    customer = world.customer("新网点客户", unit=unit, managed_since=date(2026, 1, 1))
    recompute_beats([customer.pk], on=TODAY, is_raising=False)
    run_until(TODAY + ONE)
    assert MaintenanceTask.objects.filter(customer=customer).exists()


def test_customers_of_an_owner_in_two_shards_are_levelled_together(world):
    """A hand-over across units leaves an owner with customers of another shard; the owner's own shard ranks them all."""
    world.rm.daily_capacity = 2
    world.rm.save()
    for n in range(6):
        unit = world.south if n % 2 else world.east
        customer = world.customer(
            f"客户{n}", unit=unit, managed_since=date(2026, 9, 24)
        )  # a call is due by 24 November
        recompute_beats([customer.pk], on=TODAY, is_raising=False)
    with transaction.atomic():
        run_until(date(2026, 11, 20), shards=1)
        alone = dump()
        transaction.set_rollback(True)
    run_until(date(2026, 11, 20), shards=4)
    assert RunStep.objects.values("shard").distinct().count() == 2
    assert dump() == alone
    planned = sorted(MaintenanceTask.objects.values_list("planned_on", flat=True))
    assert planned == [date(2026, 11, 20)] * 2 + [date(2026, 11, 23)] * 2 + [date(2026, 11, 24)] * 2
