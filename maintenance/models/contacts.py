"""What was said with a customer, and what was agreed for later (POLICY 一（四）, 二（三）2)."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import models

from customers.enums import Channel
from customers.models import Customer
from customers.models.customer import new_public_id
from maintenance.enums import ANSWERED_OUTCOMES, BEAT_CHANNELS, AppointmentStatus, ContactOutcome, Direction
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet

_OF_CUSTOMER = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")


class ContactQuerySet(ScopedQuerySet):
    def standing(self) -> "ContactQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def meeting_a_beat(self) -> "ContactQuerySet":
        """Held meetings and answered calls, either direction (DOMAIN 2.3(1))."""
        return self.standing().filter(channel__in=BEAT_CHANNELS, outcome__in=ANSWERED_OUTCOMES)


class ContactRecord(ScopedModel):
    """One dealing with a customer. It is never deleted: an undo withdraws it, an edit leaves a revision."""

    scope = _OF_CUSTOMER

    # The largest table: keys that lead an index below need no second one.
    public_id = models.CharField(max_length=22, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts", verbose_name="客户", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人", db_index=False
    )
    channel = models.CharField("方式", max_length=10, choices=Channel)
    direction = models.CharField("方向", max_length=10, choices=Direction, default=Direction.OUTBOUND)
    outcome = models.CharField("结果", max_length=12, choices=ContactOutcome)
    happened_at = models.DateTimeField("时间")
    happened_on = models.DateField("日期", editable=False)
    note = models.CharField("内容", max_length=2000, blank=True, default="")
    next_on = models.DateField("下次联系", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("记录时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    # Tasks that recording it has closed, for whoever recorded it.
    just_closed: Sequence[models.Model] = ()

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接触记录"
        ordering = ["-happened_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["public_id"], name="contact_public_id")]
        indexes = [
            models.Index(fields=["customer", "-happened_at", "-id"], name="contact_customer"),
            models.Index(fields=["staff", "happened_on"], name="contact_staff_day"),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_channel_display()} {self.get_outcome_display()}"


class ContactRevision(ScopedModel):
    """What a contact record said before somebody changed it."""

    scope = Scope(
        manager="record__customer__manager", co_manager="record__customer__co_manager", unit="record__customer__unit"
    )

    record = models.ForeignKey(ContactRecord, models.CASCADE, related_name="revisions", verbose_name="接触记录")
    before = models.JSONField("修改前")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "接触记录修订"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.record} 修订"


class AppointmentQuerySet(ScopedQuerySet):
    def on(self, day: date) -> "AppointmentQuerySet":
        return self.filter(day=day, status=AppointmentStatus.PLANNED)


class Appointment(ScopedModel):
    """A date and time agreed with the customer. The daily run makes it a task of that day."""

    scope = _OF_CUSTOMER

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="appointments", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机构")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="客户经理")
    day = models.DateField("日期")
    starts_at = models.TimeField("时间", null=True, blank=True)
    channel = models.CharField("方式", max_length=10, choices=Channel, default=Channel.PHONE)
    matter = models.CharField("事项", max_length=200)
    status = models.CharField("状态", max_length=10, choices=AppointmentStatus, default=AppointmentStatus.PLANNED)
    # The contact in which it was agreed: withdrawing that contact withdraws the appointment.
    agreed_in = models.ForeignKey(
        ContactRecord, models.SET_NULL, null=True, blank=True, related_name="appointments", verbose_name="约定于"
    )
    created_at = models.DateTimeField("登记时间")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客户预约"
        ordering = ["day", "starts_at", "id"]
        indexes = [
            models.Index(fields=["unit", "day", "status"], name="appointment_unit_day"),
            models.Index(fields=["staff", "day"], name="appointment_staff_day"),
        ]

    def __str__(self) -> str:
        return self.matter
