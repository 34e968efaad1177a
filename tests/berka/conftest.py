"""The whole export, loaded once for all tests of this folder, inside a transaction that is rolled back after them."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from customers.importing import berka as loader
from organization.parameters import forget
from tests.berka.recount import Recount

FOLDER = settings.BERKA_DIR
SHIFT = int((settings.BASE_DIR / "customers/data/berka_clock_shift_days").read_text())
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            # One worker loads, and the tests stay with it.
            item.add_marker(pytest.mark.xdist_group("berka"))
            if not FOLDER.is_dir():
                item.add_marker(pytest.mark.skip(reason=f"the Berka files are not at {FOLDER}: set BERKA_DIR"))


@pytest.fixture(scope="package")
def berka(django_db_setup, django_db_blocker):
    """Lines the loader said. Every test works in a transaction of its own inside this one."""
    said: list[str] = []
    with (
        django_db_blocker.unblock(),
        override_settings(CLOCK_SHIFT_DAYS=SHIFT),
        time_machine.travel(NOW),
        transaction.atomic(),
    ):
        forget()
        loader.load(FOLDER, password=None, say=said.append)
        yield said
        transaction.set_rollback(True)
    forget()


@pytest.fixture(scope="session")
def recount() -> Recount:
    return Recount(FOLDER)
