"""他行资产: what a customer is known to keep with other banks."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from customers.enums import ASSET_CATEGORIES, FactOrigin, ProductCategory
from customers.models.customer import Customer, HandleMixin
from organization.models import Unit
from organization.scoping import Scope, ScopedModel

ASSETS = [(category.value, category.label) for category in ProductCategory if category in ASSET_CATEGORIES]


class ExternalHolding(HandleMixin, ScopedModel):
    """One position elsewhere, in yuan, as it was on `as_of`; nobody imports it, somebody heard or saw it."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="external_holdings", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    bank = models.CharField("他行名称", max_length=40)
    category = models.CharField("类别", max_length=20, choices=ASSETS)
    amount = models.DecimalField(
        "金额", max_digits=18, decimal_places=2, validators=[MinValueValidator(0, "金额不能为负数。")]
    )
    as_of = models.DateField("截至日期")
    origin = models.CharField("信息来源", max_length=10, choices=FactOrigin, default=FactOrigin.CUSTOMER)
    matures_on = models.DateField("到期日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "他行资产"
        ordering = ["-amount", "id"]

    def __str__(self) -> str:
        return f"{self.bank}{self.get_category_display()}"
