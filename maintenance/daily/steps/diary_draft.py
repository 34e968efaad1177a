"""次日日志草稿: an empty diary of the next working day for everybody who keeps one (DESIGN 6)."""

from django.db.models import F, JSONField, Value

from almanac.workdays import next_workday
from maintenance.daily.work import Work
from maintenance.enums import DiaryStatus
from maintenance.models import Diary
from organization.bulk import insert_select
from organization.enums import Permission, Role
from organization.models import Staff
from organization.permissions import ROLE_PERMISSIONS

DIARY_ROLES = tuple(role for role in Role if Permission.WRITE_DIARY in ROLE_PERMISSIONS[role])


def draft_diaries(work: Work) -> int:
    writers = Staff.objects.filter(is_active=True, role__in=DIARY_ROLES, unit__in=work.units)
    return insert_select(
        Diary,
        writers.order_by(),
        {
            "staff": F("pk"), "unit": F("unit_id"), "day": next_workday(work.on), "status": DiaryStatus.DRAFT,
            "is_plan_late": False, "is_result_late": False, "market_note": "", "opportunity_note": "", "summary": "",
            "draft": Value({}, JSONField()), "comment": "", "version": 1,
        },
    )  # fmt: skip
