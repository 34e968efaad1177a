"""A small archive in which everything the daily run looks at falls due about TODAY, drawn from a seed; and what a run
leaves behind, in a form that two histories can be compared by."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from customers.enums import Calendar, Channel, DateKind, Occupation, ProductCategory, Relation, Sex, Strategy, Tier
from customers.models import Customer, Holding, ImportantDate, Person, Product
from customers.services.dates import schedule_dates
from maintenance.enums import AppointmentStatus, ContactOutcome
from maintenance.models import Appointment, CareRule, ContactBeat, ContactRecord, Diary, MaintenanceTask
from maintenance.services.beats import recompute_beats
from organization.models import Staff
from tests.maintenance.conftest import SHANGHAI

_TIERS = (Tier.MASS, Tier.POTENTIAL, Tier.GOLD, Tier.GOLD, Tier.PLATINUM, Tier.DIAMOND, Tier.PRIVATE)


def build(managers: list[Staff], *, seed: int, customers: int, on: date) -> list[Customer]:
    """So many customers of these managers as they stand on the eve of `on`; no run has happened yet."""
    random = Random(seed)
    products = [
        Product.objects.get_or_create(code=f"P-{category}", defaults={"name": category.label, "category": category})[0]
        for category in (ProductCategory.TERM_DEPOSIT, ProductCategory.WEALTH, ProductCategory.LOAN)
    ]
    rows = [_customer(random, seed, serial, managers[serial % len(managers)], on) for serial in range(customers)]
    Customer.objects.bulk_create(rows)
    for row in rows:
        _belongings(random, row, products, on)
    schedule_dates(ImportantDate.objects.filter(customer__in=rows), on=on)
    CareRule.objects.filter(occasion__in=("dongzhi", "new_year", "laba")).update(
        is_active=True, lead_days=random.randint(0, 40), min_tier=Tier.GOLD
    )
    recompute_beats([row.pk for row in rows], on=on - timedelta(days=1))
    return rows


def dump() -> dict[str, list]:
    """Everything a run writes, without ids and times that no two runs share."""
    return {
        "tasks": sorted(
            MaintenanceTask.objects.values_list(
                "customer", "kind", "occurrence", "subject_on", "due_on", "planned_on", "owner", "unit", "why",
                "priority", "status", "channel", "source", "is_pinned",
            )
        ),
        "beats": sorted(
            ContactBeat.objects.values_list("customer", "channel", "months", "weeks", "last_on", "next_due_on", "raise_on"),
            key=str,
        ),
        "dates": sorted(ImportantDate.objects.values_list("pk", "next_on", "remind_on"), key=str),
        "holdings": sorted(Holding.objects.values_list("pk", "remind_on"), key=str),
        "customers": sorted(Customer.objects.values_list("pk", "next_contact_on"), key=str),
        "diaries": sorted(Diary.objects.values_list("staff", "day", "status")),
    }  # fmt: skip


def _customer(random: Random, seed: int, serial: int, manager: Staff, on: date) -> Customer:
    return Customer(
        number=f"S{seed}-{serial}",
        name=f"客户{serial}",
        sort_name=f"kehu{serial}",
        manager=manager,
        unit_id=manager.unit_id,
        tier=random.choice(_TIERS),
        strategy=random.choice(list(Strategy)),
        managed_since=on - timedelta(days=random.choice((0, 1, 3, 20, 40, 400, 700))),
        sex=random.choice(list(Sex)),
        occupation=random.choice(list(Occupation)),
        birth_date=date(random.randint(1940, 2000), random.randint(1, 12), random.randint(1, 28)),
        has_no_contact=random.random() < 0.05,
        mourning_until=random.choice((None,) * 9 + (on + timedelta(days=random.randint(-2, 8)),)),
        preferred_channel=random.choice(("", Channel.WECOM, Channel.PHONE)),
    )


def _belongings(random: Random, row: Customer, products: list[Product], on: date) -> None:
    for _ in range(random.randint(0, 3)):
        _talk(random, row, on - timedelta(days=random.randint(1, 120)))
    for order in range(random.randint(0, 2)):
        _holding(random, row, random.choice(products), order, on + timedelta(days=random.randint(-10, 45)))
    if random.random() < 0.7:
        _birthday(random, row, None, on)
    if random.random() < 0.4:
        person = Person.objects.create(
            customer=row,
            unit_id=row.unit_id,
            relation=random.choice((Relation.SPOUSE, Relation.CHILD)),
            name=f"{row.name}家人",
        )
        _birthday(random, row, person, on)
    if random.random() < 0.3:
        Appointment.objects.create(
            customer=row, unit_id=row.unit_id, staff_id=row.manager_id, day=on + timedelta(days=random.randint(0, 9)),
            starts_at=random.choice((None, time(10, 30))), channel=Channel.MEETING, matter="面谈资产配置",
            status=AppointmentStatus.PLANNED, created_at=_at(on - timedelta(days=3)),
        )  # fmt: skip


def _talk(random: Random, row: Customer, day: date) -> None:
    ContactRecord.objects.create(
        customer=row, unit_id=row.unit_id, staff_id=row.manager_id, channel=random.choice((Channel.PHONE, Channel.MEETING)),
        outcome=random.choice((ContactOutcome.REACHED, ContactOutcome.NO_ANSWER)), happened_at=_at(day), happened_on=day,
        created_at=_at(day),
    )  # fmt: skip


def _holding(random: Random, row: Customer, product: Product, order: int, matures_on: date) -> None:
    Holding.objects.create(
        customer=row, unit_id=row.unit_id, product=product, reference=f"{row.number}-{order}",
        amount=Decimal(random.randint(1, 9_999_999)) / 100, bought_on=matures_on - timedelta(days=365),
        matures_on=matures_on, remind_on=matures_on - timedelta(days=random.choice((30, 7, 1))),
    )  # fmt: skip


def _birthday(random: Random, row: Customer, person: Person | None, on: date) -> None:
    near = on + timedelta(days=random.randint(0, 20))
    is_lunar = random.random() < 0.4
    ImportantDate.objects.create(
        customer=row, unit_id=row.unit_id, person=person, kind=random.choice((DateKind.BIRTHDAY, DateKind.WEDDING)),
        calendar=Calendar.LUNAR if is_lunar else Calendar.SOLAR, month=random.choice((10, 11)) if is_lunar else near.month,
        day=random.randint(1, 30) if is_lunar else near.day, is_leap=is_lunar and random.random() < 0.2,
        year=random.choice((None, 1946, 1956, 1966, 1990)), remind_days=random.choice((0, 3, 7, 14)),
    )  # fmt: skip


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), SHANGHAI)
