"""Whoever introduces somebody is thanked, once, and not if it was noted by mistake."""

from datetime import date

import pytest

from customers.models import Referral
from customers.services.archive import update_customer
from customers.services.referrals import record_referral, withdraw_referral
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import MaintenanceTask
from maintenance.services.tasks import complete_task
from maintenance.services.thanks import owe_thanks
from tests.world import TODAY


def refer(world, customer, by=None) -> Referral:
    return record_referral(
        by=by or world.rm, customer=customer, name="李梅", mobile="13800138000", referred_on=date(2026, 11, 20)
    )


def test_an_introduction_owes_thanks_within_three_workdays(world):
    referral = refer(world, world.customer())
    task = MaintenanceTask.objects.get()
    assert (task.kind, task.owner, task.why) == (TaskKind.THANKS, world.rm, "感谢引荐李梅")
    assert (task.planned_on, task.due_on) == (TODAY, date(2026, 11, 26))
    assert task.priority == 55  # 致谢45 + 金卡10
    owe_thanks(referral, on=TODAY)
    assert MaintenanceTask.objects.count() == 1
    assert complete_task(by=world.rm, task=task).status == TaskStatus.DONE


def test_noted_by_a_supervisor_it_is_the_managers(world):
    refer(world, world.customer(manager=world.colleague), by=world.supervisor)
    assert MaintenanceTask.objects.get().owner == world.colleague


def test_on_a_day_off_it_is_planned_for_the_next_workday(world, fixed_clock):
    fixed_clock.move_to("2026-11-28T10:00:00+08:00")  # a Saturday
    refer(world, world.customer())
    assert MaintenanceTask.objects.get().planned_on == date(2026, 11, 30)


@pytest.mark.parametrize("fields", [{"has_no_contact": True}, {"status": "closed"}])
def test_nobody_is_called_who_may_not_be(world, fields):
    refer(world, world.customer(**fields), by=world.supervisor)
    assert not MaintenanceTask.objects.exists()


def test_who_then_asks_to_be_left_alone_is_not_thanked(world):
    customer = world.customer()
    refer(world, customer)
    update_customer(
        by=world.rm, customer=customer, version=customer.version,
        data={"has_no_contact": True, "no_contact_reason": "客户要求"},
    )  # fmt: skip
    assert MaintenanceTask.objects.get(kind=TaskKind.THANKS).status == TaskStatus.SUPERSEDED


def test_a_mistake_owes_nothing_and_what_was_said_stays_said(world):
    first = refer(world, world.customer("张伟"))
    withdraw_referral(by=world.rm, referral=first, reason="登记错人")
    assert MaintenanceTask.objects.get().status == TaskStatus.SUPERSEDED
    second = refer(world, world.customer("王芳"))
    task = MaintenanceTask.objects.get(customer__name="王芳")
    complete_task(by=world.rm, task=task)
    withdraw_referral(by=world.rm, referral=second, reason="登记错人")
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE
