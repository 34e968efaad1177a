"""Mappings: what they read, and the sentences with which they refuse what they do not know."""

from datetime import date
from decimal import Decimal

import pytest

from customers.enums import ImportKind
from customers.importing.berka import FILES
from customers.importing.forms import _pairs
from customers.importing.mapping import _folded, bind, check_rules, companions_of, guess_rules, load_mapping
from customers.importing.reading import open_table
from customers.importing.transforms import InvalidMapping

BALANCES = {"account": {"use": "text", "column": "a"}, "day": {"use": "text", "column": "d"},
            "balance": {"use": "text", "column": "b"}}  # fmt: skip


def table(tmp_path, *rows: str, name: str = "source"):
    path = tmp_path / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return open_table(path)


def read(tmp_path, rules: dict, *rows: str, **companions):
    return list(bind(rules, table(tmp_path, *rows), companions).lines())


def holdings(**specs) -> dict:
    fields = {
        name: {"use": "text", "column": name} for name in ("reference", "customer", "product", "amount", "bought_on")
    }
    return {"kind": "holdings", "fields": fields | specs}


def test_plain_columns_are_cleaned_by_their_field(tmp_path):
    lines = read(tmp_path, {"kind": "balances", "fields": BALANCES}, "a,d,b", 'A1,2026/1/31,"1,000.5"', "A2,,x")
    assert lines[0].values == {"account": "A1", "day": date(2026, 1, 31), "balance": Decimal("1000.50")}
    assert lines[1].errors == ["日期不能为空", "余额“x”不是金额（最多两位小数）"]


@pytest.mark.parametrize(
    ("spec", "cells", "expected"),
    [
        ({"use": "date", "column": "x", "formats": ["YYMMDD"], "century": 1900}, "930705", date(1993, 7, 5)),
        ({"use": "date", "column": "x", "formats": ["YYMMDD 00:00:00"], "century": 1900}, "981229 00:00:00", date(1998, 12, 29)),
        ({"use": "date", "column": "x", "formats": ["DD.MM.YYYY", "YYYYMMDD"]}, "5.7.1993", date(1993, 7, 5)),
        ({"use": "date", "column": "x", "formats": ["MM/DD/YYYY"]}, "07/05/1993", date(1993, 7, 5)),
        ({"use": "months_after", "date": {"use": "date", "column": "x", "formats": []}, "months": "m"}, "2024-01-31,1",
         date(2024, 2, 29)),
        ({"use": "when", "column": "m", "is": ["A"], "then": {"use": "text", "column": "x"}}, "2024-01-31,A", date(2024, 1, 31)),
        ({"use": "when", "column": "m", "is": ["A"], "then": {"use": "text", "column": "x"}}, "2024-01-31,B", None),
    ],
)  # fmt: skip
def test_transforms_of_dates(tmp_path, spec, cells, expected):
    rules = holdings(matures_on=spec)
    head = "reference,customer,product,amount,bought_on,x,m"
    (line,) = read(tmp_path, rules, head, f"H1,C1,P,1,1990-01-01,{cells}{',' if ',' not in cells else ''}")
    assert line.errors == []
    assert line.values.get("matures_on") == expected


def test_birth_numbers_of_men_and_women(tmp_path):
    part = {"use": "birth_number", "column": "b", "century": 1900}
    rules = {"kind": "customers", "fields": {
        "number": {"use": "template", "template": "C{n:04}"}, "name": {"use": "constant", "value": "客户"},
        "birth_date": part | {"part": "birth_date"}, "sex": part | {"part": "sex"},
    }}  # fmt: skip
    man, woman, nobody, wrong = read(tmp_path, rules, "n;b", "7;450204", "8;706213", "9;", "10;701399")
    assert man.values == {"number": "C0007", "name": "客户", "birth_date": date(1945, 2, 4), "sex": "male"}
    assert (woman.values["birth_date"], woman.values["sex"]) == (date(1970, 12, 13), "female")
    assert "birth_date" not in nobody.values
    assert wrong.errors == ["出生日期“701399”是不存在的日期", "性别“701399”是不存在的日期"]


def test_choices_constants_and_conditions(tmp_path):
    rules = {"kind": "parties", "where": [{"column": "t", "is_not": ["X"]}], "fields": {
        "account": {"use": "template", "template": "A{a}"}, "customer": {"use": "template", "template": "C{c}"},
        "role": {"use": "choice", "column": "t", "choices": {"O": "owner", "D": "authorised"}},
    }}  # fmt: skip
    lines = read(tmp_path, rules, "a,c,t", "1,2,O", "1,3,X", "1,4,D", "1,5,?")
    assert [line.number for line in lines] == [2, 4, 5]
    assert [line.values.get("role") for line in lines] == ["owner", "authorised", None]
    assert lines[2].errors == ["身份“?”不在对照表内（O、D）"]


def test_a_joined_file_adds_columns_and_missing_partners_are_told(tmp_path):
    other = table(tmp_path, "acct,client,t", "1,70,D", "1,71,O", name="disp")
    rules = {"kind": "parties", "join": [
        {"file": "disp.asc", "column": "a", "equals": "acct", "as": "o", "where": [{"column": "t", "is": ["O"]}]},
    ], "fields": {
        "account": {"use": "template", "template": "A{a}"}, "customer": {"use": "template", "template": "C{o.client}"},
        "role": {"use": "constant", "value": "owner"},
    }}  # fmt: skip
    assert companions_of(rules) == ["disp.asc"]
    lines = list(bind(rules, table(tmp_path, "a", "1", "2"), {"disp.asc": other}).lines())
    assert lines[0].values["customer"] == "C71"
    assert lines[1].errors == ["客户号不能为空"]
    with pytest.raises(InvalidMapping, match=r"还需要附表disp\.asc"):
        bind(rules, table(tmp_path, "a", "1"))


def test_keep_takes_the_first_row_of_each_value(tmp_path):
    rules = {"kind": "units", "keep": {"first_of": ["r"]}, "fields": {
        "code": {"use": "text", "column": "r"}, "name": {"use": "text", "column": "n"},
    }}  # fmt: skip
    lines = read(tmp_path, rules, "r,n", "B1,甲", "B1,乙", "B2,丙")
    assert [(line.values["code"], line.values["name"]) for line in lines] == [("B1", "甲"), ("B2", "丙")]


def test_rows_of_another_width_are_faults_not_shifted_columns(tmp_path):
    lines = read(
        tmp_path,
        {"kind": "balances", "fields": BALANCES},
        "a,d,b",
        "A1,2026-01-31",
        "A1,2026-01-31,1,9",
        "A1,2026-01-31,1,",
    )
    assert lines[0].errors == ["本行有2列，表头有3列，请检查分隔符和引号"]
    assert lines[1].errors == ["本行有4列，表头有3列，请检查分隔符和引号"]
    assert lines[2].errors == []


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([], "对应关系应为一个JSON对象。"),
        ({"kind": "balances", "fields": BALANCES, "run": "x"}, "对应关系里有不认识的项“run”。"),
        ({"kind": "customers", "fields": {}}, "这份对应关系是导入客户用的，不能用于日终余额。"),
        ({"kind": "balances", "fields": {}}, "对应关系里没有写明任何字段（fields）。"),
        ({"kind": "balances", "fields": BALANCES | {"is_superuser": {"use": "constant", "value": "1"}}},
         "日终余额没有“is_superuser”这个字段。"),
        ({"kind": "balances", "fields": {"account": BALANCES["account"]}}, "还没有指定必填字段：日期、余额。"),
        ({"kind": "balances", "fields": BALANCES | {"day": {"use": "eval", "column": "d"}}},
         "“日期”的取值方式“eval”不存在，可用的有：text、date、decimal、choice、constant、template、birth_number、months_after、when。"),
        ({"kind": "balances", "fields": BALANCES | {"day": {"use": "date"}}}, "“日期”的取值方式“date”缺少column。"),
        ({"kind": "balances", "fields": BALANCES | {"day": {"use": "text", "column": "d", "sql": ""}}},
         "“日期”的取值方式“text”不认识sql。"),
        ({"kind": "balances", "fields": BALANCES | {"day": {"use": "text", "column": "日"}}},
         "“日期”取自列“日”，文件中没有这一列。"),
        ({"kind": "balances", "fields": BALANCES | {"day": {"use": "date", "column": "d", "formats": ["YYMMDD"]}}},
         "“日期”的年份只有两位，请用century写明世纪（如1900）。"),
        ({"kind": "balances", "fields": BALANCES | {"day": {"use": "date", "column": "d", "formats": ["%Y"]}}},
         "“日期”的日期格式只能是：YYYY-MM-DD、YYYY/MM/DD、YYYYMMDD、YYMMDD、YYMMDD 00:00:00、DD.MM.YYYY、DD/MM/YYYY、MM/DD/YYYY。"),
        ({"kind": "balances", "fields": BALANCES | {"account": {"use": "template", "template": "{a.__class__}"}}},
         "“账户标识”取自列“a.__class__”，文件中没有这一列。"),
        ({"kind": "balances", "fields": BALANCES | {"account": {"use": "template", "template": "{a!r:>{b}}"}}},
         "“账户标识”的拼接应形如“C{客户编号}”。"),
        ({"kind": "balances", "fields": BALANCES, "where": [{"column": "a", "like": "x"}]}, "行筛选应写明column和is（或is_not）。"),
        ({"kind": "balances", "fields": BALANCES, "keep": "a"}, 'keep应写成{"first_of": [列名]}。'),
        ({"kind": "balances", "fields": BALANCES, "closing": {}}, "closing应写明account、amount、balance、day、direction、out。"),
    ],
)  # fmt: skip
def test_what_a_mapping_does_not_know_it_refuses(tmp_path, rules, sentence):
    with pytest.raises(InvalidMapping) as refused:
        check_rules(rules, ImportKind.BALANCES)
        bind(rules, table(tmp_path, "a,d,b", "A1,2026-01-31,1"))
    assert str(refused.value) == sentence


def test_columns_are_guessed_by_our_names_and_usual_ones():
    rules = guess_rules(ImportKind.CUSTOMERS, ["客户编号", "客户姓名", "身份证号", "联系电话", "客户经理工号", "别的"])
    assert {name: spec["column"] for name, spec in rules["fields"].items()} == {
        "number": "客户编号", "name": "客户姓名", "id_number": "身份证号", "mobile": "联系电话", "manager": "客户经理工号",
    }  # fmt: skip
    assert set(guess_rules(ImportKind.BALANCES, ["account", "DAY", "balance"])["fields"]) == {
        "account",
        "day",
        "balance",
    }


@pytest.mark.parametrize("name", [mapping for mapping, _, _ in FILES])
def test_the_mappings_of_the_repository_hold(name):
    kind = {mapping: kind for mapping, _, kind in FILES}[name]
    check_rules(load_mapping(name), kind)


@pytest.mark.parametrize("name", ["../../etc/passwd", "none", "berka_clients.json", ""])
def test_only_names_of_mappings_are_looked_up(name):
    with pytest.raises(InvalidMapping, match="没有名为"):
        load_mapping(name)


def test_the_width_of_brackets_and_marks_does_not_matter():
    """Whoever types Chinese types full-width marks too."""
    narrow, wide = "姓名（必填）", "姓名\uff08必填\uff09"
    assert _folded(narrow) == _folded(wide) == _folded("姓名 (必填)")
    assert _pairs("1=男；2=女", "性别") == _pairs("1\uff1d男\uff1b2 \uff1d 女", "性别") == {"1": "男", "2": "女"}
