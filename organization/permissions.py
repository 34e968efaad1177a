"""Who may do what: one table that an auditor can read aloud, and the decorator that enforces it on views."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied

from organization.enums import Permission as P  # noqa: N817
from organization.enums import Role

_CUSTOMER_WORK = {
    P.USE_SYSTEM, P.VIEW_CUSTOMERS, P.VIEW_AMOUNTS, P.EDIT_CUSTOMERS, P.REVEAL_FIELDS, P.CHANGE_STRATEGY,
    P.MANAGE_SEGMENTS, P.EXPORT_CUSTOMERS, P.WORK_QUEUE, P.RECORD_CONTACT, P.WRITE_DIARY, P.MANAGE_COVER,
    P.HAND_OVER,
}  # fmt: skip
_LEADING = {
    P.USE_SYSTEM, P.VIEW_CUSTOMERS, P.VIEW_AMOUNTS, P.VIEW_TEAM, P.REVIEW_DIARY, P.REVEAL_FIELDS, P.IMPORT_DATA,
    P.MANAGE_SEGMENTS, P.EXPORT_CUSTOMERS, P.APPROVE_EXPORTS, P.MANAGE_COVER, P.VIEW_HEALTH,
    P.HAND_OVER,
}  # fmt: skip

ROLE_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.RELATIONSHIP_MANAGER: frozenset(_CUSTOMER_WORK),
    Role.RM_SUPERVISOR: frozenset(
        _CUSTOMER_WORK | {P.VIEW_TEAM, P.REVIEW_DIARY, P.IMPORT_DATA, P.APPROVE_EXPORTS, P.VIEW_HEALTH}
    ),
    Role.OUTLET_HEAD: frozenset(_LEADING),
    Role.BRANCH_HEAD: frozenset(_LEADING),
    Role.MANAGING_DEPARTMENT: frozenset(
        {P.USE_SYSTEM, P.VIEW_CUSTOMERS, P.VIEW_AMOUNTS, P.MANAGE_SEGMENTS, P.APPROVE_EXPORTS, P.VIEW_HEALTH}
    ),
    Role.LOBBY_MANAGER: frozenset({P.USE_SYSTEM, P.QUICK_CARD}),
    Role.TELLER: frozenset({P.USE_SYSTEM, P.QUICK_CARD}),
    Role.ADMINISTRATOR: frozenset({P.USE_SYSTEM, P.CONFIGURE, P.VIEW_HEALTH, P.RUN_DAILY, P.VIEW_AUDIT}),
    Role.AUDITOR: frozenset({P.USE_SYSTEM, P.VIEW_AUDIT, P.VIEW_HEALTH}),
}


def has_permission(staff, permission: P) -> bool:
    """Whether an active staff member's role carries the right; anonymous people have none."""
    return bool(staff.is_authenticated and staff.is_active and permission in ROLE_PERMISSIONS.get(staff.role, ()))


def require(permission: P) -> Callable:
    """View decorator: 403 without the right. The mark it leaves is read by tests/test_access.py."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not has_permission(request.user, permission):
                raise PermissionDenied(f"您的岗位没有“{permission.label}”的权限。")
            return view(request, *args, **kwargs)

        guarded.required_permission = permission
        return guarded

    return decorate
