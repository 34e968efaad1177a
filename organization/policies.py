"""Who may do what to whom in the organization: role and state, without side effects."""

from datetime import date

from organization.enums import Permission, Role
from organization.models import Cover, Staff, Unit

SERVING_ROLES = frozenset({Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR})
LEADING_ROLES = frozenset({Role.RM_SUPERVISOR, Role.OUTLET_HEAD, Role.BRANCH_HEAD})
_HEADS = frozenset({Role.OUTLET_HEAD, Role.BRANCH_HEAD})


def can_configure(user: Staff | None) -> bool:
    """Units, people and parameters belong to the administrator; None is the system itself (set-up, import)."""
    return user is None or user.may(Permission.CONFIGURE)


def can_change_role(user: Staff | None, staff: Staff) -> bool:
    """Nobody gives himself another role (separation of duties, 等保三级)."""
    return can_configure(user) and (user is None or user.pk != staff.pk)


def can_be_covered(staff: Staff) -> bool:
    """Only those who serve customers by name leave somebody to stand in for."""
    return staff.is_active and staff.role in SERVING_ROLES


def can_manage_cover(user: Staff, absent: Staff) -> bool:
    """The absent person, their supervisor, or the head of a unit they belong to arranges who stands in."""
    return can_be_covered(absent) and _arranges_for(user, absent)


def _arranges_for(user: Staff, absent: Staff) -> bool:
    if not user.may(Permission.MANAGE_COVER):
        return False
    if user.pk == absent.pk:
        return True
    if user.role == Role.RM_SUPERVISOR:
        return absent.pk in user.team_ids()
    return user.role in _HEADS and is_within(absent.unit, user.unit)


def can_stand_in(substitute: Staff, absent: Staff, *, arranged_by: Staff) -> bool:
    """The substitute serves customers too, and belongs to the unit of whoever arranges it or to one below it: an RM
    asks a colleague of the outlet, a branch head may ask another outlet of the branch."""
    return can_be_covered(substitute) and substitute.pk != absent.pk and is_within(substitute.unit, arranged_by.unit)


def can_cancel_cover(user: Staff, cover: Cover, on: date) -> bool:
    """As long as it is not over, by whoever may arrange one; the substitute cannot walk away from it alone."""
    return not cover.is_cancelled and cover.ends_on >= on and _arranges_for(user, cover.absent)


def is_within(unit: Unit, above: Unit) -> bool:
    """Whether a unit is `above` itself or lies below it."""
    return unit.path.startswith(above.path)
