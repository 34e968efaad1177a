"""Important dates: kept by hand one at a time, kept in step with birth dates, and scheduled as sets (DOMAIN 8.4)."""

from collections.abc import Iterable, Iterator
from datetime import date as Day  # noqa: N812 - `date` is the row's own word here
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from almanac import lunar
from customers.enums import Calendar, DateKind, Relation
from customers.models import Customer, ImportantDate, Person
from customers.occurrences import next_occurrence
from customers.policies import objection_to_editing
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from customers.signals import dates_changed
from organization import audit, clock
from organization.bulk import batches
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff

LONGEST_NOTICE_DAYS = 60
# Whose birthdays are kept: the family's, not those of agents and introducers.
FAMILY = (Relation.SPOUSE, Relation.CHILD, Relation.PARENT)
_FIELDS = ("kind", "label", "calendar", "month", "day", "is_leap", "year", "remind_days", "person")
_AT_ONCE = 2000
_TWICE = "该客户已登记同一重要日期。"


@transaction.atomic
def save_important_date(
    *,
    by: Staff | None,
    customer: Customer,
    date: ImportantDate | None = None,
    kind: str,
    month: int,
    day: int,
    calendar: str = Calendar.SOLAR,
    is_leap: bool = False,
    year: int | None = None,
    label: str = "",
    remind_days: int = 7,
    person: Person | None = None,
) -> ImportantDate:
    """Add a date, or change `date`. A birthday kept by the lunar calendar takes the place of the one that was taken over
    from the date of birth: nobody is congratulated twice a year.

    Raises RuleViolation for a day that no year has, a date of somebody else's people, or one that is there already.
    """
    owner = _editable(customer, by)
    if date is not None and date.customer_id != owner.pk:
        raise RuleViolation("该日期不属于这位客户。")
    before = _for_audit(date) if date else None
    row = date or ImportantDate(customer=owner, unit_id=owner.unit_id)
    given = (
        kind,
        label.strip(),
        calendar,
        month,
        day,
        is_leap and calendar == Calendar.LUNAR,
        year,
        remind_days,
        person,
    )
    for name, value in zip(_FIELDS, given, strict=True):
        setattr(row, name, value)
    _check(row)
    if kind == DateKind.BIRTHDAY and calendar == Calendar.LUNAR:
        _solar_birthday_of(row).exclude(pk=row.pk).delete()
    _schedule(row, clock.today())
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise RuleViolation(_TWICE) from None
    action = AuditAction.CHANGE if before else AuditAction.CREATE
    audit.record(action, owner, by=by, before=before, after=_for_audit(row), label=audit_label(owner))
    dates_changed.send(sender=None, customer_ids=[owner.pk], on=clock.today(), by=by)
    return row


def solar_day_given_up(
    *, customer: Customer, kind: str, calendar: str, person: Person | None = None, date: ImportantDate | None = None
) -> str:
    """`12月8日`: the solar birthday that saving this lunar one puts an end to, for the form and the message; else empty."""
    if kind != DateKind.BIRTHDAY or calendar != Calendar.LUNAR:
        return ""
    mine = ImportantDate(customer=customer, person=person)
    given_up = _solar_birthday_of(mine).first()
    if given_up is None and date is not None and date.calendar == Calendar.SOLAR and date.kind == DateKind.BIRTHDAY:
        given_up = date
    return f"{given_up.month}月{given_up.day}日" if given_up else ""


@transaction.atomic
def remove_important_date(*, by: Staff | None, date: ImportantDate) -> None:
    owner = _editable(date.customer, by)
    before = _for_audit(date)
    date.delete()
    audit.record(AuditAction.DELETE, owner, by=by, before=before, label=audit_label(owner))
    dates_changed.send(sender=None, customer_ids=[owner.pk], on=clock.today(), by=by)


def schedule_dates(dates: QuerySet[ImportantDate], *, on: Day) -> int:
    """Set `next_on` to the first occurrence from `on` and `remind_on` so many days before it: one statement for each
    distinct day of the year, however many customers keep it. Returns how many rows were written.

    Raises ValueError for a stored day that no year has.
    """
    written = 0
    columns = ("calendar", "month", "day", "is_leap", "remind_days")
    for calendar, month, day, is_leap, remind_days in list(dates.order_by().values_list(*columns).distinct()):
        found = next_occurrence(calendar, month, day, is_leap, on=on)
        next_on = found.day if found else None
        same = dates.filter(calendar=calendar, month=month, day=day, is_leap=is_leap, remind_days=remind_days)
        written += same.order_by().update(
            next_on=next_on, remind_on=next_on - timedelta(days=remind_days) if next_on else None
        )
    return written


@transaction.atomic
def keep_birthdays(customer_ids: Iterable[int], *, on: Day) -> None:
    """Take over birth dates of these customers and of their families as birthdays by the solar calendar, and let those
    taken over before follow a corrected birth date. Who has a lunar birthday keeps that one only."""
    for ids in batches(sorted(set(customer_ids)), _AT_ONCE):
        _correct_birthdays(ids, on)
        new = [*_own_birthdays(ids), *_family_birthdays(ids)]
        ImportantDate.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
        schedule_dates(_birthdays(ids).filter(next_on=None), on=on)


def _editable(customer: Customer, by: Staff | None) -> Customer:
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_editing(by, row)):
        raise RuleViolation(objection)
    return row


def _check(row: ImportantDate) -> None:
    if row.person is not None and row.person.customer_id != row.customer_id:
        raise RuleViolation("该关系人不属于这位客户。")
    if not 0 <= row.remind_days <= LONGEST_NOTICE_DAYS:
        raise RuleViolation(f"提前天数请填0至{LONGEST_NOTICE_DAYS}天。")
    try:
        row.clean_fields(exclude=["customer", "unit", "person"])
        _check_day(row)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation(f"{ImportantDate._meta.get_field(field).verbose_name}：{messages[0]}") from None
    except ValueError as error:
        raise RuleViolation(str(error)) from None
    if _same_as(row).exclude(pk=row.pk).exists():
        raise RuleViolation(_TWICE)


def _check_day(row: ImportantDate) -> None:
    """ValueError with a Chinese sentence for a day that does not exist, or lies ahead."""
    first: Day | None = None
    if row.calendar == Calendar.SOLAR:
        lunar.solar_anniversary(row.month, row.day, 2000)  # a leap year has every day
        if row.year:
            try:
                first = Day(row.year, row.month, row.day)
            except ValueError:
                raise ValueError(f"没有{row.year}年{row.month}月{row.day}日这样的公历日期。") from None
    else:
        lunar.month_day_name(row.month, row.day, row.is_leap)
        # Whether the year had that leap month is not asked: many remember the solar year beside the lunar day.
        first = Day(row.year, 1, 1) if row.year else None
    if first and first > clock.today():
        raise ValueError("起始年不能晚于今天。")


def _schedule(row: ImportantDate, today: Day) -> None:
    found = next_occurrence(row.calendar, row.month, row.day, row.is_leap, on=today)
    row.next_on = found.day if found else None
    row.remind_on = row.next_on - timedelta(days=row.remind_days) if row.next_on else None


def _same_as(row: ImportantDate) -> QuerySet[ImportantDate]:
    return _dates().filter(
        customer=row.customer_id, person=row.person, kind=row.kind, label=row.label, calendar=row.calendar
    )


def _solar_birthday_of(row: ImportantDate) -> QuerySet[ImportantDate]:
    """The birthday of the same person as the date of birth gives it."""
    return _dates().filter(
        customer=row.customer_id, person=row.person, kind=DateKind.BIRTHDAY, calendar=Calendar.SOLAR, label=""
    )


def _for_audit(row: ImportantDate) -> dict[str, str]:
    """What kind of day and how it is kept; the day itself is personal."""
    return {
        "important_date": row.get_kind_display(), "calendar": row.get_calendar_display(), "remind_days": row.remind_days,
        "whose": row.person.get_relation_display() if row.person else "本人",
    }  # fmt: skip


def _correct_birthdays(ids: list[int], on: Day) -> None:
    """Birthdays by the solar calendar that say another day than the birth date they were taken from."""
    taken_over = _birthdays(ids).filter(calendar=Calendar.SOLAR, label="").select_related("person", "customer")
    own = Q(person=None, customer__birth_date__isnull=False) & ~_says("customer__birth_date")
    family = Q(person__birth_date__isnull=False) & ~_says("person__birth_date")
    wrong = list(taken_over.filter(own | family))
    for row in wrong:
        born = row.person.birth_date if row.person else row.customer.birth_date
        row.month, row.day, row.year = born.month, born.day, born.year
        _schedule(row, on)
    ImportantDate.objects.bulk_update(wrong, ["month", "day", "year", "next_on", "remind_on"], batch_size=500)
    if wrong:
        dates_changed.send(sender=None, customer_ids=sorted({row.customer_id for row in wrong}), on=on, by=None)


def _says(birth_date: str) -> Q:
    return Q(**{f"{birth_date}__{part}": F(part) for part in ("year", "month", "day")})


def _own_birthdays(ids: list[int]) -> Iterator[ImportantDate]:
    known = _dates().filter(customer=OuterRef("pk"), person=None, kind=DateKind.BIRTHDAY)
    born = Customer.objects.unscoped("given by id").filter(~Exists(known), pk__in=ids, birth_date__isnull=False)
    for customer, unit, day in born.order_by("pk").values_list("pk", "unit", "birth_date"):
        yield _birthday(customer, unit, None, day)


def _family_birthdays(ids: list[int]) -> Iterator[ImportantDate]:
    known = _dates().filter(person=OuterRef("pk"), kind=DateKind.BIRTHDAY)
    family = Person.objects.unscoped("of customers given by id").filter(
        ~Exists(known), customer__in=ids, relation__in=FAMILY, birth_date__isnull=False
    )
    for person, customer, unit, day in family.order_by("pk").values_list("pk", "customer", "unit", "birth_date"):
        yield _birthday(customer, unit, person, day)


def _birthday(customer: int, unit: int, person: int | None, born: Day) -> ImportantDate:
    return ImportantDate(
        customer_id=customer, unit_id=unit, person_id=person, kind=DateKind.BIRTHDAY, month=born.month, day=born.day,
        year=born.year,
    )  # fmt: skip


def _birthdays(ids: list[int]) -> QuerySet[ImportantDate]:
    return _dates().filter(customer__in=ids, kind=DateKind.BIRTHDAY)


def _dates() -> QuerySet[ImportantDate]:
    return ImportantDate.objects.unscoped("of customers checked by the caller")
