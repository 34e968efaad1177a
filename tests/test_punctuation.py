"""Chinese text has full-width punctuation, code and English do not change."""

import pytest

from tests.punctuation import ROOT, files, mended


@pytest.mark.parametrize(
    ("half", "full"),
    [
        ("\u8bf7\u68c0\u67e5,\u518d\u4fdd\u5b58", "\u8bf7\u68c0\u67e5\uff0c\u518d\u4fdd\u5b58"),
        ("\u59d3\u540d:{name}", "\u59d3\u540d\uff1a{name}"),
        ("{a}({b}\u4f4d)", "{a}\uff08{b}\u4f4d\uff09"),
        ("\u786e\u5b9a\u5417?", "\u786e\u5b9a\u5417\uff1f"),
        ('f("\u4e2d", 1)', 'f("\u4e2d", 1)'),
        ('{"\u4e2d": 1}', '{"\u4e2d": 1}'),
        ("kept as \u9999, said \u9999", "kept as \u9999, said \u9999"),
        ('re.compile("(\u95f0)?")', 're.compile("(\u95f0)?")'),
        ('csv_bytes("\u540d,\u53f7")', 'csv_bytes("\u540d,\u53f7")'),
        ("[\u5bfc\u5165](10-\u5bfc\u5165.md)", "[\u5bfc\u5165](10-\u5bfc\u5165.md)"),
    ],
)
def test_what_is_mended_and_what_is_left(half, full):
    assert mended(half) == full
    assert mended(full) == full


def test_the_tree_is_mended():
    """`make punctuation` does it."""
    wrong = []
    for path in files():
        text = path.read_text()
        lines = zip(text.split("\n"), mended(text).split("\n"), strict=True)
        wrong += [f"{path.relative_to(ROOT)}: {line.strip()}" for line, wanted in lines if line != wanted]
    assert wrong == []
