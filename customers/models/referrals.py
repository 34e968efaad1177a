"""Who introduced whom (客户引荐): the policy's aim that satisfied customers bring others."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer, new_public_id
from organization.fields import EncryptedTextField
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet


class ReferralQuerySet(ScopedQuerySet):
    def standing(self) -> "ReferralQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Referral(ScopedModel):
    """`customer` introduced somebody: `referred` once that is a customer, until then a name with a number to call."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="referrals", verbose_name="引荐人")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    referred = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="introductions", verbose_name="被引荐客户"
    )
    name = models.CharField("姓名", max_length=60)
    mobile = EncryptedTextField("手机号码", blank=True, default="")
    mobile_index = models.CharField(max_length=32, blank=True, default="", editable=False)
    referred_on = models.DateField("引荐日期")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdraw_reason = models.CharField("撤销理由", max_length=200, blank=True, default="")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客户引荐"
        ordering = ["-referred_on", "-id"]
        constraints = [
            # Everybody was introduced by one person at most, so that introductions are a tree.
            models.UniqueConstraint(
                fields=["referred"], condition=Q(referred__isnull=False, withdrawn_at=None), name="referral_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "mobile_index"], condition=~Q(mobile_index="") & Q(withdrawn_at=None),
                name="referral_lead_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
