"""A segment's rule as it is stored, read and checked to the last leaf before anything is asked of the database.

{"all": [{"field": "tier", "op": "in", "value": ["GOLD"]},
         {"not": {"any": [{"field": "age", "op": "below", "value": 30},
                          {"field": "last_contact", "op": "within_last", "value": 90}]}}]}
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from customers.segments.fields import FIELDS, OPERATORS, Field, Kind

MOST_CONDITIONS, DEEPEST = 50, 8
_MOST_DAYS, _MOST_YEARS, _LONGEST_TEXT, _LONGEST_ID = 3660, 150, 50, 22
_MOST_YUAN = Decimal(10) ** 15


class RuleRefused(ValueError):
    """The rule cannot be used; the message is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class Condition:
    """One question of one field, its value already of the field's kind."""

    field: Field
    op: str
    value: Any


@dataclass(frozen=True)
class Group:
    """All of its parts, or any of them."""

    is_all: bool
    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class Negation:
    part: "Rule"


Rule = Condition | Group | Negation


def segments_in(rule: Rule) -> frozenset[str]:
    """The public ids of the segments whose members the rule asks for."""
    match rule:
        case Condition(field, _, value):
            return frozenset(value) if field.kind is Kind.SEGMENT else frozenset()
        case Negation(part):
            return segments_in(part)
        case Group(_, parts):
            return frozenset().union(*(segments_in(part) for part in parts))
    raise TypeError(f"not a rule: {rule!r}")


def parse_rule(data: Any) -> Rule:
    """Raises RuleRefused for anything but a rule: unknown fields and comparisons, values of the wrong kind, too much."""
    if _count(data) > MOST_CONDITIONS:
        raise RuleRefused(f"条件太多，最多{MOST_CONDITIONS}个。")
    return _parse(data)


def _count(data: Any, depth: int = 0) -> int:
    if depth > DEEPEST:
        raise RuleRefused(f"条件嵌套太深，最多{DEEPEST}层。")
    if isinstance(data, list):
        return sum(_count(part, depth) for part in data)
    if isinstance(data, dict) and "field" not in data:
        return sum(_count(part, depth + 1) for part in data.values())
    return 1


def _parse(data: Any) -> Rule:
    if not isinstance(data, dict):
        raise RuleRefused("规则格式不对：每个条件应写明字段、比较方式和取值。")
    keys = set(data)
    if keys == {"field", "op", "value"}:
        return _condition(data)
    if keys == {"not"}:
        return Negation(_parse(data["not"]))
    if keys in ({"all"}, {"any"}):
        parts = data.get("all", data.get("any"))
        if not isinstance(parts, list) or not parts:
            raise RuleRefused("“全部满足”或“任一满足”里至少要有一个条件。")
        return Group("all" in data, tuple(_parse(part) for part in parts))
    raise RuleRefused("规则格式不对：只能用全部满足（all）、任一满足（any）、排除（not）和条件。")


def _condition(data: dict) -> Condition:
    entry = FIELDS.get(data["field"]) if isinstance(data["field"], str) else None
    if entry is None:
        raise RuleRefused(f"没有“{str(data['field'])[:40]}”这个字段，可能已经停用，请删除或改选。")
    if not isinstance(data["op"], str) or data["op"] not in OPERATORS[entry.kind]:
        raise RuleRefused(f"“{entry.label}”不能用“{str(data['op'])[:40]}”来比较。")
    return Condition(entry, data["op"], _value(entry, data["op"], data["value"]))


def _value(entry: Field, op: str, value: Any) -> Any:
    if op == "empty":
        return None
    if op in ("within_last", "within_next", "longer_ago"):
        return _whole(value, _MOST_DAYS, f"“{entry.label}”的天数应是0到{_MOST_DAYS}的整数。")
    if op == "between":
        return _range(entry, value)
    return _ONE[entry.kind](entry, value)


def _range(entry: Field, value: Any) -> tuple:
    if not isinstance(value, list) or len(value) != 2:
        raise RuleRefused(f"“{entry.label}”介于两个数之间，请填起止两个数。")
    low, high = (_ONE[entry.kind](entry, one) for one in value)
    if low > high:
        raise RuleRefused(f"“{entry.label}”的起始值不能大于截止值。")
    return low, high


def _codes(entry: Field, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise RuleRefused(f"请为“{entry.label}”至少选一项。")
    for code in value:
        if not isinstance(code, str) or code not in entry.choices:
            raise RuleRefused(f"“{entry.label}”没有“{str(code)[:40]}”这个选项。")
    return tuple(dict.fromkeys(value))


def _yuan(entry: Field, value: Any) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) > _MOST_YUAN:
        raise RuleRefused(f"“{entry.label}”应填金额（元），如100000。")
    return amount


def _number(entry: Field, value: Any) -> int:
    return _whole(value, _MOST_YEARS, f"“{entry.label}”应是0到{_MOST_YEARS}的整数。")


def _whole(value: Any, most: int, sentence: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise RuleRefused(sentence)
    return value


def _date(entry: Field, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise RuleRefused(f"“{entry.label}”应填日期，如2026-11-23。") from None


def _flag(entry: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RuleRefused(f"“{entry.label}”只能选是或否。")
    return value


def _words(entry: Field, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST_TEXT or "\0" in text:
        raise RuleRefused(f"请填“{entry.label}”要包含的文字，最多{_LONGEST_TEXT}个字。")
    return text


def _segments(entry: Field, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise RuleRefused("请至少选一个客户分群。")
    if not all(isinstance(one, str) and 0 < len(one) <= _LONGEST_ID for one in value):
        raise RuleRefused("所选的客户分群不存在，请重新选择。")
    return tuple(dict.fromkeys(value))


_ONE: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.CHOICE: _codes, Kind.AMOUNT: _yuan, Kind.NUMBER: _number, Kind.DAY: _date, Kind.FLAG: _flag, Kind.TEXT: _words,
    Kind.SEGMENT: _segments,
}  # fmt: skip
