"""How the planned lines of a day end: 完成, 部分完成, or 未完成 with a reason and a new date (DESIGN 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from almanac.workdays import day_note, is_workday, next_workday
from maintenance.enums import LineOutcome, UnfinishedReason
from maintenance.models import DiaryLine
from maintenance.parameters import SNOOZE_LIMIT_DAYS
from maintenance.policies import can_work_task
from maintenance.queries.diary import LineView
from maintenance.services.tasks import snooze_tasks
from maintenance.services.wording import checked_text, day_text
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter

NOTE_LIMIT = 500
_ENDED = (LineOutcome.DONE, LineOutcome.PARTIAL, LineOutcome.NOT_DONE)


@dataclass(frozen=True)
class LineResult:
    """How a planned line ended."""

    outcome: str
    reason: str = ""
    note: str = ""
    replanned_on: date | None = None


class LineViolation(RuleViolation):
    """What is wrong with one line, and with which of its fields."""

    def __init__(self, view: LineView, field: str, text: str):
        self.field, self.text = field, text
        super().__init__(f"第{view.line.position}项“{view.line.matter[:20]}”{text}")


def end_lines(by: Staff, views: Sequence[LineView], results: Mapping[int, LineResult]) -> None:
    """Write how each line ended, by position; a line left out takes what the day's records say. A new date moves the task."""
    moves: dict[date, list[DiaryLine]] = {}
    for view in views:
        line = view.line
        suggested = LineResult(view.outcome, view.reason, view.note, view.replanned_on)
        result = checked_result(view, results.get(line.position, suggested))
        line.outcome, line.unfinished_reason, line.note = result.outcome, result.reason, result.note
        line.replanned_on, line.contact = result.replanned_on, view.contact
        if result.replanned_on and _must_move(by, view, result.replanned_on):
            moves.setdefault(result.replanned_on, []).append(line)
    fields = ["outcome", "unfinished_reason", "note", "replanned_on", "contact"]
    DiaryLine.objects.bulk_update([view.line for view in views], fields, batch_size=200)
    for day, moved in moves.items():
        reason = moved[0].get_unfinished_reason_display() or "部分完成，继续跟进"
        snooze_tasks(by=by, tasks=[line.task for line in moved if line.task], planned_on=day, reason=reason)


def checked_result(view: LineView, result: LineResult) -> LineResult:
    """The result without what does not belong to it; LineViolation for what is missing or cannot be."""
    if result.outcome not in _ENDED:
        raise LineViolation(view, "outcome", "还没有填写完成情况。")
    try:
        note = checked_text(result.note, label="说明", limit=NOTE_LIMIT)
    except RuleViolation as refusal:
        raise LineViolation(view, "note", f":{refusal}") from None
    if result.outcome == LineOutcome.DONE:
        if view.needs_contact:
            raise LineViolation(view, "outcome", "还没有接触记录，不能填“完成”；请先“记一笔”，或改填部分完成、未完成。")
        return LineResult(result.outcome, "", note, None)
    if result.outcome == LineOutcome.NOT_DONE:
        _check_unfinished(view, result, note)
    if result.replanned_on:
        _check_new_date(view, result.replanned_on)
    reason = result.reason if result.outcome == LineOutcome.NOT_DONE else ""
    return LineResult(result.outcome, reason, note, result.replanned_on)


def _check_unfinished(view: LineView, result: LineResult, note: str) -> None:
    if result.reason not in UnfinishedReason.values:
        raise LineViolation(view, "reason", "未完成，请选择原因。")
    if result.reason == UnfinishedReason.OTHER and not note:
        raise LineViolation(view, "note", "未完成的原因选了“其他”，请写明说明。")
    is_promised = view.has_open_task or (view.line.task_id is None and view.line.customer_id)
    if is_promised and not result.replanned_on:
        raise LineViolation(view, "replanned_on", "未完成，请填写改到哪一天。")


def _check_new_date(view: LineView, day: date) -> None:
    diary_day = view.line.diary.day
    if day <= diary_day:
        raise LineViolation(view, "replanned_on", f"须改到{day_text(diary_day)}之后的日期。")
    limit = parameter(SNOOZE_LIMIT_DAYS)
    if day > diary_day + timedelta(days=limit):
        raise LineViolation(view, "replanned_on", f"最多改到{limit}天以内；更远的联系请登记预约。")
    if not is_workday(day):
        ahead = next_workday(day)
        raise LineViolation(
            view, "replanned_on", f"改到的{day_text(day)}是{day_note(day)}，最近的工作日是{day_text(ahead)}。"
        )


def _must_move(by: Staff, view: LineView, day: date) -> bool:
    """Not when somebody has moved it there already, or when the task is another one's by now."""
    task = view.line.task
    return task is not None and view.has_open_task and task.planned_on != day and can_work_task(by, task)
