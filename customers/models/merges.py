"""Two archives of one person made one, and pairs of archives of which somebody said that they are two people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.models.customer import Customer, new_public_id
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet


class MergeQuerySet(ScopedQuerySet):
    def standing(self) -> "MergeQuerySet":
        """Those that were not undone."""
        return self.filter(undone_at=None)


class Merge(ScopedModel):
    """`merged` was put into `kept`, which has everything since. `record` tells every row that was changed, added or dropped
    and what it was before (services.merge_record), so that the way back ends exactly where it began."""

    scope = Scope(manager="kept__manager", co_manager="kept__co_manager", unit="kept__unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    kept = models.ForeignKey(Customer, models.CASCADE, related_name="merges", verbose_name="保留的档案")
    merged = models.ForeignKey(Customer, models.CASCADE, related_name="merged_into", verbose_name="并入的档案")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    reason = models.CharField("理由", max_length=200)
    taken = models.JSONField("取自并入档案的栏目", default=list, blank=True)
    record = models.JSONField("变动明细", default=list)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="合并人")
    merged_at = models.DateTimeField("合并时间")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undo_reason = models.CharField("撤销理由", max_length=200, blank=True, default="")

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "档案合并"
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merge_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.merged} 并入 {self.kept}"


class NotSame(ScopedModel):
    """不是同一人: a pair that looks alike and is not. `first` is the one with the lower key."""

    scope = Scope(manager="first__manager", co_manager="first__co_manager", unit="first__unit")

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户", db_index=False)
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="另一客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    reason = models.CharField("理由", max_length=200)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    said_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "不是同一人"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_same_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_same_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.second}"
