"""Hand-overs that begin and end with the daily run: whatever order the dates are run in, the same customers are with the
same people, and the same is open for them (DESIGN 5)."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import transaction

from customers.enums import HandOverReason, HandOverState
from customers.models import Customer, HandOver, HandOverLine, HandOverTaker
from maintenance.daily.runs import run_until
from maintenance.models import Appointment, ContactBeat, MaintenanceTask
from organization import clock
from tests.maintenance.daily.archive import build

FIRST = date(2026, 11, 12)
DAYS = [FIRST + timedelta(days=n) for n in range(3)]


class _Undo(Exception):
    pass


def agreed(giver, taker, by, starts_on: date, ends_on: date | None = None) -> None:
    """Confirmed, and waiting for its day."""
    handover = HandOver.objects.create(
        giver=giver, unit=giver.unit, reason=HandOverReason.LEAVE if ends_on else HandOverReason.TRANSFER,
        starts_on=starts_on, ends_on=ends_on, effective_on=starts_on, said="名下全部客户", state=HandOverState.CONFIRMED,
        created_by=by, created_at=clock.now(), confirmed_by=by, confirmed_at=clock.now(),
    )  # fmt: skip
    HandOverTaker.objects.create(handover=handover, taker=taker, signed_at=clock.now())
    for customer in Customer.objects.filter(manager=giver):
        HandOverLine.objects.create(handover=handover, customer=customer, unit=customer.unit, taker=taker)


def left_by(order: tuple[int, ...], shards: int) -> dict[str, set]:
    """What stands after the dates were run in this order; the database is as before afterwards."""
    left: dict[str, set] = {}
    try:
        with transaction.atomic():
            for number in order:
                run_until(DAYS[number], shards=shards)
            left = {
                "customers": set(Customer.objects.values_list("pk", "manager", "unit", "managed_since", "next_contact_on")),
                "states": set(HandOver.objects.values_list("reason", "state")),
                "lines": set(HandOverLine.objects.values_list("customer", "state")),
                "beats": set(ContactBeat.objects.values_list("customer", "channel", "next_due_on", "unit")),
                "appointments": set(Appointment.objects.values_list("pk", "staff", "unit", "status")),
                "tasks": set(
                    MaintenanceTask.objects.open().values_list("customer", "kind", "occurrence", "due_on", "owner", "unit")
                ),
            }  # fmt: skip
            raise _Undo
    except _Undo:
        return left


@pytest.fixture
def waiting(world):
    """One for good from the second day on, one for the first two days: both over by the third."""
    build([world.rm, world.other_rm], seed=7, customers=12, on=FIRST)
    agreed(world.rm, world.colleague, world.supervisor, DAYS[1])
    agreed(world.other_rm, world.other_supervisor, world.branch_head, DAYS[0], DAYS[1])
    return world


def test_in_any_order_the_same_stands(waiting):
    quiet = left_by((0, 1, 2), 1)
    assert quiet["states"] == {("transfer", "done"), ("leave", "returned")}
    assert {row[1] for row in quiet["customers"]} == {waiting.colleague.pk, waiting.other_rm.pk}
    assert any(row[1] == "joint_visit" for row in quiet["tasks"])
    for number, order in enumerate([*permutations((0, 1, 2)), (2,), (0, 0, 2, 1, 2)]):
        assert left_by(order, 1 + number % 3) == quiet, order
