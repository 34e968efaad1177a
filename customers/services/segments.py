"""Segments are saved with their rule checked, and their lists follow the rule as sets (POLICY 二（一）2, DESIGN 4)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from customers.enums import SegmentCover, SegmentKind
from customers.models import Customer, Segment, SegmentMembership, SegmentVersion
from customers.models.customer import CustomerQuerySet
from customers.policies import objection_to_segment, segment_cover
from customers.queries.segments import population
from customers.segments.compiling import condition_of
from customers.segments.rules import Rule, RuleRefused, parse_rule, segments_in
from organization import audit, clock
from organization.bulk import insert_select
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.notifications import notify


class SegmentConflict(RuleViolation):
    """Somebody else saved the segment meanwhile."""


@transaction.atomic
def create_segment(
    *, by: Staff, name: str, rule: Any, kind: str = SegmentKind.DYNAMIC, purpose: str = "", is_shared: bool = False
) -> Segment:
    """A new segment with its list taken at once. A relationship manager chooses from the own customers, whoever leads
    from all of the unit. Raises RuleViolation for a rule that cannot be used, and for a name that is taken."""
    if objection := objection_to_segment(by, None):
        raise RuleViolation(objection)
    now = clock.now()
    covers = segment_cover(by)
    segment = Segment(
        owner=by, unit=by.unit, covers=covers, name=name, purpose=purpose,
        kind=kind, rule=rule, is_shared=is_shared and covers == SegmentCover.UNIT, created_at=now, updated_at=now,
    )  # fmt: skip
    _check(by, segment)
    segment.save()
    if segment.has_rule:
        SegmentVersion.objects.create(segment=segment, number=1, rule=rule, saved_by=by, saved_at=now)
    audit.record(action=AuditAction.CREATE, by=by, obj=segment, label=segment.name, after=_told(segment))
    if segment.has_rule:
        _refill(segment, clock.today())
    return segment


@transaction.atomic
def change_segment(
    *, by: Staff, segment: Segment, version: int, name: str, rule: Any, purpose: str = "", is_shared: bool = False
) -> Segment:
    """Save what was edited; a changed rule is a new version, and the list follows it at once. `version` is the one that
    was read: Raises SegmentConflict when the rule has been changed since."""
    row = _locked(by, segment)
    if row.version != version:
        raise SegmentConflict("这个分群刚刚被别人改过规则。请核对下面的内容，确认无误后再按一次保存。")
    before, was = _told(row), row.rule
    row.name, row.purpose, row.rule = name, purpose, rule
    row.is_shared = is_shared and row.covers == SegmentCover.UNIT
    row.updated_at = clock.now()
    _check(by, row)
    if rule != was:
        row.version += 1
        SegmentVersion.objects.create(segment=row, number=row.version, rule=rule, saved_by=by, saved_at=row.updated_at)
    row.problem = ""
    row.save()
    if (after := _told(row)) != before:
        audit.record(action=AuditAction.CHANGE, by=by, obj=row, label=row.name, before=before, after=after)
    if rule != was:
        _refill(row, clock.today())
    return row


@transaction.atomic
def retake_segment(*, by: Staff, segment: Segment) -> tuple[int, int]:
    """Take a fixed list anew by its rule; for the other kinds, look at them now. Returns how many joined and left."""
    row = _locked(by, segment)
    if not row.has_rule:
        raise RuleViolation("标签没有规则，由人加上和去掉，不需要更新。")
    joined, left = _refill(row, clock.today())
    audit.record(
        action=AuditAction.CHANGE, by=by, obj=row, label=row.name, after={"joined": joined, "left": left},
        reason="重新取数",
    )  # fmt: skip
    return joined, left


@transaction.atomic
def stop_segment(*, by: Staff, segment: Segment) -> None:
    """Out of use: the history stays, the members leave. Refused while another segment's rule asks for it."""
    row = _locked(by, segment)
    if using := _asking_for(row):
        raise RuleViolation(f"分群“{using.name}”的规则用到了它，请先修改那个分群。")
    row.is_active, row.updated_at = False, clock.now()
    row.save(update_fields=["is_active", "updated_at"])
    members = SegmentMembership.objects.unscoped("all members").open().filter(segment=row)
    members.update(until=clock.today(), left_version=row.version)
    audit.record(action=AuditAction.DELETE, by=by, obj=row, label=row.name, reason="停用")


def refresh_segments(*, on: date, customers: CustomerQuerySet) -> int:
    """Bring every dynamic and combined segment up to `on`, for these customers; returns how many memberships changed.

    Segments that others ask for come first. One whose rule cannot be used any more keeps its members and says why.
    """
    changed = 0
    for segment in in_order(_in_use()):
        try:
            rule = parse_rule(segment.rule)
        except RuleRefused as refusal:
            _set_aside(segment, str(refusal))
            continue
        joined, left = _follow(segment, rule, on, customers)
        changed += joined + left
    return changed


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Every segment after those its rule asks for. Rules that ask for each other are refused when they are saved."""
    waiting = {segment.public_id: segment for segment in segments}
    asked = {public_id: _asked_by(segment) & waiting.keys() for public_id, segment in waiting.items()}
    done: list[Segment] = []
    while waiting:
        ready = [public_id for public_id in waiting if not asked[public_id] & waiting.keys()] or list(waiting)
        done += [waiting.pop(public_id) for public_id in ready]
    return done


def _in_use() -> list[Segment]:
    rows = (
        Segment.objects.unscoped("the daily run")
        .active()
        .filter(kind__in=(SegmentKind.DYNAMIC, SegmentKind.COMBINATION))
    )
    return list(rows.select_related("unit").order_by("pk"))


def _asked_by(segment: Segment) -> frozenset[str]:
    try:
        return segments_in(parse_rule(segment.rule))
    except RuleRefused:
        return frozenset()


def _refill(segment: Segment, on: date) -> tuple[int, int]:
    everybody = Customer.objects.unscoped("the population of the segment narrows it")
    return _follow(segment, parse_rule(segment.rule), on, everybody)


def _follow(segment: Segment, rule: Rule, on: date, customers: CustomerQuerySet) -> tuple[int, int]:
    """Two statements: who no longer answers leaves, who answers and is not in joins. Nobody else's row is touched."""
    customers = customers.order_by()
    meant = customers.filter(population(segment), condition_of(rule, on))
    members = SegmentMembership.objects.unscoped("members of a segment").open().filter(segment=segment)
    leaving = members.filter(Exists(customers.filter(pk=OuterRef("customer")))).exclude(
        Exists(meant.filter(pk=OuterRef("customer")))
    )
    left = leaving.update(until=on, left_version=segment.version)
    # Who is in already is passed over by the unique index: asked first, the table that is being filled would be read for
    # every customer wherever the planner still takes it for an empty one.
    joined = insert_select(
        SegmentMembership, meant,
        {"segment_id": segment.pk, "customer_id": F("pk"), "unit_id": F("unit_id"), "since": on, "rule_version": segment.version},
    )  # fmt: skip
    if segment.refreshed_on is None or segment.refreshed_on < on:
        Segment.objects.unscoped("the segment at hand").filter(pk=segment.pk).update(refreshed_on=on)
        segment.refreshed_on = on
    return joined, left


def _set_aside(segment: Segment, problem: str) -> None:
    if segment.problem == problem[:300]:
        return
    Segment.objects.unscoped("the daily run").filter(pk=segment.pk).update(problem=problem[:300])
    notify(
        [segment.owner], kind="segment_problem", text=f"客户分群“{segment.name}”暂停更新：{problem}",
        dedupe_key=f"segment:{segment.pk}:{segment.version}:{problem}"[:200],
    )  # fmt: skip


def _locked(by: Staff, segment: Segment) -> Segment:
    row = (
        Segment.objects.visible_to(by)
        .select_related("unit", "owner")
        .select_for_update(of=("self",))
        .get(pk=segment.pk)
    )
    if objection := objection_to_segment(by, row):
        raise RuleViolation(objection)
    return row


def _check(by: Staff, segment: Segment) -> None:
    if segment.has_rule:
        _check_rule(by, segment)
    same = Segment.objects.unscoped("names of the same owner").active().filter(owner=segment.owner, name=segment.name)
    if same.exclude(pk=segment.pk).exists():
        raise RuleViolation(f"您已有名为“{segment.name}”的分群，请换一个名称。")


def _check_rule(by: Staff, segment: Segment) -> None:
    try:
        rule = parse_rule(segment.rule)
    except RuleRefused as refusal:
        raise RuleViolation(str(refusal)) from None
    asked = segments_in(rule)
    if segment.kind == SegmentKind.COMBINATION and not asked:
        raise RuleViolation("组合分群由已有的分群组成，请至少选一个分群。")
    known = Segment.objects.visible_to(by).active().filter(public_id__in=asked)
    if len(known) < len(asked):
        raise RuleViolation("规则里用到的分群已停用或不在您的范围内，请重新选择。")
    if segment.public_id in _reached(asked):
        raise RuleViolation("分群的规则不能直接或间接用到它自己，请去掉这个条件。")


def _reached(asked: frozenset[str]) -> set[str]:
    """The segments a rule asks for, those that their rules ask for, and so on."""
    reached: set[str] = set()
    following = set(asked)
    while following:
        reached |= following
        rows = Segment.objects.unscoped("whether a rule comes back to itself").filter(public_id__in=following)
        following = {public_id for row in rows for public_id in _asked_by(row)} - reached
    return reached


def _asking_for(segment: Segment) -> Segment | None:
    others = Segment.objects.unscoped("whoever uses it").active().exclude(pk=segment.pk)
    return next((other for other in others if segment.public_id in _asked_by(other)), None)


def _told(segment: Segment) -> dict[str, Any]:
    return {
        "name": segment.name, "kind": segment.get_kind_display(), "purpose": segment.purpose,
        "is_shared": segment.is_shared, "rule": segment.rule,
    }  # fmt: skip
