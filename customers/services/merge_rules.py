"""What becomes of every row that points to a customer whose archive is put into another one.

Every key to `Customer` has a rule here; the floors above declare theirs (maintenance.merge_rules). A test compares the
table with every key there is, so that a new table cannot be forgotten. Whatever a rule drops or changes is on record
(merge_record) and comes back with the way back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Max, Q

from customers.enums import PartyRole
from customers.models import (
    AccountParty,
    Customer,
    Document,
    HouseholdMember,
    MonthlyBalance,
    Person,
    Referral,
    RiskAssessment,
    SegmentMembership,
)
from customers.services.assignment import FOLLOWING
from organization import clock
from organization.exceptions import RuleViolation
from organization.models import Staff


@dataclass(frozen=True)
class Pair:
    """The two archives, locked; `taken` are the fields that `kept` takes from `merged`."""

    kept: Customer
    merged: Customer
    taken: frozenset[str]
    by: Staff


Rule = Callable[[Pair, models.ForeignKey], None]
RULES: dict[str, Rule] = {}
EVERY = Q()


def declare(rule: Rule, *keys: str) -> None:
    """`keys` as "app.Model.field"."""
    RULES.update(dict.fromkeys(keys, rule))


def rows_of(field: models.ForeignKey, customer: Customer) -> models.QuerySet:
    return field.model.objects.unscoped("of two customers locked in scope").filter(**{field.name: customer})


def move(pair: Pair, field: models.ForeignKey) -> None:
    """Everything goes over; what carries the unit of its customer takes the new one."""
    unit = {"unit": pair.kept.unit_id} if field.model in FOLLOWING and field.name == "customer" else {}
    rows_of(field, pair.merged).update(**{field.name: pair.kept} | unit)


def stay(pair: Pair, field: models.ForeignKey) -> None:
    """It tells about the archive itself, and remains with it."""


def drop(pair: Pair, field: models.ForeignKey) -> None:
    """It is derived from the archive, and made anew for the one that is kept."""
    rows_of(field, pair.merged).delete()


def move_once(*names: str, among: Q = EVERY) -> Rule:
    """Where both have a row with the same `names`, the one of the archive that is kept stands and the other is dropped."""

    def occasion(row: models.Model) -> tuple:
        return tuple(getattr(row, name) for name in names)

    def rule(pair: Pair, field: models.ForeignKey) -> None:
        taken = {occasion(row) for row in rows_of(field, pair.kept).filter(among)}
        doubled = [row.pk for row in rows_of(field, pair.merged).filter(among) if occasion(row) in taken]
        rows_of(field, pair.merged).filter(pk__in=doubled).delete()
        move(pair, field)

    return rule


def _sources(pair: Pair, field: models.ForeignKey) -> None:
    """Where a field is known from goes with the field."""
    rows_of(field, pair.kept).filter(field__in=pair.taken).delete()
    rows_of(field, pair.merged).exclude(field__in=pair.taken).filter(
        field__in=list(rows_of(field, pair.kept).values_list("field", flat=True))
    ).delete()
    move(pair, field)


def _parties(pair: Pair, field: models.ForeignKey) -> None:
    """On one account twice: whoever of the two owns it, the archive that is kept owns it."""
    of_merged = dict(rows_of(field, pair.merged).values_list("account", "role"))
    for party in rows_of(field, pair.kept).filter(account__in=list(of_merged)):
        rows_of(field, pair.merged).filter(account=party.account_id).delete()
        if of_merged[party.account_id] == PartyRole.OWNER:
            AccountParty.objects.unscoped("of two customers locked in scope").filter(pk=party.pk).update(
                role=PartyRole.OWNER
            )
    move(pair, field)


def _months(pair: Pair, field: models.ForeignKey) -> None:
    """An average over the same days: that of both is the sum of the two."""
    of_merged = {row.month: row for row in rows_of(field, pair.merged)}
    both = list(rows_of(field, pair.kept).filter(month__in=list(of_merged)))
    for row in both:
        row.average += of_merged[row.month].average
        row.closing += of_merged[row.month].closing
    MonthlyBalance.objects.bulk_update(both, ["average", "closing"])
    rows_of(field, pair.merged).filter(month__in=[row.month for row in both]).delete()
    move(pair, field)


def _household(pair: Pair, field: models.ForeignKey) -> None:
    """Two of one family are one member; of two families nobody but a person can say which it is."""
    own, other = rows_of(field, pair.kept).first(), rows_of(field, pair.merged).first()
    if own and other:
        if own.household_id != other.household_id:
            raise RuleViolation("两份档案登记在两个家庭，请先在“家庭”页签让其中一份退出家庭，再合并。")
        family = HouseholdMember.objects.unscoped("family of a customer locked in scope").filter(
            household=own.household_id
        )
        both_alone = family.count() == 2
        family.filter(pk__in=[own.pk, other.pk] if both_alone else [other.pk]).delete()
    move(pair, field)


def _same_as(pair: Pair, field: models.ForeignKey) -> None:
    """Nobody is his own relative."""
    Person.objects.unscoped("of two customers locked in scope").filter(
        customer=pair.kept, same_as__in=[pair.kept, pair.merged]
    ).update(same_as=None)
    move(pair, field)


def _referrals(pair: Pair, field: models.ForeignKey) -> None:
    """Introduced twice, or by himself: the introduction of the archive that is merged is withdrawn, and kept as such."""
    standing = Referral.objects.unscoped("of two customers locked in scope").standing()
    both = [pair.kept.pk, pair.merged.pk]
    doubled = Q(customer__in=both, referred__in=both)
    if standing.filter(referred=pair.kept).exclude(customer__in=both).exists():
        doubled |= Q(referred=pair.merged)
    leads = standing.filter(customer=pair.kept).exclude(mobile_index="").values("mobile_index")
    doubled |= Q(customer=pair.merged, mobile_index__in=list(leads.values_list("mobile_index", flat=True)))
    standing.filter(doubled).update(withdrawn_at=clock.now(), withdraw_reason="档案合并：重复的引荐")
    move(pair, field)


def _assessments(pair: Pair, field: models.ForeignKey) -> None:
    """The latest test of the two counts."""
    own, other = rows_of(field, pair.kept).current().first(), rows_of(field, pair.merged).current().first()
    if own and other:
        older = other if own.assessed_on >= other.assessed_on else own
        RiskAssessment.objects.unscoped("of two customers locked in scope").filter(pk=older.pk).update(is_current=False)
    move(pair, field)


def _documents(pair: Pair, field: models.ForeignKey) -> None:
    """Papers of one kind are numbered on."""
    highest = dict(rows_of(field, pair.kept).order_by().values_list("kind").annotate(Max("version")))
    for kind, version in highest.items():
        rows = rows_of(field, pair.merged).filter(kind=kind).order_by("version")
        for number, pk in enumerate(list(rows.values_list("pk", flat=True)), version + 1):
            # At once with the customer: under the old one the next number may be taken.
            Document.objects.unscoped("of two customers locked in scope").filter(pk=pk).update(
                version=number, customer=pair.kept, unit=pair.kept.unit_id
            )
    move(pair, field)


def total_average(rows: models.QuerySet) -> Decimal:
    """The 月日均 of the latest closed month to the cent; 0 without one."""
    latest = rows.order_by("-month").first()
    return latest.average.quantize(Decimal("0.01")) if latest else Decimal(0)


declare(
    move, "customers.Account.customer", "customers.Holding.customer", "customers.BalanceSnapshot.customer",
    "customers.Person.customer", "customers.StrategyChange.customer", "customers.TierChange.customer",
    "customers.Consent.customer", "customers.ExternalHolding.customer",
)  # fmt: skip
declare(
    stay, "customers.CustomerProfile.customer", "customers.Merge.kept", "customers.Merge.merged", "customers.NotSame.first",
    "customers.NotSame.second",
)  # fmt: skip
declare(drop, "customers.SearchKey.customer")
declare(move_once("kind", "label", "calendar", "person_id"), "customers.ImportantDate.customer")
declare(move_once("channel"), "customers.ContactPreference.customer")
declare(move_once("work_id"), "customers.BulkChange.customer")
declare(move_once("handover_id"), "customers.HandOverLine.customer")
declare(move_once("segment_id", among=Q(until=None)), f"{SegmentMembership._meta.label}.customer")
declare(_sources, "customers.FieldSource.customer")
declare(_parties, "customers.AccountParty.customer")
declare(_months, "customers.MonthlyBalance.customer")
declare(_household, "customers.HouseholdMember.customer")
declare(_same_as, "customers.Person.same_as")
declare(_referrals, "customers.Referral.customer", "customers.Referral.referred")
declare(_assessments, "customers.RiskAssessment.customer")
declare(_documents, "customers.Document.customer")
