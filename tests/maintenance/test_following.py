"""Open work follows its customer and the calendar; announced by the floors below."""

from datetime import date, timedelta

import pytest

from almanac.models import Holiday
from almanac.services import import_holidays
from customers.enums import CustomerStatus, DateKind, Relation, Strategy
from customers.models import Customer, Holding, ImportantDate, Person, Product
from customers.services.archive import create_customer, update_customer
from customers.services.assignment import assign_manager
from customers.services.dates import remove_important_date, save_important_date
from customers.services.people import remove_person, save_person
from customers.services.preferences import accept_channel, refuse_channel
from customers.services.strategy import change_strategy
from customers.signals import maintenance_changed
from maintenance.daily.runs import run_until
from maintenance.daily.steps.maturities import raise_maturities
from maintenance.daily.work import Work
from maintenance.enums import AppointmentStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactBeat, MaintenanceTask
from maintenance.services.beats import recompute_beats
from organization import clock
from tests.maintenance.test_beats_service import talk
from tests.world import TODAY


def changed(customer, **fields) -> None:
    Customer.objects.filter(pk=customer.pk).update(**fields)
    maintenance_changed.send(sender=None, customer_ids=[customer.pk], on=TODAY, by=None)


def agree(customer, staff, **fields) -> Appointment:
    return Appointment.objects.create(
        customer=customer, unit=customer.unit, staff=staff, day=fields.pop("day", TODAY), matter="签约",
        created_at=clock.now(), **fields,
    )  # fmt: skip


# Hand-over


def test_open_work_moves_to_the_new_manager(world, make_task):
    customer = world.customer()
    open_task, done = make_task(customer), make_task(customer, status=TaskStatus.DONE)
    recompute_beats([customer.pk], on=TODAY)
    assign_manager(by=world.supervisor, customers=[customer], manager=world.colleague, on=TODAY, reason="调整")
    open_task.refresh_from_db()
    done.refresh_from_db()
    assert open_task.owner == world.colleague
    assert done.owner == world.rm
    first = MaintenanceTask.objects.get(kind=TaskKind.FIRST_CONTACT)
    assert (first.owner, first.due_on) == (world.colleague, date(2026, 11, 26))
    assert set(MaintenanceTask.objects.open().values_list("owner", flat=True)) == {world.colleague.pk}


def test_what_stands_again_when_a_customer_comes_back_is_the_managers_again(world):
    customer = world.customer()
    recompute_beats([customer.pk], on=TODAY)
    for manager, since in ((world.colleague, TODAY), (world.rm, date(2025, 1, 2))):
        changed(customer, manager=manager, managed_since=since)
    again = MaintenanceTask.objects.open().filter(kind__in=(TaskKind.PHONE_BEAT, TaskKind.MEETING_BEAT))
    assert again and set(MaintenanceTask.objects.open().values_list("owner__name", flat=True)) == {"林悦"}
    assert not MaintenanceTask.objects.open().filter(kind=TaskKind.FIRST_CONTACT).exists()


def test_across_units_the_unit_moves_too(world, make_task):
    customer = world.customer()
    task = make_task(customer)
    recompute_beats([customer.pk], on=TODAY)
    assign_manager(by=None, customers=[customer], manager=world.stranger, on=TODAY, reason="跨行移交")
    task.refresh_from_db()
    assert (task.owner, task.unit) == (world.stranger, world.south)
    assert set(ContactBeat.objects.values_list("unit", flat=True)) == {world.south.pk}


@pytest.mark.parametrize(
    ("agreed_by", "now_with"),
    [("rm", "other_rm"), ("colleague", "colleague"), ("other_supervisor", "other_supervisor")],
)
def test_an_appointment_stays_with_the_co_manager_or_the_supervisor_who_agreed_it(
    world, make_task, agreed_by, now_with
):
    customer = world.customer(co_manager=world.colleague)
    appointment = agree(customer, world.people[agreed_by])
    task = make_task(
        customer,
        TaskKind.APPOINTMENT,
        occurrence=str(appointment.pk),
        owner_id=world.people[agreed_by].pk,
        due_on=TODAY,
    )
    changed(customer, manager=world.other_rm, unit=world.west)
    appointment.refresh_from_db()
    task.refresh_from_db()
    assert appointment.staff == task.owner == world.people[now_with]
    assert task.unit == world.west


def test_without_a_co_manager_too(world):
    customer = world.customer(manager=world.stranger)
    appointment = agree(customer, world.stranger)
    changed(customer, manager=world.rm, unit=world.east)
    appointment.refresh_from_db()
    assert (appointment.staff, appointment.unit) == (world.rm, world.east)


# Falling silent


@pytest.mark.parametrize("status", [CustomerStatus.DECEASED, CustomerStatus.CLOSED, CustomerStatus.RESTRICTED])
def test_all_care_for_a_customer_who_is_gone_is_off_at_once(world, make_task, status):
    customer = world.customer()
    for kind in TaskKind:
        make_task(customer, kind)
    appointment = agree(customer, world.rm, day=TODAY + timedelta(days=3))
    changed(customer, status=status)
    assert not MaintenanceTask.objects.open().exists()
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.CANCELLED


@pytest.mark.parametrize(
    ("state", "left"),
    [
        ({"has_no_contact": True}, {TaskKind.APPOINTMENT}),
        ({"mourning_until": date(2027, 11, 1)}, {TaskKind.APPOINTMENT, TaskKind.MATURITY}),
    ],
)
def test_who_wants_quiet_gets_it_and_the_end_of_it_brings_back_what_is_ahead(world, make_task, state, left):
    customer = world.customer()
    product = Product.objects.create(code="D", name="定期", category="term_deposit")
    Holding.objects.create(
        customer=customer, unit=customer.unit, product=product, reference="H", amount=1, bought_on=TODAY,
        matures_on=date(2026, 11, 30),
    )  # fmt: skip
    for kind in (TaskKind.APPOINTMENT, TaskKind.MATURITY, TaskKind.BIRTHDAY, TaskKind.FESTIVAL):
        make_task(customer, kind)
    gone_by = make_task(customer, TaskKind.FESTIVAL, subject_on=date(2026, 11, 22))
    changed(customer, **state)
    open_kinds = MaintenanceTask.objects.open().values_list("kind", flat=True)
    assert set(open_kinds) == left
    changed(customer, has_no_contact=False, mourning_until=None)
    assert set(open_kinds.all()) >= {TaskKind.APPOINTMENT, TaskKind.MATURITY, TaskKind.BIRTHDAY, TaskKind.FESTIVAL}
    gone_by.refresh_from_db()
    assert gone_by.status == TaskStatus.SUPERSEDED


def test_what_a_person_has_closed_is_not_reopened(world, make_task):
    customer = world.customer()
    task = make_task(customer, status=TaskStatus.SUPERSEDED, closed_by=world.rm)
    changed(customer, strategy=Strategy.INTENSIVE)
    task.refresh_from_db()
    assert task.status == TaskStatus.SUPERSEDED


# Announced by the archive


def test_a_new_customer_has_beats_a_first_contact_and_a_birthday(world):
    customer = create_customer(
        by=world.rm, data={"name": "赵敏", "tier": "GOLD", "strategy": "ACTIVE", "birth_date": date(1985, 12, 1)}
    )
    assert ContactBeat.objects.filter(customer=customer).count() == 2
    assert MaintenanceTask.objects.get(customer=customer).kind == TaskKind.FIRST_CONTACT
    birthday = ImportantDate.objects.get(customer=customer)
    assert (birthday.kind, birthday.next_on) == (DateKind.BIRTHDAY, date(2026, 12, 1))


def test_a_change_of_strategy_is_in_the_queue_at_once(world):
    customer = world.customer(strategy=Strategy.RESPONSIVE, managed_since=date(2026, 10, 12))
    recompute_beats([customer.pk], on=TODAY)
    assert not MaintenanceTask.objects.exists()
    change_strategy(by=world.rm, customer=customer, strategy=Strategy.INTENSIVE, reason="资金即将到期")
    assert MaintenanceTask.objects.get().due_on == date(2026, 11, 12)


def test_do_not_disturb_through_the_archive(world, make_task):
    customer = world.customer()
    task = make_task(customer)
    update_customer(
        by=world.rm, customer=customer, version=customer.version,
        data={"has_no_contact": True, "no_contact_reason": "客户要求"},
    )  # fmt: skip
    task.refresh_from_db()
    assert task.status == TaskStatus.SUPERSEDED


def test_families_birthdays_come_with_the_next_announcement(world):
    customer = world.customer(birth_date=None)
    Person.objects.create(
        customer=customer, unit=customer.unit, relation=Relation.SPOUSE, name="李芳", birth_date=date(1982, 12, 5)
    )
    changed(customer, strategy=Strategy.INTENSIVE)
    assert ImportantDate.objects.get().next_on == date(2026, 12, 5)


def test_many_customers_cost_as_many_statements_as_one(world, make_task, django_assert_max_num_queries):
    customers = [world.customer(f"客户{n}") for n in range(50)]
    for customer in customers:
        make_task(customer)
    with django_assert_max_num_queries(45):
        maintenance_changed.send(sender=None, customer_ids=[c.pk for c in customers], on=TODAY, by=None)


# The calendar


def test_a_holiday_notice_dates_open_work_anew(world, make_task):
    """2027 is provisional: its Spring Festival has four statutory days. The notice makes nine of it."""
    customer = world.customer(strategy=Strategy.RESPONSIVE)
    talk(customer, date(2026, 11, 9))
    recompute_beats([customer.pk], on=TODAY)
    due = ContactBeat.objects.get().next_due_on
    assert due == date(2027, 2, 9)
    birthday = make_task(customer, subject_on=date(2027, 2, 9), due_on=date(2027, 2, 9))
    product = Product.objects.create(code="D", name="定期", category="term_deposit")
    Holding.objects.create(
        customer=customer, unit=customer.unit, product=product, reference="H", amount=1, bought_on=TODAY,
        matures_on=date(2027, 2, 10), remind_on=date(2027, 2, 3),
    )  # fmt: skip
    raise_maturities(Work(date(2027, 2, 3), date(2027, 2, 3), (customer.unit_id,)))
    maturity = MaintenanceTask.objects.get(kind=TaskKind.MATURITY)
    assert maturity.due_on == date(2027, 2, 9)
    days = [date(2027, 2, 4) + timedelta(days=n) for n in range(8)]
    import_holidays(
        [{"day": day.isoformat(), "name": "春节", "is_workday": "0"} for day in days], by=None, source="测试通知"
    )
    assert Holiday.objects.filter(day__year=2027).count() == 8
    assert ContactBeat.objects.get().next_due_on == date(2027, 2, 3)
    for task in (birthday, maturity):
        task.refresh_from_db()
        assert task.due_on == date(2027, 2, 3)


# Important dates


@pytest.fixture
def birthday(world):
    """Sunday, six days from now: told of today."""
    customer = world.customer("寿星", birth_date=None)
    return save_important_date(by=world.rm, customer=customer, kind=DateKind.BIRTHDAY, month=11, day=29, year=1980)


def birthdays(**conditions):
    tasks = MaintenanceTask.objects.filter(kind=TaskKind.BIRTHDAY, **conditions)
    return list(tasks.order_by("subject_on").values_list("subject_on", "status"))


def test_a_corrected_date_leaves_one_greeting(world, birthday):
    run_until(TODAY)
    assert birthdays() == [(date(2026, 11, 29), TaskStatus.OPEN)]
    fields = {"kind": birthday.kind, "month": 11, "day": 30, "year": 1980}
    save_important_date(by=world.rm, customer=birthday.customer, date=birthday, **fields)
    assert birthdays(status=TaskStatus.OPEN) == []
    run_until(TODAY + timedelta(days=1))
    assert birthdays(status=TaskStatus.OPEN) == [(date(2026, 11, 30), TaskStatus.OPEN)]


def test_a_correction_taken_back_brings_the_greeting_back(world, birthday):
    run_until(TODAY)
    for day in (30, 29):
        fields = {"kind": birthday.kind, "month": 11, "day": day, "year": 1980}
        save_important_date(by=world.rm, customer=birthday.customer, date=birthday, **fields)
    run_until(TODAY + timedelta(days=1))
    assert birthdays() == [(date(2026, 11, 29), TaskStatus.OPEN)]


def test_a_removed_date_takes_its_greeting_along_for_good(world, birthday):
    run_until(TODAY)
    customer = birthday.customer
    remove_important_date(by=world.rm, date=birthday)
    change_strategy(by=world.rm, customer=customer, strategy=Strategy.INTENSIVE, reason="资金将到期")
    assert birthdays() == [(date(2026, 11, 29), TaskStatus.SUPERSEDED)]


def test_a_person_taken_out_takes_the_greeting_along(world):
    customer = world.customer()
    child = save_person(
        by=world.rm, customer=customer, relation=Relation.CHILD, name="张小宝", birth_date=date(2015, 11, 28)
    )
    run_until(TODAY)
    assert birthdays() == [(date(2026, 11, 28), TaskStatus.OPEN)]
    remove_person(by=world.rm, person=child)
    assert birthdays() == [(date(2026, 11, 28), TaskStatus.SUPERSEDED)]


@pytest.mark.parametrize("until", [date(2026, 11, 22), date(2026, 11, 24), date(2026, 11, 28)])
@pytest.mark.parametrize("is_told_first", [True, False])
def test_whoever_mourned_is_reminded_of_afterwards(birthday, fixed_clock, until, is_told_first):
    """Mourning known before the reminder's day or only after it: the greeting is there once, from the day after it."""
    if is_told_first:
        run_until(TODAY)
        changed(birthday.customer, mourning_until=until)
    else:
        changed(birthday.customer, mourning_until=until)
        run_until(TODAY)
    assert birthdays(status=TaskStatus.OPEN) == ([(date(2026, 11, 29), TaskStatus.OPEN)] if until < TODAY else [])
    fixed_clock.shift(timedelta(days=6))
    run_until(date(2026, 11, 29))
    assert birthdays() == [(date(2026, 11, 29), TaskStatus.OPEN)]


def test_mourning_past_the_day_means_no_greeting(birthday):
    changed(birthday.customer, mourning_until=date(2026, 11, 29))
    run_until(date(2026, 11, 30))
    assert birthdays() == []


@pytest.mark.parametrize("pause", [{"has_no_contact": True}, {"manager": None}])
def test_whoever_was_not_served_on_the_reminders_day_is_reminded_of_afterwards(world, birthday, pause):
    changed(birthday.customer, **pause)
    run_until(TODAY)
    assert birthdays() == []
    changed(birthday.customer, has_no_contact=False, manager=world.rm)
    run_until(TODAY + timedelta(days=1))
    assert birthdays() == [(date(2026, 11, 29), TaskStatus.OPEN)]


# Channels that are not wanted


def test_a_refused_channel_has_no_beat_and_no_task_until_it_is_wanted_again(world):
    customer = world.customer(tier="DIAMOND", managed_since=date(2026, 1, 5))
    recompute_beats([customer.pk], on=TODAY)
    kinds = MaintenanceTask.objects.open().filter(customer=customer).values_list("kind", flat=True)
    assert set(kinds) == {TaskKind.PHONE_BEAT, TaskKind.MEETING_BEAT}
    refusal = refuse_channel(by=world.rm, customer=customer, channel="phone", reason="上班不便接听")
    assert set(kinds.all()) == {TaskKind.MEETING_BEAT}
    assert list(ContactBeat.objects.values_list("channel", flat=True)) == ["meeting"]
    customer.refresh_from_db()
    assert customer.next_contact_on is not None
    refuse_channel(by=world.rm, customer=customer, channel="meeting", reason="不必来访")
    customer.refresh_from_db()
    assert (set(kinds.all()), customer.next_contact_on) == (set(), None)
    accept_channel(by=world.rm, preference=refusal)
    assert set(kinds.all()) == {TaskKind.PHONE_BEAT}
