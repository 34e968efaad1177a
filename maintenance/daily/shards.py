"""Ranges of unit ids with about the same number of customers each. Together they hold every id there is or will be, so
a unit founded tomorrow falls into one of them."""

from django.db.models import Count

from customers.models import Customer

_LAST_ID = 2**63 - 1


def unit_ranges(shards: int) -> list[tuple[int, int]]:
    """At most `shards` ranges (first unit, last unit), in order and without a gap."""
    rows = Customer.objects.unscoped("counts per unit").order_by("unit").values_list("unit").annotate(Count("pk"))
    counts = list(rows)
    total, filled, starts = sum(count for _, count in counts), 0, [0]
    for unit, count in counts:
        if len(starts) < shards and filled * shards >= total * len(starts) and unit > starts[-1]:
            starts.append(unit)
        filled += count
    ends = [start - 1 for start in starts[1:]] + [_LAST_ID]
    return list(zip(starts, ends, strict=True))
