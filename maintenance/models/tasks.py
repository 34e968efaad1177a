"""The beats that fall due and the tasks that promises become (DESIGN 5)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.enums import Channel
from customers.models import Customer
from customers.models.customer import new_public_id
from maintenance.enums import SkipReason, TaskKind, TaskSource, TaskStatus
from maintenance.models.contacts import ContactRecord
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet


class ContactBeat(ScopedModel):
    """How often a customer is met or called. `next_due_on` is the latest day by the policy's interval, rolled back to a
    working day; `raise_on` the day from which the run makes its task (null: made, or no beat, or paused)."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    # A beat is written with every run: keys that lead an index below need no second one (bench/README.md).
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="beats", verbose_name="客户", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构", db_index=False)
    channel = models.CharField(
        "方式", max_length=10, choices=[(c.value, c.label) for c in (Channel.MEETING, Channel.PHONE)]
    )
    months = models.PositiveSmallIntegerField("间隔（月）", default=0)
    weeks = models.PositiveSmallIntegerField("间隔（周）", default=0)
    last_on = models.DateField("上次", null=True, blank=True)
    next_due_on = models.DateField("最迟应联", null=True, blank=True)
    raise_on = models.DateField("提示日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "维护频度"
        ordering = ["next_due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["customer", "channel"], name="beat_once")]
        # `raise_on` stands in no index: emptying it, a third of what a run writes, then costs no index entry (ADR 8).
        indexes = [models.Index(fields=["unit", "next_due_on"], name="beat_due")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.months}M{self.weeks}W"


_OPEN = Q(status=TaskStatus.OPEN)


class TaskQuerySet(ScopedQuerySet):
    def open(self) -> "TaskQuerySet":
        return self.filter(status=TaskStatus.OPEN)

    def for_day(self, day: date) -> "TaskQuerySet":
        """Open tasks that are planned for this day or were left over from earlier ones."""
        return self.open().filter(planned_on__lte=day)

    def overdue(self, on: date) -> "TaskQuerySet":
        return self.open().filter(due_on__lt=on)


class MaintenanceTask(ScopedModel):
    """A promise with a date. (customer, kind, occurrence) is made once, whoever makes it and however often.

    `occurrence` names the occasion, never the run; `due_on` follows from the occasion and never moves; `planned_on` is
    where levelling or a person put it. `is_pinned`: a person chose the day, levelling leaves it alone.
    """

    scope = Scope(manager="owner", unit="unit")

    # Tasks are written by the hundred thousand, so the indexes are those that a query needs and no more (ADR 8).
    public_id = models.CharField(max_length=22, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="tasks", verbose_name="客户", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="负责人", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构", db_index=False)
    kind = models.CharField("事项", max_length=20, choices=TaskKind)
    occurrence = models.CharField("事由键", max_length=80)
    subject_on = models.DateField("事由日期")
    due_on = models.DateField("最迟日期")
    planned_on = models.DateField("安排日期")
    is_pinned = models.BooleanField("本人指定日期", default=False)
    channel = models.CharField("建议方式", max_length=10, choices=Channel, blank=True, default="")
    source = models.CharField("来源", max_length=12, choices=TaskSource, default=TaskSource.SYSTEM)
    why = models.CharField("事由", max_length=200)
    priority = models.IntegerField("优先级", default=0)
    status = models.CharField("状态", max_length=12, choices=TaskStatus, default=TaskStatus.OPEN)
    created_on = models.DateField("生成日期")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人",
        db_index=False,
    )  # fmt: skip
    contact = models.ForeignKey(
        ContactRecord, models.SET_NULL, null=True, blank=True, related_name="closed_tasks", verbose_name="接触记录",
        db_index=False,
    )  # fmt: skip
    skip_reason = models.CharField("跳过原因", max_length=20, choices=SkipReason, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "维护任务"
        ordering = ["-priority", "due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "occurrence"], name="task_once"),
            models.UniqueConstraint(fields=["public_id"], name="task_public_id"),
        ]
        indexes = [
            models.Index(fields=["owner"], condition=_OPEN, name="task_owner_open"),
            models.Index(fields=["unit", "due_on"], condition=_OPEN, name="task_unit_due"),
            models.Index(fields=["owner", "closed_at"], condition=Q(closed_at__isnull=False), name="task_owner_closed"),
            models.Index(fields=["contact"], condition=Q(contact__isnull=False), name="task_contact"),
        ]

    def __str__(self) -> str:
        return self.why
