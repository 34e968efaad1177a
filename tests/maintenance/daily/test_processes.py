"""Exactly once in effect, with processes that are real (DESIGN 5, RELIABILITY 5.5 faults 1, 7 and 9): two at once, killed
half way, after a gap, and Celery workers that are killed and whose broker is wiped leave what quiet runs leave."""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.maintenance.daily.bank import FIRST, LAST, Bank, days, finish, kill

pytestmark = [pytest.mark.workers, pytest.mark.xdist_group("daily processes")]

IS_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
# Numbers of finished steps after which somebody dies: early in the first date, between dates, late.
DEATHS = (3, 17, 40, 41, 90, 130)
WORKER = ("-m", "celery", "--quiet", "-A", "crm.celery", "worker", "--queues", "daily", "--loglevel", "warning")
EMBEDDED = (*WORKER, "--beat", "--pool", "threads", "--concurrency", "2", "--hostname", "crm@%h")
BEAT = ("-m", "celery", "--quiet", "-A", "crm.celery", "beat", "--loglevel", "warning")


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """The bank before its first run; nobody runs anything on it, tests take copies."""
    folder = tmp_path_factory.mktemp("bank") / "eve"
    if IS_SQLITE:
        eve = Bank(f"sqlite:///{folder / 'bank.sqlite3'}", folder)
    else:
        own = settings.DATABASES["default"]
        eve = Bank(f"postgres://{_login(own)}@{own['HOST']}:{own['PORT'] or 5432}/crm_processes_{os.getpid()}", folder)
    eve.build()
    yield eve
    eve.drop()


def _login(own: dict) -> str:
    return ":".join(own[key] for key in ("USER", "PASSWORD") if own[key])


@pytest.fixture(scope="module")
def quiet(bank):
    """What one quiet run a day leaves, each in its own process."""
    twin = bank.copy("quiet")
    for day in days():
        twin.run(day)
    left = twin.dump()
    twin.drop()
    assert len(left["tasks"]) > 100
    assert len({row[1] for row in left["tasks"]}) >= 6  # kinds of task
    return left


@pytest.fixture
def twin(bank, request):
    copy = bank.copy(request.node.name.replace("test_", "", 1)[:30])
    yield copy
    copy.drop()


def test_one_date_twice_and_again_later(twin, quiet):
    for day in (FIRST, FIRST, LAST, FIRST, LAST):
        twin.run(day)
    assert twin.dump() == quiet


def test_two_processes_at_once(twin, quiet):
    for day in (FIRST, LAST):
        both = [twin.start_run(day), twin.start_run(day)]
        for process in both:
            finish(process, twin)
    assert twin.dump() == quiet


def test_after_a_gap_of_five_days(twin, quiet):
    twin.run(FIRST)
    twin.run(LAST)
    assert twin.dump() == quiet


def test_killed_half_way_and_run_again(twin, quiet):
    """SIGKILL at several moments, of one process and of one of two; whoever comes next goes on."""
    twin.run(FIRST)
    for number, deaths in enumerate(DEATHS):
        process = twin.start_run(LAST)
        survivor = twin.start_run(LAST) if number % 2 else None
        twin.wait_for_steps(deaths, process)
        kill(process)
        if survivor:
            kill(survivor)
    assert twin.done_steps() >= DEATHS[-2]
    twin.run(LAST)
    assert twin.dump() == quiet


@pytest.mark.skipif(not IS_SQLITE, reason="on PostgreSQL the workers are separate and the broker is Redis: below")
def test_the_embedded_worker_killed_and_started_again(twin, quiet):
    """The worker of `make run`: beat inside, messages as files, which SIGKILL may lose."""
    twin.run(FIRST)
    for deaths in DEATHS[1:4]:
        worker = twin.start(*EMBEDDED)
        twin.wait_for_steps(deaths, worker)
        kill(worker)
    worker = twin.start(*EMBEDDED)
    twin.wait_for_runs()
    kill(worker)
    assert twin.dump() == quiet


@pytest.mark.postgres
@pytest.mark.skipif(IS_SQLITE or not settings.REDIS_URL, reason="needs PostgreSQL and Redis")
def test_workers_and_beats_killed_and_redis_wiped(bank, quiet):
    """Two workers and two beats on Redis; a worker dies at every death, and the broker forgets everything."""
    import redis

    broker = urlsplit(settings.REDIS_URL)._replace(path="/9").geturl()
    twin = bank.copy("workers", redis_url=broker)
    processes = []
    try:
        twin.run(FIRST)
        beats = [twin.start(*BEAT, "--schedule", str(twin.folder / f"beat{number}")) for number in (1, 2)]
        workers = [twin.start(*WORKER, "--concurrency", "2", "--hostname", f"w{number}@%h") for number in (1, 2)]
        processes = [*beats, *workers]
        for number, deaths in enumerate(DEATHS[1:5]):
            twin.wait_for_steps(deaths, workers[number % 2])
            kill(workers[number % 2])
            redis.from_url(broker).flushdb()
            workers[number % 2] = twin.start(*WORKER, "--concurrency", "2", "--hostname", f"w{number % 2 + 1}@%h")
            processes.append(workers[number % 2])
        twin.wait_for_runs()
    finally:
        for process in processes:
            kill(process)
    assert twin.dump() == quiet
    twin.drop()
