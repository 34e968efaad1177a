"""Customer segments (POLICY 二（一）2): who is asked for, who answered, and since when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.enums import SegmentCover, SegmentKind
from customers.models.customer import Customer, new_public_id
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet


class SegmentQuerySet(ScopedQuerySet):
    def active(self) -> "SegmentQuerySet":
        return self.filter(is_active=True)


class Segment(ScopedModel):
    """A question about customers, kept under a name. `rule` is validated JSON (customers.segments.rules) over the customers
    of the owner or of the unit; `version` rises with every change of it. Membership is kept, not asked anew by readers."""

    scope = Scope(manager="owner", unit="unit", shared="is_shared")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="建立人")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    covers = models.CharField("客户范围", max_length=4, choices=SegmentCover)
    name = models.CharField("名称", max_length=40)
    purpose = models.CharField("用途", max_length=200, blank=True, default="")
    kind = models.CharField("类型", max_length=12, choices=SegmentKind, default=SegmentKind.DYNAMIC)
    rule = models.JSONField("规则")
    version = models.PositiveIntegerField("规则版本", default=1, editable=False)
    is_shared = models.BooleanField("下级机构可用", default=False)
    is_active = models.BooleanField("在用", default=True)
    refreshed_on = models.DateField("名单日期", null=True, blank=True, editable=False)
    # Why the rule cannot be used any more: a field it asks for is gone. The members stay as they were.
    problem = models.CharField("问题", max_length=300, blank=True, default="", editable=False)
    created_at = models.DateTimeField("建立时间")
    updated_at = models.DateTimeField("修改时间")

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客户分群"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(is_active=True), name="segment_name_once",
                violation_error_message="您已有同名的客户分群",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit", "is_active"], name="segment_unit")]

    def __str__(self) -> str:
        return self.name

    @property
    def has_rule(self) -> bool:
        return self.kind != SegmentKind.TAG


class SegmentVersion(ScopedModel):
    """What a segment's rule said from this version on."""

    scope = Scope(manager="segment__owner", unit="segment__unit", shared="segment__is_shared")

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="versions", verbose_name="客户分群")
    number = models.PositiveIntegerField("规则版本")
    rule = models.JSONField("规则")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保存人")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "分群规则版本"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="segment_version_once")]

    def __str__(self) -> str:
        return f"{self.segment} 第{self.number}版"


class MembershipQuerySet(ScopedQuerySet):
    def open(self) -> "MembershipQuerySet":
        return self.filter(until=None)


class SegmentMembership(ScopedModel):
    """A customer's time in a segment: from `since` until the day `until`, on which they were in it no more."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    # A row for every customer and segment: keys that lead an index below need no second one.
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="memberships", verbose_name="客户分群", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="memberships", verbose_name="客户", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    since = models.DateField("进入日期")
    until = models.DateField("离开日期", null=True, blank=True)
    rule_version = models.PositiveIntegerField("规则版本")
    left_version = models.PositiveIntegerField("离开时规则版本", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分群名单"
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], condition=Q(until=None), name="segment_member_once"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="segment_member_dates"),
        ]
        indexes = [
            models.Index(fields=["customer", "-since"], name="segment_member_customer"),
            models.Index(fields=["segment", "-until"], condition=Q(until__isnull=False), name="segment_member_left"),
        ]

    def __str__(self) -> str:
        return f"{self.segment} {self.since}"
