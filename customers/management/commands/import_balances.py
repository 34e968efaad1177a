from customers.enums import ImportKind
from customers.importing.command import ImportCommand


class Command(ImportCommand):
    help = "导入日终余额：csv（UTF-8、GB18030）或xlsx；已有的更新，不重复增加；可整批撤销"
    kind = ImportKind.BALANCES
