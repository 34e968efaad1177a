"""Two archives of one person: found, made one, and taken apart again exactly as they were."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.apps import apps

from customers.enums import (
    Calendar,
    Channel,
    CustomerStatus,
    DateKind,
    DocumentKind,
    IdType,
    PartyRole,
    ProductCategory,
    Relation,
    RiskTolerance,
)
from customers.models import (
    Account,
    AccountParty,
    BalanceSnapshot,
    ContactPreference,
    Customer,
    CustomerProfile,
    Document,
    FieldSource,
    Household,
    HouseholdMember,
    ImportantDate,
    Merge,
    MonthlyBalance,
    NotSame,
    Person,
    Product,
    Referral,
    RiskAssessment,
    SearchKey,
    Segment,
    SegmentMembership,
)
from customers.services.balances import refresh_aum
from customers.services.duplicates import merge_customers, set_aside, undo_merge
from customers.services.identifiers import set_identifiers
from customers.services.merge_record import label_of_key, pointing_fields
from customers.services.merge_rules import RULES
from customers.services.search_keys import rebuild_search_keys
from customers.signals import maintenance_changed
from maintenance.enums import ContactOutcome, TaskKind, TaskStatus
from maintenance.models import ContactBeat, ContactRecord, CounterNote, MaintenanceTask
from organization import clock
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY

pytestmark = pytest.mark.django_db


def pair(world, **of_merged) -> tuple[Customer, Customer]:
    kept = world.customer("张伟")
    set_identifiers(kept, mobile="13900001111", address="滨海路1号")
    kept.save()
    merged = world.customer("张伟", **{"employer": "滨海中学", "sort_name": "张伟"} | of_merged)
    set_identifiers(merged, mobile="13900001111", id_type=IdType.PASSPORT, id_number="E12345678")
    merged.save()
    rebuild_search_keys([kept, merged])
    return kept, merged


def merge(world, kept, merged, *, by=None, taken=()) -> Merge:
    return merge_customers(by=by or world.supervisor, kept=kept, merged=merged, taken=taken, reason="同一人")


def everything() -> dict:
    """Every row of the archive and of maintenance but for the history of merging itself."""
    told = {}
    for app in ("customers", "maintenance"):
        for model in apps.get_app_config(app).get_models():
            if model not in (Merge, NotSame):
                manager = model._default_manager
                rows = manager.unscoped("test") if hasattr(manager.all(), "unscoped") else manager.all()
                told[model._meta.label] = sorted(map(repr, rows.order_by().values_list()))
    return told


def full_life(world, kept, merged) -> None:
    """Rows of every kind at both, colliding wherever two can."""
    product = Product.objects.create(code="S1", name="活期", category=ProductCategory.DEMAND_DEPOSIT)
    unit, now = kept.unit, clock.now()
    household = Household.objects.create(created_at=clock.now())
    segment = Segment.objects.create(
        owner=world.rm, unit=unit, covers="own", name="标签", kind="tag", rule={}, created_at=now, updated_at=now
    )
    joint = Account.objects.create(
        customer=merged, unit=unit, product=product, reference="J", opened_on=date(2025, 1, 1)
    )  # fmt: skip
    for n, customer in enumerate((kept, merged)):
        account = Account.objects.create(
            customer=customer, unit=unit, product=product, reference=f"A{n}", opened_on=date(2025, 1, 1)
        )  # fmt: skip
        AccountParty.objects.create(
            account=joint, customer=customer, unit=unit, role=PartyRole.OWNER if n else PartyRole.AUTHORISED
        )  # fmt: skip
        BalanceSnapshot.objects.create(
            account=account, customer=customer, unit=unit, category=product.category, day=date(2026, 10, 1),
            balance=Decimal(1000 * (n + 1)),
        )  # fmt: skip
        MonthlyBalance.objects.create(
            customer=customer, unit=unit, month=date(2026, 10, 1), average=Decimal(1000 * (n + 1)), closing=1000 * (n + 1)
        )  # fmt: skip
        Customer.objects.filter(pk=customer.pk).update(
            aum_on=date(2026, 11, 20),
            aum=1000 * (n + 1),
            monthly_avg_daily_aum=1000 * (n + 1),
            last_contact_on=TODAY - timedelta(days=n + 1),
        )
        customer.refresh_from_db()
        CustomerProfile.objects.create(customer=customer, unit=unit, title=f"主任{n}", alt_phone="13800001111")
        FieldSource.objects.create(customer=customer, unit=unit, field="employer", origin="customer", as_of=TODAY)
        ContactPreference.objects.create(
            customer=customer, unit=unit, channel=Channel.SMS, reason="不看", since=date(2026, 1, n + 1)
        )  # fmt: skip
        ImportantDate.objects.create(
            customer=customer, unit=unit, kind=DateKind.WEDDING, calendar=Calendar.SOLAR, month=5, day=1
        )  # fmt: skip
        Person.objects.create(customer=customer, unit=unit, relation=Relation.CHILD, name="小明")
        HouseholdMember.objects.create(household=household, customer=customer, unit=unit, joined_on=TODAY)
        SegmentMembership.objects.create(segment=segment, customer=customer, unit=unit, since=TODAY, rule_version=1)
        RiskAssessment.objects.create(
            customer=customer, unit=unit, level=RiskTolerance.C3, assessed_on=TODAY - timedelta(10 - n),
            expires_on=TODAY + timedelta(300), recorded_at=now,
        )  # fmt: skip
        for version in (1, 2):
            Document.objects.create(
                customer=customer, unit=unit, kind=DocumentKind.IDENTITY, version=version, format="pdf", size=1,
                sha256="0" * 64, uploaded_at=now,
            )  # fmt: skip
        friend = world.customer(f"友{n}")
        Referral.objects.create(
            customer=friend, referred=customer, unit=unit, name="张伟", referred_on=TODAY, recorded_at=now
        )  # fmt: skip
        CounterNote.objects.create(
            customer=customer, unit=unit, text="请引导", valid_until=TODAY, written_by=world.rm, written_at=now
        )  # fmt: skip
        ContactRecord.objects.create(
            customer=customer, unit=unit, staff=world.rm, channel=Channel.PHONE, outcome=ContactOutcome.REACHED,
            happened_at=now - timedelta(days=n + 1), happened_on=TODAY - timedelta(days=n + 1), created_at=now,
        )  # fmt: skip
        MaintenanceTask.objects.create(
            customer=customer, owner=world.rm, unit=unit, kind=TaskKind.MATURITY, occurrence="once", subject_on=TODAY,
            due_on=TODAY, planned_on=TODAY, why="到期", created_on=TODAY,
        )  # fmt: skip
    Referral.objects.create(
        customer=kept, referred=None, unit=unit, name="李四", mobile_index="x", referred_on=TODAY, recorded_at=now
    )  # fmt: skip
    Person.objects.create(customer=kept, unit=unit, relation=Relation.OTHER, name="张伟", same_as=merged)
    maintenance_changed.send(sender=None, customer_ids=[kept.pk, merged.pk], on=TODAY, by=None)


def test_every_key_to_a_customer_has_a_rule():
    assert {label_of_key(field) for field in pointing_fields()} == set(RULES)


def test_a_merge_and_its_way_back_leave_everything_as_it_was(world):
    kept, merged = pair(world)
    full_life(world, kept, merged)
    before = everything()
    taken = ["employer", "id_number", "title", "alt_phone"]
    row = merge(world, kept, merged, taken=taken)
    assert everything() != before
    for field in pointing_fields():
        if RULES[label_of_key(field)].__name__ != "stay":
            rows = field.model.objects.unscoped("test").filter(**{field.name: merged})
            assert not rows.exists(), label_of_key(field)
    undone = undo_merge(by=world.supervisor, merge=row, reason="弄错了")
    assert undone.stayed == 0
    after = everything()
    for table, rows in before.items():
        assert after[table] == rows, table
    again = Customer.objects.get(pk=merged.pk)
    assert again.id_number == "E12345678"
    assert again.details.alt_phone == "13800001111"


def test_what_each_rule_leaves_behind(world):
    kept, merged = pair(world)
    full_life(world, kept, merged)
    merge(world, kept, merged, taken=["employer", "id_number", "title"])
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.employer, kept.id_number, kept.id_type) == ("滨海中学", "E12345678", IdType.PASSPORT)
    assert kept.details.title == "主任1"
    assert kept.aum == kept.monthly_avg_daily_aum == MonthlyBalance.objects.get().average == 3000
    assert kept.last_contact_on == TODAY - timedelta(days=1)
    assert AccountParty.objects.get().role == PartyRole.OWNER
    assert sorted(kept.documents.values_list("version", flat=True)) == [1, 2, 3, 4]
    assert kept.risk_assessments.get(is_current=True).assessed_on == TODAY - timedelta(9)
    assert kept.introductions.standing().get().customer.name == "友0"
    assert not Household.objects.get().members.exists()  # a family of one is none
    closed = kept.tasks.get(occurrence=f"once~{merged.pk}")
    assert (closed.status, closed.closed_by) == (TaskStatus.SUPERSEDED, world.supervisor)
    assert kept.tasks.get(occurrence="once").status == TaskStatus.OPEN
    assert ContactBeat.objects.filter(customer=kept).count() == 2
    assert SearchKey.objects.filter(customer=kept).exists()
    assert (merged.status, merged.id_number) == (CustomerStatus.MERGED, "")
    said = AuditEvent.objects.filter(object_type="customers.customer", reason="同一人")
    assert {event.object_id for event in said} == {kept.public_id, merged.public_id}


def test_what_came_in_since_stays_and_is_counted(world):
    kept, merged = pair(world)
    row = merge(world, kept, merged, taken=["employer"])
    Person.objects.create(customer=kept, unit=kept.unit, relation=Relation.CHILD, name="小明")
    Customer.objects.filter(pk=kept.pk).update(employer="新单位")
    undone = undo_merge(by=world.supervisor, merge=row, reason="弄错了")
    kept.refresh_from_db()
    assert (kept.employer, undone.stayed, kept.people.count()) == ("新单位", 1, 1)
    assert Customer.objects.get(pk=merged.pk).status == CustomerStatus.ACTIVE


def test_balances_that_came_in_since_go_to_whose_account_it_is(world):
    kept, merged = pair(world)
    full_life(world, kept, merged)
    row = merge(world, kept, merged)
    account = Account.objects.get(reference="A1")
    BalanceSnapshot.objects.create(
        account=account, customer=kept, unit=kept.unit, category=account.product.category, day=TODAY, balance=5000
    )
    refresh_aum([kept.pk], on=TODAY)
    undo_merge(by=world.supervisor, merge=row, reason="弄错了")
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.aum, merged.aum) == (1000, 5000)
    assert not BalanceSnapshot.objects.filter(customer=kept, account=account).exists()


def test_the_way_back_is_open_for_thirty_days(world, monkeypatch):
    row = merge(world, *pair(world))
    now = clock.now()
    monkeypatch.setattr("organization.clock.now", lambda: now + timedelta(days=30, seconds=1))
    with pytest.raises(RuleViolation, match="已超过"):
        undo_merge(by=world.supervisor, merge=row, reason="弄错了")
    monkeypatch.setattr("organization.clock.now", lambda: now + timedelta(days=29))
    undo_merge(by=world.supervisor, merge=row, reason="弄错了")
    with pytest.raises(RuleViolation, match="已经撤销过"):
        undo_merge(by=world.supervisor, merge=row, reason="弄错了")


def test_of_two_merges_in_a_row_the_later_one_goes_back_first(world):
    kept, merged = pair(world)
    third = world.customer("张伟")
    first = merge(world, kept, merged)
    second = merge(world, third, kept)
    with pytest.raises(RuleViolation, match="请先撤销"):
        undo_merge(by=world.supervisor, merge=first, reason="弄错了")
    undo_merge(by=world.supervisor, merge=second, reason="弄错了")
    undo_merge(by=world.supervisor, merge=first, reason="弄错了")


def test_the_second_of_two_merges_at_once_is_told(world):
    kept, merged = pair(world)
    merge(world, kept, merged)
    for one, other in ((kept, merged), (merged, kept)):
        with pytest.raises(RuleViolation, match="已经合并过"):
            merge(world, one, other)


@pytest.mark.parametrize(
    ("who", "may"),
    [("rm", False), ("colleague", False), ("supervisor", True), ("outlet_head", True), ("other_supervisor", False)],
)
def test_who_may_merge(world, who, may):
    kept, merged = pair(world)
    if may:
        assert merge(world, kept, merged, by=world.people[who])
    else:
        with pytest.raises(RuleViolation):
            merge(world, kept, merged, by=world.people[who])


def test_fields_that_contradict_each_other_are_refused(world):
    kept, merged = pair(world, has_no_contact=True, no_contact_reason="本人要求")
    with pytest.raises(RuleViolation, match="请填写原因"):
        merge(world, kept, merged, taken=["has_no_contact"])
    merged.refresh_from_db()
    assert merged.status == CustomerStatus.ACTIVE


def test_restricted_and_identical_archives_are_refused(world):
    kept, merged = pair(world, status=CustomerStatus.RESTRICTED)
    with pytest.raises(RuleViolation, match="限制处理"):
        merge(world, kept, merged)
    with pytest.raises(RuleViolation, match="两份不同"):
        merge(world, kept, kept)
    other = world.customer("张伟", manager=world.stranger)
    with pytest.raises(RuleViolation, match="没有找到"):
        merge(world, kept, other)


def test_two_families_are_for_a_person_to_decide(world):
    customers = pair(world)
    for customer in customers:
        HouseholdMember.objects.create(
            household=Household.objects.create(created_at=clock.now()),
            customer=customer,
            unit=customer.unit,
            joined_on=TODAY,
        )
    with pytest.raises(RuleViolation, match="两个家庭"):
        merge(world, *customers)


def test_a_pair_is_set_aside_once_whichever_way_round(world):
    kept, merged = pair(world)
    for one, other in pairwise((kept, merged, kept)):
        set_aside(by=world.rm, first=one, second=other, reason="父子同名")
    assert (NotSame.objects.get().first, NotSame.objects.get().reason) == (kept, "父子同名")
