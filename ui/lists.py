"""Lists of any size: an order from a closed list, pages by key, a count that stops, columns a person may choose.

A page by key starts where the last row stood, so page 50 costs what page 1 costs and rows that arrive meanwhile neither
repeat nor hide others. The cursor in the address is encrypted: it holds values of a row, and an address ends up in logs.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

AFTER, BEFORE, SORT, COLUMNS = "after", "before", "sort", "columns"
_POSITION = (AFTER, BEFORE)
_KEY = "_sort_{}"


@dataclass(frozen=True)
class Column:
    """A column of a list. `sort` is a key of the list's `sorts`; an optional column can be left out by the reader."""

    key: str
    label: str
    sort: str = ""
    is_number: bool = False
    is_optional: bool = True
    is_shown: bool = True  # when the reader chose nothing


@dataclass(frozen=True)
class Count:
    """How many rows; `1000+` where counting on would cost more than the answer is worth."""

    value: int
    is_capped: bool

    def __str__(self) -> str:
        return f"{self.value}+" if self.is_capped else str(self.value)


@dataclass
class ListPage:
    """One page of rows, with what the pager, the headers and the toolbar need."""

    rows: list
    sort: str
    sorts: tuple[str, ...]
    page_size: int
    next_cursor: str = ""
    previous_cursor: str = ""
    count: Count | None = None
    columns: Sequence[Column] = field(default_factory=tuple)
    all_columns: Sequence[Column] = field(default_factory=tuple)

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sort_key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @cached_property
    def shows(self) -> dict[str, bool]:
        """For `{% if list.shows.aum %}` around a cell."""
        chosen = {column.key for column in self.columns}
        return {column.key: column.key in chosen for column in self.all_columns}

    @property
    def optional_columns(self) -> list[Column]:
        return [column for column in self.all_columns if column.is_optional]


def page_of(
    request: HttpRequest,
    queryset: QuerySet,
    *,
    sorts: Mapping[str, str | Sequence[str]],
    default_sort: str,
    page_size: int = 25,
    cap: int | None = 1000,
    columns: Sequence[Column] = (),
) -> ListPage:
    """The page of `queryset` the address asks for (`?sort=-aum&after=…`).

    `sorts` names the orders on offer: key → field path or paths in ascending order; `-key` turns all of them round.
    NULLs come last either way, and the primary key breaks ties. An unknown order is the default one; a cursor that was
    tampered with, or that belongs to another order, is the first page. `cap=None` leaves the count out.
    """
    sort = chosen_sort(request, sorts, default_sort)
    ordering = _Ordering.of(queryset, sorts, sort)
    start = _Start.of(request, ordering)
    rows, page = _read(queryset, ordering, start, page_size)
    if start and not rows:
        start = None
        rows, page = _read(queryset, ordering, start, page_size)
    elif start and start.is_backwards and len(rows) < page_size:
        # Fewer rows before the cursor than a page holds: show the whole first page instead of a stub.
        start = None
        rows, page = _read(queryset, ordering, start, page_size)
    has_next = page.has_more or bool(start and start.is_backwards)
    has_previous = (page.has_more if start and start.is_backwards else bool(start)) and bool(rows)
    return ListPage(
        rows=rows,
        sort=sort,
        sorts=tuple(sorts),
        page_size=page_size,
        next_cursor=_sealed(ordering, page.last) if has_next else "",
        previous_cursor=_sealed(ordering, page.first) if has_previous else "",
        count=capped_count(queryset, cap) if cap else None,
        columns=chosen_columns(request, columns),
        all_columns=columns,
    )


def chosen_sort(request: HttpRequest, sorts: Mapping, default: str) -> str:
    """The order in the address if it is on offer, else the default."""
    asked = request.GET.get(SORT, "")
    return asked if asked.removeprefix("-") in sorts else default


def chosen_columns(request: HttpRequest, columns: Sequence[Column]) -> list[Column]:
    """The columns named in the address (`?columns=a,b` or repeated), plus those that cannot be left out."""
    asked = {key for part in request.GET.getlist(COLUMNS) for key in part.split(",") if key}
    if not asked & {column.key for column in columns}:
        return [column for column in columns if column.is_shown or not column.is_optional]
    return [column for column in columns if column.key in asked or not column.is_optional]


def capped_count(queryset: QuerySet, cap: int = 1000) -> Count:
    """Counts no further than `cap` rows."""
    found = queryset.order_by().values("pk")[: cap + 1].count()
    return Count(min(found, cap), found > cap)


def neighbours_of(queryset: QuerySet, row, *, sorts: Mapping, sort: str) -> tuple:
    """The rows before and after `row` in the list it came from, each None at an end or where the row is not in it."""
    ordering = _Ordering.of(queryset, sorts, sort)
    keyed = ordering.annotated(queryset)
    here = keyed.filter(pk=row.pk).first()
    if here is None:
        return None, None
    values = ordering.values(here)
    after = keyed.filter(ordering.beyond(values)).order_by(*ordering.terms()).first()
    before = keyed.filter(ordering.beyond(values, True)).order_by(*ordering.terms(True)).first()
    return before, after


def query_with(query: QueryDict, **changes) -> str:
    """`?…` of the address with changes (None removes). Any change but a step to another page starts at the first one."""
    kept = {key: values for key, values in query.lists() if key not in _POSITION and key not in changes}
    for key, value in changes.items():
        if isinstance(value, (list, tuple)):
            kept[key] = [str(item) for item in value]
        elif value is not None and value != "":
            kept[key] = [str(value)]
    return f"?{urlencode(kept, doseq=True)}" if kept else "?"


def filters_in(query: QueryDict, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The (name, value) pairs of the address that a form has to carry on as hidden fields."""
    left_out = {*_POSITION, *without}
    return [(key, value) for key, values in query.lists() if key not in left_out for value in values]


@dataclass(frozen=True)
class _Term:
    path: str
    is_descending: bool
    is_nullable: bool

    def order(self, name: str, backwards: bool):
        # NULLs are last forwards, therefore first backwards. Named only where they can occur: a plain order is what
        # an ordinary index serves on both databases.
        descending = self.is_descending != backwards
        nulls = ({"nulls_first": True} if backwards else {"nulls_last": True}) if self.is_nullable else {}
        return F(name).desc(**nulls) if descending else F(name).asc(**nulls)

    def beyond(self, name: str, value, backwards: bool) -> Q:
        """Rows that stand strictly further along than `value` in this one term."""
        if value is None:
            return Q(**{f"{name}__isnull": False}) if backwards else Q(pk__in=[])
        further = Q(**{f"{name}__{'lt' if self.is_descending != backwards else 'gt'}": value})
        return further | Q(**{f"{name}__isnull": True}) if self.is_nullable and not backwards else further

    def level(self, name: str, value) -> Q:
        return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})

    def bound(self, name: str, value, backwards: bool) -> Q:
        """Implied by the whole condition; alone it lets the database start in the middle of an index."""
        if value is None or self.is_nullable:
            return Q()
        return Q(**{f"{name}__{'lte' if self.is_descending != backwards else 'gte'}": value})


@dataclass(frozen=True)
class _Ordering:
    items: tuple[_Term, ...]

    @classmethod
    def of(cls, queryset: QuerySet, sorts: Mapping, sort: str) -> "_Ordering":
        turned = sort.startswith("-")
        paths = sorts[sort.removeprefix("-")]
        paths = (paths,) if isinstance(paths, str) else tuple(paths)
        items = [
            _Term(
                path.removeprefix("-"), path.startswith("-") != turned, _is_nullable(queryset, path.removeprefix("-"))
            )
            for path in paths
        ]
        return cls((*items, _Term("pk", items[0].is_descending, False)))

    @property
    def signature(self) -> str:
        """What a cursor must have been made for; changes when a release gives an order another meaning."""
        return ",".join(f"{'-' if term.is_descending else ''}{term.path}" for term in self.items)

    def names(self) -> list[str]:
        return ["pk" if term.path == "pk" else _KEY.format(i) for i, term in enumerate(self.items)]

    def annotated(self, queryset: QuerySet) -> QuerySet:
        named = zip(self.names(), self.items, strict=True)
        return queryset.annotate(**{name: F(term.path) for name, term in named if name != "pk"})

    def terms(self, backwards: bool = False) -> list:
        return [term.order(name, backwards) for name, term in zip(self.names(), self.items, strict=True)]

    def values(self, row) -> list:
        if isinstance(row, dict):
            return [row[name] for name in self.names()]
        return [getattr(row, name) for name in self.names()]

    def beyond(self, values: list, backwards: bool = False) -> Q:
        """Rows further along than the row with these values: beyond in one term, level in all before it."""
        condition, level = Q(pk__in=[]), Q()
        for name, term, value in zip(self.names(), self.items, values, strict=True):
            condition |= level & term.beyond(name, value, backwards)
            level &= term.level(name, value)
        return self.items[0].bound(self.names()[0], values[0], backwards) & condition


def _is_nullable(queryset: QuerySet, path: str) -> bool:
    """Whether the path can yield NULL; an annotation may."""
    model = queryset.model
    for part in path.split("__"):
        if part == "pk":
            continue
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        if found.null or not found.concrete:
            return True
        model = found.related_model
    return False


@dataclass(frozen=True)
class _Start:
    values: list
    is_backwards: bool

    @classmethod
    def of(cls, request: HttpRequest, ordering: _Ordering) -> "_Start | None":
        for key in _POSITION:
            values = _opened(ordering, request.GET.get(key, ""))
            if values is not None:
                return cls(values, key == BEFORE)
        return None


@dataclass(frozen=True)
class _Slice:
    first: list
    last: list
    has_more: bool


def _read(queryset: QuerySet, ordering: _Ordering, start: _Start | None, page_size: int) -> tuple[list, _Slice]:
    backwards = bool(start and start.is_backwards)
    keyed = ordering.annotated(queryset).order_by(*ordering.terms(backwards))
    if start:
        keyed = keyed.filter(ordering.beyond(start.values, backwards))
    rows = list(keyed[: page_size + 1])
    has_more = len(rows) > page_size
    rows = rows[:page_size]
    if backwards:
        rows.reverse()
    if not rows:
        return rows, _Slice([], [], False)
    return rows, _Slice(ordering.values(rows[0]), ordering.values(rows[-1]), has_more)


# JSON knows too few kinds, and the usual encoder rounds a moment to milliseconds, which would repeat or lose a row.
_WRITTEN = ((bool, "b"), (int, "i"), (str, "s"), (Decimal, "m"), (datetime, "t"), (date, "d"), (time, "h"), (UUID, "u"),
            (float, "f"))  # fmt: skip
_READ: dict[str, Callable[[str], Any]] = {
    "b": lambda text: text == "True", "i": int, "s": str, "m": Decimal, "t": datetime.fromisoformat,
    "d": date.fromisoformat, "h": time.fromisoformat, "u": UUID, "f": float,
}  # fmt: skip


def _sealed(ordering: _Ordering, values: list) -> str:
    payload = json.dumps([ordering.signature, *map(_written, values)], ensure_ascii=False, separators=(",", ":"))
    return _cipher().encrypt(payload.encode()).decode().rstrip("=")


def _opened(ordering: _Ordering, token: str) -> list | None:
    """The values of a cursor of this order; None for an empty, foreign or tampered one."""
    if not token or len(token) > 4000:
        return None
    try:
        payload = _cipher().decrypt(token.encode() + b"=" * (-len(token) % 4))
    except InvalidToken:
        return None
    signature, *values = json.loads(payload)
    return [value and _READ[value[0]](value[1:]) for value in values] if signature == ordering.signature else None


def _written(value) -> str | None:
    if value is None:
        return None
    for kind, mark in _WRITTEN:
        if isinstance(value, kind):
            return mark + (value.isoformat() if isinstance(value, (date, time)) else str(value))
    raise TypeError(f"a list cannot be ordered by {type(value).__name__}")


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("ui.lists.cursor", "", algorithm="sha256").digest()))
