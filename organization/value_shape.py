"""Whether a parameter's new value has the form of the value it ships with, in words an administrator understands."""

import re
from typing import Any

_KINDS = (
    (re.compile(r"-?\d+(\.\d+)?"), "数字（写成文本，如\"0.035\"）"),
    (re.compile(r"\d+[DWMY]"), "间隔（如\"2W\"、\"1M\"）"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "日期（如\"2026-11-23\"）"),
    (re.compile(r"\d{2}:\d{2}"), "时刻（如\"18:00\"）"),
)  # fmt: skip


def mismatch(shipped: Any, value: Any) -> str:
    """Empty when the value fits; else where and why not."""
    return _compare([shipped], value, "")


def _compare(examples: list, value: Any, where: str) -> str:
    """`examples` are the shipped values of this place and of places like it: together they say what may stand here."""
    example = examples[0]
    if example is None or (isinstance(example, (dict, list)) and not example and len(examples) == 1):
        return ""
    if isinstance(example, dict):
        return _compare_table(examples, value, where)
    if isinstance(example, list):
        return _compare_list(examples, value, where)
    return _compare_leaf(examples, value, where)


def _compare_table(examples: list[dict], value: Any, where: str) -> str:
    if not isinstance(value, dict):
        return f"{_at(where)}应为{{…}}"
    known = set().union(*examples)
    needed = set(examples[0]).intersection(*examples)
    unknown, missing = sorted(value.keys() - known), sorted(needed - value.keys())
    if unknown:
        return f"{_at(where)}有不认识的项{unknown[0]}"
    if missing:
        return f"{_at(where)}缺少{missing[0]}"
    entries = [entry for example in examples for entry in example.values()]
    are_alike = all(isinstance(entry, dict) for entry in entries)
    for key, entry in value.items():
        like = entries if are_alike else [example[key] for example in examples if key in example]
        problem = _compare(like, entry, f"{where}.{key}" if where else key)
        if problem:
            return problem
    return ""


def _compare_list(examples: list[list], value: Any, where: str) -> str:
    if not isinstance(value, list):
        return f"{_at(where)}应为[…]"
    entries = [entry for example in examples for entry in example]
    if not entries:
        return ""
    for place, entry in enumerate(value, 1):
        problem = _compare(entries, entry, f"{where}第{place}个")
        if problem:
            return problem
    return ""


def _compare_leaf(examples: list, value: Any, where: str) -> str:
    example = examples[0]
    if isinstance(example, bool):
        return "" if isinstance(value, bool) else f"{_at(where)}应为true或false"
    if isinstance(example, (int, float)):
        return _compare_number(examples, value, where)
    if not isinstance(value, str):
        return f"{_at(where)}应为文本"
    for pattern, name in _KINDS:
        if all(pattern.fullmatch(str(e)) for e in examples) and not pattern.fullmatch(value):
            return f"{_at(where)}应为{name}"
    return ""


def _compare_number(examples: list, value: Any, where: str) -> str:
    whole = all(isinstance(e, int) for e in examples)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return f"{_at(where)}应为{'整数' if whole else '数字'}"
    if value < 0 and all(e >= 0 for e in examples):
        return f"{_at(where)}不能为负数"
    return ""


def _at(where: str) -> str:
    return where or "取值"
