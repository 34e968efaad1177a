"""客户预约: what was agreed for the day becomes a task of that day, also of a Saturday (POLICY 二（三）2).

Booking makes the same task at once; this step is for appointments that came in another way.
"""

from datetime import timedelta

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Left

from customers.enums import Channel, CustomerStatus
from maintenance.daily import wording
from maintenance.daily.raising import points_of, raise_tasks
from maintenance.daily.work import Work
from maintenance.enums import AppointmentStatus, TaskKind, TaskSource
from maintenance.models import Appointment

_LOOK_BACK = timedelta(days=7)


def raise_appointments(work: Work) -> int:
    planned = Appointment.objects.unscoped("the daily run").filter(
        day__range=(work.on - _LOOK_BACK, work.on),
        status=AppointmentStatus.PLANNED,
        customer__status=CustomerStatus.ACTIVE,
    )
    planned = work.of(planned)
    if not planned.exists():
        return 0
    return raise_tasks(
        planned,
        on=work.on,
        kind=TaskKind.APPOINTMENT,
        occurrence=wording.number(F("id")),
        subject_on=F("day"),
        due_on=F("day"),
        channel=F("channel"),
        why=_why(),
        points=points_of(TaskKind.APPOINTMENT, work.on),
        owner=F("staff_id"),
        unit=F("unit_id"),
        planned_on=F("day"),
        is_pinned=True,
        source=TaskSource.APPOINTMENT,
    )


def _why() -> wording.BaseExpression:
    """预约 10:30 会面：签理财协议, as maintenance.services.appointments says it."""
    hour = Case(
        When(starts_at=None, then=Value("")),
        default=wording.text(Left(Cast("starts_at", CharField()), 5), " "),
        output_field=CharField(),
    )
    return wording.sentence("预约 ", hour, wording.label("channel", Channel), "：", F("matter"))
