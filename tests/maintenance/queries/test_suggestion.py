"""What the archive and the contacts say about a strategy, and the line in the dialog that tells it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.enums import Channel, ProductCategory, Strategy, Tier
from customers.models import Holding, Product
from maintenance.enums import ContactOutcome, Direction
from maintenance.models import ContactRecord
from maintenance.queries.suggestion import suggestion_for
from tests.maintenance.conftest import moment
from tests.world import TODAY


@pytest.fixture
def customer(world):
    return world.customer(tier=Tier.GOLD, monthly_avg_daily_aum=Decimal(150_000))


def hold(customer, amount: int, *, days: int, category: str = ProductCategory.TERM_DEPOSIT, **fields) -> None:
    product, _ = Product.objects.get_or_create(code=category, defaults={"name": category, "category": category})
    Holding.objects.create(
        customer=customer, unit=customer.unit, product=product, amount=amount, matures_on=TODAY + timedelta(days=days),
        reference=f"H{Holding.objects.count()}", bought_on=TODAY - timedelta(days=90), **fields,
    )  # fmt: skip


def ring(customer, outcome: str, *, days_ago: int, **fields) -> None:
    ContactRecord.objects.create(
        customer=customer, unit=customer.unit, staff=customer.manager, outcome=outcome,
        happened_at=moment(TODAY - timedelta(days=days_ago)), happened_on=TODAY - timedelta(days=days_ago),
        created_at=moment(TODAY), **{"channel": Channel.PHONE, "direction": Direction.OUTBOUND} | fields,
    )  # fmt: skip


def test_what_falls_due_within_sixty_days_is_added_up_without_loans(customer):
    hold(customer, 300_000, days=0)
    hold(customer, 150_000, days=60)
    hold(customer, 900_000, days=61)
    hold(customer, 900_000, days=10, category=ProductCategory.LOAN)
    hold(customer, 900_000, days=10, closed_on=TODAY)
    assert suggestion_for(customer, TODAY).strategy == Strategy.ACTIVE
    hold(customer, 50_000, days=30)
    assert suggestion_for(customer, TODAY).strategy == Strategy.INTENSIVE


def test_four_tries_in_a_row_that_nobody_answered(customer):
    for days_ago in range(1, 5):
        ring(customer, ContactOutcome.NO_ANSWER, days_ago=days_ago)
    ring(customer, ContactOutcome.SENT, days_ago=1, channel=Channel.SMS)  # a message is no try to speak
    assert suggestion_for(customer, TODAY).strategy == Strategy.RESPONSIVE
    ring(customer, ContactOutcome.REACHED, days_ago=0)
    assert suggestion_for(customer, TODAY).strategy == Strategy.ACTIVE


def test_the_dialog_tells_it_whatever_there_is_in_two_statements_more(
    customer, world, sign_in, django_assert_num_queries
):
    page = sign_in(world.rm).get(reverse("customers:strategy_change", args=[customer.public_id]))
    address = reverse("maintenance:strategy_suggestion", args=[customer.public_id])
    assert f'hx-get="{address}"' in page.content.decode()
    line = sign_in(world.rm).get(address).content.decode()
    assert "系统建议" in line
    assert "金卡客户" in line
    with django_assert_num_queries(2):
        suggestion_for(customer, TODAY)
