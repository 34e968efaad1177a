"""What the archive and the contacts say about a customer's strategy (DOMAIN 2.4)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile

from django.db.models import Sum

from customers.enums import ASSET_CATEGORIES
from customers.models import Customer, Holding
from customers.parameters import (
    STRATEGY_MATURING,
    STRATEGY_MATURING_DAYS,
    STRATEGY_UNANSWERED,
    TIER_NEAR_PERCENT,
    TIER_THRESHOLDS,
)
from customers.strategies import Gates, Standing, Suggestion, suggest_strategy
from customers.tiers import ladder
from maintenance.enums import BEAT_CHANNELS, ContactOutcome, Direction
from maintenance.models import ContactRecord
from organization.parameters import parameter

_LOOKED_AT = 20


def suggestion_for(customer: Customer, today: date) -> Suggestion:
    """The strategy that fits a customer in scope, with what speaks for it; two statements."""
    gates = Gates(
        bounds=dict(ladder(parameter(TIER_THRESHOLDS, today))),
        near_percent=Decimal(parameter(TIER_NEAR_PERCENT, today)),
        maturing=Decimal(parameter(STRATEGY_MATURING, today)),
        maturing_days=parameter(STRATEGY_MATURING_DAYS, today),
        unanswered=parameter(STRATEGY_UNANSWERED, today),
    )
    standing = Standing(
        tier=customer.tier, average=customer.monthly_avg_daily_aum, maturing=_maturing(customer, today, gates),
        wants_no_contact=customer.has_no_contact, unanswered=_unanswered(customer),
    )  # fmt: skip
    return suggest_strategy(standing, gates)


def _maturing(customer: Customer, today: date, gates: Gates) -> Decimal:
    """Assets of the customer that fall due from today on; loans do not count."""
    soon = (today, today + timedelta(days=gates.maturing_days))
    held = Holding.objects.unscoped("of a customer in scope").open().filter(customer=customer, matures_on__range=soon)
    found = held.filter(product__category__in=ASSET_CATEGORIES).aggregate(total=Sum("amount"))["total"]
    return found or Decimal(0)


def _unanswered(customer: Customer) -> int:
    """Calls and visits of ours since the last one that reached the customer."""
    tries = ContactRecord.objects.unscoped("of a customer in scope").standing().filter(customer=customer)
    ours = tries.filter(channel__in=BEAT_CHANNELS, direction=Direction.OUTBOUND).order_by("-happened_at", "-pk")
    outcomes = ours.values_list("outcome", flat=True)[:_LOOKED_AT]
    return sum(1 for _ in takewhile(lambda outcome: outcome == ContactOutcome.NO_ANSWER, outcomes))
