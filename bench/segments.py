"""Segments over the whole bank: count and save against the same SQL written by hand, and the nightly refresh of fifty."""

from datetime import date

from django.db.models import Count

from bench.database import REPEATS, execute, median_of, vacuum, value
from bench.report import Line
from customers.models import Customer, Segment
from customers.queries.segments import population
from customers.segments.compiling import condition_of
from customers.segments.rules import parse_rule
from customers.services.segments import create_segment, refresh_segments
from organization.enums import Role
from organization.models import Staff, Unit

_MEMBERS = "customers_segmentmembership"
_MOST = 1.5
_MANY = 50
# Six conditions, nested, over columns of every kind.
RULE = {
    "all": [
        {"field": "tier", "op": "in", "value": ["GOLD", "PLATINUM"]},
        {"any": [{"field": "age", "op": "at_least", "value": 50}, {"field": "last_contact", "op": "longer_ago", "value": 60}]},
        {"not": {"any": [{"field": "has_no_contact", "op": "is", "value": True}, {"field": "strategy", "op": "in", "value": ["RESPONSIVE"]}]}},
        {"field": "average", "op": "at_least", "value": "150000"},
    ]
}  # fmt: skip
_BY_HAND = """
    FROM customers_customer c
    WHERE c.status = 'active' AND c.unit_id IN (SELECT id FROM organization_unit)
      AND c.tier IN ('GOLD', 'PLATINUM') AND c.monthly_avg_daily_aum >= 150000
      AND (c.birth_date <= %(day)s::date - interval '50 years' OR c.last_contact_on < %(day)s::date - 60)
      AND NOT (c.has_no_contact OR c.strategy = 'RESPONSIVE')
"""


def measure(day: date) -> list[Line]:
    """Leaves no segment behind."""
    head = _head()
    try:
        return [_count(head, day), _save(head, day), _refresh(head, day)]
    finally:
        _forget()


def _head() -> Staff:
    root = Unit.objects.get(parent=None)
    found = Staff.objects.filter(unit=root, role=Role.MANAGING_DEPARTMENT).first()
    return found or Staff.objects.create_user("BENCH", unit=root, role=Role.MANAGING_DEPARTMENT, name="主管部门")


def _forget() -> None:
    execute(f"TRUNCATE {_MEMBERS}, customers_segmentversion, customers_segment CASCADE")
    vacuum([_MEMBERS])


def _count(head: Staff, day: date) -> Line:
    imagined = Segment(owner=head, unit=head.unit, covers="unit")
    found = (
        Customer.objects.unscoped("bench").order_by().filter(population(imagined), condition_of(parse_rule(RULE), day))
    )
    counts = {}

    def ask() -> None:
        counts["own"] = found.aggregate(many=Count("pk"))["many"]

    def by_hand() -> None:
        counts["hand"] = value(f"SELECT count(*) {_BY_HAND}", {"day": day})

    seconds, floor = median_of(_nothing, ask), median_of(_nothing, by_hand)
    if counts["own"] != counts["hand"]:
        raise AssertionError(f"the rule finds {counts['own']}, the statement written by hand {counts['hand']}")
    return _line("count of six nested conditions", seconds, floor, f"{counts['own']:,} customers")


def _save(head: Staff, day: date) -> Line:
    def by_hand() -> None:
        execute(
            f"""
            INSERT INTO {_MEMBERS} (segment_id, customer_id, unit_id, since, rule_version)
            SELECT %(segment)s, c.id, c.unit_id, %(day)s, 1 {_BY_HAND} ON CONFLICT DO NOTHING
            """,
            {"segment": empty.pk, "day": day},
        )

    seconds = median_of(_forget, lambda: create_segment(by=head, name="六个条件", rule=RULE))
    _forget()
    empty = create_segment(by=head, name="没有人", rule={"field": "aum", "op": "at_least", "value": "1" + "0" * 14})
    floor = median_of(lambda: (execute(f"TRUNCATE {_MEMBERS}"), vacuum([_MEMBERS])), by_hand)
    return _line("save with its members", seconds, floor, "")


def _refresh(head: Staff, day: date) -> Line:
    """Fifty rules, one customer in a hundred on another tier since the night before."""
    _forget()
    for number in range(_MANY):
        rule = {
            "all": [*RULE["all"][:3], {"field": "average", "op": "at_least", "value": str(150_000 + 1000 * number)}]
        }
        create_segment(by=head, name=f"分群{number}", rule=rule)
    everybody = Customer.objects.unscoped("bench")
    moves = iter(("'PRIVATE'", "'GOLD'", "'PRIVATE'", "'GOLD'"))

    def night() -> None:
        execute(
            f"UPDATE customers_customer SET tier = {next(moves)} WHERE id %% 100 = 7 AND tier IN ('GOLD', 'PRIVATE')",
            [],
        )
        vacuum(["customers_customer", _MEMBERS])

    seconds = median_of(night, lambda: refresh_segments(on=day, customers=everybody), repeats=REPEATS)
    floor = _MANY * median_of(_nothing, lambda: value(f"SELECT count(*) {_BY_HAND}", {"day": day}))
    return Line(
        "segments", f"nightly refresh of {_MANY}", f"{seconds:.2f} s", f"{floor:.2f} s ({_MANY} counts by hand)",
        seconds / floor, raw={"seconds": seconds, "floor": floor},
    )  # fmt: skip


def _nothing() -> None:
    """Reading leaves nothing to be put back."""


def _line(what: str, seconds: float, floor: float, fact: str) -> Line:
    return Line(
        "segments", what, f"{seconds:.3f} s", f"{floor:.3f} s (by hand)", seconds / floor, f"≤ {_MOST:g} ×", fact,
        seconds <= _MOST * floor, {"seconds": seconds, "floor": floor},
    )  # fmt: skip
