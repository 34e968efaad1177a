from django.conf import settings

from organization import clock
from organization.enums import Permission
from organization.queries import unread_count


def staff(request) -> dict:
    """Site name, business date, unread notifications (lazy) and the permission names for `{% if %}` in templates."""
    user = getattr(request, "user", None)  # a request for another host is refused before anybody is known
    unread = (lambda: unread_count(user)) if user and user.is_authenticated else (lambda: 0)
    return {
        "site_name": settings.SITE_NAME,
        "today": clock.today(),
        "unread_notifications": unread,
        "P": Permission.__members__,
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
    }
