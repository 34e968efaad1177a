"""Which maintenance strategy a customer's standing suggests (POLICY 三; DOMAIN 2.4). The manager decides, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from customers.enums import Strategy, Tier

_TOP = (Tier.DIAMOND, Tier.PRIVATE)
_MIDDLE = (Tier.GOLD, Tier.PLATINUM)


@dataclass(frozen=True)
class Standing:
    """What the suggestion depends on. `maturing` is what falls due soon, in yuan; `unanswered` counts the last tries in a
    row that nobody answered."""

    tier: str
    average: Decimal
    maturing: Decimal = Decimal(0)
    wants_no_contact: bool = False
    unanswered: int = 0


@dataclass(frozen=True)
class Gates:
    """From which amounts and numbers on; `bounds` are the tiers' lower bounds."""

    bounds: Mapping[str, Decimal]
    near_percent: Decimal
    maturing: Decimal
    maturing_days: int
    unanswered: int


@dataclass(frozen=True)
class Suggestion:
    strategy: Strategy
    reasons: list[str] = field(default_factory=list)


def suggest_strategy(standing: Standing, gates: Gates) -> Suggestion:
    """Who does not want to be spoken to, or cannot be reached, is left in peace whatever the assets say; then every sign
    that calls for close care counts by itself."""
    quiet = []
    if standing.wants_no_contact:
        quiet.append("客户要求免打扰")
    if standing.unanswered >= gates.unanswered:
        quiet.append(f"最近连续{standing.unanswered}次未接通")
    if quiet:
        return Suggestion(Strategy.RESPONSIVE, quiet)
    close = []
    if standing.tier in _TOP:
        close.append(Tier(standing.tier).label)
    if standing.maturing >= gates.maturing:
        close.append(f"{gates.maturing_days}天内到期资金较多")
    if above := _tier_within_reach(standing, gates):
        close.append(f"距{Tier(above).label}下限不超过{gates.near_percent.normalize():f}%")
    if close:
        return Suggestion(Strategy.INTENSIVE, close)
    strategy = Strategy.ACTIVE if standing.tier in _MIDDLE else Strategy.RESPONSIVE
    return Suggestion(strategy, [Tier(standing.tier).label])


def _tier_within_reach(standing: Standing, gates: Gates) -> str:
    """The tier above the one held, if no more than the share of its bound is missing."""
    held = gates.bounds.get(standing.tier, Decimal(0))
    above = min(((bound, tier) for tier, bound in gates.bounds.items() if bound > held), default=None)
    if above is None:
        return ""
    bound, tier = above
    return tier if bound - standing.average <= bound * gates.near_percent / 100 else ""
