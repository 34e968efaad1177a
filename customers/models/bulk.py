"""Work done on many customers at once, kept so that it can be undone; and lists that were asked to leave the system."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.enums import BulkKind, ExportState
from customers.models.customer import Customer, new_public_id
from customers.models.segments import Segment
from organization.models import Unit
from organization.scoping import Scope, ScopedModel


class BulkWork(ScopedModel):
    """One press of a button for many customers: what was done, with whom (`changes`), and whether it was taken back."""

    scope = Scope(manager="staff", unit="unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    kind = models.CharField("办理事项", max_length=12, choices=BulkKind)
    said = models.CharField("内容", max_length=200)
    after = models.CharField("新值", max_length=22, blank=True, default="", editable=False)
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="标签")
    reason = models.CharField("理由", max_length=200, blank=True, default="")
    count = models.PositiveIntegerField("客户数", default=0)
    done_at = models.DateTimeField("办理时间")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_count = models.PositiveIntegerField("撤销客户数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "批量办理"
        ordering = ["-done_at", "-id"]

    def __str__(self) -> str:
        return self.said


class BulkChange(ScopedModel):
    """One customer of a bulk work, and what was there before."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    work = models.ForeignKey(BulkWork, models.CASCADE, related_name="changes", verbose_name="批量办理", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    before = models.CharField("原值", max_length=12, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "批量办理明细"
        ordering = ["work", "customer"]
        constraints = [models.UniqueConstraint(fields=["work", "customer"], name="bulk_change_once")]

    def __str__(self) -> str:
        return f"{self.work} {self.before}"


class Export(ScopedModel):
    """A list of customers that leaves the system: as an address of the list, never as a stored file. Above a number of rows
    somebody else agrees first."""

    scope = Scope(manager="staff", unit="unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    query = models.CharField("筛选条件", max_length=2000, blank=True, default="")
    picked = models.JSONField("所选客户", default=list, blank=True, help_text="空为符合条件的全部客户")
    said = models.CharField("范围", max_length=300)
    reason = models.CharField("用途", max_length=200)
    count = models.PositiveIntegerField("客户数")
    state = models.CharField("状态", max_length=10, choices=ExportState)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    answer = models.CharField("审批意见", max_length=200, blank=True, default="")
    downloads = models.PositiveSmallIntegerField("下载次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "名单导出"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("staff")), name="export_decided_by_another",
                violation_error_message="不能审批自己的申请",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.said
