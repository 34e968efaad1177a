from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, settings

from tests.world import TODAY, World, build_world

# A shared machine has slow moments; a property says what is right, not how fast.
settings.register_profile("crm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crm")


@pytest.fixture(autouse=True)
def fixed_clock(request):
    """Every test lives on Monday 2026-11-23, 10:00 in Shanghai, unless it drives real processes or sets its own clock."""
    if request.node.get_closest_marker("workers"):
        yield None
        return
    start = datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(start) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def fresh_parameters():
    """Parameters are cached per process; no test sees another one's."""
    from organization.parameters import forget

    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that commit empty every table afterwards, which the triggers on the audit trail rightly refuse: off with
    them here. tests/organization/test_audit_guard.py puts them on and shows that they hold."""
    from django.db import connection

    from organization import audit_guard

    with django_db_blocker.unblock():
        audit_guard.remove(connection)


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def sign_in(client):
    """`sign_in(world.rm)` → a client with that person's session."""

    def as_staff(staff):
        if staff is None:
            client.logout()
        else:
            client.force_login(staff, backend="organization.backends.RoleBackend")
        return client

    return as_staff
