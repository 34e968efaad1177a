import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

PARTS = ("daily", "segments", "pages", "balances", "memory")


class Command(BaseCommand):
    help = "性能测量：在PostgreSQL中装入N位客户，与同次测得的下限相比，打印表格并写出JSON（见 bench/README.md）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=200_000, help="客户数")
        parser.add_argument("--only", default=",".join(PARTS), help="只测其中几项，如 pages,daily")
        parser.add_argument("--requests", type=int, default=200, help="每个页面的请求数")
        parser.add_argument("--memory-requests", type=int, default=1000, help="观察内存时的请求数")
        parser.add_argument("--balance-rows", type=int, default=1_000_000, help="导入的余额行数")
        parser.add_argument("--reuse", action="store_true", help="使用库中已有的客户，不再装入")
        parser.add_argument("--json", type=Path, help="结果文件，默认 bench/results/<客户数>.json")

    def handle(self, *, customers, only, reuse, json, **options) -> None:
        parts = _parts(only)
        if not os.environ.get("DATABASE_URL"):
            self._again_on_own_database(reuse)
        if connection.vendor != "postgresql":
            raise CommandError("性能测量需要PostgreSQL：请把DATABASE_URL设为postgres://…，或不设置而使用本机5432端口。")
        # The harness is no part of the installed site: it is read only by who measures.
        from bench import run

        call_command("migrate", interactive=False, verbosity=0)
        if run.has_customers() and not reuse:
            raise CommandError("库中已有客户。性能测量只在空库中进行；要再次测量上次装入的数据，请加--reuse。")
        lines, facts = run.measure(
            customers, parts, requests=options["requests"], memory_requests=options["memory_requests"],
            balance_rows=options["balance_rows"], say=self._say,
        )  # fmt: skip
        target = json or run.RESULTS / f"{facts['customers']}.json"
        run.write_json(target, facts=facts, lines=lines)
        self.stdout.write("\n" + run.table(lines))
        self.stdout.write(" · ".join(f"{name} {fact}" for name, fact in facts.items()))

    def _again_on_own_database(self, reuse: bool) -> None:
        """Without DATABASE_URL: a database made for the purpose, and this command once more with it."""
        from psycopg2 import OperationalError

        from bench.database import DEFAULT_URL, make_anew

        if not reuse:
            try:
                make_anew(DEFAULT_URL)
            except OperationalError:
                raise CommandError(
                    "性能测量需要PostgreSQL，而本机5432端口没有应答：请启动它，或用DATABASE_URL指定一个空库。"
                ) from None
        connections.close_all()
        os.execve(  # noqa: S606 - this very command
            sys.executable, [sys.executable, str(settings.BASE_DIR / "manage.py"), *sys.argv[1:]],
            os.environ | {"DATABASE_URL": DEFAULT_URL},
        )  # fmt: skip

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()


def _parts(only: str) -> list[str]:
    asked = [part.strip() for part in only.split(",") if part.strip()]
    unknown = [part for part in asked if part not in PARTS]
    if unknown or not asked:
        raise CommandError(f"--only 只能是 {'、'.join(PARTS)} 中的几项。")
    return [part for part in PARTS if part in asked]
