"""Reading a file with a year's holiday arrangement, and a verdict on each of its rows. No database here."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zipfile import BadZipFile

from python_calamine import CalamineError, load_workbook

from almanac.exceptions import HolidayImportError, RowError
from almanac.statutory import objection_to_workday, statutory_days

MAX_BYTES = 1_000_000
MAX_ROWS = 400
MAX_NAME = 32
MAX_SOURCE = 200

_HEADERS = {
    "day": ("day", "date", "日期"),
    "name": ("name", "holiday", "节日", "名称", "节假日"),
    "is_workday": ("is_workday", "workday", "type", "是否上班", "调休上班", "上班", "安排", "类型"),
    "source": ("source", "依据", "来源", "文号"),
}
_FIELD_OF_HEADER = {header: field for field, headers in _HEADERS.items() for header in headers}
_WORK = {"1", "true", "yes", "y", "是", "班", "上班", "调休", "调休上班", "workday", "work", "make_up_workday"}
_REST = {"0", "false", "no", "n", "否", "休", "放假", "休息", "holiday", "off", "public_holiday"}
_DAY_TEXT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(18264, 73416)  # 1950 to 2100
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class NoticeRow:
    """One row that can stand."""

    line: int
    day: date
    name: str
    is_workday: bool
    is_of_next_year: bool
    source: str


@dataclass(frozen=True)
class Notice:
    """A whole year's arrangement, every row of it sound; `missing` are statutory weekdays the file leaves out."""

    year: int
    rows: tuple[NoticeRow, ...]
    missing: tuple[date, ...]


def read_rows(content: bytes) -> list[dict[str, object]]:
    """The rows of a csv (UTF-8 or GB18030) or Excel file by field name, each with its `line`; recognised by content."""
    if len(content) > MAX_BYTES:
        raise HolidayImportError([RowError(0, "文件超过1MB，不像是一年的节假日安排。")])
    table = _read_workbook(content) if content.startswith((_ZIP, _OLE)) else _read_csv(content)
    for position, header in enumerate(table[:10]):
        fields = [_FIELD_OF_HEADER.get(_text(cell).lower()) for cell in header]
        if {"day", "name", "is_workday"} <= set(fields):
            return [
                {"line": line} | {field: cell for field, cell in zip(fields, cells, strict=False) if field}
                for line, cells in enumerate(table[position + 1 :], start=position + 2)
                if any(_text(cell) for cell in cells)
            ]
    raise HolidayImportError([RowError(0, "没有找到表头，需要“日期”“节日”“调休上班”三列，“依据”一列可选。")])


def judge(rows: Iterable[Mapping[str, object]], *, year: int | None = None, source: str = "") -> Notice:
    """The arrangement if every row is sound, else HolidayImportError with each bad row's reason.

    `year` defaults to the year most rows are in; days from 25 December of the year before may belong to it. `source`
    stands for rows that name none.
    """
    numbered = [(_line(row, place), row) for place, row in enumerate(rows, start=1)]
    if not numbered:
        raise HolidayImportError([RowError(0, "文件里没有任何安排。")])
    if len(numbered) > MAX_ROWS:
        raise HolidayImportError([RowError(0, f"共{len(numbered)}行，一年的安排不会超过{MAX_ROWS}行。")])
    year = year or _most_common_year(row.get("day") for _, row in numbered)
    sound: list[NoticeRow] = []
    errors: list[RowError] = []
    seen: dict[date, int] = {}
    for line, row in numbered:
        try:
            judged = _judge_row(line, row, year, source)
            if judged.day in seen:
                raise ValueError(f"{judged.day}在第{seen[judged.day]}行已经出现过。")
        except ValueError as error:
            errors.append(RowError(line, str(error)))
        else:
            seen[judged.day] = line
            sound.append(judged)
    if errors:
        raise HolidayImportError(errors)
    missing = tuple(day for day in statutory_days(year) if day.weekday() < 5 and day not in seen)
    return Notice(year, tuple(sorted(sound, key=lambda row: row.day)), missing)


def _line(row: Mapping[str, object], place: int) -> int:
    line = row.get("line")
    return line if isinstance(line, int) else place


def _judge_row(line: int, row: Mapping[str, object], year: int, source: str) -> NoticeRow:
    day = _day(row.get("day"))
    is_of_next_year = day.year == year - 1 and (day.month, day.day) >= (12, 25)
    if day.year != year and not is_of_next_year:
        raise ValueError(f"{day}不在{year}年的安排内。")
    name = _clean(row.get("name"), "节日", MAX_NAME)
    is_workday = _is_workday(row.get("is_workday"))
    if is_workday and (objection := objection_to_workday(day)):
        raise ValueError(objection)
    own_source = _text(row.get("source"))
    return NoticeRow(line, day, name, is_workday, is_of_next_year, _clean(own_source or source, "依据", MAX_SOURCE))


def _most_common_year(cells: Iterable[object]) -> int:
    years: Counter[int] = Counter()
    for cell in cells:
        try:
            years[_day(cell).year] += 1
        except ValueError:
            continue  # the row's own verdict will say so
    if not years:
        raise HolidayImportError([RowError(0, "没有一行的日期能读懂，无法判断是哪一年的安排。")])
    return years.most_common(1)[0][0]


def _day(cell: object) -> date:
    if isinstance(cell, datetime):
        cell = cell.date()
    if not isinstance(cell, date):
        cell = _day_from_number(cell) or _day_from_text(_text(cell))
    if not 1900 <= cell.year <= 2100:
        raise ValueError(f"日期{cell}超出1900年至2100年。")
    return cell


def _day_from_number(cell: object) -> date | None:
    """A spreadsheet's serial day number, also where a csv export has kept it as text."""
    text = _text(cell)
    if re.fullmatch(r"\d{5}", text) and int(text) in _EXCEL_SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    return None


def _day_from_text(text: str) -> date:
    if not text:
        raise ValueError("没有填日期。")
    found = _DAY_TEXT.fullmatch(text)
    if not found:
        raise ValueError(f"日期“{text[:40]}”读不懂，请写成2027-02-06这样。")
    try:
        return date(*(int(part) for part in found.groups() if part))
    except ValueError:
        raise ValueError(f"没有“{text}”这一天。") from None


def _is_workday(cell: object) -> bool:
    text = _text(cell).lower()
    if text in _WORK or text in _REST:
        return text in _WORK
    raise ValueError(
        f"“{text[:40]}”看不出是上班还是放假，请填1（上班）或0（放假）。" if text else "没有填上班还是放假。"
    )


def _clean(cell: object, label: str, longest: int) -> str:
    text = _text(cell)
    if not text:
        raise ValueError(f"没有填{label}。")
    if len(text) > longest:
        raise ValueError(f"{label}超过{longest}个字。")
    if not text.isprintable():
        raise ValueError(f"{label}里有看不见的控制字符。")
    return text


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    # Full-width digits and brackets are made plain where they stand for numbers; words keep their punctuation.
    plain = unicodedata.normalize("NFKC", text)
    return plain if plain[:1].isdigit() else text


def _read_csv(content: bytes) -> Sequence[Sequence[object]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise HolidayImportError([RowError(0, "文件既不是UTF-8也不是GB18030编码，请另存为CSV或Excel后再导入。")])
    first_line = text.partition("\n")[0]
    delimiter = max(",\t;", key=first_line.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise HolidayImportError([RowError(0, "文件不是正常的CSV表格，请另存为CSV或Excel后再导入。")]) from None


def _read_workbook(content: bytes) -> Sequence[Sequence[object]]:
    try:
        sheet = load_workbook(io.BytesIO(content)).get_sheet_by_index(0)
        # From the first row of the sheet on, so that the line numbers in the verdicts are those Excel shows.
        return sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + 20)
    except (CalamineError, BadZipFile, IndexError, ValueError, OSError):
        raise HolidayImportError([RowError(0, "Excel文件打不开,可能已损坏或有密码。")]) from None
