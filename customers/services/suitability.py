"""Risk assessments on file (DOMAIN 1.5): recorded as the customer answered them, and set aside by a material change."""

from datetime import date

from django.db import transaction

from customers.enums import AssessmentPlace, AssessmentState, RiskTolerance, StaleReason
from customers.models import Customer, RiskAssessment
from customers.parameters import RISK_TESTS_PER_DAY, RISK_TESTS_PER_YEAR, RISK_VALID_MONTHS, SENIOR_CUSTOMER_AGE
from customers.policies import objection_to_assessing
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from customers.suitability import valid_until
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter

_NOTE_LIMIT = 200
_YEAR_MONTHS = 12


@transaction.atomic
def record_assessment(
    *,
    by: Staff | None,
    customer: Customer,
    level: str,
    assessed_on: date,
    place: str = AssessmentPlace.OUTLET,
    note: str = "",
) -> RiskAssessment:
    """A test the customer took; from now on it is the one that counts.

    Raises RuleViolation for a day in the future, one older than the test on file, one whose validity is over, and for
    more tests of a day or of twelve months than the parameters allow.
    """
    if level not in RiskTolerance.values:
        raise RuleViolation("请选择风险承受能力C1至C5。")
    if place not in AssessmentPlace.values:
        raise RuleViolation("请选择测评渠道。")
    note = _short(note, "说明")
    row = _assessable(customer, by)
    expires_on = valid_until(assessed_on, parameter(RISK_VALID_MONTHS, assessed_on))
    before = row.risk_assessments.current().first()
    _refuse_day(assessed_on, expires_on, before)
    _refuse_too_many(row, assessed_on)
    row.risk_assessments.current().update(is_current=False)
    assessment = RiskAssessment.objects.create(
        customer=row, unit_id=row.unit_id, level=level, assessed_on=assessed_on, expires_on=expires_on, place=place,
        note=note, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    audit.record(
        AuditAction.CREATE, row, by=by, before=_for_audit(before) if before else None, after=_for_audit(assessment),
        label=audit_label(row),
    )  # fmt: skip
    return assessment


@transaction.atomic
def mark_stale(*, by: Staff | None, customer: Customer, reason: str, note: str = "") -> RiskAssessment:
    """A material change the staff member knows of: the test on file counts no longer, from today."""
    if reason not in StaleReason.values or reason == StaleReason.SENIOR:
        raise RuleViolation("请选择发生了什么重大变化。")
    note = _short(note, "说明")
    row = _assessable(customer, by)
    assessment = _on_file(row)
    state, _ = assessment.state_on(clock.today(), senior_age=parameter(SENIOR_CUSTOMER_AGE))
    if state != AssessmentState.VALID:
        raise RuleViolation(f"风险测评{state.label}，无需再登记失效；请安排客户重新测评。")
    return _set_stale(by, row, assessment, reason, note, clock.today())


@transaction.atomic
def unmark_stale(*, by: Staff | None, customer: Customer) -> RiskAssessment:
    """The undo: it was set aside by mistake."""
    row = _assessable(customer, by)
    assessment = _on_file(row)
    if not assessment.stale_reason:
        raise RuleViolation("风险测评没有登记过失效。")
    return _set_stale(by, row, assessment, "", "", None)


def _set_stale(by, row: Customer, assessment: RiskAssessment, reason: str, note: str, on: date | None):
    before = _for_audit(assessment)
    assessment.stale_reason, assessment.stale_note, assessment.stale_on = reason, note, on
    assessment.save(update_fields=["stale_reason", "stale_note", "stale_on"])
    audit.record(
        AuditAction.CHANGE if reason else AuditAction.UNDO, row, by=by, before=before, after=_for_audit(assessment),
        label=audit_label(row),
    )  # fmt: skip
    return assessment


def _assessable(customer: Customer, by: Staff | None) -> Customer:
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_assessing(by, row)):
        raise RuleViolation(objection)
    return row


def _on_file(row: Customer) -> RiskAssessment:
    assessment = row.risk_assessments.current().select_related("customer").first()
    if assessment is None:
        raise RuleViolation("该客户还没有登记过风险测评。")
    return assessment


def _refuse_day(assessed_on: date, expires_on: date, before: RiskAssessment | None) -> None:
    if assessed_on > clock.today():
        raise RuleViolation("测评日期不能晚于今天。")
    if expires_on < clock.today():
        raise RuleViolation(f"测评日期的有效期只到{expires_on}，已经过期，请安排客户重新测评。")
    if before and assessed_on < before.assessed_on:
        raise RuleViolation(f"测评日期早于已登记的{before.assessed_on}那一次，请核对。")


def _refuse_too_many(row: Customer, assessed_on: date) -> None:
    per_day, per_year = parameter(RISK_TESTS_PER_DAY, assessed_on), parameter(RISK_TESTS_PER_YEAR, assessed_on)
    days = list(row.risk_assessments.order_by("assessed_on").values_list("assessed_on", flat=True))
    if days.count(assessed_on) >= per_day:
        raise RuleViolation(f"测评日期当天已测评{per_day}次，达到每日上限。")
    if sum(valid_until(day, _YEAR_MONTHS) > assessed_on for day in days) >= per_year:
        raise RuleViolation(f"12个月内已测评{per_year}次，达到上限，请过后再测。")


def _short(text: str, label: str) -> str:
    text = text.strip()
    if len(text) > _NOTE_LIMIT:
        raise RuleViolation(f"{label}最多{_NOTE_LIMIT}个字。")
    return text


def _for_audit(assessment: RiskAssessment) -> dict[str, str]:
    """The facts; the words of a health or family matter stay in the archive."""
    facts = {"risk_assessment": f"{assessment.level}（{assessment.assessed_on}）"}
    if assessment.stale_reason:
        facts["stale_reason"] = StaleReason(assessment.stale_reason).label
    return facts
