"""Pages of 批量办理 and 名单导出: the list's filters travel along, what has changed meanwhile is said, files come out safe."""

import pytest
from django.urls import reverse

from customers.enums import SegmentKind, Strategy, Tier
from customers.models import BulkWork, Customer, Export, Segment
from customers.parameters import EXPORT_FREE_ROWS
from customers.services.segments import create_segment
from organization.models import Parameter
from organization.parameters import forget
from tests.world import TODAY

PAGES = ("bulk_strategy", "bulk_tag", "bulk_untag", "bulk_export")


def everybody():
    return Customer.objects.unscoped("test")


@pytest.fixture
def three(world):
    world.customer("张伟", strategy=Strategy.ACTIVE)
    world.customer("李娜", strategy=Strategy.ACTIVE, tier=Tier.PLATINUM)
    world.customer("王芳", strategy=Strategy.ACTIVE)
    return world


def at(name: str, **query) -> str:
    return reverse(f"customers:{name}") + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def test_the_filters_of_the_list_travel_along(three, sign_in):
    client = sign_in(three.rm)
    assert at("bulk_strategy") + "?tier=GOLD" in client.get(at("customer_list", tier="GOLD")).content.decode()
    page = client.get(at("bulk_strategy", tier="GOLD")).content.decode()
    assert "共2位" in page and "客户层级：金卡客户" in page and "李娜" not in page
    data = {"who": "all", "expected": 2, "strategy": "INTENSIVE", "reason": "旺季营销"}
    answer = client.post(at("bulk_strategy", tier="GOLD"), data, follow=True)
    assert "已办理2位客户" in answer.content.decode() and "撤销" in answer.content.decode()
    assert everybody().get(name="李娜").strategy == "ACTIVE"
    work = BulkWork.objects.unscoped("test").get()
    undone = client.post(reverse("customers:bulk_undo", args=[work.public_id]), follow=True).content.decode()
    assert "恢复2位" in undone and set(everybody().values_list("strategy", flat=True)) == {"ACTIVE"}
    again = client.post(reverse("customers:bulk_undo", args=[work.public_id]), follow=True).content.decode()
    assert "已经撤销过" in again


def test_only_those_that_are_ticked(three, sign_in):
    client, chosen = sign_in(three.rm), everybody().get(name="王芳")
    data = {"who": "some", "expected": 3, "strategy": "INTENSIVE", "reason": "旺季营销"}
    nobody = client.post(at("bulk_strategy"), data)
    assert nobody.status_code == 422 and "请至少勾选一位客户" in nobody.content.decode()
    client.post(at("bulk_strategy"), data | {"customers": [chosen.public_id]})
    assert set(everybody().filter(strategy="INTENSIVE").values_list("name", flat=True)) == {"王芳"}


def test_a_forged_customer_is_no_choice(three, sign_in):
    other = three.customer("外人", manager=three.stranger)
    data = {"who": "some", "expected": 3, "strategy": "INTENSIVE", "reason": "旺季营销", "customers": [other.public_id]}
    answer = sign_in(three.rm).post(at("bulk_strategy"), data)
    assert answer.status_code == 422 and not BulkWork.objects.unscoped("test").exists()


def test_a_list_that_has_changed_is_shown_anew_and_keeps_what_was_typed(three, sign_in):
    client = sign_in(three.rm)
    data = {"who": "all", "expected": 3, "strategy": "INTENSIVE", "reason": "旺季营销"}
    three.customer("新来")
    answer = client.post(at("bulk_strategy"), data)
    page = answer.content.decode()
    assert answer.status_code == 422 and "由3位变为4位" in page and "旺季营销" in page
    assert client.post(at("bulk_strategy"), data | {"expected": 4}).status_code == 302


def test_a_new_tag_then_the_same_one_again(three, sign_in):
    client = sign_in(three.rm)
    data = {"who": "all", "expected": 3, "new_tag": "沙龙😀"}
    assert "已办理3位" in client.post(at("bulk_tag"), data, follow=True).content.decode()
    tag = Segment.objects.unscoped("test").get(kind=SegmentKind.TAG)
    again = client.post(at("bulk_tag"), {"who": "all", "expected": 3, "tag": tag.public_id})
    assert again.status_code == 422 and "都已经有这个标签" in again.content.decode()
    neither = client.post(at("bulk_tag"), {"who": "all", "expected": 3})
    assert neither.status_code == 422 and "请选择标签，或填写新标签名称" in neither.content.decode()
    assert "张伟" in client.get(at("customer_list", segment=tag.public_id)).content.decode()
    page = client.get(reverse("customers:segment_page", args=[tag.public_id])).content.decode()
    assert "标签没有规则" in page and "为什么命中" not in page
    renamed = client.post(reverse("customers:segment_edit", args=[tag.public_id]), {"name": "秋季沙龙", "version": 1})
    tag.refresh_from_db()
    assert renamed.status_code == 302 and tag.name == "秋季沙龙"
    off = client.post(at("bulk_untag"), {"who": "all", "expected": 3, "tag": tag.public_id}, follow=True)
    assert "去标签“秋季沙龙”：已办理3位" in off.content.decode()


def test_a_tag_out_of_scope_is_no_choice(three, sign_in):
    theirs = create_segment(by=three.stranger, name="别处", kind=SegmentKind.TAG, rule={})
    answer = sign_in(three.rm).post(at("bulk_tag"), {"who": "all", "expected": 3, "tag": theirs.public_id})
    assert answer.status_code == 422 and "不在您的范围内" in answer.content.decode()


def test_an_export_from_asking_to_the_file(three, sign_in):
    Parameter.objects.create(code=EXPORT_FREE_ROWS, effective_from=TODAY, value=1, source="test")
    forget()
    client = sign_in(three.rm)
    asked = client.post(
        at("bulk_export", tier="GOLD"), {"who": "all", "expected": 2, "reason": "上门回访"}, follow=True
    )
    assert "批准后可以" in asked.content.decode() and "待审批" in asked.content.decode()
    export = Export.objects.unscoped("test").get()
    early = client.post(reverse("customers:export_file", args=[export.public_id]), follow=True)
    assert "还没有批准" in early.content.decode()
    assert client.get(reverse("customers:export_decide", args=[export.public_id])).status_code == 403
    boss = sign_in(three.supervisor)
    refused = boss.post(reverse("customers:export_decide", args=[export.public_id]), {"agrees": "no"})
    assert refused.status_code == 422 and "审批意见" in refused.content.decode()
    boss.post(reverse("customers:export_decide", args=[export.public_id]), {"agrees": "yes"})
    client = sign_in(three.rm)
    answer = client.post(reverse("customers:export_file", args=[export.public_id]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith("attachment;") and answer["Cache-Control"] == "no-store"
    assert "张伟" in text and "王芳" in text and "李娜" not in text  # the filter still holds


def test_an_export_of_those_that_are_ticked(three, sign_in):
    client, chosen = sign_in(three.rm), everybody().get(name="王芳")
    client.post(
        at("bulk_export"), {"who": "some", "expected": 3, "reason": "上门回访", "customers": [chosen.public_id]}
    )
    export = Export.objects.unscoped("test").get()
    text = b"".join(client.post(reverse("customers:export_file", args=[export.public_id])).streaming_content).decode()
    assert export.count == 1 and "王芳" in text and "张伟" not in text


@pytest.mark.parametrize("page", PAGES)
def test_nobody_to_do_it_with(world, sign_in, page):
    answer = sign_in(world.rm).get(at(page))
    assert answer.status_code == 200 and "没有符合条件的客户" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "offered"), [("rm", PAGES), ("outlet_head", PAGES[1:]), ("head_office_staff", PAGES[1:3])]
)
def test_the_menu_offers_what_the_role_may_do(three, sign_in, who, offered):
    page = sign_in(three.people[who]).get(at("customer_list")).content.decode()
    assert [name for name in PAGES if at(name) in page] == list(offered)


def test_a_double_press_is_done_once(three, sign_in):
    client = sign_in(three.rm)
    data = {
        "who": "all", "expected": 3, "strategy": "INTENSIVE", "reason": "旺季营销",
        "form_key": "9f315fe7-0876-465d-9478-87563054c5b9",
    }  # fmt: skip
    assert [client.post(at("bulk_strategy"), data).status_code for _ in range(2)] == [302, 302]
    assert BulkWork.objects.unscoped("test").count() == 1
