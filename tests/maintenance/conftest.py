from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from customers.enums import Channel
from maintenance.enums import ContactOutcome, TaskKind, TaskSource
from maintenance.models import MaintenanceTask
from maintenance.services.contacts import record_contact
from tests.world import TODAY

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@pytest.fixture
def make_task(db):
    """An open task of a customer, due in a week and on for today unless told otherwise."""
    numbers = iter(range(1, 10_000))

    def make(customer, kind=TaskKind.BIRTHDAY, **fields):
        due_on = fields.pop("due_on", date(2026, 11, 30))
        defaults = {
            "owner_id": customer.manager_id, "unit_id": customer.unit_id, "occurrence": f"t{next(numbers)}",
            "subject_on": due_on, "due_on": due_on, "planned_on": TODAY, "why": "生日将至", "channel": Channel.PHONE,
            "source": TaskSource.SYSTEM, "priority": 50, "created_on": TODAY,
        }  # fmt: skip
        return MaintenanceTask.objects.create(customer=customer, kind=kind, **defaults | fields)

    return make


@pytest.fixture
def make_contact(db):
    """A reached call of this morning by the customer's manager unless told otherwise."""

    def make(customer, **fields):
        defaults = {
            "by": customer.manager, "channel": Channel.PHONE, "outcome": ContactOutcome.REACHED,
            "happened_at": moment(TODAY, 9, 30),
        }  # fmt: skip
        return record_contact(customer=customer, **defaults | fields)

    return make
