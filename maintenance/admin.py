"""Configuration of daily maintenance: care rules to edit, runs to look at and to start again (DESIGN 3, 5).

No row of a customer is shown here. Quarantined customers appear as a number; who they are, their managers see.
"""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from almanac.festivals import FESTIVALS
from maintenance.daily.runs import reopen_run, retry_steps
from maintenance.enums import RunState
from maintenance.models import CareRule, DailyRun, Quarantine, RunStep
from organization import audit, clock
from organization.admin_base import AuditedAdmin, ReadOnlyAdmin
from organization.enums import AuditAction, Permission


class RunsAdmin(ReadOnlyAdmin):
    """Looked at, never written by hand; its actions ask for the right to start runs."""

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.may(Permission.RUN_DAILY)


@admin.register(CareRule)
class CareRuleAdmin(AuditedAdmin):
    list_display = ["name", "is_active", "lead_days", "channel", "min_tier", "suggestion"]
    list_filter = ["is_active", "channel", "min_tier"]
    search_fields = ["name", "occasion"]
    readonly_fields = ["occasion"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A rule per festival of the calendar is there already."""
        return CareRule.objects.count() < len(FESTIVALS)

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


@admin.register(DailyRun)
class DailyRunAdmin(RunsAdmin):
    list_display = ["business_date", "state", "done", "quarantined", "created_at", "finished_at"]
    list_filter = ["state"]
    date_hierarchy = "business_date"
    actions = ["run_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyRun]:
        return (
            super()
            .get_queryset(request)
            .annotate(all_steps=Count("steps"), done_steps=Count("steps", filter=Q(steps__state=RunState.DONE)))
        )

    @admin.display(description="步骤")
    def done(self, run: DailyRun) -> str:
        return f"{run.done_steps}/{run.all_steps}"

    @admin.display(description="隔离客户数")
    def quarantined(self, run: DailyRun) -> int:
        return Quarantine.objects.unscoped("a number").filter(business_date=run.business_date, resolved_at=None).count()

    @admin.action(description="补跑：把所选日期的步骤重新列入", permissions=["run"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[DailyRun]) -> None:
        """Failed steps begin again, complete dates are carried out once more; quarantined customers are released."""
        days = list(queryset.order_by("business_date").values_list("business_date", flat=True))
        with transaction.atomic():
            released = Quarantine.objects.unscoped("released by an administrator").filter(
                business_date__in=days, resolved_at=None
            )
            released.update(resolved_at=clock.now())
            for day in days:
                if not reopen_run(day):
                    retry_steps(RunStep.objects.filter(business_date=day))
                audit.record(AuditAction.RUN, by=request.user, label=f"补跑{day}", object_type="maintenance.dailyrun")
        self.message_user(request, f"已重新列入{len(days)}个日期，一分钟内开始执行。", messages.SUCCESS)


@admin.register(RunStep)
class RunStepAdmin(RunsAdmin):
    list_display = ["business_date", "step", "shard", "state", "attempt", "rows", "started_at", "finished_at", "error"]
    list_filter = ["state", "step"]
    date_hierarchy = "business_date"
    actions = ["retry"]

    @admin.action(description="重试：所选的失败步骤立即再执行", permissions=["run"])
    def retry(self, request: HttpRequest, queryset: QuerySet[RunStep]) -> None:
        with transaction.atomic():
            count = retry_steps(queryset)
            audit.record(
                AuditAction.RUN, by=request.user, label=f"重试{count}个步骤", object_type="maintenance.runstep"
            )
        self.message_user(request, f"{count}个失败步骤已重新列入；未失败的步骤不受影响。", messages.SUCCESS)
