"""Form controls written out directly (setting FORM_RENDERER).

The framework renders a template for every input, every option and every list of attributes; a choice of 250 managers
would cost more than the rest of its page. What is not among the plain controls here goes its way.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from ui.markup import text

Widget = dict[str, Any]


class FormRenderer(TemplatesSetting):
    def render(self, template_name: str, context: dict, request=None) -> str:
        write = _WRITERS.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return mark_safe(write(context["widget"]))  # noqa: S308 - every value below goes through ui.markup


def _attributes(widget: Widget) -> str:
    """True stands by its name alone, False not at all."""
    given = [(name, value) for name, value in widget["attrs"].items() if value is not False]
    return "".join(f" {text(n)}" if v is True else f' {text(n)}="{text(v)}"' for n, v in given)


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{text(widget["value"])}"'
    return f'<input type="{text(widget["type"])}" name="{text(widget["name"])}"{value}{_attributes(widget)}>'


def _input_option(widget: Widget) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    identifier = widget["attrs"].get("id")
    leads_to = f' for="{text(identifier)}"' if identifier else ""
    return f"<label{leads_to}>{_input(widget)} {text(widget['label'])}</label>"


def _textarea(widget: Widget) -> str:
    return f'<textarea name="{text(widget["name"])}"{_attributes(widget)}>\n{text(widget["value"] or "")}</textarea>'


def _select(widget: Widget) -> str:
    groups = "".join(_group(name, options) for name, options, _ in widget["optgroups"])
    return f'<select name="{text(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _group(name: str | None, options: list[Widget]) -> str:
    written = "".join(
        f'\n<option value="{text(option["value"])}"{_attributes(option)}>{text(option["label"])}</option>'
        for option in options
    )
    return f'\n<optgroup label="{text(name)}">{written}\n</optgroup>' if name else written


_WIDGETS = "django/forms/widgets/"
_WRITERS: dict[str, Callable[[Widget], str]] = {
    **{
        f"{_WIDGETS}{kind}.html": _input
        for kind in ("checkbox", "date", "datetime", "email", "hidden", "input", "number", "password", "text", "time")
    },
    f"{_WIDGETS}checkbox_option.html": _input_option,
    f"{_WIDGETS}radio_option.html": _input_option,
    f"{_WIDGETS}select.html": _select,
    f"{_WIDGETS}textarea.html": _textarea,
}
