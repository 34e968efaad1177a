"""Who may do what to a contact, a task, an appointment or a diary: role and state together.

`can_x` answers yes or no and hides the button. `objection_to_x` is the same rule as the sentence a clerk reads, empty
when nothing stands against it; the service raises it. Both are pure: the moment and the day are handed in.
"""

from datetime import date, datetime, timedelta

from almanac.words import short_day
from customers.enums import CustomerStatus
from customers.models import Customer
from maintenance.enums import AppointmentStatus, DiaryStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, Diary, MaintenanceTask
from organization.enums import Permission, Role
from organization.models import Staff

# Only a conversation meets these; no tick and no button does (DOMAIN 2.3(1)).
CONVERSATION_KINDS = frozenset(
    {TaskKind.PHONE_BEAT, TaskKind.MEETING_BEAT, TaskKind.FIRST_CONTACT, TaskKind.FIRST_MEETING}
)
_OPEN_RESULT = (DiaryStatus.DRAFT, DiaryStatus.PLANNED, DiaryStatus.REOPENED)


def answering_for(staff: Staff) -> list[int]:
    """Whose customers and tasks this person may work on: the own and covered ones, for a supervisor the team's."""
    return staff.team_ids() if staff.role == Role.RM_SUPERVISOR else staff.serving_ids()


def serves(staff: Staff, customer: Customer) -> bool:
    """Whether the customer is managed, co-managed or covered by this person, or by somebody of the team."""
    ids = answering_for(staff)
    return customer.manager_id in ids or customer.co_manager_id in ids


# contacts


def can_record_contact(staff: Staff, customer: Customer) -> bool:
    return staff.may(Permission.RECORD_CONTACT) and serves(staff, customer)


def can_edit_contact(staff: Staff, contact: ContactRecord) -> bool:
    """Whoever wrote it, as long as it stands; every edit leaves a revision."""
    return not objection_to_editing(staff, contact)


def objection_to_editing(staff: Staff, contact: ContactRecord) -> str:
    if contact.withdrawn_at:
        return "这条接触记录已经撤回，不能再修改。"
    if contact.staff_id != staff.pk or not staff.may(Permission.RECORD_CONTACT):
        return "只有记录人本人可以修改接触记录。"
    return ""


def can_withdraw_contact(
    staff: Staff, contact: ContactRecord, *, now: datetime, undo_minutes: int, is_diary_closed: bool = False
) -> bool:
    return not objection_to_withdrawal(
        staff, contact, now=now, undo_minutes=undo_minutes, is_diary_closed=is_diary_closed
    )


def objection_to_withdrawal(
    staff: Staff, contact: ContactRecord, *, now: datetime, undo_minutes: int, is_diary_closed: bool
) -> str:
    if contact.withdrawn_at:
        return "这条接触记录已经撤回。"
    if contact.staff_id != staff.pk:
        return "只有记录人本人可以撤回接触记录。"
    if now - contact.created_at > timedelta(minutes=undo_minutes):
        return f"已超过{undo_minutes}分钟，不能撤回；如有误请用“修改”，原内容会留痕。"
    if is_diary_closed:
        return "当天日志已提交，其中列有这次接触，不能撤回；请用“修改”，或请主管退回日志后再撤回。"
    return ""


# tasks


def can_work_task(staff: Staff, task: MaintenanceTask) -> bool:
    """Open, and one's own, covered, or of the team."""
    return not objection_to_work(staff, task)


def objection_to_work(staff: Staff, task: MaintenanceTask) -> str:
    if not staff.may(Permission.WORK_QUEUE) or task.owner_id not in answering_for(staff):
        return "这项待办不归您负责。"
    if task.status != TaskStatus.OPEN:
        return f"这项待办{TaskStatus(task.status).label}，请刷新页面查看最新情况。"
    return ""


def objection_to_calling(staff: Staff, task: MaintenanceTask, *, today: date) -> str:
    """Who may have the number at one tap: an open task of one's own that is on by today, or an appointment."""
    if objection := objection_to_work(staff, task):
        return objection
    if task.kind != TaskKind.APPOINTMENT and task.planned_on > today:
        return f"这项待办安排在{short_day(task.planned_on, today)}。要提前联系，请在客户页点“查看”并填写理由。"
    return ""


def can_complete_task(staff: Staff, task: MaintenanceTask) -> bool:
    return not objection_to_completion(staff, task)


def objection_to_completion(staff: Staff, task: MaintenanceTask) -> str:
    if task.kind in CONVERSATION_KINDS:
        return f"“{task.get_kind_display()}”须由一次实际通话或会面完成，请用“记一笔”登记。"
    return objection_to_work(staff, task)


def can_skip_task(staff: Staff, task: MaintenanceTask) -> bool:
    return not objection_to_skipping(staff, task)


def objection_to_skipping(staff: Staff, task: MaintenanceTask) -> str:
    if task.kind == TaskKind.APPOINTMENT:
        return "与客户的预约不能跳过；请改期，或取消预约。"
    return objection_to_work(staff, task)


def can_reopen_task(staff: Staff, task: MaintenanceTask, *, now: datetime, undo_minutes: int) -> bool:
    return not objection_to_reopening(staff, task, now=now, undo_minutes=undo_minutes)


def objection_to_reopening(staff: Staff, task: MaintenanceTask, *, now: datetime, undo_minutes: int) -> str:
    if task.status not in (TaskStatus.DONE, TaskStatus.SKIPPED) or task.closed_by_id != staff.pk:
        return "只有本人刚办结或跳过的待办可以恢复。"
    if task.contact_id:
        return "这项待办由接触记录办结；如需恢复，请撤回那条接触记录。"
    if task.closed_at is None or now - task.closed_at > timedelta(minutes=undo_minutes):
        return f"已超过{undo_minutes}分钟，不能恢复。"
    return ""


# the lobby


def objection_to_receiving(staff: Staff, customer: Customer) -> str:
    """Whoever stands in the lobby or at a counter of the customer's outlet; the scope has seen to the outlet."""
    if not staff.may(Permission.QUICK_CARD):
        return "您的岗位不登记客户到访。"
    if customer.status != CustomerStatus.ACTIVE:
        return f"客户{customer.get_status_display()}，不能登记到访，请联系客户经理。"
    return ""


# appointments


def can_book_appointment(staff: Staff, customer: Customer) -> bool:
    return not objection_to_booking(staff, customer)


def objection_to_booking(staff: Staff, customer: Customer) -> str:
    if not can_record_contact(staff, customer):
        return "只能为自己负责或代班的客户登记预约。"
    if customer.status != CustomerStatus.ACTIVE:
        return f"客户{customer.get_status_display()}，不能再登记预约。"
    return ""


def can_cancel_appointment(staff: Staff, appointment: Appointment) -> bool:
    return not objection_to_cancelling(staff, appointment)


def objection_to_cancelling(staff: Staff, appointment: Appointment) -> str:
    if appointment.status != AppointmentStatus.PLANNED:
        return f"这次预约{AppointmentStatus(appointment.status).label}，不能取消。"
    if not staff.may(Permission.RECORD_CONTACT) or appointment.staff_id not in answering_for(staff):
        return "只有预约的客户经理或代班人可以取消预约。"
    return ""


# diary


def can_write_diary(staff: Staff, diary: Diary) -> bool:
    """One's own and nobody else's, whoever is on leave."""
    return staff.may(Permission.WRITE_DIARY) and diary.staff_id == staff.pk


def can_confirm_plan(staff: Staff, diary: Diary, *, is_closed: bool) -> bool:
    return not objection_to_planning(staff, diary, is_closed=is_closed)


def objection_to_planning(staff: Staff, diary: Diary, *, is_closed: bool) -> str:
    """A plan may come late, but once made it is locked at the deadline (DOMAIN 3.1: later items are 计划外)."""
    if not can_write_diary(staff, diary):
        return "日志只能由本人填写。"
    if diary.status not in (DiaryStatus.DRAFT, DiaryStatus.PLANNED):
        return f"{diary.day.month}月{diary.day.day}日的日志{DiaryStatus(diary.status).label}，计划不能再改。"
    if diary.planned_at and is_closed:
        return f"{diary.day.month}月{diary.day.day}日的计划已过截止时间并锁定；新增事项请记入“计划外工作”。"
    return ""


def can_submit_result(staff: Staff, diary: Diary, *, today: date) -> bool:
    return not objection_to_result(staff, diary, today=today)


def objection_to_result(staff: Staff, diary: Diary, *, today: date) -> str:
    if not can_write_diary(staff, diary):
        return "日志只能由本人填写。"
    if diary.day > today:
        return f"{short_day(diary.day, today)}还没有到，当天才能填写完成情况。"
    if diary.status == DiaryStatus.REVIEWED:
        return "主管已点评，不能再改；如需补记，请主管退回。"
    return ""


def can_review_diary(staff: Staff, diary: Diary) -> bool:
    return not objection_to_review(staff, diary)


def objection_to_review(staff: Staff, diary: Diary) -> str:
    """Only the supervisor of that person, or who stands in for the supervisor; never oneself."""
    if diary.staff_id == staff.pk:
        return "不能点评自己的日志。"
    if not staff.may(Permission.REVIEW_DIARY) or diary.staff.supervisor_id not in staff.serving_ids():
        return "只有该客户经理的主管可以点评。"
    if diary.status not in (DiaryStatus.SUBMITTED, DiaryStatus.REVIEWED):
        return "客户经理还没有提交当日完成情况，提交后才能点评。"
    return ""


def can_reopen_diary(staff: Staff, diary: Diary) -> bool:
    """Whoever may review it may hand it back."""
    return not objection_to_review(staff, diary)


def is_open_for_result(diary: Diary) -> bool:
    """Nothing was submitted yet, or the supervisor handed it back: typing leaves no revision."""
    return diary.status in _OPEN_RESULT
