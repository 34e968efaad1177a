"""What every form has: clean text, native dates, Chinese sentences, a laid-out helper, choices within the person's scope.

`class NoteForm(ui.forms.Form)` or `ModelForm`, built as `NoteForm(request.POST or None, user=request.user)`.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError

# Invisible characters that come with text pasted from messengers and web pages: zero-width, direction marks, soft hyphen.
# Variation selectors stay (rare characters and emoji are written with them).
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# The joiner builds one emoji out of several (a family); anywhere else it is noise.
_STRAY_JOINER = re.compile("(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
# NUL is not removed here: it never comes by accident, so the field's own validator refuses it.
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n?|[\u2028\u2029\x85]")


def clean_text(text: str, *, is_multiline: bool = False) -> str:
    """Text without characters nobody can see. Letters are never changed: rare ones (䶮, 𠮷) are parts of names."""
    text = _LINE_BREAK.sub("\n", text)
    text = _CONTROL.sub("", _STRAY_JOINER.sub("", _INVISIBLE.sub("", text)))
    return text if is_multiline else re.sub(r"[\n\t]+", " ", text)


class DateInput(forms.DateInput):
    """The browser's own date picker. It reads ISO only; the localized format would show as an empty field."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


class MoneyField(forms.DecimalField):
    """Yuan as people write it: `12,000`, `1.5万`, `0.3亿`, full-width digits. Kept to the hundredth."""

    widget = forms.TextInput
    _UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}

    def __init__(self, *, max_digits: int = 18, **options):
        super().__init__(max_digits=max_digits, decimal_places=2, **options)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"inputmode": "decimal"}

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, (int, Decimal)):
            return super().to_python(value)
        text = unicodedata.normalize("NFKC", str(value)).replace(",", "").replace(" ", "").removesuffix("元")
        unit = self._UNITS.get(text[-1:], Decimal(1))
        try:
            amount = Decimal(text.rstrip("万亿") if unit != 1 else text) * unit
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not amount.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        # 1.5万 multiplies to 15000.0: trailing zeros are not decimal places somebody typed.
        return super().to_python(f"{amount.normalize():f}")


_NATIVE_WIDGETS = {
    forms.DateInput: DateInput,
    forms.DateTimeInput: DateTimeInput,
    forms.TimeInput: TimeInput,
}
_DASHES = ("---------",)
_CHOOSING = (forms.ChoiceField, forms.ModelChoiceField)


def _sentences(field: forms.Field, label: str) -> dict[str, str]:
    """What a clerk reads instead of the framework's wording, by error code."""
    name = f"“{label}”"
    sentences = {
        "required": f"请选择{name}。" if isinstance(field, _CHOOSING) else f"请填写{name}。",
        "max_length": f"{name}最多%(limit_value)d个字，现在有%(show_value)d个，请删减后再保存。",
        "min_length": f"{name}至少%(limit_value)d个字，现在有%(show_value)d个。",
        "max_value": f"{name}不能大于%(limit_value)s。",
        "min_value": f"{name}不能小于%(limit_value)s。",
        "max_digits": f"{name}的数字太长，最多%(max)s位。",
        "max_decimal_places": f"{name}最多保留%(max)s位小数。",
        "max_whole_digits": f"{name}的整数部分最多%(max)s位。",
        "null_characters_not_allowed": f"{name}含有无法保存的字符，请删去后重新填写。",
        "invalid_choice": f"{name}的选项已失效或不在您的范围内，请重新选择。",
        "invalid_pk_value": f"{name}的选项已失效或不在您的范围内，请重新选择。",
    }
    if isinstance(field, (forms.DateField, forms.DateTimeField, forms.TimeField)):
        sentences["invalid"] = f"{name}不是有效的日期或时间，请重新选择。"
    elif isinstance(field, (forms.IntegerField, forms.FloatField)):
        sentences["invalid"] = f"{name}请填写数字。"
    return sentences


class TidyFormMixin:
    """Text without invisible characters, native date inputs, sentences that name the field, no browser memory."""

    base_fields: dict[str, forms.Field]
    empty_choice = "请选择"

    def __init__(self, *args, **kwargs):
        # Once per class, on the fields that every form of it copies: a page of rows has dozens of forms.
        if "is_tidy" not in vars(type(self)):
            self._tidy_up()
        super().__init__(*args, **kwargs)

    @classmethod
    def _tidy_up(cls) -> None:
        for name, field in cls.base_fields.items():
            _use_native_widget(field)
            _speak_plainly(field, str(field.label or name))
            _name_the_empty_choice(field, cls.empty_choice)
            if isinstance(field, forms.CharField):
                _clean_before_validation(field)
            if isinstance(field.widget, (forms.TextInput, forms.Textarea)):
                _limit_without_cutting(field.widget)
        cls.is_tidy = True

    @property
    def helper(self) -> FormHelper:
        """For `{% crispy form %}` inside the page's own <form>, which carries csrf_token and form_key."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.include_media = False
        return helper


def _use_native_widget(field: forms.Field) -> None:
    replacement = _NATIVE_WIDGETS.get(type(field.widget))
    if replacement:
        widget = replacement({k: v for k, v in field.widget.attrs.items() if k != "type"})
        widget.is_required = field.widget.is_required
        field.widget = widget


def _speak_plainly(field: forms.Field, label: str) -> None:
    framework: dict[str, object] = {}
    for base in reversed(type(field).__mro__):
        framework.update(getattr(base, "default_error_messages", {}))
    for code, sentence in _sentences(field, label).items():
        # A message the form gave itself is kept.
        if field.error_messages.get(code) == framework.get(code):
            field.error_messages[code] = sentence


def _name_the_empty_choice(field: Any, words: str) -> None:
    """The framework's row of dashes says nothing."""
    if getattr(field, "empty_label", None) in _DASHES:
        field.empty_label = words
        field.widget.choices = field.choices
    elif isinstance(field, forms.NullBooleanField) and hasattr(field.widget, "choices"):
        (empty, _), *answers = field.widget.choices
        field.widget.choices = [(empty, words), *answers]
    elif isinstance(field, forms.ChoiceField) and not hasattr(field, "empty_label"):
        choices: Any = field.choices
        field.choices = [(key, words if str(label) in _DASHES else label) for key, label in choices]


def _clean_before_validation(field: forms.CharField) -> None:
    if isinstance(field.widget, forms.PasswordInput):
        return
    is_multiline = isinstance(field.widget, forms.Textarea)
    to_python = field.to_python

    def cleaned(value):
        return to_python(clean_text(value, is_multiline=is_multiline) if isinstance(value, str) else value)

    field.to_python = cleaned  # type: ignore[method-assign]


def _limit_without_cutting(widget: forms.Widget) -> None:
    """`maxlength` would cut a pasted text without a word; the counter warns and the server says it in a sentence."""
    limit = widget.attrs.pop("maxlength", None)
    if limit and not isinstance(widget, forms.PasswordInput):
        widget.attrs["data-limit"] = limit
    if type(widget) in (forms.TextInput, forms.Textarea, forms.NumberInput):
        widget.attrs.setdefault("autocomplete", "off")


class ScopedFormMixin:
    """Lock 2 of DESIGN 3: a choice of scoped rows offers, and accepts, only what the person may see.

    A queryset is scoped when it knows `visible_to`; asking it keeps this package free of the organization.
    """

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        narrow_choices(self, user)


def narrow_choices(form, user) -> None:
    """Narrows every choice of scoped rows in `form`; without a person it refuses rather than offer everything."""
    for name, field in form.fields.items():
        queryset: Any = getattr(field, "queryset", None)
        if not hasattr(queryset, "visible_to"):
            continue
        if user is None:
            raise ImproperlyConfigured(f"{type(form).__name__}.{name} offers scoped rows: build the form with user=…")
        field.queryset = queryset.visible_to(user)


class RefusableMixin:
    """Puts a service's sentence beside the field it names first, so that the eye need not look for it."""

    def refuse(self, sentence: str) -> None:
        named = {sentence.find(str(field.label)): name for name, field in self.fields.items() if field.label}
        named.pop(-1, None)
        self.add_error(named[min(named)] if named else None, sentence)


class Form(TidyFormMixin, ScopedFormMixin, forms.Form):
    """Base of the project's forms."""


class ModelForm(TidyFormMixin, ScopedFormMixin, forms.ModelForm):
    """Base of the project's model forms."""
