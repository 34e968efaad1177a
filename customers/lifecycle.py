"""Which stage of the family life cycle (生命周期) the archive speaks for (DOMAIN 1.4). The manager knows more than the archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from customers.enums import EducationStage, LifeStage, MaritalStatus, Occupation
from customers.identity import age_on

Pace = Mapping[str, int | str]


@dataclass(frozen=True)
class Child:
    birth_date: date | None = None
    is_dependent: bool = False
    education_stage: str = ""


@dataclass(frozen=True)
class Family:
    """What the archive knows; `retirement_type` is a fact of the job and never guessed from the sex (DOMAIN 6.1)."""

    birth_date: date | None
    marital_status: str
    occupation: str = ""
    retirement_type: str = ""
    children: Sequence[Child] = ()


@dataclass(frozen=True)
class Ages:
    """From which completed years on; `statutory` is the pace at which the retirement age of each type grows."""

    school: int
    adult: int
    childless_maturity: int
    single_until: int
    statutory: Mapping[str, Pace]


@dataclass(frozen=True)
class Derived:
    stage: LifeStage
    why: str


def derive_stage(family: Family, ages: Ages, today: date) -> Derived | None:
    """The stage and the facts that say so; None where the archive does not tell. Children who are not in it do not count."""
    if why := _retired(family, ages, today):
        return Derived(LifeStage.AGEING, why)
    if family.children:
        return _with_children(family, ages, today)
    if family.birth_date is None or family.birth_date > today or family.marital_status == MaritalStatus.UNKNOWN:
        return None
    age = age_on(family.birth_date, today)
    is_married = family.marital_status == MaritalStatus.MARRIED
    if age >= (ages.childless_maturity if is_married else ages.single_until):
        stage = LifeStage.MATURITY
    else:
        stage = LifeStage.FORMATION if is_married else LifeStage.SINGLE
    return Derived(stage, f"{MaritalStatus(family.marital_status).label}，未登记子女，{age}岁")


def retires_on(birth_date: date, pace: Pace) -> tuple[int, int]:
    """Year and month of the statutory retirement age: one month later per `step` birth months from `start` on, at most
    `cap` (NPC decision of 13 September 2024; DOMAIN 6.1)."""
    start = date.fromisoformat(f"{pace['start']}-01")
    born = birth_date.year * 12 + birth_date.month - 1
    later = born - (start.year * 12 + start.month - 1)
    delay = 0 if later < 0 else min(int(pace["cap"]), later // int(pace["step"]) + 1)
    year, month0 = divmod(born + int(pace["base"]) * 12 + delay, 12)
    return year, month0 + 1


def _retired(family: Family, ages: Ages, today: date) -> str:
    if family.occupation == Occupation.RETIRED:
        return "已离退休"
    pace = ages.statutory.get(family.retirement_type)
    if family.birth_date and pace:
        year, month = retires_on(family.birth_date, pace)
        # The age is reached on the day of the month the customer was born on; the month before has nobody.
        if (year, month, family.birth_date.day) <= (today.year, today.month, today.day):
            return f"{year}年{month}月达到法定退休年龄"
    return ""


def _with_children(family: Family, ages: Ages, today: date) -> Derived | None:
    """By the youngest who still depends on the customer; nobody does where all are known to be independent."""
    told = "" if family.marital_status == MaritalStatus.UNKNOWN else f"{MaritalStatus(family.marital_status).label}，"
    dependent = [child for child in family.children if _depends(child, ages, today)]
    if dependent:
        known = [age for child in dependent if (age := _age(child, today)) is not None]
        if known:
            stage = LifeStage.FORMATION if min(known) < ages.school else LifeStage.GROWTH
            return Derived(stage, f"{told}最小子女{min(known)}岁")
        small = [child for child in dependent if child.education_stage == EducationStage.PRESCHOOL]
        return Derived(LifeStage.FORMATION if small else LifeStage.GROWTH, f"{told}有子女由客户抚养")
    if all(
        _age(child, today) is not None or child.education_stage == EducationStage.FINISHED for child in family.children
    ):
        return Derived(LifeStage.MATURITY, f"{told}子女已独立")
    return None


def _depends(child: Child, ages: Ages, today: date) -> bool:
    return child.is_dependent or ((age := _age(child, today)) is not None and age < ages.adult)


def _age(child: Child, today: date) -> int | None:
    """A day of birth that is to come is a slip of the file it came from, and tells nothing."""
    return age_on(child.birth_date, today) if child.birth_date and child.birth_date <= today else None
