"""Exactly once in effect (DESIGN 5): whatever happens to the runs, the table is that of one quiet run.

Runs in separate processes and real workers are in test_processes, a month of a real bank in tests/berka.
"""

from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintenance.daily.runs import ensure_runs, run_until
from maintenance.enums import RunState
from maintenance.models import CareRule, DailyRun
from tests.maintenance.daily.archive import build
from tests.maintenance.daily.histories import die_at_step, history

# Some days before the tests' TODAY, over a week end: the clock is past all of them.
FIRST = date(2026, 11, 12)
relaxed = settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(count)]


def quiet(count: int):
    def play():
        for day in days(count):
            run_until(day, shards=1)

    return play


@pytest.fixture
def managers(world):
    world.rm.daily_capacity = 2
    world.rm.save()
    return [world.rm, world.colleague, world.other_rm, world.stranger]


def test_a_quiet_run_has_something_to_say(managers):
    build(managers, seed=1, customers=40, on=FIRST)
    CareRule.objects.filter(occasion="dongzhi").update(lead_days=(date(2026, 12, 22) - FIRST).days - 1)
    left = history(quiet(5))
    kinds = {row[1] for row in left["tasks"]}
    assert kinds >= {
        "birthday", "important_date", "festival", "maturity", "phone_beat", "meeting_beat", "first_contact", "appointment",
    }  # fmt: skip
    assert len({row[5] for row in left["tasks"]}) > 2  # spread over several days


@relaxed
@given(seed=st.integers(0, 10_000), shards=st.integers(1, 5), again=st.lists(st.integers(0, 3), max_size=4))
def test_run_again_with_any_number_of_shards(managers, seed, shards, again):
    """Each date once, then some of them again in any order."""

    def play():
        for day in days(4):
            run_until(day, shards=shards)
        for n in again:
            run_until(days(4)[n])

    with transaction.atomic():
        build(managers, seed=seed, customers=8, on=FIRST)
        assert history(play) == history(quiet(4))
        transaction.set_rollback(True)


@relaxed
@given(seed=st.integers(0, 10_000), order=st.sampled_from(sorted(set(permutations([0, 1, 0, 1])))))
def test_two_dates_in_any_order(managers, seed, order):
    def play():
        for n in order:
            run_until(days(2)[n])

    with transaction.atomic():
        build(managers, seed=seed, customers=8, on=FIRST)
        assert history(play) == history(quiet(2))
        transaction.set_rollback(True)


@relaxed
@given(seed=st.integers(0, 10_000), gap=st.integers(1, 5))
def test_a_gap_is_caught_up_with(managers, seed, gap):
    """One run, nothing for some days, then one look: every date in between gets its run."""

    def play():
        run_until(days(1)[0])
        run_until(days(gap + 2)[-1])
        assert DailyRun.objects.filter(state=RunState.DONE).count() == gap + 2

    with transaction.atomic():
        build(managers, seed=seed, customers=8, on=FIRST)
        assert history(play) == history(quiet(gap + 2))
        transaction.set_rollback(True)


@relaxed
@given(
    seed=st.integers(0, 10_000),
    kills=st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=4),
    shards=st.integers(1, 3),
)
def test_killed_at_any_point_and_begun_again(managers, fixed_clock, seed, kills, shards):
    """The holder dies before or after a step has written, before it is committed; its lease runs out, another goes on."""

    def play():
        ensure_runs(FIRST, shards=shards)
        ensure_runs(days(3)[-1], shards=shards)
        for after, has_written in kills:
            die_at_step(after, has_written=has_written)
        run_until(days(3)[-1])

    with transaction.atomic():
        build(managers, seed=seed, customers=8, on=FIRST)
        expected = history(quiet(3))
        assert history(play) == expected
        transaction.set_rollback(True)
