"""The consent ledger: rows are only added, the latest counts, sensitive things are agreed to one by one."""

from datetime import date

import pytest

from customers.enums import SEPARATE_PURPOSES, ConsentPurpose, CustomerStatus
from customers.models import Consent
from customers.queries.consents import consent_part, standing_consents
from customers.services.consents import record_consent
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY


def say(world, customer, purpose="marketing", *, channels=("phone",), is_given=True, **said):
    rest = {"happened_on": TODAY, "obtained_by": "signed", "evidence": "授权书A-7"} | said
    return record_consent(
        by=rest.pop("by", world.rm), customer=customer, purpose=purpose, channels=channels, is_given=is_given, **rest
    )


def states(customer, purpose) -> dict[str, str]:
    table = consent_part(customer)
    lines = [*table["consent_table"], *table["consent_others"]]
    line = next(line for line in lines if line.purpose == purpose)
    return {cell.label: cell.state for cell in line.cells}


def test_given_for_two_channels_and_taken_back_for_one(world):
    customer = world.customer()
    assert len(say(world, customer, channels=["phone", "sms"])) == 2
    say(world, customer, channels=["sms"], is_given=False, obtained_by="message", evidence="")
    found = states(customer, ConsentPurpose.MARKETING)
    assert (found["电话"], found["短信"], found["信函"]) == ("given", "withdrawn", "none")
    assert [act.is_given for act in consent_part(customer)["consent_history"]] == [False, True, True]
    assert AuditEvent.objects.latest("pk").after == {"consent": "产品与活动推介（短信）撤回"}
    assert not AuditEvent.objects.filter(after__icontains="授权书").exists()


def test_only_what_is_new_is_written(world):
    customer = world.customer()
    say(world, customer, channels=["phone"])
    assert [c.channel for c in say(world, customer, channels=["phone", "sms", "sms"])] == ["sms"]
    with pytest.raises(RuleViolation, match="已同意"):
        say(world, customer, channels=["phone", "sms"])


def test_a_no_before_any_question_is_kept(world):
    customer = world.customer()
    say(world, customer, "survey", is_given=False, evidence="")
    assert states(customer, ConsentPurpose.SURVEY)["电话"] == "withdrawn"
    with pytest.raises(RuleViolation, match="已经撤回"):
        say(world, customer, "survey", is_given=False)


@pytest.mark.parametrize("purpose", SEPARATE_PURPOSES)
def test_sensitive_information_needs_a_consent_that_can_be_shown(world, purpose):
    customer = world.customer()
    with pytest.raises(RuleViolation, match="单独同意"):
        say(world, customer, purpose, channels=(), obtained_by="verbal")
    with pytest.raises(RuleViolation, match="凭据"):
        say(world, customer, purpose, channels=(), evidence=" ")
    say(world, customer, purpose, channels=())
    # Taking back is as easy as saying it.
    say(world, customer, purpose, channels=(), is_given=False, obtained_by="verbal", evidence="")
    assert states(customer, purpose) == {"": "withdrawn"}


@pytest.mark.parametrize(
    ("purpose", "said", "sentence"),
    [
        ("nonsense", {}, "没有这一项"),
        ("marketing", {"obtained_by": "guess"}, "取得方式"),
        ("marketing", {"channels": ()}, "选择适用的联系方式"),
        ("marketing", {"channels": ["pigeon"]}, "已失效"),
        ("health", {"channels": ["phone"]}, "已失效"),
        ("marketing", {"happened_on": date(2026, 11, 24)}, "不能晚于今天"),
        ("marketing", {"evidence": ""}, "凭据请写明"),
        ("marketing", {"evidence": "长" * 201}, "最多200个字"),
    ],
)
def test_what_cannot_be_is_refused(world, purpose, said, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        say(world, world.customer(), purpose, **said)
    assert not Consent.objects.exists()


def test_the_ledger_runs_forward(world):
    customer = world.customer()
    say(world, customer, happened_on=date(2026, 11, 20))
    with pytest.raises(RuleViolation, match="早于最近一次登记的2026-11-20"):
        say(world, customer, is_given=False, happened_on=date(2026, 11, 19))


def test_nothing_is_rewritten(world):
    (consent,) = say(world, world.customer())
    consent.is_given = False
    with pytest.raises(TypeError, match="never changed"):
        consent.save()


def test_whoever_serves_may_take_back_whatever_became_of_the_customer(world):
    customer = world.customer(status=CustomerStatus.RESTRICTED)
    say(world, customer, is_given=False)
    with pytest.raises(RuleViolation, match="管户范围"):
        say(world, customer, by=world.stranger)
    with pytest.raises(RuleViolation, match="岗位不能"):
        say(world, customer, by=world.outlet_head)


def test_the_ledger_is_read_at_once(world, django_assert_num_queries):
    customer = world.customer()
    for channel in ("phone", "sms", "email"):
        say(world, customer, channels=[channel])
    with django_assert_num_queries(1):
        consent_part(customer)
    with django_assert_num_queries(1):
        assert len(standing_consents(customer)) == 3
