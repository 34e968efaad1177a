from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from almanac import snapshot
from almanac.enums import YearState
from almanac.statutory import objection_to_workday


class HolidayQuerySet(models.QuerySet):
    def of_notice(self, year: int) -> "HolidayQuerySet":
        """The rows of one year's notice, which may reach into the last days of the December before."""
        own = Q(day__year=year, is_of_next_year=False)
        return self.filter(own | Q(day__year=year - 1, is_of_next_year=True))

    def bulk_create(self, objs, *args, **kwargs):
        created = super().bulk_create(objs, *args, **kwargs)
        snapshot.forget()
        return created

    def update(self, **kwargs) -> int:
        updated = super().update(**kwargs)
        snapshot.forget()
        return updated

    def delete(self) -> tuple[int, dict[str, int]]:
        deleted = super().delete()
        snapshot.forget()
        return deleted

    # As on Django's own: not for templates, and only after a filter.
    update.alters_data = delete.alters_data = delete.queryset_only = True


class Holiday(models.Model):
    """A day whose working state a notice sets: a day off (weekend days within a holiday too) or a make-up working day.

    Statutory days need no row: `almanac.workdays` knows them (DOMAIN 8.1).
    """

    day = models.DateField("日期", unique=True)
    name = models.CharField("节日", max_length=32)
    is_workday = models.BooleanField("调休上班", default=False, help_text="勾选表示周末调休上班，不勾选表示放假。")
    # 元旦 of a year has taken its swapped days from the December before (2011-12-31 was worked for 2012).
    is_of_next_year = models.BooleanField("属下一年安排", default=False)
    year_state = models.CharField("状态", max_length=12, choices=YearState, default=YearState.PUBLISHED)
    source = models.CharField("依据", max_length=200)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = "节假日安排"
        verbose_name_plural = "节假日安排"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}{'调休上班' if self.is_workday else '放假'}"

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        snapshot.forget()

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        snapshot.forget()
        return deleted

    @property
    def notice_year(self) -> int:
        """The year whose notice the row belongs to."""
        return self.day.year + self.is_of_next_year

    def clean(self) -> None:
        if self.day and self.is_workday and (objection := objection_to_workday(self.day)):
            raise ValidationError({"is_workday": objection})
        if self.day and self.is_of_next_year and (self.day.month, self.day.day) < (12, 25):
            raise ValidationError({"is_of_next_year": "只有12月25日以后的日期可能属于下一年的安排。"})
