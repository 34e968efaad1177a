"""People: hired, moved, given a password, locked out, gone."""

import secrets
import string

from axes.utils import reset as reset_lockout
from django.db import transaction

from organization import audit, clock
from organization.enums import AuditAction, Role
from organization.exceptions import RuleViolation
from organization.models import Staff, StaffSession, Unit, plain_employee_no
from organization.policies import LEADING_ROLES, can_change_role, can_configure

_FIELDS = ("name", "unit", "role", "supervisor", "mobile", "email", "daily_capacity")
# Without characters that are mistaken for each other on paper.
_ALPHABETS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "@#%+=?")
_INITIAL_LENGTH = 12


def initial_password() -> str:
    """A random password of all four kinds, to be handed over once and changed at the first login."""
    drawn = [secrets.choice(alphabet) for alphabet in _ALPHABETS]
    everything = "".join(_ALPHABETS)
    drawn += [secrets.choice(everything) for _ in range(_INITIAL_LENGTH - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def check_staff(
    *, staff: Staff | None, by: Staff | None, employee_no: str, name: str, unit: Unit, role: str,
    supervisor: Staff | None,
) -> None:  # fmt: skip
    """Raises RuleViolation when a person cannot be entered or changed like this."""
    if not employee_no or any(c not in string.ascii_uppercase + string.digits + "-" for c in employee_no):
        raise RuleViolation("员工号只能由数字、字母和短横线组成。")
    if Staff.objects.filter(employee_no=employee_no).exclude(pk=staff.pk if staff else None).exists():
        raise RuleViolation(f"员工号{employee_no}已被使用。")
    if not name.strip():
        raise RuleViolation("请填写姓名。")
    if not unit.is_active:
        raise RuleViolation("所属机构已停用。")
    if staff and role != staff.role and not can_change_role(by, staff):
        raise RuleViolation("不能修改自己的岗位，请由另一位系统管理员办理。")
    if supervisor:
        _check_supervisor(staff, supervisor)


def _check_supervisor(staff: Staff | None, supervisor: Staff) -> None:
    if not supervisor.is_active or supervisor.role not in LEADING_ROLES:
        raise RuleViolation("主管须是在岗的客户经理主管、网点负责人或支行负责人。")
    above: int | None = supervisor.pk
    while above and staff:
        if above == staff.pk:
            raise RuleViolation("主管不能是本人或本人的下属。")
        above = Staff.objects.filter(pk=above).values_list("supervisor_id", flat=True).first()


@transaction.atomic
def create_staff(
    *, by: Staff | None, employee_no: str, name: str, unit: Unit, role: str, supervisor: Staff | None = None, **fields
) -> tuple[Staff, str]:
    """A new person and the first password, which is returned here and nowhere else and must be changed at once."""
    _must_configure(by)
    employee_no = plain_employee_no(employee_no)
    check_staff(staff=None, by=by, employee_no=employee_no, name=name, unit=unit, role=role, supervisor=supervisor)
    password = initial_password()
    staff = Staff.objects.create_user(
        employee_no, password, name=name.strip(), unit=unit, role=Role(role), supervisor=supervisor,
        must_change_password=True, **fields,
    )  # fmt: skip
    audit.record(AuditAction.CREATE, staff, by=by, after=_said(staff))
    return staff, password


@transaction.atomic
def update_staff(*, by: Staff | None, staff: Staff, **changes) -> Staff:
    """Change name, unit, role, supervisor, mobile, email or daily_capacity. A new role or unit ends the person's
    sessions, so that no page opened under the old one is used any more."""
    _must_configure(by)
    stored = Staff.objects.select_for_update(of=("self",)).select_related("unit", "supervisor").get(pk=staff.pk)
    before = _said(stored)
    wanted = {name: changes.get(name, getattr(stored, name)) for name in _FIELDS}
    check_staff(
        staff=stored, by=by, employee_no=stored.employee_no, name=wanted["name"], unit=wanted["unit"],
        role=wanted["role"], supervisor=wanted["supervisor"],
    )  # fmt: skip
    is_moved = wanted["role"] != stored.role or wanted["unit"] != stored.unit
    for name, value in wanted.items():
        setattr(stored, name, value)
    stored.save(update_fields=[*_FIELDS, "is_staff"])
    after = _said(stored)
    if after != before:
        audit.record(AuditAction.CHANGE, stored, by=by, before=before, after=after)
    if is_moved:
        end_sessions(stored)
    return stored


@transaction.atomic
def disable_staff(*, by: Staff | None, staff: Staff, reason: str = "") -> None:
    """Somebody has left: no login from now on, and the open sessions end with this transaction."""
    _must_configure(by)
    if by is not None and by.pk == staff.pk:
        raise RuleViolation("不能停用自己的账号。")
    if Staff.objects.filter(pk=staff.pk, is_active=True).update(is_active=False):
        staff.is_active = False
        audit.record(AuditAction.CHANGE, staff, by=by, before={"在岗": True}, after={"在岗": False}, reason=reason)
    end_sessions(staff)


@transaction.atomic
def enable_staff(*, by: Staff | None, staff: Staff, reason: str = "") -> str:
    """Somebody is back: a new first password, returned once."""
    _must_configure(by)
    if Staff.objects.filter(pk=staff.pk, is_active=False).update(is_active=True):
        staff.is_active = True
        audit.record(AuditAction.CHANGE, staff, by=by, before={"在岗": False}, after={"在岗": True}, reason=reason)
    return reset_password(by=by, staff=staff)


@transaction.atomic
def reset_password(*, by: Staff | None, staff: Staff) -> str:
    """A new first password, returned once; open sessions end, the lock is taken off."""
    _must_configure(by)
    password = initial_password()
    staff.set_password(password)
    staff.must_change_password = True
    staff.password_changed_at = clock.now()
    staff.save(update_fields=["password", "must_change_password", "password_changed_at"])
    end_sessions(staff)
    reset_lockout(username=staff.employee_no)
    audit.record(AuditAction.PASSWORD, staff, by=by, reason="管理员重置密码")
    return password


@transaction.atomic
def change_password(*, by: Staff, password: str, keep_session: str | None = None) -> None:
    """A person's own new password, already checked by the form; every other session of theirs ends."""
    by.set_password(password)
    by.must_change_password = False
    by.password_changed_at = clock.now()
    by.save(update_fields=["password", "must_change_password", "password_changed_at"])
    end_sessions(by, keep=keep_session)
    audit.record(AuditAction.PASSWORD, by, by=by, reason="本人修改密码")


@transaction.atomic
def unlock(*, by: Staff | None, staff: Staff) -> bool:
    """Take off the lock after too many failed logins; False when there was none."""
    _must_configure(by)
    if not reset_lockout(username=staff.employee_no):
        return False
    audit.record(AuditAction.CHANGE, staff, by=by, reason="解除登录锁定")
    return True


def end_sessions(staff: Staff, *, keep: str | None = None) -> int:
    """End a person's logins everywhere (but one); how many there were."""
    sessions = StaffSession.objects.filter(staff_id=staff.pk)
    return sessions.exclude(session_key=keep).delete()[0] if keep else sessions.delete()[0]


def _must_configure(by: Staff | None) -> None:
    if not can_configure(by):
        raise RuleViolation("只有系统管理员可以维护员工。")


def _said(staff: Staff) -> dict:
    return {
        "姓名": staff.name, "机构": staff.unit.code, "岗位": staff.get_role_display(),
        "主管": staff.supervisor.employee_no if staff.supervisor else "", "每日可联系客户数": staff.daily_capacity,
        "办公手机": staff.mobile, "邮箱": staff.email,
    }  # fmt: skip
