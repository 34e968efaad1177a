"""The people of the demo bank: one branch with its outlets, every role, so many relationship managers."""

import secrets
import string
from functools import cache
from pathlib import Path
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password

from crm.demo import names
from customers.enums import Sex
from organization import clock
from organization.enums import Role, UnitKind
from organization.models import Staff, Unit

PASSWORD_FILE = "demo_password"  # noqa: S105
_OUTLETS = ("东城网点", "学府路网点", "海港网点", "滨江网点", "望海路网点", "湖滨网点")


def demo_password() -> str:
    """The one password of all demo accounts, drawn once per installation and kept under var/ (never a default)."""
    path = Path(settings.VAR_DIR) / PASSWORD_FILE
    if not path.exists():
        letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(6))
        path.write_text(f"Demo-{letters}-{secrets.randbelow(9000) + 1000}")
        path.chmod(0o600)
    return path.read_text()


def build_staff(random: Random, relationship_managers: int) -> list[Staff]:
    """Units and people; returns the relationship managers, in order of employee number."""
    root = Unit.objects.create(kind=UnitKind.HEAD_OFFICE, code="0000", name="总行")
    branch = Unit.objects.create(parent=root, kind=UnitKind.BRANCH, code="1100", name="滨海分行")
    main = Unit.objects.create(parent=branch, kind=UnitKind.SUB_BRANCH, code="1110", name="滨海东城支行")
    _person(random, "100001", root, Role.ADMINISTRATOR)
    _person(random, "100002", root, Role.AUDITOR)
    _person(random, "100003", root, Role.MANAGING_DEPARTMENT)
    _person(random, "110001", main, Role.BRANCH_HEAD)
    found: list[Staff] = []
    outlets = max(1, min(len(_OUTLETS), relationship_managers // 2))
    for place in range(outlets):
        code = f"111{place + 1}"
        outlet = Unit.objects.create(parent=main, kind=UnitKind.OUTLET, code=code, name=_OUTLETS[place])
        supervisor = _person(random, f"{code}01", outlet, Role.RM_SUPERVISOR)
        _person(random, f"{code}02", outlet, Role.OUTLET_HEAD)
        _person(random, f"{code}03", outlet, Role.LOBBY_MANAGER)
        _person(random, f"{code}04", outlet, Role.TELLER)
        share = len(range(place, relationship_managers, outlets))
        found += [
            _person(random, f"{code}{11 + seat}", outlet, Role.RELATIONSHIP_MANAGER, supervisor)
            for seat in range(share)
        ]
    return sorted(found, key=lambda staff: staff.employee_no)


def _person(random: Random, number: str, unit: Unit, role: Role, supervisor: Staff | None = None) -> Staff:
    name = names.full_name(random, random.choice((Sex.MALE, Sex.FEMALE)))
    return Staff.objects.create(
        employee_no=number, password=_hashed(), name=name, unit=unit, role=role, supervisor=supervisor,
        must_change_password=False, password_changed_at=clock.now(),
    )  # fmt: skip


@cache
def _hashed() -> str:
    """Hashed once: a strong hash takes its time, and all accounts share it."""
    return make_password(demo_password())
