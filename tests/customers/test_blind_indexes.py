"""One form per identifier, and digests by which whole numbers and tails are found."""

import pytest

from customers import blind_indexes as b
from customers.enums import IdType


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13900001234", "13900001234"),
        (" 139 0000 1234", "13900001234"),
        ("+8613900001234", "13900001234"),
        ("008613900001234", "13900001234"),
        ("8613900001234", "13900001234"),
        ("１３９-０００0-1234", "13900001234"),
        ("0571-88881234", "057188881234"),
        ("(010) 88881234", "01088881234"),
        ("+852 5123 4567", "+85251234567"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_phone_numbers_in_one_form(typed, stored):
    assert b.normalise_mobile(typed) == stored
    assert b.normalise_mobile(stored) == stored


@pytest.mark.parametrize("typed", ["139000012345", "1390000123", "12900001234", "abc", "1", "+", "张三", "1390000123४"])
def test_what_is_no_phone_number(typed):
    with pytest.raises(b.InvalidIdentifier, match="11位"):
        b.normalise_mobile(typed)


def test_demo_identities_end_with_production(settings):
    number = "99010119800615001"
    from stdnum.cn.ric import calc_check_digit

    number += calc_check_digit(number + "0")
    assert b.normalise_document(IdType.IDENTITY_CARD, number) == number
    settings.PRODUCTION = True
    with pytest.raises(b.InvalidIdentifier, match="演示"):
        b.normalise_document(IdType.IDENTITY_CARD, number)


def test_digests_keep_purposes_apart_and_tell_nothing():
    number = "13900001234"
    keys = b.phone_keys(number) + b.document_keys(number) + [b.mobile_index(number), b.document_index("other", number)]
    assert len(set(keys)) == len(keys)
    assert all("1234" not in key.replace(key[-32:], "") and number not in key for key in keys)


@pytest.mark.parametrize("typed", ["1234", " 12 34", "１２３４"])
def test_a_tail_is_looked_for_among_phones_and_documents(typed):
    keys = b.digest_keys_for(typed)
    assert b.phone_keys("13900001234")[1] in keys
    assert b.document_keys("99010119800615123x".upper())[1] not in keys
    assert b.document_keys("990101198006151234")[1] in keys


def test_a_tail_may_end_in_x_and_whole_numbers_are_recognised():
    assert b.document_keys("11010519491231002X")[1] in b.digest_keys_for("002x")
    assert b.document_keys("11010519491231002X")[0] in b.digest_keys_for("11010519491231002x")
    assert b.document_keys("11010519491231002X")[0] in b.digest_keys_for("110105491231002")
    assert b.document_keys("G12345678")[0] in b.digest_keys_for("g1234 5678")
    assert b.phone_keys("13900001234")[0] in b.digest_keys_for("+86 139 0000 1234")


@pytest.mark.parametrize("typed", ["", "123", "12345", "张伟", "zhang"])
def test_nothing_else_is_taken_for_a_number(typed):
    assert b.digest_keys_for(typed) == []
