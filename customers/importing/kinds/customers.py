"""Customers: the archive's own rules for every row, with its search keys, its birthday and its history."""

from collections.abc import Iterable
from typing import Any

from customers import naming
from customers.enums import CustomerStatus, Sex, Strategy, Tier, Verdict
from customers.importing.important_dates import Birthday, birthday_of, known_birthdays, write_birthdays
from customers.importing.kinds.base import NOT_YOURS, Done, Plan, RowImporter, Units
from customers.importing.kinds.history import record_changes, record_history
from customers.importing.mapping import Line
from customers.models import Customer
from customers.services.assignment import FOLLOWING
from customers.services.identifiers import agree_with_identity, set_identifiers
from customers.services.names import clean_name
from customers.services.search_keys import rebuild_search_keys
from customers.signals import maintenance_changed
from organization import clock
from organization.enums import Role
from organization.exceptions import RuleViolation
from organization.models import Staff

_AS_GIVEN = (
    "sex", "birth_date", "managed_since", "marital_status", "occupation", "employer", "is_veteran", "is_party_member",
    "interests", "preferred_channel", "preferred_time", "status", "tier", "strategy", "note",
)  # fmt: skip
_IDENTIFIERS = ("id_number", "mobile", "address", "email")
_FOUND_BY = {"name", "mobile", "id_number", "number"}
_MOVES_MAINTENANCE = {"manager_id", "tier", "strategy", "status", "unit_id", "managed_since", "birth_date", "sex"}
_MANAGING = {Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR}
# DOMAIN 2.4: who is a candidate for which strategy when nobody has decided.
STRATEGY_OF = {
    Tier.PRIVATE: Strategy.INTENSIVE,
    Tier.DIAMOND: Strategy.INTENSIVE,
    Tier.PLATINUM: Strategy.ACTIVE,
    Tier.GOLD: Strategy.ACTIVE,
}


class CustomerImporter(RowImporter):
    model = Customer
    attributes = (
        "number", "name", "sort_name", "unit_id", "manager_id", "id_type", "id_number_index", "mobile_index",
        *_AS_GIVEN, *_IDENTIFIERS,
    )  # fmt: skip
    touched = ("version", "updated_at")
    own_relations = frozenset(
        {"customers.searchkey", "customers.importantdate", "customers.strategychange", "customers.tierchange"}
    )

    def __init__(self, scope):
        super().__init__(scope)
        self._units = Units()
        self._managers = {
            row.employee_no: row for row in Staff.objects.filter(role__in=_MANAGING).select_related("unit")
        }
        self._documents: dict[tuple[str, str], str] = {}
        self._today = clock.today()

    def key(self, values: dict[str, Any]) -> str:
        return values["number"]

    def load(self, lines: list[Line]) -> dict[str, Customer]:
        numbers = {line.values["number"] for line in lines}
        rows = list(self.everything().filter(number__in=numbers).select_related("unit"))
        birthdays = known_birthdays([row.pk for row in rows])
        for row in rows:
            row.birthday = birthdays.get(row.pk)
        self._load_documents(lines)
        return {row.number: row for row in rows}

    def _load_documents(self, lines: list[Line]) -> None:
        """Whose the documents of this chunk are; those the file itself has given so far are remembered."""
        indexes = set()
        for line in lines:
            if "id_number" in line.values:
                probe = Customer(id_type=line.values.get("id_type", "identity_card"))
                try:
                    set_identifiers(probe, id_number=line.values["id_number"])
                except RuleViolation:
                    continue
                indexes.add(probe.id_number_index)
        found = (
            self.everything().filter(id_number_index__in=indexes).values_list("id_type", "id_number_index", "number")
        )
        for id_type, index, number in found:
            self._documents.setdefault((id_type, index), number)

    def fill(self, obj: Customer, values: dict[str, Any], errors: list[str]) -> None:
        if obj.pk is not None and not self.scope.covers(obj.unit):
            errors.append(f"客户号{values['number']}已属于其他机构")
            return
        if CustomerStatus.MERGED in (obj.status, values.get("status")):
            errors.append(f"客户号{values['number']}已并入另一份档案，请改用保留的客户号")
            return
        obj.number = values["number"]
        self._name(obj, values, errors)
        self._place(obj, values, errors)
        before = obj.tier
        for name in _AS_GIVEN:
            if name in values:
                setattr(obj, name, values[name])
        if "strategy" not in values and (obj.pk is None or obj.tier != before):
            obj.strategy = STRATEGY_OF.get(Tier(obj.tier), obj.strategy)
        self._identify(obj, values, errors)
        if obj.birth_date and obj.birth_date > self._today:
            errors.append("出生日期不能晚于今天")
        obj.birthday = birthday_of(obj.birth_date, values.get("lunar_birthday"), getattr(obj, "birthday", None))

    def _name(self, obj: Customer, values: dict[str, Any], errors: list[str]) -> None:
        try:
            name = clean_name(values["name"])
        except RuleViolation as error:
            errors.append(str(error))
            return
        if name != obj.name:
            obj.name, obj.sort_name = name, naming.sort_pinyin(name)[:120]

    def _place(self, obj: Customer, values: dict[str, Any], errors: list[str]) -> None:
        """Unit and manager, both of the importer's own units; a new manager begins today unless the file says when."""
        unit = self._units.get(values["unit"]) if "unit" in values else None
        manager = self._managers.get(values["manager"]) if "manager" in values else None
        if "unit" in values and (unit is None or not self.scope.covers(unit) or not unit.is_active):
            errors.append(f"机构号{values['unit']}{NOT_YOURS}")
        if "manager" in values and (manager is None or not manager.is_active or not self.scope.covers(manager.unit)):
            errors.append(f"客户经理{values['manager']}不存在、已离岗，或不属于您的机构")
        if errors:
            return
        if manager is not None and manager.pk != obj.manager_id:
            obj.manager = manager
            obj.managed_since = self._today
            unit = unit or manager.unit
        if unit is not None or obj.pk is None:
            obj.unit = unit or self.scope.home

    def _identify(self, obj: Customer, values: dict[str, Any], errors: list[str]) -> None:
        given = {name: values[name] for name in ("id_type", *_IDENTIFIERS) if name in values}
        for name, value in given.items():
            try:
                set_identifiers(obj, **{name: value})
            except RuleViolation as error:
                errors.append(str(error))
        if "email" in given and ("@" not in obj.email or " " in obj.email):
            errors.append("电子邮箱格式不正确")
        if errors or not ("id_number" in given or obj.pk is None or "birth_date" in values or "sex" in values):
            return
        if values.get("sex") == Sex.UNKNOWN:
            obj.sex = Sex.UNKNOWN
        try:
            agree_with_identity(obj)
        except RuleViolation as error:
            errors.append(str(error))
        if obj.id_number_index:
            owner = self._documents.setdefault((obj.id_type, obj.id_number_index), obj.number)
            if owner != obj.number:
                errors.append("该证件号码在行内或本文件中已有客户档案，请核对号码")

    def state(self, obj: Customer) -> dict[str, Any]:
        birthday: Birthday | None = getattr(obj, "birthday", None)
        return super().state(obj) | {"birthday": birthday.plain() if birthday else None}

    def touch(self, rows: list[Customer]) -> None:
        for row in rows:
            row.version += 1

    def write(self, plans: list[Plan]) -> None:
        super().write(plans)
        for plan in plans:
            if plan.verdict == Verdict.CREATE:
                # What undoing must know of a new customer is only that nobody has touched it since.
                plan.now = {"version": plan.obj.version}
            elif plan.verdict == Verdict.UPDATE:
                plan.now["version"] = plan.obj.version

    def written(self, plans: list[Plan]) -> None:
        by = self.scope.by
        record_changes(plans, by=by)
        record_history(
            [(plan.obj, plan.was, plan.now) for plan in plans if plan.was], reason="批量导入", by=by, at=clock.now()
        )
        for plan in plans:
            # A new customer has no dependent rows yet that could follow into its unit.
            plan.obj.is_new = plan.was is None
        self._follow({plan.obj.pk: plan.obj for plan in plans}, {plan.obj.pk: plan.now for plan in plans})

    def _follow(self, rows: dict[int, Customer], changed: dict[int, Iterable[str]]) -> None:
        """Search keys, birthday, the unit of dependent rows, and whoever keeps the beats."""
        changed_sets = {pk: set(names) for pk, names in changed.items()}
        rebuild_search_keys(rows[pk] for pk, names in changed_sets.items() if names & _FOUND_BY)
        dated = [rows[pk] for pk, names in changed_sets.items() if "birthday" in names]
        if dated:
            write_birthdays(dated, {row.pk: row.birthday for row in dated}, on=self._today)
        moved = [rows[pk] for pk, names in changed_sets.items() if "unit_id" in names]
        moved = [row for row in moved if not getattr(row, "is_new", False)]
        for unit_id in {row.unit_id for row in moved}:
            ids = [row.pk for row in moved if row.unit_id == unit_id]
            for model in FOLLOWING:
                following = model.objects.unscoped("rows follow their customer").filter(customer__in=ids)
                following.exclude(unit=unit_id).update(unit=unit_id)
        ids = sorted(pk for pk, names in changed_sets.items() if names & _MOVES_MAINTENANCE)
        if ids:
            maintenance_changed.send(sender=None, customer_ids=ids, on=self._today, by=self.scope.by)

    def _stands(self, obj: Customer | None, entry: Done) -> bool:
        """Every service that changes a customer raises its version."""
        return obj is not None and obj.version == entry.now["version"]

    def reverted(self, rows: list[Customer], done: list[Done]) -> None:
        by_pk = {row.pk: row for row in rows}
        for entry in done:
            row = by_pk[entry.pk]
            if "birthday" in entry.was:
                row.birthday = Birthday(*entry.was["birthday"]) if entry.was["birthday"] else None
        record_history(
            [(by_pk[entry.pk], entry.now, entry.was) for entry in done], reason="撤销批量导入", by=self.scope.by,
            at=clock.now(),
        )  # fmt: skip
        self._follow(by_pk, {entry.pk: entry.was for entry in done})
