"""What may stand in a name: every character people are called by, rare ones included, and nothing else."""

import unicodedata

from organization.exceptions import RuleViolation

# Pictures, halves of characters, controls and invisible joiners.
_REFUSED = frozenset({"So", "Sk", "Cc", "Cs", "Cf"})
_IDEOGRAPHIC_PLANES = (0x20000, 0x3FFFF)


def clean_name(text: str) -> str:
    """The name with single spaces inside and none around it; raises RuleViolation naming what does not belong there."""
    name = " ".join((text or "").split())
    if not name:
        raise RuleViolation("请填写姓名。")
    for character in name:
        # 𠮷 and newer ideographs may be unknown to this Python's tables, never to the person who bears them.
        if _IDEOGRAPHIC_PLANES[0] <= ord(character) <= _IDEOGRAPHIC_PLANES[1]:
            continue
        if unicodedata.category(character) in _REFUSED:
            shown = f"“{character}”" if character.isprintable() else "不可见字符"
            raise RuleViolation(f"姓名中不能有{shown}，请按证件填写。")
    return name
