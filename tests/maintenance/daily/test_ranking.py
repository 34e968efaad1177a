"""Priorities and levelling (DESIGN 5, ADR 7)."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almanac.workdays import add_workdays
from customers.enums import Tier
from maintenance.daily.priority import explain_priority
from maintenance.daily.steps.ranking import rank
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import MaintenanceTask
from tests.world import TODAY

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def tasks(world, make_task):
    """`tasks(n, **fields)`: n customers of the RM with one task each, capacity two a day."""
    world.rm.daily_capacity = 2
    world.rm.save()

    def make(count: int, **fields):
        return [make_task(world.customer(f"客户{n}"), **fields) for n in range(count)]

    return make


def planned() -> list[date]:
    return list(MaintenanceTask.objects.order_by("pk").values_list("planned_on", flat=True))


def test_days_are_filled_to_capacity_by_priority(world, tasks, make_task, run_step):
    low = tasks(3, kind=TaskKind.FESTIVAL)
    high = make_task(world.customer("大客户", tier=Tier.PRIVATE), kind=TaskKind.FESTIVAL)
    run_step(rank)
    high.refresh_from_db()
    assert high.planned_on == TODAY
    assert sorted(planned()) == [TODAY] * 2 + [date(2026, 11, 24)] * 2
    assert [MaintenanceTask.objects.get(pk=t.pk).planned_on for t in low] == [
        TODAY,
        date(2026, 11, 24),
        date(2026, 11, 24),
    ]


def test_never_past_the_due_day(tasks, run_step):
    tasks(20, due_on=date(2026, 11, 25))
    run_step(rank)
    assert planned().count(TODAY) == 2
    assert planned().count(date(2026, 11, 24)) == 2
    assert planned().count(date(2026, 11, 25)) == 16


def test_what_is_due_today_or_overdue_is_done_today_and_takes_the_places_first(world, tasks, make_task, run_step):
    due = tasks(2, kind=TaskKind.FESTIVAL, due_on=TODAY)
    due[0].due_on = date(2026, 11, 2)
    due[0].save()
    important = make_task(world.customer("大客户", tier=Tier.PRIVATE), due_on=FRIDAY)
    run_step(rank)
    assert planned()[:2] == [TODAY, TODAY]
    important.refresh_from_db()
    assert important.planned_on == date(2026, 11, 24)


def test_more_than_fits_is_due_today(tasks, run_step):
    tasks(5, due_on=TODAY)
    run_step(rank)
    assert planned() == [TODAY] * 5


def test_a_day_off_is_no_day_to_plan_for(tasks, run_step):
    tasks(3, due_on=date(2026, 12, 31))
    run_step(rank, on=date(2026, 11, 28))  # a Saturday
    assert sorted(planned()) == [date(2026, 11, 30), date(2026, 11, 30), date(2026, 12, 1)]


def test_all_reasons_of_a_customer_share_a_day(world, tasks, make_task, run_step):
    customers = [world.customer(f"多事{n}", tier=Tier.PRIVATE) for n in range(2)]
    tasks(1, kind=TaskKind.PHONE_BEAT, due_on=FRIDAY)
    for customer in customers:
        for kind in (TaskKind.BIRTHDAY, TaskKind.MATURITY, TaskKind.FESTIVAL):
            make_task(customer, kind=kind, due_on=FRIDAY)
    run_step(rank)
    assert planned() == [date(2026, 11, 24)] + [TODAY] * 6


def test_what_a_person_has_placed_stays_and_the_rest_of_the_card_joins_it(world, tasks, make_task, run_step):
    customer = world.customer("有约", tier=Tier.PRIVATE)
    booked = make_task(
        customer, kind=TaskKind.APPOINTMENT, due_on=date(2026, 11, 26), planned_on=date(2026, 11, 26), is_pinned=True
    )
    joins = make_task(customer, due_on=FRIDAY)
    other = world.customer("先到期")
    make_task(
        other, kind=TaskKind.APPOINTMENT, due_on=date(2026, 12, 10), planned_on=date(2026, 12, 10), is_pinned=True
    )
    before = make_task(other, due_on=FRIDAY)
    run_step(rank)
    for task, day in ((booked, date(2026, 11, 26)), (joins, date(2026, 11, 26)), (before, TODAY)):
        task.refresh_from_db()
        assert task.planned_on == day


def test_a_visit_today_brings_the_other_reasons_today(world, tasks, make_task, run_step):
    customer = world.customer("今天来", tier=Tier.MASS)
    make_task(customer, kind=TaskKind.APPOINTMENT, due_on=TODAY, is_pinned=True)
    joins = make_task(customer, kind=TaskKind.FESTIVAL, due_on=FRIDAY, planned_on=FRIDAY)
    tasks(4)
    run_step(rank)
    joins.refresh_from_db()
    assert joins.planned_on == TODAY


def test_each_owner_has_a_day_of_his_own_and_nobody_has_none(world, make_task, run_step):
    world.other_rm.daily_capacity = 0
    world.other_rm.save()
    for n in range(2):
        make_task(world.customer(f"甲{n}", manager=world.rm))
        make_task(world.customer(f"乙{n}", manager=world.other_rm))
    run_step(rank)
    assert planned() == [TODAY, TODAY, TODAY, date(2026, 11, 24)]


def test_closed_tasks_and_unchanged_rows_are_not_touched(tasks, run_step):
    rows = tasks(4, due_on=FRIDAY)
    rows[0].status = TaskStatus.DONE
    rows[0].planned_on = date(2026, 11, 2)
    rows[0].save()
    run_step(rank)
    rows[0].refresh_from_db()
    assert (rows[0].planned_on, rows[0].priority) == (date(2026, 11, 2), 50)
    assert run_step(rank) == 0


def test_yesterdays_rest_comes_first_again(tasks, run_step):
    tasks(5, due_on=FRIDAY)
    run_step(rank)
    run_step(rank, on=date(2026, 11, 25))
    assert min(planned()) == date(2026, 11, 25)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), capacity=st.integers(1, 4), days=st.integers(0, 3))
def test_levelling_holds_whatever_the_tasks(world, make_task, run_step, seed, capacity, days):
    """Never before today, never past the due day, cards whole, days filled in order, and the priority as explained."""
    random, on = Random(seed), TODAY + timedelta(days=days)
    MaintenanceTask.objects.all().delete()
    world.rm.daily_capacity = capacity
    world.rm.save()
    for n in range(8):
        customer = world.customer(f"客户{seed}-{n}", tier=random.choice(list(Tier)))
        for _ in range(random.randint(1, 3)):
            make_task(
                customer, kind=random.choice(list(TaskKind)), due_on=add_workdays(TODAY, random.randint(-20, 10)),
                planned_on=add_workdays(TODAY, random.randint(-5, 5)), is_pinned=random.random() < 0.2,
            )  # fmt: skip
    pinned = dict(MaintenanceTask.objects.filter(is_pinned=True).values_list("pk", "planned_on"))
    run_step(rank, on=on)
    rows = list(MaintenanceTask.objects.select_related("customer"))
    assert {row.pk: row.planned_on for row in rows if row.is_pinned} == pinned
    cards: dict[int, set[date]] = {}
    for row in rows:
        assert row.priority == explain_priority(row, on).total
        if not row.is_pinned:
            assert row.planned_on == on or on < row.planned_on <= row.due_on
            cards.setdefault(row.customer_id, set()).add(row.planned_on)
    assert all(len(days_of_card) == 1 for days_of_card in cards.values())
    with_pinned = {row.customer_id for row in rows if row.is_pinned}
    today = {row.customer_id for row in rows if row.planned_on <= on}
    if any(day > on for customer, (day,) in cards.items() if customer not in with_pinned):
        assert len(today) >= capacity


def test_the_priority_explained_in_words(world, make_task):
    task = make_task(world.customer(tier=Tier.PLATINUM), due_on=date(2026, 11, 20))
    explanation = explain_priority(task, TODAY)
    assert explanation.parts == (("生日关怀", 65), ("白金客户", 20), ("逾期3天", 6))
    assert str(explanation) == "91 = 生日关怀65 + 白金客户20 + 逾期3天6"
    assert explain_priority(task, date(2027, 6, 1)).parts[-1] == ("逾期193天", 30)
    assert len(explain_priority(task, date(2026, 11, 20)).parts) == 2
