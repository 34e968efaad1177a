"""数据质量: what is missing, stale and contradictory, each with the way to mend it, within the person's scope."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.completeness import completeness_of
from customers.enums import Channel, CustomerStatus, FactOrigin
from customers.models import ContactPreference, Customer, CustomerProfile, FieldSource, Person
from customers.models.profile import PROFILE_FIELDS
from customers.parameters import ARCHIVE_WEIGHTS
from customers.queries.quality import CONTRADICTIONS, contradicting, found_in, key_weights, missing_something
from customers.sections import SECTION_OF
from customers.services.identifiers import set_identifiers
from organization.enums import Role
from organization.models import AuditEvent, Parameter
from organization.parameters import forget
from tests.world import TODAY

PAGE = reverse("customers:quality")
FULL = {
    "marital_status": "single", "occupation": "teacher", "interests": "围棋", "preferred_channel": "wecom",
    "preferred_time": "晚间", "employer": "滨海中学",
}  # fmt: skip
DETAILS = {
    "id_expires_on": date(2030, 1, 1), "annual_income": Decimal(100_000), "monthly_spending": Decimal(5_000),
    "product_preference": ("fund",), "most_valued": ("fees",), "topics": ("tax",),
}  # fmt: skip


def known(world, name: str = "张伟", *, details=None, **fields) -> Customer:
    """A customer of whom nothing that weighs is missing, and nothing is wrong."""
    customer = world.customer(name, **FULL | fields)
    set_identifiers(customer, id_number=f"9901011980061500{Customer.objects.count():02d}"[:18], mobile="13900001111")
    customer.save()
    if details is not False:
        CustomerProfile.objects.create(customer=customer, unit=customer.unit, **DETAILS | (details or {}))
    return customer


@pytest.fixture(autouse=True)
def any_document(monkeypatch):
    """The page asks whether there is a number, not whether it is one."""
    monkeypatch.setattr("customers.blind_indexes.normalise_document", lambda id_type, text: text)


def listed(client, which: str, query: str = "") -> list:
    return list(client.get(f"{PAGE}?list={which}{query}").context["page"])


# missing


@pytest.mark.parametrize("field", [*FULL, *DETAILS, "mobile", "id_number", "birth_date", "sex", "profile"])
def test_who_lacks_one_field_is_listed_with_it_just_when_it_weighs_enough(world, sign_in, field):
    customer = known(world)
    if field == "profile":
        customer.profile.delete()
    elif field in PROFILE_FIELDS:
        column = CustomerProfile._meta.get_field(field)
        CustomerProfile.objects.update(**{field: None if column.null else column.get_default()})
    elif field in ("mobile", "id_number"):
        set_identifiers(customer, **{field: ""})
        customer.save()
    else:
        Customer.objects.update(**{field: None if field == "birth_date" else customer_default(field)})
    found = listed(sign_in(world.rm), "missing")
    lacking = {row.field for customer in found for row in customer.missing}
    weights = key_weights(TODAY)
    assert lacking == ({f for f in DETAILS if f in weights} if field == "profile" else {field} & set(weights))


def customer_default(field: str):
    return {"sex": "unknown", "marital_status": "unknown", "occupation": "other"}.get(field, "")


def test_the_statement_and_the_meter_agree_for_every_field_of_the_archive(world):
    customers = [
        known(world), known(world, details=False), world.customer("空白", birth_date=None, sex="unknown"),
        known(world, details={"id_expires_on": None, "is_id_permanent": True}), known(world, address="滨海市"),
        known(world, details={"wecom_id": "zw", "quiet_days": ("1",)}),
    ]  # fmt: skip
    for field in SECTION_OF:
        Parameter.objects.filter(code=ARCHIVE_WEIGHTS).delete()
        Parameter.objects.create(code=ARCHIVE_WEIGHTS, effective_from=date(2020, 1, 1), value={field: 9}, source="t")
        forget()
        rows = {row.pk for row in missing_something(world.rm, TODAY)}
        meter = {c.pk for c in customers if completeness_of(Customer.objects.get(pk=c.pk), {field: 9}).missing}
        assert rows == meter, field


def test_the_wealthiest_come_first_and_closed_archives_do_not_come(world, sign_in):
    for name, average in (("张甲", 100), ("张乙", 300), ("张丙", 200)):
        known(world, name, details=False, monthly_avg_daily_aum=average)
    known(world, "张丁", details=False, status=CustomerStatus.CLOSED)
    assert [row.name for row in listed(sign_in(world.rm), "missing")] == ["张乙", "张丙", "张甲"]


def test_a_line_leads_straight_to_the_field(world, sign_in):
    customer = known(world, details=False)
    edit = reverse("customers:customer_edit", args=[customer.public_id])
    assert f"{edit}?section=finance#id_annual_income" in sign_in(world.rm).get(PAGE).content.decode()
    assert edit not in sign_in(world.outlet_head).get(PAGE).content.decode()


# stale


def said(customer, field: str, days: int) -> FieldSource:
    return FieldSource.objects.create(
        customer=customer, unit=customer.unit, field=field, origin=FactOrigin.CUSTOMER, as_of=TODAY - timedelta(days)
    )


def test_what_was_said_long_ago_is_listed_oldest_first_and_confirmed_by_one_press(world, sign_in):
    customer, client = known(world), sign_in(world.rm)
    for field, days in (("employer", 366), ("annual_income", 800), ("topics", 365), ("birth_date", 5000)):
        said(customer, field, days)
    assert [row.label for row in listed(client, "stale")] == ["税后年收入", "工作单位"]
    address = reverse("customers:field_confirm", args=[customer.public_id, "annual_income"])
    data = {"form_key": str(uuid.uuid4())}
    for _ in range(2):
        response = client.post(address, data)
        assert response.headers["Location"] == f"{PAGE}?list=stale"
    assert "仍然属实" in client.get(response.headers["Location"]).content.decode()
    assert [row.label for row in listed(client, "stale")] == ["工作单位"]
    assert AuditEvent.objects.filter(after={"confirmed": "税后年收入"}).count() == 1


def test_what_cannot_be_confirmed(world, sign_in):
    customer, client = known(world, details=False), sign_in(world.rm)

    def confirm(field: str):
        address = reverse("customers:field_confirm", args=[customer.public_id, field])
        return client.post(address, {"form_key": str(uuid.uuid4())}, follow=True)

    assert confirm("note").status_code == confirm("manager").status_code == 404
    assert "还没有填写" in confirm("education").content.decode()
    assert not FieldSource.objects.exists()


# contradicting


def person(customer, relation: str, born: date | None = None) -> None:
    Person.objects.create(customer=customer, unit=customer.unit, relation=relation, name="某人", birth_date=born)


WRONG = {
    "spouse_missing": lambda w: known(w, marital_status="married"),
    "spouse_left": lambda w: person(known(w, marital_status="divorced"), "spouse"),
    "child_older": lambda w: person(known(w), "child", date(1980, 6, 15)),
    "parent_younger": lambda w: person(known(w), "parent", date(1980, 6, 15)),
    "document_expired": lambda w: known(w, details={"id_expires_on": TODAY - timedelta(days=1)}),
    "channel_refused": lambda w: refused(known(w), Channel.WECOM),
    "no_number": lambda w: Customer.objects.filter(pk=known(w, preferred_channel="sms").pk).update(mobile_index=""),
    "student": lambda w: known(w, occupation="student", birth_date=date(1966, 11, 22)),
    "pensioner": lambda w: known(w, occupation="retired", birth_date=date(1986, 11, 24)),
    "retirement": lambda w: known(w, sex="female", details={"retirement_type": "M"}),
    "spending": lambda w: known(w, details={"monthly_spending": Decimal("8333.34")}),
}
RIGHT = {
    "spouse_missing": lambda w: person(known(w, marital_status="married"), "spouse"),
    "spouse_left": lambda w: person(known(w, marital_status="married"), "spouse"),
    "child_older": lambda w: person(known(w), "child", date(1980, 6, 16)),
    "parent_younger": lambda w: person(known(w), "parent", date(1980, 6, 14)),
    "document_expired": lambda w: known(w, details={"id_expires_on": TODAY}),
    "channel_refused": lambda w: refused(known(w), Channel.SMS),
    "no_number": lambda w: known(w, preferred_channel="sms"),
    "student": lambda w: known(w, occupation="student", birth_date=date(1966, 11, 23)),
    "pensioner": lambda w: known(w, occupation="retired", birth_date=date(1986, 11, 23)),
    "retirement": lambda w: known(w, sex="male", details={"retirement_type": "M"}),
    "spending": lambda w: known(w, details={"monthly_spending": Decimal("8333.33")}),
}


def refused(customer, channel: str) -> None:
    ContactPreference.objects.create(customer=customer, unit=customer.unit, channel=channel, reason="要求", since=TODAY)


def test_every_contradiction_has_its_cases():
    assert set(WRONG) == set(RIGHT) == {entry.key for entry in CONTRADICTIONS}


@pytest.mark.parametrize("key", WRONG)
def test_what_cannot_be_is_found_and_what_can_is_not(world, key):
    WRONG[key](world)
    [row] = contradicting(world.rm, TODAY)
    assert [entry.key for entry in found_in(row)] == [key]
    Customer.objects.all().delete()
    RIGHT[key](world)
    assert not contradicting(world.rm, TODAY).exists()


def test_unknown_days_contradict_nothing(world):
    customer = known(world, birth_date=None, details=False, occupation="retired")
    person(customer, "child", date(2015, 1, 1))
    person(customer, "parent")
    assert not contradicting(world.rm, TODAY).exists()


def test_a_contradiction_leads_to_where_it_is_mended(world, sign_in):
    WRONG["spending"](world)
    person(Customer.objects.get(), "child", date(1970, 1, 1))
    customer = Customer.objects.get()
    page = sign_in(world.rm).get(f"{PAGE}?list=contradicting").content.decode()
    assert f"{customer.public_id}/edit/?section=finance#id_monthly_spending" in page
    assert f"{customer.public_id}/?tab=family" in page


# whose


@pytest.mark.parametrize(
    ("persona", "names"),
    [("rm", ["张伟"]), ("supervisor", ["张伟", "李四"]), ("branch_head", ["张伟", "李四"]), ("stranger", [])],
)
@pytest.mark.parametrize("which", ["missing", "stale", "contradicting"])
def test_each_sees_the_own_customers(world, sign_in, persona, names, which):
    for name, manager in (("张伟", world.rm), ("李四", world.colleague)):
        customer = known(world, name, details=False, marital_status="married", manager=manager)
        said(customer, "employer", 400)
    found = listed(sign_in(world.people[persona]), which)
    assert sorted(row.customer.name if which == "stale" else row.name for row in found) == sorted(names)


def test_who_works_with_figures_has_no_such_page(world, sign_in):
    assert sign_in(world.head_office_staff).get(PAGE).status_code == 403
    assert world.head_office_staff.role == Role.MANAGING_DEPARTMENT


@pytest.mark.parametrize("which", ["missing", "stale", "contradicting", "no-such"])
def test_statements_do_not_grow_and_nothing_is_opened(
    world, sign_in, which, django_assert_max_num_queries, monkeypatch
):
    client = sign_in(world.rm)

    def add(name: str) -> None:
        customer = known(world, name, details={"topics": ()}, marital_status="married")
        said(customer, "employer", 400)

    add("张一")
    listed(client, which)
    with django_assert_max_num_queries(10) as one:
        assert len(listed(client, which)) == 1
    add("张二")
    add("张三")
    monkeypatch.setattr("organization.fields.decrypt", None)
    with django_assert_max_num_queries(10) as three:
        assert len(listed(client, which)) == 3
    assert len(one) == len(three)


def test_pages_go_by_key(world, sign_in):
    for n in range(30):
        known(world, f"客户{n:02d}", details=False, monthly_avg_daily_aum=1000 - n)
    client = sign_in(world.rm)
    first = client.get(PAGE).context["page"]
    second = client.get(f"{PAGE}?after={first.next_cursor}").context["page"]
    assert [row.name for row in [*first, *second]] == [f"客户{n:02d}" for n in range(30)]
