"""数据质量: what is missing in the archives, what nobody has asked again for long, and what cannot be right (POLICY 二（四）).

Duplicates are looked for in queries.duplicates. That an identity card contradicts birth date or sex is
refused by the services and the import, so that no archive says it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from customers.enums import Channel, CustomerStatus, MaritalStatus, Occupation, Relation, RetirementType, Sex
from customers.models import ContactPreference, Customer, FieldSource, Person
from customers.models.profile import PROFILE_FIELDS, column_of
from customers.parameters import ARCHIVE_KEY_WEIGHT, ARCHIVE_STALE_DAYS, ARCHIVE_WEIGHTS
from customers.sections import LASTING, SECTION_OF, UNASKED
from organization.fields import EncryptedTextField
from organization.models import Staff
from organization.parameters import parameter

QUALITY_SORTS = {"average": "monthly_avg_daily_aum"}
STALE_SORTS = {"as_of": "as_of"}
_YEARS_OF_A_STUDENT, _YEARS_OF_A_PENSIONER = 60, 40


@dataclass(frozen=True)
class Contradiction:
    """What cannot be right, and where it is mended: a field of the archive, or the family."""

    key: str
    text: str
    condition: Callable[[date], Q]
    field: str = ""

    @property
    def section(self) -> str:
        return SECTION_OF[self.field].key if self.field else ""


def key_weights(today: date) -> dict[str, int]:
    """The fields that weigh enough to be asked for customer by customer."""
    least = parameter(ARCHIVE_KEY_WEIGHT, today)
    weights = parameter(ARCHIVE_WEIGHTS, today).items()
    return {field: weight for field, weight in weights if weight >= max(least, 1) and field in SECTION_OF}


def missing_something(staff: Staff, today: date) -> QuerySet[Customer]:
    """Customers who lack any of the fields that weigh most, with both rows of their archive."""
    lacking = Q(pk__in=[])
    for field in key_weights(today):
        lacking |= _is_blank(field)
    return _rows(staff).filter(lacking)


def stale_facts(staff: Staff, today: date) -> QuerySet[FieldSource]:
    """Fields that may have changed since they were last said, the oldest first, one row each."""
    rows = FieldSource.objects.visible_to(staff).exclude(field__in=LASTING)
    since = today - timedelta(days=parameter(ARCHIVE_STALE_DAYS, today))
    rows = rows.filter(as_of__lt=since, customer__status=CustomerStatus.ACTIVE)
    return rows.select_related("customer", "customer__manager", "recorded_by")


def contradicting(staff: Staff, today: date) -> QuerySet[Customer]:
    """Customers whose archive says what cannot be; `found_in` reads which from the row."""
    asked = {f"says_{entry.key}": _yes_or_no(entry.condition(today)) for entry in CONTRADICTIONS}
    any_of_them = Q(pk__in=[])
    for name in asked:
        any_of_them |= Q(**{name: True})
    return _rows(staff).annotate(**asked).filter(any_of_them)


def found_in(customer: Customer) -> Iterator[Contradiction]:
    return (entry for entry in CONTRADICTIONS if getattr(customer, f"says_{entry.key}"))


def _rows(staff: Staff) -> QuerySet[Customer]:
    return Customer.objects.visible_to(staff).active().select_related("profile", "manager")


def _is_blank(field: str) -> Q:
    """In the terms of the database, what sections.is_blank says of a value; nobody's row is a blank one."""
    path = f"profile__{field}" if field in PROFILE_FIELDS else field
    column = column_of(field)
    if isinstance(column, BooleanField) and not column.null:
        return Q(pk__in=[])
    if isinstance(column, EncryptedTextField):
        blank = Q(Exact(Length(F(path)), 0))  # encrypted text cannot be compared, but nothing is stored as nothing
    elif column.null:
        blank = Q(**{f"{path}__isnull": True})
    else:
        blank = Q(**{path: UNASKED.get(field, "")})
    if field == "id_expires_on":
        blank &= Q(profile__is_id_permanent=False)
    return Q(profile__isnull=True) | blank if field in PROFILE_FIELDS else blank


def _yes_or_no(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _has(model: type[Model], **conditions) -> Exists:
    rows = model.objects.unscoped("of the customer asked about")
    return Exists(rows.filter(customer=OuterRef("pk"), **conditions))


def _born_before(today: date, years: int) -> date:
    return date(today.year - years, today.month, min(today.day, 28))


_SPOUSE = Q(_has(Person, relation=Relation.SPOUSE))
_CALLS = (Channel.PHONE, Channel.SMS)
CONTRADICTIONS = (
    Contradiction(
        "spouse_missing", "已婚，没有登记配偶", lambda today: Q(marital_status=MaritalStatus.MARRIED) & ~_SPOUSE
    ),
    Contradiction(
        "spouse_left", "登记了配偶，婚姻状况却不是已婚",
        lambda today: Q(marital_status__in=(MaritalStatus.SINGLE, MaritalStatus.DIVORCED, MaritalStatus.WIDOWED))
        & _SPOUSE,
        "marital_status",
    ),
    Contradiction(
        "child_older", "子女的出生日期不晚于客户本人",
        lambda today: Q(_has(Person, relation=Relation.CHILD, birth_date__lte=OuterRef("birth_date"))),
    ),
    Contradiction(
        "parent_younger", "父母的出生日期不早于客户本人",
        lambda today: Q(_has(Person, relation=Relation.PARENT, birth_date__gte=OuterRef("birth_date"))),
    ),
    Contradiction(
        "document_expired", "证件已过有效期", lambda today: Q(profile__id_expires_on__lt=today), "id_expires_on"
    ),
    Contradiction(
        "channel_refused", "首选联系方式是客户不接受的",
        lambda today: Q(_has(ContactPreference, channel=OuterRef("preferred_channel"))), "preferred_channel",
    ),
    Contradiction(
        "no_number", "首选电话或短信，没有手机号码", lambda today: Q(preferred_channel__in=_CALLS, mobile_index=""), "mobile"
    ),
    Contradiction(
        "student", f"职业是学生，年龄已过{_YEARS_OF_A_STUDENT}岁",
        lambda today: Q(occupation=Occupation.STUDENT, birth_date__lt=_born_before(today, _YEARS_OF_A_STUDENT)),
        "occupation",
    ),
    Contradiction(
        "pensioner", f"职业是离退休，年龄不到{_YEARS_OF_A_PENSIONER}岁",
        lambda today: Q(occupation=Occupation.RETIRED, birth_date__gt=_born_before(today, _YEARS_OF_A_PENSIONER)),
        "occupation",
    ),
    Contradiction(
        "retirement", "退休类型与性别不符",
        lambda today: Q(sex=Sex.FEMALE, profile__retirement_type=RetirementType.MALE)
        | Q(sex=Sex.MALE, profile__retirement_type__in=(RetirementType.FEMALE_55, RetirementType.FEMALE_50)),
        "retirement_type",
    ),
    Contradiction(
        "spending", "月支出超过税后年收入的十二分之一",
        lambda today: Q(profile__annual_income__lt=F("profile__monthly_spending") * 12), "monthly_spending",
    ),
)  # fmt: skip
