"""Removing visible_to() from any one view is noticed: proved by removing it, call by call.

Twice over: in the source text (lock 5 sees it without running anything), and in the running site (lock 1 or the access
table sees it wherever a route reaches the call).
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db.models import manager

from organization.scoping import ScopedQuerySet
from tests import access
from tests import source_rules as rules
from tests.access_table import ROUTES
from tests.test_source import SCOPED_NAMES

_MANAGER = manager.__file__
# Enough to meet a row of one's own, of one's team, and of strangers.
PERSONAS = ("rm", "supervisor", "stranger")
OWNERS = ("own", "far")


@dataclass(frozen=True)
class Site:
    """A call of visible_to() in the source; a chain may spread it over several lines."""

    path: Path
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.path.relative_to(rules.ROOT)}:{self.first}"


def calls_in(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to":
            yield node


def sites() -> list[Site]:
    return [
        Site(path, call.lineno, call.end_lineno)
        for path in rules.python_files()
        if rules.reads_rows(path)
        for call in calls_in(path)
    ]


def without_call(path: Path, site: Site) -> str:
    """The file's text with that one call taken out: `rows.visible_to(user).filter(…)` → `rows.filter(…)`."""

    class Remove(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            here = (node.lineno, node.end_lineno) == (site.first, site.last)
            self.generic_visit(node)
            if here and isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to":
                return node.func.value
            return node

    return ast.unparse(Remove().visit(ast.parse(path.read_text())))


def without_blanks(site: Site) -> str:
    """The lines of the call, so that a chain over several of them reads as one."""
    return "".join("".join(site.path.read_text().splitlines()[site.first - 1 : site.last]).split())


def is_seen_in_source(site: Site) -> bool:
    is_form = rules.declares_choices(site.path)
    return bool(list(rules.unscoped_reads(without_call(site.path, site), SCOPED_NAMES, is_form=is_form)))


@pytest.fixture
def bank(world):
    return access.build_bank(world)


def calling() -> tuple[str, int]:
    """Who called visible_to(): the manager that hands the call on to its queryset does not count."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename == _MANAGER:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def reached_by_route(bank, monkeypatch) -> dict[tuple[str, int], dict[str, None]]:
    """Where visible_to() is called while the walk goes on, and the routes that lead there, in their order."""
    reached: dict[tuple[str, int], dict[str, None]] = {}
    real = ScopedQuerySet.visible_to

    def noting(self, staff):
        reached.setdefault(calling(), {})[route.name] = None
        return real(self, staff)

    with monkeypatch.context() as patch:
        patch.setattr(ScopedQuerySet, "visible_to", noting)
        for route in access.routes().values():
            if route.name in ROUTES:
                access.violations(bank, route, PERSONAS, OWNERS)
    return reached


def is_noticed(site: Site, route_name: str, bank, monkeypatch) -> bool:
    real = ScopedQuerySet.visible_to

    def mutant(self, staff):
        file, line = calling()
        if file == str(site.path) and site.first <= line <= site.last:
            whole = self.all()
            whole._scoped_by = None
            return whole
        return real(self, staff)

    with monkeypatch.context() as patch:
        patch.setattr(ScopedQuerySet, "visible_to", mutant)
        return access.is_violated(bank, access.routes()[route_name], PERSONAS, OWNERS)


def test_every_call_taken_out_is_noticed(bank, monkeypatch):
    reached = reached_by_route(bank, monkeypatch)
    assert reached
    survivors, ran = [], 0
    for site in sites():
        routes = [
            name
            for (file, line), names in reached.items()
            if file == str(site.path) and site.first <= line <= site.last
            for name in names
        ]
        if routes:
            ran += 1
            if not any(is_noticed(site, name, bank, monkeypatch) for name in routes):
                survivors.append(f"{site} ({', '.join(routes)}), when running")
        elif not is_seen_in_source(site):
            survivors.append(f"{site}, reached by no route and not seen in the source")
    assert survivors == [], "\n".join(survivors)
    assert ran > 10


@pytest.mark.parametrize("site", [site for site in sites() if "objects.visible_to" in without_blanks(site)], ids=str)
def test_a_call_on_a_manager_taken_out_is_seen_in_the_source(site):
    assert is_seen_in_source(site)
