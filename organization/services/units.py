"""The bank's tree. Moving or renumbering a unit moves the path of everything below it."""

import re
from datetime import time

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat, Substr

from organization import audit
from organization.enums import AuditAction, UnitKind
from organization.exceptions import RuleViolation
from organization.models import Staff, Unit
from organization.policies import can_configure, is_within

_CODE = re.compile(r"[0-9A-Za-z-]{1,20}")
_RANK = {kind: rank for rank, kind in enumerate((*UnitKind,))}
_FIELDS = ("parent", "kind", "code", "name", "plan_closes_at", "is_active")


def check_unit(
    *, unit: Unit | None, parent: Unit | None, kind: str, code: str, name: str, is_active: bool = True
) -> None:
    """Raises RuleViolation when a unit cannot stand at this place in the tree."""
    if not _CODE.fullmatch(code):
        raise RuleViolation("机构号只能由20位以内的数字、字母和短横线组成。")
    if not name.strip():
        raise RuleViolation("请填写机构名称。")
    if Unit.objects.filter(code=code).exclude(pk=unit.pk if unit else None).exists():
        raise RuleViolation(f"机构号{code}已被使用。")
    _check_place(unit, parent, kind)
    if unit and not is_active:
        _check_empty(unit)


def _check_place(unit: Unit | None, parent: Unit | None, kind: str) -> None:
    if parent is None:
        if kind != UnitKind.HEAD_OFFICE:
            raise RuleViolation("除总行外，机构都要有上级机构。")
        if Unit.objects.filter(parent=None).exclude(pk=unit.pk if unit else None).exists():
            raise RuleViolation("总行只能有一个。")
        return
    if unit and is_within(parent, Unit.objects.get(pk=unit.pk)):
        raise RuleViolation("上级机构不能是本机构或其下级。")
    if _RANK[UnitKind(kind)] <= _RANK[UnitKind(parent.kind)]:
        raise RuleViolation(f"{UnitKind(kind).label}不能设在{parent.get_kind_display()}之下。")
    if unit and any(_RANK[UnitKind(child.kind)] <= _RANK[UnitKind(kind)] for child in unit.children.all()):
        raise RuleViolation("本机构的级别要高于其下级机构。")


def _check_empty(unit: Unit) -> None:
    if Staff.objects.filter(unit=unit, is_active=True).exists():
        raise RuleViolation("本机构还有在岗员工，请先调离或停用他们。")
    if unit.children.filter(is_active=True).exists():
        raise RuleViolation("本机构还有在用的下级机构，请先停用它们。")


@transaction.atomic
def create_unit(
    *, by: Staff | None, parent: Unit | None, kind: str, code: str, name: str, plan_closes_at: time | None = None
) -> Unit:
    """A new place in the tree; by None is the system (set-up, import)."""
    _must_configure(by)
    check_unit(unit=None, parent=parent, kind=kind, code=code, name=name)
    unit = Unit.objects.create(parent=parent, kind=kind, code=code, name=name.strip(), plan_closes_at=plan_closes_at)
    audit.record(AuditAction.CREATE, unit, by=by, after=_said(unit))
    return unit


@transaction.atomic
def update_unit(*, by: Staff | None, unit: Unit, **changes) -> Unit:
    """Change parent, kind, code, name, plan_closes_at or is_active; paths of the whole subtree follow."""
    _must_configure(by)
    stored = Unit.objects.select_for_update().get(pk=unit.pk)
    before = _said(stored)
    wanted = {name: changes.get(name, getattr(stored, name)) for name in _FIELDS}
    check_unit(
        unit=stored, parent=wanted["parent"], kind=wanted["kind"], code=wanted["code"], name=wanted["name"],
        is_active=wanted["is_active"],
    )  # fmt: skip
    old_path = stored.path
    for name, value in wanted.items():
        setattr(stored, name, value)
    stored.save()
    if stored.path != old_path:
        # The unit's own row has the new path already, so only what lay below it still carries the old one.
        below = Unit.objects.filter(path__prefix=old_path)
        below.update(path=Concat(Value(stored.path), Substr("path", len(old_path) + 1), output_field=CharField()))
    after = _said(stored)
    if after != before:
        audit.record(AuditAction.CHANGE, stored, by=by, before=before, after=after)
    return stored


def _must_configure(by: Staff | None) -> None:
    if not can_configure(by):
        raise RuleViolation("只有系统管理员可以维护机构。")


def _said(unit: Unit) -> dict:
    return {
        "机构号": unit.code, "名称": unit.name, "类型": UnitKind(unit.kind).label, "路径": unit.path,
        "日志计划截止": unit.plan_closes_at, "在用": unit.is_active,
    }  # fmt: skip
