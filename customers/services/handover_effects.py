"""What a hand-over does: customers move with all that is open, come back when it was for a time, and when it was wrong.

`settle_due` is the part of the daily run; everything here is a fixed number of statements per taker.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse

from customers.enums import CustomerStatus, HandOverLineState, HandOverState
from customers.models import Customer, HandOver, HandOverLine
from customers.parameters import BULK_UNDO_DAYS
from customers.policies import objection_to_returning_handover, objection_to_undoing_handover
from customers.queries.handovers import handovers_of
from customers.services.assignment import move_customers, refuse_foreign_manager
from customers.signals import announced_together, handed_back, handed_over
from organization import audit, clock
from organization.enums import AuditAction, Role
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.notifications import notify
from organization.parameters import parameter
from organization.queries import leaders_of

_TOLD = (Role.OUTLET_HEAD, Role.BRANCH_HEAD)
_ELSEWHERE = "已由他人管理"


def locked_handover(handover: HandOver, by: Staff) -> HandOver:
    """The hand-over as it stands now, locked; RuleViolation when it is none of this person's business."""
    row = handovers_of(by).select_for_update(of=("self",)).filter(pk=handover.pk).first()
    if row is None:
        raise RuleViolation("没有找到这份移交，或与您无关。")
    return row


def take_effect(handover: HandOver, *, by: Staff | None, on: date) -> HandOver:
    """Move the customers who are still the giver's. `on` is the day of the run or of the press; allotment counts from the
    agreed day, so that a run that comes late leaves the same rows. Who takes over for a time is no new manager: the day
    of allotment stays, and nobody is asked for a first contact."""
    _note_what_was(handover)
    reason = f"客户移交（{handover.get_reason_display()}）"
    since = handover.effective_on if handover.is_for_good else F("managed_since")
    with announced_together(on=on, by=by):
        for taker, ids in _planned(handover):
            move_customers(by=by, ids=ids, manager=taker, on=on, reason=reason, since=since)
    planned = handover.lines.filter(state=HandOverLineState.PLANNED)
    moved = list(planned.values_list("customer", flat=True))
    planned.update(state=HandOverLineState.MOVED)
    handover.state = HandOverState.DONE if handover.is_for_good else HandOverState.IN_EFFECT
    handover.took_effect_at = clock.now()
    handover.save(update_fields=["state", "took_effect_at"])
    if moved and handover.is_for_good:
        handed_over.send(sender=None, handover=handover, customer_ids=moved, on=handover.effective_on)
    record(handover, by, AuditAction.CHANGE, moved=len(moved))
    _tell_effect(handover, by, len(moved))
    return handover


@transaction.atomic
def return_handover(*, by: Staff, handover: HandOver) -> HandOver:
    """提前归还: the giver is back before the last day."""
    row = locked_handover(handover, by)
    if objection := objection_to_returning_handover(by, row):
        raise RuleViolation(objection)
    _refuse_absent_giver(row)
    return _return(row, by=by, on=clock.today())


@transaction.atomic
def undo_handover(*, by: Staff, handover: HandOver) -> HandOver:
    """撤销移交: it was wrong. Customers still with the takers go back as if nothing had been; what somebody else got since
    stays there. In time only."""
    row = locked_handover(handover, by)
    if objection := objection_to_undoing_handover(by, row, now=clock.now(), days=parameter(BULK_UNDO_DAYS)):
        raise RuleViolation(objection)
    _refuse_absent_giver(row)
    back = _give_back(row, by=by, on=clock.today(), reason="撤销客户移交")
    return _over(row, by, HandOverState.UNDONE, AuditAction.UNDO, f"{by.name}撤销了", back)


def settle_due(*, units: Sequence[int], on: date) -> int:
    """Of these units: begin what begins by `on` and give back what ended before it. Returns how many were settled.

    Each in its own order and only once, whatever dates were run before.
    """
    due = HandOver.objects.unscoped("the daily run").filter(unit__in=units).due(on)
    rows = (
        due.select_for_update(of=("self",)).select_related("giver__unit", "created_by").order_by("effective_on", "pk")
    )
    settled = 0
    for handover in rows:
        if handover.state == HandOverState.CONFIRMED:
            take_effect(handover, by=None, on=on)
        if handover.state == HandOverState.IN_EFFECT and handover.ends_on < on:
            _return_or_keep(handover, on)
        settled += 1
    return settled


def record(handover: HandOver, by: Staff | None, action: AuditAction, *, reason: str = "", **facts: Any) -> None:
    audit.record(
        action=action, by=by, obj=handover, label="客户移交", reason=reason,
        after={"state": handover.get_state_display()} | facts,
    )  # fmt: skip


def tell(handover: HandOver, people: Iterable[Staff], step: str, text: str) -> None:
    url = reverse("customers:handover_page", args=[handover.public_id])
    notify(people, kind="handover", text=text, url=url, dedupe_key=f"handover:{handover.pk}:{step}")


def _note_what_was(handover: HandOver) -> None:
    """Keep what a return restores, and pass over those who are not the giver's to give any more."""
    lines = handover.lines.all()
    customers = Customer.objects.unscoped("agreed to by everybody").filter(pk__in=lines.order_by().values("customer"))
    # Whoever is changing one of them is waited for and seen.
    list(customers.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    for status in (CustomerStatus.CLOSED, CustomerStatus.DECEASED, CustomerStatus.RESTRICTED):
        _pass_over(lines.filter(customer__status=status), f"客户{status.label}")
    _pass_over(lines.exclude(customer__manager=handover.giver_id), _ELSEWHERE)
    for taker in handover.takers.select_related("taker"):
        try:
            refuse_foreign_manager(None, taker.taker)
        except RuleViolation:
            _pass_over(lines.filter(taker=taker.taker_id), "接收人已不在岗")
    before = Customer.objects.unscoped("of the line").filter(pk=OuterRef("customer")).values("managed_since")
    lines.update(managed_since_before=Subquery(before[:1]))
    lines.filter(customer__co_manager=F("taker")).update(was_co_manager=True)


def _pass_over(lines, why: str) -> None:
    lines.filter(state=HandOverLineState.PLANNED).update(state=HandOverLineState.PASSED_OVER, why=why)


def _planned(handover: HandOver) -> list[tuple[Staff, list[int]]]:
    ids: dict[int, list[int]] = {}
    lines = handover.lines.filter(state=HandOverLineState.PLANNED)
    for taker, customer in lines.order_by("taker", "customer").values_list("taker", "customer"):
        ids.setdefault(taker, []).append(customer)
    people = Staff.objects.select_related("unit").in_bulk(ids)
    return [(people[taker], some) for taker, some in ids.items()]


def _return(handover: HandOver, *, by: Staff | None, on: date) -> HandOver:
    back = _give_back(handover, by=by, on=on, reason="客户移交到期归还" if by is None else "客户移交提前归还")
    return _over(handover, by, HandOverState.RETURNED, AuditAction.CHANGE, "", back)


def _return_or_keep(handover: HandOver, on: date) -> None:
    """Somebody who has left meanwhile gets nobody back; the supervisor is told to see to it."""
    try:
        refuse_foreign_manager(None, handover.giver)
    except RuleViolation:
        kept = handover.lines.filter(state=HandOverLineState.MOVED)
        count = kept.update(state=HandOverLineState.KEPT, why="移出人已不在岗")
        handover.state, handover.ended_at = HandOverState.DONE, clock.now()
        handover.save(update_fields=["state", "ended_at"])
        record(handover, None, AuditAction.CHANGE, kept=count)
        text = f"{handover.giver.name}已不在岗，代管到期的{count}位客户仍由接收人管理，请安排归属。"
        tell(handover, leaders_of(handover.giver, _TOLD), "kept", text)
    else:
        _return(handover, by=None, on=on)


def _give_back(handover: HandOver, *, by: Staff | None, on: date, reason: str) -> int:
    """Those who are still with the one who took them go back to the giver, with their day of allotment and the taker as
    co-manager if he had been; returns how many."""
    moved = handover.lines.filter(state=HandOverLineState.MOVED)
    mine = Customer.objects.unscoped("moved by this hand-over").filter(pk__in=moved.order_by().values("customer"))
    list(mine.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    for status in (CustomerStatus.CLOSED, CustomerStatus.DECEASED, CustomerStatus.RESTRICTED):
        _keep(moved.filter(customer__status=status), f"客户{status.label}")
    _keep(moved.exclude(customer__manager=F("taker")), _ELSEWHERE)
    ids = list(moved.order_by("customer").values_list("customer", flat=True))
    before = HandOverLine.objects.unscoped("of the customer").filter(handover=handover, customer=OuterRef("pk"))
    with announced_together(on=on, by=by):
        move_customers(
            by=by, ids=ids, manager=handover.giver, on=on, reason=reason,
            since=Subquery(before.values("managed_since_before")[:1]),
        )  # fmt: skip
        for taker in handover.takers.all():
            shared = moved.filter(taker=taker.taker_id, was_co_manager=True).order_by().values("customer")
            lone = Customer.objects.unscoped("moved above").filter(pk__in=shared, co_manager=None)
            lone.update(co_manager=taker.taker_id)
    moved.update(state=HandOverLineState.RETURNED)
    handed_back.send(sender=None, handover=handover, customer_ids=ids)
    return len(ids)


def _keep(lines, why: str) -> None:
    lines.filter(pk__in=lines.order_by().values("pk")).update(state=HandOverLineState.KEPT, why=why)


def _over(
    handover: HandOver, by: Staff | None, state: HandOverState, action: AuditAction, who: str, back: int
) -> HandOver:
    handover.state, handover.ended_at = state, clock.now()
    handover.save(update_fields=["state", "ended_at"])
    record(handover, by, action, returned=back)
    kept = handover.lines.filter(state=HandOverLineState.KEPT).count()
    rest = f"，另有{kept}位已变动、未归还" if kept else ""
    word = f"{who}{handover.giver.name}的客户移交，" if who else f"{handover.giver.name}的客户代管已结束，"
    _tell_parties(handover, by, state, f"{word}{back}位客户已归还{rest}。")
    return handover


def _tell_effect(handover: HandOver, by: Staff | None, moved: int) -> None:
    """One line each: to every taker how many are his now, to the giver and to those who lead him how many went."""
    mine: dict[int, int] = {}
    for taker in handover.lines.filter(state=HandOverLineState.MOVED).values_list("taker", flat=True):
        mine[taker] = mine.get(taker, 0) + 1
    until = f"，{handover.ends_on:%Y-%m-%d}后自动归还" if handover.ends_on else "，请按交接清单联系客户"
    for taker in handover.takers.select_related("taker"):
        if count := mine.get(taker.taker_id):
            tell(handover, [taker.taker], "effect", f"{handover.giver.name}的{count}位客户已移交给您{until}。")
    passed = handover.lines.filter(state=HandOverLineState.PASSED_OVER).count()
    rest = f"，{passed}位未移交，详见移交单" if passed else ""
    others = [handover.giver, *leaders_of(handover.giver, _TOLD)]
    told = [person for person in others if person.pk not in mine and (by is None or person.pk != by.pk)]
    tell(handover, told, "effect", f"{handover.giver.name}的{moved}位客户已移交{rest}。")


def _tell_parties(handover: HandOver, by: Staff | None, step: str, text: str) -> None:
    people = [handover.giver, *(taker.taker for taker in handover.takers.select_related("taker"))]
    people += leaders_of(handover.giver, _TOLD)
    tell(handover, {p.pk: p for p in people if by is None or p.pk != by.pk}.values(), step, text)


def _refuse_absent_giver(handover: HandOver) -> None:
    try:
        refuse_foreign_manager(None, handover.giver)
    except RuleViolation:
        raise RuleViolation("移出人已不在岗，客户不能归还给他；请另办移交。") from None
