"""客户分群更新: who answers a segment's rule today joins, who no longer does leaves."""

from customers.models import Customer
from customers.services.segments import refresh_segments
from maintenance.daily.work import Work


def refresh_members(work: Work) -> int:
    """As of the newest date worked through: an earlier one that is run again takes nobody back in."""
    customers = work.of(Customer.objects.unscoped("the daily run"), customer="pk")
    return refresh_segments(on=work.latest, customers=customers)
