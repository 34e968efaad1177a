"""Dated parameters: apps declare them with a shipped value and its source; administrators add rows that take over later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.cache import cache

from organization import clock
from organization.request_context import current_request

_SHIPPED_FROM = date(1990, 1, 1)
_CACHE_KEY = "organization.parameters"
_CACHE_SECONDS = 60


@dataclass(frozen=True)
class Declaration:
    code: str
    value: Any
    label: str
    source: str
    words: Mapping[str, str] = field(default_factory=dict)  # what the codes in its value are called


_declared: dict[str, Declaration] = {}


def declare(code: str, value: Any, *, label: str, source: str, words: Mapping[str, str] | None = None) -> str:
    """Make a parameter known with the value it ships with (JSON); returns the code, to be used with `parameter`."""
    _declared[code] = Declaration(code, value, label, source, words or {})
    return code


def declared() -> dict[str, Declaration]:
    """Every declared parameter by its code."""
    return _declared


def parameter(code: str, on: date | None = None) -> Any:
    """The value in force on a day (default: today). Raises KeyError for a code nobody declared."""
    on = on or clock.today()
    for effective_from, value in _rows().get(code, ()):
        if effective_from <= on:
            return value
    return _declared[code].value


def in_force_since(code: str, on: date | None = None) -> date:
    """Since when the value of a day has been in force: the version of a rule, for what is decided by it."""
    on = on or clock.today()
    days = (effective_from for effective_from, _ in _rows().get(code, ()) if effective_from <= on)
    return next(days, _SHIPPED_FROM)


def load_shipped() -> None:
    """Write the shipped row of every declared parameter that has no row yet."""
    from organization.models import Parameter

    known = set(Parameter.objects.values_list("code", flat=True))
    Parameter.objects.bulk_create(
        [
            Parameter(code=d.code, effective_from=_SHIPPED_FROM, value=d.value, source=d.source, note=d.label)
            for d in _declared.values()
            if d.code not in known
        ],
        ignore_conflicts=True,
    )
    forget()


def forget() -> None:
    """Drop the cached table after a change."""
    cache.delete(_CACHE_KEY)
    if request := current_request.get():
        request.parameters.clear()


def _rows() -> dict[str, list[tuple[date, Any]]]:
    """The table; a request asks the cache for it once, and so also answers by one state of it."""
    request = current_request.get()
    if request is None:
        return _cached_rows()
    if not request.parameters:
        request.parameters.update(_cached_rows())
    return request.parameters


def _cached_rows() -> dict[str, list[tuple[date, Any]]]:
    from organization.models import Parameter

    rows = cache.get(_CACHE_KEY)
    if rows is None:
        rows = {}
        for code, effective_from, value in Parameter.objects.order_by("code", "-effective_from").values_list(
            "code", "effective_from", "value"
        ):
            rows.setdefault(code, []).append((effective_from, value))
        cache.set(_CACHE_KEY, rows, _CACHE_SECONDS)
    return rows
