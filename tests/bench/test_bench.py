"""The whole harness once, small: that it loads, measures, prints and writes. What it measures is no matter of tests."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from bench.database import drop, make_anew

on_postgresql = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="the bench needs PostgreSQL (DATABASE_URL)"
)
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


@pytest.fixture
def empty_database():
    """A database of its own beside the suite's, since the bench commits and vacuums."""
    own = settings.DATABASES["default"]
    user = ":".join(quote(own[key], safe="") for key in ("USER", "PASSWORD") if own[key])
    address = f"{own['HOST'] or '127.0.0.1'}:{own['PORT'] or 5432}"
    url = f"postgres://{user}@{address}/crm_bench_test_{os.getpid()}"
    make_anew(url)
    yield url
    drop(url)


@pytest.mark.postgres
@pytest.mark.workers
@on_postgresql
def test_measures_everything_and_writes_it_down(empty_database, tmp_path):
    target = tmp_path / "result.json"
    environment = os.environ | {"DATABASE_URL": empty_database, "DJANGO_SETTINGS_MODULE": "crm.settings"}
    command = [*MANAGE, "bench", "--customers", "800", "--requests", "4", "--memory-requests", "20"]
    done = subprocess.run(
        [*command, "--balance-rows", "2000", "--json", str(target)],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    result = json.loads(target.read_text())
    assert result["customers"] == 800
    assert result["contacts"] == 8000 + 990
    measured = {line["part"] for line in result["lines"]}
    assert measured == {"daily run", "segments", "balances", "memory", "pages", "pages, 1 client", "pages, 4 clients"}
    for line in result["lines"]:
        assert line["ratio"] is None or line["ratio"] > 0, line
        assert line["what"] in done.stdout
    tasks = next(line["raw"]["tasks"] for line in result["lines"] if "tasks" in line["raw"])
    assert tasks > 100

    again = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120)
    assert again.returncode == 1
    assert "库中已有客户" in again.stderr


def test_refuses_sqlite(monkeypatch):
    if connection.vendor == "postgresql":
        monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///somewhere.sqlite3")
    with pytest.raises(CommandError, match="需要PostgreSQL"):
        call_command("bench", customers=10)


def test_refuses_an_unknown_part():
    with pytest.raises(CommandError, match="只能是"):
        call_command("bench", only="pages,nothing")
