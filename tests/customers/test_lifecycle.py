"""DOMAIN 1.4 as a table, at every edge; DOMAIN 6.1's published retirement months."""

from datetime import date

import pytest

from customers.enums import EducationStage, LifeStage, MaritalStatus, Occupation
from customers.lifecycle import Ages, Child, Family, derive_stage, retires_on
from customers.parameters import LIFE_STAGE_AGES, STATUTORY_RETIREMENT
from organization.parameters import parameter

TODAY = date(2026, 11, 23)
SINGLE, MARRIED, DIVORCED, UNKNOWN = (
    MaritalStatus.SINGLE, MaritalStatus.MARRIED, MaritalStatus.DIVORCED, MaritalStatus.UNKNOWN,
)  # fmt: skip
S = LifeStage
PRESCHOOL, COLLEGE, FINISHED = EducationStage.PRESCHOOL, EducationStage.COLLEGE, EducationStage.FINISHED
pytestmark = pytest.mark.django_db


@pytest.fixture
def ages() -> Ages:
    return Ages(**parameter(LIFE_STAGE_AGES, TODAY), statutory=parameter(STATUTORY_RETIREMENT, TODAY))


def born(years: int, day: int = 23) -> date:
    """So many years old on TODAY; with the 24th a day short of it."""
    return date(2026 - years, 11, day)


@pytest.mark.parametrize(
    ("birth", "marital", "children", "stage", "why"),
    [
        (born(30), SINGLE, [], S.SINGLE, "未婚，未登记子女，30岁"),
        (born(60, 24), SINGLE, [], S.SINGLE, "未婚，未登记子女，59岁"),
        (born(60), SINGLE, [], S.MATURITY, "未婚，未登记子女，60岁"),
        (born(40), DIVORCED, [], S.SINGLE, "离异，未登记子女，40岁"),
        (born(50, 24), MARRIED, [], S.FORMATION, "已婚，未登记子女，49岁"),
        (born(50), MARRIED, [], S.MATURITY, "已婚，未登记子女，50岁"),
        (born(35), MARRIED, [Child(born(6, 24))], S.FORMATION, "已婚，最小子女5岁"),
        (born(35), MARRIED, [Child(born(6))], S.GROWTH, "已婚，最小子女6岁"),
        (born(35), MARRIED, [Child(born(12)), Child(born(2))], S.FORMATION, "已婚，最小子女2岁"),
        (born(50), MARRIED, [Child(born(18, 24))], S.GROWTH, "已婚，最小子女17岁"),
        (born(50), MARRIED, [Child(born(18))], S.MATURITY, "已婚，子女已独立"),
        (born(50), MARRIED, [Child(born(20), True)], S.GROWTH, "已婚，最小子女20岁"),
        (born(35), DIVORCED, [Child(born(3))], S.FORMATION, "离异，最小子女3岁"),
        (None, UNKNOWN, [Child(born(8))], S.GROWTH, "最小子女8岁"),
        (born(35), MARRIED, [Child(None, True, PRESCHOOL)], S.FORMATION, "已婚，有子女由客户抚养"),
        (born(35), MARRIED, [Child(None, True, COLLEGE)], S.GROWTH, "已婚，有子女由客户抚养"),
        (born(45), MARRIED, [Child(None, False, FINISHED)], S.MATURITY, "已婚，子女已独立"),
    ],
)
def test_the_stage_and_why(ages, birth, marital, children, stage, why):
    derived = derive_stage(Family(birth, marital, children=children), ages, TODAY)
    assert derived is not None and (derived.stage, derived.why) == (stage, why)


@pytest.mark.parametrize(
    "family",
    [
        Family(None, SINGLE),
        Family(born(40), UNKNOWN),
        Family(born(-1), SINGLE),  # slips of a file
        Family(born(40), MARRIED, children=[Child(born(-1))]),
        Family(born(40), MARRIED, children=[Child()]),  # a child of whom nothing is known
    ],
)
def test_what_the_archive_does_not_tell_is_not_guessed(ages, family):
    assert derive_stage(family, ages, TODAY) is None


@pytest.mark.parametrize(
    ("birth", "kind", "is_retired"),
    [
        (date(1966, 2, 23), "M", True),  # 60 years and 4 months: June
        (date(1966, 7, 23), "M", False),  # 60 years and 5 months: December
        (date(1966, 6, 23), "M", True),  # 60 years and 5 months: today
        (date(1966, 6, 24), "M", False),  # tomorrow
        (date(1971, 4, 8), "F55", True),
        (date(1971, 4, 8), "", False),  # not told, not guessed
    ],
)
def test_from_the_statutory_age_on_the_stage_is_the_last_one(ages, birth, kind, is_retired):
    derived = derive_stage(Family(birth, MARRIED, retirement_type=kind), ages, TODAY)
    assert derived is not None and (derived.stage == S.AGEING) == is_retired


def test_who_has_retired_is_in_the_last_stage_at_any_age(ages):
    family = Family(born(48), MARRIED, Occupation.RETIRED, children=[Child(born(8))])
    derived = derive_stage(family, ages, TODAY)
    assert derived is not None and (derived.stage, derived.why) == (S.AGEING, "已离退休")


@pytest.mark.parametrize(
    ("kind", "birth", "month"),
    [
        ("M", (1964, 12), (2024, 12)), ("M", (1965, 1), (2025, 2)), ("M", (1965, 5), (2025, 7)),
        ("M", (1965, 10), (2026, 1)), ("M", (1967, 5), (2028, 1)), ("M", (1976, 9), (2039, 9)),
        ("F55", (1970, 1), (2025, 2)), ("F55", (1971, 4), (2026, 8)), ("F55", (1974, 10), (2031, 1)),
        ("F55", (1981, 9), (2039, 9)), ("F50", (1975, 1), (2025, 2)), ("F50", (1975, 3), (2025, 5)),
        ("F50", (1984, 11), (2039, 11)), ("F50", (1995, 12), (2050, 12)),
    ],
)  # fmt: skip
def test_published_retirement_months(ages, kind, birth, month):
    assert retires_on(date(*birth, 1), ages.statutory[kind]) == month
