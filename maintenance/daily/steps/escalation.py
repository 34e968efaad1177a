"""逾期提示: a supervisor hears once a working day what is long overdue and whose diary of yesterday is missing."""

from collections import Counter
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef
from django.urls import NoReverseMatch, reverse

from almanac.workdays import is_workday, previous_workday
from maintenance.daily.steps.diary_draft import DIARY_ROLES
from maintenance.daily.work import Work
from maintenance.enums import DiaryStatus, TaskStatus
from maintenance.models import DailyRun, Diary, MaintenanceTask
from maintenance.parameters import ESCALATE_AFTER_DAYS
from organization.models import Staff
from organization.notifications import notify
from organization.parameters import parameter

_HANDED_IN = (DiaryStatus.SUBMITTED, DiaryStatus.REVIEWED)


def escalate(work: Work) -> int:
    """Supervisors of the shard with their whole team, in whichever unit it sits. Old news of a date that is being caught
    up with is not told: the newest date says it all."""
    if not is_workday(work.on) or DailyRun.objects.filter(business_date__gt=work.on).exists():
        return 0
    return _tell_overdue(work) + _tell_missing_diaries(work)


def _tell_overdue(work: Work) -> int:
    days = parameter(ESCALATE_AFTER_DAYS, work.on)
    late = MaintenanceTask.objects.unscoped("counts for the supervisor").filter(
        status=TaskStatus.OPEN, due_on__lt=work.on - timedelta(days=days), owner__supervisor__unit__in=work.units,
        owner__supervisor__is_active=True,
    )  # fmt: skip
    counts = work.customers_of(late).order_by().values_list("owner__supervisor").annotate(
        Count("pk"), Count("owner", distinct=True)
    )  # fmt: skip
    for supervisor, tasks, owners in counts:
        notify(
            [supervisor], kind="overdue", url=_team_page(), dedupe_key=f"overdue:{work.on}",
            text=f"团队有{owners}人共{tasks}项待办逾期超过{days}天，请督促处理。",
        )  # fmt: skip
    return len(counts)


def _tell_missing_diaries(work: Work) -> int:
    day = previous_workday(work.on)
    missing = _without_diary(work, day)
    for supervisor, people in missing.items():
        notify(
            [supervisor], kind="diary_missing", url=_team_page(), dedupe_key=f"diary_missing:{day}",
            text=f"{day.month}月{day.day}日的客户经理日志还有{people}人未交，请督促补记。",
        )  # fmt: skip
    return len(missing)


def _without_diary(work: Work, day: date) -> Counter[int]:
    """Supervisor → how many of the team have not handed in that day's diary."""
    handed_in = Diary.objects.unscoped("counts for the supervisor").filter(
        staff=OuterRef("pk"), day=day, status__in=_HANDED_IN
    )
    people = Staff.objects.filter(
        ~Exists(handed_in), is_active=True, role__in=DIARY_ROLES, supervisor__unit__in=work.units,
        supervisor__is_active=True, date_joined__date__lte=day,
    )  # fmt: skip
    return Counter(people.order_by().values_list("supervisor", flat=True))


def _team_page() -> str:
    try:
        return reverse("team_board")
    except NoReverseMatch:
        return ""
