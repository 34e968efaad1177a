"""What a manager would like to have said when his customer comes into the outlet."""

from django.conf import settings
from django.db import models

from customers.models import Customer
from organization.models import Unit
from organization.scoping import Scope, ScopedModel


class CounterNote(ScopedModel):
    """One line per customer for the lobby and the counters, until a day. It names no amounts: they have no right to them."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="counter_note", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    text = models.CharField("提示", max_length=100)
    valid_until = models.DateField("有效期至")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")
    written_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = verbose_name_plural = "大堂提示"

    def __str__(self) -> str:
        return self.text
