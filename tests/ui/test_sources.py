"""What the strict policy forbids does not occur, and no script or style lies about unused."""

import re

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
OWN_TEMPLATES = sorted([*TEMPLATES.rglob("*.html"), *(settings.BASE_DIR / "tests" / "ui" / "templates").glob("*.html")])
SCRIPTS = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize(
    "path",
    [*SCRIPTS, *sorted((STATIC / "css").glob("*.css")), *sorted((STATIC / "img").glob("*"))],
    ids=lambda p: p.name,
)
def test_every_own_static_file_is_used_by_a_template(path):
    name = f"'{path.parent.name}/{path.name}'"
    assert any(name in template.read_text() for template in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", OWN_TEMPLATES, ids=lambda p: str(p.name))
def test_templates_hold_neither_inline_script_nor_inline_style(template):
    text = template.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"\bhx-on\b|\bhx-vals=['\"]js:|hx-trigger=\"[^\"]*\[", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or "application/json" in tag
    assert not re.search(r"(?:src|href|action)=[\"']https?://", text)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_scripts_evaluate_nothing_and_set_no_style_attribute(script):
    text = script.read_text()
    assert not re.search(r"\beval\(|new Function|setAttribute\(\s*[\"']style|document\.write|https?://", text)
    assert text.startswith("//"), "a first line that says what the behaviour does"
