"""The published export of a Czech bank of the 1990s (PKDD'99), brought in whole through the mappings of this repository.

The files have no names, phones, documents or staff: customers are called by their number, and relationship managers are
made up, one for every 250 customers of an outlet. Amounts are Czech crowns, and so are the tier bounds of this
installation. Balances are those of the movements delivered (1993-01 to 1994-03); tiers follow by the movement rule.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count

from customers.enums import ImportKind, ImportState, Strategy, Tier
from customers.importing import pipeline
from customers.importing.bulk import update_rows
from customers.importing.kinds.customers import STRATEGY_OF
from customers.importing.kinds.history import record_history
from customers.importing.mapping import load_mapping
from customers.models import Customer, ImportBatch, MonthlyBalance
from customers.parameters import TIER_THRESHOLDS
from customers.services import imports
from customers.signals import maintenance_changed
from customers.tiers import next_tier
from organization import audit, clock
from organization.bulk import batches
from organization.enums import AuditAction, Role, UnitKind
from organization.exceptions import RuleViolation
from organization.models import Parameter, Staff, Unit
from organization.parameters import forget, parameter

# In the order in which one refers to the other.
FILES = (
    ("berka_regions", "district.asc", ImportKind.UNITS),
    ("berka_districts", "district.asc", ImportKind.UNITS),
    ("berka_clients", "client.asc", ImportKind.CUSTOMERS),
    ("berka_accounts", "account.asc", ImportKind.ACCOUNTS),
    ("berka_dispositions", "disp.asc", ImportKind.PARTIES),
    ("berka_loans", "loan.asc", ImportKind.HOLDINGS),
    ("berka_cards", "card.asc", ImportKind.HOLDINGS),
    ("berka_balances", "trans.asc", ImportKind.BALANCES),
)
FIRST_DAY, LAST_DAY = date(1993, 1, 1), date(1998, 12, 31)
LAST_MONTH_OF_BALANCES = date(1994, 3, 1)
THRESHOLDS = {
    "MASS": "0", "POTENTIAL": "15000", "GOLD": "30000", "PLATINUM": "50000", "DIAMOND": "75000", "PRIVATE": "200000",
}  # fmt: skip
CUSTOMERS_PER_MANAGER = 250
# Allotted long enough ago to be no newcomers, on different days, so that not all beats fall due together.
_ALLOTTED_DAYS_AGO, _ALLOTTED_OVER_DAYS = 31, 29
_REASON = "Berka数据装载"

Say = Callable[[str], None]


def load(folder: Path, *, password: str | None, say: Say) -> None:
    """Bring everything in; repeated, it adds nothing. Raises RuleViolation for a wrong clock or missing files."""
    if clock.today() <= LAST_DAY:
        raise RuleViolation(f"业务日期{clock.today()}早于数据的最后一天{LAST_DAY}，请调整CLOCK_SHIFT_DAYS。")
    if missing := sorted({name for _, name, _ in FILES if not (folder / name).is_file()}):
        raise RuleViolation(f"{folder}中缺少文件{'、'.join(missing)}。")
    _head_office()
    _thresholds()
    for mapping, name, kind in FILES:
        batch = import_file(folder / name, mapping, kind)
        say(
            f"{batch.get_kind_display()}\t{name}\t新增{batch.created_count} 更新{batch.updated_count}"
            f" 无变化{batch.same_count} 有误{batch.error_count}"
        )
    managers = _people(password)
    say(f"员工\t{Staff.objects.count()}名，其中客户经理{sum(map(len, managers.values()))}名")
    say(f"层级\t评定{_tiers()}名客户")
    say(f"管户\t分配{_allot(managers)}名客户")


def import_file(path: Path, mapping: str, kind: str) -> ImportBatch:
    """One file through check and apply. Raises RuleViolation unless every row is taken."""
    rules = load_mapping(mapping)
    with path.open("rb") as file:
        batch = imports.open_batch(
            by=None, kind=kind, unit=None, file_name=path.name, chunks=iter(lambda: file.read(1 << 20), b"")
        )
    imports.add_companions(batch=batch, rules=rules, folder=path.parent)
    batch = imports.start_check(by=None, batch=batch, rules=rules)
    pipeline.work_on(batch)
    batch.refresh_from_db()
    if batch.state != ImportState.CHECKED or batch.error_count:
        raise RuleViolation(f"{path.name}未通过校验：有误{batch.error_count}行 {batch.error}")
    batch = imports.confirm(by=None, batch=batch)
    pipeline.work_on(batch)
    batch.refresh_from_db()
    if batch.state != ImportState.DONE:
        raise RuleViolation(f"{path.name}没有导入：{batch.error}")
    return batch


def _head_office() -> None:
    Unit.objects.get_or_create(code="0000", defaults={"name": "总行", "kind": UnitKind.HEAD_OFFICE, "parent": None})


def _thresholds() -> None:
    """In force from the first day of the data; a bank that begins with this file has none of its own."""
    Parameter.objects.update_or_create(
        code=TIER_THRESHOLDS, effective_from=FIRST_DAY,
        defaults={"value": THRESHOLDS, "source": _REASON, "note": "金额为捷克克朗，按1994年3月月日均分布设定"},
    )  # fmt: skip
    forget()


def _people(password: str | None) -> dict[int, list[Staff]]:
    """Every role, with visibly made-up names; relationship managers by outlet."""
    secret = make_password(password)
    root = Unit.objects.get(code="0000")

    def person(number: str, name: str, unit: Unit, role: Role, supervisor: Staff | None = None) -> Staff:
        staff, _ = Staff.objects.get_or_create(
            employee_no=number,
            defaults={
                "name": name, "unit": unit, "role": role, "supervisor": supervisor, "password": secret,
                "must_change_password": False,
            },
        )  # fmt: skip
        return staff

    person("0001", "总行主管部门", root, Role.MANAGING_DEPARTMENT)
    person("0008", "总行审计", root, Role.AUDITOR)
    person("0009", "总行管理员", root, Role.ADMINISTRATOR)
    managers: dict[int, list[Staff]] = {}
    counts = dict(Customer.objects.unscoped(_REASON).order_by().values_list("unit").annotate(number=Count("pk")))
    for branch in Unit.objects.filter(parent=root, kind=UnitKind.BRANCH):
        digit = branch.code.removeprefix("B")
        person(f"{digit}001", f"{branch.name}负责人", branch, Role.BRANCH_HEAD)
        supervisor = person(f"{digit}002", f"{branch.name}主管", branch, Role.RM_SUPERVISOR)
        for outlet in Unit.objects.filter(parent=branch):
            place = f"{digit}{outlet.code.removeprefix('D')}"
            seats = ceil(counts.get(outlet.pk, 0) / CUSTOMERS_PER_MANAGER)
            managers[outlet.pk] = [
                person(f"{place}{seat}", f"客户经理{place}{seat}", outlet, Role.RELATIONSHIP_MANAGER, supervisor)
                for seat in range(1, seats + 1)
            ]
        first = Unit.objects.filter(parent=branch).order_by("code").first()
        place = f"{digit}{first.code.removeprefix('D')}"
        person(f"{place}7", f"{first.name}负责人", first, Role.OUTLET_HEAD)
        person(f"{place}8", f"{first.name}大堂经理", first, Role.LOBBY_MANAGER)
        person(f"{place}9", f"{first.name}柜员", first, Role.TELLER)
    return managers


@transaction.atomic
def _tiers() -> int:
    """The tier that the months of balances lead to by the movement rule (DOMAIN 1.3), with the strategy that goes with it."""
    bounds = parameter(TIER_THRESHOLDS, LAST_MONTH_OF_BALANCES)
    averages = defaultdict(list)
    months = MonthlyBalance.objects.unscoped(_REASON).filter(month__lte=LAST_MONTH_OF_BALANCES).order_by("month")
    for customer_id, average in months.values_list("customer_id", "average"):
        averages[customer_id].append(average)
    moved = []
    for customer in Customer.objects.unscoped(_REASON).filter(pk__in=averages):
        tier = next_tier(Tier.MASS, averages[customer.pk], thresholds=bounds)
        if tier != customer.tier:
            was = {"tier": customer.tier, "strategy": customer.strategy}
            customer.tier, customer.strategy = tier, STRATEGY_OF.get(Tier(tier), Strategy.RESPONSIVE)
            now = {
                name: value for name, value in (("tier", tier), ("strategy", customer.strategy)) if was[name] != value
            }
            moved.append((customer, was, now))
    for some in batches(moved):
        update_rows(Customer, [customer for customer, _, _ in some], ["tier", "strategy", "version"])
        record_history(some, reason=f"按{LAST_MONTH_OF_BALANCES:%Y年%m月}止各月月日均评定", by=None, at=clock.now())
    return len(moved)


@transaction.atomic
def _allot(managers: dict[int, list[Staff]]) -> int:
    """Customers without a manager to those of their outlet, in turn."""
    today = clock.today()
    rows = []
    for customer in Customer.objects.unscoped(_REASON).filter(manager=None, unit__in=managers).order_by("pk"):
        seats = managers[customer.unit_id]
        customer.manager = seats[customer.pk % len(seats)]
        days_ago = _ALLOTTED_DAYS_AGO + customer.pk % _ALLOTTED_OVER_DAYS
        customer.managed_since = today - timedelta(days=days_ago)
        customer.version += 1
        rows.append(customer)
    for some in batches(rows):
        update_rows(Customer, some, ["manager", "managed_since", "version"])
        maintenance_changed.send(sender=None, customer_ids=[row.pk for row in some], on=today, by=None)
    if rows:
        audit.record(
            AuditAction.IMPORT, by=None, reason=_REASON, label="按网点分配客户经理", after={"customers": len(rows)}
        )
    return len(rows)
