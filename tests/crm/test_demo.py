"""The demo bank: every role, plausible people, visibly false numbers, and a queue that is interesting today."""

from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crm.demo.customers import portrait
from customers.identity import InvalidIdNumber, parse_id_number
from customers.models import (
    Consent,
    Customer,
    CustomerProfile,
    ExternalHolding,
    FieldSource,
    Holding,
    MonthlyBalance,
    Person,
    Referral,
    RiskAssessment,
    Segment,
)
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from organization.enums import Role
from organization.models import Staff
from tests.world import TODAY


@pytest.fixture
def demo_bank(db):
    call_command("seed_demo", customers=60, staff=2, seed=7, stdout=StringIO())


def test_every_role_has_somebody_and_each_manager_a_queue(demo_bank):
    assert set(Staff.objects.values_list("role", flat=True)) == set(Role.values)
    for manager in Staff.objects.filter(role=Role.RELATIONSHIP_MANAGER):
        queue = MaintenanceTask.objects.unscoped("test").for_day(TODAY).filter(owner=manager)
        assert queue.exists(), manager
    kinds = set(MaintenanceTask.objects.unscoped("test").values_list("kind", flat=True))
    assert len(kinds) >= 4, kinds


def test_customers_have_families_money_and_a_past(demo_bank):
    customers = Customer.objects.unscoped("test")
    assert customers.count() == 60
    assert customers.filter(monthly_avg_daily_aum__gt=0).count() == 60
    assert Appointment.objects.unscoped("test").exists()
    assert Referral.objects.unscoped("test").exists()
    for segment in Segment.objects.unscoped("test").exclude(name="高端客户到期承接"):
        assert segment.memberships.unscoped("test").exists(), segment
    for model in (
        Person, Holding, MonthlyBalance, ContactRecord, CustomerProfile, ExternalHolding, FieldSource, RiskAssessment, Consent,
    ):  # fmt: skip
        assert model.objects.unscoped("test").count() > 10, model


def test_identity_numbers_are_visibly_nobodys(demo_bank):
    for customer in Customer.objects.unscoped("test")[:20]:
        assert customer.id_number.startswith("99")
        with pytest.raises(InvalidIdNumber):
            parse_id_number(customer.id_number)
        assert parse_id_number(customer.id_number, allow_demo=True).birth_date == customer.birth_date


def test_it_goes_only_into_an_empty_database(demo_bank):
    with pytest.raises(CommandError, match="空库"):
        call_command("seed_demo", customers=5, staff=2, stdout=StringIO())


def test_one_seed_one_bank():
    first, second = ([portrait(Random(seed), n, TODAY) for n in range(50)] for seed in (3, 3))
    assert first == second
    for drawn in first:
        assert drawn.wedding_on is None or drawn.wedding_on < TODAY
        assert all(member.birth_date < TODAY for member in drawn.family)
