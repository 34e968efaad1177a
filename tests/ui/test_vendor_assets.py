"""The named front-end files, copied from where npm put them."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ui.management.commands.vendor_assets import FILES


@pytest.fixture
def modules(tmp_path):
    for name in FILES:
        (tmp_path / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node_modules" / name).write_text(name)
    return tmp_path / "node_modules"


def test_copies_what_is_named_and_says_so(modules, tmp_path, capsys):
    for _ in range(2):
        call_command("vendor_assets", source=modules, target=tmp_path / "vendor")
    assert {str(p.relative_to(tmp_path / "vendor")) for p in (tmp_path / "vendor").rglob("*.*") if p.is_file()} == set(
        FILES.values()
    )
    assert "bootstrap/bootstrap.min.css" in capsys.readouterr().out


def test_a_missing_file_is_named_and_nothing_is_copied(modules, tmp_path):
    (modules / "echarts/dist/echarts.min.js").unlink()
    with pytest.raises(CommandError, match="缺少前端文件"):
        call_command("vendor_assets", source=modules, target=tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_every_source_map_comes_along():
    for name in FILES:
        if name.endswith((".min.css", ".min.js")) and "echarts" not in name and "icons" not in name:
            assert f"{name}.map" in FILES


def test_the_lock_names_versions_and_no_registry():
    wanted = json.loads((settings.BASE_DIR / "package.json").read_text())["dependencies"]
    text = (settings.BASE_DIR / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all("integrity" in package for name, package in locked.items() if name)
    assert "resolved" not in text and "https://registry" not in text
