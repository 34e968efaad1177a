"""Write the demo bank: people, customers through the archive service, money, a year of dealings, diaries, today's queue."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from almanac.workdays import add_workdays, previous_workday
from crm.demo.acquaintance import elsewhere, known_of, last_asked
from crm.demo.compliance import write_compliance
from crm.demo.customers import Family, Portrait, portrait
from crm.demo.history import SHANGHAI, dealings
from crm.demo.products import build_products
from crm.demo.segments import write_segments
from crm.demo.staff import build_staff
from customers.beats import Interval
from customers.enums import Calendar, Channel, DateKind, EducationStage, Relation
from customers.identity import age_on
from customers.models import (
    Account,
    BalanceSnapshot,
    Customer,
    ExternalHolding,
    FieldSource,
    Holding,
    Person,
    Product,
)
from customers.parameters import BEAT_MATRIX
from customers.services.archive import create_customer
from customers.services.balances import refresh_aum, refresh_monthly_averages
from customers.services.dates import save_important_date
from customers.signals import announced_together
from maintenance.enums import AppointmentStatus
from maintenance.models import Appointment, ContactRecord
from maintenance.services.appointments import book_appointment
from organization.models import Staff
from organization.parameters import parameter

Progress = Callable[[str], None]


def build_bank(*, customers: int, staff: int, seed: int, today: date, say: Progress) -> None:
    """Everything but the daily run, which the caller starts."""
    random = Random(seed)
    say(f"机构与员工：{staff} 名客户经理")
    managers = build_staff(random, staff)
    products = build_products()
    portraits = []
    # Announced at the end: a beat that does not know the past dealings would be late for years.
    with announced_together(on=today, by=None):
        for serial in range(customers):
            drawn = portrait(random, serial, today)
            drawn.data |= known_of(drawn, serial)
            portraits.append((_write_customer(drawn, managers[serial % len(managers)], today), drawn))
            if (serial + 1) % 200 == 0:
                say(f"客户：{serial + 1}/{customers}")
        say("账户、持有产品与日终余额")
        _write_money(random, portraits, products, today)
        _write_acquaintance(portraits, today)
        say("一年的接触记录")
        _write_dealings(random, portraits, today)
    say("预约")
    _write_appointments(random, portraits, today)
    say("风险测评、授权、引荐")
    write_compliance(random, [customer for customer, _ in portraits], today)
    say("客户分群")
    write_segments(managers)


def _write_customer(drawn: Portrait, manager: Staff, today: date) -> Customer:
    data = drawn.data | {
        "tier": drawn.tier, "strategy": drawn.strategy, "manager": manager, "unit": manager.unit,
        "managed_since": drawn.managed_since,
    }  # fmt: skip
    customer = create_customer(by=manager, data=data)
    if lunar := drawn.lunar_birthday:
        save_important_date(
            by=manager,
            customer=customer,
            kind=DateKind.BIRTHDAY,
            calendar=Calendar.LUNAR,
            month=lunar.month,
            day=lunar.day,
            is_leap=lunar.leap,
            year=lunar.year,
        )
    if day := drawn.wedding_on:
        save_important_date(
            by=manager, customer=customer, kind=DateKind.WEDDING, month=day.month, day=day.day, year=day.year
        )
    Person.objects.bulk_create(
        Person(
            customer=customer, unit=customer.unit, relation=member.relation, name=member.name, sex=member.sex,
            birth_date=member.birth_date, **_circumstances(member, today),
        )
        for member in drawn.family
    )  # fmt: skip
    return customer


_STAGES = ((6, EducationStage.PRESCHOOL), (12, EducationStage.PRIMARY), (15, EducationStage.JUNIOR),
           (18, EducationStage.SENIOR), (22, EducationStage.COLLEGE))  # fmt: skip


def _circumstances(member: Family, today: date) -> dict:
    """A child goes to school until it has finished; old parents are looked after."""
    age = age_on(member.birth_date, today)
    if member.relation == Relation.CHILD:
        stage = next((stage for until, stage in _STAGES if age < until), EducationStage.FINISHED)
        return {"education_stage": stage, "is_dependent": stage != EducationStage.FINISHED}
    return {"is_dependent": member.relation == Relation.PARENT and age >= 70}


def _write_money(random: Random, portraits, products: dict[str, Product], today: date) -> None:
    accounts, holdings, snapshots = [], [], []
    for customer, drawn in portraits:
        invested = sum((p.amount for p in drawn.positions if not p.product.startswith("L")), Decimal(0))
        pieces = [("D001", drawn.aum - invested, drawn.managed_since)]
        pieces += [(p.product, p.amount, p.bought_on) for p in drawn.positions]
        for order, (code, amount, opened_on) in enumerate(pieces):
            account = Account(
                customer=customer, unit=customer.unit, product=products[code], reference=f"{customer.number}-{order}",
                opened_on=opened_on, balance=amount, balance_on=today,
            )  # fmt: skip
            accounts.append(account)
            snapshots += _snapshots(random, account, amount, today)
            if order:
                position = drawn.positions[order - 1]
                holdings.append(
                    Holding(
                        customer=customer,
                        unit=customer.unit,
                        account=account,
                        product=products[code],
                        reference=f"{customer.number}-H{order}",
                        amount=amount,
                        bought_on=position.bought_on,
                        matures_on=position.matures_on,
                        rate=Decimal("0.0165"),
                        remind_on=_reminder(position, today),
                    )
                )
    Account.objects.bulk_create(accounts, batch_size=500)
    Holding.objects.bulk_create(holdings, batch_size=500)
    BalanceSnapshot.objects.bulk_create(snapshots, batch_size=500)
    ids = [customer.pk for customer, _ in portraits]
    refresh_aum(ids, on=today)
    month = today.replace(day=1)
    for _ in range(12):
        month = (month - timedelta(days=1)).replace(day=1)
        refresh_monthly_averages(month=month, customer_ids=ids)


def _write_acquaintance(portraits, today: date) -> None:
    """Money elsewhere, and the days on which the customers were last asked."""
    asked: dict[date, list[int]] = {}
    for serial, (customer, _) in enumerate(portraits):
        asked.setdefault(last_asked(serial, today), []).append(customer.pk)
    for day, customers in asked.items():
        FieldSource.objects.unscoped("demo data").filter(customer__in=customers).update(as_of=day)
    ExternalHolding.objects.bulk_create(
        ExternalHolding(
            customer=customer, unit=customer.unit, bank=seen.bank, category=seen.category, amount=seen.amount,
            as_of=seen.as_of, matures_on=seen.matures_on, recorded_by=customer.manager,
        )
        for serial, (customer, drawn) in enumerate(portraits)
        for seen in elsewhere(drawn, serial, today)
    )  # fmt: skip


def _snapshots(random: Random, account: Account, amount: Decimal, today: date):
    """Month by month back from today, drifting for demand money, flat for positions."""
    day, balance = today - timedelta(days=1), amount
    while day > max(account.opened_on, today - timedelta(days=400)):
        yield BalanceSnapshot(
            account=account,
            customer=account.customer,
            unit=account.unit,
            category=account.product.category,
            day=day,
            balance=balance,
        )
        if account.product.code == "D001":
            balance = (balance * Decimal(str(round(random.uniform(0.86, 1.12), 3)))).quantize(Decimal("0.01"))
        day = (day.replace(day=1) - timedelta(days=random.randint(1, 6))) if day.day > 1 else day - timedelta(days=9)


def _reminder(position, today: date) -> date | None:
    """The first lead day that is not past; the run takes it from there."""
    if position.matures_on is None:
        return None
    leads = sorted(parameter("maturity_lead_days"), reverse=True)
    days = [position.matures_on - timedelta(days=lead) for lead in leads]
    return next((day for day in days if day >= today), None)


def _write_dealings(random: Random, portraits, today: date) -> None:
    matrix = parameter(BEAT_MATRIX, today)
    records = []
    for customer, drawn in portraits:
        beats = {Channel(channel): Interval.parse(text) for channel, text in matrix[drawn.tier][drawn.strategy].items()}
        for channel, direction, outcome, moment, note in dealings(random, beats, today):
            if moment.date() >= drawn.managed_since:
                records.append(
                    ContactRecord(
                        customer=customer,
                        unit=customer.unit,
                        staff=customer.manager,
                        channel=channel,
                        direction=direction,
                        outcome=outcome,
                        happened_at=moment,
                        happened_on=moment.date(),
                        note=note,
                        created_at=moment + timedelta(minutes=random.randint(1, 90)),
                    )
                )
                customer.last_contact_on = moment.date()
    ContactRecord.objects.bulk_create(records, batch_size=500)
    Customer.objects.unscoped("demo data").bulk_update(
        [customer for customer, _ in portraits if customer.last_contact_on], ["last_contact_on"], batch_size=500
    )


_MATTERS = (
    "到网点办理转存",
    "面谈资产配置",
    "签署养老金账户资料",
    "风险测评到期更新",
    "介绍子女教育金方案",
    "上门送资料",
)


def _write_appointments(random: Random, portraits, today: date) -> None:
    """Some of the next days, and of today: those were agreed yesterday, and their hour may be past by now."""
    chosen = random.sample(portraits, max(1, len(portraits) // 40))
    previous = previous_workday(today)
    agreed_yesterday = []
    for order, (customer, _) in enumerate(chosen):
        said = {
            "customer": customer, "day": add_workdays(previous, 1 + order % 6),
            "starts_at": time(random.choice((9, 10, 14, 15, 16)), random.choice((0, 30))),
            "channel": random.choice((Channel.MEETING, Channel.MEETING, Channel.PHONE)), "matter": random.choice(_MATTERS),
        }  # fmt: skip
        if said["day"] > today:
            book_appointment(by=customer.manager, **said)
        else:
            agreed_yesterday.append(
                Appointment(
                    unit=customer.unit, staff=customer.manager, status=AppointmentStatus.PLANNED,
                    created_at=datetime.combine(previous, time(15), SHANGHAI), **said,
                )
            )  # fmt: skip
    Appointment.objects.bulk_create(agreed_yesterday)
