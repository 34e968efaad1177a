"""Sealing by the clock, and clearing what is kept for a while only."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from organization import audit, clock
from organization.enums import AuditAction
from organization.models import AuditSeal, Notification, StaffSession, SubmittedForm
from organization.notifications import notify
from organization.tasks import seal_audit, tidy


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()
    yield
    cache.clear()


def test_the_job_seals(world):
    audit.record(AuditAction.CHANGE, world.rm, by=world.administrator)
    assert seal_audit() == 1
    assert seal_audit() == 0
    assert AuditSeal.objects.count() == 1


def test_old_things_go_and_young_ones_stay(world):
    now = clock.now()
    for hours in (23, 25):
        SubmittedForm.objects.create(staff=world.rm, key=str(hours), path="/", created_at=now - timedelta(hours=hours))
    for days in (89, 91, None):
        notify([world.rm], kind="test", text="", dedupe_key=str(days))
        read_at = now - timedelta(days=days) if days else None
        old = now - timedelta(days=400)
        Notification.objects.filter(dedupe_key=str(days)).update(read_at=read_at, created_at=old)
    for key, minutes in (("ended", -1), ("open", 1)):
        StaffSession.objects.create(session_key=key, expire_date=timezone.now() + timedelta(minutes=minutes))
    tidy()
    assert list(SubmittedForm.objects.values_list("key", flat=True)) == ["23"]
    assert set(Notification.objects.values_list("dedupe_key", flat=True)) == {"89", "None"}
    assert list(StaffSession.objects.values_list("session_key", flat=True)) == ["open"]


def test_the_job_tidies_once_an_hour(world):
    old = clock.now() - timedelta(hours=25)
    seal_audit()
    SubmittedForm.objects.create(staff=world.rm, key="a", path="/", created_at=old)
    seal_audit()
    assert SubmittedForm.objects.exists()
    cache.clear()
    seal_audit()
    assert not SubmittedForm.objects.exists()
