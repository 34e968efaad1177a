"""What a segment may ask about dealings and promises (DOMAIN 2.3, 3): the questions customers.segments cannot answer itself."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from customers.enums import Channel
from customers.segments.fields import Dimension, Field, Kind, register
from maintenance.enums import AppointmentStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
from maintenance.models.contacts import ContactQuerySet

_DAYS = 90
_REASON = "of the customer asked about"


def declare() -> None:
    register(
        Field("contacts_90", f"近{_DAYS}天接触次数", Dimension.CONTACT, Kind.NUMBER, _contacts),
        Field("last_meeting", "上次会面", Dimension.CONTACT, Kind.DAY, _last_meeting),
        Field("appointment", "客户预约", Dimension.CONTACT, Kind.COMING, _appointment),
        Field("overdue_task", "有逾期待办", Dimension.CONTACT, Kind.FLAG, _overdue_task),
    )


def _contacts(op: str, value: Any, today: date) -> Q:
    within = _standing().filter(happened_on__range=(today - timedelta(days=_DAYS), today))
    counted = within.order_by().values("customer").annotate(many=Count("pk")).values("many")
    many = Coalesce(Subquery(counted), 0, output_field=IntegerField())
    match op:
        case "at_least":
            return Q(GreaterThanOrEqual(many, value))
        case "below":
            return Q(LessThan(many, value))
        case _:
            return Q(GreaterThanOrEqual(many, value[0])) & Q(LessThanOrEqual(many, value[1]))


def _last_meeting(op: str, value: Any, today: date) -> Q:
    met = _standing().meeting_a_beat().filter(channel=Channel.MEETING)
    latest = Subquery(met.order_by().values("customer").annotate(last=Max("happened_on")).values("last"))
    if op == "empty":
        return Q(IsNull(latest, True))
    return Q(IsNull(latest, False)) & _compared(latest, op, value, today)


def _compared(latest: Combinable, op: str, value: Any, today: date) -> Q:
    match op:
        case "since":
            return Q(GreaterThanOrEqual(latest, value))
        case "before":
            return Q(LessThan(latest, value))
        case "longer_ago":
            return Q(LessThan(latest, today - timedelta(days=value)))
        case "within_last":
            return Q(GreaterThanOrEqual(latest, today - timedelta(days=value))) & Q(LessThanOrEqual(latest, today))
        case _:
            return Q(GreaterThanOrEqual(latest, today)) & Q(LessThanOrEqual(latest, today + timedelta(days=value)))


def _appointment(op: str, value: Any, today: date) -> Q:
    planned = Appointment.objects.unscoped(_REASON).filter(
        customer=OuterRef("pk"), status=AppointmentStatus.PLANNED, day__range=(today, today + timedelta(days=value))
    )
    return Q(Exists(planned))


def _overdue_task(op: str, value: Any, today: date) -> Q:
    overdue = Q(Exists(MaintenanceTask.objects.unscoped(_REASON).overdue(today).filter(customer=OuterRef("pk"))))
    return overdue if value else ~overdue


def _standing() -> ContactQuerySet:
    return ContactRecord.objects.unscoped(_REASON).standing().filter(customer=OuterRef("pk"))
