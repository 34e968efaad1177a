"""《客户经理日志》: plan, result, review (POLICY 二（一）3–4, DOMAIN 3.1, DESIGN 6).

Late is recorded, never blocked. The diary is a projection of tasks and contacts; what is typed here is only what they
cannot know. A change after the close leaves a revision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import chain

from django.db import transaction
from django.urls import reverse

from almanac.workdays import day_note, is_workday, next_workday
from customers.enums import Channel
from customers.models import Customer
from maintenance.enums import DiaryStatus, LineOutcome
from maintenance.models import Diary, DiaryLine, DiaryRevision, MaintenanceTask
from maintenance.parameters import PLAN_AHEAD_DAYS
from maintenance.policies import (
    is_open_for_result,
    objection_to_planning,
    objection_to_result,
    objection_to_review,
    serves,
)
from maintenance.queries.diary import (
    contacts_of,
    line_views,
    lines_of,
    match_contacts,
    plan_deadline,
    result_deadline,
)
from maintenance.queries.diary_plan import PlanCandidate, carried_over, plan_candidates, suggested_plan
from maintenance.services.appointments import tasks_of_appointments
from maintenance.services.diary_lines import LineResult, end_lines
from maintenance.services.wording import checked_text, day_text
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation, StaleVersion
from organization.models import Staff
from organization.notifications import notify
from organization.parameters import parameter

__all__ = [
    "LineResult", "Matter", "confirm_plan", "get_diary", "plan_deadline", "reopen_diary", "result_deadline",
    "review_diary", "save_draft", "submit_result",
]  # fmt: skip

_DRAFT_PARTS = ("plan", "result")
_DRAFT_LIMIT = 60_000
_NOTES = {"market_note": "市场信息", "opportunity_note": "商机与风险", "summary": "小结"}


@dataclass(frozen=True)
class Matter:
    """Work that is no task: 晨会, a visit of the neighbourhood, a document for a customer."""

    matter: str
    channel: str = ""
    customer: Customer | None = None
    planned_time: time | None = None
    note: str = ""


def get_diary(staff: Staff, day: date) -> Diary:
    """The diary of a working day; one that nobody has touched yet is given unsaved.

    Raises RuleViolation for a day off, naming the next working day.
    """
    refuse_day_off(day)
    diary = (
        Diary.objects.unscoped("one's own, or checked by the caller").filter(staff=staff, day=day).order_by().first()
    )
    return diary or Diary(staff=staff, unit=staff.unit, day=day)


def refuse_day_off(day: date) -> None:
    if not is_workday(day):
        ahead = next_workday(day)
        raise RuleViolation(
            f"{day_text(day)}是{day_note(day)}，不写日志；下一个工作日是{day_text(ahead)}（{_weekday(ahead)}）。"
        )


@transaction.atomic
def confirm_plan(
    *,
    by: Staff,
    day: date,
    tasks: Sequence[MaintenanceTask | PlanCandidate] | None = None,
    matters: Sequence[Matter] | None = None,
    version: int | None = None,
) -> Diary:
    """Make the chosen tasks and other matters the plan of `day`. With neither given (one tap) the tasks within the daily
    capacity and what was put off to that day. Again before the deadline replaces the plan; after it the plan is locked.
    """
    diary = _own_diary(by, day, version)
    now, deadline = clock.now(), plan_deadline(by.unit, day)
    if objection := objection_to_planning(by, diary, is_closed=now >= deadline):
        raise RuleViolation(objection)
    if day > now.date() + timedelta(days=parameter(PLAN_AHEAD_DAYS)):
        raise RuleViolation(f"计划最多提前{parameter(PLAN_AHEAD_DAYS)}天。")
    candidates = plan_candidates(by, day)
    chosen = suggested_plan(by, day, candidates) if tasks is None else _only_candidates(candidates, tasks)
    others = _put_off_matters(by, day) if matters is None else [_checked_matter(by, m) for m in matters]
    if not chosen and not others:
        raise RuleViolation("计划里还没有事项，请至少勾选或填写一项。")
    _replace_plan(diary, _as_tasks(by, chosen), others)
    if diary.planned_at is None:
        diary.planned_at, diary.is_plan_late = now, now >= deadline
    diary.status = DiaryStatus.PLANNED
    _save(diary, by=by, part="plan", after={"lines": len(chosen) + len(others), "late": diary.is_plan_late})
    return diary


@transaction.atomic
def submit_result(
    *,
    by: Staff,
    day: date,
    results: Mapping[int, LineResult] | None = None,
    unplanned: Sequence[Matter] = (),
    notes: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Diary:
    """Close the day: every planned line (by position) ends 完成 / 部分完成 / 未完成 with reason and new date; contacts that
    nobody had planned become 计划外工作. A line left out takes what the day's records say. A new date moves the task.
    """
    diary = _own_diary(by, day, version)
    now = clock.now()
    if objection := objection_to_result(by, diary, today=now.date()):
        raise RuleViolation(objection)
    if not is_open_for_result(diary):
        _keep_revision(diary, by)
    contacts = contacts_of(by, day)
    lines, _ = lines_of(diary)
    matched, leftover = match_contacts(lines, contacts)
    end_lines(by, line_views(lines, matched), results or {})
    _replace_unplanned(diary, lines, leftover, [_checked_matter(by, m) for m in unplanned])
    for field, label in _NOTES.items():
        setattr(diary, field, checked_text((notes or {}).get(field, ""), label=label, limit=1000))
    if diary.submitted_at is None:
        diary.submitted_at, diary.is_result_late = now, now >= result_deadline(day)
    diary.status = DiaryStatus.SUBMITTED
    _save(diary, by=by, part="result", after={"status": diary.status, "late": diary.is_result_late})
    return diary


@transaction.atomic
def save_draft(*, by: Staff, day: date, part: str, text: str, page: str, base: str = "") -> Diary:
    """Keep what is being typed in a part of the day (plan, result), as the form encodes it.

    `page` names the open page, `base` the page whose draft it was opened with. When a third page, perhaps on another
    device, has saved since, StaleVersion is raised and neither text is lost.
    """
    if part not in _DRAFT_PARTS:
        raise RuleViolation("无法识别要保存的内容。")
    checked_text(text, label="未提交内容", limit=_DRAFT_LIMIT)
    diary = _own_diary(by, day)
    kept = draft_of(diary, part)
    if kept and kept["page"] not in (page, base):
        raise StaleVersion("这一天的日志已在另一个页面或设备上更新，请刷新后继续；您刚输入的内容仍在本页。")
    diary.draft = diary.draft | {part: {"page": page[:36], "text": text}}
    diary.draft_saved_at = clock.now()
    diary.save(update_fields=["draft", "draft_saved_at"])
    return diary


@transaction.atomic
def discard_draft(*, by: Staff, day: date, part: str) -> Diary:
    """Back to what was submitted or suggested."""
    diary = _own_diary(by, day)
    diary.draft = {name: kept for name, kept in diary.draft.items() if name != part}
    diary.save(update_fields=["draft"])
    return diary


def draft_of(diary: Diary, part: str) -> dict[str, str]:
    """{page, text} of what was typed and not submitted; empty when there is nothing."""
    return diary.draft.get(part, {})


@transaction.atomic
def review_diary(*, by: Staff, diary: Diary, comment: str, score: int, version: int | None = None) -> Diary:
    """The supervisor's word, score 1–5. A second one replaces the first, which stays as a revision."""
    diary = _locked(diary, version)
    if objection := objection_to_review(by, diary):
        raise RuleViolation(objection)
    if not isinstance(score, int) or not 1 <= score <= 5:
        raise RuleViolation("请给出1至5分的评分。")
    if diary.status == DiaryStatus.REVIEWED:
        _keep_revision(diary, by)
    diary.comment, diary.score = checked_text(comment, label="点评", limit=1000), score
    diary.reviewed_by, diary.reviewed_at, diary.status = by, clock.now(), DiaryStatus.REVIEWED
    _save(diary, by=by, part="review", after={"score": score}, action=AuditAction.REVIEW)
    _tell(diary, f"{by.name}点评了您{day_text(diary.day)}的日志（{score}分）" + (f"：{comment}" if comment else "。"))
    return diary


@transaction.atomic
def reopen_diary(*, by: Staff, diary: Diary, reason: str, version: int | None = None) -> Diary:
    """Hand it back for completion; what stood there stays as a revision, the lateness mark as it was."""
    diary = _locked(diary, version)
    if objection := objection_to_review(by, diary):
        raise RuleViolation(objection)
    reason = checked_text(reason, label="退回原因", limit=200, is_required=True)
    _keep_revision(diary, by)
    diary.status = DiaryStatus.REOPENED
    _save(diary, by=by, part="review", after={"status": diary.status}, action=AuditAction.REVIEW, reason=reason)
    _tell(diary, f"{by.name}退回了您{day_text(diary.day)}的日志，请补记：{reason}")
    return diary


def _own_diary(by: Staff, day: date, version: int | None = None) -> Diary:
    refuse_day_off(day)
    diary, _ = Diary.objects.unscoped("one's own").get_or_create(staff=by, day=day, defaults={"unit": by.unit})
    return _locked(diary, version)


def _locked(diary: Diary, version: int | None) -> Diary:
    """The row as it is now. A page shows version 1 of a diary that does not exist yet."""
    rows = Diary.objects.unscoped("checked by policy after the lock").select_for_update(of=("self",))
    locked = rows.select_related("staff__unit").get(pk=diary.pk)
    if version is not None and locked.version != version:
        raise StaleVersion(f"{day_text(locked.day)}的日志刚被更新过，请核对最新内容后再提交；您填写的内容已保留。")
    return locked


def _only_candidates(
    candidates: Sequence[PlanCandidate], tasks: Sequence[MaintenanceTask | PlanCandidate]
) -> list[PlanCandidate]:
    chosen = {task.public_id for task in tasks}
    return [task for task in candidates if task.public_id in chosen]


def _as_tasks(by: Staff, chosen: Sequence[PlanCandidate]) -> list[PlanCandidate]:
    """The chosen, each with a task: an appointment that no run has come to yet gets its own now."""
    untold = [candidate.public_id for candidate in chosen if not candidate.pk]
    made = tasks_of_appointments(untold, by=by) if untold else {}
    found = [c if c.pk else c._replace(pk=made.get(c.public_id, 0)) for c in chosen]
    return [candidate for candidate in found if candidate.pk]


def _put_off_matters(by: Staff, day: date) -> list[Matter]:
    return [
        Matter(line.matter, line.channel, line.customer, line.planned_time, line.note) for line in carried_over(by, day)
    ]


def _checked_matter(by: Staff, matter: Matter) -> Matter:
    if matter.channel and matter.channel not in Channel.values:
        raise RuleViolation("请选择列表中的联系方式。")
    if matter.customer and not serves(by, matter.customer):
        raise RuleViolation("只能写入自己负责、协办或代班的客户。")
    return Matter(
        checked_text(matter.matter, label="事项", limit=200, is_required=True), matter.channel, matter.customer,
        matter.planned_time, checked_text(matter.note, label="说明", limit=500),
    )  # fmt: skip


def _replace_plan(diary: Diary, tasks: Sequence[PlanCandidate], matters: Sequence[Matter]) -> None:
    lines = [
        DiaryLine(
            diary=diary, task_id=task.pk, customer_id=task.customer_id, matter=task.why, channel=task.channel,
            planned_time=task.starts_at,
        )
        for task in tasks
    ]  # fmt: skip
    lines += [_line_of(diary, matter, is_planned=True) for matter in matters]
    lines.sort(key=lambda line: (line.planned_time is None, line.planned_time or time.min))
    for position, line in enumerate(lines, 1):
        line.position = position
    diary.lines.filter(is_planned=True).delete()
    DiaryLine.objects.bulk_create(lines)


def _line_of(diary: Diary, matter: Matter, *, is_planned: bool) -> DiaryLine:
    return DiaryLine(
        diary=diary, is_planned=is_planned, customer=matter.customer, matter=matter.matter, channel=matter.channel,
        planned_time=matter.planned_time, note=matter.note,
        outcome=LineOutcome.PENDING if is_planned else LineOutcome.DONE,
    )  # fmt: skip


def _replace_unplanned(diary: Diary, planned, leftover, matters: Sequence[Matter]) -> None:
    lines = [
        DiaryLine(
            diary=diary, is_planned=False, customer_id=contact.customer_id, contact=contact, channel=contact.channel,
            matter=f"{contact.get_direction_display()} · {contact.get_outcome_display()}", outcome=LineOutcome.DONE,
        )
        for contact in leftover
    ]  # fmt: skip
    lines += [_line_of(diary, matter, is_planned=False) for matter in matters]
    for position, line in enumerate(lines, len(planned) + 1):
        line.position = position
    diary.lines.filter(is_planned=False).delete()
    DiaryLine.objects.bulk_create(lines)


def _keep_revision(diary: Diary, by: Staff) -> None:
    """The words before the change, lines included."""
    said = {
        field: getattr(diary, field)
        for field in ("status", "market_note", "opportunity_note", "summary", "comment", "score")
    }
    said["lines"] = [
        {
            "position": line.position, "is_planned": line.is_planned, "matter": line.matter, "outcome": line.outcome,
            "unfinished_reason": line.unfinished_reason, "note": line.note,
            "replanned_on": line.replanned_on and line.replanned_on.isoformat(),
        }
        for line in chain(*lines_of(diary))
    ]  # fmt: skip
    DiaryRevision.objects.create(diary=diary, before=said, changed_by=by, changed_at=clock.now())


def _save(
    diary: Diary, *, by: Staff, part: str, after: dict, action: AuditAction = AuditAction.CHANGE, reason: str = ""
) -> None:
    """Write the header, drop the draft of the part that is now said for good, and leave the audit row."""
    diary.draft = {name: kept for name, kept in diary.draft.items() if name != part}
    diary.version += 1
    diary.save()
    audit.record(
        action, diary, by=by, after={"day": diary.day, "part": part} | after, reason=reason,
        label=f"{diary.staff.name} {diary.day} 日志", object_id=str(diary.pk),
    )  # fmt: skip


def _tell(diary: Diary, text: str) -> None:
    notify(
        [diary.staff_id], kind="diary", text=text, url=reverse("maintenance:diary_day", args=[diary.day]),
        dedupe_key=f"diary:{diary.pk}:{diary.version}",
    )  # fmt: skip


def _weekday(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]
