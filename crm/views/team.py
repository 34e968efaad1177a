"""主管台: who has handed in the diary, how each one's day stands, what is overdue (DESIGN 6, 8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date

from almanac.workdays import is_workday, next_workday, previous_workday
from crm.views.dates import day_in_words
from maintenance.queries import team as queries
from maintenance.queries.lists import CONTACT_SORTS, TASK_SORTS, tasks_for
from organization import clock
from organization.enums import Permission
from organization.models import Staff
from organization.permissions import require
from ui.lists import page_of
from ui.responses import render_part

_PEOPLE_PER_PAGE = 50
_LISTS = {"overdue": "逾期客户", "due": "应联客户", "contacted": "已联客户"}
_SORTS = {"unit": ("unit__path", "employee_no")}


@require(Permission.VIEW_TEAM)
def team_board(request: HttpRequest) -> HttpResponse:
    """One row per person: plan of the next working day, result of the day, contacts and arrears."""
    now = clock.now()
    today = queries.board_day(now.date())
    day = _day(request, today)
    team = queries.counted_in(queries.team_of(request.user))
    people = page_of(request, team, sorts=_SORTS, default_sort="unit", page_size=_PEOPLE_PER_PAGE)
    board = queries.team_board(request.user, people, day=day, now=now)
    context = {
        "day": day_in_words(now.date()),
        "board": board,
        "page": people,
        "is_today": day == today,
        "previous_day": previous_workday(day),
        "next_day": next_workday(day) if day < today else None,
        "may_work_queue": request.user.may(Permission.WORK_QUEUE),
    }
    return render_part(request, "crm/team_board.html", "board", context)


@require(Permission.VIEW_TEAM)
def team_overdue(request: HttpRequest) -> HttpResponse:
    """The lists behind the figures of the board: overdue customers of the team or of one of its people, and of one
    person those due on a day (`show=due`) and those spoken to (`show=contacted`)."""
    people = queries.team_of(request.user)
    person: Staff | None = None
    if number := request.GET.get("staff", ""):
        person = get_object_or_404(people, employee_no=number)
    show = request.GET.get("show", "") if person else ""
    show = show if show in _LISTS else "overdue"
    day = clock.today() if show == "overdue" else _day(request, queries.board_day(clock.today()))
    owners = [person.pk] if person else list(people.values_list("pk", flat=True))
    if person and show == "contacted":
        rows = queries.contacted_by(request.user, person, day)
        page = page_of(request, rows, sorts=CONTACT_SORTS, default_sort="-when", page_size=25)
    else:
        rows = tasks_for(request.user, when="today" if show == "due" else "overdue", day=day, owners=owners)
        page = page_of(request, rows, sorts=TASK_SORTS, default_sort="due", page_size=25)
    customers = rows.order_by().values("customer").distinct().count()
    context = {
        "page": page, "person": person, "customers": customers, "show": show, "day": day, "list_name": _LISTS[show],
    }  # fmt: skip
    return render_part(request, "crm/team_overdue.html", "list", context)


def _day(request: HttpRequest, today):
    """A past working day in the address, else today."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return day if day and clock.is_within_reach(day) and day < today and is_workday(day) else today
