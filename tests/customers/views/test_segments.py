"""Pages of 客户分群: the builder's parts, what is refused and kept, queries that do not grow, names that stay masked."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.enums import Tier
from customers.forms.segment_rule import acted, empty_rule, part_of, read_part, rule_of
from customers.models import Customer, Segment
from customers.segments.compiling import condition_of
from customers.segments.rules import parse_rule
from customers.services.segments import create_segment
from tests.world import TODAY

GOLD = {"field": "tier", "op": "in", "value": ["GOLD"]}
NESTED = {
    "all": [
        GOLD,
        {"not": {"any": [{"field": "age", "op": "between", "value": [20, 30]}, {"field": "is_veteran", "op": "is", "value": True}]}},
        {"not": {"all": [{"field": "birthday", "op": "within_next", "value": 7}]}},
        {"any": [{"field": "last_contact", "op": "empty", "value": None}, {"field": "aum", "op": "at_least", "value": "500000"}]},
        {"field": "employer", "op": "contains", "value": "学校"},
        {"field": "managed_since", "op": "since", "value": "2026-01-02"},
    ]
}  # fmt: skip


def typed(**fields) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.setlist(name.replace("_", "-"), value if isinstance(value, list) else [value])
    return query


def posted(part) -> QueryDict:
    """What a browser would send of the form that shows `part`."""
    query = QueryDict(mutable=True)
    for one in part.all():
        query.appendlist("part", one.place)
        if one.is_group:
            query[f"join-{one.place}"] = one.join
            continue
        query[f"field-{one.place}"], query[f"op-{one.place}"] = one.field, one.op
        query.setlist(f"value-{one.place}", one.values)
        query[f"until-{one.place}"] = one.until
    return query


def test_a_stored_rule_comes_back_from_its_form_as_it_was():
    part = read_part(posted(part_of(NESTED)))
    assert rule_of(part) == NESTED
    assert parse_rule(rule_of(part)) == parse_rule(NESTED)


@pytest.mark.parametrize("rule", [GOLD, {"not": GOLD}, {"not": {"not": GOLD}}])
def test_a_rule_without_a_group_gets_one_and_means_the_same(rule, world):
    world.customer("金", tier=Tier.GOLD), world.customer("白", tier=Tier.PLATINUM)

    def found(data):
        return set(Customer.objects.unscoped("test").filter(condition_of(parse_rule(data), TODAY)))

    again = rule_of(read_part(posted(part_of(rule))))
    assert found(again) == found(rule)


def test_buttons_add_and_remove_parts():
    root = acted(acted(empty_rule(), "add:r"), "group:r")
    assert [part.place for part in root.all()] == ["r", "r-0", "r-1", "r-2", "r-2-0"]
    assert acted(root, "remove:r-1").parts[1].place == "r-1"
    before = [part.place for part in root.all()]
    for action in ("", "add", "add:r-0", "remove:r", "remove:nowhere", "group:r-0", "delete:r"):
        assert [part.place for part in acted(root, action).all()] == before


def test_a_form_from_elsewhere_is_read_as_far_as_it_makes_sense():
    query = typed(part=["r-0", "r", "r", "r-1-0", "r-x", "r-1"])
    query["join-r"] = "perhaps"
    assert rule_of(read_part(query)) is None  # no rule in it: the empty form asks for a value
    query["join-r"] = "any"
    root = read_part(query)
    assert [part.place for part in root.all()] == ["r", "r-0", "r-1"]
    assert rule_of(root) is None and "字段" in root.parts[0].error
    query.setlist("part", ["r", *(f"r-{n}" for n in range(500))])
    assert len(list(read_part(query).all())) == 101  # twice what a rule may hold, to say so


@pytest.mark.parametrize(
    ("field", "op", "value", "stored"),
    [
        ("average", "at_least", "50万", "500000"), ("average", "at_least", "１００，０００", "100000"), ("age", "below", "30", 30),
        ("birthday", "within_next", "7", 7), ("is_veteran", "is", "no", False), ("employer", "contains", " 学校 ", " 学校 "),
    ],
)  # fmt: skip
def test_values_are_read_as_people_write_them(field, op, value, stored):
    query = typed(part=["r", "r-0"])
    query["join-r"] = "all"
    query["field-r-0"], query["op-r-0"], query["value-r-0"] = field, op, value
    assert rule_of(read_part(query))["all"][0]["value"] == stored


@pytest.mark.parametrize(
    ("field", "op", "value", "sentence"),
    [
        ("average", "at_least", "很多", "应填金额"), ("age", "below", "-1", "整数"), ("age", "below", "9" * 30, "整数"),
        ("tier", "in", "EMPEROR", "没有“EMPEROR”这个选项"), ("managed_since", "since", "昨天", "应填日期"),
        ("employer", "contains", "长" * 51, "最多50个字"), ("is_veteran", "is", "maybe", "只能选是或否"),
        ("nothing", "in", "x", "没有“nothing”这个字段"), ("average", "at_least", "", "应填金额"), ("employer", "contains", "😀" * 60, "最多50个字"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(world, sign_in, field, op, value, sentence):
    client = sign_in(world.rm)
    data = {"name": "试", "kind": "dynamic", "part": ["r", "r-0"], "join-r": "all"}
    data |= {"field-r-0": field, "op-r-0": op, "value-r-0": value}
    answer = client.post(reverse("customers:segment_create"), data)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    if field in ("average", "age", "employer"):
        assert value[:50] in answer.content.decode()
    assert not Segment.objects.unscoped("test").exists()
    preview = client.post(reverse("customers:segment_preview"), data)
    assert preview.status_code == 200 and sentence in preview.content.decode()


def test_saved_by_the_form_then_changed_then_a_second_tab_is_told(world, sign_in):
    client, page = sign_in(world.rm), reverse("customers:segment_create")
    world.customer("张伟")
    data = {"name": "金卡𠮷", "purpose": "回访", "kind": "dynamic"} | dict(posted(part_of(GOLD)).lists())
    answer = client.post(page, data)
    segment = Segment.objects.unscoped("test").get()
    assert answer.status_code == 302 and segment.rule == {"all": [GOLD]} and segment.name == "金卡𠮷"
    edit = reverse("customers:segment_edit", args=[segment.public_id])
    shown = client.get(edit).content.decode()
    assert 'value="GOLD" checked' in shown and 'value="1"' in shown
    changed = {"name": "金卡", "version": "1"} | dict(posted(part_of(NESTED)).lists())
    assert client.post(edit, changed).status_code == 302
    late = client.post(edit, {"name": "晚了", "version": "1"} | dict(posted(part_of(GOLD)).lists()))
    assert late.status_code == 422 and "刚刚被别人改过" in late.content.decode() and "晚了" in late.content.decode()
    again = client.post(edit, {"name": "晚了", "version": "2"} | dict(posted(part_of(GOLD)).lists()))
    assert again.status_code == 302
    segment.refresh_from_db()
    assert (segment.version, segment.name) == (3, "晚了")


def test_a_double_press_makes_one_segment(world, sign_in):
    client = sign_in(world.rm)
    data = {"name": "一次", "kind": "dynamic", "form_key": "9f315fe7-0876-465d-9478-87563054c5b9"}
    data |= dict(posted(part_of(GOLD)).lists())
    first, second = (client.post(reverse("customers:segment_create"), data) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert Segment.objects.unscoped("test").count() == 1


def test_pages_ask_the_same_number_of_questions_for_any_number_of_rows(world, sign_in):
    client = sign_in(world.outlet_head)
    counts = []
    for many in (1, 3):
        for number in range(many):
            world.customer(f"客户{many}{number}", manager=world.rm if number % 2 else world.colleague)
        segment = create_segment(by=world.outlet_head, name=f"分群{many}", rule=GOLD)
        if many == 3:
            create_segment(by=world.outlet_head, name="又一个", rule=GOLD)
        taken = []
        for address in (
            reverse("customers:segment_list"),
            reverse("customers:segment_page", args=[segment.public_id]),
            f"{reverse('customers:customer_list')}?segment={segment.public_id}",
        ):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            taken.append(len(queries))
        counts.append(taken)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 13


def test_the_swap_equals_the_reload(world, sign_in):
    world.customer("张伟")
    client = sign_in(world.rm)
    segment = create_segment(by=world.rm, name="金卡", rule=GOLD)
    for address in (
        reverse("customers:segment_list"),
        reverse("customers:segment_page", args=[segment.public_id]),
        reverse("customers:segment_why", args=[segment.public_id])
        + "?customer="
        + Customer.objects.unscoped("test").get().public_id,
    ):
        whole, part = (
            client.get(address).content.decode(),
            client.get(address, headers={"HX-Request": "true"}).content.decode(),
        )
        assert part.strip() and part.strip() in whole


def test_the_managing_department_reads_masked_names_and_figures(world, sign_in):
    world.customer("欧阳震华")
    create_segment(by=world.branch_head, name="分行金卡", rule=GOLD, is_shared=True)
    client = sign_in(world.head_office_staff)
    segment = Segment.objects.unscoped("test").get()
    for address in (
        reverse("customers:segment_page", args=[segment.public_id]),
        reverse("customers:segment_why", args=[segment.public_id])
        + "?customer="
        + Customer.objects.unscoped("test").get().public_id,
    ):
        answer = client.get(address).content.decode()
        assert "欧阳震华" not in answer and "欧" in answer
    data = dict(posted(part_of(GOLD)).lists())
    preview = client.post(reverse("customers:segment_preview"), data).content.decode()
    assert "欧阳震华" not in preview and "1</strong> 位客户" in preview


def test_why_says_when_a_customer_is_not_chosen_from_at_all(world, sign_in):
    customer = world.customer("张伟", manager=world.colleague)
    segment = create_segment(by=world.rm, name="我的金卡", rule=GOLD)
    address = reverse("customers:segment_why", args=[segment.public_id]) + f"?customer={customer.public_id}"
    answer = sign_in(world.outlet_head).get(address).content.decode()
    assert "不在名单内" in answer and "这位客户不在其中" in answer


def test_retake_and_stop_by_button(world, sign_in):
    client = sign_in(world.rm)
    segment = create_segment(by=world.rm, name="金卡", rule=GOLD)
    world.customer("张伟")
    assert client.post(reverse("customers:segment_retake", args=[segment.public_id])).status_code == 302
    assert "进入1人" in client.get(reverse("customers:segment_page", args=[segment.public_id])).content.decode()
    assert client.post(reverse("customers:segment_stop", args=[segment.public_id])).status_code == 302
    page = client.get(reverse("customers:segment_page", args=[segment.public_id])).content.decode()
    assert "分群已停用" in page and "立即更新" not in page
    again = client.post(reverse("customers:segment_retake", args=[segment.public_id]))
    assert again.status_code == 403


def test_the_archive_tells_the_segments_of_a_customer(world, sign_in):
    customer = world.customer("张伟")
    create_segment(by=world.rm, name="金卡", rule=GOLD)
    create_segment(by=world.colleague, name="别人的", rule={"not": GOLD})
    answer = sign_in(world.rm).get(reverse("customers:customer_segments", args=[customer.public_id])).content.decode()
    assert "金卡" in answer and "11月23日" in answer and "别人的" not in answer


def rule_file(content: bytes | dict, name: str = "规则.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else json.dumps(content).encode())


def test_a_rule_goes_out_as_a_file_and_comes_in_again(world, sign_in):
    client = sign_in(world.rm)
    segment = create_segment(by=world.rm, name="回访𠮷", purpose="四季度", rule=NESTED)
    answer = client.get(reverse("customers:segment_rule_file", args=[segment.public_id]))
    assert answer["Content-Disposition"].startswith("attachment;") and json.loads(answer.content)["rule"] == NESTED
    page = client.post(reverse("customers:segment_read_file"), {"file": rule_file(answer.content)}).content.decode()
    assert "回访𠮷" in page and 'value="GOLD" checked' in page and reverse("customers:segment_create") in page
    assert Segment.objects.unscoped("test").count() == 1  # nothing is saved before it was looked at


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件"), (b"\xff\xfe\x00rubbish", "无法读入"), (b"[1, 2]", "无法读入"), (b"null", "无法读入"), ({"name": "x"}, "无法读入"),
        (b"[" * 5000, "无法读入"), (b" " * 70_000, "太大"),
        ({"rule": {"field": "salary", "op": "in", "value": [1]}}, "没有“salary”这个字段"),
        ({"rule": {"all": []}}, "至少要有一个条件"), ({"rule": {"sql": "1=1"}}, "规则格式不对"),
        ({"rule": {"field": "age", "op": "below", "value": "30"}}, "整数"),
        ({"rule": {"any": [GOLD] * 51}}, "条件太多"),
    ],
)  # fmt: skip
def test_a_rule_file_from_elsewhere_is_refused_in_words(world, sign_in, content, sentence):
    answer = sign_in(world.rm).post(reverse("customers:segment_read_file"), {"file": rule_file(content)})
    assert answer.status_code == 422 and sentence in answer.content.decode()
