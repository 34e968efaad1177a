from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from customers.identity import FEMALE, MALE, PROVINCES, IdNumber, InvalidIdNumber, age_on, parse_id_number

TODAY = date(2026, 11, 23)


def demo_number(birth_date: date, sequence: int = 17, area: str = "990101") -> str:
    """A number of an area that does not exist (99…, or …9999), so that of no real person, with a right check digit."""
    seventeen = f"{area}{birth_date:%Y%m%d}{sequence:03d}"
    return seventeen + ric.calc_check_digit(seventeen + "0")


def fault(text, **options) -> str:
    with pytest.raises(InvalidIdNumber) as caught:
        parse_id_number(text, today=TODAY, **options)
    return str(caught.value)


def test_the_standards_own_samples():
    assert parse_id_number("11010519491231002X", today=TODAY) == IdNumber(
        "11010519491231002X", date(1949, 12, 31), FEMALE, "北京市"
    )
    assert parse_id_number("440524188001010014", today=TODAY) == IdNumber(
        "440524188001010014", date(1880, 1, 1), MALE, "广东省"
    )


def test_an_invalid_number_is_a_value_error():
    assert issubclass(InvalidIdNumber, ValueError)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X\t",
        "　110105　19491231　002X\u00a0",
        "\u200b11010519491231002X\ufeff",
        "'11010519491231002X",
    ],
)
def test_what_a_keyboard_or_a_file_does_to_a_number_is_undone(text):
    assert parse_id_number(text, today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请填写身份证号"),
        (" 　\u200b", "请填写身份证号"),
        ("1101051949123100", "应为18位（旧证15位），现为16位"),
        ("11010519491231002", "现为17位"),
        ("1101051949123100211", "现为19位"),
        ("1", "现为1位"),
        ("11010519491231OO2X", "第15位“O”有误"),
        ("E12345678", "第1位“E”有误"),
        ("X10105194912310021", "第1位“X”有误"),
        ("11010519491231002A", "第18位“A”有误"),
        ("11010549123100X", "第15位“X”有误"),
        ("11010519491231002٣", "第18位“٣”有误"),  # an Arabic digit is a digit to Python
        ("11010519491231002²", "第18位“²”有误"),
        ("1101051949123100𠮷X", "第17位“𠮷”有误"),
        ("1101051949123100\ud842X", "第17位字符有误"),  # half of a character cannot be shown
        ("010105194912310021", "前两位01不是有效的省级地区码"),
        ("160105194912310021", "前两位16不是"),
        ("840105194912310021", "前两位84不是"),
        ("900105194912310021", "前两位90不是"),
        ("110105194902290021", "出生日期19490229不存在"),
        ("110105194913010021", "出生日期19491301不存在"),
        ("110105194900100021", "出生日期19490010不存在"),
        ("110105000001010021", "出生日期00000101不存在"),
        ("110105491301002", "出生日期19491301不存在"),
        ("110105194912310021", "校验位不正确"),
        ("110105194912310000", "末位为000，疑似被Excel改写"),
        ("1.10105E+17", "科学计数法，疑似被Excel改写"),
        ("1.10105194912310e+17", "科学计数法，疑似被Excel改写"),
    ],
)
def test_each_fault_has_its_own_sentence(text, sentence):
    assert sentence in fault(text)


def test_the_check_digit_is_not_given_away():
    assert "X" not in fault("110105194912310021")


@pytest.mark.parametrize("value", [110105194912310021, 1.1010519491231002e17, None])
def test_a_numeric_cell_is_refused_by_name(value):
    assert "必须按文本读入" in fault(value)


def test_birth_dates_after_today_are_refused():
    tomorrow = TODAY + timedelta(days=1)
    assert "晚于今天" in fault(demo_number(tomorrow), allow_demo=True)
    assert parse_id_number(demo_number(TODAY), today=TODAY, allow_demo=True).birth_date == TODAY


def test_without_a_day_the_business_date_decides(monkeypatch):
    from organization import clock

    monkeypatch.setattr(clock, "today", lambda: date(1949, 12, 30))
    with pytest.raises(InvalidIdNumber, match="晚于今天"):
        parse_id_number("11010519491231002X")
    monkeypatch.setattr(clock, "today", lambda: date(1949, 12, 31))
    assert parse_id_number("11010519491231002X").birth_date == date(1949, 12, 31)


def test_a_fifteen_digit_number_is_upgraded():
    old = parse_id_number("110105491231002", today=TODAY)
    assert old == parse_id_number("11010519491231002X", today=TODAY)
    assert parse_id_number("110105 491231 002", today=TODAY) == old


@pytest.mark.parametrize("code", [*PROVINCES])
def test_every_province_is_accepted(code):
    parsed = parse_id_number(demo_number(date(1980, 2, 29), area=code + "9999"), today=TODAY)
    assert parsed.province == PROVINCES[code]


def test_permits_of_hong_kong_macau_and_taiwan_residents():
    provinces = [
        parse_id_number(demo_number(date(1990, 1, 1), area=area), today=TODAY).province
        for area in ("819999", "829999", "839999")
    ]
    assert provinces == ["香港特别行政区", "澳门特别行政区", "台湾省"]


def test_permit_of_a_foreign_permanent_resident():
    parsed = parse_id_number(demo_number(date(1981, 8, 3), area="919999"), today=TODAY)
    assert parsed.province == "外国人永久居留"


def test_demo_numbers_pass_only_where_they_are_expected():
    number = demo_number(date(1985, 5, 5))
    assert "99为演示数据专用" in fault(number)
    assert parse_id_number(number, today=TODAY, allow_demo=True).province == "演示数据"
    assert "99为演示数据专用" in fault(number[:6] + number[8:17])


def test_a_demo_number_must_still_be_well_formed():
    number = demo_number(date(1985, 5, 5))
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert "校验位不正确" in fault(wrong, allow_demo=True)


def test_a_true_number_may_end_in_000_but_not_in_a_spreadsheet():
    number = next(
        n
        for day in range(365)
        for sequence in (100, 200, 300)
        if (n := demo_number(date(1985, 1, 1) + timedelta(days=day), sequence)).endswith("000")
    )
    assert parse_id_number(number, today=TODAY, allow_demo=True).number == number
    assert "疑似被Excel改写" in fault(number, allow_demo=True, is_from_spreadsheet=True)


@settings(max_examples=500)
@given(
    st.dates(date(1880, 1, 1), TODAY),
    st.integers(0, 999),
    st.from_regex(r"99[0-9]{4}", fullmatch=True),
)
def test_a_well_formed_number_says_what_it_was_made_of(birth_date, sequence, area):
    parsed = parse_id_number(demo_number(birth_date, sequence, area), today=TODAY, allow_demo=True)
    assert parsed.birth_date == birth_date
    assert parsed.sex == (MALE if sequence % 2 else FEMALE)


@settings(max_examples=500)
@given(st.dates(date(1920, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(birth_date, sequence, position, shift):
    number = demo_number(birth_date, sequence)
    value = 10 if number[position] == "X" else int(number[position])
    wrong = number[:position] + str((value + shift) % 10) + number[position + 1 :]
    if wrong != number:
        fault(wrong, allow_demo=True)


@settings(max_examples=500)
@given(st.dates(date(1920, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16))
def test_two_swapped_neighbours_never_pass(birth_date, sequence, position):
    number = demo_number(birth_date, sequence)
    left, right = number[position], number[position + 1]
    if left != right:
        fault(number[:position] + right + left + number[position + 2 :], allow_demo=True)


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=30), st.text(alphabet="0123456789Xx 　０９", max_size=20)))
def test_any_text_is_either_a_number_or_one_chinese_sentence(text):
    try:
        parsed = parse_id_number(text, today=TODAY)
    except InvalidIdNumber as error:
        assert str(error).encode()  # no half character gets into a log
        assert "\n" not in str(error)
    else:
        assert len(parsed.number) == 18
        assert parse_id_number(parsed.number, today=TODAY) == parsed


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (date(1960, 11, 23), date(2026, 11, 23), 66),
        (date(1961, 11, 24), date(2026, 11, 23), 64),
        (date(1961, 11, 24), date(2026, 11, 24), 65),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2000, 2, 29), date(2024, 2, 28), 23),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
    ],
)
def test_age_in_completed_years(birth_date, day, age):
    assert age_on(birth_date, day) == age


def test_nobody_has_an_age_before_birth():
    with pytest.raises(ValueError, match="出生日期"):
        age_on(date(2026, 11, 24), date(2026, 11, 23))


@settings(max_examples=500)
@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40000))
def test_age_rises_by_one_on_one_day_of_each_year(birth_date, days):
    day = birth_date + timedelta(days=days)
    rise = age_on(birth_date, day + timedelta(days=1)) - age_on(birth_date, day)
    tomorrow = day + timedelta(days=1)
    is_leap_child = (birth_date.month, birth_date.day) == (2, 29)
    has_leap_day = (date(tomorrow.year, 3, 1) - timedelta(days=1)).day == 29
    reached = (3, 1) if is_leap_child and not has_leap_day else (birth_date.month, birth_date.day)
    assert rise == ((tomorrow.month, tomorrow.day) == reached)
