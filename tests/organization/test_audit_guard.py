"""The database refuses to change the audit trail, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from organization import audit, audit_chain, audit_guard, clock
from organization.enums import AuditAction
from organization.models import AuditEvent, AuditSeal


@pytest.fixture
def guarded(world):
    """The triggers as the migration installs them; the test's own transaction takes them away again."""
    audit.record(AuditAction.CHANGE, world.rm, by=world.administrator)
    audit_chain.seal(clock.now())
    audit_guard.install(connection)
    assert audit_guard.missing(connection) == []


@pytest.mark.parametrize("model", [AuditEvent, AuditSeal])
@pytest.mark.parametrize("do", [lambda q: q.update(id=99), lambda q: q.delete()], ids=["update", "delete"])
def test_update_and_delete_are_refused(guarded, model, do):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        do(model.objects.all())
    assert model.objects.count() == 1


def test_emptying_the_table_is_refused(guarded):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; its DELETE is refused above")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE organization_auditevent")


def test_writing_goes_on(guarded, world):
    audit.record(AuditAction.CHANGE, world.rm, by=world.administrator)
    audit_chain.seal(clock.now())
    assert AuditSeal.objects.count() == 2


def test_tests_run_without_them(db):
    assert len(audit_guard.missing(connection)) == (6 if connection.vendor == "postgresql" else 4)
