"""层级动态: who stands close below the next tier, who may fall, and who has moved (POLICY 二（一）2; DOMAIN 1.3)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round

from customers.models import Customer, MonthlyBalance, TierChange
from customers.parameters import TIER_MONTHS_DOWN, TIER_NEAR_PERCENT, TIER_THRESHOLDS
from customers.tiers import ladder, month_later
from organization.models import Staff
from organization.parameters import parameter

TIER_SORTS = {"missing": "missing", "average": "monthly_avg_daily_aum"}
TIER_CHANGE_SORTS = {"time": "changed_at"}
_MOVED_WITHIN = timedelta(days=92)
_NEVER = date(1, 1, 1)
_SHOWN = ("public_id", "name", "sex", "tier", "strategy", "monthly_avg_daily_aum", "manager__name")


def near_next_tier(staff: Staff, today: date) -> QuerySet[Customer]:
    """临界: last month's 月日均 lies below the bound of the tier above by a small share of it. Each row has `next_tier`,
    `gate` (that bound) and `missing`, in yuan."""
    share = 1 - Decimal(parameter(TIER_NEAR_PERCENT, today)) / 100
    rungs = ladder(parameter(TIER_THRESHOLDS, today))
    steps = [(held, above, bound) for (held, _), (above, bound) in pairwise(rungs)]
    close = Q(pk__in=[])
    for held, _, bound in steps:
        close |= Q(tier=held, monthly_avg_daily_aum__gte=bound * share, monthly_avg_daily_aum__lt=bound)
    above = [When(tier=held, then=Value(tier)) for held, tier, _ in steps]
    return _told(staff, close, {held: bound for held, _, bound in steps}).annotate(
        next_tier=Case(*above, output_field=CharField())
    )


def under_watch(staff: Staff, today: date) -> QuerySet[Customer]:
    """降级观察: last month's 月日均 lies below the bound of the tier held, and the tier waits before it falls. Each row has
    `gate`, `missing`, `months_below` in a row and `patience`, the months after which the customer moves down."""
    patience = {tier: months for tier, months in parameter(TIER_MONTHS_DOWN, today).items() if months > 1}
    bounds = {tier: bound for tier, bound in ladder(parameter(TIER_THRESHOLDS, today)) if tier in patience}
    below = Q(pk__in=[])
    for tier, bound in bounds.items():
        below |= Q(tier=tier, monthly_avg_daily_aum__lt=bound)
    waits = [When(tier=tier, then=Value(months)) for tier, months in patience.items()]
    return _told(staff, below, bounds).annotate(
        patience=Case(*waits, output_field=IntegerField()), months_below=Coalesce(_months_in_a_row_below(), 0)
    )


def lately_moved(staff: Staff, today: date) -> QuerySet[TierChange]:
    """Whose tier changed within a quarter, newest first."""
    rows = TierChange.objects.visible_to(staff).filter(changed_at__date__gte=today - _MOVED_WITHIN)
    return rows.select_related("customer", "customer__manager")


def falls_on(today: date, months_left: int) -> date:
    """The first day of the tier below, if the months still open stay below the bound too."""
    return month_later(today, months_left)


def _told(staff: Staff, condition: Q, bounds: dict[str, Decimal]) -> QuerySet[Customer]:
    gates = [When(tier=tier, then=Value(bound)) for tier, bound in bounds.items()]
    amount = DecimalField(max_digits=18, decimal_places=2)
    moving = Customer.objects.visible_to(staff).active().filter(tier_held_until=None)
    rows = moving.filter(condition).select_related("manager").only(*_SHOWN)
    # SQLite subtracts floating numbers: to the cent again.
    missing = Round(F("gate") - F("monthly_avg_daily_aum"), precision=2, output_field=amount)
    return rows.annotate(gate=Case(*gates, output_field=amount)).annotate(missing=missing)


def _months_in_a_row_below() -> Subquery:
    months = MonthlyBalance.objects.unscoped("of customers in scope")
    of_customer = months.filter(customer=OuterRef("pk")).order_by().values("customer")
    reached = months.filter(customer=OuterRef(OuterRef("pk")), average__gte=OuterRef(OuterRef("gate")))
    last_reached = Subquery(reached.order_by().values("customer").annotate(last=Max("month")).values("last"))
    since = of_customer.filter(month__gt=Coalesce(last_reached, Value(_NEVER)))
    return Subquery(since.annotate(months=Count("pk")).values("months"), output_field=IntegerField())
