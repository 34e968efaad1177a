"""The rows a customer is found by; kept in step with the archive by whoever writes it (archive, imports, demo)."""

from collections.abc import Iterable

from django.db import transaction

from customers import naming
from customers.blind_indexes import document_keys, phone_keys
from customers.models import Customer, SearchKey

_AT_ONCE = 2000


def keys_of(customer: Customer) -> set[str]:
    """Name, pinyin and initials; the customer number; digests of id and phone number, whole and tail."""
    keys = {
        *naming.search_keys(customer.name),
        naming.normalise_query(customer.number),
        *document_keys(customer.id_number),
        *phone_keys(customer.mobile),
    }
    return keys - {""}


def rebuild_search_keys(customers: Iterable[Customer]) -> int:
    """Bring the keys of these customers in line with their archive, in a few statements per two thousand of them.

    Keys that stay are not touched, so that a rebuild of everything writes only what changed. Returns rows written.
    """
    written = 0
    for some in _batches(customers):
        wanted = {customer.pk: keys_of(customer) for customer in some}
        with transaction.atomic():
            written += _write(wanted)
    return written


def _write(wanted: dict[int, set[str]]) -> int:
    stored = SearchKey.objects.unscoped("keys follow the archive").filter(customer__in=list(wanted))
    stale: list[int] = []
    present: dict[int, set[str]] = {pk: set() for pk in wanted}
    for key_id, customer_id, key in stored.order_by().values_list("pk", "customer_id", "key"):
        if key in wanted[customer_id]:
            present[customer_id].add(key)
        else:
            stale.append(key_id)
    for ids in _batches(stale):
        SearchKey.objects.unscoped("keys follow the archive").filter(pk__in=ids).delete()
    missing = [SearchKey(customer_id=pk, key=key) for pk, keys in wanted.items() for key in sorted(keys - present[pk])]
    SearchKey.objects.bulk_create(missing, batch_size=_AT_ONCE, ignore_conflicts=True)
    return len(missing) + len(stale)


def _batches(items: Iterable) -> Iterable[list]:
    rows = []
    for item in items:
        rows.append(item)
        if len(rows) == _AT_ONCE:
            yield rows
            rows = []
    if rows:
        yield rows
