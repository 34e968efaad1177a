"""主管台: who has handed in what, and how each one's day stands (DESIGN 6, 8). One statement per kind of figure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from almanac.workdays import is_workday, next_workday, previous_workday
from customers.models import Customer
from maintenance.enums import ContactOutcome, DiaryStatus, TaskStatus
from maintenance.models import ContactRecord, Diary, MaintenanceTask
from maintenance.queries.diary import plan_deadline, result_deadline
from maintenance.queries.lists import contacts_by
from maintenance.queries.workbench import due_condition, overdue_condition
from organization.enums import Role
from organization.models import Staff

DIARY_WRITERS = (Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR)


@dataclass(frozen=True)
class HandIn:
    """Whether a part of a diary is in: 已交, 迟交, 未交, or not due yet."""

    state: str
    label: str

    @property
    def is_missing(self) -> bool:
        return self.state == "missing"


ON_TIME, LATE = HandIn("on_time", "已交"), HandIn("late", "迟交")
MISSING, WAITING = HandIn("missing", "未交"), HandIn("waiting", "待交")


@dataclass
class Member:
    """A row of the team table."""

    staff: Staff
    plan: HandIn = WAITING
    result: HandIn = WAITING
    diary: Diary | None = None
    due: int = 0
    contacted: int = 0
    overdue: int = 0
    open_tasks: int = 0

    @property
    def awaits_review(self) -> bool:
        return self.diary is not None and self.diary.status == DiaryStatus.SUBMITTED


@dataclass
class Board:
    day: date
    plan_day: date
    members: list[Member] = field(default_factory=list)

    def count(self, part: str, *states: str) -> int:
        return sum(getattr(member, part).state in states for member in self.members)

    @property
    def plans_in(self) -> int:
        return self.count("plan", "on_time", "late")

    @property
    def results_in(self) -> int:
        return self.count("result", "on_time", "late")

    @property
    def to_review(self) -> int:
        return sum(member.awaits_review for member in self.members)

    @property
    def overdue(self) -> int:
        return sum(member.overdue for member in self.members)


def plan_hand_in(diary: Diary | None, deadline: datetime, now: datetime) -> HandIn:
    if diary is not None and diary.planned_at:
        return LATE if diary.is_plan_late else ON_TIME
    return MISSING if now >= deadline else WAITING


def result_hand_in(diary: Diary | None, deadline: datetime, now: datetime) -> HandIn:
    if diary is not None and diary.submitted_at:
        return LATE if diary.is_result_late else ON_TIME
    return MISSING if now >= deadline else WAITING


def team_of(staff: Staff) -> QuerySet[Staff]:
    """Those whose diaries a person reads: a supervisor's own people, for a head everybody of the units below."""
    people = Staff.objects.filter(is_active=True, role__in=DIARY_WRITERS).select_related("unit")
    if staff.role == Role.RM_SUPERVISOR:
        return people.filter(supervisor__in=staff.serving_ids())
    return people.filter(unit__in=staff.unit_ids()).exclude(pk=staff.pk)


def counted_in(people: QuerySet[Staff]) -> QuerySet[Staff]:
    """Of a team those whose day is looked at: everybody who serves customers; a supervisor may have none."""
    serving = Customer.objects.unscoped("of people given by the caller").active().filter(manager=OuterRef("pk"))
    return people.filter(~Q(role=Role.RM_SUPERVISOR) | Exists(serving))


def board_day(today: date) -> date:
    """The working day whose results are looked at: today, on a day off the last working day."""
    return today if is_workday(today) else previous_workday(today)


def team_board(staff: Staff, members: Iterable[Staff], *, day: date, now: datetime) -> Board:
    """The table for these people: results of `day`, plans of the next working day, contacts and arrears of `day`."""
    board = Board(day, next_workday(day), [Member(person) for person in members])
    ids = [member.staff.pk for member in board.members]
    diaries = _diaries(staff, ids, (board.day, board.plan_day))
    tasks = _task_counts(staff, ids, day)
    contacted = _contacted(staff, ids, day)
    for member in board.members:
        person = member.staff
        member.diary = diaries.get((person.pk, board.day))
        member.plan = plan_hand_in(
            diaries.get((person.pk, board.plan_day)), plan_deadline(person.unit, board.plan_day), now
        )
        member.result = result_hand_in(member.diary, result_deadline(board.day), now)
        counts = tasks.get(person.pk, {})
        member.due, member.overdue = counts.get("due", 0), counts.get("late", 0)
        member.open_tasks = counts.get("waiting", 0)
        member.contacted = contacted.get(person.pk, 0)
    return board


def _diaries(staff: Staff, ids: list[int], days: tuple[date, date]) -> dict[tuple[int, date], Diary]:
    rows = Diary.objects.visible_to(staff).filter(staff__in=ids, day__in=days).defer("draft")
    return {(diary.staff_id, diary.day): diary for diary in rows}


def _task_counts(staff: Staff, ids: list[int], day: date) -> dict[int, dict[str, int]]:
    rows = (
        MaintenanceTask.objects.visible_to(staff)
        .filter(due_condition(day) | overdue_condition(day), owner__in=ids)
        .order_by()
        .values("owner_id")
        .annotate(
            due=Count("customer", filter=due_condition(day), distinct=True),
            late=Count("customer", filter=overdue_condition(day), distinct=True),
            waiting=Count("customer", filter=Q(status=TaskStatus.OPEN, planned_on__lte=day), distinct=True),
        )
    )
    return {row["owner_id"]: row for row in rows}


def contacted_by(staff: Staff, person: Staff, day: date) -> QuerySet[ContactRecord]:
    """Whom somebody reached on a day: the list behind 已联."""
    records = contacts_by(staff, person=person, start=day, end=day)
    return records.exclude(outcome__in=(ContactOutcome.NO_ANSWER, ContactOutcome.SENT))


def _contacted(staff: Staff, ids: list[int], day: date) -> dict[int, int]:
    rows = (
        ContactRecord.objects.unscoped("counts only, of people whose diaries are visible")
        .standing()
        .filter(staff__in=ids, happened_on=day)
        .exclude(outcome__in=(ContactOutcome.NO_ANSWER, ContactOutcome.SENT))
        .order_by()
        .values("staff_id")
        .annotate(customers=Count("customer", distinct=True))
    )
    return {row["staff_id"]: row["customers"] for row in rows}
