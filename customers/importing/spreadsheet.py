"""A workbook turned into lines of JSON by a process of its own, with a budget of memory and time (RELIABILITY 2).

What a workbook unpacks to is decided by whoever made it, so it is measured before a library opens it: the entries are
unpacked and counted, because the sizes in a zip's directory can lie. `python -m customers.importing.spreadsheet IN OUT`
writes one JSON list per row and exits 0, or prints the reason as one Chinese sentence and exits 3. The module imports
nothing of the project, so that the process is small.
"""

import json
import subprocess
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

MAX_ENTRIES = 200
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 100
# A file of a few kilobytes packs better than 100 to 1 without being a bomb.
RATIO_COUNTS_FROM_BYTES = 10 * 1024 * 1024
MAX_COLUMNS = 200
_MEMORY_BYTES = 1024 * 1024 * 1024
_CPU_SECONDS = 60
_REFUSED = 3
_CHUNK = 1024 * 1024

UNREADABLE = "文件不是有效的xlsx工作簿，或已损坏，请用Excel重新另存后上传。"
TOO_BIG = "工作簿解压后过大，不予读取；请只保留需要导入的一张表，或另存为CSV。"


class UnreadableWorkbook(ValueError):
    """The workbook is refused; the message is one Chinese sentence."""


def convert(source: Path, target: Path) -> None:
    """Write the rows of the first sheet that has any to `target`, one JSON list each. Raises UnreadableWorkbook.

    Numbers stay numbers, so that an identity number that became one can be told; dates become ISO text.
    """
    command = [sys.executable, "-m", "customers.importing.spreadsheet", str(source), str(target)]
    done = subprocess.run(  # noqa: S603 - our own module with two paths of our own
        command, cwd=Path(__file__).resolve().parents[2], capture_output=True, timeout=4 * _CPU_SECONDS, check=False
    )
    if done.returncode == 0:
        return
    target.unlink(missing_ok=True)
    if done.returncode == _REFUSED:
        raise UnreadableWorkbook(done.stdout.decode().strip())
    # Killed by its limits, or the library gave up on something no sentence foresaw.
    raise UnreadableWorkbook(TOO_BIG if done.returncode < 0 else UNREADABLE)


def check_budget(source: Path) -> None:
    """Refuse a workbook that unpacks to more than it should, before any library opens it."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise UnreadableWorkbook(f"工作簿内含{len(entries)}个部件，超过{MAX_ENTRIES}个，不予读取。")
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise UnreadableWorkbook("工作簿已加密，请去掉密码后上传。")
            _count_unpacked(archive, entries, source.stat().st_size)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableWorkbook(UNREADABLE) from error
    except Exception as error:
        if isinstance(error, UnreadableWorkbook):
            raise
        raise UnreadableWorkbook(UNREADABLE) from error  # zlib.error and what else broken bytes bring


def _count_unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], packed: int) -> None:
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableWorkbook(TOO_BIG)
    unpacked = 0
    for entry in entries:
        with archive.open(entry) as part:
            while block := part.read(_CHUNK):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise UnreadableWorkbook(TOO_BIG)
                if unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAX_RATIO * max(packed, 1):
                    raise UnreadableWorkbook(TOO_BIG)


def _write_rows(source: Path, target: Path) -> None:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(str(source))
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if not sheet.total_height:
            continue
        if sheet.total_width > MAX_COLUMNS:
            raise UnreadableWorkbook(f"工作表有{sheet.total_width}列，超过{MAX_COLUMNS}列，请删去多余的列。")
        with target.open("w", encoding="utf-8") as out:
            for row in sheet.iter_rows():
                out.write(json.dumps([_plain(cell) for cell in row], ensure_ascii=False) + "\n")
        return
    raise UnreadableWorkbook("工作簿里没有数据。")


def _plain(cell: object) -> str | int | float:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float | str):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return ""


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))


def main(source: str, target: str) -> int:
    _limit()
    try:
        check_budget(Path(source))
        _write_rows(Path(source), Path(target))
    except UnreadableWorkbook as error:
        sys.stdout.write(str(error))
        return _REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
