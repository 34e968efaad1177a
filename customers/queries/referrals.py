"""The tree of introductions around a customer: who brought him, whom he brought, whom those brought."""

from dataclasses import dataclass, field

from django.db import connection

from customers.masking import mask_mobile, mask_name
from customers.models import Customer, Referral
from organization.models import Staff

_DEPTH = 4
_MOST = 200
# Both databases know this form. Nobody is introduced twice, so the way up is a line and the way down a tree.
_UP = """
WITH RECURSIVE up(id, depth) AS (
    SELECT customer_id, 1 FROM customers_referral WHERE referred_id = %s AND withdrawn_at IS NULL
    UNION
    SELECT r.customer_id, depth + 1 FROM customers_referral r JOIN up ON r.referred_id = up.id
    WHERE r.withdrawn_at IS NULL AND depth < %s
)
SELECT id FROM up ORDER BY depth
"""
_DOWN = """
WITH RECURSIVE down(id, referred_id, depth) AS (
    SELECT id, referred_id, 1 FROM customers_referral WHERE customer_id = %s AND withdrawn_at IS NULL
    UNION
    SELECT r.id, r.referred_id, depth + 1 FROM customers_referral r JOIN down ON r.customer_id = down.referred_id
    WHERE r.withdrawn_at IS NULL AND depth < %s
)
SELECT id FROM down ORDER BY depth, id LIMIT %s
"""


@dataclass
class Node:
    """One introduction as this person may read it; `customer` only where the page of that customer may be opened."""

    referral: Referral
    name: str
    customer: Customer | None
    masked_mobile: str
    children: list["Node"] = field(default_factory=list)

    @property
    def is_lead(self) -> bool:
        return self.referral.referred_id is None

    @property
    def manager_name(self) -> str:
        referred = self.referral.referred
        return referred.manager.name if referred and referred.manager else ""


def introducers_of(customer_id: int, depth: int = 1000) -> list[int]:
    """Whoever introduced the customer, who introduced that one, and so on; the nearest first. One statement."""
    return _ids(_UP, customer_id, depth)


def referrals_tab(staff: Staff, customer: Customer) -> dict:
    """The line above and the tree below; a fixed number of statements. Names of customers of others are masked."""
    above = introducers_of(customer.pk, _DEPTH)
    ids = _ids(_DOWN, customer.pk, _DEPTH, _MOST)
    rows = list(
        Referral.objects.unscoped("the tree of a customer in scope; other people's names are masked")
        .filter(pk__in=ids)
        .select_related("referred", "referred__manager")
        .order_by("-referred_on", "-pk")
    )
    people = {*above, customer.pk, *(row.customer_id for row in rows), *(row.referred_id for row in rows)} - {None}
    seen = Customer.objects.visible_to(staff).only("public_id", "name", "sex", "tier").in_bulk(people)
    others = Customer.objects.unscoped("named masked").only("name").in_bulk([pk for pk in above if pk not in seen])
    return {
        "introducers": [(pk in seen, _named(seen.get(pk), others.get(pk)), seen.get(pk)) for pk in reversed(above)],
        "referral_tree": _tree(customer.pk, rows, seen),
        "is_cut": len(ids) == _MOST,
    }


def _named(known: Customer | None, other: Customer | None) -> str:
    return known.name if known else mask_name(other.name) if other else ""


def _tree(root: int, rows: list[Referral], seen: dict[int, Customer]) -> list[Node]:
    of: dict[int, list[Node]] = {}
    for row in rows:
        of.setdefault(row.customer_id, []).append(_node(row, seen))
    for nodes in of.values():
        for node in nodes:
            node.children = of.get(node.referral.referred_id or 0, [])
    return of.get(root, [])


def _node(row: Referral, seen: dict[int, Customer]) -> Node:
    is_own = row.customer_id in seen
    known = seen.get(row.referred_id or 0)
    name = known.name if known else row.name if is_own and row.referred_id is None else mask_name(row.name)
    return Node(row, name, known, mask_mobile(row.mobile) if is_own else "")


def _ids(sql: str, *params: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
