"""A strategy changes with a reason, at once, on record, and the supervisor knows."""

import pytest

from customers.enums import CustomerStatus, Strategy
from customers.models import Customer, StrategyChange
from customers.services.strategy import change_strategies, change_strategy
from customers.signals import maintenance_changed
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification
from tests.world import TODAY


@pytest.fixture
def announced():
    calls = []

    def receive(sender, **kwargs):
        calls.append({key: kwargs[key] for key in ("customer_ids", "on", "by")})

    maintenance_changed.connect(receive)
    yield calls
    maintenance_changed.disconnect(receive)


def test_a_change_is_history_audit_announcement_and_notice(world, announced):
    customer = world.customer()
    change_strategy(by=world.rm, customer=customer, strategy=Strategy.INTENSIVE, reason="大额存单即将到期")
    row = Customer.objects.get(pk=customer.pk)
    assert (row.strategy, row.version) == (Strategy.INTENSIVE, 2)
    change = StrategyChange.objects.get()
    assert (change.before, change.after, change.changed_by) == (Strategy.ACTIVE, Strategy.INTENSIVE, world.rm)
    event = AuditEvent.objects.get(action=AuditAction.CHANGE)
    assert (event.before, event.after, event.reason) == ({"strategy": "主动"}, {"strategy": "积极"}, "大额存单即将到期")
    assert announced == [{"customer_ids": [customer.pk], "on": TODAY, "by": world.rm}]
    notice = Notification.objects.get()
    assert notice.recipient == world.supervisor
    assert "张伟" in notice.text and "积极" in notice.text
    assert notice.url == f"/customers/{customer.public_id}/"


@pytest.mark.parametrize(
    ("strategy", "reason", "sentence"),
    [
        (Strategy.INTENSIVE, "", "请填写调整策略的理由"),
        (Strategy.INTENSIVE, "  ", "请填写调整策略的理由"),
        (Strategy.INTENSIVE, "长" * 201, "最多200个字"),
        (Strategy.ACTIVE, "客户要求", "现在就是主动"),
        ("LAZY", "客户要求", "请选择"),
    ],
)
def test_refusals(world, strategy, reason, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        change_strategy(by=world.rm, customer=world.customer(), strategy=strategy, reason=reason)
    assert not StrategyChange.objects.exists()


@pytest.mark.parametrize("persona", ["stranger", "colleague", "outlet_head", "head_office_staff", "teller"])
def test_who_may_not_change_it(world, persona):
    with pytest.raises(RuleViolation):
        change_strategy(
            by=world.people[persona], customer=world.customer(), strategy=Strategy.INTENSIVE, reason="客户要求"
        )


def test_the_supervisor_is_not_told_of_the_own_decision(world):
    change_strategy(by=world.supervisor, customer=world.customer(), strategy=Strategy.RESPONSIVE, reason="客户要求")
    assert not Notification.objects.exists()


def test_many_at_once_pass_over_those_who_have_it(world, alone, announced, django_assert_max_num_queries):
    for name in ("王甲", "王乙", "王丙"):
        world.customer(name)
    has_it = world.customer("王丁", strategy=Strategy.INTENSIVE)
    mine = Customer.objects.visible_to(world.rm)
    with django_assert_max_num_queries(12):
        assert change_strategies(by=world.rm, customers_qs=mine, strategy=Strategy.INTENSIVE, reason="旺季营销") == 3
    assert len(announced) == 1
    assert has_it.pk not in announced[0]["customer_ids"]
    assert Notification.objects.get().text == "林悦将3位客户的维护策略调整为积极：旺季营销"
    assert AuditEvent.objects.filter(action=AuditAction.CHANGE).count() == StrategyChange.objects.count() == 3


def test_one_that_may_not_be_changed_stops_all(world):
    world.customer("王甲")
    world.customer("王乙", status=CustomerStatus.DECEASED)
    with pytest.raises(RuleViolation, match="王乙：客户已故"):
        change_strategies(
            by=world.rm,
            customers_qs=Customer.objects.visible_to(world.rm),
            strategy=Strategy.INTENSIVE,
            reason="旺季营销",
        )
    assert not StrategyChange.objects.exists()
