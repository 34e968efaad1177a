"""Role × state, as tables (DESIGN 2: one function hides the button and guards the service)."""

from datetime import timedelta

import pytest

from customers.enums import CustomerStatus
from maintenance import policies
from maintenance.enums import AppointmentStatus, DiaryStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, Diary, MaintenanceTask
from organization import clock
from tests.world import PERSONAS, TODAY

EVERYBODY = tuple(persona for persona in PERSONAS if persona)


@pytest.fixture
def customer(world):
    return world.customer("张伟")


def allowed(world, policy) -> set[str]:
    return {persona for persona in EVERYBODY if policy(world.people[persona])}


def test_who_records_contacts_and_books(world, customer):
    assert allowed(world, lambda staff: policies.can_record_contact(staff, customer)) == {"rm", "supervisor"}
    assert allowed(world, lambda staff: policies.can_book_appointment(staff, customer)) == {"rm", "supervisor"}


@pytest.mark.parametrize("status", list(CustomerStatus))
def test_appointments_are_for_living_relations(world, customer, status):
    customer.status = status
    assert policies.can_book_appointment(world.rm, customer) is (status == CustomerStatus.ACTIVE)
    assert policies.can_record_contact(world.rm, customer)


def test_a_co_manager_records_too(world, customer):
    customer.co_manager = world.stranger
    assert policies.can_record_contact(world.stranger, customer)


@pytest.mark.parametrize("status", list(TaskStatus))
def test_only_open_tasks_are_worked(world, customer, status):
    task = MaintenanceTask(customer=customer, owner=world.rm, kind=TaskKind.BIRTHDAY, status=status)
    workers = {"rm", "supervisor"} if status == TaskStatus.OPEN else set()
    for policy in (policies.can_work_task, policies.can_complete_task, policies.can_skip_task):
        assert allowed(world, lambda staff, policy=policy: policy(staff, task)) == workers


@pytest.mark.parametrize(
    ("kind", "completes", "skips"),
    [(k, k not in policies.CONVERSATION_KINDS, k != TaskKind.APPOINTMENT) for k in TaskKind],
)
def test_what_a_kind_allows(world, customer, kind, completes, skips):
    task = MaintenanceTask(customer=customer, owner=world.rm, kind=kind, status=TaskStatus.OPEN)
    assert policies.can_complete_task(world.rm, task) is completes
    assert policies.can_skip_task(world.rm, task) is skips


@pytest.mark.parametrize(
    ("status", "minutes", "has_contact", "who", "answer"),
    [
        (TaskStatus.DONE, 5, False, "rm", True),
        (TaskStatus.SKIPPED, 30, False, "rm", True),
        (TaskStatus.SKIPPED, 31, False, "rm", False),
        (TaskStatus.DONE, 5, True, "rm", False),
        (TaskStatus.DONE, 5, False, "supervisor", False),
        (TaskStatus.SUPERSEDED, 5, False, "rm", False),
        (TaskStatus.OPEN, 5, False, "rm", False),
    ],
)
def test_who_reopens_what_and_how_long(world, customer, status, minutes, has_contact, who, answer):
    now = clock.now()
    task = MaintenanceTask(
        customer=customer, owner=world.rm, kind=TaskKind.BIRTHDAY, status=status, closed_by=world.rm,
        closed_at=now - timedelta(minutes=minutes), contact_id=1 if has_contact else None,
    )  # fmt: skip
    assert policies.can_reopen_task(world.people[who], task, now=now, undo_minutes=30) is answer


@pytest.mark.parametrize("status", list(AppointmentStatus))
def test_only_planned_appointments_are_cancelled(world, customer, status):
    appointment = Appointment(customer=customer, staff=world.rm, day=TODAY, status=status)
    people = {"rm", "supervisor"} if status == AppointmentStatus.PLANNED else set()
    assert allowed(world, lambda staff: policies.can_cancel_appointment(staff, appointment)) == people


def test_contacts_are_edited_by_whoever_wrote_them(world, customer):
    contact = ContactRecord(customer=customer, staff=world.rm, created_at=clock.now())
    assert allowed(world, lambda staff: policies.can_edit_contact(staff, contact)) == {"rm"}
    contact.withdrawn_at = clock.now()
    assert allowed(world, lambda staff: policies.can_edit_contact(staff, contact)) == set()


@pytest.mark.parametrize(
    ("minutes", "is_diary_closed", "answer"),
    [(0, False, True), (30, False, True), (31, False, False), (0, True, False)],
)
def test_how_long_a_contact_is_withdrawn(world, customer, minutes, is_diary_closed, answer):
    now = clock.now()
    contact = ContactRecord(customer=customer, staff=world.rm, created_at=now - timedelta(minutes=minutes))
    people = allowed(
        world,
        lambda staff: policies.can_withdraw_contact(
            staff, contact, now=now, undo_minutes=30, is_diary_closed=is_diary_closed
        ),
    )
    assert people == ({"rm"} if answer else set())


# status → (plans before the deadline, plans after it once planned, reports, reviews)
DIARY = {
    DiaryStatus.DRAFT: (True, True, True, False),
    DiaryStatus.PLANNED: (True, False, True, False),
    DiaryStatus.SUBMITTED: (False, False, True, True),
    DiaryStatus.REVIEWED: (False, False, False, True),
    DiaryStatus.REOPENED: (False, False, True, False),
}


@pytest.mark.parametrize("status", list(DiaryStatus))
def test_diary_by_state(world, status):
    diary = Diary(staff=world.rm, unit=world.east, day=TODAY, status=status)
    diary.planned_at = clock.now() if status != DiaryStatus.DRAFT else None
    plans, plans_late, reports, reviews = DIARY[status]
    writers, reviewers = {"rm"}, {"supervisor"}

    def people(policy, is_allowed, who):
        assert allowed(world, policy) == (who if is_allowed else set())

    people(lambda staff: policies.can_confirm_plan(staff, diary, is_closed=False), plans, writers)
    people(lambda staff: policies.can_confirm_plan(staff, diary, is_closed=True), plans_late, writers)
    people(lambda staff: policies.can_submit_result(staff, diary, today=TODAY), reports, writers)
    people(lambda staff: policies.can_review_diary(staff, diary), reviews, reviewers)
    people(lambda staff: policies.can_reopen_diary(staff, diary), reviews, reviewers)


def test_no_result_before_the_day(world):
    diary = Diary(staff=world.rm, unit=world.east, day=TODAY + timedelta(days=1))
    assert not policies.can_submit_result(world.rm, diary, today=TODAY)
