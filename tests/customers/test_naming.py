import re
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin.constants import PINYIN_DICT

from customers.naming import KEY_LENGTH, MAX_KEYS, normalise_query, search_keys, search_readings, sort_pinyin
from customers.surnames import COMPOUND_SURNAMES, RARE_READINGS, SURNAMES

COMMON_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史龙陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
COMMON_GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英文华金玉红建国志海云飞鹏宇浩然轩子涵梓欣怡雨佳琪思晨雪梅乐天宝成龙凤春秋冬德福贵祥瑞和仁义礼智信"
NAMES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=COMMON_SURNAMES + COMMON_GIVEN + "单仇解尉迟长孙·. 　𠮷䶮😀aB1ü", max_size=12),
    st.text(alphabet=st.characters(categories=["Cs", "Co", "Cf", "Mn", "So", "Lo", "Po", "No", "Lt"]), max_size=12),
)


def is_found(query: str, name: str) -> bool:
    return any(key.startswith(normalise_query(query)) for key in search_keys(name))


# Surnames


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单田芳", "shan tian fang"),
        ("仇英", "qiu ying"),
        ("解晓东", "xie xiao dong"),
        ("曾国藩", "zeng guo fan"),
        ("区志航", "ou zhi hang"),
        ("查良镛", "zha liang yong"),
        ("翟天临", "zhai tian lin"),
        ("朴树", "piao shu"),
        ("任贤齐", "ren xian qi"),
        ("盖叫天", "ge jiao tian"),
        ("员小龙", "yun xiao long"),
        ("乐嘉", "yue jia"),
        ("缪荣", "miao rong"),
        ("种师道", "chong shi dao"),
        ("繁花", "po hua"),
        ("黑明", "he ming"),
        ("尉迟恭", "yu chi gong"),
        ("长孙无忌", "zhang sun wu ji"),
        ("万俟雪", "mo qi xue"),
        ("澹台明", "tan tai ming"),
        ("单于明", "chan yu ming"),
        ("欧阳修", "ou yang xiu"),
        ("單田芳", "shan tian fang"),
        ("張偉明", "zhang wei ming"),
        ("张伟明", "zhang wei ming"),
        ("张　伟", "zhang wei"),
        ("单　芳", "shan fang"),
        ("吕布", "lv bu"),
        ("张重阳", "zhang chong yang"),
        ("长单", "zhang dan"),  # only the first character is a surname
    ],
)
def test_the_likeliest_reading(name, reading):
    assert sort_pinyin(name) == reading


@pytest.mark.parametrize("surname", SURNAMES)
def test_every_surname_is_found_by_every_reading_its_bearers_use(surname):
    for reading in SURNAMES[surname]:
        assert is_found(reading + "ming", surname + "明")
        assert f"{reading}ming" in search_readings(surname + "明")
    assert sort_pinyin(surname + "明") == f"{SURNAMES[surname][0]} ming"


@pytest.mark.parametrize("surname", COMPOUND_SURNAMES)
def test_every_compound_surname(surname):
    first, second = COMPOUND_SURNAMES[surname]
    assert len(surname) == 2
    assert sort_pinyin(surname + "明") == f"{first} {second} ming"
    assert f"{first}{second}ming" in search_keys(surname + "明")
    assert f"{first}{second}yh" in search_keys(surname + "雨荷")


def test_who_knows_only_the_usual_reading_finds_the_surname_too():
    assert all(is_found(query, "单田芳") for query in ("shant", "dantian", "stf", "dtf", "shantf"))
    assert all(is_found(query, "单于") for query in ("chanyu", "shanyu", "danyu", "yu"))


def test_a_name_with_a_dot_has_no_chinese_surname():
    assert sort_pinyin("解放·艾力") == "jie fang ai li"


def test_the_tables_hold_plain_syllables():
    readings = [*SURNAMES.values(), *COMPOUND_SURNAMES.values(), *((r,) for r in RARE_READINGS.values())]
    assert all(re.fullmatch("[a-z]+", reading) for of_one in readings for reading in of_one)
    assert all(len(character) == 1 for character in [*SURNAMES, *RARE_READINGS])
    assert len(SURNAMES) >= 90


# Keys


def test_keys_of_an_ordinary_name():
    assert search_keys("张伟明") == {
        "张伟明",
        "伟明",
        "明",
        "zhangweiming",
        "weiming",
        "ming",
        "zwm",
        "wm",
        "zhangwm",
    }


@pytest.mark.parametrize(
    "query",
    ["张", "张伟", "张伟明", "伟明", "明", "z", "zhang", "zhangw", "zhangwei", "zw", "zwm", "zhangwm", "wei", "weim",
     "wm", "m", "ming", "ZWM", "Zhang Wei", "zhang'wei", "ｚｗｍ", "张 伟明", "zhāng"],
)  # fmt: skip
def test_what_people_type_finds_the_name(query):
    assert is_found(query, "张伟明")


@pytest.mark.parametrize("query", ["伟张", "zm", "zwmm", "li", "angwei"])
def test_what_is_no_beginning_does_not(query):
    assert not is_found(query, "张伟明")


def test_other_names():
    assert search_keys("client 1") == {"client1", "1", "c1"}
    assert search_keys("John SMITH") == {"johnsmith", "smith", "js"}
    assert search_keys("Jiří Dvořák") == {"jiridvorak", "dvorak", "jd"}
    assert is_found("艾力", "买买提·艾力") and is_found("mmtal", "买买提·艾力") and is_found("aili", "买买提・艾力")
    assert is_found("阳修", "欧阳修") and is_found("oyx", "欧阳修") and is_found("ouyangx", "欧阳修")
    assert is_found("lv", "吕布") and is_found("lü bu", "吕布") and is_found("lyubu", "吕布")
    assert is_found("철수", "김철수")


@pytest.mark.parametrize("nothing", ["", " ", "·", "\x00", "\u200b", None])
def test_nothing_gives_nothing(nothing):
    assert search_keys(nothing) == search_readings(nothing) == set()
    assert sort_pinyin(nothing) == normalise_query(nothing) == ""


def test_rare_characters_and_emoji():
    assert is_found("𠮷野", "𠮷野") and is_found("jiye", "𠮷野")
    assert is_found("liyan", "李䶮") and is_found("䶮", "李䶮")
    assert search_keys("😀") == {"😀"}
    assert search_readings("😀") == set()
    assert is_found("wang", "王👍") and is_found("王👍", "王👍")
    assert search_keys("葛\U000e0100明") == search_keys("葛明")  # a variation selector changes only the drawing
    assert search_keys("张\ud842伟") == search_keys("张伟")


def test_ordinary_names_have_few_keys():
    names = [
        surname + first + second
        for number, (surname, first, second) in enumerate(product(COMMON_SURNAMES, COMMON_GIVEN, COMMON_GIVEN))
        if number % 401 == 0
    ]
    counts = [len(search_keys(name)) for name in names]
    assert len(names) > 1000
    assert sum(counts) / len(counts) <= 12
    assert max(counts) <= MAX_KEYS


# Readings


def test_all_readings_of_all_characters():
    assert search_readings("单田") == {"shantian", "dantian", "chantian", "st", "dt", "ct"}
    assert {"zhangweiming", "zwm"} <= search_readings("张伟明")
    assert search_readings("乐重") >= {"yuezhong", "lezhong", "yuechong", "lechong", "yz", "lz", "yc", "lc"}


def test_combinations_are_capped_with_the_likeliest_kept():
    readings = search_readings("和和和和和和和和")
    assert len(readings) <= 64
    assert "hehehehehehehehe" in readings


def test_every_reading_of_the_dictionary_can_be_typed():
    characters = [chr(code) for code in sorted(PINYIN_DICT)][::97] + list("吕绿女略虐嗯呣欸哼〇")
    for character in characters:
        assert all(re.fullmatch("[a-z]+", reading) for reading in search_readings(character)), character
        assert re.fullmatch("[a-z]+", sort_pinyin(character)), character


# Order


def test_order_goes_by_syllables():
    names = ["章", "张伟", "张安", "赵一", "单田芳", "曾国藩", "欧阳修", "吕布", "安", "王👍", "王"]
    assert sorted(names, key=sort_pinyin) == [
        "安", "吕布", "欧阳修", "单田芳", "王", "王👍", "曾国藩", "章", "张安", "张伟", "赵一",
    ]  # fmt: skip


# What a user types


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("Zhang Wei", "zhangwei"),
        ("ＺＷＭ　１２", "zwm12"),
        ("买买提·艾力", "买买提艾力"),
        ("买买提．艾力", "买买提艾力"),
        ("买买提•艾力", "买买提艾力"),
        ("lü", "lv"),
        ("nǚ", "nv"),
        ("xi'an", "xian"),
        ("zhāng", "zhang"),
        ("Dvořák", "dvorak"),
        ("%_", ""),
        ("\t002x\n", "002x"),
        ("张\u200b三", "张三"),
    ],
)
def test_normalise_query(typed, query):
    assert normalise_query(typed) == query


# Any text


@settings(max_examples=500)
@given(NAMES)
@example("ẞİŉǰΐ")
@example("ﷺ" * 30)
@example("和" * 300)
@example("a" * 300)
def test_any_text_can_be_a_name(name):
    keys, readings, order, query = search_keys(name), search_readings(name), sort_pinyin(name), normalise_query(name)
    for text in (*keys, *readings, order, query):
        assert text.encode().decode() == text
        assert "\x00" not in text
        assert len(text) <= KEY_LENGTH
    assert len(keys) <= MAX_KEYS
    assert len(readings) <= 64
    assert "" not in keys | readings
    assert all(" " not in key for key in keys)
    assert bool(keys) == bool(query) == bool(order)


@settings(max_examples=500)
@given(NAMES)
def test_a_name_is_found_by_itself(name):
    assert not normalise_query(name) or is_found(name, name)


@settings(max_examples=500)
@given(NAMES)
def test_normalising_twice_changes_nothing(text):
    assert normalise_query(normalise_query(text)) == normalise_query(text)


@settings(max_examples=500)
@given(NAMES)
def test_no_key_begins_another_one(name):
    keys = search_keys(name)
    assert not any(a != b and b.startswith(a) for a in keys for b in keys)


@settings(max_examples=500)
@given(st.sampled_from(COMMON_SURNAMES), st.text(alphabet=COMMON_GIVEN, min_size=1, max_size=2), st.integers(1, 20))
def test_a_person_is_found_by_any_beginning_of_the_likeliest_pinyin_and_initials(surname, given_name, length):
    syllables = sort_pinyin(surname + given_name).split()
    assert is_found("".join(syllables)[:length], surname + given_name)
    assert is_found("".join(syllable[0] for syllable in syllables)[:length], surname + given_name)
    assert is_found("".join(syllables[1:])[:length], surname + given_name)
