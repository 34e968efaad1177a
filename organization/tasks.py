"""Jobs of the organization: sealing the audit trail, and clearing what is kept for a while only."""

from datetime import timedelta

from celery import shared_task
from django.core.cache import cache

from organization import audit_chain, clock
from organization.models import Notification, StaffSession, SubmittedForm

_TIDIED = "organization.tidied"
_TIDY_EVERY_SECONDS = 3600
_FORM_KEYS_KEPT = timedelta(hours=24)
_READ_NOTIFICATIONS_KEPT = timedelta(days=90)


@shared_task
def seal_audit() -> int:
    """Seal what was written since the last time; once an hour also tidy. Returns the number of rows sealed."""
    sealed = audit_chain.seal(clock.now())
    if cache.add(_TIDIED, True, _TIDY_EVERY_SECONDS):
        tidy()
    return sealed


def tidy() -> None:
    """Delete keys of submitted forms after a day, read notifications after 90 days, and sessions that have ended."""
    now = clock.now()
    SubmittedForm.objects.filter(created_at__lt=now - _FORM_KEYS_KEPT).delete()
    Notification.objects.filter(read_at__lt=now - _READ_NOTIFICATIONS_KEPT).delete()
    StaffSession.objects.filter(expire_date__lt=clock.host_now()).delete()
