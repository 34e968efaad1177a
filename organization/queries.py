"""What the pages of the organization read."""

from datetime import date

from django.db.models import Q, QuerySet

from organization.enums import Permission, Role
from organization.models import Cover, Notification, Staff, Unit
from organization.policies import SERVING_ROLES

# Beyond it the bell says 99+.
UNREAD_COUNTED = 100


def unread_count(user: Staff) -> int:
    """How many notifications wait behind the bell, counted no further than it tells."""
    unread = Notification.objects.filter(recipient=user, read_at=None).order_by()
    return len(unread.values_list("pk", flat=True)[:UNREAD_COUNTED])


def covered_by(user: Staff) -> QuerySet[Staff]:
    """Those for whom this person may arrange a cover: oneself, one's team, or the people of one's units."""
    serving = Staff.objects.filter(is_active=True, role__in=SERVING_ROLES).select_related("unit")
    if not user.may(Permission.MANAGE_COVER):
        return serving.none()
    match user.role:
        case Role.RM_SUPERVISOR:
            return serving.filter(pk__in=user.team_ids())
        case Role.OUTLET_HEAD | Role.BRANCH_HEAD:
            return serving.filter(unit__in=user.unit_ids())
    return serving.filter(pk=user.pk)


def substitutes_for(user: Staff) -> QuerySet[Staff]:
    """Whom this person may ask to stand in: those who serve customers in the person's unit and below it."""
    below = Unit.objects.under(user.unit)
    return Staff.objects.filter(is_active=True, role__in=SERVING_ROLES, unit__in=below).select_related("unit")


def covers_seen_by(user: Staff) -> QuerySet[Cover]:
    """Covers that concern this person, as absent, substitute, or whoever arranges them."""
    concerned = Q(absent=user) | Q(substitute=user) | Q(absent__in=covered_by(user).values("pk"))
    return Cover.objects.filter(concerned).select_related("absent__unit", "substitute__unit", "created_by")


def current_covers(user: Staff, on: date) -> QuerySet[Cover]:
    """Covers of a day in which this person takes part, on either side."""
    return Cover.objects.on(on).filter(Q(absent=user) | Q(substitute=user)).select_related("absent", "substitute")


def leaders_of(staff: Staff, roles: tuple[Role, ...]) -> list[Staff]:
    """Who decides for this person: the supervisor, or else those of these roles in the unit and above it."""
    supervisor = staff.supervisor
    if supervisor is not None and supervisor.is_active:
        return [supervisor]
    leading = Staff.objects.filter(unit__path__in=staff.unit.paths_down_to, role__in=roles, is_active=True)
    return list(leading.exclude(pk=staff.pk))
