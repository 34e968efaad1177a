"""Important dates: kept, taken over from birth dates, scheduled (DOMAIN 8.4)."""

from datetime import date, timedelta

import pytest

from customers.enums import Calendar, DateKind, Relation
from customers.models import Customer, ImportantDate, Person
from customers.services.dates import keep_birthdays, remove_important_date, save_important_date, schedule_dates
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY


def save(world, customer, **fields) -> ImportantDate:
    return save_important_date(
        by=world.rm, customer=customer, **{"kind": DateKind.BIRTHDAY, "month": 12, "day": 1} | fields
    )


def test_a_date_is_saved_and_scheduled(world):
    row = save(world, world.customer(), remind_days=5)
    assert (row.next_on, row.remind_on) == (date(2026, 12, 1), date(2026, 11, 26))
    event = AuditEvent.objects.get(action=AuditAction.CREATE)
    assert event.after == {"important_date": "生日", "calendar": "公历", "remind_days": 5, "whose": "本人"}


def test_a_date_is_changed(world):
    customer = world.customer()
    row = save(world, customer)
    again = save(world, customer, date=row, month=2, day=29, remind_days=0)
    assert again.pk == row.pk
    assert (again.next_on, again.remind_on) == (date(2027, 2, 28), date(2027, 2, 28))
    assert ImportantDate.objects.count() == 1
    assert AuditEvent.objects.filter(action=AuditAction.CHANGE).count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"month": 2, "day": 30}, "没有2000年2月30日"),
        ({"month": 13, "day": 1}, "月"),
        ({"month": 2, "day": 29, "year": 1981}, "没有1981年2月29日"),
        ({"calendar": Calendar.LUNAR, "day": 31}, "一个月没有第31天"),
        ({"year": 2027}, "不能晚于今天"),
        ({"calendar": Calendar.LUNAR, "year": 2027}, "不能晚于今天"),
        ({"kind": "unknown"}, "类型"),
        ({"label": "长" * 41}, "名称"),
        ({"remind_days": 61}, "0至60天"),
        ({"remind_days": -1}, "0至60天"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(world, fields, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        save(world, world.customer(), **fields)
    assert not ImportantDate.objects.exists()


def test_the_same_date_twice_is_refused(world):
    customer = world.customer()
    save(world, customer)
    with pytest.raises(RuleViolation, match="已登记"):
        save(world, customer, month=5)
    save(world, customer, kind=DateKind.MEMORIAL, label="相识")


def test_dates_of_others_are_out_of_reach(world):
    mine, other = world.customer("甲"), world.customer("乙", manager=world.other_rm)
    row = save_important_date(by=world.other_rm, customer=other, kind=DateKind.BIRTHDAY, month=1, day=1)
    for attempt in (
        lambda: save(world, other),
        lambda: save(world, mine, date=row),
        lambda: remove_important_date(by=world.rm, date=row),
        lambda: save(
            world, mine, person=Person.objects.create(customer=other, unit=other.unit, relation="child", name="丙")
        ),
    ):
        with pytest.raises(RuleViolation):
            attempt()
    row.refresh_from_db()
    assert row.customer == other


def test_a_date_is_removed_with_its_trace(world):
    row = save(world, world.customer())
    remove_important_date(by=world.rm, date=row)
    assert not ImportantDate.objects.exists()
    assert AuditEvent.objects.get(action=AuditAction.DELETE).before["important_date"] == "生日"


def test_a_lunar_birthday_takes_the_place_of_the_one_from_the_birth_date(world):
    customer = world.customer(birth_date=date(1980, 12, 1))
    keep_birthdays([customer.pk], on=TODAY)
    save(world, customer, calendar=Calendar.LUNAR, month=10, day=24)
    keep_birthdays([customer.pk], on=TODAY)
    assert ImportantDate.objects.get().calendar == Calendar.LUNAR


def test_birth_dates_are_taken_over_once_and_followed(world):
    customer = world.customer(birth_date=date(1980, 12, 1))
    for relation, name in ((Relation.SPOUSE, "妻"), (Relation.CHILD, "子"), (Relation.INTRODUCER, "介绍人")):
        Person.objects.create(
            customer=customer, unit=customer.unit, relation=relation, name=name, birth_date=date(2000, 2, 29)
        )
    for _ in range(2):
        keep_birthdays([customer.pk], on=TODAY)
    rows = ImportantDate.objects.order_by("pk")
    assert [(row.person and row.person.name, row.next_on) for row in rows] == [
        (None, date(2026, 12, 1)), ("妻", date(2027, 2, 28)), ("子", date(2027, 2, 28)),
    ]  # fmt: skip
    Customer.objects.update(birth_date=date(1981, 11, 30))
    Person.objects.filter(name="子").update(birth_date=date(2001, 3, 1))
    keep_birthdays([customer.pk], on=TODAY)
    assert [(row.next_on, row.year) for row in rows.all()] == [
        (date(2026, 11, 30), 1981), (date(2027, 2, 28), 2000), (date(2027, 3, 1), 2001),
    ]  # fmt: skip


def test_scheduling_costs_one_statement_per_day_of_the_year(world, django_assert_num_queries):
    for n in range(30):
        customer = world.customer(f"客户{n}")
        for day in (3, 4):
            ImportantDate.objects.create(
                customer=customer, unit=customer.unit, kind="memorial", label=str(day), month=11, day=day
            )
    rows = ImportantDate.objects.all()
    with django_assert_num_queries(3):
        assert schedule_dates(rows, on=TODAY) == 60
    assert set(rows.values_list("next_on", flat=True)) == {date(2027, 11, 3), date(2027, 11, 4)}


@pytest.mark.parametrize(("on", "next_on"), [(TODAY, TODAY), (TODAY + timedelta(days=1), date(2027, 11, 12))])
def test_the_day_itself_counts(world, on, next_on):
    customer = world.customer()
    row = ImportantDate.objects.create(
        customer=customer, unit=customer.unit, kind="birthday", calendar=Calendar.LUNAR, month=10, day=15
    )
    schedule_dates(ImportantDate.objects.all(), on=on)
    row.refresh_from_db()
    assert row.next_on == next_on
