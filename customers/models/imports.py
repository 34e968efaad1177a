"""Files from the core system on their way in: the batch, its rows with a verdict each, and saved column mappings."""

from django.conf import settings
from django.db import models

from customers.enums import ImportKind, ImportState, Verdict
from customers.models.customer import new_public_id
from organization.models import Unit
from organization.scoping import Scope, ScopedModel


class ImportMapping(models.Model):
    """How the columns of another system's file become ours. `rules` is validated JSON (customers.importing.mapping)."""

    name = models.CharField("名称", max_length=80, unique=True)
    kind = models.CharField("数据类型", max_length=12, choices=ImportKind)
    rules = models.JSONField("列对应关系")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建立人"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入对应关系"
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


class ImportBatch(ScopedModel):
    """One file. It is checked whole before anything is written; it can be undone whole while nobody changed its rows."""

    scope = Scope(manager="created_by", unit="unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    kind = models.CharField("数据类型", max_length=12, choices=ImportKind)
    mapping = models.ForeignKey(
        ImportMapping, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="对应关系"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    file_name = models.CharField("文件名", max_length=200)
    file_hash = models.CharField("文件摘要", max_length=64, db_index=True)
    stored_as = models.CharField(max_length=200, blank=True, default="")
    # The rules as they were when the file was checked: a later change of the mapping does not change the batch.
    rules = models.JSONField("列对应关系", default=dict, blank=True)
    state = models.CharField("状态", max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    total = models.PositiveIntegerField("总行数", default=0)
    processed = models.PositiveIntegerField("已处理", default=0)
    created_count = models.PositiveIntegerField("新增", default=0)
    updated_count = models.PositiveIntegerField("更新", default=0)
    same_count = models.PositiveIntegerField("无变化", default=0)
    error_count = models.PositiveIntegerField("有误", default=0)
    error = models.CharField("失败原因", max_length=300, blank=True, default="")
    lease_token = models.CharField(max_length=36, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Null: started by the operator of the host on a command line.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入人"
    )
    created_at = models.DateTimeField("时间")
    checked_at = models.DateTimeField("校验时间", null=True, blank=True)
    applied_at = models.DateTimeField("写入时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    undo_reason = models.CharField("撤销理由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(ScopedModel):
    """One row of a file that needs a word: refused, with the reasons, or applied, with what stood there before.

    Rows without change are only counted, and balances are kept in `StagedBalance`: a file has up to a million of them.
    """

    scope = Scope(manager="batch__created_by", unit="batch__unit")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行号")
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    errors = models.JSONField("原因", default=list)
    key = models.CharField("业务键", max_length=64, blank=True, default="")
    before = models.TextField(blank=True, default="", help_text="加密的原值，供撤销")

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"第{self.number}行"


class StagedBalance(models.Model):
    """One balance of a file that differs from what is known: what will be written, what stood there, what undo puts back.

    Not a scoped model and without foreign keys: it is filled and read only by whole sets of one batch, a million rows at
    a time, and never shown.
    """

    batch_id = models.BigIntegerField(db_index=True)
    number = models.PositiveIntegerField("行号")
    account_id = models.BigIntegerField()
    day = models.DateField("日期")
    balance = models.DecimalField("余额", max_digits=18, decimal_places=2)
    before = models.DecimalField("原余额", max_digits=18, decimal_places=2, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "待导入余额"

    def __str__(self) -> str:
        return f"第{self.number}行"
