from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from customers.importing import berka
from organization.exceptions import RuleViolation


class Command(BaseCommand):
    help = "装入Berka银行（PKDD'99）的公开数据：机构、客户、账户、贷款、银行卡、日终余额，并建立员工和管户关系"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="存放 *.asc 文件的文件夹")
        parser.add_argument("--password", help="所有员工账号的密码（不给则不能登录）")

    def handle(self, *, folder: str, password: str | None, **options) -> None:
        try:
            berka.load(Path(folder), password=password, say=self.stdout.write)
        except RuleViolation as error:
            raise CommandError(str(error)) from None
