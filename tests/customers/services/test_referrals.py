"""Introductions: noted once, joined to the customer they became, a tree and never a ring."""

from datetime import date

import pytest

from customers.models import Referral
from customers.queries.referrals import introducers_of, referrals_tab
from customers.services.archive import create_customer
from customers.services.referrals import link_referral, number_of_lead, record_referral, withdraw_referral
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Parameter
from organization.parameters import forget
from tests.world import TODAY

MOBILE = "13800138000"


def refer(world, customer, referred=None, **said) -> Referral:
    rest = {} if referred else {"name": "李梅", "mobile": MOBILE}
    rest |= {"referred_on": TODAY, "by": world.rm} | said
    return record_referral(customer=customer, referred=referred, **rest)


def test_a_lead_is_kept_with_an_encrypted_number_and_masked_in_the_trail(world):
    referral = refer(world, world.customer("张伟"), mobile="+86 138-0013-8000", note="同事")
    assert (referral.mobile, referral.unit, referral.name) == (MOBILE, world.east, "李梅")
    row = Referral.objects.unscoped("test").filter(pk=referral.pk).values("mobile")
    assert MOBILE not in str(row.query)
    event = AuditEvent.objects.latest("pk")
    assert event.after == {"referral": "李*（尚未开户）"}
    assert MOBILE not in str(event.after)


def test_a_lead_becomes_a_customer(world):
    referral = refer(world, world.customer("张伟"))
    new = create_customer(by=world.rm, data={"name": "李梅", "mobile": MOBILE})
    linked = link_referral(by=world.rm, referral=referral, referred=new)
    assert (linked.referred, linked.mobile, linked.mobile_index) == (new, "", "")
    with pytest.raises(RuleViolation, match="已经关联"):
        link_referral(by=world.rm, referral=referral, referred=new)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": " "}, "请填写姓名"),
        ({"name": "李😀"}, "姓名中不能有"),
        ({"name": "李" * 61}, "最多60个字"),
        ({"mobile": "123"}, "手机号码应为11位"),
        ({"mobile": ""}, "手机号码要填写"),
        ({"referred_on": date(2026, 11, 24)}, "不能晚于今天"),
        ({"note": "长" * 201}, "最多200个字"),
    ],
)
def test_what_cannot_be_is_refused(world, said, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        refer(world, world.customer("张伟"), **said)
    assert not Referral.objects.exists()


def test_nobody_is_noted_twice(world):
    first, second = world.customer("张伟"), world.customer("王芳")
    refer(world, first)
    with pytest.raises(RuleViolation, match="已登记过"):
        refer(world, first)
    refer(world, second)  # two people may name the same acquaintance
    known = world.customer("赵强")
    refer(world, first, known)
    with pytest.raises(RuleViolation, match="赵强已登记由张伟引荐"):
        refer(world, second, known)


def test_a_number_on_file_asks_for_the_customer_only_within_the_scope(world):
    customer = world.customer("张伟")
    create_customer(by=world.rm, data={"name": "李梅", "mobile": MOBILE})
    with pytest.raises(RuleViolation, match="李梅的档案中"):
        refer(world, customer)
    create_customer(by=world.stranger, data={"name": "别人", "mobile": "13800138001"})
    refer(world, customer, mobile="13800138001")


def test_introductions_never_close_a_ring(world):
    a, b, c = (world.customer(name) for name in ("甲一", "乙二", "丙三"))
    refer(world, a, b)
    refer(world, b, c)
    assert introducers_of(c.pk) == [b.pk, a.pk]
    with pytest.raises(RuleViolation, match="不能反过来"):
        refer(world, c, a)
    with pytest.raises(RuleViolation, match="不能引荐自己"):
        refer(world, a, a)


def test_withdrawn_it_stands_no_longer(world):
    a, b = world.customer("甲一"), world.customer("乙二")
    referral = refer(world, a, b)
    with pytest.raises(RuleViolation, match="撤销理由"):
        withdraw_referral(by=world.rm, referral=referral, reason="")
    withdraw_referral(by=world.rm, referral=referral, reason="登记错人")
    with pytest.raises(RuleViolation, match="已经撤销"):
        withdraw_referral(by=world.rm, referral=referral, reason="登记错人")
    assert introducers_of(b.pk) == []
    refer(world, b, a)


def test_the_number_is_read_on_record_and_within_the_quota(world):
    Parameter.objects.create(code="reveal_daily_quota", effective_from=date(2026, 1, 1), value=1, source="test")
    forget()
    referral = refer(world, world.customer("张伟"))
    assert number_of_lead(by=world.rm, referral=referral) == MOBILE
    assert AuditEvent.objects.latest("pk").action == "reveal"
    with pytest.raises(RuleViolation, match="上限"):
        number_of_lead(by=world.rm, referral=referral)


def test_other_peoples_customers_are_out_of_reach(world):
    mine, theirs = world.customer("张伟"), world.customer("王芳", manager=world.stranger)
    with pytest.raises(RuleViolation, match="管户范围"):
        refer(world, mine, theirs)
    with pytest.raises(RuleViolation, match="管户范围"):
        refer(world, theirs)
    with pytest.raises(RuleViolation, match="不能修改"):
        refer(world, mine, by=world.outlet_head)


def test_the_tree_masks_customers_of_others(world):
    root, mine, theirs, below = (
        world.customer("张伟"), world.customer("王芳"), world.customer("诸葛明", manager=world.colleague),
        world.customer("司马光", manager=world.colleague),
    )  # fmt: skip
    refer(world, root, mine)
    record_referral(by=world.supervisor, customer=root, referred=theirs, referred_on=TODAY)
    record_referral(by=world.supervisor, customer=theirs, referred=below, referred_on=TODAY)
    record_referral(by=world.colleague, customer=theirs, name="李梅", mobile=MOBILE, referred_on=TODAY)
    tree = {node.name: node for node in referrals_tab(world.rm, root)["referral_tree"]}
    assert set(tree) == {"王芳", "诸**"}
    assert tree["王芳"].customer == mine
    assert (tree["诸**"].customer, tree["诸**"].manager_name) == (None, "周航")
    assert {node.name for node in tree["诸**"].children} == {"司**", "李*"}
    assert {node.masked_mobile for node in tree["诸**"].children} == {""}
    above = referrals_tab(world.colleague, theirs)["introducers"]
    assert [(is_seen, name) for is_seen, name, _ in above] == [(False, "张*")]


def test_the_tree_costs_the_same_however_large(world, django_assert_num_queries):
    root = world.customer("张伟")
    refer(world, root)
    with django_assert_num_queries(4) as one:
        referrals_tab(world.rm, root)
    last = root
    for n in range(6):
        following = world.customer(f"客户{n}")
        refer(world, last, following)
        refer(world, following, mobile=f"1380013810{n}")
        last = following
    with django_assert_num_queries(len(one)):
        referrals_tab(world.rm, root)
