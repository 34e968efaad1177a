"""手工评定层级 in the browser's terms: the dialog, the head of the page, the history, 层级动态."""

from datetime import timedelta

import pytest
from django.urls import reverse

from customers.enums import Tier
from customers.models import Customer
from customers.services.held_tiers import hold_tier
from tests.customers.views.test_tiers import rows, standing
from tests.world import TODAY

UNTIL = TODAY + timedelta(days=60)
TYPED = {"tier": "PLATINUM", "until": f"{UNTIL}", "reason": "企业主，家庭资产在他行"}
WATCH = reverse("customers:tier_watch")


def address(name: str, customer: Customer, query: str = "") -> str:
    return reverse(f"customers:{name}", args=[customer.public_id]) + query


def held(world, customer: Customer, tier: Tier = Tier.PLATINUM):
    return hold_tier(by=world.supervisor, customer=customer, tier=tier, until=UNTIL, reason="<b>企业主")


def test_set_and_shown_at_the_head(world, customer, sign_in, htmx):
    client = sign_in(world.supervisor)
    assert "评定层级" in client.get(address("customer_page", customer)).content.decode()
    assert "现为金卡客户" in client.get(address("tier_hold", customer), headers=htmx).content.decode()
    answer = client.post(address("tier_hold", customer), TYPED, headers=htmx)
    assert answer.headers["HX-Redirect"] == address("customer_page", customer)
    page = client.get(address("customer_page", customer)).content.decode()
    assert "手工评定至" in page and "结束评定" in page
    own = sign_in(world.rm).get(address("customer_page", customer)).content.decode()
    assert "手工评定至" in own and "结束评定" not in own


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"until": ""}, "截止日期"),
        ({"until": "2026-02-30"}, "截止日期"),
        ({"until": f"{TODAY}"}, "今天之后"),
        ({"tier": "GOLDEN"}, "选项已失效"),
        ({"reason": "长" * 181}, "最多180个字"),
        ({"reason": "𠮷😀"}, ""),
    ],
)
def test_what_was_typed_is_kept(world, customer, sign_in, htmx, typed, sentence):
    answer = sign_in(world.supervisor).post(address("tier_hold", customer), TYPED | typed, headers=htmx)
    assert answer.status_code == (422 if sentence else 200)
    if sentence:
        assert sentence in answer.content.decode() and (TYPED | typed)["reason"] in answer.content.decode()


def test_ended_early(world, customer, sign_in, htmx):
    client = sign_in(world.supervisor)
    assert client.get(address("tier_release", customer)).url == address("customer_page", customer)
    held(world, customer)
    assert client.post(address("tier_release", customer), {"reason": ""}, headers=htmx).status_code == 422
    answer = client.post(address("tier_release", customer), {"reason": "评定有误"}, headers=htmx)
    assert answer.headers["HX-Redirect"] == address("customer_page", customer)
    assert Customer.objects.unscoped("test").get(pk=customer.pk).tier_held_until is None


def test_the_history_says_who_until_when_and_why(world, customer, sign_in):
    held(world, customer)
    held_page = sign_in(world.rm).get(address("customer_page", customer, "?tab=changes")).content.decode()
    assert "金卡客户→白金客户" in held_page and "手工评定至" in held_page and "&lt;b&gt;企业主" in held_page
    moved = sign_in(world.rm).get(WATCH, {"list": "moved"}).content.decode()
    assert "手工评定至" in moved and "&lt;b&gt;企业主" in moved


def test_who_is_held_is_neither_near_nor_about_to_fall(world, sign_in):
    near = standing(world, "张伟", Tier.POTENTIAL, "90000")
    falling = standing(world, "李娜", Tier.GOLD, "90000", "80000")
    client = sign_in(world.rm)
    assert (set(rows(client.get(WATCH))), set(rows(client.get(WATCH, {"list": "watch"})))) == ({"张伟"}, {"李娜"})
    held(world, near, Tier.POTENTIAL)
    held(world, falling, Tier.GOLD)
    assert not rows(client.get(WATCH)) and not rows(client.get(WATCH, {"list": "watch"}))
    assert "维持" in client.get(WATCH, {"list": "moved"}).content.decode()
