"""May this customer be offered that product: risk tolerance C1–C5 against product risk R1–R5 (DOMAIN 1.5).

Pure: the day, the customer's age and the rules in force are handed in. Sources: 《金融机构产品适当性管理办法》(in force
2026-02-01) for the higher of two ratings and the care due to people of 65 and over; twelve months is the working rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from customers.enums import AssessmentState, ProductRisk, RiskTolerance, StaleReason
from customers.identity import age_on

VALID_MONTHS = 12
SENIOR_AGE = 65
ADULT_AGE = 18
# From this product level on a second person looks at a sale to somebody of 65 or over.
REVIEW_FROM = ProductRisk.R3
# C1 → R1; C2 → R1–R2; … C5 → all.
DEFAULT_MATCHING: Mapping[str, str] = dict(zip(RiskTolerance.values, ProductRisk.values, strict=True))


@dataclass(frozen=True)
class Verdict:
    """Whether the product may be offered. `reasons` are the objections in Chinese sentences, none where it may;
    `needs_review` asks for a second person before the sale."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    needs_review: bool = False


def higher_level(seller_level: str, issuer_level: str | None = None) -> str:
    """The level that counts: the higher of the bank's own rating and the issuer's. ValueError for what is no level."""
    given = [_level(level, ProductRisk) for level in (seller_level, issuer_level) if level]
    if not given:
        raise ValueError("产品没有风险等级")
    return max(given)


def highest_level(customer_level: str, matching: Mapping[str, str] | None = None) -> str:
    """The riskiest product level that fits a tolerance."""
    return _level((matching or DEFAULT_MATCHING)[_level(customer_level, RiskTolerance)], ProductRisk)


def valid_until(assessed_on: date, months: int = VALID_MONTHS) -> date:
    """The last day of a test, the anniversary itself included; 29 February becomes the 28th, a month's end stays one."""
    year, month0 = divmod(assessed_on.year * 12 + assessed_on.month - 1 + months, 12)
    for day in range(assessed_on.day, assessed_on.day - 4, -1):
        try:
            return date(year, month0 + 1, day)
        except ValueError:
            continue
    raise ValueError(f"{assessed_on}之后{months}个月不是有效的日期")


def turned_senior_since(birth_date: date | None, assessed_on: date, day: date, senior_age: int = SENIOR_AGE) -> bool:
    """Whether the customer reached that age after the test: a material change that everybody knows of."""
    if birth_date is None or not birth_date <= assessed_on <= day:
        return False
    return age_on(birth_date, assessed_on) < senior_age <= age_on(birth_date, day)


def state_on(
    day: date,
    *,
    expires_on: date,
    assessed_on: date,
    stale_reason: str = "",
    birth_date: date | None = None,
    senior_age: int = SENIOR_AGE,
) -> tuple[AssessmentState, str]:
    """Valid, expired or stale on a day, and why it is stale (a `StaleReason`, empty otherwise). A material change makes it
    stale at once; what has run out is expired, whatever else changed."""
    if day > expires_on:
        return AssessmentState.EXPIRED, ""
    if stale_reason:
        return AssessmentState.STALE, stale_reason
    if turned_senior_since(birth_date, assessed_on, day, senior_age):
        return AssessmentState.STALE, StaleReason.SENIOR
    return AssessmentState.VALID, ""


def check(
    customer_level: str | None,
    product_level: str,
    *,
    issuer_level: str | None = None,
    assessed_on: date | None,
    day: date,
    age: int | None,
    senior_confirmed: bool = False,
    stale_reason: str = "",
    valid_months: int = VALID_MONTHS,
    senior_age: int = SENIOR_AGE,
    review_from: str = REVIEW_FROM,
    matching: Mapping[str, str] | None = None,
) -> Verdict:
    """Whether a product of `product_level` fits a customer on a day; every objection is said, not only the first.

    `age` in completed years, None where it is not known. ValueError for a level that does not exist.
    """
    level = higher_level(product_level, issuer_level)
    against = _objections_to_test(customer_level, assessed_on, day, stale_reason, valid_months)
    if customer_level and level > highest_level(customer_level, matching):
        against.append(f"产品风险等级{level}高于客户风险承受能力{customer_level}。")
    if age is not None and age < ADULT_AGE:
        against.append(f"客户未满{ADULT_AGE}周岁，不做产品推介。")
    is_senior = age is not None and age >= senior_age
    needs_review = is_senior and level >= _level(review_from, ProductRisk)
    if is_senior and not senior_confirmed:
        also = "，并由第二人复核" if needs_review else ""
        against.append(f"客户年满{senior_age}周岁，须先完成老年客户确认{also}。")
    return Verdict(not against, tuple(against), needs_review)


def _objections_to_test(
    customer_level: str | None, assessed_on: date | None, day: date, stale_reason: str, valid_months: int
) -> list[str]:
    if not customer_level or assessed_on is None:
        return ["客户还没有做风险测评。"]
    if day < assessed_on:
        raise ValueError("测评日期不能晚于判断的日期")
    if day > valid_until(assessed_on, valid_months):
        return ["风险测评已过有效期，须重新测评。"]
    if stale_reason:
        return [f"风险测评因{StaleReason(stale_reason).label}已失效，须重新测评。"]
    return []


def _level(text: str, levels: type[ProductRisk] | type[RiskTolerance]) -> str:
    if text not in levels.values:
        raise ValueError(f"没有{text}这个等级")
    return str(text)
