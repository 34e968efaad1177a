"""Signing in with the employee number; in the admin site the role decides, not a table of permissions."""

from django.contrib.auth.backends import ModelBackend

from organization.enums import Permission
from organization.models import Staff, plain_employee_no


def axes_username(request, credentials: dict | None) -> str:
    """The name under which failures are counted: another spelling of it must not start a new count."""
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    return plain_employee_no(typed)[:20]


# What the administrator configures in the admin site. No model with customer data is ever registered there.
_READ_ONLY = ("view",)
_CONFIGURED_APPS = ("organization", "almanac", "customers", "maintenance", "axes")


class RoleBackend(ModelBackend):
    def get_user(self, user_id) -> Staff | None:
        """With the unit, which every page names."""
        try:
            staff = Staff.objects.select_related("unit").get(pk=user_id)
        except Staff.DoesNotExist:
            return None
        return staff if self.user_can_authenticate(staff) else None

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:
        if not user_obj.is_active:
            return False
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        if model in {"auditevent", "auditseal"}:
            return action in _READ_ONLY and user_obj.may(Permission.VIEW_AUDIT)
        return app in _CONFIGURED_APPS and user_obj.may(Permission.CONFIGURE)

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        if user_obj.may(Permission.CONFIGURE):
            return app_label in _CONFIGURED_APPS
        return app_label == "organization" and user_obj.may(Permission.VIEW_AUDIT)

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        return set()
