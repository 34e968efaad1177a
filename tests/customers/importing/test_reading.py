"""Files as they come: encodings, separators, broken rows, workbooks, and what is refused as a whole."""

import io
import subprocess
import sys
import textwrap
import zipfile
from datetime import date

import pytest
from django.conf import settings

from customers.importing.reading import UnreadableFile, open_table
from tests.almanac.workbook import workbook

ROWS = ["客户号,姓名", "C1,张三", "C2,䶮𠮷"]


def table_of(tmp_path, content: bytes):
    path = tmp_path / "source"
    path.write_bytes(content)
    return open_table(path)


def text(*rows: str) -> str:
    return "\r\n".join(rows) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_recognised(tmp_path, encoding):
    table = table_of(tmp_path, text(*ROWS).encode(encoding))
    assert table.headers == ["客户号", "姓名"]
    assert list(table.rows()) == [(2, ["C1", "张三"]), (3, ["C2", "䶮𠮷"])]


def test_a_long_gb18030_file_that_begins_in_ascii_is_recognised(tmp_path):
    rows = ["number,name", *(f"C{i},abc" for i in range(200_000)), "C9,张三"]
    table = table_of(tmp_path, text(*rows).encode("gb18030"))
    assert list(table.rows())[-1] == (200_002, ["C9", "张三"])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_recognised(tmp_path, separator):
    rows = [row.replace(",", separator) for row in ('"客户号","姓名,全称"'.replace(",全", "、全"), 'C1,"张三"')]
    assert table_of(tmp_path, text(*rows).encode()).headers == ["客户号", "姓名、全称"]


def test_quoted_separators_and_line_breaks_stay_inside_their_cell(tmp_path):
    table = table_of(tmp_path, '客户号,备注\r\nC1,"一,二\r\n三 ""四"""\r\nC2,五\r\n'.encode())
    assert list(table.rows()) == [(2, ["C1", '一,二\r\n三 "四"']), (3, ["C2", "五"])]


def test_empty_rows_are_left_out_and_row_numbers_stay_those_of_the_sheet(tmp_path):
    table = table_of(tmp_path, text("客户号,姓名", "C1,张三", ",", "", "C2,李四").encode())
    assert [number for number, _ in table.rows()] == [2, 5]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的。"),
        (b" \r\n\r\n", "文件是空的。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "这是旧版Excel（xls）文件，请另存为xlsx或CSV后导入。"),
        (b"%PDF\x00\x01\x02", "文件不是文本文件，请导入CSV或xlsx文件。"),
        (b"a,b\r\n\xff\xff,1\r\n", "文件编码既不是UTF-8也不是GB18030，请在Excel中另存为“CSV UTF-8”。"),
        ("客户号,姓名,客户号\r\n".encode(), "列名“客户号”重复，请改名后重新导入。"),
        ("客户号,,姓名\r\n".encode(), "第2列没有列名，请补上或删去该列。"),
        (b",,\r\n1,2,3\r\n", "第一行应为列名，现为空行。"),
        (b",".join(b"c%d" % i for i in range(201)), "文件有201列，超过200列。"),
        (b"PK\x03\x04garbage", "文件不是有效的xlsx工作簿，或已损坏，请用Excel重新另存后上传。"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path, content, sentence):
    with pytest.raises(UnreadableFile) as refused:
        table_of(tmp_path, content)
    assert str(refused.value) == sentence


def test_a_quote_that_never_closes_is_named_with_its_line(tmp_path):
    table = table_of(tmp_path, text("客户号,姓名", 'C1,"张三', *("x" * 100 for _ in range(2000))).encode())
    with pytest.raises(UnreadableFile, match="可能是引号没有成对"):
        list(table.rows())


def test_a_workbook_keeps_numbers_as_numbers_and_dates_as_dates(tmp_path):
    rows = [
        ["客户号", "证件号码", "手机", "日期", "备注"],
        ["C1", 110101199003071234, 13800000001, date(2026, 1, 31), ""],
    ]
    table = table_of(tmp_path, workbook(rows))
    assert table.headers == ["客户号", "证件号码", "手机", "日期", "备注"]
    (number, row), *rest = table.rows()
    assert not rest
    assert number == 2
    assert row[0] == "C1"
    assert not isinstance(row[1], str)
    assert (row[2], row[3], row[4]) == (13800000001, "2026-01-31", "")


def packed(*, entries: int = 0, filler: int = 0) -> bytes:
    buffer = io.BytesIO(workbook([["客户号"], ["C1"]]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for i in range(entries):
            archive.writestr(f"xl/part{i}.xml", "x")
        if filler:
            archive.writestr("xl/bomb.xml", b"\0" * filler)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"entries": 200}, "工作簿内含206个部件，超过200个，不予读取。"),
        ({"filler": 50 * 1024 * 1024}, "工作簿解压后过大，不予读取；请只保留需要导入的一张表，或另存为CSV。"),
        ({"filler": 201 * 1024 * 1024}, "工作簿解压后过大，不予读取；请只保留需要导入的一张表，或另存为CSV。"),
    ],
    ids=["entries", "ratio", "size"],
)
def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path, content, sentence):
    with pytest.raises(UnreadableFile) as refused:
        table_of(tmp_path, packed(**content))
    assert str(refused.value) == sentence
    assert not list(tmp_path.glob("*.rows"))


def test_a_directory_that_lies_about_its_sizes_is_counted_by_what_comes_out(tmp_path):
    content = bytearray(packed(filler=50 * 1024 * 1024))
    # In both headers of the last entry the unpacked size is made to say 1,000 bytes.
    true_size = (50 * 1024 * 1024).to_bytes(4, "little")
    assert content.count(true_size) == 2
    with pytest.raises(UnreadableFile):
        table_of(tmp_path, bytes(content.replace(true_size, (1000).to_bytes(4, "little"))))


def test_a_workbook_without_a_row_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="工作簿里没有数据"):
        table_of(tmp_path, workbook([]))


@pytest.mark.parametrize("rows", [200_000])
def test_memory_does_not_grow_with_the_file(tmp_path, rows):
    """Peak memory of a process of its own that reads the file, against one that reads a hundredth of it."""
    small, large = _peak(tmp_path, rows // 100), _peak(tmp_path, rows)
    assert large - small < 8 * 1024  # kilobytes on Linux


def _peak(tmp_path, rows: int) -> int:
    path = tmp_path / f"{rows}.csv"
    with path.open("w", encoding="gb18030") as file:
        file.write("账户标识,日期,余额,备注\n")
        file.writelines(f"A{i:08d},2026-11-20,{i}.00,说明\n" for i in range(rows))
    code = f"""
        import resource
        from pathlib import Path
        from customers.importing.reading import open_table
        assert sum(1 for _ in open_table(Path({str(path)!r})).rows()) == {rows}
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    return int(done.stdout)
