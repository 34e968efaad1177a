"""Chinese text has full-width punctuation. `python -m tests.punctuation` mends the tree; tests/test_source.py holds it.

Half-width marks are what many keyboards and editors leave behind. A mark counts as Chinese when a Chinese character stands
right beside it, which code never has; a comma with a space after it belongs to an English sentence.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FULL = str.maketrans(
    {",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "?": "\uff1f", "!": "\uff01", "(": "\uff08", ")": "\uff09"}
)
_HAN = "\u3400-\u9fff\u3001\u3002\u300a\u300b\u201c\u201d\uff08\uff09"
_BEFORE, _AFTER = f"(?<=[{_HAN}])", f"(?=[{_HAN}])"
# Not before a space: then it is the punctuation of an English sentence that quotes a Chinese word.
_MARK = re.compile(
    rf"{_BEFORE}[,:;](?! )|(?<![a-z0-9];)(?:[,:]|(?<![a-z0-9]);){_AFTER}|(?<=[\u4e00-\u9fff])[?!](?![=:(])"
)
# Brackets whose partner stands in another piece of text.
_LONE = re.compile(rf"{_BEFORE}\((?=[\"'])|(?<=[\"'])\({_AFTER}|{_BEFORE}\){_AFTER}|(?<=[\"'])\){_AFTER}")
_PAIR = re.compile(r"(?<![\] ])\(([^()\n]*)\)")
_NEAR = re.compile("[\u3400-\u9fff\u300a\u300b\u201c\u201d]")
# Columns of files, patterns and other data whose commas and brackets are no punctuation.
_DATA = re.compile(
    r"""\bre\.\w+\(|\br["']|csv_bytes|split\(|["'\[][A-Z]\w*(?:\{[^}]*\})*,|["']\d+,|,,|\\n\d|\d,[^,。"]+,\d|\{HEAD\}|一,二|,Z39,|(?:客户号|机构号|员工号|产品代码|账户标识|账户),|日期,节日|名单,"""
)
_SUFFIXES = {".py", ".html", ".js", ".md"}
_LEFT_OUT = (
    "node_modules/",
    "static/vendor/",
    "static_collected/",
    ".venv/",
    "var/",
    "docs/adr/",
    "tests/punctuation.py",
    "tests/test_punctuation.py",
    "customers/masking.py",  # a pattern over several lines
    "tests/test_punctuation.py",
)


def files() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in _SUFFIXES and path.is_file() and not name.startswith(_LEFT_OUT):
            yield path


def mended(text: str) -> str:
    """The text as it should stand; itself if nothing is to be mended."""
    return "\n".join(line if _DATA.search(line) else _mended_line(line) for line in text.split("\n"))


def _mended_line(line: str) -> str:
    line = _PAIR.sub(lambda pair: f"\uff08{pair[1]}\uff09" if _is_chinese(line, pair) else pair[0], line)
    return _MARK.sub(_widened, _LONE.sub(_widened, line))


def _widened(mark: re.Match) -> str:
    return mark[0].translate(_FULL)


def _is_chinese(line: str, pair: re.Match) -> bool:
    around = line[max(0, pair.start() - 1) : pair.start()] + line[pair.end() : pair.end() + 1]
    inside = pair[1][:1] + pair[1][-1:]
    return bool(_NEAR.search(around + inside))


def mend() -> int:
    """Mend every file in place; returns how many were changed."""
    changed = 0
    for path in files():
        text = path.read_text()
        if (wanted := mended(text)) != text:
            path.write_text(wanted)
            changed += 1
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{mend()} files mended\n")
