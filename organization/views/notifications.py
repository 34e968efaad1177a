"""The bell: what happened, read one by one or all at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from organization import clock
from organization.enums import Permission
from organization.models import Notification
from organization.permissions import require
from ui.lists import page_of
from ui.responses import render_part

_TEMPLATE = "organization/notification_list.html"


@require_safe
@require(Permission.USE_SYSTEM)
def notification_list(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_POST
@require(Permission.USE_SYSTEM)
def notification_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Following a notification reads it; a GET would change a row."""
    notification = get_object_or_404(request.user.notifications, public_id=public_id)
    _mark_read(request.user.notifications.filter(pk=notification.pk))
    if url_has_allowed_host_and_scheme(notification.url, allowed_hosts=None):
        return redirect(notification.url)
    return redirect("organization:notification_list")


@require_POST
@require(Permission.USE_SYSTEM)
def notification_read(request: HttpRequest, public_id: str) -> HttpResponse:
    notification = get_object_or_404(request.user.notifications, public_id=public_id)
    _mark_read(request.user.notifications.filter(pk=notification.pk))
    return _list(request) if request.htmx else redirect("organization:notification_list")


@require_POST
@require(Permission.USE_SYSTEM)
def notification_read_all(request: HttpRequest) -> HttpResponse:
    _mark_read(request.user.notifications.all())
    return _list(request) if request.htmx else redirect("organization:notification_list")


def _mark_read(notifications) -> None:
    notifications.filter(read_at=None).update(read_at=clock.now())


def _list(request: HttpRequest) -> HttpResponse:
    unread_only = request.GET.get("state") == "unread"
    notifications = Notification.objects.filter(recipient=request.user)
    if unread_only:
        notifications = notifications.filter(read_at=None)
    context = {
        "list": page_of(request, notifications, sorts={"time": "pk"}, default_sort="-time", cap=None),
        "unread_only": unread_only,
        "unread": Notification.objects.filter(recipient=request.user, read_at=None).count(),
    }
    return render_part(request, _TEMPLATE, "list", context)
