"""Where a person's day starts: the workbench of those who work a queue, a page of their own for everybody else."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from almanac.workdays import is_workday, next_workday
from crm.navigation import entries_for
from crm.views.dates import day_in_words
from crm.views.team import team_board
from maintenance.parameters import AHEAD_DAYS, COLLEAGUE_TOUCH_DAYS, QUEUE_CARDS
from maintenance.queries import workbench as queries
from maintenance.queries.diary import diaries_since, plan_deadline, result_deadline
from maintenance.queries.team import plan_hand_in, result_hand_in
from organization import clock
from organization.enums import Permission, Role
from organization.models import Notification, Staff
from organization.parameters import parameter
from organization.permissions import require
from organization.queries import UNREAD_COUNTED

_REMARK_DAYS = 10
_NOTES_SHOWN = 5
_MOST_CARDS = 400


@require(Permission.USE_SYSTEM)
def home(request: HttpRequest) -> HttpResponse:
    """By role: the queue for managers, the team for those who lead, the menu and the messages for the others."""
    user = request.user
    if user.may(Permission.VIEW_TEAM):
        return team_board(request)
    if user.may(Permission.WORK_QUEUE):
        return workbench(request)
    return _plain_home(request)


@require(Permission.WORK_QUEUE)
def workbench(request: HttpRequest) -> HttpResponse:
    """今日工作台 (DESIGN 8): the day in words, counters, one queue of call cards, what is coming, the diary's state."""
    staff, day = request.user, clock.today()
    step = parameter(QUEUE_CARDS)
    show = _shown(request, step)
    appointments = queries.appointments_on(staff, day)
    queue = queries.day_queue(staff, day, show=show, appointments=appointments)
    cards = [card for group in queue.groups for card in group.cards]
    queries.add_touches(staff, cards, day - timedelta(days=parameter(COLLEAGUE_TOUCH_DAYS)))
    context = {
        "day": day_in_words(day),
        "groups": queue.groups,
        "counters": queries.Counters(
            queue.due, queries.contacted_on(staff, day), queue.overdue, len(appointments), bool(queue.total)
        ),
        "next_show": show + step,
        "diary_bar": _diary_bar(staff, day),
        "call_hours_note": _call_hours_note(),
        **_coming(staff, day),
    }
    return render(request, "crm/workbench.html", context)


def _shown(request: HttpRequest, step: int) -> int:
    text = request.GET.get("show", "")
    return min(max(int(text), step), _MOST_CARDS) if text.isascii() and text.isdigit() and len(text) < 5 else step


def _plain_home(request: HttpRequest) -> HttpResponse:
    context = {
        "day": day_in_words(clock.today()),
        "entries": [entry for entry in entries_for(request.user) if entry.url_name != "home"],
        "notes": _unread(request.user)[:_NOTES_SHOWN],
        "what": _WHAT.get(request.user.role, ""),
    }
    return render(request, "crm/home.html", context)


_WHAT = {
    Role.LOBBY_MANAGER: "大堂经理负责引导识别与接待，用“大堂速查”看接待要点，需要时一键转给客户经理；调研中发现的投诉由您协助处理。",
    Role.TELLER: "柜员配合客户维护活动：用“大堂速查”看接待要点；收到的配合任务会出现在这里的通知中。",
    Role.ADMINISTRATOR: "系统管理员维护机构、人员、参数、节假日与关怀规则，并查看批处理是否正常；不接触客户资料。",
    Role.AUDITOR: "审计人员查看操作留痕与系统运行情况，只读。",
    Role.MANAGING_DEPARTMENT: "主管部门查看辖内的数据与报告，客户信息以脱敏方式显示，只读。",
}


def _call_hours_note() -> str:
    """DOMAIN 8.6: no calls over noon, none late or early."""
    hour = clock.now().hour
    if 12 <= hour < 14:
        return "午间12:00–14:00请尽量不打电话。"
    if hour < 9 or hour >= 20:
        return "现在不宜致电客户，建议9:00–20:00联系。"
    return ""


def _diary_bar(staff: Staff, day: date) -> dict:
    """Today's result and the next working day's plan, and the supervisor's latest remarks: one read."""
    plan_day, now = next_workday(day), clock.now()
    diaries = diaries_since(staff, day - timedelta(days=_REMARK_DAYS))
    by_day = {diary.day: diary for diary in diaries}
    today = by_day.get(day)
    plan = by_day.get(plan_day)
    return {
        "is_workday": is_workday(day),
        "today": today,
        "result": result_hand_in(today, result_deadline(day), now),
        "plan_day": plan_day,
        "plan": plan_hand_in(plan, plan_deadline(staff.unit, plan_day), now),
        "plan_deadline": plan_deadline(staff.unit, plan_day),
        "remarks": [diary for diary in diaries if diary.score is not None][:3],
        "handed_back": [diary for diary in diaries if diary.status == "reopened"],
    }


def _coming(staff: Staff, day: date) -> dict:
    days, unread = parameter(AHEAD_DAYS), _unread(staff)
    return {
        "ahead_days": days,
        "coming_dates": queries.coming_dates(staff, day, days),
        "coming_festivals": queries.coming_festivals(day, days),
        "maturities": queries.coming_maturities(staff, day, days),
        "notes": unread[:_NOTES_SHOWN],
        # The bell above the page counts the same rows.
        "unread_notifications": len(unread),
    }


def _unread(staff: Staff) -> list[Notification]:
    return list(
        staff.notifications.filter(read_at=None).only("recipient", "text", "url", "created_at")[:UNREAD_COUNTED]
    )
