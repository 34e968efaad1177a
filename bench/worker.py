"""A process that does one kind of work whenever it is told to, and says how long it took and how large it has become.

Started by the harness (`python -m bench.worker daily 2026-11-24`), so that two workers are two processes, and memory is
that of a process which does nothing else. One line on standard input is one piece of work.
"""

import json
import os
import resource
import sys
import time
from datetime import date
from io import StringIO
from pathlib import Path


def main(kind: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()
    work = {"daily": _daily, "import": _import}[kind]
    _say(ready=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        work(*arguments)
        _say(
            seconds=time.perf_counter() - started,
            resident=resident_mb(os.getpid()),
            peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )


def resident_mb(pid: int) -> float:
    """What a process holds of the machine's memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _daily(day: str) -> None:
    from django.core.management import call_command

    import crm.celery  # noqa: F401 - what a Celery worker has loaded as well, so that its size is a worker's

    call_command("daily_run", date=date.fromisoformat(day), stdout=StringIO(), stderr=StringIO())


def _import(file: str) -> None:
    from django.core.management import call_command

    call_command("import_balances", file, stdout=StringIO(), stderr=StringIO())


def _say(**facts) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
