"""People: hired with a password that is said once, moved, locked out, gone at once."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.urls import reverse

from organization.enums import AuditAction, Role
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Staff, StaffSession
from organization.services import staff as people
from tests.world import PASSWORD


def hire(world, **fields):
    wanted = {
        "by": world.administrator, "employee_no": "1010", "name": "新同事", "unit": world.east,
        "role": Role.RELATIONSHIP_MANAGER, "supervisor": world.supervisor,
    }  # fmt: skip
    return people.create_staff(**wanted | fields)


def test_a_new_person_gets_a_random_password_to_be_changed(world):
    staff, password = hire(world)
    _other, another = hire(world, employee_no="1011")
    assert staff.check_password(password)
    assert password != another
    assert staff.must_change_password
    validate_password(password)
    said = AuditEvent.objects.filter(action=AuditAction.CREATE, object_id=str(staff.pk)).get()
    assert password not in str(said.after)
    assert said.after["主管"] == world.supervisor.employee_no


def test_employee_numbers_have_one_spelling(world):
    staff, _ = hire(world, employee_no=" a10 10 ".replace("0", "0"))
    assert staff.employee_no == "A1010"
    assert Staff.objects.get_by_natural_key("a1010") == staff
    with pytest.raises(RuleViolation, match="已被使用"):
        hire(world, employee_no="a1010")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"employee_no": "1001"}, "已被使用"),
        ({"employee_no": "张三"}, "员工号只能"),
        ({"employee_no": ""}, "员工号只能"),
        ({"name": " "}, "请填写姓名"),
        ({"supervisor": "colleague"}, "主管须是"),
    ],
)
def test_what_a_person_may_not_be(world, fields, sentence):
    if "supervisor" in fields:
        fields = fields | {"supervisor": world.people[fields["supervisor"]]}
    with pytest.raises(RuleViolation, match=sentence):
        hire(world, **fields)


def test_nobody_leads_himself_by_a_detour(world):
    with pytest.raises(RuleViolation, match="本人或本人的下属"):
        people.update_staff(by=world.administrator, staff=world.supervisor, supervisor=world.supervisor)
    people.update_staff(by=world.administrator, staff=world.supervisor, supervisor=world.outlet_head)
    with pytest.raises(RuleViolation, match="本人或本人的下属"):
        people.update_staff(by=world.administrator, staff=world.outlet_head, supervisor=world.supervisor)


def test_nobody_changes_his_own_role(world):
    with pytest.raises(RuleViolation, match="不能修改自己的岗位"):
        people.update_staff(by=world.administrator, staff=world.administrator, role=Role.RM_SUPERVISOR)
    people.update_staff(by=world.administrator, staff=world.administrator, name="管理员乙")
    world.administrator.refresh_from_db()
    assert (world.administrator.role, world.administrator.name) == (Role.ADMINISTRATOR, "管理员乙")


def test_a_change_says_before_and_after_and_ends_the_sessions(world, sign_in):
    client = sign_in(world.rm)
    assert client.get("/").status_code == 200
    people.update_staff(by=world.administrator, staff=world.rm, role=Role.TELLER)
    said = AuditEvent.objects.get(action=AuditAction.CHANGE)
    assert (said.before["岗位"], said.after["岗位"]) == ("客户经理", "柜员")
    assert client.get("/").status_code == 302


def test_a_role_that_opens_the_admin_site_is_kept_in_step(world):
    people.update_staff(by=world.administrator, staff=world.rm, role=Role.AUDITOR)
    world.rm.refresh_from_db()
    assert world.rm.is_staff


def test_somebody_who_left_is_out_at_once(world, sign_in):
    client = sign_in(world.rm)
    assert client.get("/").status_code == 200
    people.disable_staff(by=world.administrator, staff=world.rm, reason="离职")
    assert client.get("/").status_code == 302
    assert not StaffSession.objects.filter(staff_id=world.rm.pk).exists()
    answer = client.post(reverse("organization:login"), {"username": "1001", "password": PASSWORD})
    assert answer.status_code == 422
    assert AuditEvent.objects.filter(action=AuditAction.CHANGE, reason="离职").count() == 1


def test_somebody_who_came_back_gets_a_new_password(world):
    people.disable_staff(by=world.administrator, staff=world.rm)
    password = people.enable_staff(by=world.administrator, staff=world.rm)
    world.rm.refresh_from_db()
    assert world.rm.is_active
    assert world.rm.check_password(password)
    assert world.rm.must_change_password


def test_nobody_shuts_himself_out(world):
    with pytest.raises(RuleViolation, match="不能停用自己"):
        people.disable_staff(by=world.administrator, staff=world.administrator)


def test_a_reset_password_ends_sessions_and_must_be_changed(world, sign_in):
    client = sign_in(world.rm)
    password = people.reset_password(by=world.administrator, staff=world.rm)
    assert client.get("/").status_code == 302
    world.rm.refresh_from_db()
    assert world.rm.check_password(password)
    assert world.rm.must_change_password
    said = AuditEvent.objects.get(action=AuditAction.PASSWORD)
    assert password not in f"{said.before}{said.after}{said.reason}{said.object_label}"


@pytest.mark.parametrize("do", ["disable_staff", "enable_staff", "reset_password", "unlock"])
def test_only_the_administrator_keeps_people(world, do):
    with pytest.raises(RuleViolation, match="只有系统管理员"):
        getattr(people, do)(by=world.branch_head, staff=world.rm)
    with pytest.raises(RuleViolation, match="只有系统管理员"):
        hire(world, by=world.branch_head)
    with pytest.raises(RuleViolation, match="只有系统管理员"):
        people.update_staff(by=world.auditor, staff=world.rm, name="别人")


def test_the_first_administrator_sees_no_customers(db):
    from customers.models import Customer

    first = Staff.objects.create_superuser("boss", "Some-2026-pass")
    assert first.role == Role.ADMINISTRATOR
    assert not first.is_superuser
    assert first.is_staff
    assert not Customer.objects.visible_to(first).exists()
