"""What is open for the customers of a hand-over: a part of the 交接清单."""

from dataclasses import dataclass, field
from datetime import date

from customers.models import Customer, HandOver
from customers.queries.handovers import lines_of
from maintenance.enums import AppointmentStatus, TaskKind
from maintenance.models import Appointment, MaintenanceTask
from organization.models import Staff


@dataclass
class OpenWork:
    """One customer's open tasks and the appointments ahead."""

    customer: Customer
    taker: Staff
    tasks: list[MaintenanceTask] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)


def open_work_of(staff: Staff, handover: HandOver, day: date) -> list[OpenWork]:
    """The customers with something open, in the order of the list; the parties of a hand-over read it for all of them."""
    lines = lines_of(staff, handover).order_by("taker__employee_no", "-customer__aum", "pk")
    work = {line.customer_id: OpenWork(line.customer, line.taker) for line in lines}
    tasks = MaintenanceTask.objects.unscoped("of a hand-over in scope").open().filter(customer__in=work)
    tasks = tasks.exclude(kind=TaskKind.APPOINTMENT)  # its appointment says the same
    for task in tasks.order_by("due_on", "-priority", "id"):
        work[task.customer_id].tasks.append(task)
    ahead = Appointment.objects.unscoped("of a hand-over in scope").filter(
        customer__in=work, day__gte=day, status=AppointmentStatus.PLANNED
    )
    for appointment in ahead.order_by("day", "starts_at", "id"):
        work[appointment.customer_id].appointments.append(appointment)
    return [one for one in work.values() if one.tasks or one.appointments]
