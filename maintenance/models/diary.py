"""《客户经理日志》: tomorrow's plan, today's result, the supervisor's word (POLICY 二（一）3–4, DOMAIN 3.1, DESIGN 6)."""

from django.conf import settings
from django.db import models

from customers.enums import Channel
from customers.models import Customer
from maintenance.enums import DiaryStatus, LineOutcome, UnfinishedReason
from maintenance.models.contacts import ContactRecord
from maintenance.models.tasks import MaintenanceTask
from organization.models import Unit
from organization.scoping import Scope, ScopedModel


class Diary(ScopedModel):
    """One per staff member and working day. Late is recorded, never blocked."""

    scope = Scope(manager="staff", unit="unit")

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="diaries", verbose_name="客户经理")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    day = models.DateField("日期")
    status = models.CharField("状态", max_length=10, choices=DiaryStatus, default=DiaryStatus.DRAFT)
    planned_at = models.DateTimeField("计划确定时间", null=True, blank=True)
    is_plan_late = models.BooleanField("计划迟交", default=False)
    submitted_at = models.DateTimeField("结果提交时间", null=True, blank=True)
    is_result_late = models.BooleanField("结果迟交", default=False)
    market_note = models.CharField("市场信息", max_length=1000, blank=True, default="")
    opportunity_note = models.CharField("商机与风险", max_length=1000, blank=True, default="")
    summary = models.CharField("小结", max_length=1000, blank=True, default="")
    # What is being typed and not yet saved, so that a closed browser loses nothing.
    draft = models.JSONField("未提交内容", default=dict, blank=True)
    draft_saved_at = models.DateTimeField("自动保存时间", null=True, blank=True)
    comment = models.CharField("主管点评", max_length=1000, blank=True, default="")
    score = models.PositiveSmallIntegerField("评分", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="点评人"
    )
    reviewed_at = models.DateTimeField("点评时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "客户经理日志"
        ordering = ["-day", "staff"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "day"], name="diary_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(1, 5)), name="diary_score"
            ),
        ]
        indexes = [models.Index(fields=["unit", "day"], name="diary_unit_day")]

    def __str__(self) -> str:
        return f"{self.staff} {self.day}"


class DiaryLine(ScopedModel):
    """A line of the plan, or (is_planned False) work that came up during the day."""

    scope = Scope(manager="diary__staff", unit="diary__unit")

    diary = models.ForeignKey(Diary, models.CASCADE, related_name="lines", verbose_name="日志")
    position = models.PositiveSmallIntegerField("序号", default=0)
    is_planned = models.BooleanField("计划内", default=True)
    task = models.ForeignKey(
        MaintenanceTask, models.SET_NULL, null=True, blank=True, related_name="diary_lines", verbose_name="任务"
    )
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="客户")
    matter = models.CharField("事项", max_length=200)
    channel = models.CharField("方式", max_length=10, choices=Channel, blank=True, default="")
    planned_time = models.TimeField("计划时间", null=True, blank=True)
    outcome = models.CharField("完成情况", max_length=10, choices=LineOutcome, default=LineOutcome.PENDING)
    unfinished_reason = models.CharField("未完成原因", max_length=20, choices=UnfinishedReason, blank=True, default="")
    note = models.CharField("说明", max_length=500, blank=True, default="")
    replanned_on = models.DateField("改期至", null=True, blank=True)
    contact = models.ForeignKey(
        ContactRecord, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="接触记录"
    )

    class Meta:
        verbose_name = verbose_name_plural = "日志事项"
        ordering = ["diary", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["diary", "task"], condition=models.Q(task__isnull=False), name="line_task_once"
            )
        ]

    def __str__(self) -> str:
        return self.matter


class DiaryRevision(ScopedModel):
    """What a diary said before an edit after its close."""

    scope = Scope(manager="diary__staff", unit="diary__unit")

    diary = models.ForeignKey(Diary, models.CASCADE, related_name="revisions", verbose_name="日志")
    before = models.JSONField("修改前")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "日志修订"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.diary} 修订"
