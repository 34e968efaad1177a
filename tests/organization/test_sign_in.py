"""Signing in and out, too many guesses, too long a pause, too old a password (RELIABILITY 1.4, 等保三级)."""

import itertools
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from organization.declared import MAX_SESSIONS, PASSWORD_MAX_AGE_DAYS
from organization.enums import AuditAction
from organization.models import AuditEvent, Parameter, StaffSession
from organization.parameters import forget
from organization.services.staff import create_staff, unlock
from tests.world import PASSWORD, TODAY

LOGIN = "/account/login/"
WRONG = "员工号或密码不正确"


def attempt(client, number="1001", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": number, "password": password}, **extra)


def guess_wrong(client, times=5, number="1001", **extra):
    return [attempt(client, number, f"Guess-{n}-wrong", **extra).status_code for n in range(times)]


def set_parameter(code, value):
    Parameter.objects.update_or_create(code=code, effective_from=TODAY, defaults={"value": value, "source": "test"})
    forget()


def signed_in(client) -> bool:
    return client.get("/").status_code == 200


def test_the_right_password_leads_where_one_wanted_to_go(world, client):
    answer = client.get("/account/covers/")
    assert answer.url == f"{LOGIN}?next=/account/covers/"
    page = client.get(answer.url)
    assert 'name="next" value="/account/covers/"' in page.content.decode()
    answer = client.post(answer.url, {"username": "1001", "password": PASSWORD, "next": "/account/covers/"})
    assert answer.url == "/account/covers/"
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_leads_nowhere_else(world, client, address):
    answer = client.post(LOGIN, {"username": "1001", "password": PASSWORD, "next": address})
    assert answer.url == "/"


def test_unknown_disabled_and_wrong_sound_the_same(world, client):
    world.colleague.is_active = False
    world.colleague.save()
    pages = [attempt(client, number, "Wrong-2026-pass") for number in ("1001", "77777", "1003")]
    assert [page.status_code for page in pages] == [422, 422, 422]
    sentences = {page.context["form"].non_field_errors()[0] for page in pages}
    assert len(sentences) == 1
    assert WRONG in sentences.pop()


def test_five_wrong_guesses_lock_even_for_the_right_password(world, client, fixed_clock):
    assert guess_wrong(client) == [422, 422, 422, 422, 429]
    locked = attempt(client)
    assert locked.status_code == 429
    assert "账号暂时锁定" in locked.content.decode()
    assert "连续输错5次" in locked.content.decode()
    assert "请在15分钟后重试" in locked.content.decode()
    assert not signed_in(client)
    fixed_clock.shift(timedelta(minutes=16))
    assert attempt(client).status_code == 302


def test_the_locked_page_is_the_same_for_wrong_and_right(world, client):
    guess_wrong(client)
    right, wrong = attempt(client), attempt(client, password="Guess-9-wrong")
    assert (right.status_code, right.content) == (wrong.status_code, wrong.content)


def test_a_lock_hits_one_person_only(world, client):
    guess_wrong(client)
    assert attempt(Client(), "1003").status_code == 302


@pytest.mark.parametrize("spelling", ["1001 ", " 1001", "1001", "1 001"])
def test_another_spelling_is_the_same_person(world, client, spelling):
    guess_wrong(client, 4)
    assert attempt(client, spelling, "Guess-4-wrong").status_code == 429
    assert attempt(client).status_code == 429


def test_small_letters_are_the_same_person(world, client):
    _staff, _ = create_staff(
        by=world.administrator, employee_no="ab12", name="新同事", unit=world.east, role="teller"
    )  # fmt: skip
    assert guess_wrong(client, 3, "AB12") + guess_wrong(client, 2, "aB12") == [422] * 4 + [429]


def test_other_addresses_agents_and_forged_headers_do_not_start_a_new_count(world, client):
    codes = [
        attempt(
            Client(headers={"user-agent": f"agent {n}", "x-forwarded-for": f"10.0.0.{n}"}),
            password="Wrong-2026-pass", REMOTE_ADDR=f"10.1.0.{n}",
        ).status_code
        for n in range(5)
    ]  # fmt: skip
    assert codes == [422, 422, 422, 422, 429]


def test_the_audit_has_the_peer_and_not_the_forged_header(world, client):
    attempt(client, REMOTE_ADDR="10.1.0.7", headers={"x-forwarded-for": "6.6.6.6"})
    assert AuditEvent.objects.get(action=AuditAction.LOGIN).ip == "10.1.0.7"


def test_behind_a_named_proxy_the_header_it_wrote_counts(world, client, settings):
    settings.AXES_IPWARE_PROXY_COUNT = 1
    attempt(client, REMOTE_ADDR="10.1.0.7", headers={"x-forwarded-for": "6.6.6.6, 10.2.0.9"})
    assert AuditEvent.objects.get(action=AuditAction.LOGIN).ip == "10.2.0.9"


def test_the_administrator_unlocks(world, client):
    guess_wrong(client)
    assert unlock(by=world.administrator, staff=world.rm)
    assert attempt(client).status_code == 302
    assert not unlock(by=world.administrator, staff=world.rm)
    assert AuditEvent.objects.filter(reason="解除登录锁定").count() == 1


def test_the_right_password_starts_the_count_anew(world, client):
    guess_wrong(client, 4)
    attempt(client)
    client.post("/account/logout/")
    assert guess_wrong(client, 4) == [422] * 4


def test_the_trail_of_signing_in(world, client):
    attempt(client, password="Wrong-2026-pass")
    attempt(client, "Binhai-2026-ok", "1001")  # password in the wrong field
    attempt(client)
    client.post("/account/logout/")
    said = AuditEvent.objects.order_by("id").values_list("action", "actor", "object_label", "reason")
    assert list(said) == [
        ("login_failed", "系统", "林悦", "员工号或密码不正确"),
        ("login_failed", "系统", "不存在的员工号", "员工号或密码不正确"),
        ("login", "林悦（1001）", "林悦", ""),
        ("logout", "林悦（1001）", "林悦", ""),
    ]
    assert not AuditEvent.objects.filter(object_id__contains="Binhai").exists()


def test_the_trail_of_a_lock(world, client):
    guess_wrong(client)
    attempt(client)
    reasons = list(AuditEvent.objects.order_by("id").values_list("reason", flat=True))
    assert reasons == ["员工号或密码不正确"] * 4 + ["连续失败，已锁定"] * 2


def test_a_refused_page_is_written_down(world, sign_in):
    assert sign_in(world.rm).get("/admin/").status_code == 403
    said = AuditEvent.objects.get(action=AuditAction.DENIED)
    assert (said.actor_id, said.object_id, said.object_label) == (world.rm.pk, "admin:index", "GET /admin/")


def test_a_pause_of_fifteen_minutes_signs_out_and_comes_back_to_the_page(world, client, fixed_clock):
    attempt(client)
    for _ in range(3):
        fixed_clock.shift(timedelta(minutes=14))
        assert signed_in(client)
    fixed_clock.shift(timedelta(minutes=15, seconds=30))
    answer = client.get("/account/covers/?state=past")
    assert answer.url == f"{LOGIN}?next=/account/covers/%3Fstate%3Dpast"
    assert "没有操作，请重新登录" in client.get(answer.url).content.decode()
    assert not StaffSession.objects.filter(staff_id=world.rm.pk).exists()
    assert AuditEvent.objects.filter(action=AuditAction.LOGOUT).count() == 1


def test_ten_hours_end_a_session_that_never_paused(world, client, fixed_clock):
    attempt(client)
    for _ in range(59):
        fixed_clock.shift(timedelta(minutes=10))
        assert signed_in(client)
    fixed_clock.shift(timedelta(minutes=11))
    assert not signed_in(client)


def test_a_fragment_takes_the_whole_page_to_the_login(world, client):
    answer = client.get(
        "/account/notifications/", headers={"hx-request": "true", "hx-current-url": "http://testserver/account/?a=1"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"{LOGIN}?next=/account/%3Fa%3D1"


def test_a_post_without_a_session_does_not_come_back_as_a_get(world, client):
    answer = client.post("/account/notifications/read/")
    assert answer.url == LOGIN


def test_the_oldest_login_ends_when_there_are_too_many(world, fixed_clock):
    clients = [Client() for _ in range(3)]
    for each in clients:
        attempt(each)
        fixed_clock.shift(timedelta(seconds=30))
    assert [signed_in(each) for each in clients] == [False, True, True]
    set_parameter(MAX_SESSIONS, 0)
    last = Client()
    attempt(last)
    assert [signed_in(each) for each in (*clients[1:], last)] == [True, True, True]


def test_another_ones_logins_do_not_count(world, client):
    attempt(client, "1003")
    for _ in range(3):
        attempt(Client())
    assert signed_in(client)


def test_logging_out_leaves_no_session_and_needs_a_post(world, client):
    attempt(client)
    assert client.get("/account/logout/").status_code == 405
    cookie = client.cookies["sessionid"].value
    answer = client.post("/account/logout/")
    assert answer.url == LOGIN
    assert answer["Clear-Site-Data"] == '"cache"'
    client.cookies["sessionid"] = cookie
    assert not signed_in(client)


def test_a_new_session_key_at_login(world, client):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    attempt(client)
    assert client.cookies["sessionid"].value != before


# The password


def new_person(world, client):
    staff, password = create_staff(
        by=world.administrator, employee_no="1010", name="新同事", unit=world.east, role="relationship_manager"
    )  # fmt: skip
    attempt(client, "1010", password)
    return staff, password


def change(client, old, new, again=None):
    return client.post(
        reverse("organization:password_change"),
        {"old_password": old, "new_password1": new, "new_password2": again or new},
    )


def test_the_first_password_leads_everything_to_its_change(world, client):
    _, password = new_person(world, client)
    for page in ("/", "/account/", "/account/notifications/", "/account/covers/", "/admin/"):
        assert client.get(page).url == "/account/password/"
        assert client.post(page).url == "/account/password/"
    fragment = client.get("/account/notifications/", headers={"hx-request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/account/password/")
    assert "管理员发放的初始密码" in client.get("/account/password/").content.decode()
    assert change(client, password, "Spring-2026-river").url == "/"
    assert signed_in(client)


def test_one_may_leave_instead_of_changing(world, client):
    new_person(world, client)
    assert client.post("/account/logout/").url == LOGIN


def test_a_changed_password_ends_the_other_sessions(world, client):
    other = Client()
    attempt(client)
    attempt(other)
    assert change(client, PASSWORD, "Spring-2026-river").url == "/"
    assert signed_in(client)
    assert not signed_in(other)
    assert attempt(Client()).status_code == 422
    assert attempt(Client(), password="Spring-2026-river").status_code == 302
    said = AuditEvent.objects.get(action=AuditAction.PASSWORD)
    assert (said.actor_id, said.before, said.after) == (world.rm.pk, None, None)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("Short-26", "10"),
        ("alllowercase2026", "至少3种"),
        ("ALLUPPERCASE2026", "至少3种"),
        ("小写字母数字一二三四五六七", "至少3种"),
        ("Password123", "常见"),
    ],
)
def test_a_weak_password_is_refused_in_chinese(world, client, new, sentence):
    attempt(client)
    answer = change(client, PASSWORD, new)
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["new_password2"])


def test_a_password_like_the_employee_number_is_refused(world, client):
    staff, password = create_staff(
        by=world.administrator, employee_no="BINHAI20260042", name="新同事", unit=world.east, role="teller"
    )  # fmt: skip
    attempt(client, staff.employee_no, password)
    answer = change(client, password, "Binhai20260042")
    assert "员工号" in str(answer.context["form"].errors["new_password2"])


def test_wrong_old_and_mistyped_new(world, client):
    attempt(client)
    assert "原密码不正确" in change(client, "Wrong-2026-pass", "Spring-2026-river").content.decode()
    assert (
        "两次输入的新密码不一致" in change(client, PASSWORD, "Spring-2026-river", "Other-2026-river").content.decode()
    )


def test_the_last_five_are_refused_and_the_sixth_is_not(world, client, fixed_clock):
    _, first = new_person(world, client)
    used = [first, *(f"Spring-202{n}-river" for n in range(5))]
    for old, new in itertools.pairwise(used):
        fixed_clock.shift(timedelta(minutes=1))
        assert change(client, old, new).status_code == 302, new
    for earlier in used[1:]:
        assert change(client, used[-1], earlier).status_code == 422, earlier
    assert change(client, used[-1], first).status_code == 302


def test_a_password_past_its_age_must_be_changed(world, client, fixed_clock):
    world.rm.password_changed_at = None  # counted from when the person was entered
    world.rm.save()
    fixed_clock.shift(timedelta(days=89))
    attempt(client)
    assert signed_in(client)
    client.post("/account/logout/")
    fixed_clock.shift(timedelta(days=2))
    attempt(client)
    assert client.get("/").url == "/account/password/"
    assert "已到使用期限" in client.get("/account/password/").content.decode()
    assert change(client, PASSWORD, "Spring-2026-river").url == "/"
    assert signed_in(client)


def test_the_age_can_be_switched_off(world, client, fixed_clock):
    set_parameter(PASSWORD_MAX_AGE_DAYS, 0)
    fixed_clock.shift(timedelta(days=400))
    attempt(client)
    assert signed_in(client)


def test_the_rules_are_listed_in_chinese(world, client):
    attempt(client)
    rules = client.get("/account/password/").context["rules"]
    assert len(rules) == 5
    assert all(any("一" <= character <= "鿿" for character in rule) for rule in rules)


def test_the_admin_site_has_no_login_of_its_own(world, client):
    assert client.get("/admin/organization/unit/").url == f"{LOGIN}?next=/admin/organization/unit/"
    answer = client.get("/admin/")
    assert answer.url == "/admin/login/?next=/admin/"
    assert client.get(answer.url).url == f"{LOGIN}?next=/admin/"
    assert client.post("/admin/login/", {"username": "0009", "password": PASSWORD}).url.startswith(LOGIN)
    assert not signed_in(client)


def test_a_login_from_a_page_opened_long_ago_is_a_sentence(world):
    strict = Client(enforce_csrf_checks=True)
    answer = attempt(strict)
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()
