"""电话: the number behind a due task, and behind nothing else (DESIGN 3)."""

from datetime import timedelta

import pytest

from customers.services.identifiers import readings_today, set_identifiers
from maintenance.enums import TaskKind, TaskStatus
from maintenance.services.tasks import number_to_call
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY

MOBILE = "13900001111"


@pytest.fixture
def customer(world):
    customer = world.customer("欧阳修远")
    set_identifiers(customer, mobile=MOBILE)
    customer.save()
    return customer


@pytest.mark.parametrize(
    ("fields", "who", "sentence"),
    [
        ({}, "rm", ""),
        ({}, "supervisor", ""),
        ({"kind": TaskKind.APPOINTMENT, "planned_on": TODAY + timedelta(days=3), "occurrence": "1"}, "rm", ""),
        ({"status": TaskStatus.DONE}, "rm", "已完成"),
        ({"planned_on": TODAY + timedelta(days=1)}, "rm", "填写理由"),
        ({}, "branch_head", "不归您负责"),
        ({}, "outlet_head", "不归您负责"),
        ({}, "colleague", "不归您负责"),
    ],
)
def test_who_and_when(world, customer, make_task, fields, who, sentence):
    task = make_task(customer, **fields)
    if not sentence:
        assert number_to_call(by=world.people[who], task=task) == MOBILE
        assert readings_today(world.people[who]) == 0
        return
    with pytest.raises(RuleViolation, match=sentence):
        number_to_call(by=world.people[who], task=task)
    assert not AuditEvent.objects.filter(action=AuditAction.REVEAL).exists()
