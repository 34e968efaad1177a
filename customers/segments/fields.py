"""What a segment may ask about a customer: one entry per question, by the policy's dimensions (DOMAIN 1.6).

Every answer is yes or no, never unknown: who has no birth date is not under 30, and is among those who are not under 30.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Round
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from customers.enums import (
    Channel,
    CustomerStatus,
    DateKind,
    Degree,
    Education,
    HouseholdRole,
    Industry,
    MaritalStatus,
    Occupation,
    ProductCategory,
    Relation,
    RetirementType,
    ServiceChannel,
    ServiceElement,
    Sex,
    Strategy,
    TaxItem,
    Tier,
    Topic,
    Weekday,
)
from customers.models import (
    ContactPreference,
    CustomerProfile,
    ExternalHolding,
    Holding,
    HouseholdMember,
    ImportantDate,
    MonthlyBalance,
    Person,
    SegmentMembership,
)
from customers.models.profile import column_of
from organization.fields import CodesField


class Dimension(StrEnum):
    BASIC = "基本特征"
    PURCHASE = "购买行为特征"
    ACCOUNT = "账户特征"
    SERVICE = "服务需求特征"
    MAINTENANCE = "维护情况"
    CONTACT = "接触与待办"
    SEGMENT = "客户分群"


class Kind(StrEnum):
    """What may be asked of a field, and with what kind of value."""

    CHOICE = "choice"
    AMOUNT = "amount"
    NUMBER = "number"
    DAY = "day"
    COMING = "coming"
    FLAG = "flag"
    TEXT = "text"
    SEGMENT = "segment"


# Kind → what may be asked → its words. Days are counted from the day on which the segment is looked at.
OPERATORS: dict[Kind, dict[str, str]] = {
    Kind.CHOICE: {"in": "是", "not_in": "不是"},
    Kind.AMOUNT: {"at_least": "不低于", "below": "低于", "between": "介于"},
    Kind.NUMBER: {"at_least": "不小于", "below": "小于", "between": "介于"},
    Kind.DAY: {
        "since": "不早于", "before": "早于", "within_last": "在过去几天内", "within_next": "在未来几天内",
        "longer_ago": "早于几天前", "empty": "没有",
    },
    Kind.COMING: {"within_next": "在未来几天内"},
    Kind.FLAG: {"is": "是"},
    Kind.TEXT: {"contains": "包含"},
    Kind.SEGMENT: {"in": "属于", "not_in": "不属于"},
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One question. `condition(op, value, today)` is its answer in the terms of the database, yes or no for every row."""

    key: str
    label: str
    dimension: Dimension
    kind: Kind
    condition: Callable[[str, Any, date], Q]
    choices: Mapping[str, str] = field(default_factory=dict)
    is_single: bool = False  # one of its choices at most: customers can be laid out by it


def _column(path: str) -> Callable[[str, Any, date], Q]:
    """A column of the customer, compared as its kind compares."""

    def condition(op: str, value: Any, today: date) -> Q:
        known = _is_known(path)
        return ~known if op == "empty" else known & _compared(path, op, value, today)

    return condition


def _compared(path: str, op: str, value: Any, today: date) -> Q:
    if op in _RELATIVE:
        first, last = _RELATIVE[op](today, value)
        return _between(path, first, last)
    return _ABSOLUTE[op](path, value)


def _between(path: str, first: date | None, last: date) -> Q:
    until = Q(**{f"{path}__lte": last})
    return until if first is None else until & Q(**{f"{path}__gte": first})


# What days mean on the day of asking: the first (None: any) and the last one.
_RELATIVE: dict[str, Callable[[date, int], tuple[date | None, date]]] = {
    "within_last": lambda today, days: (today - timedelta(days=days), today),
    "within_next": lambda today, days: (today, today + timedelta(days=days)),
    "longer_ago": lambda today, days: (None, today - timedelta(days=days + 1)),
}
_ABSOLUTE: dict[str, Callable[[str, Any], Q]] = {
    "in": lambda path, value: Q(**{f"{path}__in": value}),
    "not_in": lambda path, value: ~Q(**{f"{path}__in": value}),
    "at_least": lambda path, value: Q(**{f"{path}__gte": value}),
    "since": lambda path, value: Q(**{f"{path}__gte": value}),
    "below": lambda path, value: Q(**{f"{path}__lt": value}),
    "before": lambda path, value: Q(**{f"{path}__lt": value}),
    "between": lambda path, value: Q(**{f"{path}__range": value}),
    "is": lambda path, value: Q(**{path: value}),
    "contains": lambda path, value: Q(**{f"{path}__icontains": value}),
}


def _is_known(path: str) -> Q:
    return Q(**{f"{path}__isnull": False})


def _age(op: str, value: Any, today: date) -> Q:
    """At least so old on `today` is born on or before that day so many years ago."""
    if op == "at_least":
        return _born_until(today, value)
    if op == "below":
        return _is_known("birth_date") & ~_born_until(today, value)
    return _born_until(today, value[0]) & ~_born_until(today, value[1] + 1)


def _born_until(today: date, age: int) -> Q:
    return _is_known("birth_date") & Q(birth_date__lte=_years_before(today, age))


def _years_before(today: date, years: int) -> date:
    """The latest birth date of who is so old: born on 29 February one is a year older on 1 March of other years."""
    if years >= today.year:
        return date.min
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)


def _holds(op: str, value: Any, today: date) -> Q:
    held = Q(Exists(_open_holdings().filter(product__category__in=value)))
    return held if op == "in" else ~held


def _matures(op: str, value: Any, today: date) -> Q:
    return Q(Exists(_open_holdings().filter(matures_on__range=(today, today + timedelta(days=value)))))


def _open_holdings() -> QuerySet[Holding]:
    return Holding.objects.unscoped("of the customer asked about").filter(customer=OuterRef("pk"), closed_on=None)


def _risen(op: str, value: Any, today: date) -> Q:
    """The 月日均 of the last closed month against that of the month before; who lacks one of them has not moved."""
    last = _month_before(today.replace(day=1))
    averages = MonthlyBalance.objects.unscoped("of the customer asked about")
    before = averages.filter(customer=OuterRef("customer"), month=_month_before(last)).values("average")
    # SQLite subtracts floating numbers, and compares a bare difference with the text of a decimal: rounded and cast, it
    # is the number it stands for.
    move = Cast(Round(F("average") - Subquery(before), 6), DecimalField(max_digits=22, decimal_places=6))
    moved = averages.filter(customer=OuterRef("pk"), month=last).annotate(move=move)
    return Q(Exists(moved.filter(_ABSOLUTE[op]("move", value))))


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _is_member(op: str, value: Any, today: date) -> Q:
    open_ = SegmentMembership.objects.unscoped("of the customer asked about").open()
    member = Q(Exists(open_.filter(customer=OuterRef("pk"), segment__public_id__in=value)))
    return member if op == "in" else ~member


def _date_coming(kind: DateKind) -> Callable[[str, Any, date], Q]:
    def condition(op: str, value: Any, today: date) -> Q:
        dates = ImportantDate.objects.unscoped("of the customer asked about").filter(
            customer=OuterRef("pk"), person=None, kind=kind, next_on__range=(today, today + timedelta(days=value))
        )
        return Q(Exists(dates))

    return condition


def _of_second_row(condition: Callable[[str, Any, date], Q]) -> Callable[[str, Any, date], Q]:
    """The same asked of the archive's second row, which many customers do not have: as a part of the statement that is
    true or false, where a joined column would be unknown."""

    def of_customer(op: str, value: Any, today: date) -> Q:
        if op in ("not_in", "empty"):
            return ~of_customer({"not_in": "in", "empty": "known"}[op], value, today)
        rows = CustomerProfile.objects.unscoped("of the customer asked about").filter(customer=OuterRef("pk"))
        return Q(Exists(rows.filter(condition(op, value, today))))

    return of_customer


def _profile_column(path: str) -> Callable[[str, Any, date], Q]:
    def condition(op: str, value: Any, today: date) -> Q:
        return _is_known(path) if op == "known" else _compared(path, op, value, today)

    return condition


def _any_code(path: str) -> Callable[[str, Any, date], Q]:
    """A column of several codes: any of those asked for among them."""
    return lambda op, value, today: reduce(
        or_, (Q(**{f"{path}__contains": CodesField.stored([code])}) for code in value)
    )


def _years(path: str) -> Callable[[str, Any, date], Q]:
    """Whole years of a column of months."""

    def condition(op: str, value: Any, today: date) -> Q:
        if op == "between":
            return Q(**{f"{path}__gte": value[0] * 12, f"{path}__lt": (value[1] + 1) * 12})
        return _compared(path, op, value * 12, today)

    return condition


def _refuses(op: str, value: Any, today: date) -> Q:
    preferences = ContactPreference.objects.unscoped("of the customer asked about")
    refused = Q(Exists(preferences.filter(customer=OuterRef("pk"), channel__in=value)))
    return refused if op == "in" else ~refused


def _has_people(op: str, value: Any, today: date) -> Q:
    people = Person.objects.unscoped("of the customer asked about").filter(customer=OuterRef("pk"))
    known = Q(Exists(people.filter(relation__in=value)))
    return known if op == "in" else ~known


def _has_dependants(op: str, value: Any, today: date) -> Q:
    people = Person.objects.unscoped("of the customer asked about").filter(customer=OuterRef("pk"))
    return _flag(Q(Exists(people.filter(is_dependent=True))), value)


def _in_household(op: str, value: Any, today: date) -> Q:
    members = HouseholdMember.objects.unscoped("of the customer asked about")
    return _flag(Q(Exists(members.filter(customer=OuterRef("pk")))), value)


def _flag(condition: Q, value: bool) -> Q:
    return condition if value else ~condition


def _elsewhere(op: str, value: Any, today: date) -> Q:
    """The sum of what is kept elsewhere; nothing known of is nothing."""
    rows = ExternalHolding.objects.unscoped("of the customer asked about").filter(customer=OuterRef("pk")).order_by()
    whole = Subquery(rows.values("customer").annotate(whole=Sum("amount")).values("whole"))
    amount = DecimalField(max_digits=20, decimal_places=2)
    # SQLite adds floating numbers, and compares as numbers only what is called one.
    known = Cast(Round(Coalesce(whole, Value(Decimal(0)), output_field=amount), precision=2), amount)
    if op == "between":
        return Q(GreaterThanOrEqual(known, value[0])) & Q(LessThanOrEqual(known, value[1]))
    return Q(GreaterThanOrEqual(known, value) if op == "at_least" else LessThan(known, value))


def _of_profile(field: str, dimension: Dimension, kind: Kind, choices=None) -> Field:
    """A field of the archive's second row, under its own label."""
    column = column_of(field)
    compare = _any_code(field) if isinstance(column, CodesField) else _profile_column(field)
    words = dict(choices.choices) if choices else {}
    is_single = kind is Kind.CHOICE and not isinstance(column, CodesField)
    return Field(field, str(column.verbose_name), dimension, kind, _of_second_row(compare), words, is_single)


def _choice(key: str, label: str, dimension: Dimension, choices) -> Field:
    return Field(key, label, dimension, Kind.CHOICE, _column(key), dict(choices.choices), is_single=True)


_B, _A, _M = Dimension.BASIC, Dimension.ACCOUNT, Dimension.MAINTENANCE
_P, _S = Dimension.PURCHASE, Dimension.SERVICE
_ALL = (
    _choice("sex", "性别", _B, Sex),
    Field("age", "年龄", _B, Kind.NUMBER, _age),
    Field("birth_date", "出生日期", _B, Kind.DAY, _column("birth_date")),
    Field("birthday", "生日", _B, Kind.COMING, _date_coming(DateKind.BIRTHDAY)),
    _choice("marital_status", "婚姻状况", _B, MaritalStatus),
    _choice("occupation", "职业", _B, Occupation),
    Field("employer", "工作单位", _B, Kind.TEXT, _column("employer")),
    Field("interests", "兴趣爱好", _B, Kind.TEXT, _column("interests")),
    Field("is_veteran", "退役军人", _B, Kind.FLAG, _column("is_veteran")),
    Field("is_party_member", "中共党员", _B, Kind.FLAG, _column("is_party_member")),
    Field("relatives", "已登记关系人", _B, Kind.CHOICE, _has_people, dict(Relation.choices)),
    Field("dependants", "有抚养或赡养的人", _B, Kind.FLAG, _has_dependants),
    Field("household", "已与家人并户", _B, Kind.FLAG, _in_household),
    _of_profile("nationality", _B, Kind.TEXT),
    _of_profile("id_expires_on", _B, Kind.DAY),
    _of_profile("is_politically_exposed", _B, Kind.FLAG),
    _of_profile("education", _B, Kind.CHOICE, Education),
    _of_profile("household_role", _B, Kind.CHOICE, HouseholdRole),
    _of_profile("region", _B, Kind.TEXT),
    _of_profile("postcode", _B, Kind.TEXT),
    _of_profile("title", _B, Kind.TEXT),
    _of_profile("industry", _B, Kind.CHOICE, Industry),
    _of_profile("retirement_type", _B, Kind.CHOICE, RetirementType),
    _of_profile("payroll_bank", _B, Kind.TEXT),
    _of_profile("annual_income", _B, Kind.AMOUNT),
    _of_profile("monthly_spending", _B, Kind.AMOUNT),
    _of_profile("other_assets", _B, Kind.AMOUNT),
    _of_profile("debts", _B, Kind.AMOUNT),
    _of_profile("insurance_cover", _B, Kind.AMOUNT),
    _of_profile("housing_fund", _B, Kind.AMOUNT),
    Field("social_insurance", "社保缴费年限", _B, Kind.NUMBER, _of_second_row(_years("social_insurance_months"))),
    _of_profile("tax_items", _B, Kind.CHOICE, TaxItem),
    _of_profile("activity", _P, Kind.CHOICE, Degree),
    _of_profile("price_sensitivity", _P, Kind.CHOICE, Degree),
    _of_profile("product_preference", _P, Kind.CHOICE, ProductCategory),
    _of_profile("channel_habit", _P, Kind.CHOICE, ServiceChannel),
    _of_profile("buying_habit", _P, Kind.TEXT),
    _choice("tier", "客户层级", _A, Tier),
    Field("average", "月日均", _A, Kind.AMOUNT, _column("monthly_avg_daily_aum")),
    Field("aum", "管理资产", _A, Kind.AMOUNT, _column("aum")),
    Field("holds", "持有产品", _A, Kind.CHOICE, _holds, dict(ProductCategory.choices)),
    Field("elsewhere", "他行资产", _A, Kind.AMOUNT, _elsewhere),
    Field("matures", "持有产品到期", _A, Kind.COMING, _matures),
    Field("risen", "月日均较上月变动", _A, Kind.AMOUNT, _risen),
    _of_profile("most_valued", _S, Kind.CHOICE, ServiceElement),
    _of_profile("least_valued", _S, Kind.CHOICE, ServiceElement),
    _of_profile("topics", _S, Kind.CHOICE, Topic),
    _of_profile("gift_taboos", _S, Kind.TEXT),
    _choice("status", "客户状态", _M, CustomerStatus),
    _choice("strategy", "维护策略", _M, Strategy),
    _choice("preferred_channel", "首选联系方式", _M, Channel),
    Field("refuses", "不接受的联系方式", _M, Kind.CHOICE, _refuses, dict(Channel.choices)),
    _of_profile("quiet_days", _M, Kind.CHOICE, Weekday),
    _of_profile("first_contact_on", _M, Kind.DAY),
    Field("has_no_contact", "免打扰", _M, Kind.FLAG, _column("has_no_contact")),
    Field("managed_since", "分配日期", _M, Kind.DAY, _column("managed_since")),
    Field("last_contact", "上次联系", _M, Kind.DAY, _column("last_contact_on")),
    Field("next_contact", "下次应联", _M, Kind.DAY, _column("next_contact_on")),
)
FIELDS: dict[str, Field] = {entry.key: entry for entry in _ALL}
IN_SEGMENT = Field("segment", "客户分群", Dimension.SEGMENT, Kind.SEGMENT, _is_member)
FIELDS[IN_SEGMENT.key] = IN_SEGMENT


def register(*fields: Field) -> None:
    """Questions that a higher package can answer (contacts, tasks); said once, when it is loaded."""
    for entry in fields:
        if entry.key in FIELDS:
            raise ValueError(f"{entry.key} is asked already")
        FIELDS[entry.key] = entry
