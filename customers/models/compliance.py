"""What must be on file before a customer is offered or told anything (DOMAIN 1.5, 1.6): the risk assessment, consents."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear

from customers.enums import (
    AssessmentPlace,
    AssessmentState,
    Channel,
    ConsentMeans,
    ConsentPurpose,
    RiskTolerance,
    StaleReason,
)
from customers.models.customer import Customer
from customers.suitability import state_on
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet

_OF_CUSTOMER = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")


class RiskAssessmentQuerySet(ScopedQuerySet):
    def current(self) -> "RiskAssessmentQuerySet":
        return self.filter(is_current=True)

    def expired(self, on: date) -> "RiskAssessmentQuerySet":
        return self.current().filter(expires_on__lt=on)

    def stale(self, on: date, *, senior_age: int) -> "RiskAssessmentQuerySet":
        """Still within their year, but a material change has made them worthless; turning `senior_age` is one."""
        rows = self.current().alias(**_NUMBERS)
        return rows.filter(~Q(stale_reason="") | _turned_senior(on, senior_age), expires_on__gte=on)

    def expiring(self, on: date, until: date, *, senior_age: int) -> "RiskAssessmentQuerySet":
        """Valid ones whose last day lies between the two days, both included."""
        rows = self.current().alias(**_NUMBERS).filter(expires_on__range=(on, until), stale_reason="")
        return rows.exclude(_turned_senior(on, senior_age))


def _as_number(path: str) -> Combinable:
    """A day as one number, 20260131, which both databases compare alike; 0 where there is none."""
    return Coalesce(ExtractYear(path) * 10_000 + ExtractMonth(path) * 100 + ExtractDay(path), Value(0))


_NUMBERS = {"born": _as_number("customer__birth_date"), "tested": _as_number("assessed_on")}


def _turned_senior(on: date, senior_age: int) -> Q:
    """`suitability.turned_senior_since` for many rows at once, beside `_NUMBERS`."""
    born_by = on.year * 10_000 + on.month * 100 + on.day - senior_age * 10_000
    return Q(born__gt=F("tested") - senior_age * 10_000, born__lte=born_by)


class RiskAssessment(ScopedModel):
    """One risk test of a customer. The latest one counts (`is_current`); it is valid through `expires_on`, unless a
    material change made it stale before."""

    scope = _OF_CUSTOMER

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="risk_assessments", verbose_name="客户", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    level = models.CharField("风险承受能力", max_length=2, choices=RiskTolerance)
    assessed_on = models.DateField("测评日期")
    expires_on = models.DateField("有效期至", help_text="含当日")
    place = models.CharField("测评渠道", max_length=12, choices=AssessmentPlace, default=AssessmentPlace.OUTLET)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    is_current = models.BooleanField("最近一次", default=True, editable=False)
    stale_reason = models.CharField("失效原因", max_length=10, choices=StaleReason, blank=True, default="")
    stale_note = models.CharField("失效说明", max_length=200, blank=True, default="")
    stale_on = models.DateField("失效日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "风险测评"
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_current=True), name="risk_assessment_current")
        ]
        indexes = [
            models.Index(fields=["customer", "-assessed_on"], name="risk_assessment_customer"),
            models.Index(fields=["unit", "expires_on"], condition=Q(is_current=True), name="risk_assessment_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.assessed_on}"

    def state_on(self, day: date, *, senior_age: int) -> tuple[AssessmentState, str]:
        """Valid, expired or stale on a day, and the reason if it is stale."""
        return state_on(
            day, expires_on=self.expires_on, assessed_on=self.assessed_on, stale_reason=self.stale_reason,
            birth_date=self.customer.birth_date, senior_age=senior_age,
        )  # fmt: skip


class Consent(ScopedModel):
    """One act of a customer: agreed to a purpose by one channel, or took it back. Never changed: the latest act counts."""

    scope = _OF_CUSTOMER

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", verbose_name="客户", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    purpose = models.CharField("事项", max_length=20, choices=ConsentPurpose)
    # Empty where a purpose has no channel: the processing of sensitive information, passing it on.
    channel = models.CharField("方式", max_length=10, choices=Channel, blank=True, default="")
    is_given = models.BooleanField("同意")
    happened_on = models.DateField("日期")
    obtained_by = models.CharField("取得方式", max_length=16, choices=ConsentMeans)
    evidence = models.CharField("凭据", max_length=200, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "授权同意"
        ordering = ["-happened_on", "-id"]
        indexes = [
            models.Index(fields=["customer", "purpose", "channel", "-happened_on", "-id"], name="consent_latest")
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}{'同意' if self.is_given else '撤回'}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a consent is never changed: record another one")
        super().save(*args, **kwargs)
