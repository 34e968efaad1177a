"""The walk behind tests/test_access.py: every route, every persona, GET and POST, own and foreign rows.

`violations` answers with sentences instead of raising, so that tests/test_mutants.py can ask whether a broken view would
have been noticed.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from customers.enums import ProductCategory
from customers.models import Account, Customer, CustomerProfile, Product
from customers.services.identifiers import set_account_number, set_identifiers
from organization import audit
from organization.enums import AuditAction
from organization.permissions import has_permission
from tests.access_table import OBJECTS, OWNERS, ROUTES, Ask, Rule, sees
from tests.world import PERSONAS, TODAY

LOGIN = "/account/login/"
# Never plain in any answer. Area 99 belongs to nobody.
CANARIES = {
    "own": ("990101198006150012", "13900001111", "6222020000001112229", "滨海市望海路88号3单元501室", "own@canary.example", "057188880001", "wecom-own-canary", "素食者甲"),
    "colleague": ("990101198006150020", "13900002222", "6222020000002223338", "滨海市学府路99号2单元302室", "col@canary.example", "057188880002", "wecom-col-canary", "素食者乙"),
    "other": ("990101198006150039", "13900003333", "6222020000003334447", "滨海市海港路77号5单元603室", "oth@canary.example", "057188880003", "wecom-oth-canary", "素食者丙"),
    "far": ("990101198006150047", "13900004444", "6222020000004445556", "山南市南湖路66号1单元101室", "far@canary.example", "057188880004", "wecom-far-canary", "素食者丁"),
}  # fmt: skip
# Names nobody else carries, so that one in an answer tells whose customer it is.
NAMES = {"own": "欧阳自家", "colleague": "司徒同事", "other": "诸葛邻点", "far": "上官远行"}
_ANSWERED = {200, 201, 204, 302, 303, 400, 405, 409, 422}
# The admin site asks for one thing only, the role: a few personas stand for all in its hundred forms.
_ASKED_TO_POST = ("rm", "branch_head", "administrator", "auditor", None)
_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(?P<table>\w+)', re.IGNORECASE)
_SESSIONS = "organization_staffsession"
_TRAIL = "organization_auditevent"


@dataclass(frozen=True)
class Route:
    name: str
    view: object
    parameters: tuple[str, ...]


def routes() -> dict[str, Route]:
    """Every named route of the project, without the admin site (see `admin_routes`)."""
    return {route.name: route for route in _walk(get_resolver(), "") if not route.name.startswith("admin:")}


def admin_routes() -> list[Route]:
    return [route for route in _walk(get_resolver(), "") if route.name.startswith("admin:")]


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern):
            name = entry.name or f"(without a name: {entry.pattern})"
            yield Route(f"{prefix}{name}", entry.callback, tuple(entry.pattern.converters))


@dataclass(frozen=True)
class Bank:
    """The world with one customer per owner, each with canaries, a card, and a line in the audit trail."""

    world: object
    customers: dict[str, Customer]
    sessions: dict[str, str]  # persona → session key


def build_bank(world) -> Bank:
    product = Product.objects.create(code="card", name="借记卡", category=ProductCategory.choices[0][0])
    customers = {}
    for whose, owner in OWNERS.items():
        customer = world.customer(NAMES[whose], manager=world.people[owner])
        id_number, mobile, card, address, email, alt_phone, wecom_id, dietary_note = CANARIES[whose]
        customer.id_number, customer.address = id_number, address
        set_identifiers(customer, mobile=mobile, email=email)
        customer.save()
        CustomerProfile.objects.create(
            customer=customer, unit=customer.unit, alt_phone=alt_phone, wecom_id=wecom_id, dietary_note=dietary_note
        )
        account = Account(
            customer=customer, unit=customer.unit, product=product, reference=f"a-{whose}", opened_on=TODAY, balance=1
        )
        set_account_number(account, card)
        account.save()
        customers[whose] = customer
        label = f"{customer.name[0]}**"
        audit.record(AuditAction.REVEAL, customer, by=world.people[owner], reason="核对", label=label)
    return Bank(world, customers, {})


def client_of(bank: Bank, persona: str | None) -> Client:
    """A fresh client of the persona's one session; a view that signs out cannot sign out the next request."""
    client = Client()
    if persona is None:
        return client
    if persona not in bank.sessions:
        client.force_login(bank.world.people[persona], backend="organization.backends.RoleBackend")
        bank.sessions[persona] = client.cookies["sessionid"].value
    client.cookies["sessionid"] = bank.sessions[persona]
    return client


def violations(
    bank: Bank, route: Route, personas: Iterable[str | None] = PERSONAS, owners: Iterable[str] = tuple(OWNERS)
) -> list[str]:
    """What is not as the table says, one sentence each."""
    for persona in personas:
        client_of(bank, persona)  # signed in before the point to which everything goes back
    with undone():
        return list(_violations(bank, route, ROUTES[route.name], tuple(personas), tuple(owners)))


def is_violated(bank: Bank, route: Route, personas: Iterable[str | None], owners: Iterable[str]) -> bool:
    """Whether there is any violation; stops at the first."""
    with undone():
        return next(_violations(bank, route, ROUTES[route.name], tuple(personas), tuple(owners)), None) is not None


def _violations(
    bank: Bank, route: Route, rule: Rule, personas: tuple[str | None, ...], owners: tuple[str, ...]
) -> Iterator[str]:
    for place, (kind, whose, ask) in enumerate(_asks(bank, rule, owners)):
        for persona in personas:
            # Whoever lacks the right is refused before any row is looked for: once is enough.
            if place and not _has_right(bank, rule, persona):
                continue
            for method in ("get", "post"):
                about = f" of {whose}" if whose else ""
                for sentence in _ask(bank, route, rule, persona, method, kind, whose, ask):
                    yield f"{method.upper()} {route.name}{about} as {persona}: {sentence}"


def _asks(bank: Bank, rule: Rule, owners: tuple[str, ...]) -> list[tuple[str, str, Ask]]:
    asks = [("", "", Ask())] if rule.plain else []
    for kind in rule.kinds:
        for whose in owners:
            owner = bank.world.people[OWNERS[whose]]
            asks.append((kind, whose, OBJECTS[kind](bank.world, owner, bank.customers[whose])))
    return asks


def _ask(
    bank: Bank, route: Route, rule: Rule, persona: str | None, method: str, kind: str, whose: str, ask: Ask
) -> list[str]:
    address = reverse(route.name, kwargs=rule.kwargs | ask.kwargs)
    if ask.query:
        address += "?" + "&".join(f"{name}={value}" for name, value in ask.query.items())
    client = client_of(bank, persona)
    with undone(), writes() as written:
        try:
            answer = client.post(address, ask.data) if method == "post" else client.get(address)
        except Exception as error:
            return [f"raised {type(error).__name__}: {error}"]
        body = _text_of(answer)
    problem = _expectation(bank, rule, persona, kind, whose, answer)
    found = [problem] if problem else []
    found += list(_leaks(persona, method, body))
    if method == "get" and written - ({_SESSIONS, _TRAIL} if answer.status_code == 403 else {_SESSIONS}):
        found.append(f"a GET wrote to {sorted(written)}")
    return found


def _expectation(bank: Bank, rule: Rule, persona: str | None, kind: str, whose: str, answer) -> str:
    status = answer.status_code
    if rule.is_public:
        return "" if status in _ANSWERED and not _to_login(answer) else f"public, answered {status}"
    if persona is None:
        return "" if _to_login(answer) else f"not signed in, answered {status}"
    if _to_login(answer) and rule.permission is not None:
        return "signed in, sent to the login"
    if not _has_right(bank, rule, persona):
        return "" if status in (403, 405) else f"without {rule.permission}, answered {status}"
    if whose and not sees(kind, persona, whose):
        # A form that names a foreign row may also answer with a refusal in words; a page must say 404.
        hidden = (404, 405, 422) if rule.plain else (404, 405)
        return "" if status in hidden else f"a foreign row, answered {status}"
    if persona in rule.refused.split():
        return "" if status in (403, 405) else f"refused by rule, answered {status}"
    return "" if status in _ANSWERED else f"allowed, answered {status}"


def _has_right(bank: Bank, rule: Rule, persona: str | None) -> bool:
    if persona is None:
        return rule.is_public
    return rule.permission is None or has_permission(bank.world.people[persona], rule.permission)


def _to_login(answer) -> bool:
    return answer.status_code in (302, 303) and answer["Location"].startswith((LOGIN, "/admin/login/"))


def _leaks(persona: str | None, method: str, body: str) -> Iterator[str]:
    if method == "get":
        for whose, canaries in CANARIES.items():
            for canary in canaries:
                if canary in body:
                    yield f"shows {canary} of {whose} in plain"
    for whose, name in NAMES.items():
        if name in body and not sees("customer", persona, whose):
            yield f"names the customer of {whose}"


def _text_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", errors="replace")


@contextmanager
def undone() -> Iterator[None]:
    """What a request did is taken back, so that the next persona finds the same rows."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@contextmanager
def writes() -> Iterator[set[str]]:
    """Names of the tables that were written to."""
    tables: set[str] = set()

    def note(execute, sql, params, many, context):
        found = _WRITES.match(sql)
        if found:
            tables.add(found["table"].lower())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def admin_violations(bank: Bank, route: Route) -> list[str]:
    """The admin site answers administrator and auditor, refuses all others, and shows nobody a customer."""
    address = admin_address(route)
    found = []
    for persona in PERSONAS:
        for method in ("get", "post") if persona in _ASKED_TO_POST else ("get",):
            client = client_of(bank, persona)
            with undone(), writes() as written:
                answer = getattr(client, method)(address)
            problems = [_admin_expectation(route, persona, answer.status_code), *_leaks(None, "get", _text_of(answer))]
            if method == "get" and written - {_SESSIONS, _TRAIL}:
                problems.append(f"a GET wrote to {sorted(written)}")
            found += [f"{method.upper()} {address} as {persona}: {problem}" for problem in problems if problem]
    return found


def _admin_expectation(route: Route, persona: str | None, status: int) -> str:
    if route.name == "admin:login" or persona is None:
        expected = {302}
    elif persona in ("administrator", "auditor"):
        expected = _ANSWERED | {403, 404}
    else:
        expected = {403}
    return "" if status in expected else f"answered {status}"


def admin_address(route: Route) -> str:
    """An address of an admin route; rows are named by a number that does not exist."""
    dummies = {"content_type_id": 1, "app_label": "organization", "url": "nowhere"}
    if "without a name" in route.name:
        # The catch-all at the end of the site, and the old form of each model's change page.
        return reverse("admin:index") + ("nowhere/" if "url" in route.parameters else "organization/unit/999999/")
    kwargs = {name: dummies.get(name, 999999) for name in route.parameters}
    if route.name == "admin:app_list":
        kwargs = {"app_label": "organization"}
    return reverse(route.name, kwargs=kwargs)
