"""Standing in for each other."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.forms import CoverForm
from organization.idempotency import once
from organization.permissions import require
from organization.policies import can_cancel_cover
from organization.queries import covers_seen_by
from organization.services.covers import cancel_cover, create_cover
from ui.lists import page_of

_STATES = {"current": "进行中和将开始", "past": "已结束和已取消"}


@require_safe
@require(Permission.MANAGE_COVER)
def cover_list(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    state = "past" if request.GET.get("state") == "past" else "current"
    open_covers = {"ends_on__gte": today, "is_cancelled": False}
    covers = covers_seen_by(request.user)
    covers = covers.filter(**open_covers) if state == "current" else covers.exclude(**open_covers)
    page = page_of(request, covers, sorts={"starts": "starts_on"}, default_sort="-starts", cap=None)
    for cover in page.rows:
        cover.is_running = cover.starts_on <= today <= cover.ends_on and not cover.is_cancelled
        cover.can_cancel = can_cancel_cover(request.user, cover, today)
    return render(request, "organization/cover_list.html", {"list": page, "state": state, "states": _STATES})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_COVER)
@once
def cover_new(request: HttpRequest) -> HttpResponse:
    initial = {"absent": request.user.employee_no, "starts_on": clock.today()}
    form = CoverForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            cover = create_cover(by=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, f"已登记：{cover.substitute.name}为{cover.absent.name}代班。")
            return redirect("organization:cover_list")
    return render(request, "organization/cover_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@require(Permission.MANAGE_COVER)
@once
def cover_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    cover = get_object_or_404(covers_seen_by(request.user), public_id=public_id)
    try:
        cancel_cover(by=request.user, cover=cover)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "代班已取消。")
    return redirect("organization:cover_list")
