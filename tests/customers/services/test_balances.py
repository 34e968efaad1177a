"""AUM and 月日均 in SQL say the same as the pure rule, to the sixth place, on whichever database runs."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.enums import ProductCategory
from customers.models import Account, BalanceSnapshot, Customer, MonthlyBalance, Product
from customers.services.balances import refresh_aum, refresh_monthly_averages
from customers.tiers import monthly_average
from tests.world import TODAY

OCTOBER = date(2026, 10, 1)
SIXTH = Decimal("0.000001")


@pytest.fixture
def products(db):
    return {
        category: Product.objects.create(code=category, name=category, category=category)
        for category in (ProductCategory.DEMAND_DEPOSIT, ProductCategory.WEALTH, ProductCategory.LOAN)
    }


@pytest.fixture
def account(world, products):
    def open_account(customer, category=ProductCategory.DEMAND_DEPOSIT, *, balances=None, closed_on=None):
        row = Account.objects.create(
            customer=customer, unit=customer.unit, product=products[category], opened_on=date(2026, 1, 1),
            reference=f"A{Account.objects.count()}", closed_on=closed_on,
        )  # fmt: skip
        BalanceSnapshot.objects.bulk_create(
            BalanceSnapshot(
                account=row, customer=customer, unit=customer.unit, category=category, day=day, balance=amount
            )
            for day, amount in (balances or {}).items()
        )
        return row

    return open_account


def average_of(customer, month=OCTOBER) -> Decimal:
    return MonthlyBalance.objects.get(customer=customer, month=month).average


@pytest.mark.parametrize(
    ("month", "balances", "average"),
    [
        (date(2026, 4, 1), {date(2026, 4, 1): 80_000, date(2026, 4, 11): 200_000, date(2026, 4, 21): 50_000}, "110000"),
        (date(2026, 2, 1), {date(2026, 2, 1): 300_000, date(2026, 2, 15): 600_000}, "450000"),
        (date(2026, 2, 1), {date(2026, 1, 15): Decimal("99999.99")}, "99999.99"),
        (date(2026, 10, 1), {date(2026, 10, 31): 31}, "1"),
        (date(2026, 10, 1), {date(2026, 10, 31): Decimal("-0.01")}, "-0.000323"),
        (date(2026, 10, 1), {date(2026, 9, 1): 5, date(2026, 10, 1): 7}, "7"),
        (date(2026, 10, 1), {date(2026, 9, 1): Decimal("123456789012.34")}, "123456789012.34"),
    ],
)
def test_worked_cases(world, account, month, balances, average):
    customer = world.customer()
    account(customer, balances=balances)
    refresh_monthly_averages(month=month)
    assert average_of(customer, month) == Decimal(average)


def test_accounts_add_up_loans_do_not_count_and_a_closed_account_stops(world, account):
    customer = world.customer()
    start = {date(2026, 9, 1): 100}
    account(customer, balances=start)
    account(customer, ProductCategory.WEALTH, balances=start, closed_on=date(2026, 10, 11))
    account(customer, ProductCategory.LOAN, balances={date(2026, 9, 1): 10_000_000})
    refresh_monthly_averages(month=OCTOBER)
    row = MonthlyBalance.objects.get(customer=customer)
    assert row.average == (Decimal(100 * 31 + 100 * 10) / 31).quantize(SIXTH)
    assert row.closing == 100


def test_only_the_customers_asked_for_and_only_what_changed(world, account):
    one, two = world.customer("张伟"), world.customer("王芳")
    for customer in (one, two):
        account(customer, balances={date(2026, 9, 1): 500})
    refresh_monthly_averages(month=OCTOBER, customer_ids=[one.pk])
    assert list(MonthlyBalance.objects.values_list("customer", flat=True)) == [one.pk]
    one.refresh_from_db(), two.refresh_from_db()
    assert one.monthly_avg_daily_aum == 500
    assert two.monthly_avg_daily_aum == 150_000


def test_a_second_run_changes_nothing_and_withdrawn_balances_take_the_row_away(world, account):
    customer = world.customer()
    account(customer, balances={date(2026, 9, 1): 500})
    refresh_monthly_averages(month=OCTOBER)
    first = MonthlyBalance.objects.values().get()
    refresh_monthly_averages(month=OCTOBER)
    assert MonthlyBalance.objects.values().get() == first
    BalanceSnapshot.objects.all().delete()
    refresh_monthly_averages(month=OCTOBER, customer_ids=[customer.pk])
    assert not MonthlyBalance.objects.exists()
    customer.refresh_from_db()
    assert customer.monthly_avg_daily_aum == 0


def test_the_customer_shows_the_latest_month_whatever_the_order_of_runs(world, account):
    customer = world.customer()
    account(customer, balances={date(2026, 9, 1): 300, date(2026, 10, 1): 900})
    refresh_monthly_averages(month=date(2026, 10, 1))
    refresh_monthly_averages(month=date(2026, 9, 1))
    customer.refresh_from_db()
    assert customer.monthly_avg_daily_aum == 900


def test_a_month_that_is_not_over_has_no_average(world):
    with pytest.raises(ValueError, match="还没有结束"):
        refresh_monthly_averages(month=TODAY)


def test_a_cent_below_the_gate_stays_below_unrounded(world, account):
    customer = world.customer()
    account(customer, balances={date(2026, 9, 1): 100_000, date(2026, 10, 31): Decimal("99999.99")})
    refresh_monthly_averages(month=OCTOBER)
    customer.refresh_from_db()
    assert average_of(customer) < 100_000
    assert customer.monthly_avg_daily_aum == 100_000


def test_aum_is_the_sum_of_the_last_asset_balances(world, account):
    customer, other = world.customer("张伟"), world.customer("王芳", aum=5)
    account(customer, balances={TODAY - timedelta(days=9): 100, TODAY: 70, TODAY + timedelta(days=1): 999})
    account(customer, ProductCategory.WEALTH, balances={TODAY - timedelta(days=400): Decimal("0.10")})
    account(customer, ProductCategory.WEALTH, balances={TODAY - timedelta(days=9): 50}, closed_on=TODAY)
    account(customer, ProductCategory.LOAN, balances={TODAY: 100_000})
    refresh_aum([customer.pk], on=TODAY)
    customer.refresh_from_db(), other.refresh_from_db()
    assert (customer.aum, customer.aum_on) == (Decimal("70.10"), TODAY)
    assert other.aum == 5
    refresh_aum(on=TODAY)
    other.refresh_from_db()
    assert other.aum == 0


def test_the_number_of_statements_does_not_grow_with_the_customers(world, account, django_assert_num_queries):
    ids = []
    for serial in range(12):
        customer = world.customer(f"张{serial}")
        account(customer, balances={date(2026, 9, 1): serial})
        ids.append(customer.pk)
    with django_assert_num_queries(5):  # with its savepoint
        refresh_monthly_averages(month=OCTOBER, customer_ids=ids)


# SQLite keeps decimals as doubles, of which Django reads fifteen digits: six places hold below 1,000,000,000 yuan.
cents = st.integers(-(10**9), 3 * 10**10).map(lambda n: Decimal(n) / 100)
days = st.dates(date(2026, 7, 1), date(2026, 11, 20))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    histories=st.lists(st.dictionaries(days, cents, max_size=12), min_size=1, max_size=3),
    month=st.sampled_from([8, 9, 10]),
)
def test_equals_the_pure_rule(world, account, histories, month):
    Customer.objects.all().delete()
    customer = world.customer()
    month = date(2026, month, 1)
    for history in histories:
        account(customer, balances=history)
    refresh_monthly_averages(month=month)
    expected = sum(monthly_average(history, month) for history in histories)
    stored = MonthlyBalance.objects.filter(customer=customer, month=month).first()
    assert (stored.average if stored else 0) == expected.quantize(SIXTH, ROUND_HALF_UP)
    customer.refresh_from_db()
    if stored:
        assert customer.monthly_avg_daily_aum == stored.average.quantize(Decimal("0.01"), ROUND_HALF_UP)
