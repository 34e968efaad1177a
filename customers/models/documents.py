"""Papers on file (POLICY 二（四）: 保存优质客户的相关信息文档)."""

from django.conf import settings
from django.db import models

from customers.enums import DocumentFormat, DocumentKind
from customers.models.customer import Customer, new_public_id
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet


class DocumentQuerySet(ScopedQuerySet):
    def kept(self) -> "DocumentQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at=None)


class Document(ScopedModel):
    """One version of a paper of a kind; the highest that is kept is the present one. The file lies in
    `customers.documents.storage` under the public id; removing a document keeps row and file and shows neither."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="documents", verbose_name="客户", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    kind = models.CharField("类型", max_length=20, choices=DocumentKind)
    version = models.PositiveSmallIntegerField("版本")
    format = models.CharField("格式", max_length=4, choices=DocumentFormat)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="删除人"
    )
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)
    remove_reason = models.CharField("删除理由", max_length=200, blank=True, default="")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客户文件"
        ordering = ["customer", "kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["customer", "kind", "version"], name="document_version_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}第{self.version}版"
