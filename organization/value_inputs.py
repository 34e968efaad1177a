"""How a parameter's value is filled in: a number, numbers in a row, or a table of inputs, by the value it ships with.

Only what has none of these shapes is written as JSON. Words for the codes of a table come with its declaration.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from organization.parameters import Declaration

Path = tuple[str, ...]
_UNITS = {"D": "天", "W": "周", "M": "个月", "Y": "年"}
_INTERVAL = re.compile(r"(\d+)([DWMY])")
_SPOKEN = re.compile(r"(\d+)\s*(个月|[天日周月年DWMYdwmy])")
_UNIT_CODES = {word: code for code, word in _UNITS.items()} | {"日": "D", "月": "M"} | {u: u for u in _UNITS}
_CODE = re.compile(r"[A-Za-z_]{3,}")
_SEPARATORS = re.compile("[,\uff0c\u3001;\uff1b\\s]+")
VALUE_LABEL = "取值"


def field_for(declaration: Declaration | None) -> forms.Field:
    """The form field a value of this parameter is filled in with."""
    shipped = declaration.value if declaration else None
    if isinstance(shipped, int) and not isinstance(shipped, bool):
        sentences = {"required": "请填写取值。", "invalid": "请填写整数。", "min_value": "取值不能为负数。"}
        return forms.IntegerField(label=VALUE_LABEL, min_value=0 if shipped >= 0 else None, error_messages=sentences)
    if _is_numbers(shipped):
        return NumbersField(label=VALUE_LABEL, help_text="几个整数，用逗号隔开")
    if declaration and isinstance(shipped, dict) and _leaves(shipped):
        return TableField(declaration)
    return ReadableJSONField()


def said(declaration: Declaration | None, value: Any) -> str:
    """The value as a page shows it."""
    if isinstance(value, list) and _is_numbers(value):
        return "、".join(map(str, value))
    if declaration and isinstance(value, dict) and isinstance(declaration.value, dict) and _leaves(declaration.value):
        layout = _Layout(declaration)
        return layout.render(lambda path: format_html("{}", _spoken(_at(value, path)) or "—"))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_words(declaration: Declaration | None, sentence: str) -> str:
    """A sentence about a place of a table, with the words for its codes."""
    words = declaration.words if declaration else {}
    return _CODE.sub(lambda found: words.get(found[0], found[0]), sentence).replace(".", " · ") if words else sentence


class ReadableJSONField(forms.JSONField):
    """A value in lines that a person can read and edit."""

    widget = forms.Textarea(attrs={"rows": 12, "cols": 80, "spellcheck": "false"})

    def __init__(self, **options):
        super().__init__(
            label=VALUE_LABEL,
            help_text="最好从参数列表里该参数一行的“新增取值”进来，那里按参数给出填写框。在这里须照原有写法填写：数字如 5，文本加英文双引号，列表用 [ ]，表用 { }",
            error_messages={
                "invalid": "取值的写法有误：请检查英文双引号、逗号和括号是否成对。", "required": "请填写取值。",
            },
            **options,
        )  # fmt: skip

    def prepare_value(self, value):
        if isinstance(value, forms.fields.InvalidJSONInput):
            return str(value)
        return json.dumps(value, ensure_ascii=False, indent=2)


class NumbersField(forms.CharField):
    """Whole numbers in a row: 30,7,1."""

    default_error_messages = {"required": "请填写取值。"}

    def prepare_value(self, value):
        return ",".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        text = (super().to_python(value) or "").strip("[] ")
        try:
            return [int(part) for part in _SEPARATORS.split(text) if part]
        except ValueError:
            raise ValidationError("请填写整数,用逗号隔开,如 30,7,1。") from None


class TableField(forms.Field):
    """A table with an input in every place; an empty one is left out of the value."""

    def __init__(self, declaration: Declaration):
        self.layout = _Layout(declaration)
        explained = "填数字加单位，如 2周、1个月；留空表示不作要求" if self.layout.has_intervals else ""
        super().__init__(
            label=VALUE_LABEL, widget=_TableInput(self.layout), help_text=explained,
            error_messages={"required": "请填写取值。"},
        )  # fmt: skip

    def clean(self, value):
        if isinstance(value, str):
            return ReadableJSONField().clean(value)
        wrong = [self.layout.named(path) for path, text in value.items() if text and not self.layout.reads(path, text)]
        if wrong:
            kind = "数字加单位，如 2周、1个月" if self.layout.has_intervals else "数字"
            raise ValidationError(f"{'、'.join(wrong)}请填写{kind}。")
        return self.layout.nested({path: self.layout.parsed(path, text) for path, text in value.items() if text})

    def has_changed(self, initial, data):
        return True


class _TableInput(forms.Widget):
    def __init__(self, layout: "_Layout"):
        super().__init__()
        self.layout = layout

    def value_from_datadict(self, data, files, name):
        if name in data:
            return data[name]
        return {path: data.get(_cell(name, path), "").strip() for path in self.layout.paths}

    def value_omitted_from_data(self, data, files, name):
        return name not in data and not any(_cell(name, path) in data for path in self.layout.paths)

    def use_required_attribute(self, initial):
        return False

    def render(self, name, value, attrs=None, renderer=None):
        def box(path: Path) -> SafeString:
            shown = value.get(path, "") if _is_typed(value) else _spoken(_at(value, path))
            return format_html(
                '<input type="text" name="{}" value="{}" size="6" autocomplete="off" aria-label="{}" inputmode="{}">',
                _cell(name, path), shown, self.layout.named(path),
                "text" if self.layout.has_intervals else "decimal",
            )  # fmt: skip

        return self.layout.render(box)


class _Layout:
    """Which places a table has and how they stand in rows and columns."""

    def __init__(self, declaration: Declaration):
        self.words, self.shipped = declaration.words, declaration.value
        leaves = _leaves(self.shipped)
        depths = {len(path) for path in leaves}
        self.examples = leaves
        self.has_intervals = all(isinstance(x, str) and _INTERVAL.fullmatch(x) for x in leaves.values())
        self.is_grid = depths in ({2}, {3}) and all(isinstance(entry, dict) for entry in self.shipped.values())
        self.columns = self._columns(leaves) if self.is_grid else [()]
        self.rows: list[Path] = [(key,) for key in self.shipped] if self.is_grid else list(leaves)
        self.paths = [(*row, *column) for row in self.rows for column in self.columns]

    def _columns(self, leaves: Mapping[Path, Any]) -> list[Path]:
        """Every second code with every third, each in the order it first came."""
        tails = [path[1:] for path in leaves]
        firsts, lasts = (list(dict.fromkeys(tail[at] for tail in tails)) for at in (0, -1))
        return [(first,) for first in firsts] if len(tails[0]) == 1 else [(f, s) for f in firsts for s in lasts]

    def named(self, path: Path) -> str:
        return " · ".join(self.words.get(code, code) for code in path)

    def reads(self, path: Path, text: str) -> bool:
        if self.has_intervals:
            return bool(_SPOKEN.fullmatch(text))
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", text.replace(",", "")))

    def parsed(self, path: Path, text: str) -> Any:
        if self.has_intervals and (found := _SPOKEN.fullmatch(text)):
            return f"{int(found[1])}{_UNIT_CODES.get(found[2], found[2].upper())}"
        text = text.replace(",", "")
        is_text = isinstance(self.examples.get(path, ""), str)
        return text if is_text else float(text) if "." in text else int(text)

    def nested(self, values: Mapping[Path, Any]) -> dict:
        """The tables around the places stay, even where nothing stands in them."""
        found = _emptied(self.shipped)
        for path, value in values.items():
            place = found
            for code in path[:-1]:
                place = place.setdefault(code, {})
            place[path[-1]] = value
        return found

    def render(self, cell) -> SafeString:
        head = format_html_join("", '<th scope="col">{}</th>', ((self.named(c) or "取值",) for c in self.columns))
        body = format_html_join(
            "", '<tr><th scope="row">{}</th>{}</tr>',
            ((self.named(row), format_html_join("", "<td>{}</td>", ((cell((*row, *c)),) for c in self.columns)))
             for row in self.rows),
        )  # fmt: skip
        return format_html(
            '<div class="value-table"><table><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>',
            head,
            body,
        )


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(entry) is int for entry in value)


def _is_typed(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(key, tuple) for key in value)


def _leaves(table: Any) -> dict[Path, Any]:
    """Path → value of a table of texts and numbers; empty where anything else stands in it."""
    found = dict(_walk(table, ()))
    return found if all(type(value) in (int, float, str) for value in found.values()) else {}


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _walk(entry, (*path, key))
    else:
        yield path, value


def _emptied(table: dict) -> dict:
    return {key: _emptied(entry) for key, entry in table.items() if isinstance(entry, dict)}


def _at(value: Any, path: Path) -> Any:
    for code in path:
        value = value.get(code) if isinstance(value, dict) else None
    return value


def _spoken(value: Any) -> str:
    """2W → 2周."""
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if found:
        return f"{found[1]}{_UNITS[found[2]]}"
    return "" if value is None else str(value)


def _cell(name: str, path: Path) -> str:
    return f"{name}:{'.'.join(path)}"
