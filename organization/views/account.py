"""Signing in, the password, and one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization import clock
from organization.enums import Permission
from organization.forms import NewPasswordForm, SignInForm
from organization.middleware import password_is_due
from organization.models import StaffSession
from organization.passwords import password_rules
from organization.permissions import require
from organization.queries import current_covers
from organization.services.staff import change_password, end_sessions


class SignIn(LoginView):
    template_name = "organization/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """POST only; the browser forgets what it kept of the pages."""

    http_method_names = ["post", "options"]

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.USE_SYSTEM)
def password_change(request: HttpRequest) -> HttpResponse:
    """The only page of somebody whose password is new or too old; every other session ends with the old one."""
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            change_password(by=request.user, password=form.cleaned_data["new_password1"])
            update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改，其他地方的登录已退出。")
        return redirect("home")
    context = {"form": form, "is_due": password_is_due(request.user), "rules": password_rules()}
    return render(request, "organization/password_change.html", context, status=422 if form.is_bound else 200)


@require_safe
@require(Permission.USE_SYSTEM)
def account(request: HttpRequest) -> HttpResponse:
    own = StaffSession.objects.filter(staff_id=request.user.pk, expire_date__gt=clock.host_now())
    context = {
        "sessions": [
            {"at": s.signed_in_at, "ip": s.ip, "is_this": s.session_key == request.session.session_key}
            for s in own.order_by("-signed_in_at")
        ],
        "covers": current_covers(request.user, clock.today()),
    }
    return render(request, "organization/account.html", context)


@require_POST
@require(Permission.USE_SYSTEM)
def other_sessions_end(request: HttpRequest) -> HttpResponse:
    ended = end_sessions(request.user, keep=request.session.session_key)
    messages.success(request, f"已退出其他{ended}处登录。" if ended else "没有其他地方的登录。")
    return redirect("organization:account")
