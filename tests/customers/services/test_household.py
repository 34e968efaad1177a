"""Customers of one family: put together, taken apart, never more than one's own."""

from datetime import date

import pytest

from customers.enums import CustomerStatus, Relation
from customers.models import Household, HouseholdMember
from customers.queries.household import household_of
from customers.services.assignment import assign_manager
from customers.services.household import join_household, leave_household
from customers.services.people import save_person
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY


@pytest.fixture
def husband(world):
    return world.customer("张伟", aum=300_000)


@pytest.fixture
def wife(world):
    return world.customer("李梅", sex="female", aum=200_000, birth_date=date(1982, 11, 24))


def members(customer) -> set[str]:
    return set(
        HouseholdMember.objects.filter(household__members__customer=customer).values_list("customer__name", flat=True)
    )


def test_two_customers_become_a_family_on_both_records(world, husband, wife):
    person = save_person(by=world.rm, customer=husband, relation=Relation.SPOUSE, name="李梅")
    join_household(by=world.rm, customer=husband, other=wife, role="spouse", person=person)
    assert members(husband) == members(wife) == {"张伟", "李梅"}
    wife.refresh_from_db()
    assert (wife.details.household_role, wife.version) == ("spouse", 2)
    told = AuditEvent.objects.filter(after__has_key="household").order_by("pk")
    assert [(event.object_id, event.after["household"]) for event in told] == [
        (husband.public_id, "与李*同户"), (wife.public_id, "与张*同户"),
    ]  # fmt: skip


def test_a_third_joins_from_either_side(world, husband, wife):
    join_household(by=world.rm, customer=husband, other=wife)
    join_household(by=world.rm, customer=husband, other=world.customer("张小明"))
    join_household(by=world.rm, customer=world.customer("张老"), other=wife)
    assert members(wife) == {"张伟", "李梅", "张小明", "张老"}
    assert Household.objects.count() == 1


def test_what_cannot_be_joined(world, husband, wife):
    with pytest.raises(RuleViolation, match="不能与本人并户"):
        join_household(by=world.rm, customer=husband, other=husband)
    join_household(by=world.rm, customer=husband, other=wife)
    with pytest.raises(RuleViolation, match="李梅已在这个家庭里"):
        join_household(by=world.rm, customer=husband, other=wife)
    others = [world.customer("王芳"), world.customer("赵强")]
    join_household(by=world.rm, customer=others[0], other=others[1])
    with pytest.raises(RuleViolation, match="赵强已属于另一个家庭"):
        join_household(by=world.rm, customer=husband, other=others[1])
    with pytest.raises(RuleViolation, match="关系人不属于"):
        stray = save_person(by=world.rm, customer=wife, relation=Relation.CHILD, name="小明")
        join_household(by=world.rm, customer=husband, other=world.customer("陈静"), person=stray)
    assert Household.objects.count() == 2


@pytest.mark.parametrize("manager", ["colleague", "other_rm", "stranger"])
def test_a_customer_of_somebody_else_is_not_found_from_either_side(world, husband, manager):
    foreign = world.customer("白云", manager=world.people[manager])
    for customer, other in ((husband, foreign), (foreign, husband)):
        with pytest.raises(RuleViolation, match="没有找到该客户"):
            join_household(by=world.rm, customer=customer, other=other)
    assert not Household.objects.exists()


def test_a_restricted_archive_stays_as_it_is(world, husband, wife):
    wife.status = CustomerStatus.RESTRICTED
    wife.save()
    with pytest.raises(RuleViolation, match="限制处理"):
        join_household(by=world.supervisor, customer=husband, other=wife)


def test_whoever_is_left_alone_is_in_no_family(world, husband, wife):
    person = save_person(by=world.rm, customer=husband, relation=Relation.SPOUSE, name="李梅")
    join_household(by=world.rm, customer=husband, other=wife, person=person)
    leave_household(by=world.rm, customer=wife)
    person.refresh_from_db()
    assert person.same_as is None
    assert not HouseholdMember.objects.exists() and not Household.objects.exists()
    assert AuditEvent.objects.get(after={"household": "家庭解除"}).object_id == husband.public_id
    with pytest.raises(RuleViolation, match="没有并户"):
        leave_household(by=world.rm, customer=wife)


def test_the_others_stay_together(world, husband, wife):
    join_household(by=world.rm, customer=husband, other=wife)
    join_household(by=world.rm, customer=husband, other=world.customer("张小明"))
    leave_household(by=world.rm, customer=husband)
    assert members(wife) == {"李梅", "张小明"}


def test_the_sum_is_over_whom_the_person_may_see(world, husband, wife, django_assert_num_queries):
    person = save_person(by=world.rm, customer=husband, relation=Relation.SPOUSE, name="李梅")
    join_household(by=world.rm, customer=husband, other=wife, person=person)
    assign_manager(by=world.branch_head, customers=[wife], manager=world.other_rm, on=TODAY, reason="搬家")
    with django_assert_num_queries(2):
        seen = household_of(world.branch_head, husband, [person], TODAY)
    assert (seen.count, seen.hidden, seen.aum) == (2, 0, 500_000)
    assert [(m.customer.name, m.relation, m.age) for m in seen.members] == [("张伟", "本人", 46), ("李梅", "配偶", 43)]
    own = household_of(world.rm, husband, [person], TODAY)
    assert (own.count, own.hidden, own.aum) == (2, 1, 300_000)
    assert HouseholdMember.objects.get(customer=wife).unit == world.west


def test_nobody_elses_family(world, husband, wife):
    join_household(by=world.rm, customer=husband, other=wife)
    alone = household_of(world.rm, world.customer("王芳"), [], TODAY)
    assert (alone.members, alone.count, alone.aum) == ([], 0, 0)
