"""What someone without a reason sees of a customer's personal data, decided here alone (DESIGN 3, RELIABILITY 1.8).

Every function is total: it takes whatever text stands in the field, never raises, gives "" for nothing, and leaves an
already masked text as it is. Except for e-mail the result is never longer than the input.
"""

import re
import unicodedata
from decimal import Decimal
from itertools import pairwise

# Both take their own masked form too, and no other stars: what is masked once stays as it is.
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[0-9]{10})|(1[0-9]{2}\*{4}[0-9]{4})")
_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))(-?)([0-9]{3,4}|\*{3,4})([0-9]{4})")
_CARD_FORM = re.compile(r"\*{4} \S{4}")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ADDRESS_STARS = 8
_BANDS = (0, 1, 5, 10, 20, 50, 100, 200, 500, 1000)  # in ten thousand yuan

# One character of a place name: Chinese, and none that ends a street, a village, a building or another level of place,
# except where a county of the country is really called so.
_PLACE = (
    r"(?:让胡路|路(?=[南北桥])|上街(?=区)|[孟周马芳]村(?=[区回])|[石鼓钟阳]楼(?=[区县])"
    r"|[新东南西北中沙]市(?=区)|(?<!天)津市(?=市)|市(?=[中南北]区)|[沙赣梅辉]县(?=[区市])|[红社]旗(?=[区县])"
    r"|[^\W\d_a-zA-Z路街巷弄号村栋幢楼室省市区县旗])"
)
# Ends of what is called 区 and lies below a district: estates, parks, campuses, the blocks of an estate.
_NO_DISTRICT = "小社园校厂片街景院库营务业宅活舍属墅东南西北"
_ADDRESS = re.compile(
    rf"""
    (?:{_PLACE}{{1,8}}(?:省|自治区|特别行政区))?              # 浙江省
    (?:\s*(?![新东南西北中沙]市区|津市市){_PLACE}{{1,12}}(?:自治州|地区|盟|市))?  # 杭州市, 北京市
    (?:\s*市辖区)?
    (?:\s*(?![新东南西北中沙]市区){_PLACE}{{1,10}}市)?       # 义乌市, a city below its city
    (?:\s*(?:{_PLACE}{{1,2}}区|{_PLACE}{{1,7}}(?:(?<=工业园)|(?<=下花园)|(?<![{_NO_DISTRICT}]))区|{_PLACE}{{1,14}}[县旗]))?
    """,
    re.VERBOSE,
)


def mask_name(name: str) -> str:
    """张三丰 → 张**; a name of one character is hidden whole."""
    text = _clean(name)
    if len(text) < 2:
        return "*" * len(text)
    return text[0] + "*" * (len(text) - 1)


def mask_id_number(number: str) -> str:
    """110***********1234: the first three and last four of a card, less of a shorter document number."""
    return _keep_ends(_compact(number))


def mask_mobile(number: str) -> str:
    """138****5678, without the country code; a landline as `mask_landline` does it."""
    text = _compact(number)
    digits = text.replace("-", "")
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        eleven = mobile[1] or mobile[2]
        return f"{eleven[:3]}****{eleven[-4:]}"
    return mask_landline(text if _LANDLINE.fullmatch(text) else digits)


def mask_landline(number: str) -> str:
    """0571-****8888: the area code and the last four; any other number keeps a little of its ends."""
    text = _compact(number)
    landline = _LANDLINE.fullmatch(text)
    if landline:
        area, hyphen, hidden, last = landline.groups()
        return f"{area}{hyphen}{'*' * len(hidden)}{last}"
    return _keep_ends(text)


def mask_card(number: str) -> str:
    """**** 1496: the last four of a card or account; of fewer than twelve digits the last third."""
    text = _clean(number)
    if _CARD_FORM.fullmatch(text):
        return text
    digits = _compact(text).replace("-", "")
    if len(digits) >= 12:
        return f"**** {digits[-4:]}"
    hidden = len(digits) - len(digits) // 3
    return "*" * hidden + digits[hidden:]


def mask_address(address: str) -> str:
    """浙江省杭州市西湖区********: province, city and district stay, the rest is at most eight stars."""
    text = _clean(address)
    match = _ADDRESS.match(text)
    kept = match[0] if match else ""
    return kept + "*" * min(_ADDRESS_STARS, len(text) - len(kept))


def mask_email(address: str) -> str:
    """zha***@example.com: three characters of the mailbox and the domain."""
    text = _compact(address)
    mailbox, at, domain = text.rpartition("@")
    if not at:
        return _keep_ends(text)
    return f"{mailbox[:3].rstrip('*')}***@{domain}"


def mask_account_name(name: str) -> str:
    """zh****ei: a quarter on either side of a name that somebody has with a messenger."""
    return _keep_ends(_compact(name))


def mask_words(text: str) -> str:
    """Words about health or religion: only that there are some."""
    return "已登记" if text else ""


def mask_amount(amount: Decimal | None) -> str:
    """20万-50万元: the band in which somebody's own figure lies, the lower end included."""
    if amount is None:
        return ""
    for lower, upper in pairwise(_BANDS):
        if amount < upper * 10_000:
            return f"{lower}万-{upper}万元" if lower else f"不足{upper}万元"
    return f"{_BANDS[-1]}万元以上"


def _clean(text: str | None) -> str:
    """Half-width, without control characters, invisible marks and halves of characters, which hide or break a line."""
    if not text:
        return ""
    half_width = str(text).translate(_FULL_WIDTH)
    return "".join(c for c in half_width if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()


def _compact(text: str | None) -> str:
    return "".join(_clean(text).split())


def _keep_ends(text: str) -> str:
    """Three in front and four behind of fifteen or more, a quarter on either side of fewer."""
    front, back = (3, 4) if len(text) >= 15 else (min(3, len(text) // 4), len(text) // 4)
    return text[:front] + "*" * (len(text) - front - back) + text[len(text) - back :]
