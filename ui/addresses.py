"""Addresses of pages, cheap enough for every row of a list.

`reverse` walks patterns, prefixes and languages each time. Of one page all addresses are alike but for the keys they
name, so the page is looked up once and the keys are put in their places.
"""

from datetime import date
from functools import cache
from urllib.parse import quote

from django.urls import URLResolver, get_resolver, get_script_prefix, reverse
from django.utils.http import RFC3986_SUBDELIMS

# Stand in for a key while the page is looked up: no word of an address, and no day of a diary.
_DAY = date(1, 1, 1)
_WORD = "__key-{}__"
_SAFE = f"{RFC3986_SUBDELIMS}/~:@"


def address(name: str, *keys: str | date) -> str:
    """What `reverse(name, args=keys)` gives, for keys that are words or days (one day at most)."""
    first, *rest = _around(get_resolver(), get_script_prefix(), name, tuple(isinstance(key, date) for key in keys))
    return first + "".join(_written(key) + text for key, text in zip(keys, rest, strict=True))


def _written(key: str | date) -> str:
    return key.isoformat() if isinstance(key, date) else quote(str(key), safe=_SAFE)


@cache
def _around(resolver: URLResolver, prefix: str, name: str, are_days: tuple[bool, ...]) -> list[str]:
    """The text before, between and behind the keys of a page. Installed elsewhere, or under another table of pages, the
    page is looked up anew."""
    stand_ins = [_DAY if is_day else _WORD.format(place) for place, is_day in enumerate(are_days)]
    parts, rest = [], reverse(name, args=stand_ins)
    for stand_in in stand_ins:
        part, _, rest = rest.partition(_written(stand_in))
        parts.append(part)
    return [*parts, rest]
