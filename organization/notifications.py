"""Lines in the bell menu."""

from collections.abc import Iterable

from organization import clock
from organization.models import Notification, Staff


def notify(recipients: Iterable[Staff | int], *, kind: str, text: str, url: str = "", dedupe_key: str) -> None:
    """Tell people something once: a second call with the same key changes nothing."""
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=r if isinstance(r, int) else r.pk, kind=kind, text=text[:300], url=url,
                dedupe_key=dedupe_key[:120], created_at=clock.now(),
            )
            for r in recipients
        ],
        ignore_conflicts=True,
    )  # fmt: skip
