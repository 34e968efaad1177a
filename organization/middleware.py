"""What every request carries: an id, a scope that is enforced, a session that ends, a password that must change."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from organization import audit, clock
from organization.declared import PASSWORD_MAX_AGE_DAYS
from organization.enums import AuditAction
from organization.parameters import parameter
from organization.request_context import RequestContext, current_request, scope_enforced
from organization.sessions import SIGNED_IN_AT

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,36}")
_SEEN_AT = "seen_at"
_TOUCH_EVERY_SECONDS = 60


class RequestContextMiddleware:
    """Puts who, from where and the request id where the audit finds them, and turns the scope lock on.

    A page refused to somebody who is signed in (403) is written down here, whoever refused it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        staff_id = request.user.pk if request.user.is_authenticated else None
        context = current_request.set(RequestContext(request_id, client_ip(request), staff_id))
        scope = scope_enforced.set(True)
        structlog.contextvars.bind_contextvars(request_id=request_id, staff_id=staff_id)
        try:
            response = self.get_response(request)
            if response.status_code == 403 and request.user.is_authenticated:
                _record_denied(request)
        finally:
            structlog.contextvars.clear_contextvars()
            scope_enforced.reset(scope)
            current_request.reset(context)
        response["X-Request-ID"] = request_id
        return response


class SessionLimitMiddleware:
    """Signs out after SESSION_IDLE_MINUTES without a request, and SESSION_COOKIE_AGE after signing in at the latest.

    The time is written at most once a minute, so that reading pages does not write the session each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = clock.host_now().timestamp()
            seen_at = request.session.get(_SEEN_AT)
            if seen_at is not None and now - seen_at > settings.SESSION_IDLE_MINUTES * 60:
                _end_session(request, f"您已超过{settings.SESSION_IDLE_MINUTES}分钟没有操作，请重新登录。")
            elif now - request.session.get(SIGNED_IN_AT, now) > settings.SESSION_COOKIE_AGE:
                _end_session(request, "本次登录已到最长时间，请重新登录。")
            elif seen_at is None or now - seen_at > _TOUCH_EVERY_SECONDS:
                request.session[_SEEN_AT] = now
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a login unless its view says otherwise; a fragment takes the whole page to the login."""

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request") == "true":
            # The fragment's own address is no page to come back to; the page around it is.
            page = urlsplit(request.headers.get("HX-Current-URL", ""))
            back = f"{page.path}?{page.query}" if page.query else page.path
            return _whole_page(request, redirect_to_login(back or "/", reverse(settings.LOGIN_URL)))
        if request.method not in ("GET", "HEAD"):
            return redirect(settings.LOGIN_URL)
        return super().handle_no_permission(request, view_func)


class PasswordDueMiddleware:
    """While the password was handed out by the administrator, or is too old, every page leads to changing it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and password_is_due(request.user):
            allowed = {reverse("organization:password_change"), reverse("organization:logout")}
            static = request.path.startswith(f"/{settings.STATIC_URL.lstrip('/')}")
            if request.path not in allowed and not static:
                return _whole_page(request, redirect("organization:password_change"))
        return self.get_response(request)


def password_is_due(staff) -> bool:
    """Whether this person must choose a new password now: the first one, or one past its age."""
    if staff.must_change_password:
        return True
    days = parameter(PASSWORD_MAX_AGE_DAYS)
    return bool(days) and clock.now() - (staff.password_changed_at or staff.date_joined) > timedelta(days=days)


def client_ip(request: HttpRequest) -> str:
    """The peer, or what the configured number of trusted proxies says; a forged header changes nothing."""
    count = settings.AXES_IPWARE_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= count:
            return hops[-count][:45]
    return request.META.get("REMOTE_ADDR", "")


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """htmx would put the redirected page inside a fragment; HX-Redirect makes the browser go there."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def _end_session(request: HttpRequest, sentence: str) -> None:
    logout(request)
    messages.info(request, sentence)


def _record_denied(request: HttpRequest) -> None:
    route = request.resolver_match.view_name if request.resolver_match else ""
    audit.record(
        AuditAction.DENIED,
        by=request.user,
        object_type="page",
        object_id=route or "",
        label=f"{request.method} {request.path}",
    )
