"""The features customers can be laid out by, each cut into bands that do not overlap: the rows and columns of a matrix.

A band is a rule (`rules.py`), so a cell of the matrix is one too: a list to go to, or the start of a segment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from customers.segments.fields import FIELDS, Kind

_YEARS = (30, 40, 50, 60, 70)
_YUAN = ((50_000, "5万"), (100_000, "10万"), (500_000, "50万"), (2_000_000, "200万"), (6_000_000, "600万"))
_DAYS = (30, 90, 180)


@dataclass(frozen=True)
class Band:
    key: str
    label: str
    rule: dict


@dataclass(frozen=True)
class Axis:
    """Who fits into none of the bands stands under 未登记."""

    key: str
    label: str
    bands: Sequence[Band]


@cache
def axes() -> dict[str, Axis]:
    """By key: every field that has one of a few values, and ages, amounts and days cut into stretches."""
    found = [
        Axis(
            entry.key,
            entry.label,
            tuple(Band(code, label, _in(entry.key, code)) for code, label in entry.choices.items()),
        )
        for entry in FIELDS.values()
        if entry.kind is Kind.CHOICE and entry.is_single
    ]
    found += [
        Axis("age", FIELDS["age"].label, _ages()),
        Axis("average", FIELDS["average"].label, _amounts()),
        Axis("last_contact", FIELDS["last_contact"].label, _days()),
    ]
    return {axis.key: axis for axis in found}


def _in(key: str, code: str) -> dict:
    return {"field": key, "op": "in", "value": [code]}


def _ages() -> tuple[Band, ...]:
    def between(low: int, high: int) -> dict:
        return {"field": "age", "op": "between", "value": [low, high - 1]}

    return (
        Band("0", f"{_YEARS[0]}岁以下", {"field": "age", "op": "below", "value": _YEARS[0]}),
        *(Band(f"{low}", f"{low}-{high - 1}岁", between(low, high)) for low, high in pairwise(_YEARS)),
        Band(f"{_YEARS[-1]}", f"{_YEARS[-1]}岁以上", {"field": "age", "op": "at_least", "value": _YEARS[-1]}),
    )


def _amounts() -> tuple[Band, ...]:
    def reaches(bound: int) -> dict:
        return {"field": "average", "op": "at_least", "value": str(bound)}

    def below(bound: int) -> dict:
        return {"field": "average", "op": "below", "value": str(bound)}

    (lowest, first), (highest, last) = _YUAN[0], _YUAN[-1]
    return (
        Band("0", f"{first}以下", below(lowest)),
        *(
            Band(f"{low}", f"{one}-{other}", {"all": [reaches(low), below(high)]})
            for (low, one), (high, other) in pairwise(_YUAN)
        ),
        Band(f"{highest}", f"{last}以上", reaches(highest)),
    )


def _days() -> tuple[Band, ...]:
    def within(days: int) -> dict:
        return {"field": "last_contact", "op": "within_last", "value": days}

    def before(days: int) -> dict:
        return {"field": "last_contact", "op": "longer_ago", "value": days}

    return (
        Band("0", f"{_DAYS[0]}天内", within(_DAYS[0])),
        *(Band(f"{low}", f"{low + 1}-{high}天", {"all": [before(low), within(high)]}) for low, high in pairwise(_DAYS)),
        Band(f"{_DAYS[-1]}", f"超过{_DAYS[-1]}天", before(_DAYS[-1])),
        Band("never", "尚无联系", {"field": "last_contact", "op": "empty", "value": None}),
    )


def band_of(name: str) -> Band | None:
    """`tier.GOLD` → the band; None for one that there is not."""
    key, _, band = name.partition(".")
    axis = axes().get(key)
    return next((one for one in axis.bands if one.key == band), None) if axis else None


def named_bands() -> list[tuple[str, str]]:
    """Every band by its whole name, with its words: for a choice."""
    return [(f"{axis.key}.{band.key}", f"{axis.label} {band.label}") for axis in axes().values() for band in axis.bands]
