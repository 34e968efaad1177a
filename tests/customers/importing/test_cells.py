"""Cells as clerks and spreadsheets write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.enums import Tier
from customers.importing import cells
from customers.importing.cells import BadCell
from customers.importing.lunar_text import LunarDay, lunar_birthday
from ui.spreadsheets import harmless


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-31",
        "20260131",
        "2026/1/31",
        "2026.01.31",
        "2026年1月31日",
        " 2026-01-31 00:00:00 ",
        "2026\uff0d01\uff0d31",
    ],
)
def test_dates_in_usual_writings(written):
    assert cells.day(written) == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("2026-02-30", "“2026-02-30”是不存在的日期"),
        ("31.01.2026", "“31.01.2026”不是日期，请写成2026-01-31"),
        ("明天", "“明天”不是日期，请写成2026-01-31"),
        ("0026-01-31", "“0026-01-31”的年份不合理"),
    ],
)
def test_what_is_no_date_is_said(written, fault):
    with pytest.raises(BadCell) as bad:
        cells.day(written)
    assert str(bad.value) == fault


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1,234.5", "1234.50"), ("¥12", "12.00"), ("\uffe512.30元", "12.30"), ("-5", "-5.00"), ("0", "0.00"),
        (0, "0.00"), (0.1 + 0.2, "0.30"), (12345678.9, "12345678.90"), ("\uff11\uff12.\uff13", "12.30"), ("1.500", "1.50"),
    ],
)  # fmt: skip
def test_amounts(written, amount):
    assert cells.money(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["1.234", "十元", "1e5", "--5", 1.234, 1e17, "1,2,3.4.5"])
def test_what_is_no_amount_is_said(written):
    with pytest.raises(BadCell, match="不是金额"):
        cells.money(written)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=2))
def test_every_amount_with_two_decimals_comes_through_text_and_thousands(amount):
    assert cells.money(f"{amount:.2f}") == amount
    assert cells.money(f"{amount:,.2f}") == amount


def test_numbers_in_an_identifier_column_are_refused_by_name():
    for cell in (1.10101199003071e17, 110101199003071234, 12345):
        with pytest.raises(BadCell, match="列被存成数字，末位已丢失，请按文本重新导出"):
            cells.identifier(30)(cell)
    with pytest.raises(BadCell, match="科学计数法"):
        cells.identifier(30)("1.1E+17")


def test_phones_survive_as_numbers():
    assert cells.phone(13800000001.0) == "13800000001"


def test_codes_lose_nothing():
    assert cells.code(20)(1001.0) == "1001"
    assert cells.code(20)("A-00.1") == "A-00.1"
    for cell in (1e15, 1.5):
        with pytest.raises(BadCell, match="末位已丢失"):
            cells.code(20)(cell)
    for cell in ("A 1", 'A"1', "A\\1", "A\t1", "A\x001"):
        with pytest.raises(BadCell, match="空格或特殊字符"):
            cells.code(20)(cell)


def test_choices_by_code_and_by_label():
    read = cells.choice(Tier, {"G": "GOLD"})
    assert [read(cell) for cell in ("GOLD", "gold", "金卡客户", "g")] == ["GOLD"] * 4
    with pytest.raises(BadCell, match="“铜卡”不在可选范围内"):
        read("铜卡")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("08-15", LunarDay(8, 15, False)), ("闰04-15", LunarDay(4, 15, True)), ("八月十五", LunarDay(8, 15, False)),
        ("腊月初八", LunarDay(12, 8, False)), ("正月廿三", LunarDay(1, 23, False)), ("十二月三十", LunarDay(12, 30, False)),
        ("闰六月卅", LunarDay(6, 30, True)), ("农历冬月初一", LunarDay(11, 1, False)), ("9月初9", None), ("13-01", None),
        ("02-31", None), ("二月三十一", None), ("中秋", None),
    ],
)  # fmt: skip
def test_lunar_birthdays(written, day):
    if day is None:
        with pytest.raises(BadCell, match="不是农历日期"):
            lunar_birthday(written)
    else:
        assert lunar_birthday(written) == day


FORMULAS = [
    "=1+1", "=cmd|'/C calc'!A0", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1", "|calc", "%0a=1", "=HYPERLINK(\"http://x\")", "-2+3", "+a", "--1",
]  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_nothing_in_the_file_of_bad_rows_is_calculated(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["张三", "-12.50", "+86", "1+1", "a=b", "", "2026-01-01", "-1,000.00"])
def test_plain_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_a_corrected_file_of_bad_rows_comes_back_as_it_was(cell):
    read = cells.text(60)
    assert read(harmless(cell)) == read(cell)


def test_amounts_with_full_width_marks():
    assert cells.money("\uffe51\uff0c234.50") == Decimal("1234.50")
