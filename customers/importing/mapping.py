"""How a file's columns become our fields: rules as JSON, kept in the repository, saved by people, or guessed from headers.

    {"kind": "accounts",
     "where":   [{"column": "type", "is": ["OWNER"]}],                      rows that count
     "join":    [{"file": "disp.asc", "column": "account_id", "equals": "account_id", "as": "disp", "where": […]}],
     "keep":    {"first_of": ["A3"]},                                        one row per value
     "closing": {"account": …, "day": …, "amount": …, "direction": …, "out": […], "balance": …},   movements → end of day
     "fields":  {"reference": {"use": "template", "template": "A{account_id}"}, …}}

What the rules do not know they refuse, with a sentence: a mapping never half works.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from customers.enums import ImportKind
from customers.importing.cells import BadCell, is_blank, plain
from customers.importing.closing import Closing, closing_from
from customers.importing.fields import FIELDS, Field, fields_of
from customers.importing.reading import Row, Table
from customers.importing.transforms import (
    InvalidMapping,
    Reader,
    check_transform,
    compile_transform,
    condition,
    position_of,
)

MAPPINGS = Path(__file__).resolve().parent.parent / "data" / "mappings"
_TOP = {"kind", "title", "where", "join", "keep", "closing", "fields", "products", "note"}
_JOIN = {"file", "column", "equals", "as", "where"}
_MOST_JOINED_ROWS = 500_000


class Line(NamedTuple):
    """One row of the file in our terms: cleaned values of the fields that are given, or why it cannot be taken."""

    number: int
    values: dict[str, Any]
    errors: list[str]
    row: Row


def check_rules(rules: Any, kind: str) -> None:
    """The shape of a mapping, without a file. Raises InvalidMapping."""
    if not isinstance(rules, dict):
        raise InvalidMapping("对应关系应为一个JSON对象。")
    if unknown := sorted(set(rules) - _TOP):
        raise InvalidMapping(f"对应关系里有不认识的项“{str(unknown[0])[:20]}”。")
    if rules.get("kind") != kind:
        raise InvalidMapping(f"这份对应关系是导入{_kind_label(rules.get('kind'))}用的，不能用于{_kind_label(kind)}。")
    specs = rules.get("fields")
    if not isinstance(specs, dict) or not specs:
        raise InvalidMapping("对应关系里没有写明任何字段（fields）。")
    known = fields_of(kind)
    for name, spec in specs.items():
        if name not in known:
            raise InvalidMapping(f"{_kind_label(kind)}没有“{str(name)[:20]}”这个字段。")
        check_transform(spec, f"“{known[name].label}”")
    if missing := [item.label for item in FIELDS[kind] if item.is_required and item.name not in specs]:
        raise InvalidMapping(f"还没有指定必填字段：{'、'.join(missing)}。")
    for join in rules.get("join", []):
        if not isinstance(join, dict) or not _JOIN - {"where"} <= set(join) <= _JOIN:
            raise InvalidMapping("附表（join）应写明file、column、equals、as。")


def companions_of(rules: Mapping[str, Any]) -> list[str]:
    """Names of the further files that the mapping reads beside the one that is imported."""
    return [join["file"] for join in rules.get("join", [])]


def load_mapping(name: str) -> dict[str, Any]:
    """A mapping kept in the repository, by its name. Raises InvalidMapping."""
    path = MAPPINGS / f"{name}.json"
    if not name.replace("_", "").isalnum() or not path.exists():
        raise InvalidMapping(f"没有名为“{name[:40]}”的对应关系。")
    return read_mapping(path)


def read_mapping(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InvalidMapping(f"对应关系文件{path.name}无法读取：不是有效的JSON。") from error


def guess_rules(kind: str, headers: list[str]) -> dict[str, Any]:
    """A mapping for a file whose columns bear our names or usual ones; fields it does not find are left out."""
    by_name = {_folded(header): header for header in headers}
    specs = {}
    for item in FIELDS[kind]:
        for name in (item.label, item.name, *item.aliases):
            # A column is used once: 机构 of an account is not 机构 of two things.
            if header := by_name.pop(_folded(name), None):
                specs[item.name] = {"use": "text", "column": header}
                break
    return {"kind": kind, "fields": specs}


def bind(rules: Mapping[str, Any], table: Table, companions: Mapping[str, Table] | None = None) -> "BoundMapping":
    """The mapping made ready for one file. Raises InvalidMapping for columns or files that are not there."""
    kind = rules["kind"]
    check_rules(rules, kind)
    columns = {header: position for position, header in enumerate(table.headers)}
    joins = [_bind_join(join, columns, companions or {}) for join in rules.get("join", [])]
    known = fields_of(kind)
    readers = [
        (known[name], compile_transform(spec, columns, f"“{known[name].label}”"))
        for name, spec in rules["fields"].items()
    ]
    return BoundMapping(
        table=table,
        width=len(table.headers),
        joins=joins,
        conditions=[condition(spec, columns) for spec in rules.get("where", [])],
        keep=_bind_keep(rules.get("keep"), columns),
        closing=closing_from(rules["closing"], columns) if "closing" in rules else None,
        readers=readers,
    )


@dataclass(frozen=True)
class _Join:
    position: int
    rows: dict[str, Row]
    width: int


@dataclass(frozen=True)
class BoundMapping:
    """The rules compiled for one file."""

    table: Table
    width: int
    joins: list[_Join]
    conditions: list[Callable[[Row], bool]]
    keep: list[int]
    closing: Closing | None
    readers: list[tuple[Field, Reader]]

    def lines(self) -> Iterator[Line]:
        """Every row that counts, in our terms, in the order of the file."""
        for number, row, fault in self._chosen():
            if fault:
                yield Line(number, {}, [fault], row[: self.width])
                continue
            values, errors = self._read(row)
            yield Line(number, values, errors, row[: self.width])

    def _chosen(self) -> Iterator[tuple[int, Row, str]]:
        rows = self._filtered()
        return self.closing.end_of_days(rows) if self.closing else rows

    def _filtered(self) -> Iterator[tuple[int, Row, str]]:
        """Whole rows that pass the conditions, joined; a row that is broken comes with its fault."""
        seen: set[tuple[str, ...]] = set()
        for number, row in self.table.rows():
            if fault := self._shape(row):
                yield number, row, fault
                continue
            if self.joins:
                row = self._joined(row)
            if not all(passes(row) for passes in self.conditions):
                continue
            if self.keep:
                key = tuple(plain(row[position]) for position in self.keep)
                if key in seen:
                    continue
                seen.add(key)
            yield number, row, ""

    def _shape(self, row: Row) -> str:
        if len(row) == self.width or (len(row) > self.width and not any(row[self.width :])):
            return ""
        return f"本行有{len(row)}列，表头有{self.width}列，请检查分隔符和引号"

    def _joined(self, row: Row) -> Row:
        joined = row[: self.width]
        for join in self.joins:
            joined += join.rows.get(plain(joined[join.position]), [""] * join.width)
        return joined

    def _read(self, row: Row) -> tuple[dict[str, Any], list[str]]:
        values: dict[str, Any] = {}
        errors: list[str] = []
        for item, read in self.readers:
            try:
                value = read(row)
                value = None if is_blank(value) else item.clean(value)
            except BadCell as error:
                errors.append(f"{item.label}{error}")
                continue
            if value is not None and value != "":
                values[item.name] = value
            elif item.is_required:
                errors.append(f"{item.label}不能为空")
        return values, errors


def _bind_join(join: Mapping[str, Any], columns: dict[str, int], companions: Mapping[str, Table]) -> _Join:
    """Add the joined file's columns as `as.column` and read its rows that pass its own filter, by key."""
    table = companions.get(join["file"])
    if table is None:
        raise InvalidMapping(f"这份对应关系还需要附表{join['file']}，请放在同一文件夹内，用命令导入。")
    position = position_of(join["column"], columns, f"附表{join['file']}")
    own = {header: place for place, header in enumerate(table.headers)}
    key = position_of(join["equals"], own, f"附表{join['file']}")
    conditions = [condition(spec, own) for spec in join.get("where", [])]
    rows: dict[str, Row] = {}
    for _, row in table.rows():
        if len(row) == len(own) and all(passes(row) for passes in conditions):
            rows.setdefault(plain(row[key]), row)
            if len(rows) > _MOST_JOINED_ROWS:
                raise InvalidMapping(f"附表{join['file']}超过{_MOST_JOINED_ROWS}行。")
    for header in table.headers:
        columns[f"{join['as']}.{header}"] = len(columns)
    return _Join(position, rows, len(own))


def _bind_keep(keep: Any, columns: dict[str, int]) -> list[int]:
    if keep is None:
        return []
    if not isinstance(keep, dict) or set(keep) != {"first_of"} or not isinstance(keep["first_of"], list):
        raise InvalidMapping('keep应写成{"first_of": [列名]}。')
    return [position_of(column, columns, "去重") for column in keep["first_of"]]


def _folded(header: str) -> str:
    """Headers that differ only in case, spaces and the width of their characters are the same."""
    return "".join(unicodedata.normalize("NFKC", header).casefold().split())


def _kind_label(kind: Any) -> str:
    return str(ImportKind(kind).label) if kind in ImportKind.values else f"“{str(kind)[:20]}”"
