"""Saved views of a list: a name for a query string, per person and page. Plain functions; the owner is an argument.

A refusal is a `ValidationError` with one Chinese sentence: this package knows no business exceptions.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from ui.addresses import address
from ui.lists import filters_in
from ui.models import SavedView

MAX_PER_PAGE = 12
_LONGEST_NAME: int = SavedView._meta.get_field("name").max_length or 0
_LONGEST_QUERY: int = SavedView._meta.get_field("query").max_length or 0
_NOT_A_FILTER = ("form_key", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class ViewTab:
    """A saved view as a tab of its list."""

    name: str
    url: str
    is_current: bool


def tabs_for(*, owner, page: str, query: QueryDict) -> list[ViewTab]:
    """The person's views of a page (a URL name); the one whose conditions the address holds is current."""
    of_page, here = address(page), tidy_query(query)
    return [
        ViewTab(name, f"{of_page}?{kept}" if kept else of_page, kept == here)
        for name, kept in SavedView.objects.filter(owner=owner, page=page).values_list("name", "query")
    ]


def save_view(*, owner, page: str, name: str, query: str) -> SavedView:
    """Keeps the conditions under a name. Saving the same view twice is one view."""
    name, kept = _checked_name(name), tidy_query(QueryDict(query.removeprefix("?")))
    _check_page(page)
    if len(kept) > _LONGEST_QUERY:
        raise ValidationError("筛选条件太长，无法保存为视图，请减少条件。")
    with transaction.atomic():
        same = SavedView.objects.filter(owner=owner, page=page, name=name).first()
        if same and same.query == kept:
            return same
        if same:
            raise ValidationError(f"已有名为“{name}”的视图，请换一个名称。")
        if SavedView.objects.filter(owner=owner, page=page).count() >= MAX_PER_PAGE:
            raise ValidationError(f"每个页面最多保存{MAX_PER_PAGE}个视图，请先删除不用的视图。")
        return _unique(lambda: SavedView.objects.create(owner=owner, page=page, name=name, query=kept), name)


def rename_view(*, owner, page: str, name: str, new_name: str) -> SavedView:
    new_name = _checked_name(new_name)
    view = _own(owner, page, name)
    view.name = new_name
    with transaction.atomic():
        return _unique(lambda: _saved(view), new_name)


def delete_view(*, owner, page: str, name: str) -> int:
    """How many rows went: 1, or 0 where it was gone already."""
    return SavedView.objects.filter(owner=owner, page=page, name=name).delete()[0]


def tidy_query(query: QueryDict) -> str:
    """The conditions of an address in one fixed form: no position in the list, nothing empty, sorted."""
    kept = sorted((key, value) for key, value in filters_in(query, without=_NOT_A_FILTER) if value)
    tidy = QueryDict(mutable=True)
    for key, value in kept:
        tidy.appendlist(key, value)
    return tidy.urlencode()


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or "\x00" in name:
        raise ValidationError("请填写视图名称。")
    if len(name) > _LONGEST_NAME:
        raise ValidationError(f"视图名称最多{_LONGEST_NAME}个字，现在有{len(name)}个。")
    return name


def _check_page(page: str) -> None:
    try:
        reverse(page)
    except NoReverseMatch:
        raise ValidationError("这个页面不能保存视图。") from None


def _own(owner, page: str, name: str) -> SavedView:
    try:
        return SavedView.objects.get(owner=owner, page=page, name=name)
    except SavedView.DoesNotExist:
        raise ValidationError("这个视图已被删除。") from None


def _saved(view: SavedView) -> SavedView:
    view.save(update_fields=["name"])
    return view


def _unique(write, name: str) -> SavedView:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise ValidationError(f"已有名为“{name}”的视图，请换一个名称。") from None
