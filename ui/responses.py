"""Answers that a page and its parts share: a part for htmx, a refused form, a toast with a way back."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """What a view is given behind the htmx middleware; for annotations."""

    htmx: HtmxDetails


def render_part(
    request: HtmxHttpRequest, template: str, part: str, context: dict | None = None, *, status: int = 200
) -> HttpResponse:
    """`template` whole, or for an htmx request only its `{% partialdef part %}`: the swap equals the reload.

    A request for the back button's history gets the whole page.
    """
    alone = request.htmx and not request.htmx.history_restore_request
    return render(request, f"{template}#{part}" if alone else template, context, status=status)


def redirect_to(request: HtmxHttpRequest, address: str) -> HttpResponse:
    """After a POST: the browser goes to `address`, whether htmx sent the form or the page itself."""
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def toast(
    response: HttpResponse, text: str, *, level: str = "success", undo_url: str = "", undo_label: str = "撤销"
) -> HttpResponse:
    """Shows a message beside an htmx answer; `undo_url` is POSTed when 撤销 is pressed."""
    detail = {"text": text, "level": level} | ({"undo_url": undo_url, "undo_label": undo_label} if undo_url else {})
    return trigger_client_event(response, "toast", detail)


def close_drawer(response: HttpResponse) -> HttpResponse:
    """The drawer or dialog this answer came from has done its work."""
    return trigger_client_event(response, "overlay:close", {})
