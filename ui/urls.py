"""Addresses of what every list shares. This package knows no rights, so the project hands over the guard."""

from collections.abc import Callable

from django.urls import URLPattern, path

from ui import views


def saved_view_urls(guard: Callable[[Callable], Callable]) -> list[URLPattern]:
    """`*saved_view_urls(require(Permission.USE_SYSTEM))` in the project's urlpatterns; the templates find them by name."""
    return [
        path("views/save/", guard(views.saved_view_save), name="saved_view_save"),
        path("views/delete/", guard(views.saved_view_delete), name="saved_view_delete"),
    ]
