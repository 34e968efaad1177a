"""The work list of the daily run. Truth is here; a message only says "look" (DESIGN 5, RELIABILITY 3.3)."""

from django.db import models

from customers.models import Customer
from maintenance.enums import RunState, RunStepName
from organization.scoping import Scope, ScopedModel


class DailyRun(models.Model):
    """One business date. Done when every step of every shard is done."""

    business_date = models.DateField("业务日期", unique=True)
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.PENDING)
    created_at = models.DateTimeField("建立时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "每日批处理"
        ordering = ["-business_date"]

    def __str__(self) -> str:
        return f"{self.business_date}"


class RunStep(models.Model):
    """A step of a run over a range of units. A worker claims it (attempt and lease token committed first), then works in a
    second transaction that checks the token: whoever lost the lease writes nothing."""

    run = models.ForeignKey(DailyRun, models.CASCADE, related_name="steps", verbose_name="批处理")
    business_date = models.DateField("业务日期")
    step = models.CharField("步骤", max_length=20, choices=RunStepName)
    position = models.PositiveSmallIntegerField("次序")
    shard = models.PositiveSmallIntegerField("分片")
    first_unit = models.BigIntegerField("起始机构")
    last_unit = models.BigIntegerField("末尾机构")
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.PENDING)
    attempt = models.PositiveSmallIntegerField("尝试次数", default=0)
    lease_token = models.CharField("租约", max_length=36, blank=True, default="")
    lease_until = models.DateTimeField("租约至", null=True, blank=True)
    not_before = models.DateTimeField("不早于", null=True, blank=True)
    rows = models.PositiveIntegerField("处理行数", default=0)
    error = models.TextField("错误", blank=True, default="")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批处理步骤"
        ordering = ["business_date", "position", "shard"]
        constraints = [models.UniqueConstraint(fields=["run", "step", "shard"], name="run_step_once")]
        indexes = [models.Index(fields=["state", "business_date", "position"], name="run_step_claim")]

    def __str__(self) -> str:
        return f"{self.business_date} {self.get_step_display()} #{self.shard}"


class Quarantine(ScopedModel):
    """A customer whose row stopped a step; the rest of the step was finished without it."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    step = models.CharField("步骤", max_length=20, choices=RunStepName)
    business_date = models.DateField("业务日期")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户")
    error = models.CharField("错误", max_length=300)
    created_at = models.DateTimeField("时间")
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批处理隔离"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["step", "business_date", "customer"], name="quarantine_once")]

    def __str__(self) -> str:
        return f"{self.business_date} {self.get_step_display()}"
