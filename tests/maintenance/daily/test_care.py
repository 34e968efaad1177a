"""Birthdays, anniversaries and festivals (DOMAIN 8.3–8.6)."""

from datetime import date, timedelta

import pytest

from customers.enums import Calendar, Channel, CustomerStatus, DateKind, Occupation, Relation, Sex, Tier
from customers.models import Customer, ImportantDate, Person
from customers.services.dates import keep_birthdays, save_important_date
from maintenance.care_rules import load_shipped
from maintenance.daily.steps.care import raise_care
from maintenance.daily.steps.refresh import refresh
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import CareRule, MaintenanceTask
from tests.world import TODAY


def important_date(customer, **fields) -> ImportantDate:
    return save_important_date(by=None, customer=customer, **{"kind": DateKind.BIRTHDAY} | fields)


def whys() -> list[str]:
    return sorted(MaintenanceTask.objects.values_list("why", flat=True))


# Dates


@pytest.mark.parametrize(("days_before", "is_raised"), [(8, False), (7, True), (1, True), (0, True)])
def test_a_birthday_is_told_so_many_days_before(world, run_step, days_before, is_raised):
    day = TODAY + timedelta(days=days_before)
    important_date(world.customer(), month=day.month, day=day.day, remind_days=7)
    assert run_step(raise_care) == is_raised


def test_the_task_of_a_birthday(world, run_step, only_task):
    customer = world.customer(preferred_channel=Channel.WECOM, tier=Tier.PLATINUM)
    row = important_date(customer, month=11, day=29, year=1980)
    run_step(raise_care)
    task = only_task()
    assert (task.kind, task.occurrence) == (TaskKind.BIRTHDAY, f"{row.pk}:2026-11-29")
    assert (task.subject_on, task.due_on) == (date(2026, 11, 29), date(2026, 11, 27))  # a Sunday rolls back
    assert (task.planned_on, task.is_pinned, task.status) == (TODAY, False, TaskStatus.OPEN)
    assert (task.owner, task.unit, task.channel) == (world.rm, world.east, Channel.WECOM)
    assert task.why == "11月29日本人生日，请提前准备问候"
    assert task.priority == 65 + 20
    assert len(task.public_id) == 22


def test_the_date_waits_until_it_has_passed_and_then_moves_to_the_next_year(world, run_step):
    row = important_date(world.customer(), month=11, day=24)
    run_step(raise_care)
    row.refresh_from_db()
    assert (row.next_on, row.remind_on) == (date(2026, 11, 24), None)
    run_step(refresh, on=date(2026, 11, 24))
    row.refresh_from_db()
    assert row.next_on == date(2026, 11, 24)
    run_step(refresh, on=date(2026, 11, 25))
    row.refresh_from_db()
    assert (row.next_on, row.remind_on) == (date(2027, 11, 24), date(2027, 11, 17))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"month": 11, "day": 25, "year": 1966}, "11月25日本人生日，60大寿，请提前准备问候"),
        ({"month": 11, "day": 25, "year": 1947}, "11月25日本人生日，虚岁80大寿，请提前准备问候"),
        ({"month": 11, "day": 25, "year": 1987}, "11月25日本人生日，请提前准备问候"),
        ({"month": 10, "day": 15, "calendar": Calendar.LUNAR}, "11月23日本人农历生日（十月十五），请提前准备问候"),
        ({"month": 10, "day": 15, "calendar": Calendar.LUNAR, "is_leap": True}, "11月23日本人农历生日（闰十月十五），请提前准备问候"),
        ({"kind": DateKind.WEDDING, "month": 11, "day": 26, "year": 2006}, "11月26日结婚纪念日，满20周年，请提前准备问候"),
        ({"kind": DateKind.WEDDING, "month": 11, "day": 26, "year": 2007}, "11月26日结婚纪念日，请提前准备问候"),
        ({"kind": DateKind.MEMORIAL, "month": 11, "day": 26, "label": "公司成立"}, "11月26日公司成立，请提前准备问候"),
    ],
)  # fmt: skip
def test_why_reads_like_a_colleague(world, run_step, fields, expected):
    important_date(world.customer(), **fields)
    run_step(raise_care)
    assert whys() == [expected]


def test_families_birthdays_are_kept_too(world, run_step):
    customer = world.customer(birth_date=date(1980, 11, 24))
    for relation, name, born in (
        (Relation.SPOUSE, "李芳", date(1982, 11, 25)), (Relation.CHILD, "王小明", date(2012, 11, 26)),
        (Relation.AGENT, "赵代理", date(1970, 11, 26)),
    ):  # fmt: skip
        Person.objects.create(customer=customer, unit=customer.unit, relation=relation, name=name, birth_date=born)
    keep_birthdays([customer.pk], on=TODAY)
    run_step(raise_care)
    assert whys() == [
        "11月24日本人生日，请提前准备问候", "11月25日配偶李芳生日，可致电问候", "11月26日子女王小明生日，可致电问候",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("month", "day", "on", "kept"),
    [
        # 1984-02-01 was 癸亥年腊月三十; the twelfth month of 2026 has 29 days: kept on New Year's Eve (DOMAIN 8.4).
        (12, 30, date(2027, 2, 1), date(2027, 2, 5)),
        (12, 8, date(2022, 1, 5), date(2022, 1, 10)),
        (12, 8, date(2022, 12, 25), date(2022, 12, 30)),
    ],
)
def test_lunar_birthdays(world, run_step, only_task, fixed_clock, month, day, on, kept):
    fixed_clock.move_to(f"{on}T10:00:00+08:00")
    important_date(world.customer(managed_since=None), month=month, day=day, calendar=Calendar.LUNAR)
    run_step(raise_care, on=on)
    assert only_task().subject_on == kept


def test_a_leap_month_birthday_is_kept_in_the_ordinary_month(world, run_step, only_task, fixed_clock):
    fixed_clock.move_to("2025-06-28T10:00:00+08:00")
    important_date(world.customer(), month=6, day=8, is_leap=True, calendar=Calendar.LUNAR, year=1987)
    run_step(raise_care, on=date(2025, 6, 28))
    assert only_task().subject_on == date(2025, 7, 2)


def test_the_29th_of_february_is_kept_on_the_28th(world, run_step, only_task, fixed_clock):
    fixed_clock.move_to("2027-02-22T10:00:00+08:00")
    important_date(world.customer(), month=2, day=29)
    run_step(raise_care, on=date(2027, 2, 22))
    assert only_task().subject_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    "state",
    [
        {"has_no_contact": True}, {"mourning_until": date(2026, 12, 31)}, {"mourning_until": TODAY},
        {"status": CustomerStatus.DECEASED}, {"status": CustomerStatus.CLOSED}, {"manager": None},
    ],
)  # fmt: skip
def test_who_is_not_greeted(world, run_step, state):
    customer = world.customer()
    important_date(customer, month=11, day=30)
    CareRule.objects.filter(occasion="dongzhi").update(lead_days=29, min_tier=Tier.GOLD)
    Customer.objects.filter(pk=customer.pk).update(**state)
    assert run_step(raise_care) == 0


def test_greetings_that_are_too_late_expire(world, run_step, only_task):
    important_date(world.customer(), month=11, day=24)
    run_step(raise_care)
    for on, status in (
        (date(2026, 11, 24), TaskStatus.OPEN), (date(2026, 11, 27), TaskStatus.OPEN), (date(2026, 11, 28), TaskStatus.EXPIRED),
    ):  # fmt: skip
        run_step(refresh, on=on)
        assert only_task().status == status


# Festivals


def greeted(run_step, occasion: str, on: date) -> set[str]:
    CareRule.objects.exclude(occasion=occasion).update(is_active=False)
    CareRule.objects.filter(occasion=occasion).update(is_active=True)
    run_step(raise_care, on=on)
    return set(MaintenanceTask.objects.filter(kind=TaskKind.FESTIVAL).values_list("customer__name", flat=True))


def test_the_task_of_a_festival(world, run_step, only_task):
    world.customer()
    assert greeted(run_step, "zhongqiu", date(2026, 9, 20))  # five days before 2026-09-25, which is a day off
    task = only_task()
    assert (task.occurrence, task.subject_on) == ("zhongqiu:2026-09-25", date(2026, 9, 25))
    assert (task.due_on, task.planned_on) == (date(2026, 9, 24), date(2026, 9, 20))  # a make-up Sunday
    assert task.why == "9月25日中秋：中秋团圆问候，可登记月饼礼券领取"
    assert task.channel == Channel.WECOM
    assert task.priority == 30 + 10


@pytest.mark.parametrize("on", [date(2026, 9, 19), date(2026, 9, 21), date(2026, 9, 25)])
def test_a_festival_is_raised_on_its_lead_day_only(world, run_step, on):
    world.customer()
    assert not greeted(run_step, "zhongqiu", on)


def test_qingming_and_zhongyuan_are_off_as_shipped(world, run_step):
    world.customer(tier=Tier.PRIVATE)
    for day in (date(2026, 4, 3), date(2026, 8, 24)):
        assert run_step(raise_care, on=day) == 0


def test_chuxi_does_not_double_the_spring_festival(world, run_step):
    world.customer(tier=Tier.PRIVATE)
    first = date(2026, 2, 5)
    assert sum(run_step(raise_care, on=first + timedelta(days=n)) for n in range(14)) == 1


@pytest.fixture
def everybody(world):
    """One customer of each kind that a rule asks for, told apart by name."""
    women = {"sex": Sex.FEMALE}
    people = {
        "女士": women, "母亲": women, "先生": {}, "父亲": {}, "六十": {"birth_date": date(1966, 10, 18)},
        "未满六十": {"birth_date": date(1966, 10, 19)}, "教师": {"occupation": Occupation.TEACHER},
        "医生": {"occupation": Occupation.DOCTOR}, "护士": {"occupation": Occupation.NURSE, **women},
        "警察": {"occupation": Occupation.POLICE}, "军人": {"occupation": Occupation.SOLDIER},
        "退役": {"is_veteran": True}, "党员": {"is_party_member": True}, "青年": {"birth_date": date(1998, 5, 4)},
        "二十八": {"birth_date": date(1997, 5, 5)}, "二十九": {"birth_date": date(1997, 5, 4)},
        "幼儿家长": {}, "大众": {"tier": Tier.MASS, **women}, "无人管": {"manager": None, "unit": world.east},
    }  # fmt: skip
    rows = {}
    for name, fields in people.items():
        rows[name] = world.customer(name, **fields) if fields.get("manager", 1) else world.customer(name)
    Customer.objects.filter(name="无人管").update(manager=None)
    for parent, born in (("母亲", date(2000, 1, 1)), ("父亲", date(1999, 1, 1)), ("幼儿家长", date(2012, 6, 2))):
        Person.objects.create(
            customer=rows[parent], unit=world.east, relation=Relation.CHILD, name="孩子", birth_date=born
        )
    return rows


@pytest.mark.parametrize(
    ("occasion", "day", "names"),
    [
        ("womens_day", date(2026, 3, 8), "女士 母亲 护士"),
        ("mothers_day", date(2026, 5, 10), "母亲"),
        ("fathers_day", date(2026, 6, 21), "父亲 幼儿家长"),
        ("childrens_day", date(2026, 6, 1), "幼儿家长"),
        ("childrens_day", date(2027, 6, 1), ""),  # fourteen on the second of June 2026
        ("youth_day", date(2026, 5, 4), "青年 二十八"),
        ("chongyang", date(2026, 10, 18), "六十"),
        ("teachers_day", date(2026, 9, 10), "教师"),
        ("doctors_day", date(2026, 8, 19), "医生"),
        ("nurses_day", date(2026, 5, 12), "护士"),
        ("police_day", date(2026, 1, 10), "警察"),
        ("army_day", date(2026, 8, 1), "军人 退役"),
        ("party_founding_day", date(2026, 7, 1), "党员"),
    ],
)
def test_whose_festival_it_is(world, run_step, everybody, occasion, day, names):
    assert greeted(run_step, occasion, day - timedelta(days=3)) == set(names.split())


def test_a_general_festival_is_everybodys_from_gold(world, run_step, everybody):
    assert greeted(run_step, "duanwu", date(2026, 6, 16)) == set(everybody) - {"大众", "无人管"}


def test_who_was_allotted_after_the_day_is_not_greeted_afterwards(world, run_step):
    world.customer(managed_since=date(2026, 10, 1))
    assert not greeted(run_step, "zhongqiu", date(2026, 9, 20))


def test_two_laba_of_one_solar_year_are_two_occasions(world, run_step):
    world.customer(tier=Tier.PRIVATE, managed_since=None)
    assert greeted(run_step, "laba", date(2022, 1, 7))
    greeted(run_step, "laba", date(2022, 12, 27))
    assert set(MaintenanceTask.objects.values_list("occurrence", flat=True)) == {"laba:2022-01-10", "laba:2022-12-30"}


# Shipped rules


def test_there_is_a_rule_for_every_festival_and_loading_again_overwrites_nothing(db):
    from almanac.festivals import FESTIVALS

    assert set(CareRule.objects.values_list("occasion", flat=True)) == set(FESTIVALS)
    CareRule.objects.filter(occasion="duanwu").update(lead_days=11)
    CareRule.objects.filter(occasion="laba").delete()
    load_shipped()
    assert CareRule.objects.get(occasion="duanwu").lead_days == 11
    assert CareRule.objects.filter(occasion="laba").exists()
