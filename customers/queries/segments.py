"""Segments: which there are, who is in them, who joined and left, why a customer is in one or not; one statement each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When

from customers.enums import CustomerStatus, SegmentCover
from customers.models import Customer, Segment, SegmentMembership
from customers.segments.compiling import condition_of
from customers.segments.rules import Rule, RuleRefused, parse_rule, segments_in
from customers.segments.words import Line, lines_of
from organization.models import Staff, Unit

SEGMENT_SORTS = {"name": "name", "changed": "updated_at"}
MOVE_SORTS = {"since": "since", "until": "until"}
_SAMPLES = 10


@dataclass(frozen=True)
class Answer:
    """How many customers a rule finds, what they hold with the bank together, and the largest of them."""

    count: int
    aum: Decimal
    samples: Sequence[Customer]


@dataclass(frozen=True)
class Reason:
    """One line of a rule, and whether it holds for the customer."""

    line: Line
    holds: bool


def population(segment: Segment) -> Q:
    """The customers a segment chooses from: the owner's own, or all under its unit; those whose archive is in use."""
    mine = Q(manager=segment.owner_id) | Q(co_manager=segment.owner_id)
    below = Q(unit__in=Unit.objects.under(segment.unit).order_by().values("pk"))
    return Q(status=CustomerStatus.ACTIVE) & (mine if segment.covers == SegmentCover.OWN else below)


def answer(staff: Staff, segment: Segment, rule: Rule, today: date) -> Answer:
    """What the rule finds now, among the customers this person may see."""
    found = Customer.objects.visible_to(staff).filter(population(segment), condition_of(rule, today))
    totals = found.order_by().aggregate(count=Count("pk"), aum=Sum("aum"))
    samples = found.select_related("manager").defer("id_number", "address", "email", "note", "mobile")
    return Answer(
        totals["count"], totals["aum"] or Decimal(0), list(samples.order_by("-monthly_avg_daily_aum", "-pk")[:_SAMPLES])
    )


def segment_list(staff: Staff, *, stopped: bool = False) -> QuerySet[Segment]:
    """The segments this person may use, or those out of use."""
    return Segment.objects.visible_to(staff).filter(is_active=not stopped).select_related("owner", "unit")


def member_counts(staff: Staff, segments: Sequence[Segment]) -> dict[int, int]:
    """Members this person may see, by segment; one statement for all of them."""
    members = SegmentMembership.objects.visible_to(staff).open().filter(segment__in=segments)
    counted = members.order_by().values("segment").annotate(many=Count("pk")).values_list("segment", "many")
    return Counter(dict(counted))


def in_segment(segment: Segment) -> Q:
    """For customer lists: the members as they stand."""
    open_ = SegmentMembership.objects.unscoped("of the customer asked about").open()
    return Q(Exists(open_.filter(customer=OuterRef("pk"), segment=segment)))


def moves_of(staff: Staff, segment: Segment, *, left: bool) -> QuerySet[SegmentMembership]:
    """Who joined and still is in, or who left; the latest first."""
    rows = SegmentMembership.objects.visible_to(staff).filter(segment=segment, until__isnull=not left)
    return rows.select_related("customer", "customer__manager")


def members_by_manager(staff: Staff, segment: Segment) -> list[dict]:
    """Split by manager: how many members, what they hold, and how many of them are overdue for a contact."""
    members = Customer.objects.visible_to(staff).filter(in_segment(segment)).order_by()
    rows = members.values("manager__employee_no", "manager__name").annotate(many=Count("pk"), total=Sum("aum"))
    return list(rows.order_by("-many", "manager__employee_no"))


def names_of(rules: Sequence[Rule]) -> dict[str, str]:
    """The names of the segments that rules refer to; a rule may be shown to whoever may see the segment it belongs to."""
    asked = frozenset().union(*(segments_in(rule) for rule in rules))
    if not asked:
        return {}
    rows = Segment.objects.unscoped("names in a rule that is in scope").filter(public_id__in=asked)
    return dict(rows.values_list("public_id", "name"))


def read_rule(data) -> Rule | None:
    """The rule, or None when it cannot be used any more."""
    try:
        return parse_rule(data)
    except RuleRefused:
        return None


def reasons(customer: Customer, rule: Rule, today: date, names: Mapping[str, str]) -> list[Reason]:
    """为什么命中: every line of the rule with its answer for this customer, all in one statement."""
    lines = lines_of(rule, names)
    asked = {
        f"line_{n}": Case(
            When(condition_of(line.rule, today), then=Value(True)), default=False, output_field=BooleanField()
        )
        for n, line in enumerate(lines)
    }
    row = (
        Customer.objects.unscoped("a customer fetched in scope")
        .filter(pk=customer.pk)
        .annotate(**asked)
        .values_list(*asked)
        .get()
    )
    return [Reason(line, holds) for line, holds in zip(lines, row, strict=True)]


def memberships_of(customer: Customer, staff: Staff) -> QuerySet[SegmentMembership]:
    """The segments a customer is and was in, as far as this person may see them."""
    segments = Segment.objects.visible_to(staff).order_by()
    rows = customer.memberships.filter(segment__in=segments.values("pk"))
    return rows.select_related("segment").order_by("until", "-since", "-pk")


def chooses_from(segment: Segment, customer: Customer) -> bool:
    """Whether the customer belongs to those the segment chooses from at all."""
    return Customer.objects.unscoped("a customer fetched in scope").filter(population(segment), pk=customer.pk).exists()
