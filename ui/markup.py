"""Text as it may stand in a page, for what is written out in Python because a page has dozens or hundreds of it."""

from html import escape


def text(value: object) -> str:
    """As the templates do it: what is marked as safe stands, everything else is escaped."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))
