"""Any sequence of recording, mending, undoing, skipping and moving leaves a state that the standing contacts explain, and
every undo is the exact inverse of what it undoes (RELIABILITY 5.2)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from customers.enums import Channel, Strategy, Tier
from maintenance.enums import (
    ANSWERED_OUTCOMES,
    BEAT_CHANNELS,
    MANAGER_OUTCOMES,
    AppointmentStatus,
    ContactOutcome,
    TaskKind,
    TaskStatus,
)
from maintenance.models import Appointment, ContactBeat, ContactRecord, MaintenanceTask
from maintenance.policies import CONVERSATION_KINDS
from maintenance.services.beats import recompute_beats
from maintenance.services.contacts import UNREACHED_OUTCOMES, edit_contact, record_contact, withdraw_contact
from maintenance.services.tasks import put_back, reopen_task, skip_task, snooze_tasks
from organization.exceptions import RuleViolation
from tests.maintenance.conftest import moment
from tests.world import TODAY, build_world

TALKS = [(c, o) for c in BEAT_CHANNELS for o in MANAGER_OUTCOMES if o != ContactOutcome.SENT]
MESSAGES = [(c, ContactOutcome.SENT) for c in (Channel.SMS, Channel.WECOM, Channel.LETTER)]
facts = st.sampled_from(TALKS + MESSAGES)
days_ago = st.integers(0, 80)
next_days = st.sampled_from([None, 0, 1, 7, 30])
_KIND_OF = {TaskKind.PHONE_BEAT: Channel.PHONE, TaskKind.MEETING_BEAT: Channel.MEETING}


class ContactMachine(RuleBasedStateMachine):
    """One customer on a short beat, one manager, one morning."""

    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(moment(TODAY, 10), tick=False)
        self.clock.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = build_world()
        self.rm = self.world.rm
        self.customer = self.world.customer("张伟", tier=Tier.PRIVATE, strategy=Strategy.INTENSIVE)
        recompute_beats([self.customer.pk], on=TODAY)
        self.greetings = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    def record(self, fact, ago, next_in, ticked=()):
        channel, outcome = fact
        return record_contact(
            by=self.rm, customer=self.customer, channel=channel, outcome=outcome,
            happened_at=moment(TODAY - timedelta(days=ago), 9), closes=list(ticked),
            next_on=None if next_in is None else TODAY + timedelta(days=next_in), next_matter=f"第{self.count()}次",
        )  # fmt: skip

    def count(self) -> int:
        return ContactRecord.objects.count()

    def standing(self) -> list[ContactRecord]:
        return list(ContactRecord.objects.standing().select_related("customer").order_by("pk"))

    def open_tasks(self):
        return MaintenanceTask.objects.open().filter(customer=self.customer)

    def state(self) -> dict:
        self.customer.refresh_from_db()
        beats = ContactBeat.objects.filter(customer=self.customer)
        return {
            "last": self.customer.last_contact_on,
            "next": self.customer.next_contact_on,
            "open": sorted(self.open_tasks().values_list("kind", "occurrence", "due_on", "planned_on", "is_pinned")),
            "beats": sorted(beats.values_list("channel", "last_on", "next_due_on")),
            "ahead": sorted(Appointment.objects.filter(status=AppointmentStatus.PLANNED).values_list("pk")),
        }

    def free_slot(self, next_in):
        """A second appointment of one day is refused; that is another test."""
        if next_in is None:
            return None
        day = TODAY + timedelta(days=next_in)
        taken = Appointment.objects.filter(day=day, status=AppointmentStatus.PLANNED).exists()
        return None if taken else next_in

    @rule(fact=facts, ago=days_ago, next_in=next_days)
    def talk(self, fact, ago, next_in):
        self.record(fact, ago, self.free_slot(next_in))

    @rule()
    def greeting_is_raised(self):
        self.greetings += 1
        MaintenanceTask.objects.create(
            customer=self.customer, owner=self.rm, unit=self.rm.unit, kind=TaskKind.FESTIVAL,
            occurrence=f"f{self.greetings}", subject_on=date(2026, 12, 1), due_on=date(2026, 12, 1), planned_on=TODAY,
            why="节日问候", created_on=TODAY,
        )  # fmt: skip

    @rule(fact=facts, ago=days_ago, next_in=next_days)
    def recording_and_undoing_changes_nothing(self, fact, ago, next_in):
        ticked = list(self.open_tasks().exclude(kind__in=CONVERSATION_KINDS))
        before = self.state()
        contact = self.record(fact, ago, self.free_slot(next_in), ticked)
        withdraw_contact(by=self.rm, contact=contact)
        assert self.state() == before

    @precondition(lambda self: self.standing())
    @rule(data=st.data(), fact=facts, ago=days_ago)
    def mend(self, data, fact, ago):
        contact = data.draw(st.sampled_from(self.standing()))
        edit_contact(
            by=self.rm, contact=contact, version=contact.version, channel=fact[0], outcome=fact[1],
            happened_at=moment(TODAY - timedelta(days=ago), 9), direction=contact.direction, note="改",
        )  # fmt: skip

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo(self, data):
        withdraw_contact(by=self.rm, contact=data.draw(st.sampled_from(self.standing())))

    @precondition(lambda self: self.open_tasks().exclude(kind=TaskKind.APPOINTMENT).exists())
    @rule(data=st.data())
    def skipping_and_reopening_changes_nothing(self, data):
        before = self.state()
        task = data.draw(st.sampled_from(list(self.open_tasks().exclude(kind=TaskKind.APPOINTMENT).order_by("pk"))))
        skipped = skip_task(by=self.rm, task=task, reason="customer_away")
        reopen_task(by=self.rm, task=skipped)
        assert self.state() == before

    @precondition(lambda self: self.open_tasks().exists())
    @rule(day=st.sampled_from([TODAY, date(2026, 11, 24), date(2026, 12, 4)]))
    def moving_and_putting_back_changes_nothing(self, day):
        before = self.state()
        tasks = list(self.open_tasks())
        try:
            places = snooze_tasks(by=self.rm, tasks=tasks, planned_on=day, reason="客户要求")
        except RuleViolation as refusal:
            assert "已有一次预约" in str(refusal)  # two of them would meet
        else:
            put_back(by=self.rm, placements=places)
        assert self.state() == before

    @invariant()
    def the_customer_knows_the_last_contact(self):
        reached = [c.happened_on for c in self.standing() if c.outcome not in UNREACHED_OUTCOMES]
        self.customer.refresh_from_db()
        assert self.customer.last_contact_on == max(reached, default=None)

    @invariant()
    def beats_count_from_the_last_conversation(self):
        for beat in ContactBeat.objects.filter(customer=self.customer):
            channels = (Channel.MEETING,) if beat.channel == Channel.MEETING else BEAT_CHANNELS
            held = [c.happened_on for c in self.standing() if c.channel in channels and c.outcome in ANSWERED_OUTCOMES]
            assert beat.last_on == max(held, default=None)

    @invariant()
    def open_beat_tasks_are_those_the_beats_ask_for(self):
        due = dict(ContactBeat.objects.filter(customer=self.customer).values_list("channel", "next_due_on"))
        for task in self.open_tasks().filter(kind__in=_KIND_OF):
            assert task.due_on == due[_KIND_OF[task.kind]]

    @invariant()
    def nothing_rests_on_a_withdrawn_contact(self):
        assert not MaintenanceTask.objects.filter(contact__withdrawn_at__isnull=False).exists()
        ahead = Appointment.objects.filter(status=AppointmentStatus.PLANNED)
        assert not ahead.filter(agreed_in__withdrawn_at__isnull=False).exists()

    @invariant()
    def an_appointment_and_its_task_stand_and_fall_together(self):
        ahead = {
            str(pk) for pk in Appointment.objects.filter(status=AppointmentStatus.PLANNED).values_list("pk", flat=True)
        }
        tasks = self.open_tasks().filter(kind=TaskKind.APPOINTMENT)
        assert set(tasks.values_list("occurrence", flat=True)) == ahead

    @invariant()
    def closed_is_closed_with_a_reason(self):
        done = MaintenanceTask.objects.filter(status=TaskStatus.DONE)
        assert not done.filter(closed_at=None).exists()
        assert not done.filter(kind__in=CONVERSATION_KINDS, contact=None).exists()


@pytest.mark.django_db
def test_contacts_and_their_undo():
    run_state_machine_as_test(ContactMachine, settings=settings(max_examples=20, stateful_step_count=12))
