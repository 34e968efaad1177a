"""By what a customer's name is found and ordered: the name itself, its pinyin and its initials.

The pinyin library knows no surname readings (单 is dan to it), so ours come first, applied to the first character or the
compound surname only. Every function takes any text, rare characters and emoji included, and never raises.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from pypinyin import Style, pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from customers.surnames import COMPOUND_SURNAMES, RARE_READINGS, SURNAMES

MAX_PRODUCTS = 32
MAX_KEYS = 40
KEY_LENGTH = 64

# Longer text is no name; what lies beyond is not read.
_TEXT_LENGTH = 4 * KEY_LENGTH
# Dots that Unicode counts as mathematical signs.
_MORE_DOTS = "⋅∙"
_DIAERESIS_AS_V = re.compile("(?<=[ln])[üǖǘǚǜ]")
# A reading that fewer of the dictionary's phrases use is not one that people type (明 meng, 平 pian).
_LIVING_SHARE = 0.05


@dataclass(frozen=True)
class _Unit:
    """A Chinese character or a word of letters and digits, its readings with the likeliest first; none if unreadable."""

    text: str
    readings: tuple[str, ...]


@dataclass(frozen=True)
class _Name:
    units: tuple[_Unit, ...]
    surname_length: int  # 0 where there is no Chinese surname


def normalise_query(text: str) -> str:
    """What somebody types, written as the keys are: half-width, lower case, no accents, spaces, dots; lü is lv."""
    return _cut("".join(_words(text)))


def search_readings(name: str) -> set[str]:
    """Every full pinyin and every initials of a name: all readings of each character, the likeliest 32 combinations.

    单田 gives shantian, dantian, chantian and st, dt, ct; a Latin name its words joined and their initials.
    """
    return {
        _cut(form)
        for syllables in _combinations(_read(name, has_all_readings=True).units)
        for form in ("".join(syllables), _initials(syllables))
    }


def sort_pinyin(name: str) -> str:
    """The likeliest reading, by which lists are ordered: `zhang wei ming`. What has no reading comes after z."""
    return _cut(" ".join(unit.readings[0] if unit.readings else unit.text for unit in _read(name).units))


def search_keys(name: str) -> set[str]:
    """What a name is found by when the keys are searched by prefix with a normalised query: about 9, at most 40.

    The name, its full pinyin and its initials, from every character (or word) on, and the surname in full with the
    initials of the rest (zhangwm). A key that only begins another one is left out.
    """
    keys = [_cut(key) for key in dict.fromkeys(_candidates(_read(name))) if key][:MAX_KEYS]
    in_order = sorted(set(keys))
    # Sorted, the keys that continue a key follow it directly.
    return {key for key, after in zip_longest(in_order, in_order[1:], fillvalue="") if not after.startswith(key)}


def _candidates(name: _Name) -> Iterator[str]:
    """Keys in the order in which they are worth their place: names, then one reading of each start after the other."""
    starts = range(len(name.units))
    for start in starts[:8]:
        yield "".join(unit.text for unit in name.units[start:])
    combinations = [_combinations(name.units[start:]) for start in starts]
    for rank in range(MAX_PRODUCTS):
        for start, of_start in enumerate(combinations):
            if rank < len(of_start):
                syllables = of_start[rank]
                yield "".join(syllables)
                yield _initials(syllables)
                if start == 0 and name.surname_length:
                    surname, given = syllables[: name.surname_length], syllables[name.surname_length :]
                    yield "".join(surname) + _initials(given)


def _combinations(units: Iterable[_Unit]) -> list[tuple[str, ...]]:
    """The likeliest 32 combinations of readings, best first; unreadable characters are passed over.

    A combination ranks by the sum of its readings' places, so the best of one step contain the best of the next.
    """
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for unit in units:
        if unit.readings:
            extended = [
                (rank + place, (*syllables, reading))
                for rank, syllables in best
                for place, reading in enumerate(unit.readings)
            ]
            best = sorted(extended, key=lambda pair: pair[0])[:MAX_PRODUCTS]
    return [syllables for _, syllables in best if syllables]


def _read(name: str, *, has_all_readings: bool = False) -> _Name:
    pieces = [piece for word in _words(name) for piece in _pieces(word)][:KEY_LENGTH]
    surname = _surname(pieces, name)
    likeliest = [*surname, *_in_context(pieces[len(surname) :])]
    units = []
    for piece, first in zip(pieces, likeliest, strict=True):
        if _is_readable(piece):
            others = _readings(piece) if has_all_readings else _living_readings(piece)
            units.append(_Unit(piece, _with_passport_spelling(dict.fromkeys([*first, *others]))))
        else:
            units.append(_Unit(piece, (piece,) if _is_word(piece) else ()))
    surname_length = len(surname) if len(surname) < len(pieces) else min(1, len(surname))
    return _Name(tuple(units), surname_length)


def _surname(pieces: list[str], name: str) -> list[tuple[str, ...]]:
    """The readings of the surname's characters, if this is the name of a Chinese person: short, and without a dot."""
    if not 1 <= len(pieces) <= 5 or not all(map(_is_readable, pieces)) or any(map(_is_dot, name)):
        return []
    compound = COMPOUND_SURNAMES.get("".join(pieces[:2]))
    if compound:
        return [(compound[0], *SURNAMES.get(pieces[0], ())), (compound[1],)]
    if len(pieces) <= 4:
        return [SURNAMES.get(pieces[0]) or _readings(pieces[0])[:1]]
    return []


def _in_context(pieces: list[str]) -> list[tuple[str, ...]]:
    """The likeliest reading of each piece, 重阳 as chong yang; nothing for what is no Chinese character."""
    found: list[tuple[str, ...]] = []
    run = ""
    for piece in [*pieces, ""]:
        if _is_in_dictionary(piece):
            run += piece
            continue
        found += [(_plain(syllable),) for (syllable, *_) in pinyin(run, style=Style.NORMAL)] if run else []
        run = ""
        if piece:
            found.append(())
    return found


def _words(text: str) -> list[str]:
    """Folded text, parted at spaces, dots and other punctuation."""
    folded = _fold(text[:_TEXT_LENGTH]) if text else ""
    return "".join(" " if c.isspace() or _is_dot(c) else c for c in folded).split()


def _fold(text: str) -> str:
    lower = unicodedata.normalize("NFKC", text).lower()
    parted = unicodedata.normalize("NFD", _DIAERESIS_AS_V.sub("v", lower))
    kept = (c for c in parted if c.isspace() or unicodedata.category(c) not in ("Mn", "Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFKC", "".join(kept))


def _pieces(word: str) -> Iterator[str]:
    """Chinese and other unspaced characters one by one, letters and digits together."""
    run = ""
    for character in word:
        if _is_word(character):
            run += character
            continue
        if run:
            yield run
            run = ""
        yield character
    if run:
        yield run


def _is_word(piece: str) -> bool:
    return unicodedata.category(piece[0]) in ("Ll", "Lu", "Lt", "Lm", "Nd", "No", "Mc", "Me")


def _is_dot(character: str) -> bool:
    return character in _MORE_DOTS or unicodedata.category(character)[0] == "P"


def _is_readable(piece: str) -> bool:
    return _is_in_dictionary(piece) or piece in RARE_READINGS


def _is_in_dictionary(piece: str) -> bool:
    return len(piece) == 1 and ord(piece) in PINYIN_DICT


def _initials(syllables: Iterable[str]) -> str:
    return "".join(syllable[0] for syllable in syllables)


def _with_passport_spelling(readings: Iterable[str]) -> tuple[str, ...]:
    """吕 is lv at the keyboard and lyu in a passport."""
    readings = tuple(readings)
    return (*readings, *(reading.replace("v", "yu") for reading in readings if "v" in reading))


def _plain(syllable: str) -> str:
    return _fold(to_normal(syllable)) or syllable


def _cut(key: str) -> str:
    return key[:KEY_LENGTH]


@cache
def _readings(character: str) -> tuple[str, ...]:
    """Every reading in the dictionary, the commonest first."""
    if character in RARE_READINGS:
        return (RARE_READINGS[character],)
    heteronyms = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(map(_plain, heteronyms)))


@cache
def _living_readings(character: str) -> tuple[str, ...]:
    """Readings that words of today use; all of them if the dictionary has no word with the character."""
    uses = _uses_in_phrases().get(character)
    if not uses:
        return _readings(character)
    floor = _LIVING_SHARE * sum(uses.values())
    return tuple(reading for reading in _readings(character) if uses[reading] >= floor)


@cache
def _uses_in_phrases() -> dict[str, Counter[str]]:
    """How often each reading of a character with several occurs among the dictionary's phrases."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in PHRASES_DICT.items():
        for character, (syllable, *_) in zip(phrase, syllables, strict=False):
            uses[character][syllable] += 1
    return {
        character: _toneless(counts) for character, counts in uses.items() if "," in PINYIN_DICT.get(ord(character), "")
    }


def _toneless(counts: Counter[str]) -> Counter[str]:
    plain: Counter[str] = Counter()
    for syllable, count in counts.items():
        plain[_plain(syllable)] += count
    return plain
