"""What the running request is: who, from where, under which id. Empty in jobs and commands."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class RequestContext:
    request_id: str
    ip: str
    staff_id: int | None
    # The table of parameters once it was read; kept by organization.parameters.
    parameters: dict[str, list[tuple[date, Any]]] = field(default_factory=dict)


current_request: ContextVar[RequestContext | None] = ContextVar("current_request", default=None)
# True while a scoped table must be read through visible_to() or unscoped(): inside every request.
scope_enforced: ContextVar[bool] = ContextVar("scope_enforced", default=False)


@contextmanager
def scope_lifted():
    """For framework checks that must see every row (uniqueness), never for reading data."""
    token = scope_enforced.set(False)
    try:
        yield
    finally:
        scope_enforced.reset(token)
