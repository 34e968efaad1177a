"""Contrast of the palette, computed: WCAG AA for text (4.5:1), for controls and focus (3:1), in both themes."""

import re

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
THEMES = {
    "light": re.search(r'\[data-bs-theme="light"\] \{(.*?)\n\}', CSS, re.S)[1],
    "dark": re.search(r'\n\[data-bs-theme="dark"\] \{(.*?)\n\}', CSS, re.S)[1],
}
SURFACES = ["paper", "surface", "surface-sunk", "surface-raised"]
TEXT = [
    *[(ink, on) for ink in ("ink", "ink-soft", "ink-faint", "accent-ink", "bad-ink", "good-ink", "warn-ink", "note-ink")
      for on in SURFACES],
    *[(f"{kind}-ink", f"{kind}-soft") for kind in ("accent", "brass", "good", "warn", "bad", "note", "calm")],
    ("on-accent", "accent"), ("on-accent", "accent-deep"), ("accent-ink", "accent-soft"), ("ink", "accent-soft"),
    ("side-ink", "side"), ("side-ink-strong", "side-raised"), ("side-ink", "side-raised"),
]  # fmt: skip
SHAPES = [
    *[(line, on) for line in ("line-strong", "focus", "accent") for on in SURFACES], ("side-mark", "side-raised"),
    *[(f"chart-{i}", "surface") for i in range(1, 7)],
]  # fmt: skip


def contrast(theme, first, second):
    def luminance(name):
        colour = re.search(rf"--{name}: #([0-9a-f]{{6}});", THEMES[theme])[1]
        channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable(theme):
    weak = {pair: round(contrast(theme, *pair), 2) for pair in TEXT if contrast(theme, *pair) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("theme", THEMES)
def test_controls_focus_and_series_are_seen(theme):
    weak = {pair: round(contrast(theme, *pair), 2) for pair in SHAPES if contrast(theme, *pair) < 3}
    assert weak == {}
