"""A tier set by hand until a date (DOMAIN 1.3): with a reason, past the rule, and the rule's again on the day after."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.urls import reverse

from customers.enums import Tier
from customers.models import Customer, MonthlyBalance, TierChange
from customers.parameters import TIER_THRESHOLDS
from customers.policies import objection_to_holding_tier
from customers.services.access import locked_customer
from customers.services.tiers import Move, record_moves, rule_version
from customers.signals import maintenance_changed
from customers.tiers import ladder
from organization import clock
from organization.bulk import batches
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.notifications import notify
from organization.parameters import parameter

REASON_MIN, REASON_MAX = 2, 180


@transaction.atomic
def hold_tier(*, by: Staff, customer: Customer, tier: str, until: date, reason: str) -> TierChange:
    """The tier through `until`, whatever the months say; also the one held already, which then does not fall.

    Raises RuleViolation for an unknown tier, a day that is not to come, and for what stands already.
    """
    reason = _checked(reason)
    if tier not in Tier.values:
        raise RuleViolation("请选择客户层级。")
    if until <= clock.today():
        raise RuleViolation("截止日期要在今天之后。")
    row = _leading(customer, by)
    if (row.tier, row.tier_held_until) == (tier, until):
        raise RuleViolation(f"该客户已手工评定为{Tier(tier).label}，截止日期相同。")
    return _set(by, row, tier, reason, held_until=until)


@transaction.atomic
def release_tier(*, by: Staff, customer: Customer, reason: str) -> TierChange:
    """The undo: ended today, and the rule's tier by the last closed month is back at once."""
    reason = _checked(reason)
    row = _leading(customer, by)
    if row.tier_held_until is None:
        raise RuleViolation("该客户的层级没有手工评定，或手工评定已经结束。")
    today = clock.today()
    move = _moves_back(Customer.objects.unscoped("locked above").filter(pk=row.pk), today)[0]
    return _set(by, row, move.after, f"提前结束手工评定：{reason}", rule=rule_version(today.replace(day=1)))


@transaction.atomic
def end_held_tiers(customers: QuerySet[Customer], *, on: date) -> int:
    """Whose last day lies before `on` stand again where the last closed month puts them; returns how many.

    A fixed number of statements per batch; asked again nobody is left.
    """
    first = on.replace(day=1)
    over = customers.active().filter(tier_held_until__lt=on)
    month = first - timedelta(days=1)
    ended: list[int] = []
    for ids in batches(sorted(over.order_by().values_list("pk", flat=True))):
        moves = _moves_back(over.filter(pk__in=ids), on)
        reason = f"手工评定到期，按{month:%Y年%m月}月日均评定"
        ended += record_moves(moves, of=over, reason=reason, rule=rule_version(first))
    if ended:
        maintenance_changed.send(sender=None, customer_ids=ended, on=on, by=None)
        _tell_managers(ended, on)
    return len(ended)


def _moves_back(rows: QuerySet[Customer], on: date) -> list[Move]:
    """To the tier of the last closed month, without patience; who has no closed month keeps the tier."""
    first = on.replace(day=1)
    months = MonthlyBalance.objects.unscoped("of the customers asked about").filter(customer=OuterRef("pk"))
    last = months.filter(month__lt=first).order_by("-month").values("average")[:1]
    rungs = ladder(parameter(TIER_THRESHOLDS, first))
    steps = [When(last_average__gte=bound, then=Value(tier)) for tier, bound in reversed(rungs)]
    unknown = When(last_average=None, then=F("tier"))
    lowest = Value(rungs[0][0])
    reached = Case(unknown, *steps, default=lowest, output_field=CharField())
    found = rows.annotate(last_average=Subquery(last)).annotate(reached=reached).order_by("pk")
    return [Move(*row) for row in found.values_list("pk", "tier", "reached")]


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise RuleViolation(f"请填写理由，{REASON_MIN}到{REASON_MAX}个字，理由会记入档案。")
    return reason


def _leading(customer: Customer, by: Staff) -> Customer:
    row = locked_customer(customer, by)
    if objection := objection_to_holding_tier(by, row):
        raise RuleViolation(objection)
    return row


def _set(
    by: Staff, row: Customer, tier: str, reason: str, *, rule: str = "", held_until: date | None = None
) -> TierChange:
    of = Customer.objects.unscoped("locked above")
    moved = record_moves([Move(row.pk, row.tier, tier)], of=of, reason=reason, rule=rule, by=by, held_until=held_until)
    maintenance_changed.send(sender=None, customer_ids=moved, on=clock.today(), by=by)
    change = row.tierchanges.latest("pk")
    if row.manager_id and row.manager_id != by.pk:
        what = f"手工评定为{Tier(tier).label}，至{held_until:%Y-%m-%d}" if held_until else f"恢复为{Tier(tier).label}"
        notify(
            [row.manager_id], kind="tier_held", text=f"{by.name}将{row.name}的层级{what}：{reason}",
            dedupe_key=f"tier:{change.pk}", url=reverse("customers:customer_page", args=[row.public_id]),
        )  # fmt: skip
    return change


def _tell_managers(ended: list[int], on: date) -> None:
    """One line per manager, not one per customer."""
    rows = Customer.objects.unscoped("ended above").filter(pk__in=ended)
    managers = sorted(set(rows.exclude(manager=None).order_by().values_list("manager", flat=True)))
    notify(
        managers, kind="tier_held", text="有客户的手工评定到期，层级已按月日均恢复。",
        dedupe_key=f"tier_ended:{on}:{ended[0]}", url=f"{reverse('customers:tier_watch')}?list=moved",
    )  # fmt: skip
