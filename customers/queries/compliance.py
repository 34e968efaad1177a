"""合规 of the 360 page, and whose risk assessment needs renewing (DOMAIN 1.5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from customers.enums import AssessmentState, CustomerStatus, ProductRisk, StaleReason
from customers.identity import age_on
from customers.models import Customer, Holding, RiskAssessment
from customers.parameters import (
    RISK_MATCHING,
    RISK_REMIND_DAYS,
    RISK_VALID_MONTHS,
    SENIOR_CUSTOMER_AGE,
    SENIOR_REVIEW_FROM,
)
from customers.policies import can_assess_risk, can_record_consent
from customers.queries.consents import consent_part
from customers.queries.documents import documents_part
from customers.suitability import Verdict, check, highest_level
from organization.models import Staff
from organization.parameters import parameter

RISK_SORTS = {"expires": "expires_on", "assessed": "assessed_on"}
UNTESTED_SORTS = {"average": "monthly_avg_daily_aum"}
_HISTORY_SHOWN = 20


@dataclass(frozen=True)
class RiskNow:
    """The test that counts, as of a day. `days_left` counts the last day itself: 0 means that today is the last."""

    assessment: RiskAssessment
    state: AssessmentState
    stale_reason: str
    days_left: int
    is_expiring: bool

    @property
    def why_stale(self) -> str:
        return StaleReason(self.stale_reason).label if self.stale_reason else ""


def risk_now(assessment: RiskAssessment, today: date) -> RiskNow:
    """What stands on file, judged for a day; the customer comes with the row."""
    state, reason = assessment.state_on(today, senior_age=parameter(SENIOR_CUSTOMER_AGE, today))
    left = (assessment.expires_on - today).days
    is_expiring = state == AssessmentState.VALID and left <= parameter(RISK_REMIND_DAYS, today)
    return RiskNow(assessment, state, reason, left, is_expiring)


def compliance_tab(staff: Staff, customer: Customer, today: date) -> dict:
    """Everything the tab 合规 shows."""
    may = {
        "may_assess": can_assess_risk(staff, customer),
        "may_record_consent": can_record_consent(staff, customer),
    }
    return may | risk_part(customer, today) | consent_part(customer) | documents_part(customer, today)


def risk_part(customer: Customer, today: date) -> dict:
    """What the page says of a customer's risk tolerance: the test, its history, what may be offered, what is held above it."""
    history = list(customer.risk_assessments.select_related("recorded_by", "customer")[:_HISTORY_SHOWN])
    now = next((risk_now(row, today) for row in history if row.is_current), None)
    known = customer.birth_date and customer.birth_date <= today
    age = age_on(customer.birth_date, today) if known else None
    return {
        "risk": now,
        "risk_history": history,
        "offers": [(level, _verdict(level, now, age, today)) for level in ProductRisk],
        "held_above": _held_above(customer, now, today),
        "is_senior": age is not None and age >= parameter(SENIOR_CUSTOMER_AGE, today),
    }


def _verdict(level: str, now: RiskNow | None, age: int | None, today: date) -> Verdict:
    """By level alone: that a senior customer has to confirm first, the page says beside it."""
    return check(
        now.assessment.level if now else None, level, assessed_on=now.assessment.assessed_on if now else None, day=today,
        age=age, senior_confirmed=True, stale_reason=now.stale_reason if now else "", valid_months=_months(now),
        senior_age=parameter(SENIOR_CUSTOMER_AGE, today), review_from=parameter(SENIOR_REVIEW_FROM, today),
        matching=parameter(RISK_MATCHING, today),
    )  # fmt: skip


def _months(now: RiskNow | None) -> int:
    return parameter(RISK_VALID_MONTHS, now.assessment.assessed_on) if now else 0


def _held_above(customer: Customer, now: RiskNow | None, today: date) -> list[Holding]:
    """Open positions riskier than the customer can bear: nothing need be sold, but it has to be talked about."""
    highest = highest_level(now.assessment.level, parameter(RISK_MATCHING, today)) if now else ""
    rows = customer.holdings.open().filter(product__risk__gt=highest).select_related("product")
    return list(rows.order_by("-product__risk", "pk")) if now else []


def expiring(staff: Staff, today: date) -> QuerySet[RiskAssessment]:
    """快到期: valid today, and over within the days that the parameter names."""
    until = today + timedelta(days=parameter(RISK_REMIND_DAYS, today))
    return _listed(staff).expiring(today, until, senior_age=parameter(SENIOR_CUSTOMER_AGE, today))


def expired(staff: Staff, today: date) -> QuerySet[RiskAssessment]:
    return _listed(staff).expired(today)


def stale(staff: Staff, today: date) -> QuerySet[RiskAssessment]:
    return _listed(staff).stale(today, senior_age=parameter(SENIOR_CUSTOMER_AGE, today))


def untested(staff: Staff, today: date) -> QuerySet[Customer]:
    """优质客户 of whom no test is on file."""
    tests = RiskAssessment.objects.unscoped("of customers in scope").filter(customer=OuterRef("pk"))
    rows = Customer.objects.visible_to(staff).managed().filter(~Exists(tests)).select_related("manager")
    return rows.only("public_id", "name", "sex", "tier", "monthly_avg_daily_aum", "manager__name")


def _listed(staff: Staff):
    rows = RiskAssessment.objects.visible_to(staff).select_related("customer", "customer__manager")
    rows = rows.filter(customer__status=CustomerStatus.ACTIVE)
    return rows.defer(
        "customer__id_number", "customer__mobile", "customer__address", "customer__email", "customer__note"
    )
