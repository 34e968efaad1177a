"""客户360: the head of the page and its tabs. A tab reads a fixed number of statements, whatever the history."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from almanac.words import short_day
from customers.beats import BEAT_CHANNELS, interval_for
from customers.completeness import completeness_of
from customers.enums import ASSET_CATEGORIES, Channel, CustomerStatus, ProductCategory, Relation
from customers.identity import age_on
from customers.lifecycle import Ages, Child, Derived, Family, derive_stage
from customers.masking import mask_card
from customers.models import Account, ContactPreference, Customer, FieldSource, Person
from customers.models.profile import PROFILE_FIELDS, value_of
from customers.parameters import (
    ARCHIVE_WEIGHTS,
    BEAT_MATRIX,
    CHILD_AGE,
    LIFE_STAGE_AGES,
    SENIOR_CUSTOMER_AGE,
    STATUTORY_RETIREMENT,
)
from customers.policies import sees_full_names, shown_name
from customers.queries.compliance import compliance_tab
from customers.queries.external import wallet_of
from customers.queries.household import household_of
from customers.queries.referrals import referrals_tab
from customers.sections import SECTIONS, Section, is_blank
from customers.wording import MASKS, label_of, masked, said
from organization import clock
from organization.enums import AuditAction, Permission
from organization.models import AuditEvent, Staff
from organization.parameters import parameter

_LENGTH = re.compile(r"共\d+字")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS_SHOWN = 12
_DATES_SHOWN = 4
_CHANGES_SHOWN = 50
TABS = {
    "overview": "概览",
    "timeline": "时间轴",
    "accounts": "账户与趋势",
    "family": "家庭关系",
    "archive": "档案",
    "compliance": "合规",
    "referrals": "引荐",
    "changes": "变更",
}
# Whoever works with figures reads figures; people, notes and dealings are for those who serve the customer.
_TABS_WITHOUT_NAMES = ("overview", "accounts", "changes")


@dataclass(frozen=True)
class Warning:
    """What must be known before the customer is called; `level` is a tag's: note, warn or bad."""

    level: str
    icon: str
    text: str


@dataclass(frozen=True)
class Beat:
    """How often the present tier and strategy ask for a contact."""

    label: str
    interval: str


@dataclass(frozen=True)
class Share:
    """One category's part of the assets; `share` is None where the whole is not positive."""

    label: str
    amount: Decimal
    share: Decimal | None


@dataclass(frozen=True)
class ChangeEntry:
    """One line of the archive's history."""

    at: datetime
    who: str
    what: str
    reason: str
    fields: Sequence[tuple[str, str, str]] = ()  # label, before, after


def tabs_for(staff: Staff) -> dict[str, str]:
    """The tabs this person has, in order."""
    allowed = TABS if sees_full_names(staff) else _TABS_WITHOUT_NAMES
    return {key: TABS[key] for key in allowed}


def customer_page(staff: Staff, customer: Customer, tab: str, today: date) -> dict:
    """What the head of the page and the given tab show."""
    preferences = list(customer.contact_preferences.all()) if sees_full_names(staff) else []
    head = {
        "customer": customer,
        "preferences": preferences,
        "shown_name": shown_name(staff, customer.name),
        "age": _age(customer.birth_date, today),
        "warnings": [*warnings_for(staff, customer, today), *_to_mind(staff, customer, preferences, today)],
        "beats": _still_wanted(beats_of(customer.tier, customer.strategy, today), preferences),
    }
    return head | _READERS[tab](staff, customer, today)


def warnings_for(staff: Staff, customer: Customer, today: date) -> list[Warning]:
    """What to mind before speaking to the customer. The words of a reason are for those who serve; others see the fact."""
    found = []
    if customer.status != CustomerStatus.ACTIVE:
        found.append(Warning("bad", "slash-circle", f"客户{customer.get_status_display()}"))
    if customer.has_no_contact:
        reason = customer.no_contact_reason if sees_full_names(staff) else ""
        found.append(Warning("bad", "telephone-x", f"免打扰：{reason}" if reason else "免打扰"))
    if customer.mourning_until and customer.mourning_until >= today:
        until = short_day(customer.mourning_until, today)
        found.append(Warning("warn", "flower1", f"治丧期至{until}，不致节日祝福"))
    if customer.next_contact_on and customer.next_contact_on < today:
        found.append(Warning("bad", "alarm", f"逾期{(today - customer.next_contact_on).days}天未联系"))
    if not customer.mobile_index:
        found.append(Warning("note", "telephone", "未登记手机号码"))
    senior_age = parameter(SENIOR_CUSTOMER_AGE, on=today)
    if customer.birth_date and customer.birth_date <= today and age_on(customer.birth_date, today) >= senior_age:
        found.append(Warning("note", "person-check", f"年满{senior_age}岁，销售须另行确认"))
    return found


def _still_wanted(beats: list[Beat], preferences: list[ContactPreference]) -> list[Beat]:
    refused = {preference.get_channel_display() for preference in preferences}
    return [Beat(beat.label, "客户不接受") if beat.label in refused else beat for beat in beats]


def _to_mind(staff: Staff, customer: Customer, preferences: list[ContactPreference], today: date) -> list[Warning]:
    """What the customer has asked for, told to those who serve."""
    if not sees_full_names(staff):
        return []
    found = []
    if preferences:
        channels = "、".join(preference.get_channel_display() for preference in preferences)
        found.append(Warning("warn", "telephone-x", f"不接受{channels}"))
    if str(today.isoweekday()) in customer.details.quiet_days:
        found.append(Warning("warn", "moon", "今天不便打扰"))
    return found


def beats_of(tier: str, strategy: str, on: date) -> list[Beat]:
    """The longest gaps that tier and strategy allow, meetings first; also for a strategy that is only considered."""
    matrix = parameter(BEAT_MATRIX, on=on)
    return [
        Beat(Channel(channel).label, interval_for(tier, strategy, channel, matrix).label) for channel in BEAT_CHANNELS
    ]


def _overview(staff: Staff, customer: Customer, today: date) -> dict:
    dates = (
        customer.important_dates.select_related("person").filter(next_on__gte=today) if sees_full_names(staff) else []
    )
    people = list(customer.people.all()) if sees_full_names(staff) else []
    return {
        "upcoming": list(dates[:_DATES_SHOWN]) if dates else [],
        "shares": _shares(_accounts(customer)),
        "people": people,
        "life_stage": life_stage_of(customer, people, today) if sees_full_names(staff) else None,
    }


def life_stage_of(customer: Customer, people: Sequence[Person], today: date) -> Derived | None:
    """The stage of the family life cycle that the archive and the people in it speak for."""
    profile = customer.details
    children = [
        Child(person.birth_date, person.is_dependent, person.education_stage)
        for person in people
        if person.relation == Relation.CHILD
    ]
    family = Family(
        customer.birth_date, customer.marital_status, customer.occupation, profile.retirement_type, children
    )
    ages = Ages(**parameter(LIFE_STAGE_AGES, today), statutory=parameter(STATUTORY_RETIREMENT, today))
    return derive_stage(family, ages, today)


def _timeline(staff: Staff, customer: Customer, today: date) -> dict:
    return {}


def _accounts_and_trend(staff: Staff, customer: Customer, today: date) -> dict:
    accounts = _accounts(customer)
    for account in accounts:
        account.masked_number = mask_card(account.number)
    months = list(customer.monthly_balances.order_by("-month")[:_MONTHS_SHOWN])
    external = list(customer.external_holdings.all())
    return {
        "external": external,
        "wallet": wallet_of(customer, external),
        "accounts": accounts,
        "holdings": list(customer.holdings.open().select_related("product").order_by("matures_on", "pk")),
        "shares": _shares(accounts),
        "months": months[::-1],
    }


def _family(staff: Staff, customer: Customer, today: date) -> dict:
    people = list(customer.people.all())
    child_age, senior_age = parameter(CHILD_AGE, today), parameter(SENIOR_CUSTOMER_AGE, today)
    for person in people:
        person.age = _age(person.birth_date, today)
        # A child's day of birth is sensitive (PIPL 28): the age tells enough for the conversation.
        person.is_child = person.age is not None and person.age < child_age
        person.is_senior = person.age is not None and person.age >= senior_age
    return {
        "people": [person for person in people if person.relation not in _ACTING],
        "acting": [person for person in people if person.relation in _ACTING],
        "dates": list(customer.important_dates.select_related("person")),
        "household": household_of(staff, customer, people, today),
    }


def _age(born: date | None, today: date) -> int | None:
    return age_on(born, today) if born and born <= today else None


@dataclass(frozen=True)
class Fact:
    """One field of the archive as the page shows it; `value` of a masked one is its mask."""

    field: str
    label: str
    value: str
    is_masked: bool
    source: str


@dataclass(frozen=True)
class FactGroup:
    section: Section
    facts: list[Fact]


def _archive(staff: Staff, customer: Customer, today: date) -> dict:
    sources = {row.field: row for row in customer.field_sources.all()}
    return {
        "completeness": completeness_of(customer, parameter(ARCHIVE_WEIGHTS, today)),
        "groups": [
            FactGroup(section, [_fact(customer, field, sources.get(field), today) for field in section.fields])
            for section in SECTIONS
        ],
    }


def _fact(customer: Customer, field: str, source: FieldSource | None, today: date) -> Fact:
    known_from = f"{source.get_origin_display()} {short_day(source.as_of, today)}" if source else ""
    if field in MASKS:
        return Fact(field, label_of(field), masked(customer, field), True, known_from)
    value = value_of(customer, field)
    text = "" if is_blank(field, value) else said(field, value)
    return Fact(field, label_of(field), text, False, known_from)


# Those who act for the customer, or brought the customer in, need not be family.
_ACTING = (Relation.AGENT, Relation.INTRODUCER)


def _referrals(staff: Staff, customer: Customer, today: date) -> dict:
    return referrals_tab(staff, customer)


# What such an event says stands in the history of strategy or tier, with its reason.
_TOLD_AS_MOVES = ({"strategy"}, {"tier"}, {"tier", "tier_held_until"})


def _changes(staff: Staff, customer: Customer, today: date) -> dict:
    """Strategy and tier from their own history, the rest from the audit trail; who looked, only for those who lead."""
    actions = [AuditAction.CREATE, AuditAction.CHANGE, AuditAction.DELETE, AuditAction.IMPORT, AuditAction.UNDO]
    if staff.may(Permission.VIEW_TEAM):
        actions.append(AuditAction.REVEAL)
    events = AuditEvent.objects.filter(
        object_type="customers.customer", object_id=customer.public_id, action__in=actions
    ).order_by("-at", "-pk")[:_CHANGES_SHOWN]
    moves = [
        *customer.strategychanges.select_related("changed_by")[:_CHANGES_SHOWN],
        *customer.tierchanges.select_related("changed_by")[:_CHANGES_SHOWN],
    ]
    return {
        "moves": sorted(moves, key=lambda move: move.changed_at, reverse=True)[:_CHANGES_SHOWN],
        "entries": [_entry(event) for event in events if set(event.after or ()) not in _TOLD_AS_MOVES],
    }


def _entry(event: AuditEvent) -> ChangeEntry:
    before, after = event.before or {}, event.after or {}
    if event.action == AuditAction.REVEAL:
        return ChangeEntry(event.at, event.actor, f"查看完整{_label(after.get('field', ''))}", event.reason)
    return ChangeEntry(event.at, event.actor, event.get_action_display(), event.reason, _fields(before, after))


def _said(value) -> str:
    """A value of the trail as people read it: free text is known only by its length, and a day is no code."""
    text = "" if value is None else str(value)
    if _LENGTH.fullmatch(text):
        return "已修改（内容不在此显示）"
    return short_day(date.fromisoformat(text), clock.today()) if _DAY.fullmatch(text) else text


def _fields(before: dict, after: dict) -> list[tuple[str, str, str]]:
    """Label, before, after. What is said of a text that is not shown is said once."""
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = _said(before.get(key)), _said(after.get(key))
        found.append((_label(key), "" if _LENGTH.fullmatch(str(before.get(key) or "")) else old, new))
    return found


def _label(field: str) -> str:
    return _LABELS.get(field, field)


def _accounts(customer: Customer) -> list[Account]:
    return list(customer.accounts.select_related("product").order_by("closed_on", "opened_on", "pk"))


def _shares(accounts: list[Account]) -> list[Share]:
    """The open accounts' balances by category, the largest first; loans and cards are no assets."""
    amounts: dict[str, Decimal] = {}
    for account in accounts:
        if account.closed_on is None and account.product.category in ASSET_CATEGORIES:
            amounts[account.product.category] = amounts.get(account.product.category, Decimal(0)) + account.balance
    total = sum(amounts.values(), Decimal(0))
    rows = [
        Share(ProductCategory(category).label, amount, amount / total if total > 0 else None)
        for category, amount in amounts.items()
    ]
    return sorted(rows, key=lambda row: row.amount, reverse=True)


# What the trail of an archive speaks of: its own fields, and the people and dates kept in it.
_LABELS = {field.name: str(field.verbose_name) for field in Customer._meta.concrete_fields} | {
    **{field: label_of(field) for field in PROFILE_FIELDS},
    "confirmed": "核实无误",
    "contact_preference": "不接受的联系方式",
    "household": "家庭",
    "external_holding": "他行资产",
    "external_as_of": "截至日期",
    "person": "关系人",
    "important_date": "重要日期",
    "calendar": "历法",
    "remind_days": "提前天数",
    "whose": "谁的日子",
    "risk_assessment": "风险测评",
    "stale_reason": "失效原因",
    "consent": "授权同意",
    "document": "客户文件",
    "sha256": "文件摘要",
    "referral": "引荐",
    "referral_mobile": "被引荐人手机号码",
}
_READERS = {
    "overview": _overview,
    "timeline": _timeline,
    "accounts": _accounts_and_trend,
    "family": _family,
    "archive": _archive,
    "compliance": compliance_tab,
    "referrals": _referrals,
    "changes": _changes,
}
