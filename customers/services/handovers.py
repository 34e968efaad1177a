"""客户移交 (DOMAIN 10): proposed, arranged, signed by both sides, confirmed by the supervisor. What it does to the customers
is `handover_effects`."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count

from almanac.words import short_day
from customers.enums import CustomerStatus, HandOverLineState, HandOverReason, HandOverState, Tier
from customers.models import Customer, HandOver, HandOverLine, HandOverTaker, Segment
from customers.models.customer import CustomerQuerySet
from customers.parameters import BULK_ROWS
from customers.policies import (
    giver_signs,
    objection_to_arranging_handover,
    objection_to_cancelling_handover,
    objection_to_confirming_handover,
    objection_to_declining_handover,
    objection_to_signing_handover,
)
from customers.queries.handovers import busy_customers, free_customers, givers_for, takers_for
from customers.queries.segments import in_segment
from customers.services.assignment import refuse_foreign_manager
from customers.services.handover_effects import locked_handover, record, take_effect, tell
from organization import clock
from organization.enums import AuditAction, Permission, Role
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter
from organization.queries import leaders_of

_REASON_MIN = 2
_CONFIRMING = (Role.OUTLET_HEAD, Role.BRANCH_HEAD)


@transaction.atomic
def draft_handover(
    *,
    by: Staff,
    giver: Staff,
    takers: Collection[Staff],
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    tiers: Sequence[str] = (),
    segment: Segment | None = None,
    note: str = "",
) -> HandOver:
    """Set out who gives which customers to whom; they are split so that the takers end up with about as many each.

    `tiers` and `segment` narrow the giver's customers; customers of another hand-over are left out. RuleViolation for
    people who may not be named, impossible days, and when there is nobody to hand over.
    """
    _check_people(by, giver, takers)
    for sentence in date_objections(reason, starts_on, ends_on).values():
        raise RuleViolation(sentence)
    customers = _narrowed(free_customers(giver), tiers, segment)
    rows = list(customers.order_by("-monthly_avg_daily_aum", "-pk").values_list("pk", "unit_id"))
    if not rows:
        raise RuleViolation("没有可移交的客户：范围内没有客户，或客户都在另一份移交中。")
    if len(rows) > (most := parameter(BULK_ROWS)):
        raise RuleViolation(f"一次最多移交{most}位客户，范围内有{len(rows)}位，请按层级或分群缩小客户范围。")
    handover = HandOver.objects.create(
        giver=giver, unit=giver.unit, reason=reason, starts_on=starts_on, ends_on=ends_on, said=_said(tiers, segment),
        note=note.strip(), created_by=by, created_at=clock.now(),
    )  # fmt: skip
    HandOverTaker.objects.bulk_create(HandOverTaker(handover=handover, taker=taker) for taker in takers)
    HandOverLine.objects.bulk_create(
        [
            HandOverLine(handover=handover, customer_id=customer, unit_id=unit, taker_id=taker)
            for (customer, unit), taker in zip(rows, _split(len(rows), takers), strict=True)
        ],
        batch_size=500,
    )
    record(handover, by, AuditAction.CREATE, customers=len(rows), takers=[taker.employee_no for taker in takers])
    return handover


@transaction.atomic
def arrange_handover(*, by: Staff, handover: HandOver, customers: Collection[str], act: str) -> int:
    """Of a draft: give the customers named by public id to another taker (`act` is an employee number), take them out
    ("remove"), or keep only them ("keep"). Returns how many lines changed."""
    row = locked_handover(handover, by)
    if objection := objection_to_arranging_handover(by, row):
        raise RuleViolation(objection)
    lines = row.lines.all()
    named = lines.filter(customer__public_id__in=customers)
    if not named.exists():
        raise RuleViolation("请先勾选客户。")
    if act in ("remove", "keep"):
        going = named if act == "remove" else lines.exclude(pk__in=named.order_by().values("pk"))
        if not lines.exclude(pk__in=going.order_by().values("pk")).exists():
            raise RuleViolation("移交至少要有一位客户；不再移交请取消这份移交。")
        return going.delete()[0]
    chosen = row.takers.filter(taker__employee_no=act).first()
    if chosen is None:
        raise RuleViolation("请选择这份移交的一位接收人。")
    return named.exclude(taker=chosen.taker_id).update(taker=chosen.taker_id)


@transaction.atomic
def submit_handover(*, by: Staff, handover: HandOver) -> HandOver:
    """Ask everybody for their signature. Whoever takes nobody is left out; the giver who submits has signed thereby."""
    row = locked_handover(handover, by)
    if objection := objection_to_arranging_handover(by, row):
        raise RuleViolation(objection)
    _refuse_past(row)
    # Of the same giver one at a time: the customers of two drafts may be the same.
    Staff.objects.select_for_update(of=("self",)).get(pk=row.giver_id)
    busy = row.lines.filter(customer__in=busy_customers(besides=row).order_by().values("customer"))
    others = row.lines.exclude(customer__manager=row.giver_id, customer__status=CustomerStatus.ACTIVE)
    row.lines.filter(pk__in=busy.order_by().values("pk")).delete()
    row.lines.filter(pk__in=others.order_by().values("pk")).delete()
    if not row.lines.exists():
        raise RuleViolation("名单里的客户都已在另一份移交中或已不归移出人管理，请取消后重新发起。")
    row.takers.exclude(taker__in=row.lines.order_by().values("taker")).delete()
    row.state = HandOverState.PROPOSED
    row.giver_signed_at = clock.now() if by.pk == row.giver_id else None
    row.save(update_fields=["state", "giver_signed_at"])
    record(row, by, AuditAction.CHANGE, customers=row.lines.count())
    asked = [taker.taker for taker in row.takers.select_related("taker") if taker.taker_id != by.pk]
    if not row.giver_signed_at and giver_signs(row):
        asked.append(row.giver)
    tell(row, asked, "submit", f"{row.giver.name}的客户移交（{row.lines.count()}位）请您确认签字。")
    return _when_signed(row, by)


@transaction.atomic
def sign_handover(*, by: Staff, handover: HandOver) -> HandOver:
    """The giver's or a taker's own signature; the last one brings it before the supervisor."""
    row = locked_handover(handover, by)
    if objection := objection_to_signing_handover(by, row):
        raise RuleViolation(objection)
    if by.pk == row.giver_id:
        row.giver_signed_at = clock.now()
        row.save(update_fields=["giver_signed_at"])
    row.takers.filter(taker=by.pk).update(signed_at=clock.now())
    record(row, by, AuditAction.CHANGE, signed=by.employee_no)
    return _when_signed(row, by)


@transaction.atomic
def decline_handover(*, by: Staff, handover: HandOver, reason: str) -> HandOver:
    """Sent back with a word to everybody who takes part; nothing has moved."""
    row = locked_handover(handover, by)
    if objection := objection_to_declining_handover(by, row):
        raise RuleViolation(objection)
    if len(reason.strip()) < _REASON_MIN:
        raise RuleViolation("请填写退回理由，发起人会看到。")
    row.answer = reason.strip()
    return _end(row, by, HandOverState.DECLINED, f"{by.name}退回了{row.giver.name}的客户移交：{row.answer}")


@transaction.atomic
def cancel_handover(*, by: Staff, handover: HandOver) -> HandOver:
    """Called off before it took effect."""
    row = locked_handover(handover, by)
    if objection := objection_to_cancelling_handover(by, row):
        raise RuleViolation(objection)
    was_draft = row.state == HandOverState.DRAFT
    text = "" if was_draft else f"{by.name}取消了{row.giver.name}的客户移交，客户归属不变。"
    return _end(row, by, HandOverState.CANCELLED, text)


@transaction.atomic
def confirm_handover(*, by: Staff, handover: HandOver) -> HandOver:
    """The supervisor's word: in effect at once if the day has come, else by the daily run of that day."""
    row = locked_handover(handover, by)
    if objection := objection_to_confirming_handover(by, row):
        raise RuleViolation(objection)
    _refuse_past(row)
    for taker in row.takers.select_related("taker"):
        refuse_foreign_manager(by, taker.taker)
    today = clock.today()
    row.state, row.confirmed_by, row.confirmed_at = HandOverState.CONFIRMED, by, clock.now()
    row.effective_on = max(row.starts_on, today)
    row.save(update_fields=["state", "confirmed_by", "confirmed_at", "effective_on"])
    record(row, by, AuditAction.REVIEW, effective_on=row.effective_on)
    if row.effective_on <= today:
        return take_effect(row, by=by, on=today)
    day = short_day(row.effective_on, today)
    tell(row, _parties(row, by), "confirm", f"{by.name}已确认{row.giver.name}的客户移交，{day}生效。")
    return row


def date_objections(reason: str, starts_on: date | None, ends_on: date | None) -> dict[str, str]:
    """Field → sentence for days on which no hand-over may be."""
    found = {}
    if starts_on and starts_on < clock.today():
        found["starts_on"] = "生效日期不能早于今天。"
    elif starts_on and not clock.is_within_reach(starts_on):
        found["starts_on"] = "生效日期太远，请重新选择。"
    if reason == HandOverReason.LEAVE and ends_on is None:
        found["ends_on"] = "休假移交须填写归还前最后一天，到期后客户自动归还。"
    elif ends_on and reason != HandOverReason.LEAVE:
        found["ends_on"] = "只有休假移交会归还；离职、调岗、均衡管户请把归还日期留空。"
    elif starts_on and ends_on and ends_on < starts_on:
        found["ends_on"] = "归还前最后一天不能早于生效日期。"
    elif ends_on and not clock.is_within_reach(ends_on):
        found["ends_on"] = "归还日期太远，请重新选择。"
    return found


def _check_people(by: Staff, giver: Staff, takers: Collection[Staff]) -> None:
    if not by.may(Permission.HAND_OVER):
        raise RuleViolation("您的岗位不能办理客户移交。")
    if not givers_for(by).filter(pk=giver.pk).exists():
        raise RuleViolation("移出人须是您本人或您所辖、名下有客户的员工。")
    if not takers:
        raise RuleViolation("请至少选择一位接收人。")
    if giver.pk in {taker.pk for taker in takers}:
        raise RuleViolation("接收人不能是移出人本人。")
    if takers_for(by).filter(pk__in=[taker.pk for taker in takers]).count() != len(takers):
        raise RuleViolation(f"接收人须是{by.unit.name}在岗的客户经理或客户经理主管。")


def _narrowed(customers: CustomerQuerySet, tiers: Sequence[str], segment: Segment | None) -> CustomerQuerySet:
    customers = customers.filter(tier__in=tiers) if tiers else customers
    return customers.filter(in_segment(segment)) if segment else customers


def _said(tiers: Sequence[str], segment: Segment | None) -> str:
    parts = ["、".join(Tier(tier).label for tier in tiers)] if tiers else []
    parts += [f"分群“{segment.name}”"] if segment else []
    return "，".join(parts) or "名下全部客户"


def _split(count: int, takers: Collection[Staff]) -> list[int]:
    """A taker for each of so many customers, the larger ones first: always the one with the fewest by then."""
    managed = Customer.objects.unscoped("counts of the takers").active().filter(manager__in=takers)
    held = dict.fromkeys((taker.pk for taker in sorted(takers, key=lambda taker: taker.employee_no)), 0)
    held |= dict(managed.order_by().values_list("manager").annotate(Count("pk")))
    split = []
    for _ in range(count):
        fewest = min(held, key=held.__getitem__)
        held[fewest] += 1
        split.append(fewest)
    return split


def _refuse_past(handover: HandOver) -> None:
    if handover.ends_on and handover.ends_on < clock.today():
        raise RuleViolation("归还日期已过，请取消后重新发起。")


def _when_signed(handover: HandOver, by: Staff) -> HandOver:
    """Once everybody has signed it is the supervisor's turn."""
    has_giver = bool(handover.giver_signed_at) or not giver_signs(handover)
    if not has_giver or handover.takers.filter(signed_at=None).exists():
        return handover
    handover.state = HandOverState.SIGNED
    handover.save(update_fields=["state"])
    parties = {handover.giver_id, *handover.takers.values_list("taker", flat=True)}
    leaders = [leader for leader in leaders_of(handover.giver, _CONFIRMING) if leader.pk not in parties]
    tell(handover, leaders, "signed", f"{handover.giver.name}的客户移交双方已签字，请您确认。")
    return handover


def _end(handover: HandOver, by: Staff, state: HandOverState, text: str) -> HandOver:
    handover.state, handover.ended_at = state, clock.now()
    handover.save(update_fields=["state", "ended_at", "answer"])
    handover.lines.update(state=HandOverLineState.PASSED_OVER, why=f"移交{state.label}")
    record(handover, by, AuditAction.CHANGE, reason=handover.answer)
    if text:
        tell(handover, _parties(handover, by), state, text)
    return handover


def _parties(handover: HandOver, by: Staff) -> list[Staff]:
    people = [handover.giver, handover.created_by, *(taker.taker for taker in handover.takers.select_related("taker"))]
    return [person for person in {person.pk: person for person in people}.values() if person.pk != by.pk]
