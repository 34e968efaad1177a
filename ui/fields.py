"""One field of a form with label, help and error, for `ui/field.html`."""

from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString, mark_safe

from ui.markup import text

_DRAWN_AS = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}
_REQUIRED = '<span class="required-mark" aria-hidden="true">*</span>'


def field_block(field: BoundField, *, wide: bool = False, hide_label: bool = False) -> SafeString:
    """`wide` takes a whole row of a .form-grid, `hide_label` leaves the label to screen readers."""
    if field.is_hidden:
        return field.as_widget()
    classes = " ".join(filter(None, ("field", "is-wide" if wide else "", field.css_classes())))
    # The help is written by us in the form, and may hold a link.
    help_text = (
        f'<div class="form-text" id="{field.auto_id}_helptext">{field.help_text}</div>' if field.help_text else ""
    )
    errors = text(field.errors) if field.errors else ""
    return mark_safe(  # noqa: S308 - of parts that are escaped, or safe by their own account
        f'<div class="{text(classes)}">{_body(field, hide_label)}{help_text}{errors}</div>'
    )


def _body(field: BoundField, hide_label: bool) -> str:
    label = f"{text(field.label)}{_REQUIRED if field.field.required else ''}"
    label_class = "form-label visually-hidden" if hide_label else "form-label"
    if field.use_fieldset:
        described = f' aria-describedby="{text(field.aria_describedby)}"' if field.aria_describedby else ""
        chips = "".join(f"{chip_input(option)}{_label(option, 'chip', text(option.choice_label))}" for option in field)
        return f'<fieldset{described}><legend class="{label_class}">{label}</legend><div class="chips">{chips}</div></fieldset>'
    if field.widget_type == "checkbox":
        box = _label(field, "form-check-label", text(field.label))
        return f'<div class="form-check">{control(field)}{box}</div>'
    drawn: str = control(field)
    if field.widget_type == "password":  # password.js puts its button into this frame
        drawn = f'<div class="password-box">{drawn}</div>'
    return f"{_label(field, label_class, label)}{drawn}"


def _label(of: BoundField | BoundWidget, classes: str, words: str) -> str:
    return f'<label class="{classes}" for="{text(of.id_for_label)}">{words}</label>'


def control(field: BoundField) -> SafeString:
    """The field's widget with the class its kind of control is drawn by."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    names = [*widget.attrs.get("class", "").split(), _DRAWN_AS.get(kind, "form-control")]
    if field.errors:
        names.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(dict.fromkeys(names))})


def chip_input(option: BoundWidget) -> SafeString:
    """The hidden radio button or checkbox behind a chip."""
    option.data["attrs"]["class"] = "btn-check"
    return option.tag()
