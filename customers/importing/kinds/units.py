"""Units of the bank's tree. A parent stands before its children in the file."""

from typing import Any

from customers.enums import ImportKind
from customers.importing.kinds.base import Plan, RowImporter
from customers.importing.mapping import Line
from organization.enums import UnitKind
from organization.models import Unit

_BELOW = {
    UnitKind.HEAD_OFFICE: UnitKind.BRANCH,
    UnitKind.BRANCH: UnitKind.OUTLET,
    UnitKind.SUB_BRANCH: UnitKind.OUTLET,
    UnitKind.OUTLET: UnitKind.OUTLET,
}


class UnitImporter(RowImporter):
    kind = ImportKind.UNITS
    model = Unit
    attributes = ("code", "name", "kind", "parent_id")

    def __init__(self, scope):
        super().__init__(scope)
        self._known: dict[str, Unit] = {}

    def key(self, values: dict[str, Any]) -> str:
        return values["code"]

    def load(self, lines: list[Line]) -> dict[str, Unit]:
        # Kept from chunk to chunk, with the units that the file itself is about to add.
        self._known = {unit.code: unit for unit in Unit.objects.all()} | {
            code: unit for code, unit in self._known.items() if unit.pk is None
        }
        return {code: unit for code, unit in self._known.items() if unit.pk is not None}

    def fill(self, obj: Unit, values: dict[str, Any], errors: list[str]) -> None:
        parent = self._parent(obj, values, errors)
        if errors:
            return
        obj.code = values["code"]
        obj.name = values["name"]
        obj.kind = values.get("kind") or obj.kind or _BELOW[parent.kind]
        if parent is not None:
            obj.parent = parent
        if obj.pk is None:
            self._known[obj.code] = obj

    def _parent(self, obj: Unit, values: dict[str, Any], errors: list[str]) -> Unit | None:
        code = values.get("parent") or (self.scope.home.code if obj.pk is None else "")
        if not code:
            return None
        parent = self._known.get(code)
        if parent is None:
            errors.append(f"上级机构{code}不存在（上级须排在下级之前）")
        elif obj.pk is not None and obj.parent_id != parent.pk:
            errors.append("不能通过导入改变上级机构，请在系统管理中调整")
        elif parent.pk is not None and not self.scope.covers(parent):
            errors.append(f"上级机构{code}不属于您的机构")
        return parent

    def write(self, plans: list[Plan]) -> None:
        """One by one: the path of a unit is made from its parent's. There are few."""
        for plan in plans:
            if plan.obj is not None and plan.verdict != "same":
                # The parent may have been saved a moment ago.
                plan.obj.parent = plan.obj.parent
                plan.obj.save()
                if plan.was is None:
                    plan.now = self.state(plan.obj)

    def delete(self, pks: list[int]) -> None:
        """From the bottom up: the tree protects a parent from going before its children."""
        for unit in Unit.objects.filter(pk__in=pks).order_by("-path"):
            unit.delete()
