"""Tiers move with the 月日均 of closed months, for any number of customers at once (POLICY 二（一）2; DOMAIN 1.1, 1.3).

The rule is `customers.tiers.next_tier`; here the database works it out from the month that has closed and those before it,
and only customers who move are read.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F, QuerySet

from customers.enums import CustomerStatus, Tier
from customers.models import Customer, MonthlyBalance, TierChange
from customers.parameters import TIER_MONTHS_DOWN, TIER_THRESHOLDS
from customers.services.identifiers import audit_label
from customers.signals import maintenance_changed
from customers.tiers import month_later
from organization import audit, clock
from organization.bulk import batches
from organization.enums import AuditAction
from organization.models import Staff
from organization.parameters import in_force_since, parameter

_CUSTOMERS, _MONTHS = Customer._meta.db_table, MonthlyBalance._meta.db_table
_NEVER = date(1, 1, 1)


class Move(NamedTuple):
    """A customer's tier before and after; the same where it is only held, or held no longer."""

    customer: int
    before: str
    after: str


@transaction.atomic
def move_tiers(*, month: date, customer_ids: Sequence[int], on: date) -> int:
    """Move these customers as the closed calendar month `month` lies in decides; returns how many moved.

    By the bounds and the patience in force on the first day after it. Months are worked off in their order, an earlier one
    never again; asked again for the same month nobody moves, so it may be asked every night. Beats and tasks follow as of `on`.
    Raises ValueError for a month that is not over.
    """
    first = month.replace(day=1)
    follows = month_later(first)
    if follows > clock.today():
        raise ValueError(f"{first:%Y年%m月}还没有结束，不能评定层级")
    moved: list[int] = []
    for ids in batches(sorted(customer_ids)):
        if moves := _moves(first, follows, ids):
            may_move = Customer.objects.unscoped("moved by the rule").filter(tier_held_until=None)
            rule, reason = rule_version(follows), f"按{first:%Y年%m月}月日均评定"
            moved += record_moves(moves, of=may_move, reason=reason, rule=rule)
    if moved:
        maintenance_changed.send(sender=None, customer_ids=moved, on=on, by=None)
    return len(moved)


def _moves(first: date, follows: date, ids: Sequence[int]) -> list[Move]:
    """Up at once; down when as many months in a row as the tier allows lie below its bound."""
    bounds, patience = parameter(TIER_THRESHOLDS, follows), parameter(TIER_MONTHS_DOWN, follows)
    ladder = [(tier, bound, patience.get(tier, 1)) for tier, bound in bounds.items()]
    rungs = ", ".join(["(%s, CAST(%s AS NUMERIC), %s)"] * len(ladder))
    day = connection.ops.adapt_datefield_value
    # Further back than anybody's patience reaches no month decides anything.
    oldest = first - timedelta(days=31 * max(months for _, _, months in ladder))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH ladder(tier, bound, patience) AS (VALUES {rungs})
            SELECT c.id, c.tier, reached.tier
            FROM {_CUSTOMERS} c
            JOIN {_MONTHS} m ON m.customer_id = c.id AND m.month = %s
            JOIN ladder held ON held.tier = c.tier
            JOIN ladder reached ON reached.bound = COALESCE(
                (SELECT MAX(l.bound) FROM ladder l WHERE l.bound <= m.average), (SELECT MIN(l.bound) FROM ladder l))
            WHERE c.id IN ({", ".join(["%s"] * len(ids))}) AND c.status = %s AND reached.tier <> c.tier
              AND c.tier_held_until IS NULL
              AND (reached.bound > held.bound OR held.patience <= (
                  SELECT COUNT(*) FROM {_MONTHS} b
                  WHERE b.customer_id = c.id AND b.month <= m.month AND b.month >= %s
                    AND b.month > COALESCE((SELECT MAX(o.month) FROM {_MONTHS} o WHERE o.customer_id = c.id
                                            AND o.month <= m.month AND o.average >= held.bound), %s)))
            ORDER BY c.id
            """,  # noqa: S608 - names of our own tables
            [
                *(value for rung in ladder for value in rung), day(first), *ids, CustomerStatus.ACTIVE.value, day(oldest),
                day(_NEVER),
            ],
        )  # fmt: skip
        return [Move(*row) for row in cursor.fetchall()]


def rule_version(on: date) -> str:
    """The day since which the bounds in force on `on` are in force."""
    return f"{in_force_since(TIER_THRESHOLDS, on):%Y-%m-%d}"


def record_moves(
    found: Sequence[Move],
    *,
    of: QuerySet[Customer],
    reason: str,
    rule: str = "",
    by: Staff | None = None,
    held_until: date | None = None,
) -> list[int]:
    """Move those among `of` who still stand where they were found, and say so; returns their ids.

    Held through `held_until`, or by nobody's hand any longer.
    """
    some = of.filter(pk__in=[move.customer for move in found])
    rows = {row.pk: row for row in some.order_by("pk").select_for_update(of=("self",))}
    moves = [move for move in found if move.customer in rows and rows[move.customer].tier == move.before]
    for tier in {move.after for move in moves}:
        ids = [move.customer for move in moves if move.after == tier]
        Customer.objects.unscoped("locked above").filter(pk__in=ids).update(
            tier=tier, tier_held_until=held_until, version=F("version") + 1
        )
    TierChange.objects.bulk_create(
        TierChange(
            customer_id=move.customer, unit_id=rows[move.customer].unit_id, before=move.before, after=move.after,
            reason=reason, rule=rule, held_until=held_until, changed_by=by, changed_at=clock.now(),
        )
        for move in moves
    )  # fmt: skip
    audit.record_many(
        [
            {
                "obj": rows[move.customer], "label": audit_label(rows[move.customer]),
                "before": _told(move.before, rows[move.customer].tier_held_until),
                "after": _told(move.after, held_until, was_held=rows[move.customer].tier_held_until is not None),
            }
            for move in moves
        ],
        action=AuditAction.CHANGE, by=by, reason=reason,
    )  # fmt: skip
    return [move.customer for move in moves]


def _told(tier: str, held_until: date | None, *, was_held: bool = False) -> dict[str, str]:
    """For the trail, which speaks of a hold only where there is one or was one."""
    told = {"tier": Tier(tier).label}
    if held_until or was_held:
        told["tier_held_until"] = f"{held_until:%Y-%m-%d}" if held_until else ""
    return told
