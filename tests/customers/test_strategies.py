"""Which strategy fits: the rule of DOMAIN 2.4, sign by sign."""

from decimal import Decimal

import pytest

from customers.enums import Strategy, Tier
from customers.strategies import Gates, Standing, suggest_strategy
from customers.tiers import DEFAULT_TIER_THRESHOLDS

GATES = Gates(
    bounds={tier: Decimal(bound) for tier, bound in DEFAULT_TIER_THRESHOLDS.items()}, near_percent=Decimal(20),
    maturing=Decimal(500_000), maturing_days=60, unanswered=4,
)  # fmt: skip


@pytest.mark.parametrize(
    ("standing", "strategy", "reasons"),
    [
        (Standing(Tier.PRIVATE, Decimal(9_000_000)), Strategy.INTENSIVE, ["私行客户"]),
        (Standing(Tier.DIAMOND, Decimal(2_100_000)), Strategy.INTENSIVE, ["钻石客户"]),
        (Standing(Tier.PLATINUM, Decimal(600_000)), Strategy.ACTIVE, ["白金客户"]),
        (Standing(Tier.GOLD, Decimal(150_000)), Strategy.ACTIVE, ["金卡客户"]),
        (Standing(Tier.POTENTIAL, Decimal(60_000)), Strategy.RESPONSIVE, ["潜力客户"]),
        (Standing(Tier.MASS, Decimal(10)), Strategy.RESPONSIVE, ["大众客户"]),
        (Standing(Tier.GOLD, Decimal(150_000), maturing=Decimal(500_000)), Strategy.INTENSIVE, ["60天内到期资金较多"]),
        (Standing(Tier.GOLD, Decimal(150_000), maturing=Decimal("499999.99")), Strategy.ACTIVE, ["金卡客户"]),
        (Standing(Tier.GOLD, Decimal(400_000)), Strategy.INTENSIVE, ["距白金客户下限不超过20%"]),
        (Standing(Tier.GOLD, Decimal("399999.99")), Strategy.ACTIVE, ["金卡客户"]),
        (Standing(Tier.DIAMOND, Decimal(5_000_000)), Strategy.INTENSIVE, ["钻石客户", "距私行客户下限不超过20%"]),
        (Standing(Tier.DIAMOND, Decimal(2_100_000), unanswered=4), Strategy.RESPONSIVE, ["最近连续4次未接通"]),
        (Standing(Tier.DIAMOND, Decimal(2_100_000), unanswered=3), Strategy.INTENSIVE, ["钻石客户"]),
        (
            Standing(Tier.PRIVATE, Decimal(9_000_000), wants_no_contact=True, unanswered=5),
            Strategy.RESPONSIVE,
            ["客户要求免打扰", "最近连续5次未接通"],
        ),
    ],
)
def test_what_is_suggested_and_why(standing, strategy, reasons):
    found = suggest_strategy(standing, GATES)
    assert (found.strategy, found.reasons) == (strategy, reasons)
