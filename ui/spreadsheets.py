"""Text that a spreadsheet will open: nothing in it is ever calculated (ASVS 1.2.10)."""

import csv
import io
from collections.abc import Iterable

# By which spreadsheets know UTF-8.
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
_NUMBER = frozenset("0123456789.,")


def harmless(cell: object) -> str:
    """The cell with an apostrophe before anything a spreadsheet would calculate; negative numbers stay numbers."""
    text = str(cell)
    start = text.lstrip(" \u3000\u00a0")[:1]
    if start not in _FORMULA or not start:
        return text
    if start in "+-" and text.strip()[1:] and set(text.strip()[1:]) <= _NUMBER:
        return text
    return f"'{text}"


def csv_line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()
