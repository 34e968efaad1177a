"""The same for many customers at once, as sets, and back again (POLICY 二（一）2; DESIGN 8)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from customers.enums import BulkKind, SegmentKind, Strategy
from customers.models import BulkChange, BulkWork, Customer, Segment, SegmentMembership
from customers.models.customer import CustomerQuerySet
from customers.parameters import BULK_ROWS, BULK_UNDO_DAYS
from customers.policies import objection_to_tagging
from customers.services.strategy import change_strategies
from organization import audit, clock
from organization.bulk import insert_select
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter


@transaction.atomic
def strategy_of_many(*, by: Staff, customers: CustomerQuerySet, strategy: str, reason: str) -> BulkWork:
    """Change the strategy of all of `customers` (in scope); those who have it already are passed over.

    RuleViolation when there is nobody to change, when there are too many, or when one of them may not be changed.
    """
    others = customers.exclude(strategy=strategy)
    work = _begin(by, BulkKind.STRATEGY, f"维护策略调整为{_label(strategy)}", reason=reason, after=strategy)
    _keep(work, others, before=F("strategy"))
    changed = change_strategies(by=by, customers_qs=_of(work), strategy=strategy, reason=reason)
    return _finish(work, changed, nobody="所选客户的维护策略都已经是这一种，没有需要调整的。")


@transaction.atomic
def tag_many(*, by: Staff, customers: CustomerQuerySet, tag: Segment) -> BulkWork:
    """Put a tag on all of `customers` (in scope) who do not wear it."""
    _check_tag(by, tag)
    work = _begin(by, BulkKind.TAG, f"加标签“{tag.name}”", segment=tag)
    _keep(work, customers.exclude(Exists(_wearing(tag))))
    return _finish(work, _put_on(work, tag), nobody="所选客户都已经有这个标签。")


@transaction.atomic
def untag_many(*, by: Staff, customers: CustomerQuerySet, tag: Segment) -> BulkWork:
    """Take a tag off all of `customers` (in scope) who wear it."""
    _check_tag(by, tag)
    work = _begin(by, BulkKind.UNTAG, f"去标签“{tag.name}”", segment=tag)
    _keep(work, customers.filter(Exists(_wearing(tag))))
    return _finish(work, _take_off(work, tag), nobody="所选客户都没有这个标签。")


@transaction.atomic
def undo_bulk(*, by: Staff, work: BulkWork) -> BulkWork:
    """Bring back what was there before, except where somebody has changed it since. Once, by whoever did it, in time."""
    row = BulkWork.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=work.pk).first()
    if row is None or row.staff_id != by.pk:
        raise RuleViolation("只有办理人本人可以撤销。")
    if row.undone_at:
        raise RuleViolation("这次批量办理已经撤销过。")
    if clock.now() > row.done_at + timedelta(days=parameter(BULK_UNDO_DAYS)):
        raise RuleViolation(f"超过{parameter(BULK_UNDO_DAYS)}天，不能再撤销；可以重新办理。")
    match row.kind:
        case BulkKind.STRATEGY:
            row.undone_count = _back_to_strategies(by, row)
        case BulkKind.TAG:
            row.undone_count = _take_off(row, row.segment)
        case BulkKind.UNTAG:
            row.undone_count = _put_on(row, row.segment)
    row.undone_at = clock.now()
    row.save(update_fields=["undone_at", "undone_count"])
    audit.record(action=AuditAction.UNDO, by=by, obj=row, label=row.said, after={"customers": row.undone_count})
    return row


def may_undo(by: Staff, work: BulkWork) -> bool:
    in_time = clock.now() <= work.done_at + timedelta(days=parameter(BULK_UNDO_DAYS))
    return work.staff_id == by.pk and not work.undone_at and in_time


def _begin(by: Staff, kind: BulkKind, said: str, **fields) -> BulkWork:
    return BulkWork.objects.create(staff=by, unit=by.unit, kind=kind, said=said, done_at=clock.now(), **fields)


def _keep(work: BulkWork, customers: QuerySet[Customer], before: F | str = "") -> None:
    values = {"work": work.pk, "customer": F("pk"), "unit": F("unit_id"), "before": before}
    kept = insert_select(BulkChange, customers.order_by(), values)
    if kept > (most := parameter(BULK_ROWS)):
        raise RuleViolation(f"一次最多办理{most}位客户，现在有{kept}位，请先用筛选缩小范围。")


def _finish(work: BulkWork, changed: int, *, nobody: str) -> BulkWork:
    if not changed:
        raise RuleViolation(nobody)
    work.count = changed
    work.save(update_fields=["count"])
    audit.record(
        action=AuditAction.CHANGE, by=work.staff, obj=work, label=work.said, after={"customers": changed},
        reason=work.reason,
    )  # fmt: skip
    return work


def _of(work: BulkWork, **narrowed) -> CustomerQuerySet:
    kept = BulkChange.objects.unscoped("kept from customers in scope").filter(work=work, **narrowed)
    return Customer.objects.unscoped("kept from customers in scope").filter(pk__in=kept.order_by().values("customer"))


def _back_to_strategies(by: Staff, work: BulkWork) -> int:
    """Whoever still stands in scope and has the strategy that was given."""
    visible = Customer.objects.visible_to(by).active()
    return sum(
        change_strategies(
            by=by, strategy=strategy, reason=f"撤销批量调整：{work.reason}"[:200],
            customers_qs=visible.filter(strategy=work.after, pk__in=_of(work, before=strategy).values("pk")),
        )
        for strategy in Strategy.values
    )  # fmt: skip


def _put_on(work: BulkWork, tag: Segment) -> int:
    return insert_select(
        SegmentMembership, _of(work).exclude(Exists(_wearing(tag))).order_by(),
        {"segment": tag.pk, "customer": F("pk"), "unit": F("unit_id"), "since": clock.today(), "rule_version": tag.version},
    )  # fmt: skip


def _take_off(work: BulkWork, tag: Segment) -> int:
    worn = SegmentMembership.objects.unscoped("kept from customers in scope").open().filter(segment=tag)
    return worn.filter(customer__in=_of(work).values("pk")).update(until=clock.today(), left_version=tag.version)


def _wearing(tag: Segment):
    return SegmentMembership.objects.unscoped("members of a tag").open().filter(segment=tag, customer=OuterRef("pk"))


def _check_tag(by: Staff, tag: Segment) -> None:
    if tag.kind != SegmentKind.TAG:
        raise RuleViolation("只能加标签；按规则形成的分群不能手工增减客户。")
    if objection := objection_to_tagging(by, tag):
        raise RuleViolation(objection)


def _label(strategy: str) -> str:
    return Strategy(strategy).label if strategy in Strategy.values else ""
