"""One small bank that every test shares: the same named people, units and customers everywhere.

总行 ─ 滨海分行 ─ 东城网点   own RM 林悦, colleague 周航, supervisor 沈静, head 韩峰, lobby 方琴, teller 田野
               └ 西城网点   RM 邓超, supervisor 康敏
     └ 山南分行 ─ 南湖网点   stranger RM 白露
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from customers.enums import Sex, Strategy, Tier
from customers.models import Customer
from organization.enums import Role, UnitKind
from organization.models import Staff, Unit

PASSWORD = "Binhai-2026-ok"
TODAY = date(2026, 11, 23)


@dataclass
class World:
    head_office: Unit
    branch: Unit
    east: Unit
    west: Unit
    south: Unit
    people: dict[str, Staff] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Staff:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def customer(self, name: str = "张伟", *, manager: Staff | None = None, **fields) -> Customer:
        """A managed customer of the given RM (default: the own RM), straight into the table."""
        manager = manager or self.rm
        number = fields.pop("number", f"T{Customer.objects.unscoped('test').count() + 1:06d}")
        defaults = {
            "sex": Sex.MALE, "tier": Tier.GOLD, "strategy": Strategy.ACTIVE, "managed_since": date(2025, 1, 2),
            "birth_date": date(1980, 6, 15), "monthly_avg_daily_aum": Decimal("150000"), "aum": Decimal("160000"),
            "sort_name": name,
        }  # fmt: skip
        return Customer.objects.create(
            name=name, number=number, manager=manager, unit=fields.pop("unit", manager.unit), **defaults | fields
        )


def build_world() -> World:
    root = Unit.objects.create(kind=UnitKind.HEAD_OFFICE, code="0000", name="总行")
    branch = Unit.objects.create(parent=root, kind=UnitKind.BRANCH, code="1100", name="滨海分行")
    far = Unit.objects.create(parent=root, kind=UnitKind.BRANCH, code="2100", name="山南分行")
    east = Unit.objects.create(parent=branch, kind=UnitKind.OUTLET, code="1101", name="东城网点")
    west = Unit.objects.create(parent=branch, kind=UnitKind.OUTLET, code="1102", name="西城网点")
    south = Unit.objects.create(parent=far, kind=UnitKind.OUTLET, code="2101", name="南湖网点")
    world = World(root, branch, east, west, south)

    def person(key: str, number: str, name: str, unit: Unit, role: Role, supervisor: Staff | None = None) -> Staff:
        staff = Staff.objects.create_user(
            number, PASSWORD, name=name, unit=unit, role=role, supervisor=supervisor, must_change_password=False
        )
        world.people[key] = staff
        return staff

    supervisor = person("supervisor", "1002", "沈静", east, Role.RM_SUPERVISOR)
    person("rm", "1001", "林悦", east, Role.RELATIONSHIP_MANAGER, supervisor)
    person("colleague", "1003", "周航", east, Role.RELATIONSHIP_MANAGER, supervisor)
    person("outlet_head", "1004", "韩峰", east, Role.OUTLET_HEAD)
    person("lobby", "1005", "方琴", east, Role.LOBBY_MANAGER)
    person("teller", "1006", "田野", east, Role.TELLER)
    other_supervisor = person("other_supervisor", "1102", "康敏", west, Role.RM_SUPERVISOR)
    person("other_rm", "1101", "邓超", west, Role.RELATIONSHIP_MANAGER, other_supervisor)
    person("branch_head", "1201", "罗毅", branch, Role.BRANCH_HEAD)
    person("head_office_staff", "0001", "何岚", root, Role.MANAGING_DEPARTMENT)
    person("stranger", "2001", "白露", south, Role.RELATIONSHIP_MANAGER)
    person("administrator", "0009", "管理员甲", root, Role.ADMINISTRATOR)
    person("auditor", "0008", "审计甲", root, Role.AUDITOR)
    return world


# Every persona the access test walks with; None is somebody who has not signed in.
PERSONAS = (
    "rm", "colleague", "supervisor", "outlet_head", "lobby", "teller", "other_rm", "other_supervisor",
    "branch_head", "head_office_staff", "stranger", "administrator", "auditor", None,
)  # fmt: skip
