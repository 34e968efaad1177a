"""Parts of a list that stand on the page once per column, for `ui/templatetags/ui.py`."""

from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString, mark_safe

from ui.lists import Column, ListPage, query_with
from ui.markup import icon, text

_UNSORTED, _DESCENDING, _ASCENDING = icon("chevron-expand"), icon("caret-down-fill"), icon("caret-up-fill")


def sort_headers(page: ListPage, request: HttpRequest, list_id: str) -> SafeString:
    """A `<th>` for each column that is shown. One that the list can be ordered by is a link that swaps #list_id."""
    swap = f'hx-target="#{list_id}" hx-select="#{list_id}" hx-swap="outerHTML" hx-push-url="true"'
    return mark_safe("".join(_header(page, column, request, swap) for column in page.columns))  # noqa: S308 - escaped below


def _header(page: ListPage, column: Column, request: HttpRequest, swap: str) -> str:
    kind = ' class="is-number"' if column.is_number else ""
    if not column.sort:
        return f'<th scope="col"{kind}>{text(column.label)}</th>'
    is_current = column.sort == page.sort_key
    order = f' aria-sort="{"descending" if page.is_descending else "ascending"}"' if is_current else ""
    mark = (_DESCENDING if page.is_descending else _ASCENDING) if is_current else _UNSORTED
    address = text(sort_query(page, column, request.GET))
    return (
        f'<th scope="col"{kind}{order}><a class="sort-link" href="{address}" hx-get="{text(request.path)}{address}" {swap}>'
        f"{text(column.label)} {mark}</a></th>"
    )


def sort_query(page: ListPage, column: Column, query: QueryDict) -> str:
    """The address of the list ordered by a column; pressed again, the other way round. Figures start with the largest."""
    first = f"-{column.sort}" if column.is_number else column.sort
    second = column.sort if column.is_number else f"-{column.sort}"
    return query_with(query, sort=second if page.sort == first else first)
