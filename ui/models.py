"""Views of a list that a person saved under a name: the filters live in the URL, so a view is a query string."""

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="所有人")
    page = models.CharField("页面", max_length=60)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保存的视图"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], name="saved_view_once", violation_error_message="同名视图已存在"
            )
        ]

    def __str__(self) -> str:
        return self.name
