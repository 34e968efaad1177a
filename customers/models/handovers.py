"""Customers that change hands with the consent of all (DOMAIN 10: 移交): who gives, who takes, which, from when to when."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from customers.enums import HandOverLineState, HandOverReason, HandOverState
from customers.models.customer import Customer, new_public_id
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet

# Agreed or about to be: a customer stands in one of these at a time.
PENDING_STATES = (HandOverState.PROPOSED, HandOverState.SIGNED, HandOverState.CONFIRMED)


class HandOverQuerySet(ScopedQuerySet):
    def concerning(self, staff) -> "HandOverQuerySet":
        """Those in scope by the giver, and those this person takes from; a draft is the affair of whoever prepares it."""
        given = HandOver.objects.visible_to(staff).order_by().values("pk")
        taking = HandOverTaker.objects.unscoped("of the hand-over").filter(handover=OuterRef("pk"), taker=staff.pk)
        taken = Q(Exists(taking)) & ~Q(state=HandOverState.DRAFT)
        return self.unscoped("narrowed here").filter(Q(pk__in=given) | taken)

    def due(self, on: date) -> "HandOverQuerySet":
        """Those whose day has come and who wait for the daily run."""
        starting = Q(state=HandOverState.CONFIRMED, effective_on__lte=on)
        return self.filter(starting | Q(state=HandOverState.IN_EFFECT, ends_on__lt=on))


class HandOver(ScopedModel):
    """One hand-over of customers. `ends_on` (included) is null when it is for good; `effective_on` is the day it counts
    from: the agreed one, or that of the confirmation if that was later."""

    scope = Scope(manager="giver", unit="unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="移出人")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构", db_index=False)
    reason = models.CharField("原因", max_length=10, choices=HandOverReason)
    starts_on = models.DateField("生效日期")
    ends_on = models.DateField("归还前最后一天", null=True, blank=True)
    said = models.CharField("客户范围", max_length=200)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=HandOverState, default=HandOverState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")
    created_at = models.DateTimeField("发起时间")
    giver_signed_at = models.DateTimeField("移出人签字", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    effective_on = models.DateField("实际生效日期", null=True, blank=True)
    took_effect_at = models.DateTimeField("移交时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    answer = models.CharField("退回理由", max_length=200, blank=True, default="")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客户移交"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["unit", "state"], name="handover_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="handover_dates",
                violation_error_message="结束日期不能早于生效日期",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("giver")), name="handover_confirmed_by_another",
                violation_error_message="不能确认自己移出的客户",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_reason_display()}移交"

    @property
    def is_for_good(self) -> bool:
        return self.ends_on is None


class HandOverTaker(ScopedModel):
    """Somebody who takes customers over, and when they signed for it."""

    scope = Scope(manager="handover__giver", unit="handover__unit")

    handover = models.ForeignKey(HandOver, models.CASCADE, related_name="takers", verbose_name="移交", db_index=False)
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="接收人")
    signed_at = models.DateTimeField("签字时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "移交接收人"
        ordering = ["handover", "taker__employee_no"]
        constraints = [models.UniqueConstraint(fields=["handover", "taker"], name="handover_taker_once")]

    def __str__(self) -> str:
        return self.taker.name


class HandOverLine(ScopedModel):
    """One customer of a hand-over: who takes him, what became of it, and what a return restores."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    handover = models.ForeignKey(HandOver, models.CASCADE, related_name="lines", verbose_name="移交", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="接收人")
    state = models.CharField("结果", max_length=12, choices=HandOverLineState, default=HandOverLineState.PLANNED)
    why = models.CharField("原因", max_length=40, blank=True, default="")
    managed_since_before = models.DateField("原分配日期", null=True, blank=True)
    was_co_manager = models.BooleanField("接收人原为协办", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "移交明细"
        ordering = ["handover", "id"]
        constraints = [models.UniqueConstraint(fields=["handover", "customer"], name="handover_line_once")]

    def __str__(self) -> str:
        return f"{self.handover_id}:{self.customer_id}"
