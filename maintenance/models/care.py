"""Which festivals and person days are greeted, and whose (DOMAIN 8.3, 8.5, 8.6)."""

from django.db import models

from customers.enums import Channel, Occupation, Sex, Tier


class CareRule(models.Model):
    """For every occurrence of `occasion`, each managed customer who matches gets one greeting task, `lead_days` before."""

    occasion = models.CharField("场合代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40)
    is_active = models.BooleanField("启用", default=True)
    lead_days = models.PositiveSmallIntegerField("提前天数", default=3)
    channel = models.CharField("建议方式", max_length=10, choices=Channel, default=Channel.WECOM)
    min_tier = models.CharField("最低层级", max_length=12, choices=Tier, default=Tier.GOLD)
    sex = models.CharField("性别", max_length=8, choices=Sex, blank=True, default="")
    min_age = models.PositiveSmallIntegerField("最小年龄", null=True, blank=True)
    max_age = models.PositiveSmallIntegerField("最大年龄", null=True, blank=True)
    occupations = models.JSONField(
        "职业", default=list, blank=True, help_text=f'职业代码列表，如 ["{Occupation.TEACHER.value}"]；空为不限'
    )
    child_under = models.PositiveSmallIntegerField("有小于此年龄的子女", null=True, blank=True)
    is_for_parents = models.BooleanField("须有子女", default=False)
    is_for_veterans = models.BooleanField("军人及退役军人", default=False)
    is_for_party_members = models.BooleanField("中共党员", default=False)
    suggestion = models.CharField("问候要点", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "关怀规则"
        ordering = ["occasion"]

    def __str__(self) -> str:
        return self.name
