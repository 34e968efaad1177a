"""Forms of the import pages: the upload, the columns, the reason of an undo."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from customers.enums import ImportKind
from customers.importing import cells
from customers.importing.fields import FIELDS, Field
from customers.importing.transforms import columns_of
from customers.masking import mask_id_number, mask_mobile
from customers.models import ImportMapping
from organization.enums import Permission
from organization.models import Unit
from ui.forms import Form

_CONSTANT = "="
# Half-width and full-width alike: whoever types Chinese types both.
_EQUALS, _PARTS = "=\uff1d", ";\uff1b\n"
_PAIR = re.compile(rf"\s*([^{_EQUALS}{_PARTS}]+?)\s*[{_EQUALS}]\s*([^{_EQUALS}{_PARTS}]+?)\s*")
_DATE_FORMATS = {
    "": "自动识别（2026-01-31、20260131等）",
    "YYMMDD/1900": "年份两位，19xx年（YYMMDD）",
    "YYMMDD/2000": "年份两位，20xx年（YYMMDD）",
    "DD.MM.YYYY": "日.月.年",
    "DD/MM/YYYY": "日/月/年",
    "MM/DD/YYYY": "月/日/年",
}
_LONG_NUMBER, _MOBILE = re.compile(r"\d{14,19}[\dXx]?"), re.compile(r"1\d{10}")


def kinds_for(staff) -> list[tuple[str, str]]:
    """What this person may import; units are configuration."""
    return [
        (value, label)
        for value, label in ImportKind.choices
        if value != ImportKind.UNITS or staff.may(Permission.CONFIGURE)
    ]


class UploadForm(Form):
    kind = forms.ChoiceField(label="数据类型")
    file = forms.FileField(
        label="文件", max_length=200, help_text="CSV（UTF-8或GB18030）或xlsx，第一行为列名",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.asc,.xlsx"}),
        error_messages={"empty": "文件是空的。", "missing": "请选择文件。", "invalid": "请选择文件。"},
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label="导入到机构", queryset=Unit.objects.none(), help_text="文件没有机构列时归属于它；只导入它及下级机构的客户"
    )
    mapping = forms.ModelChoiceField(
        label="列对应关系", queryset=ImportMapping.objects.none(), required=False, empty_label="按列名自动对应"
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["kind"].choices = kinds_for(user)
        self.fields["unit"].queryset = Unit.objects.under(user.unit).filter(is_active=True)
        self.fields["unit"].initial = user.unit_id
        self.fields["mapping"].queryset = ImportMapping.objects.exclude(rules__has_key="products").exclude(
            rules__has_key="join"
        )

    def clean(self):
        data = super().clean()
        mapping = data.get("mapping")
        if mapping and mapping.kind != data.get("kind"):
            raise ValidationError(f"对应关系“{mapping}”是导入{mapping.get_kind_display()}用的，请另选。")
        return data


class UndoForm(Form):
    reason = forms.CharField(label="撤销理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class MappingForm(Form):
    """One row per field of ours: the column it comes from, and how it is read where that needs saying."""

    save_as = forms.CharField(
        label="保存为", max_length=80, required=False, help_text="起个名字，下次同样的文件直接选用；不填则只用于本批"
    )

    def __init__(self, *args, kind: str, headers: list[str], samples: dict[str, list[str]], rules: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.headers = kind, headers
        columns = [("", "不导入"), (_CONSTANT, "固定值")] + [(h, _option(h, samples.get(h, []))) for h in headers]
        self.rows = []
        for item in FIELDS[kind]:
            spec = rules.get("fields", {}).get(item.name)
            column, way, value = _shown(spec)
            self.fields[f"column_{item.name}"] = forms.ChoiceField(
                label=item.label, choices=columns, required=False, initial=column
            )
            if item.clean is cells.day:
                self.fields[f"way_{item.name}"] = forms.ChoiceField(
                    label=f"{item.label}的日期格式", choices=list(_DATE_FORMATS.items()), required=False, initial=way
                )
            self.fields[f"value_{item.name}"] = forms.CharField(
                label=f"{item.label}的固定值或代码对照", required=False, max_length=2000, initial=value
            )
            self.rows.append(item)

    def table(self) -> list[dict[str, Any]]:
        """What the page lays out."""
        return [
            {
                "field": item,
                "column": self[f"column_{item.name}"],
                "way": self[f"way_{item.name}"] if item.clean is cells.day else None,
                "value": self[f"value_{item.name}"],
            }
            for item in self.rows
        ]

    def clean(self):
        data = super().clean()
        specs = {}
        for item in self.rows:
            try:
                spec = self._spec(item, data)
            except ValidationError as error:
                self.add_error(f"value_{item.name}", error)
                continue
            if spec:
                specs[item.name] = spec
            elif item.is_required:
                self.add_error(f"column_{item.name}", f"“{item.label}”必填，请选择它取自哪一列。")
        self.rules = {"kind": self.kind, "fields": specs}
        return data

    def _spec(self, item: Field, data: dict[str, Any]) -> dict[str, Any] | None:
        column, value = data.get(f"column_{item.name}", ""), data.get(f"value_{item.name}", "").strip()
        if not column:
            return None
        if column == _CONSTANT:
            if not value:
                raise ValidationError(f"请填写“{item.label}”的固定值。")
            return {"use": "constant", "value": value}
        if way := data.get(f"way_{item.name}"):
            name, _, century = way.partition("/")
            if name == "YYMMDD":
                return {"use": "date", "column": column, "formats": [name, "YYMMDD 00:00:00"], "century": int(century)}
            return {"use": "date", "column": column, "formats": [way]}
        if value:
            return {"use": "choice", "column": column, "choices": _pairs(value, item.label)}
        return {"use": "text", "column": column}


def _pairs(text: str, label: str) -> dict[str, str]:
    """1=男；2=女"""
    parts = [part for part in re.split(f"[{_PARTS}]", text) if part.strip()]
    pairs = [_PAIR.fullmatch(part) for part in parts]
    if not pairs or not all(pairs):
        raise ValidationError(f"“{label}”的代码对照请写成：原值=新值；原值=新值。")
    return {match[1]: match[2] for match in pairs if match}


def _shown(spec: dict[str, Any] | None) -> tuple[str, str, str]:
    """How a rule fills the form: column, date format, value. Rules that the form cannot say show only their column."""
    if not spec:
        return "", "", ""
    if spec["use"] == "constant":
        return _CONSTANT, "", spec["value"]
    column = next(iter(columns_of(spec)), "")
    if spec["use"] == "date" and spec.get("formats"):
        name = spec["formats"][0]
        return column, f"{name}/{spec['century']}" if name == "YYMMDD" else name, ""
    if spec["use"] == "choice":
        return column, "", ";".join(f"{old}={new}" for old, new in spec["choices"].items())
    return column, "", ""


def _option(header: str, samples: list[str]) -> str:
    return f"{header}（如 {samples[0]}）" if samples else header


def sample(cell: object) -> str:
    """A cell as an example on a page: what looks like a document, card or phone number is masked."""
    text = cells.plain(cell)
    if _LONG_NUMBER.fullmatch(text):
        return mask_id_number(text)
    if _MOBILE.fullmatch(text):
        return mask_mobile(text)
    return text if len(text) <= 24 else f"{text[:24]}…"
