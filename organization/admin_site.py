"""The configuration site: our own login, and a plain refusal for everybody whose role does not open it."""

from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator


class _FullLabels(AutocompleteJsonView):
    """Two people of one name, two outlets of one name: the number tells them apart."""

    def serialize_result(self, obj, to_field_name):
        number = getattr(obj, "employee_no", "") or getattr(obj, "code", "")
        return super().serialize_result(obj, to_field_name) | {"text": f"{obj} {number}".strip()}


class ConfigurationSite(AdminSite):
    site_header = site_title = "客户关系维护系统 · 系统管理"
    index_title = "配置"
    enable_nav_sidebar = True

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("系统管理只对系统管理员和审计开放")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """One login page for everybody, with one lockout."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("organization:login"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return _FullLabels.as_view(admin_site=self)(request)

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("organization:password_change")
