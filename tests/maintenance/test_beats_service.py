"""Beats of customers in the archive (DOMAIN 2.2, 2.3), planned for many at once."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.enums import Channel, CustomerStatus, Strategy, Tier
from customers.models import Customer
from maintenance.enums import ContactOutcome, SkipReason, TaskKind, TaskStatus
from maintenance.models import ContactBeat, ContactRecord, MaintenanceTask
from maintenance.services.beats import recompute_beats
from tests.maintenance.conftest import SHANGHAI
from tests.world import TODAY


def talk(customer, day, channel=Channel.PHONE, outcome=ContactOutcome.REACHED, **fields):
    at = datetime.combine(day, time(9, 30), SHANGHAI)
    return ContactRecord.objects.create(
        customer=customer, unit=customer.unit, staff=customer.manager, channel=channel, outcome=outcome,
        happened_at=at, happened_on=day, created_at=at, **fields,
    )  # fmt: skip


def beats(customer) -> dict:
    rows = ContactBeat.objects.filter(customer=customer)
    return {beat.channel: (beat.last_on, beat.next_due_on, beat.raise_on) for beat in rows}


def due(customer, channel=Channel.PHONE):
    return beats(customer)[channel][1]


def tasks(customer, status=TaskStatus.OPEN) -> set:
    rows = MaintenanceTask.objects.filter(customer=customer, status=status)
    return set(rows.values_list("kind", "due_on"))


@pytest.mark.parametrize(
    ("last", "tier", "strategy", "channel", "expected"),
    [
        # The worked cases of DOMAIN 2.3(2).
        (date(2025, 7, 5), Tier.PLATINUM, Strategy.RESPONSIVE, Channel.PHONE, date(2025, 9, 30)),
        (date(2026, 1, 31), Tier.DIAMOND, Strategy.ACTIVE, Channel.PHONE, date(2026, 2, 28)),
        (date(2026, 8, 31), Tier.GOLD, Strategy.INTENSIVE, Channel.PHONE, date(2026, 9, 30)),
        (date(2026, 11, 20), Tier.PRIVATE, Strategy.INTENSIVE, Channel.PHONE, date(2026, 11, 27)),
        (date(2026, 11, 20), Tier.PRIVATE, Strategy.INTENSIVE, Channel.MEETING, date(2026, 12, 18)),
        (date(2026, 11, 20), Tier.GOLD, Strategy.ACTIVE, Channel.MEETING, date(2027, 11, 19)),
    ],
)
def test_due_days_count_from_the_last_conversation(world, last, tier, strategy, channel, expected):
    customer = world.customer(tier=tier, strategy=strategy)
    talk(customer, last, channel)
    recompute_beats([customer.pk], on=TODAY)
    assert beats(customer)[channel][:2] == (last, expected)


def test_a_meeting_counts_as_a_call_but_not_the_other_way_round(world):
    customer = world.customer(tier=Tier.DIAMOND, strategy=Strategy.INTENSIVE, managed_since=date(2026, 9, 1))
    talk(customer, date(2026, 11, 10), Channel.MEETING)
    talk(customer, date(2026, 11, 17), Channel.PHONE)
    recompute_beats([customer.pk], on=TODAY)
    assert beats(customer)[Channel.PHONE][0] == date(2026, 11, 17)
    assert beats(customer)[Channel.MEETING][0] == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("channel", "outcome", "fields"),
    [
        (Channel.SMS, ContactOutcome.SENT, {}),
        (Channel.WECOM, ContactOutcome.REACHED, {}),
        (Channel.PHONE, ContactOutcome.NO_ANSWER, {}),
        (Channel.PHONE, ContactOutcome.REFUSED, {}),
        (Channel.PHONE, ContactOutcome.REACHED, {"withdrawn_at": datetime(2026, 11, 20, 11, tzinfo=SHANGHAI)}),
    ],
)
def test_what_does_not_count(world, channel, outcome, fields):
    customer = world.customer()
    talk(customer, date(2026, 10, 12))
    talk(customer, date(2026, 11, 20), channel, outcome, **fields)
    recompute_beats([customer.pk], on=TODAY)
    assert beats(customer)[Channel.PHONE][0] == date(2026, 10, 12)


def test_without_a_conversation_the_beat_counts_from_the_allotment(world):
    customer = world.customer(managed_since=date(2026, 9, 21))
    recompute_beats([customer.pk], on=TODAY)
    assert beats(customer)[Channel.PHONE] == (None, date(2026, 11, 20), None)
    assert (TaskKind.PHONE_BEAT, date(2026, 11, 20)) in tasks(customer)


def test_the_first_contact_with_a_new_customer_is_due_in_three_working_days(world):
    customer = world.customer("新客", managed_since=TODAY)
    recompute_beats([customer.pk], on=TODAY)
    first = MaintenanceTask.objects.get(customer=customer)
    assert (first.kind, first.subject_on, first.due_on) == (TaskKind.FIRST_CONTACT, TODAY, date(2026, 11, 26))
    assert first.occurrence == "2026-11-23"
    assert first.why == "新分配客户（11月23日分配），请于11月26日前完成首次联系"
    # The meeting, within thirty days: its window opens five working days before.
    assert beats(customer)[Channel.MEETING][1:] == (date(2026, 12, 23), date(2026, 12, 16))
    recompute_beats([customer.pk], on=date(2026, 12, 16))
    assert (TaskKind.FIRST_MEETING, date(2026, 12, 23)) in tasks(customer)


def test_the_first_contact_gives_way_to_the_ordinary_beat(world):
    customer = world.customer(managed_since=TODAY)
    talk(customer, TODAY)
    recompute_beats([customer.pk], on=TODAY)
    assert beats(customer)[Channel.PHONE][:2] == (TODAY, date(2027, 1, 22))


def test_a_new_manager_makes_a_first_contact_of_an_old_customer(world):
    customer = world.customer(managed_since=TODAY)
    talk(customer, date(2026, 11, 2))
    recompute_beats([customer.pk], on=TODAY)
    assert (TaskKind.FIRST_CONTACT, date(2026, 11, 26)) in tasks(customer)
    assert beats(customer)[Channel.PHONE][0] == date(2026, 11, 2)


def test_a_customer_nobody_ever_spoke_to_is_not_new_for_ever(world):
    customer = world.customer(managed_since=date(2026, 10, 1))
    recompute_beats([customer.pk], on=TODAY)
    assert due(customer) == date(2026, 12, 1)


def test_the_window_never_opens_in_the_first_half_of_the_time(world):
    """A weekly call made on Monday is not in Monday's queue again, though five working days before is that Monday."""
    customer = world.customer(tier=Tier.PRIVATE, strategy=Strategy.INTENSIVE)
    talk(customer, TODAY)
    talk(customer, TODAY, Channel.MEETING)
    recompute_beats([customer.pk], on=TODAY)
    assert beats(customer)[Channel.PHONE] == (TODAY, date(2026, 11, 30), date(2026, 11, 27))
    assert not tasks(customer)


@pytest.mark.parametrize("change", [{"has_no_contact": True}, {"mourning_until": TODAY}])
def test_a_pause_takes_the_task_back_and_its_end_brings_it_again(world, change):
    customer = world.customer(managed_since=date(2026, 9, 21))
    recompute_beats([customer.pk], on=TODAY)
    before = tasks(customer)
    assert before
    Customer.objects.filter(pk=customer.pk).update(**change)
    recompute_beats([customer.pk], on=TODAY)
    assert due(customer) is None
    assert not tasks(customer)
    assert tasks(customer, TaskStatus.SUPERSEDED) == before
    Customer.objects.filter(pk=customer.pk).update(has_no_contact=False, mourning_until=None)
    recompute_beats([customer.pk], on=TODAY)
    assert tasks(customer) == before
    assert not tasks(customer, TaskStatus.SUPERSEDED)


def test_after_mourning_the_interval_starts_anew(world):
    customer = world.customer(mourning_until=date(2026, 11, 22))
    talk(customer, date(2025, 11, 20))
    recompute_beats([customer.pk], on=TODAY)
    assert due(customer) == date(2027, 1, 22)


@pytest.mark.parametrize(
    "change",
    [{"status": CustomerStatus.CLOSED}, {"status": CustomerStatus.DECEASED}, {"manager": None}, {"tier": Tier.MASS}],
)
def test_who_is_no_longer_maintained_has_no_beat(world, change):
    customer = world.customer(managed_since=date(2026, 9, 21))
    recompute_beats([customer.pk], on=TODAY)
    Customer.objects.filter(pk=customer.pk).update(**change)
    recompute_beats([customer.pk], on=TODAY)
    assert not beats(customer)
    assert not tasks(customer)
    customer.refresh_from_db()
    assert customer.next_contact_on is None


def test_a_change_of_strategy_takes_effect_at_once(world):
    customer = world.customer(tier=Tier.PLATINUM, strategy=Strategy.RESPONSIVE)
    talk(customer, date(2026, 10, 20))
    recompute_beats([customer.pk], on=TODAY)
    assert not tasks(customer)
    Customer.objects.filter(pk=customer.pk).update(strategy=Strategy.INTENSIVE)
    recompute_beats([customer.pk], on=TODAY)
    customer.refresh_from_db()
    assert customer.next_contact_on == date(2025, 4, 2)  # a meeting every three months since the allotment
    task = MaintenanceTask.objects.get(customer=customer, kind=TaskKind.PHONE_BEAT)
    assert (task.due_on, task.occurrence) == (date(2026, 11, 20), "phone:2026-11-20")
    assert task.why == "积极维护·白金客户：每月电话，上次10月20日，请于11月20日前联系"
    assert (task.owner, task.unit, task.status) == (world.rm, world.east, TaskStatus.OPEN)
    Customer.objects.filter(pk=customer.pk).update(strategy=Strategy.RESPONSIVE)
    recompute_beats([customer.pk], on=TODAY)
    assert not tasks(customer)
    Customer.objects.filter(pk=customer.pk).update(strategy=Strategy.INTENSIVE)
    recompute_beats([customer.pk], on=TODAY)
    task.refresh_from_db()
    assert (task.status, task.closed_at) == (TaskStatus.OPEN, None)


def test_the_year_is_said_where_it_is_another(world):
    customer = world.customer(strategy=Strategy.INTENSIVE)
    talk(customer, date(2025, 12, 1), Channel.MEETING)
    recompute_beats([customer.pk], on=TODAY)
    why = MaintenanceTask.objects.get(customer=customer, kind=TaskKind.MEETING_BEAT).why
    assert why == "积极维护·金卡客户：每6个月会面，上次2025年12月1日，请于6月1日前联系"


def test_a_skipped_occasion_is_followed_by_the_next(world):
    customer = world.customer(managed_since=date(2026, 9, 21))
    recompute_beats([customer.pk], on=TODAY)
    task = MaintenanceTask.objects.get(customer=customer, kind=TaskKind.PHONE_BEAT)
    task.status, task.skip_reason = TaskStatus.SKIPPED, SkipReason.CUSTOMER_AWAY
    task.closed_at = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
    task.save()
    recompute_beats([customer.pk], on=TODAY)
    assert due(customer) == date(2027, 1, 22)  # two months from the day of deciding
    task.status, task.skip_reason, task.closed_at = TaskStatus.OPEN, "", None
    task.save()
    recompute_beats([customer.pk], on=TODAY)
    assert due(customer) == date(2026, 11, 20)
    assert tasks(customer) == {(TaskKind.PHONE_BEAT, date(2026, 11, 20))}


def test_the_same_number_of_statements_for_one_and_for_many(world):
    customers = [world.customer(f"客户{n}", managed_since=TODAY - timedelta(days=n)) for n in range(60)]
    for n, customer in enumerate(customers):
        talk(customer, TODAY - timedelta(days=3 * n))
    counts = []
    for chosen in (customers[:1], customers):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            recompute_beats([c.pk for c in chosen], on=TODAY)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 3
    assert counts[1] < 20


def test_recomputing_twice_changes_nothing(world):
    customers = [world.customer(f"客户{n}", managed_since=TODAY - timedelta(days=9 * n)) for n in range(30)]
    for n, customer in enumerate(customers[::2]):
        talk(customer, TODAY - timedelta(days=5 * n))
    ids = [c.pk for c in customers]
    recompute_beats(ids, on=TODAY)
    before = list(ContactBeat.objects.order_by("pk").values()), list(MaintenanceTask.objects.order_by("pk").values())
    recompute_beats(ids, on=TODAY)
    after = list(ContactBeat.objects.order_by("pk").values()), list(MaintenanceTask.objects.order_by("pk").values())
    assert after == before


def test_a_task_that_was_raised_is_not_raised_anew(world):
    """A call plans the meeting's beat again too, whose window is open and whose task stands in the queue."""
    customer = world.customer(tier=Tier.DIAMOND, strategy=Strategy.INTENSIVE, managed_since=date(2026, 1, 1))
    talk(customer, date(2026, 7, 1), Channel.MEETING)
    recompute_beats([customer.pk], on=TODAY)
    meeting = {task for task in tasks(customer) if task[0] == TaskKind.MEETING_BEAT}
    assert len(meeting) == 1 and beats(customer)[Channel.MEETING][2] is None
    talk(customer, TODAY)
    with CaptureQueriesContext(connection) as asked:
        recompute_beats([customer.pk], on=TODAY)
    assert not [q for q in asked.captured_queries if f'INSERT INTO "{MaintenanceTask._meta.db_table}"' in q["sql"]]
    assert meeting <= tasks(customer)
    assert beats(customer)[Channel.MEETING][2] is None


def test_the_missing_one_of_two_tasks_is_raised(world):
    customer = world.customer(tier=Tier.DIAMOND, strategy=Strategy.INTENSIVE, managed_since=date(2026, 1, 1))
    talk(customer, date(2026, 7, 1), Channel.MEETING)
    recompute_beats([customer.pk], on=TODAY)
    everything = tasks(customer)
    assert {kind for kind, _ in everything} == {TaskKind.PHONE_BEAT, TaskKind.MEETING_BEAT}
    MaintenanceTask.objects.filter(customer=customer, kind=TaskKind.PHONE_BEAT).delete()
    recompute_beats([customer.pk], on=TODAY)
    assert tasks(customer) == everything
    assert {raise_on for _, _, raise_on in beats(customer).values()} == {None}
