from django.core.management.base import BaseCommand, CommandError, CommandParser

from almanac.enums import YearState
from almanac.exceptions import HolidayImportError
from almanac.services import import_holidays


class Command(BaseCommand):
    help = "用国务院通知（CSV或Excel）替换一年的节假日安排；有一行不对就整份不导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="列：日期、节日、调休上班（1上班，0放假）、依据（可选）")
        parser.add_argument("--year", type=int, help="哪一年的安排；不给时取多数行的年份")
        parser.add_argument("--source", default="", help="通知名称或文号，用于没有填依据的行")
        parser.add_argument("--provisional", action="store_true", help="通知尚未公布，先按暂定导入")

    def handle(self, *args, file: str, year: int | None, source: str, provisional: bool, **options) -> None:
        state = YearState.PROVISIONAL if provisional else YearState.PUBLISHED
        try:
            done = import_holidays(file, by=None, year=year, source=source, year_state=state)
        except HolidayImportError as error:
            raise CommandError(f"没有导入任何一行：\n{error}") from None
        self.stdout.write(str(done))
