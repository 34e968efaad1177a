"""What has passed moves on, what was asleep wakes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.enums import Calendar, ProductCategory, Strategy, Tier
from customers.models import Account, BalanceSnapshot, Customer, ImportantDate, MonthlyBalance, Product
from maintenance.daily.steps.beats import raise_beats
from maintenance.daily.steps.refresh import refresh
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import ContactBeat, MaintenanceTask
from maintenance.services.beats import recompute_beats
from organization.models import Parameter
from organization.parameters import forget
from tests.world import TODAY

ONE = timedelta(days=1)


def test_dates_that_have_passed_move_on_in_one_statement_per_day_of_the_year(
    world, run_step, django_assert_max_num_queries
):
    for n in range(40):
        customer = world.customer(f"客户{n}")
        ImportantDate.objects.create(
            customer=customer, unit=customer.unit, kind="birthday", month=11, day=22, next_on=date(2026, 11, 22)
        )
    with django_assert_max_num_queries(16):
        assert run_step(refresh) == 40
    assert set(ImportantDate.objects.values_list("next_on", "remind_on")) == {(date(2027, 11, 22), date(2027, 11, 15))}


def test_a_date_nobody_has_scheduled_is_scheduled(world, run_step):
    customer = world.customer()
    row = ImportantDate.objects.create(
        customer=customer, unit=customer.unit, kind="birthday", calendar=Calendar.LUNAR, month=10, day=15
    )
    run_step(refresh)
    row.refresh_from_db()
    assert (row.next_on, row.remind_on) == (TODAY, TODAY - 7 * ONE)


def test_a_beat_wakes_the_day_after_mourning(world, run_step):
    customer = world.customer(managed_since=date(2025, 1, 2), mourning_until=TODAY)
    recompute_beats([customer.pk], on=TODAY - ONE)
    beat = ContactBeat.objects.get(channel="phone")
    assert (beat.next_due_on, beat.raise_on) == (None, TODAY)
    run_step(refresh, on=TODAY)
    run_step(raise_beats, on=TODAY)
    beat.refresh_from_db()
    assert beat.next_due_on is None
    run_step(refresh, on=TODAY + ONE)
    beat.refresh_from_db()
    assert beat.next_due_on == date(2027, 1, 22)  # two months after the mourning
    assert not MaintenanceTask.objects.exists()


@pytest.mark.parametrize(("entered_on", "seen_on"), [(TODAY, TODAY), (TODAY, TODAY + ONE)])
def test_a_new_matrix_takes_effect_on_its_day(world, run_step, entered_on, seen_on):
    """Also when it is entered on the very day, after that day's run."""
    customer = world.customer(tier=Tier.GOLD, strategy=Strategy.RESPONSIVE, managed_since=TODAY - 40 * ONE)
    recompute_beats([customer.pk], on=TODAY - ONE)
    assert ContactBeat.objects.get().next_due_on == date(2027, 1, 14)
    Parameter.objects.create(
        code="beat_matrix", effective_from=entered_on, value={"GOLD": {"RESPONSIVE": {"phone": "2W"}}}, source="测试"
    )
    forget()
    run_step(refresh, on=seen_on)
    assert ContactBeat.objects.get().next_due_on == date(2026, 10, 28)
    assert MaintenanceTask.objects.get().due_on == date(2026, 10, 28)


def test_the_first_of_a_month_closes_the_month_before(world, run_step, fixed_clock):
    customer = world.customer()
    product = Product.objects.create(code="D", name="活期", category=ProductCategory.DEMAND_DEPOSIT)
    account = Account.objects.create(
        customer=customer, unit=customer.unit, product=product, reference="A1", opened_on=date(2026, 1, 1)
    )
    BalanceSnapshot.objects.create(
        account=account, customer=customer, unit=customer.unit, category=product.category, day=date(2026, 1, 1),
        balance=Decimal("300000"),
    )  # fmt: skip
    run_step(refresh, on=TODAY)
    run_step(refresh, on=date(2026, 12, 1))  # looked at ahead of time: the month is not over
    assert not MonthlyBalance.objects.exists()
    fixed_clock.move_to("2026-12-01T00:10:00+08:00")
    run_step(refresh, on=date(2026, 12, 1))
    assert MonthlyBalance.objects.get().average == 300000
    customer.refresh_from_db()
    assert customer.monthly_avg_daily_aum == 300000


def test_in_the_first_days_of_a_month_tiers_move_and_beats_follow(world, run_step, fixed_clock):
    in_time, late = (world.customer(name, tier=Tier.GOLD, strategy=Strategy.ACTIVE) for name in ("张伟", "李娜"))
    recompute_beats([in_time.pk, late.pk], on=TODAY)
    fixed_clock.move_to("2026-12-02T00:10:00+08:00")
    for customer, day in ((in_time, date(2026, 12, 2)), (late, date(2026, 12, 5))):
        MonthlyBalance.objects.create(
            customer=customer, unit=customer.unit, month=date(2026, 11, 1), average=700000, closing=700000
        )
        fixed_clock.move_to(f"{day}T00:10:00+08:00")
        assert run_step(refresh, on=day) == 1
        assert run_step(refresh, on=day) == 0
        customer.refresh_from_db()
        assert customer.tier == Tier.PLATINUM
        assert ContactBeat.objects.get(customer=customer, channel="meeting").months == 6
    MonthlyBalance.objects.update(average=2_000_000)
    run_step(refresh, on=date(2026, 12, 6))  # later than anybody's balances come: next month
    assert set(Customer.objects.values_list("tier", flat=True)) == {Tier.PLATINUM}


def test_an_earlier_date_run_again_judges_nobody_by_its_month(world, run_step, fixed_clock):
    customer = world.customer(tier=Tier.DIAMOND)
    for month, average in ((8, 100), (9, 100), (10, 100), (11, 2_500_000)):
        MonthlyBalance.objects.create(
            customer=customer, unit=customer.unit, month=date(2026, month, 1), average=average, closing=0
        )
    fixed_clock.move_to("2026-12-02T00:10:00+08:00")
    for latest in (date(2026, 12, 2), date(2026, 12, 20)):
        run_step(refresh, on=date(2026, 11, 2), latest=latest)
        customer.refresh_from_db()
        assert customer.tier == Tier.DIAMOND
    run_step(refresh, on=date(2026, 11, 2))  # in its turn it does
    customer.refresh_from_db()
    assert customer.tier == Tier.MASS


def test_a_task_raised_while_its_customer_was_handed_over_follows(world, run_step, make_task):
    """The hand-over was committed between a step's reading and its commit."""
    customer = world.customer(manager=world.rm)
    task = make_task(customer)
    Customer.objects.filter(pk=customer.pk).update(manager=world.other_rm, unit=world.west)
    run_step(refresh, on=TODAY + ONE)
    task.refresh_from_db()
    assert (task.owner, task.unit) == (world.other_rm, world.west)


def test_a_beat_task_whose_conversation_was_committed_meanwhile_is_taken_back(world, run_step, make_task):
    customer = world.customer(managed_since=TODAY)
    recompute_beats([customer.pk], on=TODAY)
    task = make_task(customer, TaskKind.PHONE_BEAT, due_on=date(2026, 11, 20))
    run_step(refresh, on=TODAY + ONE)
    task.refresh_from_db()
    assert task.status == TaskStatus.SUPERSEDED


def test_a_tier_held_by_hand_waits_for_its_last_day_then_the_month_decides(world, run_step, fixed_clock):
    until = TODAY + 3 * ONE
    customer = world.customer(tier=Tier.DIAMOND, tier_held_until=until)
    last = TODAY.replace(day=1) - ONE
    MonthlyBalance.objects.create(
        customer=customer, unit=customer.unit, month=last.replace(day=1), average=700000, closing=0
    )
    for day, tier in ((until, Tier.DIAMOND), (until + ONE, Tier.PLATINUM), (until + 2 * ONE, Tier.PLATINUM)):
        fixed_clock.move_to(f"{day}T00:10:00+08:00")
        run_step(refresh, on=day)
        customer.refresh_from_db()
        assert customer.tier == tier
    assert customer.tierchanges.count() == 1
