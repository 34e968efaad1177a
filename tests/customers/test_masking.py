import re
import unicodedata
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.masking import (
    mask_account_name,
    mask_address,
    mask_amount,
    mask_card,
    mask_email,
    mask_id_number,
    mask_landline,
    mask_mobile,
    mask_name,
    mask_words,
)

MASKS = [mask_name, mask_id_number, mask_mobile, mask_landline, mask_card, mask_address, mask_email, mask_account_name]

NAUGHTY = [
    "",
    " ",
    "　",
    "\x00",
    "\u202e",
    "\u200b",
    "*",
    "**** 1496",
    "****1496",
    "𠮷",
    "𠮷野家",
    "䶮",
    "李䶮",
    "\ud842",
    "\udfb7\ud842",
    "👨‍👩‍👧‍👦",
    "葛\U000e0100",
    "买买提·艾力",
    "１３８００１３８０００",
    "+86 138 0013 8000",
    "@",
    "a@",
    "@b",
    "a@b@c",
    "{{7*7}}",
    "%s%n",
    "a\r\nb",
    "﷽",
    "省市区县",
    "市市市区区区",
    "1" * 5000,
    "区" * 5000,
    "市" * 5000,
    "杭" * 5000,
]
CHINESE_TEXT = st.text(alphabet="浙江省杭州市西湖区县旗路街小社园东南新沙津自治地盟村镇号1 *a·（）𠮷", max_size=40)
PHONE_TEXT = st.text(alphabet="0123456789*+- 　（）１８", max_size=30)
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(), max_size=30),
    st.text(alphabet=st.characters(categories=["Cs", "Cf", "Mn", "So", "Lo"]), max_size=30),
    CHINESE_TEXT,
    PHONE_TEXT,
    st.text(alphabet="ab*@.１＠", max_size=12),
    st.sampled_from(NAUGHTY),
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳修", "欧**"),
        ("买买提·艾力", "买*****"),
        ("𠮷野家", "𠮷**"),
        ("李䶮", "李*"),
        (" 张 三 ", "张**"),
        ("张", "*"),
        ("client 1", "c*******"),
    ],
)
def test_name(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "110***********002X"),
        ("11010519491231002x", "110***********002x"),
        ("１１０１０５１９４９１２３１００２Ｘ", "110***********002X"),
        ("110105 19491231 002X", "110***********002X"),
        ("110105491231002", "110********1002"),
        ("E12345678", "E1*****78"),
        ("H1234567890", "H1*******90"),
        ("123", "***"),
    ],
)
def test_id_number(number, masked):
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("008613812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("0571-88123456", "0571-****3456"),
        ("057188123456", "0571****3456"),
        ("010-12345678", "010-****5678"),
        ("01012345678", "010****5678"),
        ("0571-8812345", "0571-***2345"),
        ("+1 415 555 2671", "+14******671"),
        ("95580", "9***0"),
        ("138", "***"),
    ],
)
def test_mobile_and_what_stands_in_its_place(number, masked):
    assert mask_mobile(number) == masked


def test_landline():
    assert mask_landline("0571-88123456") == "0571-****3456"
    assert mask_landline("0571－88123456") == "0571-****3456"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("6225751234561496", "**** 1496"),
        ("6225 7512 3456 1496", "**** 1496"),
        ("6225-7512-3456-1496", "**** 1496"),
        ("6217000000000001496", "**** 1496"),
        ("12345678", "******78"),
        ("1787", "***7"),
        ("12", "**"),
    ],
)
def test_card(number, masked):
    assert mask_card(number) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省杭州市西湖区文三路100号8幢", "浙江省杭州市西湖区********"),
        ("北京市朝阳区建国路88号", "北京市朝阳区******"),
        ("北京市市辖区朝阳区建国路88号院1号", "北京市市辖区朝阳区********"),
        ("浙江省金华市义乌市稠州北路1000号", "浙江省金华市义乌市********"),
        ("上海浦东新区世纪大道100号1层", "上海浦东新区********"),
        ("杭州西湖区文三路100号1单元", "杭州西湖区********"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放西路1号", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市******"),
        ("内蒙古自治区锡林郭勒盟正蓝旗上都镇1号", "内蒙古自治区锡林郭勒盟正蓝旗*****"),
        ("香港特别行政区中西区皇后大道中1号", "香港特别行政区中西区*******"),
        ("江苏省苏州市苏州工业园区星湖街1号", "江苏省苏州市苏州工业园区*****"),
        ("济南市市中区经四路1号", "济南市市中区*****"),
        ("常德市津市市澧水路1号", "常德市津市市*****"),
        ("浙江省 杭州市 西湖区 文三路100号", "浙江省 杭州市 西湖区********"),
        ("广东省东莞市南城街道鸿福路1号", "广东省东莞市********"),
        ("浙江省杭州市西湖区", "浙江省杭州市西湖区"),
    ],
)
def test_address_stays_to_the_district(address, masked):
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("文三路小区3号", "文三路"),
        ("阳光花园小区5栋", "阳光"),
        ("幸福社区2号", "幸福"),
        ("东莞市万科城南区5栋", "万科"),
        ("深圳市南山区科技园南区3栋", "科技园"),
        ("杭州市李村三区4号", "李村"),
        ("12 High Street, London", "High"),
        ("Praha 4, Na Pankráci 10", "Praha"),
    ],
)
def test_an_estate_or_a_street_is_no_district(address, hidden):
    assert hidden not in mask_address(address)


def test_every_district_of_the_country_is_recognised():
    # The list comes with the library of identity numbers; the entries in force are the undated and the open-ended ones.
    checked, province, prefecture = 0, "", ""
    for line in files("stdnum").joinpath("cn", "loc.dat").read_text(encoding="utf-8").splitlines():
        if match := re.match(r'(\d\d) province="(.*)"', line):
            province = match[2]
        elif match := re.match(r'\s+(\d{4}) county="(.*)"', line):
            in_force = [name for name in match[2].split(",") if re.match(r"\[\d+-\]|[^\[]", name)]
            name = re.sub(r"\[.*?\]", "", in_force[-1]) if in_force else ""
            if match[1].endswith("00"):
                prefecture = name if name != province and not match[1].startswith("90") else ""
                continue
            if not name or name[-1] not in "区县旗市" or prefecture in ("县", "林区"):
                continue
            address = province + ("" if "直辖" in prefecture else prefecture) + name
            if name != "市辖区":
                assert mask_address(address + "人民路1号") == address + "*****"
                assert mask_address(name + "人民路1号") == name + "*****"
                checked += 1
    assert checked > 2800


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("zhangsan@example.com", "zha***@example.com"),
        ("ab@example.com", "ab***@example.com"),
        ("a@b@example.com", "a@b***@example.com"),
        ("ZHANG＠example.com", "ZHA***@example.com"),
        ("ab*cd@example.com", "ab***@example.com"),
        ("@example.com", "***@example.com"),
        ("zhangsan", "zh****an"),
    ],
)
def test_email(address, masked):
    assert mask_email(address) == masked


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("nothing", ["", " ", "　", "\x00\u200b", None])
def test_nothing_stays_nothing(mask, nothing):
    assert mask(nothing) == ""


@pytest.mark.parametrize("mask", MASKS)
@settings(max_examples=500)
@given(text=ANY_TEXT)
@example(text="*" * 40)
@example(text="62257512345614*6")
@example(text="10000000:-00")
@example(text="861:000000000")
def test_masks_are_total_idempotent_and_never_longer(mask, text):
    masked = mask(text)
    assert mask(masked) == masked
    assert masked.encode().decode() == masked
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in masked)
    assert len(masked) <= len(text) + (3 if mask is mask_email else 0)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("text", NAUGHTY)
def test_masks_take_naughty_text(mask, text):
    assert mask(mask(text)) == mask(text)


@settings(max_examples=500)
@given(st.text(min_size=1, max_size=30))
def test_of_a_name_at_most_the_first_character_shows(name):
    assert len(mask_name(name).replace("*", "")) <= 1


@pytest.mark.parametrize(("mask", "most"), [(mask_id_number, 7), (mask_mobile, 8), (mask_landline, 8), (mask_card, 4)])
@settings(max_examples=500)
@given(digits=st.text(alphabet="0123456789", max_size=40))
def test_of_a_number_at_most_the_ends_show(mask, most, digits):
    shown = mask(digits).replace("*", "").replace(" ", "")
    assert len(shown) <= most
    assert len(digits) - len(shown) >= min(3, (len(digits) + 1) // 2)


@settings(max_examples=500)
@given(
    st.sampled_from(["浙江省杭州市西湖区", "北京市朝阳区", "上海浦东新区", "广东省东莞市", ""]),
    st.text(alphabet="文三路莲花街道幸福小社区号栋室0123456789", min_size=1, max_size=25),
)
def test_of_an_address_no_house_number_shows(district, detail):
    assert not set("0123456789路街号栋室") & set(mask_address(district + detail))


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        (None, ""),
        ("0", "不足1万元"),
        ("9999.99", "不足1万元"),
        ("10000", "1万-5万元"),
        ("350000", "20万-50万元"),
        ("499999.99", "20万-50万元"),
        ("500000", "50万-100万元"),
        ("9999999.99", "500万-1000万元"),
        ("10000000", "1000万元以上"),
        ("1e15", "1000万元以上"),
        ("-1", "不足1万元"),
    ],
)
def test_of_an_amount_the_band_shows(amount, band):
    assert mask_amount(None if amount is None else Decimal(amount)) == band


@pytest.mark.parametrize(("text", "shown"), [("清真饮食", "已登记"), ("", ""), (None, ""), ("已登记", "已登记")])
def test_of_words_about_health_and_religion_only_that_there_are_some(text, shown):
    assert mask_words(text) == shown
