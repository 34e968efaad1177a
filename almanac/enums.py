from django.db import models


class YearState(models.TextChoices):
    """Whether the State Council's notice for a year is in, or its days off are only what the law names."""

    PUBLISHED = "published", "已公布"
    PROVISIONAL = "provisional", "暂定"
