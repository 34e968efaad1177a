"""What a diary is made of: planned lines, contacts that are already lines, deadlines (DESIGN 6)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from almanac.workdays import day_note, is_workday, next_workday, previous_workday
from maintenance.enums import (
    ContactOutcome,
    DiaryStatus,
    LineOutcome,
    TaskStatus,
    UnfinishedReason,
)
from maintenance.models import ContactRecord, Diary, DiaryLine
from maintenance.queries.diary_plan import (
    PlanCandidate,
    carried_over,
    is_far,
    plan_candidates,
    suggested_plan,
)
from organization.models import Staff, Unit


def plan_deadline(unit: Unit, day: date) -> datetime:
    """The moment from which a plan for `day` is late: 24:00 of the previous working day, or the hour the unit sets on it."""
    eve = previous_workday(day)
    zone = timezone.get_default_timezone()
    if unit.plan_closes_at:
        return datetime.combine(eve, unit.plan_closes_at, zone)
    return datetime.combine(eve + timedelta(days=1), time.min, zone)


def result_deadline(day: date) -> datetime:
    """The moment from which the result of `day` is late: its own 24:00."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


def contacts_of(staff: Staff, day: date) -> list[ContactRecord]:
    """What this person recorded for the diary of `day`: that day's contacts and those of the days off before it."""
    records = ContactRecord.objects.unscoped("the person's own records, also of customers handed over since")
    return list(
        records.standing()
        .filter(staff=staff, happened_on__gt=previous_workday(day), happened_on__lte=day)
        .select_related("customer")
        .only("channel", "direction", "outcome", "happened_at", "note", "customer__public_id", "customer__name")
        .order_by("happened_at", "id")
    )


@dataclass
class LineView:
    """A planned line with what the day made of it: the suggestion a person confirms, or what was confirmed."""

    line: DiaryLine
    contact: ContactRecord | None
    outcome: str
    reason: str
    note: str
    replanned_on: date | None

    @property
    def was_reached(self) -> bool:
        """Somebody was talked or written to; a call nobody answered is a try."""
        return self.contact is not None and self.contact.outcome != ContactOutcome.NO_ANSWER

    @property
    def has_open_task(self) -> bool:
        return bool(self.line.task_id and self.line.task.status == TaskStatus.OPEN)

    @property
    def needs_contact(self) -> bool:
        """完成 would be refused: the task is open and nobody was reached."""
        return self.has_open_task and not self.was_reached


def match_contacts(
    lines: Sequence[DiaryLine], contacts: Sequence[ContactRecord]
) -> tuple[dict[int, ContactRecord], list[ContactRecord]]:
    """(line id → its contact, contacts that no planned line asked for). A task's own contact first, then the best of the
    customer's: one who was reached counts before a try."""
    by_customer: dict[int, ContactRecord] = {}
    for contact in sorted(contacts, key=lambda c: (c.outcome != ContactOutcome.NO_ANSWER, c.happened_at)):
        by_customer[contact.customer_id] = contact
    by_id = {contact.pk: contact for contact in contacts}
    found: dict[int, ContactRecord] = {}
    for line in lines:
        contact = by_id.get(line.task.contact_id) if line.task_id else None
        contact = contact or by_customer.get(line.customer_id)
        if contact:
            found[line.pk] = contact
    planned_customers = {line.customer_id for line in lines if line.customer_id}
    return found, [contact for contact in contacts if contact.customer_id not in planned_customers]


def line_views(lines: Sequence[DiaryLine], matched: dict[int, ContactRecord]) -> list[LineView]:
    return [_line_view(line, matched.get(line.pk)) for line in lines]


def _line_view(line: DiaryLine, contact: ContactRecord | None) -> LineView:
    if line.outcome != LineOutcome.PENDING:
        return LineView(
            line, contact or line.contact, line.outcome, line.unfinished_reason, line.note, line.replanned_on
        )
    return LineView(line, contact, *_suggestion(line, contact))


def _suggestion(line: DiaryLine, contact: ContactRecord | None) -> tuple[str, str, str, date | None]:
    """(outcome, reason, note, new date) that the records of the day speak for."""
    task = line.task
    reached = contact is not None and contact.outcome != ContactOutcome.NO_ANSWER
    if task is not None:
        if task.status == TaskStatus.DONE:
            return LineOutcome.DONE, "", task.note, None
        if task.status in (TaskStatus.SKIPPED, TaskStatus.EXPIRED, TaskStatus.SUPERSEDED):
            note = task.get_skip_reason_display() or task.get_status_display()
            return LineOutcome.NOT_DONE, UnfinishedReason.OTHER, task.note or note, None
        if reached:
            return LineOutcome.PARTIAL, "", "", None
        moved = task.planned_on if task.is_pinned and task.planned_on > line.diary.day else None
        reason = UnfinishedReason.UNREACHABLE if contact else ""
        return (LineOutcome.NOT_DONE, reason, "", moved) if contact or moved else (LineOutcome.PENDING, "", "", None)
    if reached:
        return LineOutcome.DONE, "", "", None
    return LineOutcome.PENDING, "", "", None


def lines_of(diary: Diary) -> tuple[list[DiaryLine], list[DiaryLine]]:
    """(what was planned, what was done besides) in the order of the day."""
    if diary.pk is None:
        return [], []
    related = ("diary", "task", "customer", "contact")
    lines = list(diary.lines.select_related(*related).order_by("position", "id"))
    return [line for line in lines if line.is_planned], [line for line in lines if not line.is_planned]


@dataclass
class DiaryPage:
    """A day as its page shows it; what it stands on was read once."""

    diary: Diary
    plan_deadline: datetime
    result_deadline: datetime
    is_plan_closed: bool
    is_result_closed: bool
    lines: list[LineView]
    unplanned: list[DiaryLine]
    leftover: list[ContactRecord]
    candidates: list[PlanCandidate] = field(default_factory=list)
    suggested: list[PlanCandidate] = field(default_factory=list)
    put_off: list[DiaryLine] = field(default_factory=list)

    @property
    def is_far(self) -> bool:
        """Beyond the next working day: only what belongs to the day itself is ticked."""
        return is_far(self.diary.day)

    @property
    def other_matters(self) -> list[DiaryLine]:
        """Lines of the plan that are no tasks: those already planned, else those put off to this day."""
        if self.diary.planned_at:
            return [view.line for view in self.lines if view.line.task_id is None]
        return self.put_off

    @property
    def extra_matters(self) -> list[DiaryLine]:
        """Unplanned work that no contact record tells of."""
        return [line for line in self.unplanned if line.contact_id is None]

    @property
    def counts(self) -> dict[str, int]:
        """How the planned lines stand: done, partial, not_done, pending."""
        outcomes = [view.outcome for view in self.lines]
        return {outcome.value: outcomes.count(outcome) for outcome in LineOutcome}


def diary_page(diary: Diary, *, now: datetime) -> DiaryPage:
    """Everything the page of a day shows. A submitted day shows what was submitted; an open one follows the records."""
    staff, day = diary.staff, diary.day
    lines, told = lines_of(diary)
    contacts = contacts_of(staff, day) if day <= now.date() else []
    matched, leftover = match_contacts(lines, contacts)
    already = {line.contact_id for line in told}
    page = DiaryPage(
        diary=diary,
        plan_deadline=plan_deadline(staff.unit, day),
        result_deadline=result_deadline(day),
        is_plan_closed=now >= plan_deadline(staff.unit, day),
        is_result_closed=now >= result_deadline(day),
        lines=line_views(lines, matched),
        unplanned=told,
        leftover=[contact for contact in leftover if contact.pk not in already],
    )
    if diary.status in (DiaryStatus.DRAFT, DiaryStatus.PLANNED):
        _add_candidates(page, {line.task_id for line in lines})
    return page


def _add_candidates(page: DiaryPage, planned: set[int | None]) -> None:
    diary = page.diary
    if page.is_plan_closed and diary.planned_at:
        return
    page.candidates = plan_candidates(diary.staff, diary.day)
    if diary.planned_at:
        page.suggested = [task for task in page.candidates if task.pk in planned]
    else:
        page.suggested = suggested_plan(diary.staff, diary.day, page.candidates)
        page.put_off = carried_over(diary.staff, diary.day)


_DAY_MARKS = {
    DiaryStatus.PLANNED: (" is-planned", " 计划已定"),
    DiaryStatus.SUBMITTED: (" is-done", " 已提交"),
    DiaryStatus.REVIEWED: (" is-done", " 已点评"),
    DiaryStatus.REOPENED: (" is-back", " 退回补记"),
}


@dataclass(frozen=True)
class StripDay:
    """A day in the calendar above the diary: `css` and `words` say how its diary stands."""

    day: date
    note: str
    is_workday: bool
    is_shown: bool
    css: str
    words: str


@dataclass(frozen=True)
class MonthStrip:
    first: date
    weeks: list[list[StripDay | None]]
    previous_workday: date
    next_workday: date
    previous_month: date
    next_month: date
    is_next_planned: bool


class _DayState(NamedTuple):
    day: date
    status: str
    planned_at: datetime | None
    is_plan_late: bool
    is_result_late: bool


def month_strip(staff: Staff, shown: date, today: date) -> MonthStrip:
    """The month of `shown` with the state of each of the person's diaries, and whether the next plan after it stands."""
    first = shown.replace(day=1)
    last = shown.replace(day=monthrange(shown.year, shown.month)[1])
    following = next_workday(shown)
    diaries = Diary.objects.visible_to(staff).filter(staff=staff, day__range=(first, max(last, following))).order_by()
    states = (_DayState(*row) for row in diaries.values_list(*_DayState._fields))
    by_day = {state.day: state for state in states}
    cells: list[StripDay | None] = [None] * first.weekday()
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        cells.append(_strip_day(day, by_day.get(day), is_shown=day == shown, is_today=day == today))
    cells += [None] * (-len(cells) % 7)
    weeks = [cells[i : i + 7] for i in range(0, len(cells), 7)]
    ahead = by_day.get(following)
    return MonthStrip(
        first, weeks, previous_workday(shown), following, _first_workday(first - timedelta(days=1)),
        _first_workday(last + timedelta(days=1)), is_next_planned=bool(ahead and ahead.planned_at),
    )  # fmt: skip


def _strip_day(day: date, found: _DayState | None, *, is_shown: bool, is_today: bool) -> StripDay:
    css, words = _DAY_MARKS.get(DiaryStatus(found.status), ("", "")) if found else ("", "")
    if found and (found.is_plan_late or found.is_result_late):
        css, words = f"{css} is-late", f"{words} 迟交"
    works = is_workday(day)
    css = css if works else " is-off"
    return StripDay(day, day_note(day), works, is_shown, f"{css} is-today" if is_today else css, words)


def _first_workday(day: date) -> date:
    first = day.replace(day=1)
    return first if is_workday(first) else next_workday(first)


def diaries_since(staff: Staff, day: date) -> list[Diary]:
    """The person's own diaries from a day on, latest first, with who commented."""
    told = ("day", "status", "planned_at", "is_plan_late", "submitted_at", "is_result_late", "score", "comment",
            "reviewed_by__name")  # fmt: skip
    diaries = Diary.objects.visible_to(staff).filter(staff=staff, day__gte=day).order_by("-day")
    return list(diaries.select_related("reviewed_by").only(*told))
