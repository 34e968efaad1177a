"""Any sequence of planning, reporting, reviewing and handing back keeps the diary's promises (DOMAIN 3.1)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from maintenance.enums import DiaryStatus, LineOutcome, TaskKind, UnfinishedReason
from maintenance.models import Diary, DiaryLine, DiaryRevision, MaintenanceTask
from maintenance.services.contacts import record_contact
from maintenance.services.diary import (
    LineResult,
    Matter,
    confirm_plan,
    draft_of,
    plan_deadline,
    reopen_diary,
    result_deadline,
    review_diary,
    save_draft,
    submit_result,
)
from organization import clock
from organization.exceptions import RuleViolation
from tests.maintenance.conftest import moment
from tests.world import build_world

DAYS = (date(2026, 11, 23), date(2026, 11, 24))
days = st.sampled_from(DAYS)
S = DiaryStatus
# What one step may turn a status into.
STEPS = {
    (None, S.PLANNED), (None, S.SUBMITTED), (None, S.DRAFT), (S.DRAFT, S.PLANNED), (S.DRAFT, S.SUBMITTED),
    (S.PLANNED, S.SUBMITTED), (S.SUBMITTED, S.REVIEWED), (S.SUBMITTED, S.REOPENED), (S.REVIEWED, S.REOPENED),
    (S.REOPENED, S.SUBMITTED),
}  # fmt: skip


class DiaryMachine(RuleBasedStateMachine):
    """A manager, a supervisor, two days, a clock that only goes on."""

    def __init__(self):
        super().__init__()
        self.traveller = time_machine.travel(moment(date(2026, 11, 20), 15), tick=False)
        self.clock = self.traveller.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = build_world()
        self.rm, self.supervisor = self.world.rm, self.world.supervisor
        self.customers = [self.world.customer(name) for name in "甲乙丙"]
        for customer in self.customers:
            MaintenanceTask.objects.create(
                customer=customer, owner=self.rm, unit=self.rm.unit, kind=TaskKind.BIRTHDAY, occurrence="o", why="生日",
                subject_on=date(2026, 12, 10), due_on=date(2026, 12, 10), planned_on=date(2026, 11, 23),
                created_on=date(2026, 11, 20),
            )  # fmt: skip
        self.seen = self.snapshot()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.traveller.stop()

    def snapshot(self) -> dict:
        return {
            d.day: (d.status, d.version, d.planned_at, d.is_plan_late, d.submitted_at, d.is_result_late)
            for d in Diary.objects.all()
        }

    def attempt(self, step) -> bool:
        """Either the step happens whole, or it is refused in words and nothing has changed."""
        before = (self.snapshot(), list(DiaryLine.objects.order_by("pk").values()), DiaryRevision.objects.count())
        try:
            step()
        except RuleViolation as refusal:
            assert str(refusal).endswith(("。", "）。"))
            # An untouched diary row may have come into being; nothing that anybody said has.
            after = {day: row for day, row in self.snapshot().items() if day in before[0]}
            assert (after, list(DiaryLine.objects.order_by("pk").values()), DiaryRevision.objects.count()) == before
            return False
        return True

    @rule(hours=st.sampled_from([1, 5, 9, 24]))
    def time_goes_on(self, hours):
        self.clock.shift(timedelta(hours=hours))

    @rule(day=days, with_tasks=st.booleans())
    def plan(self, day, with_tasks):
        was = self.snapshot().get(day)
        late = clock.now() >= plan_deadline(self.world.east, day)
        matters = None if with_tasks else [Matter("晨会"), Matter("走访", customer=self.customers[0])]
        if self.attempt(lambda: confirm_plan(by=self.rm, day=day, tasks=None if with_tasks else [], matters=matters)):
            diary = Diary.objects.get(day=day)
            assert diary.is_plan_late is (was[3] if was and was[2] else late)

    @rule(customer=st.integers(0, 2), answered=st.booleans())
    def contact(self, customer, answered):
        record_contact(
            by=self.rm, customer=self.customers[customer], channel="phone",
            outcome="reached" if answered else "no_answer", happened_at=clock.now(),
        )  # fmt: skip

    @rule(day=days, done=st.booleans())
    def report(self, day, done):
        was = self.snapshot().get(day)
        late = clock.now() >= result_deadline(day)
        result = (
            LineResult(LineOutcome.PARTIAL, "", "谈了一半")
            if done
            else LineResult(LineOutcome.NOT_DONE, UnfinishedReason.CUSTOMER_BUSY, "", date(2026, 12, 4))
        )
        results = dict.fromkeys(range(1, 8), result)
        if self.attempt(lambda: submit_result(by=self.rm, day=day, results=results, unplanned=[Matter("整理档案")])):
            assert day <= clock.today()
            diary = Diary.objects.get(day=day)
            assert diary.is_result_late is (was[5] if was and was[4] else late)
            assert not diary.lines.filter(outcome=LineOutcome.PENDING).exists()
            undone = diary.lines.filter(outcome=LineOutcome.NOT_DONE)
            assert not undone.filter(unfinished_reason="").exists()
            assert draft_of(diary, "result") == {}

    @rule(day=days, score=st.integers(1, 5), back=st.booleans())
    def supervise(self, day, score, back):
        diary = Diary.objects.filter(staff=self.rm, day=day).first()
        if diary is None:
            return
        revisions = DiaryRevision.objects.filter(diary=diary).count()
        if back:
            if self.attempt(lambda: reopen_diary(by=self.supervisor, diary=diary, reason="请补充")):
                assert DiaryRevision.objects.filter(diary=diary).count() == revisions + 1
        else:
            self.attempt(lambda: review_diary(by=self.supervisor, diary=diary, comment="阅", score=score))

    @rule(day=days, text=st.text(alphabet="日志𠮷a ", max_size=20))
    def type_something(self, day, text):
        save_draft(by=self.rm, day=day, part="result", text=text, page="tab")
        assert draft_of(Diary.objects.get(day=day), "result")["text"] == text

    @invariant()
    def statuses_move_one_step_and_stamps_stay(self):
        now = self.snapshot()
        for day, row in now.items():
            old = self.seen.get(day)
            if old is None:
                assert (None, row[0]) in STEPS
                continue
            assert row[0] == old[0] or (old[0], row[0]) in STEPS
            assert row[1] >= old[1]
            if old[2]:
                assert (row[2], row[3]) == (old[2], old[3])
            if old[4]:
                assert (row[4], row[5]) == (old[4], old[5])
        self.seen = now

    @invariant()
    def positions_are_one_to_n(self):
        for diary in Diary.objects.all():
            positions = list(diary.lines.order_by("position").values_list("position", flat=True))
            assert positions == list(range(1, len(positions) + 1))

    @invariant()
    def every_revision_says_who_and_what(self):
        for revision in DiaryRevision.objects.all():
            assert revision.changed_by_id in (self.rm.pk, self.supervisor.pk)
            assert set(revision.before) >= {"status", "summary", "comment", "score", "lines"}


@pytest.mark.django_db
def test_diaries():
    run_state_machine_as_test(DiaryMachine, settings=settings(max_examples=20, stateful_step_count=14))
