"""What signing in and out leaves behind: audit rows, the time of the session, and not too many sessions."""

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from almanac.signals import year_replaced
from organization import audit, clock
from organization.enums import AuditAction
from organization.models import Staff, StaffSession, plain_employee_no
from organization.parameters import parameter
from organization.request_context import current_request
from organization.sessions import SIGNED_IN_AT, SIGNED_IN_FROM

_SIGN_IN = "organization.signin"


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="organization.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="organization.signed_out")
    user_login_failed.connect(_sign_in_failed, dispatch_uid="organization.sign_in_failed")
    user_locked_out.connect(_locked_out, dispatch_uid="organization.locked_out")
    year_replaced.connect(_year_replaced, dispatch_uid="organization.year_replaced")


def _signed_in(sender, request, user, **kwargs) -> None:
    context = current_request.get()
    request.session[SIGNED_IN_AT] = clock.host_now().timestamp()
    request.session[SIGNED_IN_FROM] = context.ip if context else ""
    _end_oldest_sessions(user, keep=request.session.session_key)
    audit.record(AuditAction.LOGIN, user, by=user)


def _end_oldest_sessions(user: Staff, *, keep: str | None) -> None:
    """Beyond the permitted number the oldest logins end, so that a forgotten browser cannot lock its owner out."""
    from organization.declared import MAX_SESSIONS

    limit = parameter(MAX_SESSIONS)
    if not limit:
        return
    others = StaffSession.objects.filter(staff_id=user.pk).exclude(session_key=keep).order_by("-signed_in_at")
    too_many = list(others.values_list("session_key", flat=True)[limit - 1 :])
    StaffSession.objects.filter(session_key__in=too_many).delete()


def _signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        audit.record(AuditAction.LOGOUT, user, by=user)


def _sign_in_failed(sender, credentials, request=None, **kwargs) -> None:
    if request is not None and getattr(request, "axes_locked_out", False):
        return  # _locked_out says more
    _record_failure(credentials.get("username") or "", "员工号或密码不正确")


def _locked_out(sender, request, username, **kwargs) -> None:
    _record_failure(username or "", "连续失败，已锁定")


def _record_failure(username: str, reason: str) -> None:
    """The name as typed is kept only when it is somebody's: people type passwords into the wrong field."""
    known = Staff.objects.filter(employee_no=plain_employee_no(username)[:20]).select_related("unit").first()
    audit.record(
        AuditAction.LOGIN_FAILED,
        known,
        by=None,
        reason=reason,
        object_type="" if known else _SIGN_IN,
        label="" if known else "不存在的员工号",
    )


def _year_replaced(sender, year, changed, source, by, **kwargs) -> None:
    """The calendar knows no audit trail; whoever changes its working days is written down here."""
    audit.record(
        AuditAction.CHANGE, by=by if isinstance(by, Staff) else None, object_type="almanac.holiday",
        object_id=str(year), label=f"{year}年节假日安排",
        after={"依据": source, "变动的日期": [day.isoformat() for day in changed]},
    )  # fmt: skip
