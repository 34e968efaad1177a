"""重复档案: said to be two people, made one, and taken apart again (POLICY 二（四）)."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from customers.enums import CustomerStatus
from customers.models import BalanceSnapshot, Customer, Merge, MonthlyBalance, NotSame
from customers.models.profile import value_of
from customers.parameters import MERGE_UNDO_DAYS
from customers.policies import objection_to_merging, objection_to_setting_aside, objection_to_undoing_merge
from customers.services.access import NOT_YOURS
from customers.services.archive import EDITABLE, update_customer
from customers.services.balances import refresh_aum, refresh_monthly_averages
from customers.services.identifiers import audit_label
from customers.services.merge_record import Undone, difference, go_back, label_of_key, pointing_fields, read_state
from customers.services.merge_rules import RULES, Pair, total_average
from customers.services.search_keys import rebuild_search_keys
from customers.signals import announced_together, maintenance_changed
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter

# Decided for the archive that is kept, and not taken over from the other; a document's type goes with its number.
_NOT_OFFERED = frozenset({"status", "co_manager", "id_type"})
COMPARED = tuple(field for field in EDITABLE if field not in _NOT_OFFERED)
_ABOUT_MERGING = (Merge, NotSame)


@transaction.atomic
def set_aside(*, by: Staff, first: Customer, second: Customer, reason: str) -> NotSame:
    """The two are different people: the pair is not shown again, to nobody. Said twice, the first reason stands."""
    low, high = _locked(by, first, second)
    if objection := objection_to_setting_aside(by):
        raise RuleViolation(objection)
    if not reason.strip():
        raise RuleViolation("请填写理由。")
    row, is_new = NotSame.objects.unscoped("both locked in scope").get_or_create(
        first=low, second=high,
        defaults={"unit_id": low.unit_id, "reason": reason.strip(), "said_by": by, "said_at": clock.now()},
    )  # fmt: skip
    if is_new:
        _record(AuditAction.CHANGE, by, reason, {low: f"与{high.number}不是同一人", high: f"与{low.number}不是同一人"})
    return row


@transaction.atomic
def merge_customers(*, by: Staff, kept: Customer, merged: Customer, taken: Iterable[str], reason: str) -> Merge:
    """Put `merged` into `kept`, with the fields `taken` from it; everything that pointed to it points to `kept`.

    RuleViolation when the two may not be merged by this person, or the fields chosen contradict each other.
    """
    rows = {row.pk: row for row in _locked(by, kept, merged)}
    kept, merged = rows[kept.pk], rows[merged.pk]
    for row in (kept, merged):
        if objection := objection_to_merging(by, row):
            raise RuleViolation(objection)
    if not reason.strip():
        raise RuleViolation("请填写合并理由。")
    ids, today, fields = (kept.pk, merged.pk), clock.today(), frozenset(taken) & set(COMPARED)
    before = read_state(ids, without=_ABOUT_MERGING)
    with announced_together(on=today, by=by):
        _put_into(Pair(kept, merged, fields, by))
        maintenance_changed.send(sender=None, customer_ids=[kept.pk], on=today, by=by)
    row = Merge.objects.create(
        kept=kept, merged=merged, unit_id=kept.unit_id, reason=reason.strip(), taken=sorted(fields), merged_by=by,
        merged_at=clock.now(), record=difference(before, read_state(ids, without=_ABOUT_MERGING)),
    )  # fmt: skip
    _record(AuditAction.CHANGE, by, reason, {kept: f"并入{merged.number}", merged: f"并入{kept.number}"})
    return row


@transaction.atomic
def undo_merge(*, by: Staff, merge: Merge, reason: str) -> Undone:
    """Both archives as they were. What came in since stays with the one that was kept, and is counted."""
    row = Merge.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=merge.pk).first()
    if row is None:
        raise RuleViolation(NOT_YOURS)
    kept, merged = _locked_as(by, row.kept_id, row.merged_id)
    until = row.merged_at + timedelta(days=parameter(MERGE_UNDO_DAYS))
    if objection := objection_to_undoing_merge(by, row, kept, is_late=clock.now() > until):
        raise RuleViolation(objection)
    if not reason.strip():
        raise RuleViolation("请填写撤销理由。")
    try:
        with transaction.atomic():
            undone = go_back(row.record)
    except IntegrityError:
        raise RuleViolation("合并以后，保留的档案又登记了与原来重复的内容（如新的风险测评），不能自动撤销。") from None
    _sort_out_balances(row, kept, merged)
    row.undone_by, row.undone_at, row.undo_reason = by, clock.now(), reason.strip()
    row.save(update_fields=["undone_by", "undone_at", "undo_reason"])
    maintenance_changed.send(sender=None, customer_ids=[kept.pk, merged.pk], on=clock.today(), by=by)
    _record(AuditAction.UNDO, by, reason, {kept: f"撤销并入{merged.number}", merged: f"撤销并入{kept.number}"})
    return undone


def _put_into(pair: Pair) -> None:
    """The fields, then the rows, then what is reckoned from them."""
    kept, merged = pair.kept, pair.merged
    data = {field: value_of(merged, field) for field in EDITABLE if field in pair.taken}
    if "id_number" in data:
        data["id_type"] = merged.id_type
    both = Customer.objects.unscoped("of two customers locked in scope")
    # One archive per document: the number leaves the archive that is merged before the other can take it.
    both.filter(pk=merged.pk).update(
        status=CustomerStatus.MERGED, id_number="", id_number_index="", mobile_index="", version=F("version") + 1
    )
    if data:
        update_customer(by=None, customer=kept, version=kept.version, data=data)
    for field in pointing_fields():
        RULES[label_of_key(field)](pair, field)
    known = [row.last_contact_on for row in (kept, merged) if row.last_contact_on]
    months = MonthlyBalance.objects.unscoped("of two customers locked in scope").filter(customer=kept)
    amounts = {"monthly_avg_daily_aum": total_average(months)} if months.exists() else {}
    both.filter(pk=kept.pk).update(last_contact_on=max(known, default=None), **amounts)
    if dated := [row.aum_on for row in (kept, merged) if row.aum_on]:
        refresh_aum([kept.pk, merged.pk], on=max(dated))
    rebuild_search_keys([both.get(pk=kept.pk)])


def _sort_out_balances(row: Merge, kept: Customer, merged: Customer) -> None:
    """Balances that came in since belong to whose account it is; the figures of both are reckoned again from them."""
    balances = BalanceSnapshot.objects.unscoped("of two customers locked in scope")
    strayed = balances.filter(account__customer=merged, customer=kept)
    if not strayed.update(customer=merged, unit=merged.unit_id):
        return
    ids, today = [kept.pk, merged.pk], clock.today()
    newest = balances.filter(customer__in=ids).aggregate(day=Max("day"))["day"]
    refresh_aum(ids, on=newest)
    month = timezone.localtime(row.merged_at).date().replace(day=1)
    while month < today.replace(day=1):
        refresh_monthly_averages(month=month, customer_ids=ids)
        month = (month + timedelta(days=31)).replace(day=1)


def _locked(by: Staff, one: Customer, other: Customer) -> list[Customer]:
    """Both in the order of their keys, so that two merges cannot wait for each other."""
    if one.pk == other.pk:
        raise RuleViolation("请选择两份不同的档案。")
    rows = Customer.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=[one.pk, other.pk])
    found = list(rows.order_by("pk"))
    if len(found) < 2:
        raise RuleViolation(NOT_YOURS)
    return found


def _locked_as(by: Staff, kept: int, merged: int) -> tuple[Customer, Customer]:
    rows = {row.pk: row for row in _locked(by, Customer(pk=kept), Customer(pk=merged))}
    return rows[kept], rows[merged]


def _record(action: AuditAction, by: Staff, reason: str, said: dict[Customer, str]) -> None:
    audit.record_many(
        [{"obj": row, "label": audit_label(row), "after": {"merge": what}} for row, what in said.items()],
        action=action, by=by, reason=reason,
    )  # fmt: skip
