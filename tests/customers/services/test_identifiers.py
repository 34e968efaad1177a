"""Plain identifiers are read with a reason, on record, and not without end."""

from datetime import timedelta

import pytest

from customers.enums import CustomerStatus
from customers.models import Account, Product
from customers.services.archive import create_customer
from customers.services.identifiers import readings_today, reveal, set_account_number, set_identifiers
from maintenance.enums import TaskKind
from maintenance.models import MaintenanceTask
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification, Parameter
from organization.parameters import forget
from tests.world import TODAY

MOBILE = "13900001234"


@pytest.fixture
def customer(world):
    return create_customer(by=world.rm, data={"name": "张伟", "mobile": MOBILE, "email": "zhang@example.com"})


@pytest.fixture
def quota_of_two(db):
    Parameter.objects.create(code="reveal_daily_quota", effective_from=TODAY, value=2, source="测试")
    forget()


def task_of(customer, **fields) -> MaintenanceTask:
    return MaintenanceTask.objects.create(
        customer=customer, owner=customer.manager, unit=customer.unit, kind=TaskKind.PHONE_BEAT, occurrence="phone:x",
        subject_on=TODAY, due_on=TODAY, planned_on=TODAY, why="电话频度到期", created_on=TODAY, **fields,
    )  # fmt: skip


def test_a_reading_is_on_record_with_its_reason_and_without_the_value(world, customer):
    assert reveal(by=world.rm, customer=customer, field="mobile", reason="预约上门送对账单") == MOBILE
    event = AuditEvent.objects.get(action=AuditAction.REVEAL)
    assert (event.actor_id, event.object_id, event.reason) == (world.rm.pk, customer.public_id, "预约上门送对账单")
    assert event.after == {"field": "mobile"}
    assert event.object_label == f"张* {customer.number}"


@pytest.mark.parametrize("reason", ["", " ", "x"])
def test_no_reason_no_reading(world, customer, reason):
    with pytest.raises(RuleViolation, match="请填写查看理由"):
        reveal(by=world.rm, customer=customer, field="mobile", reason=reason)
    assert not AuditEvent.objects.filter(action=AuditAction.REVEAL).exists()


def test_a_task_of_the_customer_is_the_reason_for_the_number_and_costs_no_quota(world, customer, quota_of_two):
    task = task_of(customer)
    for _ in range(3):
        assert reveal(by=world.rm, customer=customer, field="mobile", task=task) == MOBILE
    assert readings_today(world.rm) == 0
    assert AuditEvent.objects.filter(action=AuditAction.REVEAL, after__task=task.public_id).count() == 3


def test_a_task_opens_neither_another_field_nor_another_customer(world, customer):
    other = world.customer("王芳")
    with pytest.raises(RuleViolation, match="不属于该客户"):
        reveal(by=world.rm, customer=customer, field="email", task=task_of(customer))
    with pytest.raises(RuleViolation, match="不属于该客户"):
        reveal(by=world.rm, customer=customer, field="mobile", task=task_of(other))


def test_the_quota_of_the_day_ends_and_the_supervisor_hears_of_it_once(world, customer, quota_of_two, fixed_clock):
    for _ in range(2):
        reveal(by=world.rm, customer=customer, field="mobile", reason="核对号码")
    for _ in range(2):
        with pytest.raises(RuleViolation, match="2次上限"):
            reveal(by=world.rm, customer=customer, field="mobile", reason="核对号码")
    assert AuditEvent.objects.filter(action=AuditAction.DENIED, actor_id=world.rm.pk).count() == 2
    assert Notification.objects.filter(recipient=world.supervisor, kind="reveal_quota").count() == 1
    fixed_clock.shift(timedelta(days=1))
    assert reveal(by=world.rm, customer=customer, field="mobile", reason="核对号码") == MOBILE


def test_the_shipped_quota_refuses_the_fifty_first(world, customer):
    for _ in range(50):
        reveal(by=world.rm, customer=customer, field="mobile", reason="核对号码")
    with pytest.raises(RuleViolation, match="50次上限"):
        reveal(by=world.rm, customer=customer, field="mobile", reason="核对号码")
    assert reveal(by=world.supervisor, customer=customer, field="mobile", reason="核对号码") == MOBILE


@pytest.mark.parametrize(
    ("persona", "sentence"),
    [("stranger", "没有找到该客户"), ("colleague", "没有找到该客户"), ("head_office_staff", "不能查看"), ("teller", "不能查看"),
     ("auditor", "没有找到该客户")],
)  # fmt: skip
def test_who_may_not_read(world, customer, persona, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        reveal(by=world.people[persona], customer=customer, field="mobile", reason="核对号码")


def test_a_restricted_archive_is_closed_to_everybody(world, customer):
    customer.status = CustomerStatus.RESTRICTED
    customer.save()
    with pytest.raises(RuleViolation, match="限制处理"):
        reveal(by=world.rm, customer=customer, field="mobile", reason="核对号码")


def test_only_identifiers_can_be_revealed(world, customer):
    with pytest.raises(RuleViolation, match="没有这一项"):
        reveal(by=world.rm, customer=customer, field="public_id", reason="核对号码")


def test_identifiers_are_normalised_and_none_leaves_them_alone(world):
    customer = world.customer()
    set_identifiers(customer, mobile=" +86 139-0000-1234 ", address=" 和平路 ")
    index = customer.mobile_index
    assert (customer.mobile, customer.address, customer.id_number) == (MOBILE, "和平路", "")
    set_identifiers(customer, email="a@b.cn")
    assert (customer.mobile, customer.mobile_index) == (MOBILE, index)
    set_identifiers(customer, mobile="")
    assert (customer.mobile, customer.mobile_index) == ("", "")


def test_an_account_number_is_compared_without_its_spaces(world):
    product = Product.objects.create(code="D", name="活期", category="demand_deposit")
    account = Account(customer=world.customer(), unit=world.east, product=product, reference="1", opened_on=TODAY)
    set_account_number(account, "6217 0000-1234 5678")
    spaced = account.number_index
    set_account_number(account, "6217000012345678")
    assert account.number == "6217000012345678"
    assert account.number_index == spaced != ""
