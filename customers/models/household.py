"""Customers of one family (DESIGN 4). Who belongs is read through the members, each in the scope of its customer."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer, new_public_id
from organization.models import Unit
from organization.scoping import Scope, ScopedModel


class Household(models.Model):
    """What ties its members together, and nothing more: it names nobody."""

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = verbose_name_plural = "家庭"

    def __str__(self) -> str:
        return f"家庭 {self.pk}"


class HouseholdMember(ScopedModel):
    """A customer belongs to one family at most, and no family has a single member (services.household)."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    household = models.ForeignKey(Household, models.CASCADE, related_name="members", verbose_name="家庭")
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="membership", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    joined_on = models.DateField("加入日期")
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员"
        ordering = ["household", "joined_on", "id"]

    def __str__(self) -> str:
        return str(self.customer)
