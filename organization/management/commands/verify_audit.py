from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from organization import audit_chain, audit_guard
from organization.models import AuditSeal


class Command(BaseCommand):
    help = "核对审计记录：从第一个封存块起逐条核对，指出第一条被改动、删除、插入或调换的记录。"

    def add_arguments(self, parser):
        parser.add_argument("--noted", metavar="块号：摘要", default="", help="以前记下的块号和摘要，核对它仍在链上")

    def handle(self, *args, noted: str, **options):
        absent = audit_guard.missing(connection)
        if absent:
            self.stderr.write(f"警告：数据库里缺少{len(absent)}个防改触发器({'、'.join(absent)})。")
        found = audit_chain.verify()
        if found.problem:
            raise CommandError(f"审计记录不完整：{found.problem}。", returncode=1)
        if noted and not self._is_on_chain(noted):
            raise CommandError(f"审计记录不完整：记下的封存块{noted.partition(':')[0]}已不在链上。", returncode=1)
        self.stdout.write(f"审计记录完整：{found.seals}个封存块、{found.rows}条记录，另有{found.unsealed}条待封存。")
        if found.head:
            self.stdout.write(f"最后一块 {found.head}")

    def _is_on_chain(self, noted: str) -> bool:
        number, _, digest = noted.partition(":")
        return number.isdigit() and AuditSeal.objects.filter(number=int(number), digest=digest).exists()
