"""The rule of a segment as a form: a tree of groups and conditions, each part named by its place in it.

The inputs of the part at `r-0-1` are `join-r-0-1` for a group, `field-…`, `op-…`, `value-…` and `until-…` for a condition;
`part` lists all places in order. What is typed stays as text until it is read, so that nothing is lost that is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from customers.segments.fields import FIELDS, OPERATORS, Dimension, Field, Kind
from customers.segments.rules import DEEPEST, MOST_CONDITIONS, RuleRefused, parse_rule
from ui.forms import MoneyField, clean_text

ROOT = "r"
JOINS = {"all": "全部满足", "any": "任一满足", "none": "全不满足", "not_all": "不同时满足"}
_DAYS = ("within_last", "within_next", "longer_ago")
_LONGEST_TYPED = 200
_CHOSEN = (Kind.CHOICE, Kind.SEGMENT)


@dataclass
class Part:
    """A group with its `parts`, or a condition; `is_new` was added a moment ago, `error` says what is wrong with it."""

    place: str = ROOT
    join: str = ""
    parts: list["Part"] = made(default_factory=list)
    field: str = ""
    op: str = ""
    values: list[str] = made(default_factory=list)
    until: str = ""
    error: str = ""
    is_new: bool = False

    @property
    def is_group(self) -> bool:
        return bool(self.join)

    @property
    def is_root(self) -> bool:
        return self.place == ROOT

    @property
    def entry(self) -> Field | None:
        return FIELDS.get(self.field)

    @property
    def operators(self) -> Mapping[str, str]:
        return OPERATORS[self.entry.kind] if self.entry else {}

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def asks_for(self) -> str:
        """Which inputs a value takes: days, choices, flag, amount, number, day, text, or nothing."""
        if self.entry is None or self.op == "empty":
            return ""
        if self.op in _DAYS:
            return "days"
        return "choices" if self.entry.kind in _CHOSEN else str(self.entry.kind)

    @property
    def around(self) -> tuple[str, str]:
        """The words before and after a number of days: 在未来 [7] 天内."""
        before, _, after = self.operators.get(self.op, "").partition("几")
        return before, after

    def numbered(self, place: str = ROOT) -> "Part":
        self.place = place
        for n, part in enumerate(self.parts):
            part.numbered(f"{place}-{n}")
        return self

    def all(self) -> Iterator["Part"]:
        yield self
        for part in self.parts:
            yield from part.all()


def empty_rule() -> Part:
    return Part(join="all", parts=[_blank()]).numbered()


def _blank() -> Part:
    return Part(field="tier", op="in")


def part_of(data: Any) -> Part:
    """A stored rule as a form; one that cannot be read any more comes as far as it can, to be mended."""
    part = _stored(data, 0)
    return (part if part.is_group else Part(join="all", parts=[part])).numbered()


def _stored(data: Any, depth: int) -> Part:
    if not isinstance(data, dict) or depth > DEEPEST:
        return _blank()
    if "not" in data:
        return _denied(_stored(data["not"], depth + 1))
    for join in ("all", "any"):
        if isinstance(data.get(join), list):
            return Part(join=join, parts=[_stored(part, depth + 1) for part in data[join]])
    value, op = data.get("value"), str(data.get("op", ""))
    part = Part(field=str(data.get("field", "")), op=op)
    if op == "between" and isinstance(value, list) and len(value) == 2:
        part.values, part.until = [str(value[0])], str(value[1])
    elif isinstance(value, list):
        part.values = [str(one) for one in value]
    elif value is not None:
        part.values = ["yes" if value else "no"] if isinstance(value, bool) else [str(value)]
    return part


def _denied(part: Part) -> Part:
    turned = {"all": "not_all", "any": "none"}.get(part.join)
    if turned:
        part.join = turned
        return part
    return Part(join="none", parts=[part])


def read_part(post: QueryDict) -> Part:
    """The form as it was sent. Places that hang in the air are left out, and no more is read than a rule may hold."""
    known: dict[str, Part] = {}
    for place in post.getlist("part")[: 2 * MOST_CONDITIONS + 1]:
        above, _, last = place.rpartition("-")
        group = known.get(above)
        if place in known or (place != ROOT and (group is None or not group.is_group or not last.isascii())):
            continue
        known[place] = part = _typed(post, place)
        if group is not None:
            group.parts.append(part)
    root = known.get(ROOT)
    return root.numbered() if root is not None and root.is_group else empty_rule()


def _typed(post: QueryDict, place: str) -> Part:
    if (join := post.get(f"join-{place}", "")) in JOINS:
        return Part(join=join)
    part = Part(field=post.get(f"field-{place}", "")[:40], op=post.get(f"op-{place}", "")[:20])
    part.values = [clean_text(value)[:_LONGEST_TYPED] for value in post.getlist(f"value-{place}")]
    part.until = clean_text(post.get(f"until-{place}", ""))[:_LONGEST_TYPED]
    if part.entry and part.op not in part.operators:  # another field was chosen
        part.op, part.values, part.until = next(iter(part.operators)), [], ""
    return part


def acted(root: Part, action: str) -> Part:
    """The form after a button: `add:place`, `group:place` inside a group, `remove:place`. Anything else changes nothing."""
    verb, _, place = action.partition(":")
    at = next((part for part in root.all() if part.place == place), None)
    if at is None:
        return root
    if verb == "add" and at.is_group:
        at.parts.append(_blank())
        at.parts[-1].is_new = True
    elif verb == "group" and at.is_group and place.count("-") < DEEPEST - 1:
        at.parts.append(Part(join="any", parts=[_blank()]))
        at.parts[-1].parts[0].is_new = True
    elif verb == "remove" and not at.is_root:
        above = next(part for part in root.all() if at in part.parts)
        above.parts.remove(at)
    return root.numbered()


def rule_of(root: Part) -> dict | None:
    """The rule to store, or None when a part of it is wrong: the part then says what."""
    for part in root.all():
        part.error = _objection(part)
    return None if any(part.error for part in root.all()) else _data(root)


def _objection(part: Part) -> str:
    if part.is_group:
        return "" if part.parts else "这一组里还没有条件，请添加条件或移除这一组。"
    try:
        parse_rule(_condition(part))
    except RuleRefused as refusal:
        return str(refusal)
    return ""


def _data(part: Part) -> dict:
    if not part.is_group:
        return _condition(part)
    parts = [_data(inner) for inner in part.parts]
    match part.join:
        case "none":
            return {"not": {"any": parts}}
        case "not_all":
            return {"not": {"all": parts}}
    return {part.join: parts}


def _condition(part: Part) -> dict:
    return {"field": part.field, "op": part.op, "value": _value(part)}


def _value(part: Part) -> Any:
    """What was typed as the kind of value the field wants; what cannot be read goes on as text and is refused there."""
    kind = part.entry.kind if part.entry else None
    if part.op == "empty":
        return None
    if kind in _CHOSEN:
        return list(part.values)
    if kind is Kind.FLAG:
        return {"yes": True, "no": False}.get(part.value)
    if part.op in _DAYS or kind is Kind.NUMBER:
        read = _whole
    elif kind is Kind.AMOUNT:
        read = _yuan
    else:
        read = str
    return [read(part.value), read(part.until)] if part.op == "between" else read(part.value)


def _whole(typed: str) -> int | str:
    return int(typed) if typed.isdecimal() and len(typed) < 6 else typed


def _yuan(typed: str) -> str:
    """Amounts as people write them: 50万."""
    try:
        amount = MoneyField(required=False).clean(typed)
    except ValidationError:
        return typed
    return "" if amount is None else f"{amount:f}"


@cache
def fields_by_dimension() -> list[tuple[str, list[Field]]]:
    """For the choice of a field; every package has declared its fields by the time a page is shown."""
    return [
        (str(dimension), [entry for entry in FIELDS.values() if entry.dimension is dimension])
        for dimension in Dimension
        if any(entry.dimension is dimension for entry in FIELDS.values())
    ]
