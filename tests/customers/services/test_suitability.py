"""Recording a risk test and setting it aside: what is refused, what the trail says, whom the lists name."""

from datetime import date, timedelta

import pytest

from customers.enums import CustomerStatus, RiskTolerance, StaleReason
from customers.models import RiskAssessment
from customers.queries.compliance import expired, expiring, risk_now, risk_part, stale, untested
from customers.services.suitability import mark_stale, record_assessment, unmark_stale
from customers.suitability import turned_senior_since
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY


def take_test(world, customer, on: date = TODAY, level: str = "C3", **said):
    return record_assessment(by=world.rm, customer=customer, level=level, assessed_on=on, **said)


def test_the_latest_test_counts_and_the_former_stays(world):
    customer = world.customer()
    first = take_test(world, customer, date(2026, 3, 1), "C2")
    second = take_test(world, customer, date(2026, 11, 20), "C4", note="问卷A17")
    first.refresh_from_db()
    assert (first.is_current, second.is_current) == (False, True)
    assert second.expires_on == date(2027, 11, 20)
    assert second.unit == world.east
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"risk_assessment": "C2（2026-03-01）"}
    assert event.after == {"risk_assessment": "C4（2026-11-20）"}
    assert "问卷" not in str(event.after)


@pytest.mark.parametrize(
    ("on", "said", "sentence"),
    [
        (TODAY + timedelta(days=1), {}, "不能晚于今天"),
        (date(2025, 11, 22), {}, "已经过期"),
        (date(2026, 1, 1), {}, "早于已登记的2026-03-01"),
        (TODAY, {"level": "C6"}, "C1至C5"),
        (TODAY, {"place": "street"}, "测评渠道"),
        (TODAY, {"note": "长" * 201}, "最多200个字"),
    ],
)
def test_what_cannot_be_is_refused(world, on, said, sentence):
    customer = world.customer()
    take_test(world, customer, date(2026, 3, 1))
    with pytest.raises(RuleViolation, match=sentence):
        take_test(world, customer, on, **said)
    assert RiskAssessment.objects.count() == 1


def test_a_test_of_just_a_year_ago_is_still_taken(world):
    assert take_test(world, world.customer(), date(2025, 11, 23)).expires_on == TODAY


def test_no_more_than_two_a_day(world):
    customer = world.customer()
    take_test(world, customer)
    take_test(world, customer, level="C4")
    with pytest.raises(RuleViolation, match="每日上限"):
        take_test(world, customer, level="C5")


def test_no_more_than_eight_in_twelve_months(world):
    customer = world.customer()
    for month in range(1, 9):
        take_test(world, customer, date(2026, month, 1))
    with pytest.raises(RuleViolation, match="12个月内已测评8次"):
        take_test(world, customer)


def test_only_whoever_keeps_the_archive_records(world):
    customer = world.customer()
    for persona in ("stranger", "colleague"):
        with pytest.raises(RuleViolation, match="管户范围"):
            record_assessment(by=world.people[persona], customer=customer, level="C3", assessed_on=TODAY)
    with pytest.raises(RuleViolation, match="不能修改"):
        record_assessment(by=world.outlet_head, customer=customer, level="C3", assessed_on=TODAY)
    gone = world.customer("王芳", status=CustomerStatus.DECEASED)
    with pytest.raises(RuleViolation, match="已故"):
        record_assessment(by=world.supervisor, customer=gone, level="C3", assessed_on=TODAY)


def test_a_material_change_and_its_undo(world):
    customer = world.customer()
    with pytest.raises(RuleViolation, match="还没有登记过"):
        mark_stale(by=world.rm, customer=customer, reason=StaleReason.INCOME)
    take_test(world, customer)
    with pytest.raises(RuleViolation, match="重大变化"):
        mark_stale(by=world.rm, customer=customer, reason=StaleReason.SENIOR)
    marked = mark_stale(by=world.rm, customer=customer, reason=StaleReason.HEALTH, note="住院治疗")
    assert (marked.stale_on, marked.stale_note) == (TODAY, "住院治疗")
    assert "住院" not in str(AuditEvent.objects.latest("pk").after)
    with pytest.raises(RuleViolation, match="无需再登记"):
        mark_stale(by=world.rm, customer=customer, reason=StaleReason.INCOME)
    assert unmark_stale(by=world.rm, customer=customer).stale_reason == ""
    with pytest.raises(RuleViolation, match="没有登记过失效"):
        unmark_stale(by=world.rm, customer=customer)


def test_the_four_lists(world):
    def of(name: str, on: date | None, **fields):
        customer = world.customer(name, **fields)
        if on:
            row = take_test(world, customer, max(on, TODAY - timedelta(days=365)))
            RiskAssessment.objects.unscoped("test").filter(pk=row.pk).update(
                assessed_on=on, expires_on=on + timedelta(days=365)
            )
        return customer

    of("今日到期", TODAY - timedelta(days=365))
    of("昨日到期", TODAY - timedelta(days=366))
    of("三十天后", TODAY - timedelta(days=335))
    of("三十一天后", TODAY - timedelta(days=334), birth_date=None)
    of("不详", TODAY - timedelta(days=350), birth_date=None)
    of("刚满六十五", TODAY - timedelta(days=350), birth_date=date(1961, 11, 23))
    of("明天六十五", TODAY - timedelta(days=350), birth_date=date(1961, 11, 24))
    of("早过六十五", TODAY - timedelta(days=350), birth_date=date(1950, 1, 1))
    mark_stale(by=world.rm, customer=of("收入变化", TODAY - timedelta(days=10)), reason=StaleReason.INCOME)
    of("没有测评", None)
    of("没有测评的大众", None, tier="MASS")
    of("很久以前", TODAY - timedelta(days=500))
    gone = of("销户", TODAY - timedelta(days=366))
    gone.status = CustomerStatus.CLOSED
    gone.save()
    of_others = world.customer("别人的", manager=world.stranger)

    def named(rows) -> set[str]:
        return {getattr(row, "customer", row).name for row in rows(world.rm, TODAY)}

    assert named(expiring) == {"今日到期", "三十天后", "不详", "明天六十五", "早过六十五"}
    assert named(expired) == {"昨日到期", "很久以前"}
    assert named(stale) == {"刚满六十五", "收入变化"}
    assert named(untested) == {"没有测评"}
    assert of_others.name not in named(untested)


@pytest.mark.parametrize(
    "born", [date(1961, 11, 23), date(1961, 11, 24), date(1960, 2, 29), date(1961, 5, 23), date(1961, 5, 24)]
)
@pytest.mark.parametrize("on", [date(2026, 5, 23), date(2026, 1, 15), date(2025, 11, 24)])
def test_the_database_and_the_rule_agree_on_who_turned_65(world, born, on):
    take_test(world, world.customer(birth_date=born), on)
    is_stale = stale(world.rm, TODAY).exists()
    assert is_stale == turned_senior_since(born, on, TODAY)
    assert expiring(world.rm, TODAY).exists() <= (not is_stale)


def test_days_left_and_what_is_expiring(world):
    customer = world.customer()
    assert risk_now(take_test(world, customer, TODAY - timedelta(days=335)), TODAY).is_expiring
    now = risk_part(customer, TODAY)["risk"]
    assert (now.days_left, now.state) == (30, "valid")
    offers = {str(level): verdict.allowed for level, verdict in risk_part(customer, TODAY)["offers"]}
    assert offers == {"R1": True, "R2": True, "R3": True, "R4": False, "R5": False}


def test_a_senior_customers_offers_say_what_comes_first(world):
    customer = world.customer(birth_date=date(1958, 1, 1))
    take_test(world, customer)
    part = risk_part(customer, TODAY)
    assert part["is_senior"]
    told = [(verdict.allowed, verdict.needs_review) for _, verdict in part["offers"]]
    assert told == [(True, False), (True, False), (True, True), (False, True), (False, True)]


def test_every_level_has_a_match():
    from customers.parameters import RISK_MATCHING
    from organization.parameters import declared

    assert set(declared()[RISK_MATCHING].value) == set(RiskTolerance.values)
