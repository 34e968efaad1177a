"""Identity numbers of GB 11643-1999: what one says of its holder, and what exactly is wrong with a bad one (DOMAIN 8.7).

Only the check digit and the birth date come from the library: its own validation ties the county code to the birth year
and refuses thousands of valid cards.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from organization import clock

MALE = "male"
FEMALE = "female"

PROVINCES = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    # 81–83 also stand on the residence permits of people from Hong Kong, Macau and Taiwan.
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
    "83": "台湾省",
}
FOREIGN_RESIDENT = "外国人永久居留"
DEMO = "演示数据"

_DIGITS = frozenset("0123456789")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+")


@dataclass(frozen=True)
class IdNumber:
    """A well-formed number: 18 characters, birth date, `male` or `female`, Chinese name of the issuing province."""

    number: str
    birth_date: date
    sex: str
    province: str


class InvalidIdNumber(ValueError):
    """The text is no identity number; the message is one Chinese sentence naming the fault."""


def parse_id_number(
    text: str, *, today: date | None = None, allow_demo: bool = False, is_from_spreadsheet: bool = False
) -> IdNumber:
    """Read an identity number of 18 or (old) 15 digits.

    Full-width digits, spaces and a lower-case x are accepted; a 15-digit number is upgraded to the 18-digit one.
    Birth dates after `today` (default: the business date) are refused. Area 99 exists only in demo data and passes only
    with `allow_demo`. One true number in about 1,100 ends in 000, so a right check digit excuses that ending, except
    with `is_from_spreadsheet`: one damaged number in eleven has a right check digit by chance.
    Raises InvalidIdNumber with a Chinese sentence. Source: GB 11643-1999, DOMAIN 8.7.
    """
    number = _normalise(text)
    _refuse_foreign_characters(number)
    if len(number) not in (15, 18):
        raise InvalidIdNumber(f"身份证号应为18位（旧证15位），现为{len(number)}位")
    province = _province(number, allow_demo=allow_demo)
    if len(number) == 15:
        number = _upgrade(number)
    birth_date = _birth_date(number, today or clock.today())
    is_check_digit_wrong = ric.calc_check_digit(number) != number[-1]
    if number.endswith("000") and (is_check_digit_wrong or is_from_spreadsheet):
        raise InvalidIdNumber("该证件号末位为000，疑似被Excel改写，请核对原件后按文本填写")
    if is_check_digit_wrong:
        raise InvalidIdNumber("身份证号校验位不正确，请核对各位数字")
    return IdNumber(number, birth_date, MALE if int(number[16]) % 2 else FEMALE, province)


def age_on(birth_date: date, day: date) -> int:
    """Completed years on a day; the birthday counts, that of 29 February on 1 March in common years (DOMAIN 8.4, 8.7)."""
    if day < birth_date:
        raise ValueError("出生日期不能晚于计算年龄的日期")
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _normalise(text: str) -> str:
    if not isinstance(text, str):
        # A float keeps 15 digits: what a numeric cell holds is no longer the number on the card.
        raise InvalidIdNumber("身份证号必须按文本读入，数字格式的单元格会丢失末几位")
    half_width = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    visible = "".join(c for c in half_width if unicodedata.category(c) not in ("Zs", "Zl", "Zp", "Cc", "Cf"))
    return visible.removeprefix("'").upper()


def _refuse_foreign_characters(number: str) -> None:
    if not number:
        raise InvalidIdNumber("请填写身份证号")
    if _SCIENTIFIC.fullmatch(number):
        raise InvalidIdNumber("身份证号呈科学计数法，疑似被Excel改写，请将该列设为文本格式后重新导出")
    for position, character in enumerate(number, start=1):
        if character in _DIGITS or (character == "X" and position == 18):
            continue
        shown = f"“{character}”" if character.isprintable() else "字符"
        raise InvalidIdNumber(f"身份证号第{position}位{shown}有误，只能是数字，第18位可为X")


def _province(number: str, *, allow_demo: bool) -> str:
    code = number[:2]
    if code == "99":
        if not allow_demo:
            raise InvalidIdNumber("地区码99为演示数据专用，不是真实的身份证号")
        return DEMO
    if code in PROVINCES:
        return PROVINCES[code]
    if code[0] == "9" and code != "90":
        return FOREIGN_RESIDENT
    raise InvalidIdNumber(f"身份证号前两位{code}不是有效的省级地区码")


def _upgrade(number: str) -> str:
    seventeen = number[:6] + "19" + number[6:]
    return seventeen + ric.calc_check_digit(seventeen + "0")


def _birth_date(number: str, today: date) -> date:
    digits = number[6:14]
    try:
        birth_date = ric.get_birth_date(number)
    except ValueError:
        raise InvalidIdNumber(f"身份证号中的出生日期{digits}不存在") from None
    if birth_date > today:
        raise InvalidIdNumber(f"身份证号中的出生日期{digits}晚于今天")
    return birth_date
