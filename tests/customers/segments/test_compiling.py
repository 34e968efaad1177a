"""Any rule over any customers: the one statement finds whom a look at each of them finds."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.enums import DateKind, Relation
from customers.identity import age_on
from customers.models import (
    ContactPreference,
    Customer,
    CustomerProfile,
    ExternalHolding,
    Holding,
    Household,
    HouseholdMember,
    ImportantDate,
    Person,
    Product,
)
from customers.models.profile import PROFILE_FIELDS, value_of
from customers.segments.compiling import condition_of
from customers.segments.fields import FIELDS, OPERATORS, Field, Kind
from customers.segments.rules import Condition, Group, Negation, Rule, parse_rule
from organization.fields import CodesField
from tests.customers.segments import dealings
from tests.world import TODAY

WORDS = ["围棋", "书法Art", "摄影 100%", "下_棋", "", "滨海中学"]
COLUMNS = {"average": "monthly_avg_daily_aum", "last_contact": "last_contact_on", "next_contact": "next_contact_on"}
AMOUNTS = ["-0.01", "0", "49999.99", "50000", "99999.99", "100000", "2000000"]
DAYS = [TODAY + timedelta(days=n) for n in (-400, -91, -90, -89, -1, 0, 1, 6, 7, 8, 59, 60, 61)]
BIRTHS = [None, date(1960, 2, 29), date(1976, 11, 23), date(1976, 11, 24), date(1996, 11, 22), date(2012, 2, 29)]
KNOWN = {Kind.DAY: [None, *DAYS], Kind.FLAG: [None, True, False], Kind.AMOUNT: [None, *map(Decimal, AMOUNTS)]}


@pytest.fixture
def crowd(world) -> list[Customer]:
    """Customers of every kind, with the edges of every question among them; the same in every run."""
    draw = random.Random(20261123)
    products = [Product.objects.create(code=code, name=code, category=code) for code in FIELDS["holds"].choices]
    segments, found = dealings.some_segments(world), []
    for number in range(60):
        chosen = {
            key: draw.choice(list(FIELDS[key].choices))
            for key in ("sex", "marital_status", "occupation", "tier", "status", "strategy")
        }
        customer = world.customer(
            f"客户{number}", birth_date=draw.choice(BIRTHS), employer=draw.choice(WORDS), interests=draw.choice(WORDS),
            is_veteran=draw.random() < 0.3, is_party_member=draw.random() < 0.3, has_no_contact=draw.random() < 0.2,
            preferred_channel=draw.choice(["", *FIELDS["preferred_channel"].choices]), aum=Decimal(draw.choice(AMOUNTS)),
            monthly_avg_daily_aum=Decimal(draw.choice(AMOUNTS)), managed_since=draw.choice([None, *DAYS]),
            last_contact_on=draw.choice([None, *DAYS]), next_contact_on=draw.choice([None, *DAYS]), **chosen,
        )  # fmt: skip
        _fill_in_second_row(draw, customer)
        for place in range(draw.randrange(3)):
            Holding.objects.create(
                customer=customer, unit=customer.unit, product=draw.choice(products), amount=1, bought_on=DAYS[0],
                reference=f"H{number}-{place}", matures_on=draw.choice([None, *DAYS]),
                closed_on=draw.choice([None, None, TODAY]),
            )  # fmt: skip
        _surround(draw, customer)
        person = Person.objects.create(customer=customer, unit=customer.unit, relation=Relation.CHILD, name="孩子")
        for kind, whose in ((DateKind.BIRTHDAY, None), (DateKind.BIRTHDAY, person), (DateKind.WEDDING, None)):
            if draw.random() < 0.6:
                ImportantDate.objects.create(
                    customer=customer, unit=customer.unit, person=whose, kind=kind, month=1, day=1,
                    next_on=draw.choice([None, *DAYS]),
                )  # fmt: skip
        dealings.add_dealings(draw, customer, segments)
        found.append(customer)
    return found


def _fill_in_second_row(draw: random.Random, customer: Customer) -> None:
    """Of most customers, a part of it."""
    for channel in draw.sample(list(FIELDS["refuses"].choices), draw.choice([0, 0, 1, 2])):
        ContactPreference.objects.create(
            customer=customer, unit=customer.unit, channel=channel, reason="要求", since=TODAY
        )
    if draw.random() < 0.2:
        return
    given = {}
    for key in PROFILE_FIELDS:
        column = CustomerProfile._meta.get_field(key)
        if draw.random() < 0.4 or key not in FIELDS:
            continue
        if isinstance(column, CodesField):
            given[key] = tuple(draw.sample(list(FIELDS[key].choices), draw.randrange(3)))
        elif FIELDS[key].kind == Kind.CHOICE:
            given[key] = draw.choice(["", *FIELDS[key].choices])
        else:
            text, kind = draw.choice(WORDS)[: column.max_length or 0], FIELDS[key].kind
            given[key] = draw.choice(KNOWN[kind]) if kind in KNOWN else text
    given["social_insurance_months"] = draw.choice([None, 0, 179, 180, 359, 360, 371])
    CustomerProfile.objects.create(customer=customer, unit=customer.unit, **given)


def _surround(draw: random.Random, customer: Customer) -> None:
    """People, money elsewhere, a family."""
    for _ in range(draw.randrange(3)):
        Person.objects.create(
            customer=customer, unit=customer.unit, relation=draw.choice(Relation.values), name="亲友",
            is_dependent=draw.random() < 0.3,
        )  # fmt: skip
        ExternalHolding.objects.create(
            customer=customer, unit=customer.unit, bank="他行", category="fund", as_of=TODAY,
            amount=Decimal(draw.choice([*AMOUNTS[1:], "0.01"])),
        )  # fmt: skip
    if draw.random() < 0.2:
        HouseholdMember.objects.create(
            customer=customer, unit=customer.unit, joined_on=TODAY,
            household=Household.objects.create(created_at=datetime(2026, 11, 23, tzinfo=UTC)),
        )  # fmt: skip


def answers(rule: Rule, customer: Customer) -> bool:
    """The naive evaluator: one customer at a time, in plain Python."""
    if isinstance(rule, Group):
        return (all if rule.is_all else any)(answers(part, customer) for part in rule.parts)
    if isinstance(rule, Negation):
        return not answers(rule.part, customer)
    return _answers_one(rule, customer)


def _answers_one(asked: Condition, customer: Customer) -> bool:
    key, op, value = asked.field.key, asked.op, asked.value
    if key == "holds":
        held = {holding.product.category for holding in customer.holdings.all() if holding.closed_on is None}
        return bool(held & set(value)) == (op == "in")
    if key == "matures":
        ends = [holding.matures_on for holding in customer.holdings.all() if holding.closed_on is None]
        return any(_compares(end, op, value) for end in ends)
    if key == "birthday":
        own = [row for row in customer.dates_of_test if row.person_id is None and row.kind == DateKind.BIRTHDAY]
        return any(_compares(row.next_on, op, value) for row in own)
    if key == "appointment":
        return any(_compares(day, op, value) for day in dealings.appointments(customer))
    if key == "segment":
        return bool(dealings.segments_of(customer) & set(value)) == (op == "in")
    if key in dealings.PLAIN:
        return _compares(dealings.PLAIN[key](customer), op, value)
    if key == "age":
        return _compares(customer.birth_date and age_on(customer.birth_date, TODAY), op, value)
    if key in SETS:
        return bool(SETS[key](customer) & set(value)) == (op == "in")
    if key in KNOWN_BY:
        return _compares(KNOWN_BY[key](customer), op, value)
    has = value_of(customer, COLUMNS.get(key, key))
    return bool(set(has) & set(value)) == (op == "in") if isinstance(has, tuple) else _compares(has, op, value)


def _whole_years(months: int | None) -> int | None:
    return None if months is None else months // 12


# Questions about the rows around a customer: of several answers, and of one.
SETS = {
    "relatives": lambda customer: {person.relation for person in customer.people.all()},
    "refuses": lambda customer: set(customer.refused_of_test),
}
KNOWN_BY = {
    "dependants": lambda customer: any(person.is_dependent for person in customer.people.all()),
    "household": lambda customer: customer.pk in customer.members_of_test,
    "elsewhere": lambda customer: sum((row.amount for row in customer.external_holdings.all()), Decimal(0)),
    "social_insurance": lambda customer: _whole_years(customer.details.social_insurance_months),
}


def _compares(has, op: str, value) -> bool:
    if op == "empty":
        return has is None
    return has is not None and COMPARED[op](has, value)


COMPARED = {
    "in": lambda has, value: has in value,
    "not_in": lambda has, value: has not in value,
    "at_least": lambda has, value: has >= value,
    "since": lambda has, value: has >= value,
    "below": lambda has, value: has < value,
    "before": lambda has, value: has < value,
    "between": lambda has, value: value[0] <= has <= value[1],
    "within_last": lambda has, value: 0 <= (TODAY - has).days <= value,
    "within_next": lambda has, value: 0 <= (has - TODAY).days <= value,
    "longer_ago": lambda has, value: (TODAY - has).days > value,
    "is": lambda has, value: has == value,
    "contains": lambda has, value: value.lower() in has.lower(),
}


@st.composite
def conditions(draw) -> dict:
    field: Field = draw(st.sampled_from(list(FIELDS.values())))
    op = draw(st.sampled_from(list(OPERATORS[field.kind])))
    return {"field": field.key, "op": op, "value": draw(values(field, op))}


def values(field: Field, op: str) -> st.SearchStrategy:
    if op == "empty":
        return st.none()
    if op in ("within_last", "within_next", "longer_ago"):
        return st.sampled_from([0, 1, 7, 60, 90])
    one = {
        Kind.CHOICE: st.lists(st.sampled_from(list(field.choices) or [""]), min_size=1, max_size=3),
        Kind.AMOUNT: st.sampled_from(AMOUNTS),
        Kind.NUMBER: st.sampled_from([0, 1, 2, 3, 14, 29, 30, 49, 50, 65, 66]),
        Kind.DAY: st.sampled_from([day.isoformat() for day in [*DAYS, *filter(None, BIRTHS)]]),
        Kind.FLAG: st.booleans(),
        Kind.TEXT: st.sampled_from(["棋", "art", "%", "_", "滨海", "没有这个"]),
        Kind.SEGMENT: st.lists(st.sampled_from(dealings.SEGMENTS), min_size=1, max_size=2),
    }[field.kind]
    by = Decimal if field.kind == Kind.AMOUNT else int
    return st.tuples(one, one).map(lambda two: sorted(two, key=by)) if op == "between" else one


RULES = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=8,
)


@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(data=RULES)
def test_the_statement_finds_whom_a_look_at_each_finds(crowd, data):
    rule = parse_rule(data)
    found = set(Customer.objects.unscoped("test").filter(condition_of(rule, TODAY)).values_list("pk", flat=True))
    assert found == {customer.pk for customer in told(crowd) if answers(rule, customer)}


def told(crowd: list[Customer]) -> list[Customer]:
    """The crowd with everything asked about read once."""
    if not hasattr(crowd[0], "dates_of_test"):
        rows = (
            Customer.objects.unscoped("test")
            .select_related("profile")
            .prefetch_related("holdings__product", "people", "external_holdings", *dealings.READ_ONCE)
            .in_bulk([c.pk for c in crowd])
        )
        dates = list(ImportantDate.objects.unscoped("test"))
        refusals = list(ContactPreference.objects.unscoped("test"))
        members = set(HouseholdMember.objects.values_list("customer", flat=True))
        for place, customer in enumerate(crowd):
            crowd[place] = rows[customer.pk]
            crowd[place].dates_of_test = [row for row in dates if row.customer_id == customer.pk]
            crowd[place].members_of_test = members
            crowd[place].refused_of_test = [row.channel for row in refusals if row.customer_id == customer.pk]
    return crowd


def test_one_statement_whatever_the_rule(crowd, django_assert_num_queries):
    rule = parse_rule(
        {"all": [{"field": key, "op": "within_next", "value": 7} for key in ("birthday", "matures", "next_contact")]}
    )
    with django_assert_num_queries(1):
        list(Customer.objects.unscoped("test").filter(condition_of(rule, TODAY)))
