"""Identifiers in the one form in which they are compared, and the keyed digests by which they are found (DESIGN 4).

The archive keeps id numbers, mobiles and account numbers encrypted. Equality is answered by a digest of the normalised
value; "the last four" by digests of the tail, which stand among a customer's search keys.
"""

import re
import unicodedata
from contextlib import suppress

import phonenumbers
from django.conf import settings

from customers.enums import IdType
from customers.identity import InvalidIdNumber, parse_id_number
from organization.crypto import blind_index

TAIL = 4
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)?86(?=1[3-9][0-9]{9}$)")
_DOCUMENT = re.compile(r"[A-Z0-9]{4,20}")
_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_WHOLE = 7  # fewer characters are no whole number, only the beginning of one


class InvalidIdentifier(ValueError):
    """The text is no such identifier; the message is one Chinese sentence naming the fault."""


def normalise_mobile(text: str) -> str:
    """Eleven digits for a mainland mobile, area code and digits for a landline, +country for a foreign number."""
    digits = re.sub(r"[\s()\-·]", "", _half_width(text))
    digits = _COUNTRY_CODE.sub("", digits)
    if not digits:
        return ""
    if _MOBILE.fullmatch(digits):
        return digits
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        number = None
    is_dialled = digits.isascii() and not digits.startswith("1")
    if number is None or not is_dialled or not phonenumbers.is_possible_number(number):
        raise InvalidIdentifier("手机号码应为11位数字，境外号码请以+和国家代码开头")
    return (
        f"0{number.national_number}" if number.country_code == 86 else f"+{number.country_code}{number.national_number}"
    )


def normalise_document(id_type: str, text: str) -> str:
    """An identity number by GB 11643; the letters and digits of any other document, in capitals."""
    if not text:
        return ""
    if id_type == IdType.IDENTITY_CARD:
        try:
            # Area 99 does not exist: outside production it marks demo people, in production it is a mistake.
            return parse_id_number(text, allow_demo=not settings.PRODUCTION).number
        except InvalidIdNumber as error:
            raise InvalidIdentifier(str(error)) from None
    number = re.sub(r"[\s\-()/]", "", _half_width(text)).upper()
    if not _DOCUMENT.fullmatch(number):
        raise InvalidIdentifier("证件号码应为4至20位字母或数字")
    return number


def normalise_account_number(text: str) -> str:
    """The letters and digits of a card or account number."""
    return re.sub(r"[^0-9A-Z]", "", _half_width(text).upper())


def document_index(id_type: str, number: str) -> str:
    """What `Customer.id_number_index` holds; the type stands beside it in the unique constraint."""
    return blind_index("id_number", number)


def mobile_index(number: str) -> str:
    return blind_index("mobile", number)


def account_number_index(number: str) -> str:
    return blind_index("account_number", number)


def phone_keys(number: str) -> list[str]:
    """Search keys of a normalised phone number: whole, and its tail."""
    return _keys("m", number)


def document_keys(number: str) -> list[str]:
    """Search keys of a normalised document number: whole, and its tail."""
    return _keys("i", number)


def _keys(kind: str, value: str) -> list[str]:
    if not value:
        return []
    keys = [_key(kind, value)]
    if len(value) > TAIL:
        keys.append(_key(f"{kind}{TAIL}", value[-TAIL:]))
    return keys


def digest_keys_for(text: str) -> list[str]:
    """The search keys that a typed phone or document number, or the last four of one, may stand under."""
    typed = re.sub(r"[\s\-]", "", _half_width(text)).upper()
    if _TAIL.fullmatch(typed):
        return [_key(f"m{TAIL}", typed), _key(f"i{TAIL}", typed)]
    if len(typed) < _WHOLE:
        return []
    whole = [_key("i", typed)]
    with suppress(InvalidIdentifier):
        whole.append(_key("i", normalise_document(IdType.IDENTITY_CARD, typed)))
    with suppress(InvalidIdentifier):
        whole.append(_key("m", normalise_mobile(typed)))
    return list(dict.fromkeys(whole))


def _key(kind: str, value: str) -> str:
    # '#' begins no name, pinyin or customer number, so a typed name never meets a digest.
    return f"#{kind}:{blind_index(f'search:{kind}', value)}"


def _half_width(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
