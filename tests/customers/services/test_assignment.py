"""Customers change hands as a set, with what belongs to them."""

import pytest

from customers.enums import CustomerStatus, Relation
from customers.models import Customer, Person
from customers.services.archive import assign_manager
from customers.signals import maintenance_changed
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification
from tests.world import TODAY


def test_everything_of_a_customer_moves_to_the_new_managers_unit(world):
    customer = world.customer(co_manager=world.other_rm)
    person = Person.objects.create(customer=customer, unit=world.east, relation=Relation.SPOUSE, name="李梅")
    heard = []
    receiver = lambda sender, **kwargs: heard.append(kwargs["customer_ids"])  # noqa: E731
    maintenance_changed.connect(receiver, weak=False)
    try:
        moved = assign_manager(
            by=world.branch_head, customers=Customer.objects.visible_to(world.branch_head), manager=world.other_rm,
            on=TODAY, reason="网点调整",
        )  # fmt: skip
    finally:
        maintenance_changed.disconnect(receiver)
    customer.refresh_from_db(), person.refresh_from_db()
    assert moved == 1
    assert (customer.manager, customer.unit, customer.managed_since, customer.version) == (
        world.other_rm, world.west, TODAY, 2,
    )  # fmt: skip
    assert customer.co_manager is None
    assert person.unit == world.west
    assert heard == [[customer.pk]]
    assert AuditEvent.objects.get().after == {"manager": "邓超"}
    assert Notification.objects.get().recipient == world.other_rm


def test_those_already_there_and_those_no_longer_served_stay(world):
    world.customer("王甲", manager=world.colleague)
    gone = world.customer("王乙", status=CustomerStatus.DECEASED)
    moved = assign_manager(
        by=world.supervisor, customers=Customer.objects.all(), manager=world.colleague, on=TODAY, reason="调整"
    )
    gone.refresh_from_db()
    assert moved == 0
    assert gone.manager == world.rm


@pytest.mark.parametrize(
    ("by", "manager", "reason", "sentence"),
    [
        ("rm", "rm", "调整", "不能分配"),
        ("supervisor", "other_rm", "调整", "管辖范围"),
        ("outlet_head", "stranger", "调整", "管辖范围"),
        ("supervisor", "teller", "调整", "须为在岗"),
        ("supervisor", "colleague", " ", "请填写分配理由"),
        ("other_supervisor", "other_rm", "调整", "没有找到该客户"),
    ],
)
def test_refusals(world, by, manager, reason, sentence):
    customer = world.customer()
    with pytest.raises(RuleViolation, match=sentence):
        assign_manager(
            by=world.people[by], customers=[customer], manager=world.people[manager], on=TODAY, reason=reason
        )
    customer.refresh_from_db()
    assert customer.manager == world.rm


def test_somebody_who_left_gets_no_customers(world):
    world.colleague.is_active = False
    with pytest.raises(RuleViolation, match="须为在岗"):
        assign_manager(
            by=world.supervisor, customers=[world.customer()], manager=world.colleague, on=TODAY, reason="调整"
        )


def test_thirty_cost_as_many_statements_as_one(world, alone, django_assert_max_num_queries):
    one, many = world.customer("王零"), [world.customer(f"王{n}") for n in range(30)]
    for some in ([one], many):
        with django_assert_max_num_queries(23):
            assign_manager(by=world.supervisor, customers=some, manager=world.colleague, on=TODAY, reason="调整")
