"""A bank in a database of its own, for tests whose daily runs are real processes that may be killed.

`python -m tests.maintenance.daily.bank build|dump` does inside such a process what needs Django; the test itself only
starts processes, counts finished steps and compares what is left.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path

import psycopg2

from bench.database import drop, make_anew

ROOT = Path(__file__).resolve().parents[3]
FIRST = date(2026, 11, 12)
LAST = date(2026, 11, 18)  # over a week end: a gap of five days between the two
SHARDS = 3
_CUSTOMERS = 120
_SEED = 11
_PATIENCE = 180.0


class Bank:
    """One database and the environment in which processes find it; its business clock stands on LAST."""

    def __init__(self, url: str, folder: Path, redis_url: str = ""):
        self.url = url
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url, "VAR_DIR": str(folder),
            "REDIS_URL": redis_url, "CLOCK_SHIFT_DAYS": str((date.today() - LAST).days),
        }  # fmt: skip

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def build(self) -> None:
        """Tables, people, and an archive in which much falls due about FIRST; no run has happened yet."""
        if not self.is_sqlite:
            make_anew(self.url)
        self._do("build")

    def copy(self, name: str, redis_url: str = "") -> "Bank":
        """The same bank once more, to play another history on."""
        if self.is_sqlite:
            folder = self.folder.parent / name
            twin = Bank(f"sqlite:///{folder / 'bank.sqlite3'}", folder, redis_url)
            shutil.copy(self._path, twin._path)
            return twin
        twin = Bank(f"{self.url}_{name}", self.folder.parent / name, redis_url)
        make_anew(twin.url, template=self.url)
        return twin

    def drop(self) -> None:
        if not self.is_sqlite:
            drop(self.url)

    def start(self, *command: str) -> subprocess.Popen:
        """A process with a group of its own, so that it can be killed with everything it has started."""
        with (self.folder / "processes.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start_run(self, day: date) -> subprocess.Popen:
        return self.start("manage.py", "daily_run", "--date", str(day), "--shards", str(SHARDS))

    def run(self, day: date) -> None:
        finish(self.start_run(day), self)

    def dump(self) -> dict:
        """What the runs have left, as `archive.dump` has it."""
        return json.loads(self._do("dump"))

    def done_steps(self) -> int:
        return self._count("SELECT count(*) FROM maintenance_runstep WHERE state = 'done'")

    def wait_for_steps(self, number: int, process: subprocess.Popen) -> None:
        """Until so many steps are done, or the process has ended."""
        end = time.monotonic() + _PATIENCE
        while self.done_steps() < number and process.poll() is None:
            assert time.monotonic() < end, self.log()
            time.sleep(0.01)

    def wait_for_runs(self) -> None:
        """Until every date up to LAST has been run to its end, by whoever is at work."""
        end = time.monotonic() + _PATIENCE
        query = "SELECT count(*) FROM maintenance_dailyrun WHERE state = 'done'"
        while self._count(query) < (LAST - FIRST).days + 1:
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)

    def log(self) -> str:
        return (self.folder / "processes.log").read_text()[-4000:]

    @property
    def _path(self) -> Path:
        return self.folder / "bank.sqlite3"

    def _count(self, query: str) -> int:
        if self.is_sqlite:
            with closing(sqlite3.connect(self._path, timeout=20)) as connection:
                return connection.execute(query).fetchone()[0]
        address = self.url.replace("postgres:", "postgresql:", 1)
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def _do(self, what: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", __name__, what],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout


def finish(process: subprocess.Popen, bank: Bank) -> None:
    assert process.wait(_PATIENCE) == 0, bank.log()


def kill(process: subprocess.Popen) -> None:
    """SIGKILL to the process and all it has started: nothing is tidied up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def main(arguments: Sequence[str]) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from maintenance.models import CareRule
    from tests.maintenance.daily.archive import build, dump
    from tests.world import build_world

    if arguments == ["build"]:
        call_command("migrate", verbosity=0)
        world = build_world()
        managers = [world.rm, world.colleague, world.other_rm, world.stranger]
        for manager in managers:
            manager.daily_capacity = 4
            manager.save()
        build(managers, seed=_SEED, customers=_CUSTOMERS, on=FIRST)
        CareRule.objects.filter(occasion="dongzhi").update(lead_days=(date(2026, 12, 22) - FIRST).days - 1)
    else:
        json.dump(dump(), sys.stdout, default=str)


if __name__ == "__main__":
    main(sys.argv[1:])
