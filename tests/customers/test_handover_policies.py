"""Role × state of a hand-over, by hand: who gets which button."""

import pytest

from customers import policies
from customers.enums import HandOverReason, HandOverState
from customers.models import HandOver, HandOverTaker
from customers.queries.handovers import handovers_of
from organization import clock
from tests.world import TODAY

PEOPLE = ("rm", "colleague", "supervisor", "outlet_head", "branch_head", "other_supervisor", "teller")
LEADING = "supervisor outlet_head branch_head"
# State → who may arrange, sign, decline, cancel, confirm, give back, undo.
TABLE = {
    "draft": (f"rm {LEADING}", "", "", f"rm {LEADING}", "", "", ""),
    "proposed": ("", "rm colleague", f"rm colleague {LEADING}", f"rm {LEADING}", "", "", ""),
    "signed": ("", "", f"rm colleague {LEADING}", f"rm {LEADING}", LEADING, "", ""),
    "confirmed": ("", "", "", LEADING, "", "", ""),
    "in_effect": ("", "", "", "", "", LEADING, LEADING),
    "done": ("", "", "", "", "", "", LEADING),
    "returned": ("",) * 7,
    "declined": ("",) * 7,
    "cancelled": ("",) * 7,
    "undone": ("",) * 7,
}


def handover(world, state, *, taker=None) -> HandOver:
    row = HandOver.objects.create(
        giver=world.rm, unit=world.east, reason=HandOverReason.LEAVE, starts_on=TODAY, ends_on=TODAY, said="全部",
        state=state, created_by=world.rm, created_at=clock.now(), took_effect_at=clock.now(),
    )  # fmt: skip
    HandOverTaker.objects.create(handover=row, taker=taker or world.colleague)
    return handovers_of(world.branch_head).get(pk=row.pk)


def objections(staff, row) -> list[str]:
    return [
        policies.objection_to_arranging_handover(staff, row),
        policies.objection_to_signing_handover(staff, row),
        policies.objection_to_declining_handover(staff, row),
        policies.objection_to_cancelling_handover(staff, row),
        policies.objection_to_confirming_handover(staff, row),
        policies.objection_to_returning_handover(staff, row),
        policies.objection_to_undoing_handover(staff, row, now=clock.now(), days=7),
    ]


def test_every_state_has_its_line():
    assert set(TABLE) == set(HandOverState.values)


@pytest.mark.parametrize("state", TABLE)
def test_role_and_state(world, state):
    row = handover(world, state)
    for number, allowed in enumerate(TABLE[state]):
        may = {person for person in PEOPLE if not objections(world.people[person], row)[number]}
        assert may == set(allowed.split()), number


def test_who_takes_does_not_decide(world):
    signed, done = handover(world, "signed", taker=world.supervisor), handover(world, "done", taker=world.supervisor)
    assert "一方" in policies.objection_to_confirming_handover(world.supervisor, signed)
    assert "一方" in objections(world.supervisor, done)[6]
    assert not policies.objection_to_confirming_handover(world.outlet_head, signed)


def test_nobody_signs_twice(world):
    row = handover(world, "proposed")
    row.giver_signed_at = clock.now()
    assert "已经签过字" in policies.objection_to_signing_handover(world.rm, row)
