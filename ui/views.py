"""Saving and deleting a list's views. `ui.urls.saved_view_urls(guard)` places them under the rights of the project."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from ui import saved_views
from ui.responses import HtmxHttpRequest, redirect_to


@require_POST
def saved_view_save(request: HtmxHttpRequest) -> HttpResponse:
    """POST page, name, query: back to the list with the new view as its current tab; 422 keeps what was typed."""
    page, name, query = (request.POST.get(key, "") for key in ("page", "name", "query"))
    try:
        view = saved_views.save_view(owner=request.user, page=page, name=name, query=query)
    except ValidationError as refusal:
        context = {"page": page, "name": name, "query": query, "error": refusal.messages[0]}
        return render(request, "ui/saved_view_form.html", context, status=422)
    messages.success(request, f"已保存视图“{view.name}”。")
    return _to_list(request, page, view.query)


@require_POST
def saved_view_delete(request: HtmxHttpRequest) -> HttpResponse:
    page, name = request.POST.get("page", ""), request.POST.get("name", "")
    if saved_views.delete_view(owner=request.user, page=page, name=name):
        messages.success(request, f"已删除视图“{name}”。")
    return _to_list(request, page, "")


def _to_list(request: HtmxHttpRequest, page: str, query: str) -> HttpResponse:
    try:
        address = reverse(page)
    except NoReverseMatch:
        address = "/"
    return redirect_to(request, f"{address}?{query}" if query else address)
