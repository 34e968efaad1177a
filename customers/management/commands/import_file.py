from argparse import ArgumentParser

from customers.enums import ImportKind
from customers.importing.command import ImportCommand


class Command(ImportCommand):
    help = "导入一个文件，种类由 --kind 指明：机构、客户、账户、账户权利人、持有产品、日终余额"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", choices=ImportKind.values, help="数据类型")
