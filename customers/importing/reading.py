"""Tables as banks deliver them: csv in UTF-8 or GB18030 with any usual separator, or a workbook (DESIGN 12).

Rows are streamed: a million of them need no more memory than a thousand.
"""

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from customers.importing.spreadsheet import UnreadableWorkbook, convert

Cell = str | int | float
Row = list[Cell]

DELIMITERS = ",;\t|"
MAX_COLUMNS = 200
_BLOCK = 1024 * 1024
_XLSX_MAGIC = b"PK\x03\x04"
_OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
# Excel puts it before UTF-8; spaces of several kinds come from Chinese systems and from web pages.
_SPACES = " \t\r\n\u3000\u00a0\ufeff\u200b"


class UnreadableFile(ValueError):
    """The file as a whole is refused; the message is one Chinese sentence that says what is wrong and how to mend it."""


@dataclass(frozen=True)
class Table:
    """A file whose first row names its columns. Cells of a csv are text; of a workbook text or numbers."""

    path: Path
    headers: list[str]
    encoding: str  # "" for a converted workbook
    delimiter: str

    def rows(self) -> Iterator[tuple[int, Row]]:
        """(row number as a spreadsheet shows it, cells); the header is row 1, empty rows are left out."""
        lines = _csv_rows(self.path, self.encoding, self.delimiter) if self.encoding else _json_rows(self.path)
        next(lines, None)
        for number, row in enumerate(lines, start=2):
            if any(row):
                yield number, row

    def estimate(self) -> int:
        """About how many data rows there are: line ends counted, for a progress bar."""
        count = 0
        with self.path.open("rb") as file:
            while block := file.read(_BLOCK):
                count += block.count(b"\n")
        return max(count - 1, 1)


def is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _XLSX_MAGIC


def open_table(path: Path) -> Table:
    """Recognise the file and read its header. A workbook is converted once, beside the file. Raises UnreadableFile."""
    with path.open("rb") as file:
        start = file.read(_BLOCK)
    if not start.strip():
        raise UnreadableFile("文件是空的。")
    if start.startswith(_XLSX_MAGIC):
        return _open_workbook(path)
    if start.startswith(_OLD_EXCEL_MAGIC):
        raise UnreadableFile("这是旧版Excel（xls）文件，请另存为xlsx或CSV后导入。")
    encoding = _encoding(path, start)
    delimiter = _delimiter(path, encoding)
    headers = next(_csv_rows(path, encoding, delimiter), [])
    return Table(path, _headers(headers), encoding, delimiter)


def _open_workbook(path: Path) -> Table:
    converted = path.with_suffix(".rows")
    if not converted.exists():
        # Under another name until it is whole: a killed conversion leaves no half table behind.
        unfinished = converted.with_suffix(".part")
        try:
            convert(path, unfinished)
        except UnreadableWorkbook as error:
            raise UnreadableFile(str(error)) from None
        unfinished.replace(converted)
    return Table(converted, _headers(next(_json_rows(converted), [])), "", "")


def _headers(row: Row) -> list[str]:
    headers = [str(cell).strip(_SPACES) for cell in row]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise UnreadableFile("第一行应为列名，现为空行。")
    if len(headers) > MAX_COLUMNS:
        raise UnreadableFile(f"文件有{len(headers)}列，超过{MAX_COLUMNS}列。")
    seen = set()
    for position, header in enumerate(headers, start=1):
        if not header:
            raise UnreadableFile(f"第{position}列没有列名，请补上或删去该列。")
        if header in seen:
            raise UnreadableFile(f"列名“{header[:40]}”重复，请改名后重新导入。")
        seen.add(header)
    return headers


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in start:
        raise UnreadableFile("文件不是文本文件，请导入CSV或xlsx文件。")
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise UnreadableFile("文件编码既不是UTF-8也不是GB18030，请在Excel中另存为“CSV UTF-8”。")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """The separator that stands most often in the header, outside quotes."""
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline(64 * 1024)
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        # Not strict: a stray quote inside a name is no reason to refuse a whole file.
        reader = csv.reader(file, delimiter=delimiter)
        try:
            yield from reader
        except csv.Error as error:
            raise UnreadableFile(_csv_fault(reader.line_num, str(error))) from None
        except UnicodeError:
            raise UnreadableFile("文件编码不一致，请另存为UTF-8格式的CSV。") from None


def _csv_fault(line: int, message: str) -> str:
    if "field larger" in message:
        return f"第{line}行附近有一个单元格过长，可能是引号没有成对，请检查后重新导入。"
    return f"第{line}行附近的格式无法识别，请用Excel重新另存为CSV。"


def _json_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
