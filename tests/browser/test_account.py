"""Signing in, the first password, the account, covers and the configuration site in a real browser."""

import re

import pytest

from organization.models import Cover, Staff
from organization.notifications import notify
from organization.services.staff import create_staff
from tests.browser.conftest import check_accessibility, no_sideways_scroll, shoot, sign_in
from tests.world import PASSWORD, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")]


def look_at(page, name):
    check_accessibility(page)
    no_sideways_scroll(page)
    shoot(page, name)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_signing_in(world, open_page, size, scheme):
    page = open_page(size, scheme)
    page.goto("/account/covers/")
    look_at(page, f"login-{size}-{scheme}")
    page.locator("[name=username]").fill("1001")
    page.locator("[name=password]").fill("Wrong-2026-pass")
    page.get_by_role("button", name="显示密码").click()
    assert page.locator("[name=password]").get_attribute("type") == "text"
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_text("员工号或密码不正确").wait_for()
    look_at(page, f"login-refused-{size}-{scheme}")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/account/covers/")


def test_who_types_before_the_scripts_ran_loses_nothing(world, open_page):
    page = open_page()
    held = []
    page.route("**/password*.js", lambda route: held.append(route))
    page.goto("/account/login/", wait_until="commit")
    password = page.locator("[name=password]")
    password.focus()
    page.keyboard.type(PASSWORD[:4])
    assert held  # the button 显示 is not there yet
    held[0].continue_()
    page.get_by_role("button", name="显示密码").wait_for()
    page.keyboard.type(PASSWORD[4:])
    assert password.input_value() == PASSWORD


def test_the_first_password(world, open_page):
    _, password = create_staff(
        by=world.administrator, employee_no="1010", name="新同事", unit=world.east, role="relationship_manager"
    )
    page = open_page("phone")
    sign_in(page, "1010", password)
    page.wait_for_url("**/account/password/")
    look_at(page, "password")
    page.locator("[name=old_password]").fill(password)
    page.locator("[name=new_password1]").fill("short")
    page.locator("[name=new_password2]").fill("short")
    page.get_by_role("button", name="保存新密码").click()
    page.get_by_role("alert").wait_for()
    look_at(page, "password-refused")
    for name, text in (
        ("old_password", password),
        ("new_password1", "Spring-26-river"),
        ("new_password2", "Spring-26-river"),
    ):
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="保存新密码").click()
    page.wait_for_url("**/")
    page.get_by_text("密码已修改").first.wait_for()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_account_notifications_and_covers(world, as_staff, size, scheme):
    for n in range(3):
        notify([world.rm], kind="test", text=f"第{n}条通知", url="/account/covers/", dedupe_key=str(n))
    page = as_staff(world.rm, size, scheme)
    page.goto("/account/")
    look_at(page, f"account-{size}-{scheme}")
    page.goto("/account/notifications/")
    look_at(page, f"notifications-{size}-{scheme}")
    page.get_by_role("button", name="标为已读", exact=True).first.click()
    page.get_by_text("未读 2").wait_for()
    page.get_by_role("button", name="全部标为已读").click()
    page.get_by_text("未读 0").wait_for()
    page.goto("/account/covers/")
    look_at(page, f"covers-empty-{size}-{scheme}")
    page.get_by_role("link", name="登记代班").first.click()
    page.wait_for_url("**/covers/new/")
    page.get_by_role("heading", name="登记代班").wait_for()
    look_at(page, f"cover-new-{size}-{scheme}")
    page.locator("[name=substitute]").select_option("1003", force=True)
    page.locator("[name=ends_on]").fill(f"{TODAY.replace(day=27)}")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("已登记").first.wait_for()
    look_at(page, f"covers-{size}-{scheme}")
    page.get_by_role("button", name="提前结束").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_text("代班已取消").first.wait_for()
    assert Cover.objects.get().is_cancelled


def test_the_configuration_site(world, as_staff):
    page = as_staff(world.administrator)
    page.goto("/admin/organization/staff/add/")
    page.locator("[name=employee_no]").fill("1010")
    page.locator("[name=name]").fill("新同事")
    page.locator("[name=role]").select_option("relationship_manager")
    for field, text in (("unit", "东城"), ("supervisor", "沈静")):
        page.locator(f".field-{field} .select2-selection").click()
        page.locator(".select2-search__field").fill(text)
        page.locator(".select2-results__option", has_text=text).first.click()
    shoot(page, "admin-staff")
    page.locator("[name=_save]").click()
    said = page.get_by_text("初始密码").inner_text()
    staff = Staff.objects.get(employee_no="1010")
    assert staff.check_password(re.search(r"初始密码：(\S+)", said).group(1))
    assert (staff.unit, staff.supervisor) == (world.east, world.supervisor)


@pytest.mark.parametrize("status", ["403", "404"])
def test_error_pages(world, as_staff, open_page, status):
    page = as_staff(world.teller, "phone")
    page.route("**/favicon.ico", lambda route: route.abort())
    answer = page.request.get("/account/covers/" if status == "403" else "/nowhere/")
    assert answer.status == int(status)
    page.set_content(answer.text())
    assert page.get_by_role("link", name="返回首页").is_visible()
