"""What demo customers have on file: a risk test of the last fourteen months, consents, some introductions, a word for the lobby."""

from datetime import date, datetime, time, timedelta
from random import Random

from crm.demo.history import SHANGHAI
from customers.enums import AssessmentPlace, Channel, ConsentMeans, ConsentPurpose, RiskTolerance
from customers.models import Consent, Customer, RiskAssessment
from customers.services.referrals import record_referral
from customers.suitability import valid_until
from maintenance.models import CounterNote

_LEVELS = (
    (RiskTolerance.C1, 14),
    (RiskTolerance.C2, 38),
    (RiskTolerance.C3, 30),
    (RiskTolerance.C4, 14),
    (RiskTolerance.C5, 4),
)
_TESTED, _CONSENTED, _NOTED = 0.85, 0.6, 0.1
_WORDS = (
    "请告知新的存单利率表已到",
    "请她到理财室坐坐，有资料要签",
    "上次落下的老花镜在大堂台",
    "风险测评快到期，请顺便重新测评",
)


def write_compliance(random: Random, customers: list[Customer], today: date) -> None:
    """Set-based but for the introductions, which are thanked for."""
    tests, consents, notes = [], [], []
    for customer in customers:
        if random.random() < _TESTED:
            tests.append(_test(random, customer, today))
        if random.random() < _CONSENTED:
            consents += _consents(random, customer, today)
        if random.random() < _NOTED:
            notes.append(
                CounterNote(
                    customer=customer, unit=customer.unit, text=random.choice(_WORDS), written_by=customer.manager,
                    valid_until=today + timedelta(days=30), written_at=_morning(today - timedelta(days=1)),
                )
            )  # fmt: skip
    RiskAssessment.objects.bulk_create(tests, batch_size=500)
    Consent.objects.bulk_create(consents, batch_size=500)
    CounterNote.objects.bulk_create(notes, batch_size=500)
    _introduce(random, customers, today)


def _test(random: Random, customer: Customer, today: date) -> RiskAssessment:
    day = today - timedelta(days=random.randint(2, 400))
    return RiskAssessment(
        customer=customer, unit=customer.unit, level=random.choices(*zip(*_LEVELS, strict=True))[0], assessed_on=day,
        expires_on=valid_until(day), place=random.choice(AssessmentPlace.values), recorded_by=customer.manager,
        recorded_at=_morning(day),
    )  # fmt: skip


def _consents(random: Random, customer: Customer, today: date) -> list[Consent]:
    day = today - timedelta(days=random.randint(2, 700))
    said = {
        "customer": customer, "unit": customer.unit, "is_given": True, "happened_on": day,
        "obtained_by": ConsentMeans.SIGNED, "evidence": f"授权书{customer.number}", "recorded_by": customer.manager,
        "recorded_at": _morning(day),
    }  # fmt: skip
    channels = random.sample((Channel.PHONE, Channel.WECOM, Channel.SMS), random.randint(1, 3))
    return [
        Consent(purpose=purpose, channel=channel, **said)
        for purpose in (ConsentPurpose.MARKETING, ConsentPurpose.CARE)
        for channel in channels
    ]


def _introduce(random: Random, customers: list[Customer], today: date) -> None:
    """Each of a few brought another one of the same manager; the later in the list never brings an earlier one."""
    for place in sorted(random.sample(range(len(customers) // 2), len(customers) // 30)):
        introducer = customers[place]
        others = [one for one in customers[place + 1 :] if one.manager_id == introducer.manager_id]
        if others:
            record_referral(
                by=introducer.manager, customer=introducer, referred=others[0],
                referred_on=today - timedelta(days=random.randint(0, 90)),
            )  # fmt: skip


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(10), SHANGHAI)
