"""Pages of one's own account: what they show, what a press of a button does, and that a second press does nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.test import Client

from organization.models import Cover, Notification
from organization.notifications import notify
from organization.services.covers import create_cover
from tests.world import PASSWORD, TODAY


def text(answer) -> str:
    return answer.content.decode()


def tell(staff, count=1, url="/account/covers/"):
    for n in range(count):
        notify([staff], kind="test", text=f"通知{n:03d}", url=url, dedupe_key=f"test:{n}")
    return list(Notification.objects.filter(recipient=staff).order_by("pk"))


def test_the_account_page_says_who_one_is_and_where_one_is_signed_in(world, client):
    for each in (Client(), client):
        each.post("/account/login/", {"username": "1001", "password": PASSWORD}, REMOTE_ADDR="10.1.0.7")
    page = text(client.get("/account/"))
    for piece in ("林悦", "1001", "客户经理", "东城网点", "沈静", "10.1.0.7", "本次登录", "其他登录", "退出其他登录"):
        assert piece in page


def test_other_logins_can_be_ended(world, client):
    other = Client()
    for each in (other, client):
        each.post("/account/login/", {"username": "1001", "password": PASSWORD})
    client.post("/account/sessions/end/")
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_notifications_are_read_one_by_one_and_all_at_once(world, sign_in):
    first, second, _third = tell(world.rm, 3)
    client = sign_in(world.rm)
    assert "未读 3" in text(client.get("/account/notifications/"))
    part = client.post(f"/account/notifications/{first.public_id}/read/", headers={"hx-request": "true"})
    assert "未读 2" in text(part)
    assert "<html" not in text(part)
    assert client.post(f"/account/notifications/{second.public_id}/read/").url == "/account/notifications/"
    client.post("/account/notifications/read/")
    assert not world.rm.notifications.filter(read_at=None).exists()
    assert "没有未读通知" in text(client.get("/account/notifications/?state=unread"))


def test_the_swapped_part_is_what_a_reload_shows(world, sign_in):
    tell(world.rm, 3)
    client = sign_in(world.rm)
    part = text(client.get("/account/notifications/", headers={"hx-request": "true"}))

    def without_tokens(html):
        return [line for line in html.splitlines() if "csrfmiddlewaretoken" not in line and line.strip()]

    whole = without_tokens(text(client.get("/account/notifications/")))
    assert all(line in whole for line in without_tokens(part))


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_following_a_notification_reads_it_and_stays_in_the_house(world, sign_in, address):
    own, foreign = tell(world.rm, 2)
    Notification.objects.filter(pk=foreign.pk).update(url=address)
    client = sign_in(world.rm)
    assert client.post(f"/account/notifications/{own.public_id}/open/").url == "/account/covers/"
    assert client.post(f"/account/notifications/{foreign.public_id}/open/").url == "/account/notifications/"
    assert not world.rm.notifications.filter(read_at=None).exists()


@pytest.mark.parametrize("action", ["open", "read"])
def test_a_colleagues_notification_is_not_there(world, sign_in, action):
    (theirs,) = tell(world.colleague)
    assert sign_in(world.rm).post(f"/account/notifications/{theirs.public_id}/{action}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_many_notifications_come_in_pages(world, sign_in):
    tell(world.rm, 30)
    client = sign_in(world.rm)
    first = client.get("/account/notifications/")
    second = client.get("/account/notifications/", {"after": first.context["list"].next_cursor})
    rows = [n.text for n in (*first.context["list"], *second.context["list"])]
    assert rows == [f"通知{n:03d}" for n in reversed(range(30))]


def cover_form(**fields):
    return {
        "absent": "1001", "substitute": "1003", "starts_on": f"{TODAY}", "ends_on": f"{TODAY + timedelta(days=2)}",
        "reason": "leave", "note": "回老家", "form_key": str(uuid4()),
    } | fields  # fmt: skip


def test_a_cover_from_the_page(world, sign_in):
    client = sign_in(world.rm)
    assert "1003" in text(client.get("/account/covers/new/"))
    assert client.post("/account/covers/new/", cover_form()).url == "/account/covers/"
    page = text(client.get("/account/covers/"))
    assert "周航" in page
    assert "进行中" in page
    assert "提前结束" in page


def test_pressing_twice_makes_one_cover(world, sign_in):
    client = sign_in(world.rm)
    form = cover_form()
    assert [client.post("/account/covers/new/", form).status_code for _ in range(2)] == [302, 302]
    assert Cover.objects.count() == 1


def test_a_refused_cover_keeps_what_was_typed(world, sign_in):
    client = sign_in(world.rm)
    answer = client.post("/account/covers/new/", cover_form(starts_on=f"{TODAY - timedelta(days=1)}"))
    assert answer.status_code == 422
    assert "开始日期不能早于今天" in text(answer)
    assert "回老家" in text(answer)
    assert not Cover.objects.exists()


@pytest.mark.parametrize(
    "forged", [{"absent": "1003", "substitute": "1001"}, {"substitute": "1101"}, {"substitute": "1006"},
               {"substitute": "1001"}, {"absent": "x"}],
)  # fmt: skip
def test_forged_people_are_refused(world, sign_in, forged):
    assert sign_in(world.rm).post("/account/covers/new/", cover_form(**forged)).status_code == 422
    assert not Cover.objects.exists()


def test_nobody_is_chosen_for_somebody_who_arranges_for_others(world, sign_in):
    page = sign_in(world.branch_head).get("/account/covers/new/")
    offered = [value for value, _ in page.context["form"].fields["absent"].choices]
    assert offered[0] == ""
    assert {str(v) for v in offered[1:]} == {"1001", "1002", "1003", "1101", "1102"}


def test_cancelling_from_the_page(world, sign_in):
    cover = create_cover(
        by=world.rm, absent=world.rm, substitute=world.colleague, starts_on=TODAY, ends_on=TODAY
    )  # fmt: skip
    answer = sign_in(world.rm).post(f"/account/covers/{cover.public_id}/cancel/", follow=True)
    assert "代班已取消" in text(answer)
    again = sign_in(world.rm).post(f"/account/covers/{cover.public_id}/cancel/", follow=True)
    assert "已经结束或已取消" in text(again)
    assert "已取消" in text(sign_in(world.rm).get("/account/covers/?state=past"))


@pytest.mark.parametrize(("who", "status"), [("colleague", 302), ("other_rm", 404), ("stranger", 404), ("teller", 403)])
def test_whose_cover_it_is(world, sign_in, who, status):
    cover = create_cover(
        by=world.rm, absent=world.rm, substitute=world.colleague, starts_on=TODAY, ends_on=TODAY
    )  # fmt: skip
    answer = sign_in(world.people[who]).post(f"/account/covers/{cover.public_id}/cancel/")
    assert answer.status_code == status
    cover.refresh_from_db()
    assert not cover.is_cancelled


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing(name):
    """A broken database or a missing session must not break the page that says so."""
    assert "返回首页" in render_to_string(f"{name}.html")


def test_a_missing_page_is_a_sentence(world, sign_in):
    answer = sign_in(world.rm).get("/nowhere/")
    assert answer.status_code == 404
    assert "不在您的客户范围内" in text(answer)


def test_a_refused_page_says_why(world, sign_in):
    assert "您的岗位没有“登记代班”的权限" in text(sign_in(world.teller).get("/account/covers/"))


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"starts_on": f"{TODAY}", "ends_on": f"{TODAY - timedelta(days=1)}"}, "ends_on", "结束日期不能早于开始日期"),
        ({"starts_on": f"{TODAY}", "ends_on": f"{TODAY + timedelta(days=200)}"}, "ends_on", "一次代班最长180天"),
        ({"starts_on": f"{TODAY - timedelta(days=1)}"}, "starts_on", "开始日期不能早于今天"),
    ],
)
def test_a_wrong_day_of_a_cover_is_said_at_its_field(world, sign_in, fields, name, sentence):
    answer = sign_in(world.rm).post("/account/covers/new/", cover_form(**fields))
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[name][0]


def test_the_password_rules_are_our_own_words(world, sign_in):
    page = text(sign_in(world.rm).get("/account/password/"))
    for words in ("至少10个字符", "四类中至少含3类", "最近5次"):
        assert words in page
    assert "你" not in page
