"""重复: archives that look like one person's, and merges that can still be undone."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.enums import CustomerStatus, IdType
from customers.models import Customer, Merge, NotSame
from customers.parameters import MERGE_UNDO_DAYS
from organization.models import Staff
from organization.parameters import parameter

DUPLICATE_SORTS = {"average": "monthly_avg_daily_aum"}
_LATEST = 20


@dataclass(frozen=True)
class Twin:
    """Another archive, and in what it is the same."""

    customer: Customer
    signs: list[str] = field(default_factory=list)


def with_duplicates(staff: Staff) -> QuerySet[Customer]:
    """Customers who have a twin with a higher key, both within what this person sees: each pair is told once."""
    others = _open(staff).filter(pk__gt=OuterRef("pk"))
    set_aside = NotSame.objects.unscoped("a decision about both").filter(first=OuterRef(OuterRef("pk")))
    others = others.filter(~Exists(set_aside.filter(second=OuterRef("pk"))))
    same_document = others.filter(id_type__in=IdType.values, id_number_index=OuterRef("id_number_index"))
    same_mobile = others.filter(mobile_index=OuterRef("mobile_index"))
    same_person = others.filter(
        sort_name=OuterRef("sort_name"), name=OuterRef("name"), birth_date=OuterRef("birth_date")
    )
    return (
        _open(staff)
        .filter(
            (~Q(id_number_index="") & Exists(same_document))
            | (~Q(mobile_index="") & Exists(same_mobile))
            | (Q(birth_date__isnull=False) & Exists(same_person))
        )
        .select_related("manager")
    )


def twins_of(staff: Staff, customers: list[Customer]) -> dict[int, list[Twin]]:
    """The other archives of each of these, in two statements for all of them."""
    if not customers:
        return {}
    look_alike = Q(id_number_index__in=[row.id_number_index for row in customers if row.id_number_index])
    look_alike |= Q(mobile_index__in=[row.mobile_index for row in customers if row.mobile_index])
    look_alike |= Q(name__in=[row.name for row in customers], sort_name__in=[row.sort_name for row in customers])
    others = list(_open(staff).filter(look_alike).select_related("manager").order_by("pk"))
    decided = NotSame.objects.unscoped("a decision about both").filter(first__in=customers)
    set_aside = set(decided.values_list("first", "second"))
    found: dict[int, list[Twin]] = defaultdict(list)
    for row in customers:
        for other in others:
            if other.pk > row.pk and (row.pk, other.pk) not in set_aside and (signs := signs_of(row, other)):
                found[row.pk].append(Twin(other, signs))
    return found


def signs_of(one: Customer, other: Customer) -> list[str]:
    """In what two archives are the same; empty when in nothing that tells."""
    signs = []
    if one.id_number_index and one.id_number_index == other.id_number_index:
        signs.append("证件号码")
    if one.mobile_index and one.mobile_index == other.mobile_index:
        signs.append("手机号码")
    if one.birth_date and (one.name, one.birth_date) == (other.name, other.birth_date):
        signs.append("姓名和出生日期")
    return signs


def undoable_merges(staff: Staff, now: datetime) -> list[Merge]:
    """The latest merges whose way back is still open."""
    since = now - timedelta(days=parameter(MERGE_UNDO_DAYS))
    rows = Merge.objects.visible_to(staff).standing().filter(merged_at__gte=since)
    rows = rows.exclude(kept__status=CustomerStatus.MERGED)
    return list(rows.select_related("kept", "merged", "merged_by").defer("record")[:_LATEST])


def kept_instead(staff: Staff, customer: Customer) -> Customer | None:
    """The archive this one was put into, as far as this person sees it; None for every other archive."""
    if customer.status != CustomerStatus.MERGED:
        return None
    standing = Merge.objects.unscoped("narrowed by the customers around it").standing().filter(merged=customer)
    return Customer.objects.visible_to(staff).filter(pk__in=standing.values("kept")).first()


def standing_for(customers: list[Customer]) -> dict[str, Customer]:
    """Number → the customer it means today: itself, or the archive it was put into, along as many merges as there were."""
    found = {row.number: row for row in customers}
    while merged := {row.pk for row in found.values() if row.status == CustomerStatus.MERGED}:
        rows = Merge.objects.unscoped("the caller answers for the scope").standing().filter(merged__in=merged)
        kept = {row.merged_id: row.kept for row in rows.select_related("kept__unit").defer("record")}
        found = {number: kept.get(row.pk, row) for number, row in found.items()}
        if not kept:
            break
    return found


def what_moves(customer: Customer) -> list[tuple[str, int]]:
    """Kinds of rows that point to this customer, with how many: what a merge would carry over."""
    found = []
    for relation in Customer._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.field.model._meta.model_name in _NOT_TOLD:
            continue
        model, name = relation.field.model, relation.field.name
        count = model._default_manager.unscoped("of a customer fetched in scope").filter(**{name: customer}).count()
        if count:
            label = str(model._meta.verbose_name)
            found.append((label if name == "customer" else f"{label}（{relation.field.verbose_name}）", count))
    return sorted(found)


# Rows nobody has written, and those that stay where they are.
_NOT_TOLD = frozenset({"searchkey", "customerprofile", "fieldsource", "merge", "notsame", "quarantine", "contactbeat"})


def _open(staff: Staff) -> QuerySet[Customer]:
    """Everybody of whom there may be two; restricted archives are left alone."""
    return Customer.objects.visible_to(staff).exclude(status__in=(CustomerStatus.MERGED, CustomerStatus.RESTRICTED))
