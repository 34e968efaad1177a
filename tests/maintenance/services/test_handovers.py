"""After a hand-over the larger customers are called on together; once, and not after it was undone."""

from datetime import date

import pytest

from customers.enums import HandOverReason, HandOverState, Tier
from customers.models import HandOver, HandOverLine
from maintenance.daily.priority import explain_priority
from maintenance.daily.steps.refresh import refresh
from maintenance.daily.work import Work
from maintenance.enums import TaskStatus
from maintenance.models import MaintenanceTask
from maintenance.parameters import JOINT_VISIT_DAYS
from maintenance.services.handovers import raise_joint_visits, withdraw_joint_visits
from organization import clock
from organization.models import Parameter
from organization.parameters import forget
from tests.world import TODAY


@pytest.fixture
def handover(world) -> HandOver:
    row = HandOver.objects.create(
        giver=world.colleague, unit=world.east, reason=HandOverReason.TRANSFER, starts_on=TODAY, said="全部",
        state=HandOverState.CONFIRMED, created_by=world.supervisor, created_at=clock.now(), effective_on=TODAY,
    )  # fmt: skip
    silent = {"has_no_contact": True, "tier": Tier.PRIVATE}
    for name, fields in (
        ("金", {"tier": Tier.GOLD}),
        ("白", {"tier": Tier.PLATINUM}),
        ("私", {"tier": Tier.PRIVATE}),
        ("静", silent),
    ):
        customer = world.customer(name, **fields)
        HandOverLine.objects.create(handover=row, customer=customer, unit=customer.unit, taker=world.rm)
    return row


def raised(handover, on=TODAY) -> int:
    return raise_joint_visits(handover, list(handover.lines.values_list("customer", flat=True)), on=on)


def test_platinum_and_above_who_may_be_spoken_to(world, handover):
    assert raised(handover) == 2 and raised(handover) == 0
    tasks = MaintenanceTask.objects.select_related("customer")
    assert set(tasks.values_list("customer__name", "owner__name", "channel", "due_on")) == {
        ("白", "林悦", "meeting", date(2026, 12, 23)), ("私", "林悦", "meeting", date(2026, 12, 23)),
    }  # fmt: skip
    task = tasks.get(customer__name="白")
    assert task.why == "白金客户：周航移交，请于12月23日前与原客户经理联合拜访"
    assert str(explain_priority(task, TODAY)) == f"{task.priority} = 交接联合拜访58 + 白金客户20"


def test_the_days_are_a_parameter_and_the_last_one_a_working_day(world, handover):
    Parameter.objects.create(code=JOINT_VISIT_DAYS, effective_from=TODAY, value=13, source="test")
    forget()
    raised(handover)
    assert set(MaintenanceTask.objects.values_list("due_on", flat=True)) == {date(2026, 12, 4)}  # 12-06 is a Sunday


def test_what_is_undone_is_taken_back_unless_it_was_done(world, handover):
    raised(handover)
    MaintenanceTask.objects.filter(customer__name="私").update(status=TaskStatus.DONE)
    assert withdraw_joint_visits(handover) == 1
    assert dict(MaintenanceTask.objects.values_list("customer__name", "status")) == {"白": "superseded", "私": "done"}


def test_a_part_of_the_customers_settles_no_hand_over(world, handover):
    work = Work(TODAY, TODAY, (world.east.pk,))
    refresh(work.part(1, 2**31))
    handover.refresh_from_db()
    assert handover.state == HandOverState.CONFIRMED
    refresh(work)
    handover.refresh_from_db()
    assert handover.state == HandOverState.DONE
