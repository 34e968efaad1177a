"""Dated parameters: a value in force is never changed, a new one takes over on its day."""

from datetime import date
from typing import Any

from django.db import transaction

from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Parameter, Staff
from organization.parameters import declared, forget
from organization.policies import can_configure
from organization.value_shape import mismatch


def check_parameter(*, row: Parameter | None, code: str, effective_from: date, value: Any, source: str) -> None:
    """Raises RuleViolation when this value may not take over on that day."""
    if row and is_in_force(row):
        raise RuleViolation("已生效的取值不能修改，请新增一条从今天或以后生效的取值。")
    if code not in declared():
        raise RuleViolation(f"没有名为{code}的参数。")
    if effective_from < clock.today():
        raise RuleViolation("生效日期不能早于今天。")
    if Parameter.objects.filter(code=code, effective_from=effective_from).exclude(pk=row.pk if row else None).exists():
        raise RuleViolation("该参数在这一天已有取值，请换一个生效日期。")
    problem = mismatch(declared()[code].value, value)
    if problem:
        raise RuleViolation(f"取值与该参数的形式不符：{problem}。")
    if not source.strip():
        raise RuleViolation("请填写依据。")


@transaction.atomic
def save_parameter(
    *, by: Staff | None, row: Parameter | None = None, code: str, effective_from: date, value: Any, source: str,
    note: str = "",
) -> Parameter:  # fmt: skip
    """Add a value from a day on, or change one that has not begun yet."""
    _must_configure(by)
    check_parameter(row=row, code=code, effective_from=effective_from, value=value, source=source)
    before = _said(Parameter.objects.get(pk=row.pk)) if row else None
    row = row or Parameter()
    row.code, row.effective_from, row.value, row.source, row.note = code, effective_from, value, source, note
    row.save()
    action = AuditAction.CHANGE if before else AuditAction.CREATE
    audit.record(action, row, by=by, before=before, after=_said(row))
    transaction.on_commit(forget)
    return row


@transaction.atomic
def remove_parameter(*, by: Staff | None, row: Parameter) -> None:
    """Take back a value that has not begun yet."""
    _must_configure(by)
    if is_in_force(row):
        raise RuleViolation("已生效的取值不能删除。")
    audit.record(AuditAction.DELETE, row, by=by, before=_said(row))
    row.delete()
    transaction.on_commit(forget)


def is_in_force(row: Parameter) -> bool:
    """Whether a stored value has begun: from then on results rest on it."""
    return bool(row.pk) and Parameter.objects.filter(pk=row.pk, effective_from__lte=clock.today()).exists()


def _must_configure(by: Staff | None) -> None:
    if not can_configure(by):
        raise RuleViolation("只有系统管理员可以维护参数。")


def _said(row: Parameter) -> dict:
    return {"生效日期": row.effective_from, "取值": row.value, "依据": row.source, "说明": row.note}
