"""情感维护: birthdays and anniversaries with their lead days, festivals by rule (POLICY 二（三）3(2), DOMAIN 8.3–8.6)."""

from datetime import date, timedelta
from functools import partial

from django.db.models import Case, CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractYear

from almanac import lunar
from almanac.festivals import festivals_on
from almanac.words import short_day
from almanac.workdays import roll_back
from customers.enums import Calendar, Channel, DateKind, Occupation, Relation, Tier
from customers.models import Customer, ImportantDate, Person
from maintenance.daily import wording
from maintenance.daily.raising import not_in_mourning, points_of, preferred_channel, raise_tasks, served
from maintenance.daily.work import Work
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import CareRule, MaintenanceTask
from maintenance.parameters import CARE_GRACE_DAYS
from organization import clock
from organization.bulk import insert_select
from organization.parameters import parameter

CARE_KINDS = (TaskKind.BIRTHDAY, TaskKind.IMPORTANT_DATE, TaskKind.FESTIVAL)
_TIERS = list(Tier)


def raise_care(work: Work) -> int:
    """Greetings whose time to prepare has come by `work.on`."""
    raised = _raise_dates(work) + sum(_raise_festival(work, rule, day) for rule, day in _festivals_to_raise(work.on))
    if work.latest > work.on:
        expire_care(work)
    return raised


def expire_care(work: Work) -> int:
    """A greeting that is so many days late is an embarrassment: it leaves the queue as 已过期."""
    passed = grace_starts(work.latest)
    tasks = MaintenanceTask.objects.unscoped("the daily run").filter(
        status=TaskStatus.OPEN, due_on__lt=passed, kind__in=CARE_KINDS, subject_on__lt=passed
    )
    return work.of(tasks).update(status=TaskStatus.EXPIRED, closed_at=clock.now())


def grace_starts(on: date) -> date:
    """The earliest day whose greeting may still be made on `on`."""
    return on - timedelta(days=parameter(CARE_GRACE_DAYS, on))


def _raise_dates(work: Work) -> int:
    """Dates of customers and their families; `remind_on` is empty until the occurrence has passed (see refresh)."""
    due = work.of(ImportantDate.objects.unscoped("the daily run").to_remind(work.on))
    _wait_for_end_of_mourning(due)
    greeting = due.filter(served(), next_on__gte=grace_starts(work.on))
    raised = _raise_greetings(greeting, work.on) if greeting.exists() else 0
    due.update(remind_on=None)
    return raised


def _wait_for_end_of_mourning(due: QuerySet[ImportantDate]) -> None:
    """Whoever mourns is reminded of on the day after, if that is not past the occasion. Mourning is asked of the
    reminder's own day, so that a date caught up with later says the same."""
    sad = due.filter(customer__mourning_until__gte=F("remind_on"))
    for until in sad.order_by().values_list("customer__mourning_until", flat=True).distinct():
        mourning = sad.filter(customer__mourning_until=until)
        mourning.filter(next_on__gt=until).update(remind_on=until + timedelta(days=1))
        mourning.update(remind_on=None)


def _raise_greetings(greeting: QuerySet[ImportantDate], on: date) -> int:
    kind = Case(
        When(kind=DateKind.BIRTHDAY, then=Value(TaskKind.BIRTHDAY)),
        default=Value(TaskKind.IMPORTANT_DATE),
        output_field=CharField(),
    )
    return raise_tasks(
        greeting.annotate(task_kind=kind),
        on=on,
        kind=F("task_kind"),
        occurrence=wording.text(wording.number(F("id")), ":", wording.iso("next_on")),
        subject_on=F("next_on"),
        due_on=wording.by_value(greeting, "next_on", roll_back),
        channel=preferred_channel(Channel.PHONE),
        why=_why(),
        points=points_of("@task_kind", on),
        write=partial(insert_select, is_locking=True),
    )


def _why() -> Case:
    """11月23日本人农历生日（十月十五），虚岁80大寿，请提前准备问候."""
    whose = Case(
        When(person=None, then=Value("本人")),
        default=wording.text(wording.label("person__relation", Relation), F("person__name")),
        output_field=CharField(),
    )
    by_moon = Case(When(calendar=Calendar.LUNAR, then=Value("农历")), default=Value(""))
    lunar_day = Case(
        When(calendar=Calendar.LUNAR, then=wording.text("（", _lunar_name(), "）")),
        default=Value(""),
        output_field=CharField(),
    )
    birthday = wording.sentence(
        wording.day("next_on"), whose, by_moon, "生日", lunar_day, _round_age(),
        Case(When(person=None, then=Value("，请提前准备问候")), default=Value("，可致电问候")),
    )  # fmt: skip
    named = Case(
        When(label="", then=wording.label("kind", DateKind)),
        default=F("label"),
        output_field=CharField(),
    )
    family = Case(When(person=None, then=Value("")), default=whose, output_field=CharField())
    anniversary = wording.sentence(
        wording.day("next_on"), family, by_moon, named, lunar_day, _round_years(), "，请提前准备问候"
    )
    return Case(When(kind=DateKind.BIRTHDAY, then=birthday), default=anniversary, output_field=CharField())


def _lunar_name() -> wording.BaseExpression:
    """十月十五, 闰六月初八."""
    months = {n: lunar.month_name(n) for n in range(1, 13)}
    days = {n: lunar.day_name(n) for n in range(1, 31)}
    leap = Case(When(is_leap=True, then=Value("闰")), default=Value(""))
    return wording.text(leap, wording.words("month", months), wording.words("day", days))


def _round_age() -> Case:
    """Sixty and every ten years after it; many families keep it a year early, by 虚岁 (DOMAIN 8.4)."""
    rounds = range(60, 121, 10)
    return _at_years({age: f"，{age}大寿" for age in rounds} | {age - 1: f"，虚岁{age}大寿" for age in rounds})


def _round_years() -> Case:
    return _at_years({years: f"，满{years}周年" for years in range(10, 91, 10)})


def _at_years(words: dict[int, str]) -> Case:
    """What is said when so many years are completed at the occurrence. A lunar day of the last months falls in the solar
    year after its own."""
    late = Case(
        When(calendar=Calendar.LUNAR, month__gte=11, next_on__month__lte=2, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    completed = ExtractYear("next_on") - F("year") - late
    return Case(When(year__gt=0, then=wording.words(completed, words)), default=Value(""), output_field=CharField())


def _festivals_to_raise(on: date) -> list[tuple[CareRule, date]]:
    """Active rules whose lead day is `on`, with the festival's day."""
    found = []
    for rule in CareRule.objects.filter(is_active=True).order_by("occasion"):
        day = on + timedelta(days=rule.lead_days)
        if rule.occasion in festivals_on(day):
            found.append((rule, day))
    return found


def _raise_festival(work: Work, rule: CareRule, day: date) -> int:
    greeted = work.of(_greeted(rule, day), customer="pk").filter(
        served(""), not_in_mourning(work.on, ""), Q(managed_since=None) | Q(managed_since__lte=work.on)
    )
    return raise_tasks(
        greeted,
        on=work.on,
        customer="",
        kind=TaskKind.FESTIVAL,
        occurrence=f"{rule.occasion}:{day:%Y-%m-%d}",
        subject_on=day,
        due_on=roll_back(day),
        channel=rule.channel,
        why=f"{short_day(day, work.on)}{rule.name}：{rule.suggestion or '送上节日问候'}"[:200],
        points=points_of(TaskKind.FESTIVAL, work.on, ""),
    )


def _greeted(rule: CareRule, day: date) -> QuerySet[Customer]:
    """Whose festival it is: by tier, sex, age on the day, occupation, family, service and party."""
    rows = Customer.objects.unscoped("the daily run").filter(tier__in=_TIERS[_TIERS.index(Tier(rule.min_tier)) :])
    if rule.sex:
        rows = rows.filter(sex=rule.sex)
    if rule.min_age is not None:
        rows = rows.filter(birth_date__lte=_years_before(day, rule.min_age))
    if rule.max_age is not None:
        rows = rows.filter(birth_date__gt=_years_before(day, rule.max_age + 1))
    if rule.occupations:
        rows = rows.filter(occupation__in=rule.occupations)
    if rule.is_for_veterans:
        rows = rows.filter(Q(is_veteran=True) | Q(occupation=Occupation.SOLDIER))
    if rule.is_for_party_members:
        rows = rows.filter(is_party_member=True)
    children = Person.objects.unscoped("of the customer").filter(customer=OuterRef("pk"), relation=Relation.CHILD)
    if rule.is_for_parents:
        rows = rows.filter(Exists(children))
    if rule.child_under is not None:
        rows = rows.filter(
            Exists(children.filter(birth_date__gt=_years_before(day, rule.child_under), birth_date__lte=day))
        )
    return rows


def _years_before(day: date, years: int) -> date:
    """Born on this day or before means so many completed years; those of 29 February wait until 1 March (DOMAIN 8.4)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
