"""Every total of the imported bank equals the files, to the row and the hundredth."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db.models import Count, Sum

from customers.enums import Calendar, DateKind, PartyRole, Sex, Tier
from customers.models import Account, AccountParty, BalanceSnapshot, Customer, Holding, ImportantDate, MonthlyBalance
from customers.tiers import monthly_average, next_tier
from organization import clock
from organization.enums import Role, UnitKind
from organization.models import Staff, Unit
from tests.berka.recount import day_of

LAST_DAY = date(1994, 3, 31)
pytestmark = pytest.mark.django_db
REASON = "reconciling"


def test_clock_runs_after_the_last_day_of_the_data_on_the_same_weekday(berka):
    assert clock.today() == date(1999, 1, 4)
    assert clock.today().weekday() == date(2026, 11, 23).weekday()


def test_districts_are_outlets_below_their_regions(berka, recount):
    outlets = {unit.code: unit for unit in Unit.objects.filter(kind=UnitKind.OUTLET).select_related("parent")}
    assert len(outlets) == 77
    districts = recount.rows("district")
    for row in districts:
        assert outlets[f"D{int(row['A1']):02}"].name == f"{row['A2']}网点"
    regions = Counter(unit.parent.code for unit in outlets.values())
    assert sorted(regions.values()) == sorted(Counter(row["A3"] for row in districts).values())


def test_every_client_with_birth_date_sex_and_outlet(berka, recount):
    customers = {row.number: row for row in Customer.objects.unscoped(REASON).select_related("unit", "manager")}
    clients = recount.rows("client")
    assert len(customers) == len(clients) == 5369
    for row in clients:
        customer = customers[f"C{row['client_id']}"]
        year, month, day = (int(row["birth_number"][i : i + 2]) for i in (0, 2, 4))
        assert customer.sex == (Sex.FEMALE if month > 50 else Sex.MALE)
        assert customer.birth_date == date(1900 + year, month - 50 if month > 50 else month, day)
        assert customer.unit.code == f"D{int(row['district_id']):02}"
        assert customer.manager.unit_id == customer.unit_id


def test_owners_authorised_and_open_accounts(berka, recount):
    rows = recount.rows("disp")
    found = {
        (party.account.reference[1:], party.customer.number[1:]): party.role
        for party in AccountParty.objects.unscoped(REASON).select_related("account", "customer")
    }
    assert found == {
        (row["account_id"], row["client_id"]): PartyRole.OWNER if row["type"] == "OWNER" else PartyRole.AUTHORISED
        for row in rows
    }
    assert Counter(found.values()) == {PartyRole.OWNER: 4500, PartyRole.AUTHORISED: 869}
    accounts = Account.objects.unscoped(REASON).open(clock.today())
    assert accounts.count() == len(recount.rows("account")) == 4500
    opened = dict(accounts.values_list("reference", "opened_on"))
    assert opened == {f"A{row['account_id']}": day_of(row["date"]) for row in recount.rows("account")}


@pytest.mark.parametrize("seed", range(6))
def test_sum_of_balances_on_any_day(berka, recount, seed):
    day = date(1993, 1, 1) + timedelta(days=Random(seed).randrange((LAST_DAY - date(1993, 1, 1)).days + 1))
    assert _sum_on(day) == sum((recount.balance(account, day) for account in recount.closing), Decimal(0))


def test_every_end_of_day_balance(berka, recount):
    rows = BalanceSnapshot.objects.unscoped(REASON).values_list("account__reference", "day", "balance")
    stored = {(reference[1:], day): balance for reference, day, balance in rows}
    assert stored == {(account, day): end for account, ends in recount.closing.items() for day, end in ends.items()}


def test_last_balance_stands_at_the_account_and_sums_up_to_the_customer(berka, recount):
    accounts = dict(Account.objects.unscoped(REASON).values_list("reference", "balance"))
    expected = {
        f"A{row['account_id']}": recount.balance(row["account_id"], LAST_DAY) for row in recount.rows("account")
    }
    assert accounts == expected
    total = Customer.objects.unscoped(REASON).aggregate(total=Sum("aum"))["total"]
    assert round(total, 2) == sum(expected.values())


@pytest.mark.parametrize("seed", range(6))
def test_monthly_averages(berka, recount, seed):
    random = Random(100 + seed)
    account = random.choice(sorted(recount.closing))
    month = date(1993 + random.randrange(2), random.randrange(1, 4), 1)
    # One account has one owner in these files, and no owner has two.
    expected = monthly_average(recount.closing[account], month)
    rows = MonthlyBalance.objects.unscoped(REASON).filter(customer__number=f"C{recount.owner_of[account]}", month=month)
    found = rows.values_list("average", flat=True).first() or Decimal(0)
    assert abs(found - expected) <= Decimal("0.000001")


def test_months_of_the_figures_are_those_of_the_balances(berka):
    months = MonthlyBalance.objects.unscoped(REASON).order_by().values_list("month", flat=True).distinct()
    assert (min(months), max(months), len(months)) == (date(1993, 1, 1), date(1994, 3, 1), 15)


def test_loans_with_maturity_and_state(berka, recount):
    loans = {row.reference: row for row in Holding.objects.unscoped(REASON).filter(product__code="LOAN")}
    rows = recount.rows("loan")
    assert len(loans) == len(rows) == 682
    assert sum(loan.amount for loan in loans.values()) == sum(Decimal(row["amount"]) for row in rows)
    for row in rows:
        loan = loans[f"L{row['loan_id']}"]
        months = (loan.matures_on.year - loan.bought_on.year) * 12 + loan.matures_on.month - loan.bought_on.month
        assert (loan.bought_on, months) == (day_of(row["date"]), int(row["duration"]))
        assert (loan.closed_on is not None) == (row["status"] in "AB")
    assert sum(loan.closed_on is None for loan in loans.values()) == 448


def test_cards_by_type_each_with_its_anniversary(berka, recount):
    cards = Holding.objects.unscoped(REASON).filter(product__category="debit_card")
    found = {row["product__name"]: row["number"] for row in cards.values("product__name").annotate(number=Count("pk"))}
    assert found == {"普通卡": 659, "青少年卡": 145, "金卡": 88}
    assert cards.count() == len(recount.rows("card"))
    holder = {row["disp_id"]: row["client_id"] for row in recount.rows("disp")}
    dates = ImportantDate.objects.unscoped(REASON).filter(kind=DateKind.CARD_ISSUED)
    stored = Counter((row.customer.number, row.month, row.day, row.year) for row in dates.select_related("customer"))
    issued = [(holder[row["disp_id"]], day_of(row["issued"])) for row in recount.rows("card")]
    assert stored == Counter((f"C{client}", day.month, day.day, day.year) for client, day in issued)


def test_every_customer_has_a_birthday_that_is_scheduled(berka):
    birthdays = ImportantDate.objects.unscoped(REASON).filter(kind=DateKind.BIRTHDAY, calendar=Calendar.SOLAR)
    assert birthdays.count() == 5369
    assert not birthdays.filter(next_on=None).exists()
    assert not birthdays.filter(next_on__lt=clock.today()).exists()


def test_tiers_follow_from_the_months_by_the_movement_rule(berka):
    from customers.importing.berka import THRESHOLDS

    for customer in Customer.objects.unscoped(REASON).filter(monthly_balances__isnull=False).distinct()[:150]:
        averages = list(customer.monthly_balances.order_by("month").values_list("average", flat=True))
        assert customer.tier == next_tier("MASS", averages, thresholds=THRESHOLDS)
    managed = Customer.objects.unscoped(REASON).managed().values_list("tier", flat=True)
    assert {Tier.GOLD, Tier.PLATINUM, Tier.DIAMOND} <= set(managed)


def test_somebody_of_every_role(berka):
    assert set(Staff.objects.values_list("role", flat=True)) == set(Role.values)
    managers = Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER)
    assert managers.count() == 79
    assert all(person.supervisor.role == Role.RM_SUPERVISOR for person in managers.select_related("supervisor"))


def _sum_on(day: date) -> Decimal:
    """The last balance of each account up to the day, straight from the snapshots."""
    last = {}
    rows = BalanceSnapshot.objects.unscoped(REASON).filter(day__lte=day).order_by("day")
    for account, balance in rows.values_list("account", "balance"):
        last[account] = balance
    return sum(last.values(), Decimal(0))
