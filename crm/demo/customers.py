"""What a demo customer is like: one dict of archive data, the family, the dates, the money. Pure, from one seed."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from stdnum.cn.ric import calc_check_digit

from almanac.lunar import LunarDate, from_solar
from crm.demo import names
from customers.enums import Channel, MaritalStatus, Occupation, Relation, Sex, Strategy, Tier

_TIERS = ((Tier.POTENTIAL, 12), (Tier.GOLD, 52), (Tier.PLATINUM, 24), (Tier.DIAMOND, 9), (Tier.PRIVATE, 3))
_AUM = {
    Tier.POTENTIAL: (50_000, 99_000), Tier.GOLD: (100_000, 480_000), Tier.PLATINUM: (500_000, 1_900_000),
    Tier.DIAMOND: (2_000_000, 5_800_000), Tier.PRIVATE: (6_000_000, 22_000_000),
}  # fmt: skip
_TIMES = ("上午", "下午", "工作日晚间", "周末", "午后两点以后", "")
_WORKING = [o for o in Occupation if o not in (Occupation.RETIRED, Occupation.STUDENT, Occupation.OTHER)]


@dataclass
class Family:
    relation: Relation
    name: str
    sex: Sex
    birth_date: date


@dataclass
class Position:
    """A holding to be: product code, amount, day it started, day it matures."""

    product: str
    amount: Decimal
    bought_on: date
    matures_on: date | None


@dataclass
class Portrait:
    """One demo customer before it is written."""

    data: dict
    tier: Tier
    strategy: Strategy
    aum: Decimal
    managed_since: date
    lunar_birthday: LunarDate | None = None
    wedding_on: date | None = None
    family: list[Family] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)


def portrait(random: Random, serial: int, today: date) -> Portrait:
    """The `serial`-th customer of the demo bank as of `today`."""
    sex = random.choice((Sex.MALE, Sex.FEMALE))
    age = min(88, max(24, round(random.gauss(49, 13))))
    birth = today - timedelta(days=round(age * 365.2425) + random.randint(0, 364))
    tier = random.choices([t for t, _ in _TIERS], [w for _, w in _TIERS])[0]
    low, high = _AUM[tier]
    aum = Decimal(round(low * (high / low) ** random.random() / 100) * 100)
    married = age > 27 and random.random() < 0.82
    data = {
        "number": f"{88_000_000 + serial}",
        "name": names.full_name(random, sex),
        "sex": sex,
        "birth_date": birth,
        "id_number": demo_identity(birth, sex, serial),
        "mobile": names.mobile(random, serial),
        "address": names.address(random),
        "marital_status": MaritalStatus.MARRIED if married else MaritalStatus.SINGLE,
        "occupation": _occupation(random, age),
        "employer": random.choice(names.EMPLOYERS) if age < 60 else "",
        "is_veteran": sex == Sex.MALE and random.random() < 0.06,
        "is_party_member": random.random() < 0.15,
        "interests": "、".join(random.sample(names.INTERESTS, random.randint(0, 3))),
        "preferred_channel": random.choice((Channel.PHONE, Channel.WECOM, Channel.MEETING, "")),
        "preferred_time": random.choice(_TIMES),
    }
    result = Portrait(
        data, tier, _strategy(random, tier), aum, managed_since=today - timedelta(days=random.randint(30, 1500))
    )
    if age > 45 and random.random() < 0.55:
        result.lunar_birthday = from_solar(birth)
    if married:
        wedding = birth + timedelta(days=round(26.5 * 365.2425) + random.randint(0, 900))
        result.wedding_on = min(wedding, today - timedelta(days=random.randint(30, 400)))
        result.family = list(_family(random, result, age, today))
    result.positions = list(_positions(random, result, today))
    return result


def demo_identity(birth: date, sex: Sex, serial: int) -> str:
    """A number with a right check digit in an area that does not exist (99), so it can never be a real person's."""
    order = serial % 499 * 2 + (1 if sex == Sex.MALE else 2)
    body = f"99{serial // 499 % 100:02d}01{birth:%Y%m%d}{order:03d}"
    return body + calc_check_digit(body + "0")


def _occupation(random: Random, age: int) -> Occupation:
    if age >= 61 or (age >= 56 and random.random() < 0.5):
        return Occupation.RETIRED
    return random.choice(_WORKING)


def _strategy(random: Random, tier: Tier) -> Strategy:
    """The default choice of DOMAIN 2.4, with some customers who asked for little contact."""
    if tier in (Tier.DIAMOND, Tier.PRIVATE):
        return Strategy.INTENSIVE
    if tier == Tier.POTENTIAL or random.random() < 0.2:
        return Strategy.RESPONSIVE
    return Strategy.ACTIVE


def _family(random: Random, customer: Portrait, age: int, today: date):
    own = customer.data
    other = Sex.FEMALE if own["sex"] == Sex.MALE else Sex.MALE
    spouse_birth = own["birth_date"] + timedelta(days=random.randint(-1500, 1500))
    yield Family(Relation.SPOUSE, names.full_name(random, other), other, spouse_birth)
    father = own["name"] if own["sex"] == Sex.MALE else names.full_name(random, Sex.MALE)
    for _ in range(random.choices((0, 1, 2), (1, 6, 2))[0]):
        sex = random.choice((Sex.MALE, Sex.FEMALE))
        born = own["birth_date"] + timedelta(days=random.randint(25 * 365, 34 * 365))
        if born < today:
            yield Family(Relation.CHILD, names.full_name(random, sex, names.surname_of(father)), sex, born)
    if age < 60 and random.random() < 0.3:
        sex = random.choice((Sex.MALE, Sex.FEMALE))
        yield Family(
            Relation.PARENT, names.full_name(random, sex), sex, own["birth_date"] - timedelta(days=26 * 365 + 90)
        )


_TERMED = {"D003": 91, "D012": 365, "D036": 1096, "C012": 365, "W190": 90, "W218": 180, "W336": 365, "B601": 1096}
_OPEN_ENDED = ("W101", "F201", "F305", "F410", "I501", "M701")


def _positions(random: Random, customer: Portrait, today: date):
    """The money in pieces: some demand deposit is left over, the rest lies in one to five positions."""
    left = customer.aum * Decimal("0.9")
    for _ in range(random.randint(1, 5)):
        amount = (left * Decimal(str(round(random.uniform(0.2, 0.6), 2))) / 1000).quantize(Decimal(1)) * 1000
        if amount < 10_000:
            break
        left -= amount
        if random.random() < 0.65:
            product = random.choice(list(_TERMED))
            bought_on = today - timedelta(days=random.randint(1, _TERMED[product] - 1))
            yield Position(product, amount, bought_on, bought_on + timedelta(days=_TERMED[product]))
        else:
            yield Position(random.choice(_OPEN_ENDED), amount, today - timedelta(days=random.randint(10, 900)), None)
    if random.random() < 0.15:
        bought_on = today - timedelta(days=random.randint(30, 1060))
        loan = Decimal(random.randint(5, 40) * 10_000)
        yield Position("L802", loan, bought_on, bought_on + timedelta(days=1096))
