"""From a cell to a value: dates, amounts, codes and choices as banks write them. Faults are sentences for the clerk."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.db.models import TextChoices

SPACES = " \t\r\n\u3000\u00a0\ufeff\u200b"
# Beyond 15 digits a spreadsheet's number no longer holds what was typed.
_EXACT_NUMBER = 10**15
_AMOUNT = re.compile(r"[+-]?\d{1,16}(?:\.\d{1,2}0*)?")
_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,16}\.[0-9]{2}")
_RATE = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,8})?%?")
_FULL_WIDTH = {position: position - 0xFEE0 for position in range(0xFF01, 0xFF5F)}
_GUARDED = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20")
_EARLIEST, _LATEST = date(1850, 1, 1), date(2199, 12, 31)

Cleaner = Callable[[object], object]


class BadCell(ValueError):
    """A value that cannot be taken over; the message is the rest of a sentence that begins with the field's name."""


def is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or not cell.strip(SPACES)))


def plain(cell: object) -> str:
    """The cell as text: half-width, trimmed; whole numbers without a decimal point."""
    if isinstance(cell, str):
        # Most cells are plain already, and normalising a million of them costs seconds.
        return cell.strip(SPACES) if cell.isascii() else _half_width(cell).strip(SPACES)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT_NUMBER:
        return str(int(cell))
    return str(cell)


def shown(cell: object) -> str:
    text = plain(cell)
    return f"“{text[:20]}{'…' if len(text) > 20 else ''}”"


def text(max_length: int) -> Cleaner:
    def clean(cell: object) -> str:
        value = cell if isinstance(cell, str) else plain(cell)
        if value.startswith("'") and value.lstrip("' ")[:1] in _GUARDED:
            value = value[1:]  # our own file of bad rows on its way back
        value = "".join(c for c in value if unicodedata.category(c) not in ("Cc", "Cs") or c == "\n").strip(SPACES)
        if len(value) > max_length:
            raise BadCell(f"超过{max_length}个字，请缩短")
        return value

    return clean


def code(max_length: int) -> Cleaner:
    """A key of another system: no spaces or control characters inside, never a number that lost digits."""

    # Most codes are plain letters and digits; a million of them should not be walked through character by character.
    is_plain = re.compile(rf"[0-9A-Za-z_.:-]{{1,{max_length}}}").fullmatch

    def clean(cell: object) -> str:
        if isinstance(cell, str) and is_plain(cell):
            return cell
        if isinstance(cell, int | float) and (abs(cell) >= _EXACT_NUMBER or not float(cell).is_integer()):
            raise BadCell("列被存成数字，末位已丢失，请按文本重新导出")
        value = plain(cell)
        if len(value) > max_length:
            raise BadCell(f"超过{max_length}个字符")
        if not value.isprintable() or any(c in ' \t\\"' for c in value):
            raise BadCell(f"{shown(cell)}含有空格或特殊字符")
        return value

    return clean


def identifier(max_length: int) -> Cleaner:
    """A document, card or account number. Numbers are refused: a spreadsheet keeps only their first 15 digits."""

    def clean(cell: object) -> str:
        if not isinstance(cell, str):
            raise BadCell("列被存成数字，末位已丢失，请按文本重新导出")
        value = plain(cell).removeprefix("'")
        if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?\d+", value):
            raise BadCell("列呈科学计数法，末位已丢失，请按文本重新导出")
        if len(value) > max_length:
            raise BadCell(f"超过{max_length}个字符")
        return value

    return clean


def phone(cell: object) -> str:
    """Eleven digits survive a spreadsheet's number, so a numeric cell is fine here."""
    value = plain(cell)
    if len(value) > 30:
        raise BadCell("超过30个字符")
    return value


def day(cell: object) -> date:
    """A calendar day in any usual writing; a file has few different ones, so they are read once."""
    return cell if isinstance(cell, date) else _day(cell)


@lru_cache(maxsize=4096)
def _day(cell: str | int | float) -> date:
    value = plain(cell)
    match = _DAY.fullmatch(value)
    if not match:
        raise BadCell(f"{shown(cell)}不是日期，请写成2026-01-31")
    year, month, month_day = (int(part) for part in match.groups() if part and part.isdigit())
    return real_day(year, month, month_day, cell)


_TIME = r"(?:[ T]00?:00(?::00(?:\.0+)?)?)?"
_DAY = re.compile(
    rf"(?:(\d{{4}})(\d{{2}})(\d{{2}})|(\d{{4}})([-/.])(\d{{1,2}})\5(\d{{1,2}})|(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日?){_TIME}"
)


def real_day(year: int, month: int, month_day: int, cell: object) -> date:
    try:
        value = date(year, month, month_day)
    except ValueError:
        raise BadCell(f"{shown(cell)}是不存在的日期") from None
    if not _EARLIEST <= value <= _LATEST:
        raise BadCell(f"{shown(cell)}的年份不合理")
    return value


def money(cell: object) -> Decimal:
    """Yuan with at most two decimals; thousands separators and a currency sign are accepted."""
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, str) and _PLAIN_AMOUNT.fullmatch(cell):
        return Decimal(cell)
    if isinstance(cell, int | float):
        value = Decimal(repr(cell)) if abs(cell) < _EXACT_NUMBER else Decimal(0)
        rounded = round(value, 2)
        # 0.1 + 0.2 in a sheet is still 0.30; a third decimal that somebody meant is not.
        if abs(cell) >= _EXACT_NUMBER or abs(value - rounded) > Decimal("0.000001"):
            raise BadCell(f"{shown(cell)}不是金额（最多两位小数）")
        return rounded
    value_text = plain(cell)
    compact = value_text.replace(",", "").replace("\uff0c", "").lstrip("¥\uffe5$").removesuffix("元")
    if not _AMOUNT.fullmatch(compact):
        raise BadCell(f"{shown(cell)}不是金额（最多两位小数）")
    return Decimal(compact).quantize(Decimal("0.01"))


def rate(cell: object) -> Decimal:
    """0.035 and 3.5% are the same yearly rate."""
    value = plain(cell)
    if not _RATE.fullmatch(value):
        raise BadCell(f"{shown(cell)}不是利率，请写成0.035或3.5%")
    number = Decimal(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    if not -1 < number < 1:
        raise BadCell(f"{shown(cell)}超出合理范围，请写成0.035或3.5%")
    return number.quantize(Decimal("0.000001"))


def whole_number(cell: object) -> int:
    try:
        value = Decimal(plain(cell))
    except InvalidOperation:
        raise BadCell(f"{shown(cell)}不是整数") from None
    if value != value.to_integral_value():
        raise BadCell(f"{shown(cell)}不是整数")
    return int(value)


def choice(choices: type[TextChoices], others: dict[str, str] | None = None) -> Cleaner:
    """Our code or our label, in any case; `others` are further spellings and the code they stand for."""
    known = {spelling.casefold(): value for value, label in choices.choices for spelling in (value, str(label))}
    known |= {spelling.casefold(): value for spelling, value in (others or {}).items()}
    labels = "、".join(str(label) for label in choices.labels)

    def clean(cell: object) -> str:
        try:
            return known[plain(cell).casefold()]
        except KeyError:
            raise BadCell(f"{shown(cell)}不在可选范围内（{labels}）") from None

    return clean


_YES = {"是", "1", "y", "yes", "true", "有", "√", "对"}
_NO = {"否", "0", "n", "no", "false", "无", "×", "不是"}


def flag(cell: object) -> bool:
    value = plain(cell).casefold()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise BadCell(f"{shown(cell)}应填是或否")


def _half_width(value: str) -> str:
    return value.translate(_FULL_WIDTH)
