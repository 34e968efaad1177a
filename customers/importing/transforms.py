"""The closed list of ways in which a column of another system becomes one of our fields.

A transform is compiled once per file into a function of the row. It answers a cell or a finished value, or None for
"not given"; what it cannot read raises BadCell.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from customers.importing import cells
from customers.importing.cells import BadCell, is_blank, plain, shown

Row = list[Any]
Reader = Callable[[Row], Any]
Columns = Mapping[str, int]


class InvalidMapping(ValueError):
    """The rules of a mapping do not hold; the message is one Chinese sentence."""


USES = {
    "text": "原样取用",
    "date": "日期",
    "decimal": "金额",
    "choice": "代码对照",
    "constant": "固定值",
    "template": "拼接",
    "birth_number": "出生号码",
    "months_after": "起始日期加月数",
    "when": "按条件",
}
_KEYS: dict[str, tuple[set[str], set[str]]] = {  # use → (needed, allowed besides)
    "text": ({"column"}, set()),
    "date": ({"column"}, {"formats", "century"}),
    "decimal": ({"column"}, set()),
    "choice": ({"column", "choices"}, {"otherwise"}),
    "constant": ({"value"}, set()),
    "template": ({"template"}, set()),
    "birth_number": ({"column", "part"}, {"century"}),
    "months_after": ({"date", "months"}, set()),
    "when": ({"column", "is", "then"}, {"otherwise"}),
}
_DATE_FORMATS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "YYMMDD": r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "YYMMDD 00:00:00": r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2}) 00:00:00",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
}
_CENTURIES = (1800, 1900, 2000)
_PLACEHOLDER = re.compile(r"\{([^{}:]+)(?::0(\d{1,2}))?\}")
_BIRTH_NUMBER = re.compile(r"(\d{2})(\d{2})(\d{2})")
_WOMEN_ADD = 50
_MOST_MONTHS = 1200


def compile_transform(spec: Any, columns: Columns, where: str) -> Reader:
    """The function of one field's rule; `where` names the field in messages. Raises InvalidMapping."""
    check_transform(spec, where)
    return _COMPILERS[spec["use"]](spec, columns, where)


def check_transform(spec: Any, where: str) -> None:
    """The shape of a rule, without a file: a known use with exactly the keys it takes."""
    if not isinstance(spec, dict) or spec.get("use") not in USES:
        use = spec.get("use") if isinstance(spec, dict) else spec
        raise InvalidMapping(f"{where}的取值方式“{str(use)[:20]}”不存在，可用的有：{'、'.join(USES)}。")
    needed, optional = _KEYS[spec["use"]]
    given = set(spec) - {"use"}
    if missing := sorted(needed - given):
        raise InvalidMapping(f"{where}的取值方式“{spec['use']}”缺少{missing[0]}。")
    if unknown := sorted(given - needed - optional):
        raise InvalidMapping(f"{where}的取值方式“{spec['use']}”不认识{str(unknown[0])[:20]}。")


def columns_of(spec: Mapping[str, Any]) -> list[str]:
    """The columns a rule reads, for showing it."""
    found = [spec[key] for key in ("column", "months") if isinstance(spec.get(key), str)]
    found += [name for name, _ in _PLACEHOLDER.findall(str(spec.get("template", "")))]
    for key in ("date", "then", "otherwise"):
        if isinstance(spec.get(key), dict):
            found += columns_of(spec[key])
    return found


def position_of(column: Any, columns: Columns, where: str) -> int:
    if column not in columns:
        raise InvalidMapping(f"{where}取自列“{str(column)[:40]}”，文件中没有这一列。")
    return columns[column]


def _text(spec: dict, columns: Columns, where: str) -> Reader:
    position = position_of(spec["column"], columns, where)
    return lambda row: row[position]


def _date(spec: dict, columns: Columns, where: str) -> Reader:
    position = position_of(spec["column"], columns, where)
    formats = spec.get("formats", [])
    century = _century(spec, where)
    if not isinstance(formats, list) or any(name not in _DATE_FORMATS for name in formats):
        raise InvalidMapping(f"{where}的日期格式只能是：{'、'.join(_DATE_FORMATS)}。")
    if not formats:
        return lambda row: None if is_blank(row[position]) else cells.day(row[position])
    if any(name.startswith("YYMM") for name in formats) and century is None:
        raise InvalidMapping(f"{where}的年份只有两位，请用century写明世纪（如1900）。")
    patterns = [re.compile(_DATE_FORMATS[name]) for name in formats]

    def read(row: Row) -> date | None:
        cell = row[position]
        if is_blank(cell):
            return None
        value = plain(cell)
        for pattern in patterns:
            if match := pattern.fullmatch(value):
                year = int(match["y"]) + (century or 0 if len(match["y"]) == 2 else 0)
                return cells.real_day(year, int(match["m"]), int(match["d"]), cell)
        raise BadCell(f"{shown(cell)}不是{'或'.join(formats)}格式的日期")

    return read


def _decimal(spec: dict, columns: Columns, where: str) -> Reader:
    position = position_of(spec["column"], columns, where)
    return lambda row: None if is_blank(row[position]) else cells.money(row[position])


def _choice(spec: dict, columns: Columns, where: str) -> Reader:
    position = position_of(spec["column"], columns, where)
    choices = spec["choices"]
    if not isinstance(choices, dict) or not choices or any(not isinstance(v, str) for v in choices.values()):
        raise InvalidMapping(f"{where}的代码对照应为“原值: 新值”的表。")
    fallback = spec.get("otherwise")

    def read(row: Row) -> str | None:
        value = plain(row[position])
        if value in choices:
            return choices[value]
        if fallback is not None or not value:
            return fallback
        raise BadCell(f"{shown(row[position])}不在对照表内（{'、'.join(list(choices)[:10])}）")

    return read


def _constant(spec: dict, columns: Columns, where: str) -> Reader:
    value = spec["value"]
    if not isinstance(value, str):
        raise InvalidMapping(f"{where}的固定值应为文字。")
    return lambda row: value


def _template(spec: dict, columns: Columns, where: str) -> Reader:
    """Text with {column} in it; {column:04} fills a number with zeros to four places."""
    template = spec["template"]
    if not isinstance(template, str) or "{" in _PLACEHOLDER.sub("", template) or not _PLACEHOLDER.search(template):
        raise InvalidMapping(f"{where}的拼接应形如“C{{客户编号}}”。")
    # split() with two groups answers text, column, width, text, column, width, …, text.
    pieces = _PLACEHOLDER.split(template)
    texts = pieces[::3]
    places = [(position_of(pieces[i], columns, where), int(pieces[i + 1] or 0)) for i in range(1, len(pieces), 3)]

    def read(row: Row) -> str | None:
        parts = [texts[0]]
        for (position, width), following in zip(places, texts[1:], strict=True):
            value = plain(row[position])
            if not value:
                return None
            parts += [value.rjust(width, "0"), following]
        return "".join(parts)

    return read


def _birth_number(spec: dict, columns: Columns, where: str) -> Reader:
    """YYMMDD, women's months raised by 50: one number says birth date and sex."""
    position = position_of(spec["column"], columns, where)
    part, century = spec["part"], _century(spec, where) or 1900
    if part not in ("birth_date", "sex"):
        raise InvalidMapping(f"{where}的出生号码只能取birth_date或sex。")

    def read(row: Row) -> date | str | None:
        cell = row[position]
        if is_blank(cell):
            return None
        match = _BIRTH_NUMBER.fullmatch(plain(cell))
        if not match:
            raise BadCell(f"{shown(cell)}不是六位出生号码")
        year, month, month_day = (int(group) for group in match.groups())
        is_female = month > _WOMEN_ADD
        birth_date = cells.real_day(century + year, month - _WOMEN_ADD * is_female, month_day, cell)
        if part == "birth_date":
            return birth_date
        return "female" if is_female else "male"

    return read


def _months_after(spec: dict, columns: Columns, where: str) -> Reader:
    start = compile_transform(spec["date"], columns, where)
    position = position_of(spec["months"], columns, where)

    def read(row: Row) -> date | None:
        begin = start(row)
        if begin is None or is_blank(row[position]):
            return None
        if not isinstance(begin, date):
            begin = cells.day(begin)
        months = cells.whole_number(row[position])
        if not 0 <= months <= _MOST_MONTHS:
            raise BadCell(f"{shown(row[position])}个月超出合理范围")
        return _add_months(begin, months)

    return read


def _when(spec: dict, columns: Columns, where: str) -> Reader:
    position = position_of(spec["column"], columns, where)
    wanted = frozenset(_texts(spec["is"], where))
    then = compile_transform(spec["then"], columns, where)
    otherwise = compile_transform(spec["otherwise"], columns, where) if spec.get("otherwise") else None

    def read(row: Row) -> Any:
        if plain(row[position]) in wanted:
            return then(row)
        return otherwise(row) if otherwise else None

    return read


def condition(spec: Any, columns: Columns) -> Callable[[Row], bool]:
    """A row filter: {"column": …, "is": […]} or {"column": …, "is_not": […]}; blanks are ""."""
    where = "行筛选"
    if not isinstance(spec, dict) or set(spec) not in ({"column", "is"}, {"column", "is_not"}):
        raise InvalidMapping("行筛选应写明column和is（或is_not）。")
    position = position_of(spec["column"], columns, where)
    wanted = frozenset(_texts(spec.get("is", spec.get("is_not")), where))
    if "is" in spec:
        return lambda row: plain(row[position]) in wanted
    return lambda row: plain(row[position]) not in wanted


def _texts(values: Any, where: str) -> list[str]:
    if not isinstance(values, list) or any(not isinstance(value, str) for value in values):
        raise InvalidMapping(f"{where}的条件应为一列文字。")
    return values


def _century(spec: dict, where: str) -> int | None:
    century = spec.get("century")
    if century is not None and century not in _CENTURIES:
        raise InvalidMapping(f"{where}的世纪只能是{'、'.join(map(str, _CENTURIES))}。")
    return century


def _add_months(day: date, months: int) -> date:
    """The same day of the month, or its last day where the month is shorter (DOMAIN 2.3(2))."""
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, monthrange(day.year + year, month + 1)[1]))


_COMPILERS: dict[str, Callable[[dict, Columns, str], Reader]] = {
    "text": _text,
    "date": _date,
    "decimal": _decimal,
    "choice": _choice,
    "constant": _constant,
    "template": _template,
    "birth_number": _birth_number,
    "months_after": _months_after,
    "when": _when,
}
