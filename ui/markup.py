"""Text as it may stand in a page, for what is written out in Python because a page has dozens or hundreds of it."""

from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString


def text(value: object) -> str:
    """As the templates do it: what is marked as safe stands, everything else is escaped."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def icon(name: str, label: str = "") -> SafeString:
    """A decorative icon; with a label it speaks for itself."""
    if label:
        return format_html(
            '<i class="bi bi-{}" aria-hidden="true"></i><span class="visually-hidden">{}</span>', name, label
        )
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)
