"""What a customer keeps elsewhere, and the share that is ours."""

from datetime import timedelta
from decimal import Decimal

import pytest

from customers.models import ExternalHolding
from customers.queries.external import wallet_of
from customers.services.external import remove_external_holding, save_external_holding
from organization.exceptions import RuleViolation
from organization.models import AuditEvent
from tests.world import TODAY

SEEN = {"bank": "工商银行", "category": "term_deposit", "amount": Decimal(200_000), "as_of": TODAY}


@pytest.fixture
def customer(world):
    return world.customer("张伟", aum=300_000)


def test_a_position_is_written_down_changed_and_removed_without_amounts_in_the_trail(world, customer):
    holding = save_external_holding(by=world.rm, customer=customer, **SEEN)
    assert (str(holding), holding.unit, holding.recorded_by) == ("工商银行定期存款", world.east, world.rm)
    changed = SEEN | {"amount": Decimal(250_000), "matures_on": TODAY + timedelta(days=30)}
    save_external_holding(by=world.rm, customer=customer, holding=holding, **changed)
    assert ExternalHolding.objects.get().amount == 250_000
    remove_external_holding(by=world.rm, holding=holding)
    assert not ExternalHolding.objects.exists()
    events = AuditEvent.objects.filter(object_id=customer.public_id).order_by("pk")
    assert [event.action for event in events] == ["create", "change", "delete"]
    assert "0000" not in str([(event.before, event.after) for event in events]).replace("2026-11", "")
    assert "工商" not in str([(event.before, event.after) for event in events])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"bank": ""}, "他行名称"),
        ({"bank": "长" * 41}, "他行名称"),
        ({"category": "loan"}, "类别"),
        ({"amount": Decimal(-1)}, "金额不能为负数"),
        ({"amount": Decimal(10) ** 17}, "金额"),
        ({"as_of": TODAY + timedelta(days=1)}, "截至日期不能晚于今天"),
        ({"matures_on": TODAY - timedelta(days=1)}, "到期日期不能早于截至日期"),
        ({"origin": "gossip"}, "信息来源"),
    ],
)
def test_bad_data_gets_a_sentence_and_leaves_nothing(world, customer, typed, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        save_external_holding(by=world.rm, customer=customer, **SEEN | typed)
    assert not ExternalHolding.objects.exists()


def test_somebody_elses_is_not_touched(world, customer):
    holding = save_external_holding(by=world.rm, customer=world.customer("王芳"), **SEEN)
    with pytest.raises(RuleViolation, match="不属于该客户"):
        save_external_holding(by=world.rm, customer=customer, holding=holding, **SEEN)
    for person in (world.stranger, world.other_rm, world.colleague, world.outlet_head):
        with pytest.raises(RuleViolation):
            save_external_holding(by=person, customer=customer, **SEEN)
        with pytest.raises(RuleViolation):
            remove_external_holding(by=person, holding=holding)


@pytest.mark.parametrize(
    ("own", "elsewhere", "share"),
    [
        (300_000, [("工商银行", 200_000)], Decimal("0.6")),
        (300_000, [("工商银行", 50_000), ("招商银行", 100_000), ("工商银行", 50_000)], Decimal("0.6")),
        (0, [("工商银行", 1)], Decimal(0)),
        (100, [], Decimal(1)),
        (0, [], None),
        (-5, [], None),
        (-5, [("工商银行", 100)], Decimal(0)),
    ],
)
def test_the_share_of_the_purse(world, own, elsewhere, share):
    customer = world.customer(aum=own)
    rows = [ExternalHolding(bank=bank, amount=Decimal(amount)) for bank, amount in elsewhere]
    wallet = wallet_of(customer, rows)
    assert wallet.share == share
    assert list(wallet.by_bank.values()) == sorted(wallet.by_bank.values(), reverse=True)
