"""A notice file: reading it, and a verdict on every row."""

from datetime import date, datetime

import pytest

from almanac.exceptions import HolidayImportError
from almanac.notices import MAX_BYTES, judge, read_rows
from tests.almanac.workbook import serial, workbook

HEADER = "day,name,is_workday,source\n"


def row(day, name="春节", is_workday=0, source="通知"):
    return {"day": day, "name": name, "is_workday": is_workday, "source": source}


def verdicts(rows, **options):
    with pytest.raises(HolidayImportError) as caught:
        judge(rows, **options)
    return [str(error) for error in caught.value.errors]


def test_a_sound_notice():
    notice = judge([row("2027-02-05"), row("2027-02-14", is_workday=1), row("2026-12-31", "元旦")])
    assert notice.year == 2027
    assert [(one.day, one.is_workday, one.is_of_next_year) for one in notice.rows] == [
        (date(2026, 12, 31), False, True),
        (date(2027, 2, 5), False, False),
        (date(2027, 2, 14), True, False),
    ]
    assert date(2027, 10, 1) in notice.missing
    assert date(2027, 2, 5) not in notice.missing


@pytest.mark.parametrize(
    "cell",
    [
        "2027-02-05",
        "2027/2/5",
        "2027.2.5",
        "2027年2月5日",
        "20270205",
        " 2027-02-05 ",
        "2027-02-05 00:00:00",
        "２０２７－０２－０５",
        date(2027, 2, 5),
        datetime(2027, 2, 5),
        20270205,
        20270205.0,
        serial(date(2027, 2, 5)),
        float(serial(date(2027, 2, 5))),
        str(serial(date(2027, 2, 5))),
    ],
)
def test_ways_to_write_a_day(cell):
    assert judge([row(cell)]).rows[0].day == date(2027, 2, 5)


@pytest.mark.parametrize("cell", [1, 1.0, "1", True, "True", "是", "上班", "调休上班", "班", "workday"])
def test_ways_to_write_a_working_day(cell):
    assert judge([row("2027-02-14", is_workday=cell)]).rows[0].is_workday


@pytest.mark.parametrize("cell", [0, 0.0, "0", False, "false", "否", "放假", "休", "holiday"])
def test_ways_to_write_a_day_off(cell):
    assert not judge([row("2027-02-14", is_workday=cell)]).rows[0].is_workday


@pytest.mark.parametrize(
    ("bad", "verdict"),
    [
        (row(""), "没有填日期。"),
        (row("2月5日"), "日期“2月5日”读不懂，请写成2027-02-06这样。"),
        (row("2027-02-30"), "没有“2027-02-30”这一天。"),
        (row("2027-02-05 09:30"), "日期“2027-02-05 09:30”读不懂，请写成2027-02-06这样。"),
        (row("0001-01-01"), "日期0001-01-01超出1900年至2100年。"),
        (row("2028-02-05"), "2028-02-05不在2027年的安排内。"),
        (row("2026-11-30"), "2026-11-30不在2027年的安排内。"),
        (row("2027-02-05", name=""), "没有填节日。"),
        (row("2027-02-05", name="春" * 33), "节日超过32个字。"),
        (row("2027-02-05", name="春\x00节"), "节日里有看不见的控制字符。"),
        (row("2027-02-05", is_workday=""), "没有填上班还是放假。"),
        (row("2027-02-05", is_workday="也许"), "“也许”看不出是上班还是放假，请填1（上班）或0（放假）。"),
        (row("2027-02-05", is_workday=2), "“2”看不出是上班还是放假，请填1（上班）或0（放假）。"),
        (row("2027-02-09", is_workday=1), "2027-02-09是星期二，本来就上班，不用登记为调休上班。"),
        (row("2027-02-06", is_workday=1), "2027-02-06是法定节假日（春节），不能安排上班。"),
        (row("2027-02-05", source=""), "没有填依据。"),
        (row("2027-02-05", source="通" * 201), "依据超过200个字。"),
    ],
)
def test_a_bad_row_is_told_why(bad, verdict):
    assert verdicts([row("2027-02-08"), bad], year=2027) == [f"第2行：{verdict}"]


def test_every_bad_row_has_its_verdict():
    rows = [row("2027-02-05"), row("2027-02-05"), row("胡写"), row("2027-02-09", is_workday=1)]
    assert verdicts(rows) == [
        "第2行：2027-02-05在第1行已经出现过。",
        "第3行：日期“胡写”读不懂，请写成2027-02-06这样。",
        "第4行：2027-02-09是星期二，本来就上班，不用登记为调休上班。",
    ]


def test_a_source_given_once_stands_for_all_rows():
    assert judge([row("2027-02-05", source=None)], source="放假通知").rows[0].source == "放假通知"


def test_the_year_is_the_one_most_rows_are_in():
    assert verdicts([row("2027-02-05"), row("2027-02-06"), row("2025-02-06")]) == [
        "第3行：2025-02-06不在2027年的安排内。"
    ]


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([], "文件里没有任何安排。"),
        ([row("不是日期")], "没有一行的日期能读懂，无法判断是哪一年的安排。"),
        ([row("2027-02-05")] * 401, "共401行，一年的安排不会超过400行。"),
    ],
)
def test_a_file_that_is_no_notice(rows, verdict):
    assert verdicts(rows) == [verdict]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        "日期,节日,调休上班,依据\n2027-02-05,春节䶮,0,通知\n",
        "日期\t节日\t调休上班\t依据\n2027-02-05\t春节䶮\t0\t通知\n",
        "2027年安排\r\n日期,节日,是否上班,来源\r\n\r\n2027-02-05,春节䶮,0,通知\r\n",
    ],
)
def test_csv_in_either_encoding(text, encoding):
    (found,) = judge(read_rows(text.encode(encoding))).rows
    assert (found.day, found.name, found.is_workday, found.source) == (date(2027, 2, 5), "春节䶮", False, "通知")


def test_lines_are_those_of_the_file():
    content = (HEADER + "2027-02-05,春节,0,通知\n\n2027-02-31,春节,0,通知\n").encode()
    assert verdicts(read_rows(content)) == ["第4行：没有“2027-02-31”这一天。"]


def test_a_workbook_with_dates_and_bare_numbers():
    content = workbook(
        [
            ["日期", "节日", "调休上班", "依据"],
            [date(2027, 2, 5), "春节", 0, "通知"],
            [serial(date(2027, 2, 14)), "春节", 1, "通知"],
            ["2027年2月8日", "春节", "放假", "通知"],
        ]
    )
    found = judge(read_rows(content)).rows
    assert [(one.day, one.is_workday, one.line) for one in found] == [
        (date(2027, 2, 5), False, 2),
        (date(2027, 2, 8), False, 4),
        (date(2027, 2, 14), True, 3),
    ]


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", "没有找到表头"),
        ("名单,电话\n张三,1\n".encode(), "没有找到表头"),
        (b"\xff\xfe\x00\xd8", "既不是UTF-8也不是GB18030"),
        (b"PK\x03\x04 not a workbook", "Excel文件打不开"),
        (b"\xd0\xcf\x11\xe0 not a workbook", "Excel文件打不开"),
        (b"x" * (MAX_BYTES + 1), "文件超过1MB"),
        (HEADER.encode() + b'2027-02-05,"' + b"x" * 200_000, "不是正常的CSV表格"),
    ],
)
def test_a_file_that_cannot_be_read(content, verdict):
    with pytest.raises(HolidayImportError, match=verdict):
        read_rows(content)
