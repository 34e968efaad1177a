"""Role × state, as a table."""

import pytest

from customers import policies
from customers.enums import CustomerStatus as S
from customers.models import Segment
from tests.world import PERSONAS

EVERYBODY = {persona for persona in PERSONAS if persona}
RMS = {"rm", "colleague", "other_rm", "stranger"}
SUPERVISORS = {"supervisor", "other_supervisor"}
HEADS = {"outlet_head", "branch_head"}

WHO_MAY = {
    # (what, state): personas; the row scope comes on top
    ("can_edit_customer", S.ACTIVE): RMS | SUPERVISORS,
    ("can_edit_customer", S.CLOSED): SUPERVISORS,
    ("can_edit_customer", S.DECEASED): SUPERVISORS,
    ("can_edit_customer", S.RESTRICTED): set(),
    ("can_reveal", S.ACTIVE): RMS | SUPERVISORS | HEADS,
    ("can_reveal", S.CLOSED): RMS | SUPERVISORS | HEADS,
    ("can_reveal", S.DECEASED): RMS | SUPERVISORS | HEADS,
    ("can_reveal", S.RESTRICTED): set(),
    ("can_change_strategy", S.ACTIVE): RMS | SUPERVISORS,
    ("can_change_strategy", S.CLOSED): set(),
    ("can_change_strategy", S.DECEASED): set(),
    ("can_change_strategy", S.RESTRICTED): set(),
    ("can_edit_customer", S.MERGED): set(),
    ("can_reveal", S.MERGED): set(),
    ("can_change_strategy", S.MERGED): set(),
    ("can_merge", S.ACTIVE): SUPERVISORS | HEADS,
    ("can_merge", S.CLOSED): SUPERVISORS | HEADS,
    ("can_merge", S.DECEASED): SUPERVISORS | HEADS,
    ("can_merge", S.RESTRICTED): set(),
    ("can_merge", S.MERGED): set(),
    ("can_hold_tier", S.ACTIVE): SUPERVISORS | HEADS,
    ("can_hold_tier", S.CLOSED): set(),
    ("can_hold_tier", S.DECEASED): set(),
    ("can_hold_tier", S.RESTRICTED): set(),
    ("can_hold_tier", S.MERGED): set(),
}


@pytest.mark.parametrize(("rule", "status"), WHO_MAY)
def test_role_by_state(world, rule, status):
    customer = world.customer(status=status)
    allowed = {name for name in EVERYBODY if getattr(policies, rule)(world.people[name], customer)}
    assert allowed == WHO_MAY[rule, status]


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("can_create_customer", RMS | SUPERVISORS),
        ("can_assign_manager", SUPERVISORS | HEADS),
        ("sees_full_names", RMS | SUPERVISORS | HEADS),
    ],
)
def test_role_alone(world, rule, allowed):
    assert {name for name in EVERYBODY if getattr(policies, rule)(world.people[name])} == allowed


@pytest.mark.parametrize(
    "objection",
    [
        "objection_to_editing",
        "objection_to_revealing",
        "objection_to_strategy_change",
        "objection_to_merging",
        "objection_to_holding_tier",
    ],
)
def test_every_refusal_has_its_sentence(world, objection):
    for status in S:
        for name in EVERYBODY:
            sentence = getattr(policies, objection)(world.people[name], world.customer(f"{status}", status=status))
            assert not sentence or sentence.endswith("。")


def test_somebody_disabled_may_nothing(world):
    world.rm.is_active = False
    customer = world.customer()
    assert not policies.can_edit_customer(world.rm, customer)
    assert not policies.can_reveal(world.rm, customer)
    assert not policies.sees_full_names(world.rm)


@pytest.mark.parametrize(
    ("owner", "is_active", "allowed"),
    [
        ("rm", True, {"rm", "supervisor", *HEADS}),
        ("outlet_head", True, {*HEADS}),
        ("head_office_staff", True, {"head_office_staff"}),
        ("rm", False, set()),
    ],
)
def test_a_segment_is_changed_by_its_owner_and_those_who_lead(world, owner, is_active, allowed):
    person = world.people[owner]
    segment = Segment(owner=person, unit=person.unit, is_active=is_active)
    assert {name for name in EVERYBODY if policies.can_change_segment(world.people[name], segment)} == allowed
    managing = {name for name in EVERYBODY if not policies.objection_to_segment(world.people[name], None)}
    assert managing == RMS | SUPERVISORS | HEADS | {"head_office_staff"}
