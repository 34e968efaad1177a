"""到期提醒, so many days before (DOMAIN 9)."""

from datetime import date, timedelta

import pytest

from customers.enums import ProductCategory
from customers.models import Customer, Holding, Product
from maintenance.daily.steps.maturities import maturity_due_on, raise_maturities
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import MaintenanceTask
from organization.models import Parameter
from organization.parameters import forget
from tests.world import TODAY

MATURES = date(2026, 12, 23)


@pytest.fixture
def hold(world):
    def make(customer=None, *, category=ProductCategory.TERM_DEPOSIT, name="一年期定期", **fields) -> Holding:
        product, _ = Product.objects.get_or_create(code=name, defaults={"name": name, "category": category})
        customer = customer or world.customer()
        defaults = {"amount": "500000", "bought_on": date(2025, 12, 23), "matures_on": MATURES}
        fields = defaults | fields
        fields.setdefault("remind_on", fields["matures_on"] - timedelta(days=30))
        return Holding.objects.create(
            customer=customer, unit=customer.unit, product=product, reference=f"H{Holding.objects.count()}", **fields
        )

    return make


def test_a_task_per_lead_each_on_its_day(hold, run_step):
    row = hold()
    on, raised = TODAY, {}
    while on <= MATURES + timedelta(days=3):
        run_step(raise_maturities, on=on)
        for occurrence, due_on in MaintenanceTask.objects.values_list("occurrence", "due_on"):
            raised.setdefault(occurrence, (on, due_on))
        on += timedelta(days=1)
    assert raised == {
        f"{row.pk}:2026-12-23:T30": (date(2026, 11, 23), date(2026, 12, 16)),
        f"{row.pk}:2026-12-23:T7": (date(2026, 12, 16), date(2026, 12, 22)),
        f"{row.pk}:2026-12-23:T1": (date(2026, 12, 22), date(2026, 12, 23)),
    }
    row.refresh_from_db()
    assert row.remind_on is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "一年期定期50万元12月23日到期，请提前沟通续存或转投安排"),
        ({"amount": "8500.50"}, "一年期定期8500.5元12月23日到期，请提前沟通续存或转投安排"),
        ({"amount": "9999.99"}, "一年期定期9999.99元12月23日到期，请提前沟通续存或转投安排"),
        ({"amount": "123450"}, "一年期定期12.35万元12月23日到期，请提前沟通续存或转投安排"),
        ({"amount": "100000000"}, "一年期定期10000万元12月23日到期，请提前沟通续存或转投安排"),
        ({"category": ProductCategory.LOAN, "name": "个人住房贷款", "amount": "300000"}, "贷款到期：个人住房贷款30万元，12月23日到期，请提醒按期还款"),
        ({"category": ProductCategory.CREDIT_CARD, "name": "信用金卡"}, "信用金卡12月23日到期，请提醒换卡"),
        ({"category": ProductCategory.INSURANCE, "name": "年金险"}, "年金险（保费50万元）12月23日到期，请沟通续保或领取安排"),
    ],
)  # fmt: skip
def test_why_names_product_amount_and_day(hold, run_step, only_task, fields, why):
    hold(**fields)
    run_step(raise_maturities)
    assert only_task().why == why


def test_a_day_of_another_year_is_told_with_its_year(hold, run_step, only_task):
    hold(matures_on=date(2027, 1, 4), remind_on=date(2026, 12, 5))
    run_step(raise_maturities, on=date(2026, 12, 5))
    assert "2027年1月4日到期" in only_task().why


def test_every_lead_whose_day_has_come_is_told(hold, run_step):
    """A reminder that was never looked at: what a run of each day would have raised is raised together."""
    hold(matures_on=TODAY + timedelta(days=1))
    assert run_step(raise_maturities) == 3


def test_a_holding_that_became_known_late_begins_with_the_lead_whose_time_it_is(hold, run_step, only_task):
    hold(matures_on=TODAY + timedelta(days=5), remind_on=TODAY - timedelta(days=2))
    run_step(raise_maturities)
    assert only_task().occurrence.endswith(":T7")


@pytest.mark.parametrize(
    "fields",
    [
        {"matures_on": TODAY - timedelta(days=8)}, {"closed_on": TODAY}, {"remind_on": None},
        {"remind_on": TODAY + timedelta(days=1)},
    ],
)  # fmt: skip
def test_what_is_not_told(hold, run_step, fields):
    hold(**fields)
    assert run_step(raise_maturities) == 0


def test_who_does_not_want_to_be_disturbed_is_not_called_but_a_mourner_is(world, hold, run_step, only_task):
    silent, mourner = world.customer("甲", has_no_contact=True), world.customer("乙", mourning_until=MATURES)
    hold(silent)
    hold(mourner)
    run_step(raise_maturities)
    assert only_task().customer == mourner


@pytest.mark.parametrize("change", [{"closed_on": TODAY}, {"matures_on": date(2027, 12, 23)}])
def test_a_holding_that_ended_or_was_prolonged_needs_no_call(hold, run_step, only_task, change):
    row = hold()
    run_step(raise_maturities)
    Holding.objects.filter(pk=row.pk).update(**change)
    run_step(raise_maturities, on=TODAY + timedelta(days=1))
    assert only_task().status == TaskStatus.SUPERSEDED


def test_leads_are_a_parameter(hold, run_step, only_task):
    Parameter.objects.create(code="maturity_lead_days", effective_from=TODAY, value=[14], source="测试")
    forget()
    hold(matures_on=TODAY + timedelta(days=14), remind_on=TODAY)
    run_step(raise_maturities)
    task = only_task()
    assert (task.kind, task.occurrence.rpartition(":")[2]) == (TaskKind.MATURITY, "T14")
    assert task.due_on == date(2026, 12, 7)


def test_the_latest_day_is_a_working_day(db):
    assert maturity_due_on(date(2026, 10, 7), 1, [30, 7, 1]) == date(2026, 9, 30)  # the national holiday
    assert maturity_due_on(date(2026, 10, 7), 30, [30, 7, 1]) == date(2026, 9, 30)


def test_holdings_of_a_closed_customer_are_passed_over_for_good(world, hold, run_step):
    row = hold()
    Customer.objects.update(status="closed")
    assert run_step(raise_maturities) == 0
    row.refresh_from_db()
    assert row.remind_on == date(2026, 12, 16)
