"""大堂速查: what whoever receives a customer should know, and nothing more. No amounts, no numbers, no family, no notes."""

from dataclasses import dataclass
from datetime import date, timedelta

from almanac.words import short_day
from customers.enums import ASSET_CATEGORIES, DateKind
from customers.models import Customer, Holding, ImportantDate
from maintenance.enums import AppointmentStatus, ContactOutcome
from maintenance.models import Appointment, ContactRecord, CounterNote
from maintenance.parameters import CARD_AHEAD_DAYS, CARD_MATURITY_DAYS
from organization.models import Cover, Staff
from organization.parameters import parameter

_SHOWN = 5
_GREETED = (DateKind.BIRTHDAY, DateKind.WEDDING)


@dataclass(frozen=True)
class QuickCard:
    """Talking points, the first things first; each is a sentence or a short list."""

    mind: list[str]
    greetings: list[str]
    counter_note: CounterNote | None
    appointments: list[Appointment]
    maturities: list[Holding]
    substitute: Staff | None


def customer_at_counter(staff: Staff):
    """The customers a card may be opened of, with what it shows of them and nothing else."""
    return (
        Customer.objects.visible_to(staff)
        .active()
        .select_related("manager")
        .only(
            "public_id", "number", "name", "sex", "tier", "status", "has_no_contact", "mourning_until", "manager__name"
        )
    )


def quick_card(staff: Staff, customer: Customer, today: date) -> QuickCard:
    """One statement for each part."""
    soon = today + timedelta(days=parameter(CARD_AHEAD_DAYS, today))
    is_mourning = customer.mourning_until is not None and customer.mourning_until >= today
    return QuickCard(
        mind=_mind(customer, is_mourning),
        greetings=[] if is_mourning else _greetings(staff, customer, today, soon),
        counter_note=_counter_note(staff, customer, today),
        appointments=_appointments(staff, customer, today, soon),
        maturities=_maturities(staff, customer, today),
        substitute=_substitute(customer, today),
    )


def received_today(staff: Staff, today: date) -> list[ContactRecord]:
    """Whom this person received today, the latest first."""
    records = ContactRecord.objects.visible_to(staff).standing()
    records = records.filter(staff=staff, happened_on=today, outcome=ContactOutcome.WALK_IN)
    shown = records.select_related("customer").only(
        "public_id", "happened_at", "note", "created_at", "withdrawn_at", "staff", "customer__public_id",
        "customer__name", "customer__sex",
    )  # fmt: skip
    return list(shown.order_by("-happened_at")[:20])


def _mind(customer: Customer, is_mourning: bool) -> list[str]:
    found = []
    if customer.has_no_contact:
        found.append("客户要求免打扰：办好业务即可，不做推介。")
    if is_mourning:
        found.append("客户家中治丧，请勿道贺，不说节日祝福。")
    return found


def _greetings(staff: Staff, customer: Customer, today: date, soon: date) -> list[str]:
    """The customer's own days only: the family is not for the lobby, and a memorial day may be a sad one."""
    dates = ImportantDate.objects.visible_to(staff).filter(
        customer=customer, person=None, kind__in=_GREETED, next_on__range=(today, soon)
    )
    return [_greeting(one, today) for one in dates.order_by("next_on", "pk")[:_SHOWN]]


def _greeting(one: ImportantDate, today: date) -> str:
    what = one.get_kind_display()
    if one.next_on == today:
        return (
            "今天是客户生日，请先道一声生日快乐。"
            if one.kind == DateKind.BIRTHDAY
            else f"今天是客户{what}，请道一声恭喜。"
        )
    days = (one.next_on - today).days
    return f"{short_day(one.next_on, today)}（{days}天后）是客户{what}，可提前致意。"


def _counter_note(staff: Staff, customer: Customer, today: date) -> CounterNote | None:
    notes = CounterNote.objects.visible_to(staff).filter(customer=customer, valid_until__gte=today)
    return notes.select_related("written_by").first()


def _appointments(staff: Staff, customer: Customer, today: date, soon: date) -> list[Appointment]:
    """When and with whom; what about may name an amount."""
    planned = Appointment.objects.visible_to(staff).filter(
        customer=customer, day__range=(today, soon), status=AppointmentStatus.PLANNED
    )
    shown = planned.select_related("staff").only("day", "starts_at", "channel", "staff__name")
    return list(shown.order_by("day", "starts_at", "pk")[:_SHOWN])


def _maturities(staff: Staff, customer: Customer, today: date) -> list[Holding]:
    """Deposits and products by category and day; loans are between the customer and the manager."""
    until = today + timedelta(days=parameter(CARD_MATURITY_DAYS, today))
    held = Holding.objects.visible_to(staff).open()
    found = held.filter(customer=customer, matures_on__range=(today, until), product__category__in=ASSET_CATEGORIES)
    return list(found.select_related("product").only("matures_on", "product__category").order_by("matures_on")[:_SHOWN])


def _substitute(customer: Customer, today: date) -> Staff | None:
    cover = Cover.objects.on(today).filter(absent=customer.manager_id).select_related("substitute").first()
    return cover.substitute if cover else None
