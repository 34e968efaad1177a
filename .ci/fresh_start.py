"""`make run` in a clean clone with nothing but Python on the path: the site answers, the demo manager has a queue, the
worker is alive, and the second start takes seconds. Prints what it saw; exits 1 with a reason otherwise."""

import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PORT = int(os.environ.get("FRESH_PORT", "8123"))
SITE = f"http://127.0.0.1:{PORT}"
# Not on the path of the fresh machine: front-end tools, database, broker, browser, other package managers.
LACKING = ("node", "npm", "npx", "psql", "pg_", "postgres", "redis", "chromium", "uv", "docker", "sqlite3")
FIRST_START, SECOND_START, RUN_DONE = 900, 60, 180


def bare_path(folder: Path) -> str:
    """A folder that leads to the system's programs, less those a fresh machine lacks."""
    folder.mkdir()
    for source in ("/usr/bin", "/bin"):
        for program in Path(source).iterdir():
            target = folder / program.name
            if not program.name.startswith(LACKING) and not target.exists():
                target.symlink_to(program)
    python = folder / "python3"
    python.unlink(missing_ok=True)
    python.symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return str(folder)


@contextmanager
def running(clone: Path, environment: dict[str, str], log: Path):
    with log.open("w") as out:
        process = subprocess.Popen(
            ["make", "run", f"PORT={PORT}"], cwd=clone, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_until_up(process: subprocess.Popen, log: Path, seconds: float) -> float:
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if process.poll() is not None:
            fail(f"make run ended with {process.returncode}", log)
        with suppress(OSError), urllib.request.urlopen(f"{SITE}/readyz", timeout=5) as answer:
            if answer.status == 200:
                return time.monotonic() - started
        time.sleep(0.5)
    return fail(f"the site did not answer within {seconds} s", log)


def look(log: Path) -> str:
    """Sign in as the demo manager whose account `make run` printed; the number of cards of today's queue."""
    said = log.read_text()
    account = re.search(r"^ *(\d+) +客户经理 ", said, re.M)
    password = re.search("密码\uff1a(\\S+)$", said, re.M)
    if not (account and password):
        fail("no account of a relationship manager was printed", log)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', get(browser, "/account/login/"))[1]
    form = {"csrfmiddlewaretoken": token, "username": account[1], "password": password[1]}
    request = urllib.request.Request(f"{SITE}/account/login/", urllib.parse.urlencode(form).encode())
    request.add_header("Referer", f"{SITE}/account/login/")
    browser.open(request, timeout=60).close()
    page = get(browser, "/workbench/")
    cards = len(set(re.findall(r'href="(/customers/[\w-]{22}/)', page)))
    if "今日工作台" not in page or not cards:
        fail("the demo manager has no queue", log)
    return f"{cards} customers on the workbench of {account[1]}"


def get(browser, path: str) -> str:
    with browser.open(SITE + path, timeout=60) as answer:
        return answer.read().decode()


def wait_for_worker(clone: Path, log: Path) -> str:
    """A run that nobody but the worker can have done: today's, taken off the list first."""
    manage = [str(clone / ".venv/bin/python"), "manage.py", "shell", "-c"]
    forget = "from maintenance.models import DailyRun; DailyRun.objects.all().delete()"
    subprocess.run([*manage, forget], cwd=clone, check=True, capture_output=True)
    count = "from maintenance.models import DailyRun; print(DailyRun.objects.filter(state='done').count())"
    started = time.monotonic()
    while time.monotonic() - started < RUN_DONE:
        done = subprocess.run([*manage, count], cwd=clone, check=True, capture_output=True, text=True)
        if done.stdout.split()[-1] != "0":
            return f"the worker did today's run within {time.monotonic() - started:.0f} s"
        time.sleep(3)
    return fail("the worker did not do today's run", log)


def fail(why: str, log: Path):
    sys.exit(f"fresh start: {why}\n{log.read_text()[-3000:]}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="crm-fresh-") as name:
        folder = Path(name)
        clone, log = folder / "clone", folder / "make-run.log"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        kept = ("HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in kept or name.startswith(("PIP_", "NPM_", "npm_"))
        } | {"PATH": bare_path(folder / "bin")}
        for forbidden in ("npm", "node", "psql", "redis-server"):
            assert shutil.which(forbidden, path=environment["PATH"]) is None
        with running(clone, environment, log) as process:
            print(f"fresh start: up after {wait_until_up(process, log, FIRST_START):.0f} s, {look(log)}")
            print(f"fresh start: {wait_for_worker(clone, log)}")
        with running(clone, environment, log) as process:
            print(f"fresh start: second start up after {wait_until_up(process, log, SECOND_START):.0f} s, {look(log)}")


if __name__ == "__main__":
    main()
