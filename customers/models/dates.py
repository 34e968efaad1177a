"""Dates that are kept every year, by the solar or the lunar calendar (DOMAIN 8.4)."""

from datetime import date

from django.db import models
from django.db.models import Q

from almanac import lunar
from customers.enums import Calendar, DateKind
from customers.models.customer import Customer, HandleMixin, Person
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet


class ImportantDateQuerySet(ScopedQuerySet):
    def to_remind(self, on: date) -> "ImportantDateQuerySet":
        """Those whose reminder falls due by this business date."""
        return self.filter(remind_on__lte=on)


class ImportantDate(HandleMixin, ScopedModel):
    """A birthday or anniversary. `next_on` is its next occurrence, `remind_on` the day the daily run must look at it."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="important_dates", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="important_dates", verbose_name="关系人"
    )
    kind = models.CharField("类型", max_length=20, choices=DateKind)
    label = models.CharField("名称", max_length=40, blank=True, default="")
    calendar = models.CharField("历法", max_length=5, choices=Calendar, default=Calendar.SOLAR)
    month = models.PositiveSmallIntegerField("月")
    day = models.PositiveSmallIntegerField("日")
    is_leap = models.BooleanField("闰月", default=False)
    year = models.SmallIntegerField("起始年", null=True, blank=True, help_text="公历或农历年份；不详可不填")
    remind_days = models.PositiveSmallIntegerField("提前天数", default=7)
    next_on = models.DateField("下次日期", null=True, blank=True, editable=False)
    remind_on = models.DateField("提醒日期", null=True, blank=True, editable=False)

    objects = ImportantDateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重要日期"
        ordering = ["next_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="important_date_month"),
            models.CheckConstraint(condition=Q(day__range=(1, 31)), name="important_date_day"),
            # Two constraints, because SQLite cannot be told that two missing persons are the same.
            models.UniqueConstraint(
                fields=["customer", "kind", "label", "calendar"], condition=Q(person=None), name="important_date_once",
                violation_error_message="该客户已登记同一重要日期",
            ),
            models.UniqueConstraint(
                fields=["customer", "person", "kind", "label", "calendar"], condition=Q(person__isnull=False),
                name="important_date_person_once", violation_error_message="该关系人已登记同一重要日期",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["unit", "remind_on"], condition=Q(remind_on__isnull=False), name="important_date_remind"
            ),
            models.Index(fields=["unit", "next_on"], name="important_date_next"),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()

    @property
    def written(self) -> str:
        """The day as its calendar calls it: 公历12月8日, 农历腊月三十."""
        if self.calendar == Calendar.LUNAR:
            return f"农历{lunar.month_day_name(self.month, self.day, self.is_leap)}"
        return f"公历{self.month}月{self.day}日"
