"""Worker processes as the harness drives them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Worker:
    """One `bench.worker`; ready when it exists, idle until told to work."""

    def __init__(self, *arguments: str):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._hear()

    def start(self) -> None:
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def result(self) -> dict:
        """Waits for the end of the work: seconds, resident and peak megabytes."""
        return self._hear()

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(60)

    def _hear(self) -> dict:
        line = self._process.stdout.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"a worker process ended early: {line!r}{self._process.stdout.read()}")
        return json.loads(line)


@contextmanager
def workers(count: int, *arguments: str) -> Iterator[list[Worker]]:
    started = [Worker(*arguments) for _ in range(count)]
    try:
        yield started
    finally:
        for worker in started:
            worker.stop()


def together(some: list[Worker]) -> tuple[float, list[dict]]:
    """All start at one word; seconds until the last is done."""
    begun = time.perf_counter()
    for worker in some:
        worker.start()
    results = [worker.result() for worker in some]
    return time.perf_counter() - begun, results
