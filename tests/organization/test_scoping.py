"""Who sees which rows: one table over personas, and the lock that no view can forget."""

from datetime import timedelta

import pytest

from customers.models import Customer
from organization.exceptions import UnscopedQuery
from organization.models import Cover
from organization.request_context import scope_enforced
from tests.world import PERSONAS, TODAY

SEES = {
    # own RM's customer, colleague's, other outlet's, other branch's
    "rm": "own",
    "colleague": "colleague",
    "supervisor": "own colleague",
    "outlet_head": "own colleague",
    "lobby": "own colleague",
    "teller": "own colleague",
    "other_rm": "other",
    "other_supervisor": "other",
    "branch_head": "own colleague other",
    "head_office_staff": "own colleague other far",
    "stranger": "far",
    "administrator": "",
    "auditor": "",
}


@pytest.fixture
def customers(world):
    return {
        "own": world.customer("张伟", manager=world.rm),
        "colleague": world.customer("王芳", manager=world.colleague),
        "other": world.customer("李娜", manager=world.other_rm),
        "far": world.customer("赵敏", manager=world.stranger),
    }


@pytest.mark.parametrize("persona", [p for p in PERSONAS if p])
def test_rows_by_persona(world, customers, persona):
    seen = set(Customer.objects.visible_to(world.people[persona]).values_list("pk", flat=True))
    assert seen == {customers[key].pk for key in SEES[persona].split()}


def test_nobody_signed_in_sees_nothing(customers):
    from django.contrib.auth.models import AnonymousUser

    assert not Customer.objects.visible_to(AnonymousUser()).exists()


def test_a_disabled_person_sees_nothing(world, customers):
    world.rm.is_active = False
    assert not Customer.objects.visible_to(world.rm).exists()


def test_co_manager_sees_the_customer(world, customers):
    customers["own"].co_manager = world.stranger
    customers["own"].save()
    assert customers["own"] in Customer.objects.visible_to(world.stranger)


@pytest.mark.parametrize(("starts", "ends", "sees"), [(0, 0, True), (-3, -1, False), (1, 3, False), (-1, 1, True)])
def test_cover_opens_the_absent_colleagues_rows_for_its_days_only(world, customers, starts, ends, sees):
    Cover.objects.create(
        absent=world.colleague, substitute=world.rm, created_by=world.supervisor,
        starts_on=TODAY + timedelta(days=starts), ends_on=TODAY + timedelta(days=ends),
    )  # fmt: skip
    assert (customers["colleague"] in Customer.objects.visible_to(world.rm)) is sees
    assert customers["own"] in Customer.objects.visible_to(world.rm)


@pytest.fixture
def in_request():
    token = scope_enforced.set(True)
    yield
    scope_enforced.reset(token)


@pytest.mark.parametrize(
    "read",
    [list, lambda q: q.count(), lambda q: q.exists(), lambda q: q.first(), lambda q: list(q.iterator()),
     lambda q: list(q.values("name")), lambda q: q.update(name="x"), lambda q: q.delete(), lambda q: q.get(pk=1)],
)  # fmt: skip
def test_an_unscoped_read_inside_a_request_raises(world, customers, in_request, read):
    with pytest.raises(UnscopedQuery):
        read(Customer.objects.filter(name="张伟"))


def test_the_lock_knows_scope_purpose_and_rows_of_a_fetched_customer(world, customers, in_request):
    customer = Customer.objects.visible_to(world.rm).get(pk=customers["own"].pk)
    assert customer.people.count() == 0
    assert list(customer.tasks.all()) == []
    assert Customer.objects.unscoped("count for the test").count() == 4
    assert list(Customer.objects.none()) == []


def test_rows_fetched_in_scope_are_written_back(world, customers, in_request):
    own = list(Customer.objects.visible_to(world.rm))
    for customer in own:
        customer.name = "张巍"
    assert Customer.objects.bulk_update(own, ["name"]) == 1
    own[0].save()


def test_rows_of_an_unscoped_parent_are_not_a_way_round(world, customers, in_request):
    with pytest.raises(UnscopedQuery):
        list(world.rm.diaries.all())


def test_uniqueness_is_checked_over_all_rows_inside_a_request(world, customers, in_request):
    twin = Customer(name="张伟", number=customers["far"].number, unit=world.east)
    with pytest.raises(Exception, match="客户号"):
        twin.full_clean()
