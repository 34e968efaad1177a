"""What holds for every page: nothing personal is kept by caches, a fragment is never served as a page, and an address
that only takes forms answers with a page all the same."""

from django.conf import settings
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers


class RequestSizeMiddleware:
    """A body that is larger than any form of ours is refused by what its head announces, before a byte of it is read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) <= settings.REQUEST_MOST_MEGABYTES * 1024 * 1024:
            return self.get_response(request)
        response = render(request, "413.html", {"megabytes": settings.REQUEST_MOST_MEGABYTES}, status=413)
        response["Connection"] = "close"
        return response


class NotAllowedPageMiddleware:
    """An address that only takes forms, opened as a page (Enter in the address bar, a bookmark): say so and lead back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or request.htmx:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class PrivateResponseMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response
