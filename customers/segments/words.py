"""A rule as people read it: one line for every condition, indented by its groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from customers.segments.fields import OPERATORS, Field, Kind
from customers.segments.rules import Condition, Group, Negation, Rule

_TEN_THOUSAND, _HUNDRED_MILLION = Decimal(10_000), Decimal(100_000_000)


@dataclass(frozen=True)
class Line:
    """`depth` counts the groups around it; `rule` is the part of the rule it stands for."""

    depth: int
    text: str
    rule: Rule

    @property
    def is_group(self) -> bool:
        return not isinstance(self.rule, Condition)


def lines_of(rule: Rule, names: Mapping[str, str]) -> list[Line]:
    """`names` are those of the segments the rule refers to, by public id; one that is gone is called so."""
    return list(_lines(rule, names, 0))


def _lines(rule: Rule, names: Mapping[str, str], depth: int) -> Iterator[Line]:
    match rule:
        case Condition():
            yield Line(depth, sentence(rule, names), rule)
        case Negation(Group(is_all, parts)):
            yield Line(depth, "不同时满足" if is_all else "全不满足", rule)
            for part in parts:
                yield from _lines(part, names, depth + 1)
        case Negation(part):
            yield Line(depth, "不满足", rule)
            yield from _lines(part, names, depth + 1)
        case Group(is_all, parts):
            yield Line(depth, "全部满足" if is_all else "任一满足", rule)
            for part in parts:
                yield from _lines(part, names, depth + 1)


def sentence(condition: Condition, names: Mapping[str, str]) -> str:
    """月日均 不低于 50万元"""
    entry, op, value = condition.field, condition.op, condition.value
    verb = OPERATORS[entry.kind][op]
    if op == "empty":
        return f"{entry.label} 没有登记"
    if op in ("within_last", "within_next", "longer_ago"):
        return f"{entry.label} {verb.replace('几', str(value))}"
    if op == "between":
        return f"{entry.label} {verb} {_spoken(entry, value[0], names)}和{_spoken(entry, value[1], names)}之间"
    if entry.kind is Kind.FLAG:
        return f"{'是' if value else '不是'}{entry.label}" if not entry.label.startswith("有") else entry.label
    return f"{entry.label} {verb} {_spoken(entry, value, names)}"


def _spoken(entry: Field, value: Any, names: Mapping[str, str]) -> str:
    match entry.kind:
        case Kind.CHOICE:
            return "、".join(entry.choices[code] for code in value)
        case Kind.SEGMENT:
            return "、".join(names.get(public_id, "已删除的分群") for public_id in value)
        case Kind.AMOUNT:
            return _yuan(value)
        case Kind.TEXT:
            return f"“{value}”"
    return str(value)


def _yuan(amount: Decimal) -> str:
    for unit, word in ((_HUNDRED_MILLION, "亿元"), (_TEN_THOUSAND, "万元")):
        if abs(amount) >= unit and amount % (unit / 10_000) == 0:
            return f"{(amount / unit).normalize():f}{word}"
    return f"{amount:f}元"
