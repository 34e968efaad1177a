"""The audit trail is read by people without a right to customers: it has the facts, never a name, an amount or a word."""

import json
from datetime import timedelta

import pytest

from customers.enums import Channel
from customers.services.identifiers import set_identifiers
from maintenance.enums import ContactOutcome, SkipReason, TaskKind
from maintenance.services.appointments import book_appointment, cancel_appointment
from maintenance.services.tasks import (
    complete_tasks,
    number_to_call,
    put_back,
    reopen_tasks,
    skip_tasks,
    snooze_tasks,
)
from organization.models import AuditEvent
from tests.world import TODAY

CANARIES = ("欧阳修远", "李小芳", "50万元", "13900001111", "签家族信托", "她不愿多谈")


@pytest.fixture
def customer(world):
    customer = world.customer("欧阳修远")
    set_identifiers(customer, mobile="13900001111")
    customer.save()
    return customer


def test_nothing_a_reader_of_the_trail_may_not_see(world, customer, make_task, make_contact, sign_in):
    rm = world.rm
    first = make_task(customer, why="配偶李小芳生日")
    second = make_task(customer, TaskKind.MATURITY, why="定期存款50万元到期")
    number_to_call(by=rm, task=first)
    places = snooze_tasks(by=rm, tasks=[first, second], planned_on=TODAY + timedelta(days=1))
    put_back(by=rm, placements=places)
    complete_tasks(by=rm, tasks=[first], note="她不愿多谈")
    reopen_tasks(by=rm, tasks=[first])
    skip_tasks(by=rm, tasks=[second], reason=SkipReason.OTHER, note="她不愿多谈")
    appointment = book_appointment(
        by=rm, customer=customer, day=TODAY + timedelta(days=2), channel=Channel.MEETING, matter="签家族信托"
    )
    cancel_appointment(by=rm, appointment=appointment)
    make_contact(customer, outcome=ContactOutcome.REACHED, note="她不愿多谈")

    told = json.dumps(
        [[e.object_label, e.before, e.after, e.reason] for e in AuditEvent.objects.all()], ensure_ascii=False
    )
    assert AuditEvent.objects.count() >= 10
    assert [canary for canary in CANARIES if canary in told] == []
    page = sign_in(world.administrator).get("/admin/organization/auditevent/").content.decode()
    assert [canary for canary in CANARIES if canary in page] == []
