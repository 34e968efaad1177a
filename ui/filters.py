"""Filters of a list: they live in the address, are shown as chips, and offer only rows within the person's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import django_filters
from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from ui.forms import Form
from ui.lists import filters_in, query_with
from ui.markup import text

# Sent along by filters.js while the reader has the filters of a list open.
_OPEN = "Filters-Open"


class FilterSet(django_filters.FilterSet):
    """Base of the project's filter sets: `CustomerFilter(request.GET, queryset=…, request=request)`."""

    @property
    def form(self) -> forms.Form:
        """What is in force. A filter that the address does not name narrows nothing, and its field, which would be made
        anew for every page, is left out; `panel` has them all."""
        if not hasattr(self, "_form"):
            self._form = self._form_of(name for name in self.filters if any(key.startswith(name) for key in self.data))
        return self._form

    @cached_property
    def panel(self) -> forms.Form:
        """Everything the list may be narrowed by, filled with what is in force."""
        return self._form_of(self.filters)

    def _form_of(self, names: Iterable[str]) -> forms.Form:
        fields = {name: self.filters[name].field for name in names}
        form_class = type(f"{type(self).__name__}Form", (Form,), fields | {"empty_choice": "全部"})
        user = getattr(self.request, "user", None)
        return form_class(self.data if self.is_bound else None, user=user)

    @property
    def is_open(self) -> bool:
        """Whether the list is to bring its filter form along: it stays open, and says what is in force by now."""
        return _OPEN in self.request.headers

    @cached_property
    def chips(self) -> list["Chip"]:
        return chips_of(self.form, self.data if self.is_bound else QueryDict())

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the address holds besides the filters (order, columns): hidden fields of the filter form."""
        return filters_in(self.data, without=self.panel.fields) if isinstance(self.data, QueryDict) else []


class _NamedRows(django_filters.fields.ModelChoiceIterator):
    def __iter__(self):
        yield "", self.field.empty_label
        yield from self.queryset.values_list(self.field.to_field_name, "name")


class _NamedRowSelect(forms.Select):
    def render(self, name, value, attrs=None, renderer=None):
        chosen = str(value or "")
        options = "".join(
            f'<option value="{text(key)}"{" selected" if str(key) == chosen else ""}>{text(label)}</option>'
            for key, label in self.choices
        )
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, attributes, mark_safe(options))  # noqa: S308 - escaped above


class _NamedRowField(django_filters.fields.ModelChoiceField):
    iterator = _NamedRows
    widget = _NamedRowSelect


class NamedRowFilter(django_filters.ModelChoiceFilter):
    """A choice among rows by key (`to_field_name`) and `name`. A head has 250 managers: of each these two words are read
    and written, and nothing more is made of them."""

    field_class = _NamedRowField


@dataclass(frozen=True)
class Chip:
    """A filter in force: what it says, and the address without it."""

    label: str
    value: str
    url: str


def chips_of(form: forms.Form, query: QueryDict) -> list[Chip]:
    """The filters in force, in the order of the form. Values that are not valid are in force nowhere."""
    if not isinstance(query, QueryDict) or not form.is_bound:
        return []
    form.is_valid()
    found = []
    for name, field in form.fields.items():
        given = [value for key in _names_of(form, name) for value in query.getlist(key) if value]
        value = form.cleaned_data.get(name)
        if given and value not in (None, "", []):
            without = query_with(query, **dict.fromkeys(_names_of(form, name)))
            found.append(Chip(str(field.label or name), _spoken(field, value, given), without))
    return found


def _names_of(form: forms.Form, name: str) -> list[str]:
    widget = form.fields[name].widget
    html_name = form.add_prefix(name)
    suffixes = getattr(widget, "widgets_names", None)
    return [html_name + suffix for suffix in suffixes] if suffixes else [html_name]


def _spoken(field: forms.Field, value, given: list[str]) -> str:
    if isinstance(field, _NamedRowField):
        return value.name
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ()) if key not in (None, "")}
    if choices:
        return "、".join(choices.get(item, item) for item in given)
    if isinstance(value, slice):
        return f"{'' if value.start is None else value.start} 至 {'' if value.stop is None else value.stop}".strip()
    return "是" if value is True else "否" if value is False else str(value)
