"""What is no rule is refused with a sentence, whatever somebody wrote into the file."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models.profile import PROFILE_FIELDS, column_of
from customers.segments.fields import FIELDS
from customers.segments.rules import DEEPEST, MOST_CONDITIONS, Condition, Group, Negation, RuleRefused, parse_rule
from organization.fields import EncryptedTextField

GOLD = {"field": "tier", "op": "in", "value": ["GOLD"]}


def one(field: str, op: str, value) -> dict:
    return {"field": field, "op": op, "value": value}


def nested(times: int) -> dict:
    rule: dict = GOLD
    for _ in range(times):
        rule = {"not": rule}
    return rule


def test_a_rule_is_read_with_values_of_its_fields_kind():
    rule = parse_rule(
        {
            "all": [
                GOLD,
                {"not": one("average", "between", ["50000", 100000])},
                one("last_contact", "since", "2026-11-23"),
            ]
        }
    )
    assert rule == Group(
        True,
        (
            Condition(FIELDS["tier"], "in", ("GOLD",)),
            Negation(Condition(FIELDS["average"], "between", (Decimal(50000), Decimal(100000)))),
            Condition(FIELDS["last_contact"], "since", date(2026, 11, 23)),
        ),
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "规则格式不对"),
        ([GOLD], "规则格式不对"),
        ({}, "规则格式不对"),
        ({"all": [GOLD], "any": [GOLD]}, "规则格式不对"),
        (GOLD | {"sql": "1=1"}, "规则格式不对"),
        ({"all": []}, "至少要有一个条件"),
        ({"any": GOLD}, "至少要有一个条件"),
        (one("salary", "at_least", 1), "没有“salary”这个字段"),
        (one("manager__password", "contains", "a"), "没有“manager__password”这个字段"),
        (one(["tier"], "in", ["GOLD"]), "这个字段"),
        (one("tier", "contains", "GOLD"), "“客户层级”不能用“contains”来比较"),
        (one("tier", ["in"], "GOLD"), "不能用"),
        (one("tier", "in", []), "至少选一项"),
        (one("tier", "in", ["SILVER"]), "“客户层级”没有“SILVER”这个选项"),
        (one("tier", "in", [["GOLD"]]), "这个选项"),
        (one("average", "at_least", "一万"), "应填金额"),
        (one("average", "at_least", "NaN"), "应填金额"),
        (one("average", "at_least", "1e400"), "应填金额"),
        (one("average", "at_least", 0.1), "应填金额"),
        (one("average", "at_least", True), "应填金额"),
        (one("average", "between", ["2", "1"]), "起始值不能大于截止值"),
        (one("average", "between", "1"), "请填起止两个数"),
        (one("age", "at_least", -1), "应是0到150的整数"),
        (one("age", "at_least", "30"), "应是0到150的整数"),
        (one("birth_date", "since", "23.11.2026"), "应填日期"),
        (one("birthday", "within_next", 5000), "天数应是0到3660的整数"),
        (one("is_veteran", "is", "yes"), "只能选是或否"),
        (one("employer", "contains", "  "), "最多50个字"),
        (one("employer", "contains", "长" * 51), "最多50个字"),
        (one("employer", "contains", "a\0"), "最多50个字"),
        ({"all": [GOLD] * (MOST_CONDITIONS + 1)}, "条件太多"),
        (nested(DEEPEST + 1), "嵌套太深"),
        (nested(400), "嵌套太深"),
    ],
)
def test_what_is_no_rule_is_refused_in_words(data, sentence):
    with pytest.raises(RuleRefused, match=sentence):
        parse_rule(data)


def test_as_much_as_is_allowed_is_read():
    parse_rule({"all": [GOLD] * MOST_CONDITIONS})
    parse_rule(nested(DEEPEST - 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "op", "value"]), inner)
    ),
)


@given(data=JSON)
def test_no_file_from_elsewhere_does_more_than_be_refused(data):
    try:
        parse_rule(data)
    except RuleRefused as refusal:
        assert str(refusal).endswith("。")


def test_every_field_of_the_archive_can_be_asked_for_except_what_is_encrypted_or_says_nothing_alone():
    encrypted = {name for name in PROFILE_FIELDS if isinstance(column_of(name), EncryptedTextField)}
    under_another_name = {"social_insurance_months"}
    assert set(PROFILE_FIELDS) - set(FIELDS) == encrypted | under_another_name | {"is_id_permanent"}
    for name in set(PROFILE_FIELDS) & set(FIELDS):
        assert FIELDS[name].label == str(column_of(name).verbose_name)
