from datetime import date

import pytest

from maintenance.daily.work import Work
from maintenance.models import MaintenanceTask
from organization.models import Unit
from tests.world import TODAY


@pytest.fixture
def run_step(db):
    """`run_step(step, on=…, latest=…)` carries out one step for all units and returns the rows it wrote."""

    def run(step, on: date = TODAY, latest: date | None = None) -> int:
        units = tuple(Unit.objects.order_by("pk").values_list("pk", flat=True))
        return step(Work(on, latest or on, units))

    return run


@pytest.fixture
def only_task(db):
    """The one task there is, of a customer or at all."""

    def find(**conditions) -> MaintenanceTask:
        return MaintenanceTask.objects.get(**conditions)

    return find
