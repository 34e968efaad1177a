"""Lock 4 of DESIGN 3: every route × every persona, and a route that nobody declared fails with its name."""

import pytest
from django.contrib.auth.models import AnonymousUser

from organization.enums import Permission as P
from organization.enums import Role
from organization.permissions import ROLE_PERMISSIONS, has_permission
from tests import access
from tests.access_table import OBJECTS, OWNERS, ROUTES, SEEN_BY, SEES, sees
from tests.world import PERSONAS

FOUND = access.routes()


@pytest.fixture
def bank(world):
    return access.build_bank(world)


def test_every_route_is_declared():
    assert set(FOUND) - set(ROUTES) == set(), "add a line to tests/access_table.py"


def test_no_line_is_left_over():
    assert set(ROUTES) - set(FOUND) == set(), "tests/access_table.py names routes that are gone"


@pytest.mark.parametrize("name", sorted(set(FOUND) & set(ROUTES)))
def test_the_view_asks_for_what_the_table_says(name):
    """A dropped or changed @require is seen even where every persona of a test would be let in anyway."""
    rule, view = ROUTES[name], FOUND[name].view
    assert getattr(view, "required_permission", None) == rule.permission
    assert getattr(view, "login_required", True) is not rule.is_public


@pytest.mark.parametrize("name", sorted(set(FOUND) & set(ROUTES)))
def test_everybody_gets_what_the_table_says(bank, name):
    assert access.violations(bank, FOUND[name]) == []


def test_the_admin_site_is_for_administrator_and_auditor(bank):
    assert len(access.admin_routes()) > 20
    assert [sentence for route in access.admin_routes() for sentence in access.admin_violations(bank, route)] == []


def test_the_tables_cover_every_persona_and_kind():
    assert set(SEES) == {persona for persona in PERSONAS if persona}
    assert set(SEEN_BY) <= set(OBJECTS)
    assert {kind for rule in ROUTES.values() for kind in rule.kinds} <= set(OBJECTS)
    assert not sees("customer", None, "own")
    assert all(sees(kind, owner, whose) for kind in ("customer", "notification") for whose, owner in OWNERS.items())


# Who may do what, said a second time: a slip in ROLE_PERMISSIONS is not caught by the table it is in.

_CUSTOMER_RIGHTS = {
    P.VIEW_CUSTOMERS, P.VIEW_AMOUNTS, P.EDIT_CUSTOMERS, P.REVEAL_FIELDS, P.CHANGE_STRATEGY, P.WORK_QUEUE,
    P.RECORD_CONTACT, P.QUICK_CARD, P.WRITE_DIARY, P.VIEW_TEAM, P.REVIEW_DIARY, P.IMPORT_DATA, P.MANAGE_COVER,
}  # fmt: skip


def having(permission: P) -> set[Role]:
    return {role for role, rights in ROLE_PERMISSIONS.items() if permission in rights}


def test_every_role_has_its_row():
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert having(P.USE_SYSTEM) == set(Role)


def test_administrator_and_auditor_have_no_customers():
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        assert not ROLE_PERMISSIONS[role] & _CUSTOMER_RIGHTS


def test_only_the_administrator_configures_and_only_two_read_the_trail():
    assert having(P.CONFIGURE) == having(P.RUN_DAILY) == {Role.ADMINISTRATOR}
    assert having(P.VIEW_AUDIT) == {Role.ADMINISTRATOR, Role.AUDITOR}


def test_changing_customers_is_for_those_who_serve_them():
    serving = {Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR}
    for permission in (P.EDIT_CUSTOMERS, P.CHANGE_STRATEGY, P.RECORD_CONTACT, P.WORK_QUEUE, P.WRITE_DIARY):
        assert having(permission) == serving


def test_the_quick_card_is_for_the_lobby_and_is_all_they_have_of_customers():
    lobby = {Role.LOBBY_MANAGER, Role.TELLER}
    assert having(P.QUICK_CARD) == lobby
    assert all(ROLE_PERMISSIONS[role] == {P.USE_SYSTEM, P.QUICK_CARD} for role in lobby)


def test_revealing_reviewing_and_importing_are_for_the_line():
    leading = {Role.RM_SUPERVISOR, Role.OUTLET_HEAD, Role.BRANCH_HEAD}
    assert having(P.REVIEW_DIARY) == having(P.VIEW_TEAM) == having(P.IMPORT_DATA) == leading
    assert having(P.REVEAL_FIELDS) == leading | {Role.RELATIONSHIP_MANAGER}
    assert having(P.VIEW_CUSTOMERS) == leading | {Role.RELATIONSHIP_MANAGER, Role.MANAGING_DEPARTMENT}


def test_the_disabled_and_the_unknown_have_no_rights(world):
    world.rm.is_active = False
    assert not any(has_permission(world.rm, permission) for permission in P)
    assert not any(has_permission(AnonymousUser(), permission) for permission in P)
