"""What the archive announces to the floors above it; receivers run inside the transaction of the change."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.dispatch import Signal

_gathered: ContextVar[set[int] | None] = ContextVar("gathered_customers", default=None)


class CustomersChanged(Signal):
    """send(sender=None, customer_ids=[…], on=date, by=staff or None)."""

    def send(self, sender, **named):
        waiting = _gathered.get()
        if waiting is None:
            return super().send(sender, **named)
        waiting.update(named["customer_ids"])
        return []


# Manager, strategy, tier, no-contact, a refused channel or status changed.
maintenance_changed = CustomersChanged()
# A customer introduced somebody, or that was noted by mistake: send(sender=None, referral=…, on=date, by=staff or None).
referral_recorded = Signal()
referral_withdrawn = Signal()
# Important dates were added, corrected or removed.
dates_changed = CustomersChanged()


@contextmanager
def announced_together(*, on: date, by) -> Iterator[None]:
    """Many changes one by one, one announcement at the end: what follows is set-based and costs the same for all."""
    ids: set[int] = set()
    token = _gathered.set(ids)
    try:
        yield
    finally:
        _gathered.reset(token)
    if ids:
        maintenance_changed.send(sender=None, customer_ids=sorted(ids), on=on, by=by)


# A hand-over took effect: send(sender=None, handover=…, customer_ids=[…], on=date it counts from).
handed_over = Signal()
# Customers went back to the giver, at the end or because it was undone: send(sender=None, handover=…, customer_ids=[…]).
handed_back = Signal()
