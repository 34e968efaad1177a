"""How well a demo customer is known: the archive's second row, money elsewhere, and when it was last asked.

Drawn by its own seed, the customer's serial: what else a bank of one seed is like does not move.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from crm.demo.customers import Portrait
from customers.enums import (
    Degree,
    Education,
    Industry,
    Occupation,
    ProductCategory,
    RetirementType,
    ServiceChannel,
    ServiceElement,
    Sex,
    Topic,
)

_BANKS = ("工商银行", "农业银行", "建设银行", "招商银行", "滨海农商银行")
_KEPT = (ProductCategory.TERM_DEPOSIT, ProductCategory.WEALTH, ProductCategory.FUND)
_PREFERRED = (
    ProductCategory.TERM_DEPOSIT, ProductCategory.LARGE_DEPOSIT, ProductCategory.WEALTH, ProductCategory.BOND,
    ProductCategory.FUND, ProductCategory.INSURANCE,
)  # fmt: skip
_DISTRICTS = ("滨海市东城区", "滨海市西城区", "滨海市港口区")
_TABOOS = ("", "", "不收酒", "不收钟表", "不收现金卡券")


@dataclass(frozen=True)
class Elsewhere:
    bank: str
    category: ProductCategory
    amount: Decimal
    as_of: date
    matures_on: date | None


def known_of(drawn: Portrait, serial: int) -> dict:
    """Fields for the archive; of every third customer nothing but the essentials is known."""
    random = Random(f"known {serial}")
    if serial % 3 == 2:
        return {}
    income = Decimal(random.randint(8, 90) * 10_000)
    is_retired = drawn.data["occupation"] == Occupation.RETIRED
    return {
        "nationality": "中国",
        "id_expires_on": date(2026, 6, 1) + timedelta(days=random.randint(0, 5000)),
        "education": random.choice(Education.values),
        "region": random.choice(_DISTRICTS),
        "industry": "" if is_retired else random.choice(Industry.values),
        "retirement_type": _retirement(random, drawn.data["sex"]),
        "annual_income": income,
        "monthly_spending": (income / 12 * Decimal(str(round(random.uniform(0.3, 0.8), 2)))).quantize(Decimal(100)),
        "debts": random.choice((None, Decimal(0), Decimal(random.randint(10, 150) * 10_000))),
        "insurance_cover": random.choice((None, Decimal(random.randint(5, 100) * 10_000))),
        "activity": random.choice(Degree.values),
        "price_sensitivity": random.choice(Degree.values),
        "product_preference": tuple(random.sample([code.value for code in _PREFERRED], random.randint(1, 3))),
        "channel_habit": tuple(random.sample(ServiceChannel.values, random.randint(1, 2))),
        "most_valued": tuple(random.sample(ServiceElement.values, 3)),
        "topics": tuple(random.sample(Topic.values, random.randint(1, 3))),
        "gift_taboos": random.choice(_TABOOS),
    }


def _retirement(random: Random, sex: Sex) -> RetirementType:
    if sex == Sex.MALE:
        return RetirementType.MALE
    return random.choice((RetirementType.FEMALE_55, RetirementType.FEMALE_50))


def last_asked(serial: int, today: date) -> date:
    """When the customer was last asked about income, work and preferences: of some more than a year ago."""
    return today - timedelta(days=Random(f"asked {serial}").randint(10, 480))


def elsewhere(drawn: Portrait, serial: int, today: date) -> list[Elsewhere]:
    """What every fourth customer is known to keep with other banks."""
    random = Random(f"elsewhere {serial}")
    if serial % 4:
        return []
    found = []
    for bank in random.sample(_BANKS, random.randint(1, 2)):
        amount = (drawn.aum * Decimal(str(round(random.uniform(0.2, 1.1), 2))) / 10_000).quantize(Decimal(1)) * 10_000
        matures_on = random.choice((None, today + timedelta(days=random.randint(15, 500))))
        as_of = today - timedelta(days=random.randint(5, 200))
        found.append(Elsewhere(bank, random.choice(_KEPT), amount, as_of, matures_on))
    return found
