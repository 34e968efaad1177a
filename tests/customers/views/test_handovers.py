"""Pages of 客户移交: the wizard keeps what was typed, each party sees what concerns it, the list costs the same for three."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer, HandOver
from customers.services.handovers import confirm_handover
from organization.models import SubmittedForm
from tests.customers.services.test_handovers import drafted, lent, signed
from tests.world import TODAY

LIST, NEW = "customers:handover_list", "customers:handover_new"


def at(handover, name="handover_page", *args) -> str:
    return reverse(f"customers:{name}", args=[handover.public_id, *args])


def body(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def two(world):
    world.customer("欧阳自家")
    world.customer("司徒自家")
    return world


def asked(**fields) -> dict:
    return {"giver": "1001", "reason": "transfer", "starts_on": TODAY.isoformat(), "takers": ["1003"]} | fields


def test_the_wizard_leads_to_the_arrangement_and_on_to_the_signatures(two, sign_in):
    client = sign_in(two.rm)
    assert "没有进行中的移交" in body(client.get(reverse(LIST)))
    page = body(client.get(reverse(NEW)))
    assert "周航 1003" in page and "邓超" not in page
    arranged = body(client.post(reverse(NEW), asked(note="调往西城"), follow=True))
    handover = HandOver.objects.get()
    assert "第2步" in arranged and "欧阳自家" in arranged and "下一步：核对接收安排后提交签字" in arranged
    keep = {"act": "keep", "customers": [Customer.objects.get(name="欧阳自家").public_id]}
    assert "已调整1位客户" in body(client.post(at(handover, "handover_arrange"), keep, follow=True))
    assert "等待周航签字" in body(client.post(at(handover, "handover_step", "submit"), follow=True))
    client = sign_in(two.colleague)
    assert "签字" in body(client.get(at(handover))) and "欧阳自家" in body(client.get(at(handover)))
    assert "等待沈静确认" in body(client.post(at(handover, "handover_step", "sign"), follow=True))
    client = sign_in(two.supervisor)
    told = body(client.post(at(handover, "handover_step", "confirm"), follow=True))
    assert "已完成" in told and "已移交" in told
    assert "再次" not in told and "签字后才能确认" in body(
        client.post(at(handover, "handover_step", "confirm"), follow=True)
    )
    assert Customer.objects.get(name="欧阳自家").manager == two.colleague
    assert "撤销" in body(client.post(at(handover, "handover_step", "undo"), follow=True))
    assert Customer.objects.get(name="欧阳自家").manager == two.rm


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"takers": []}, "请选择“接收人”"),
        ({"takers": ["1101"]}, "选项已失效或不在您的范围内"),
        ({"giver": "1003"}, "选项已失效或不在您的范围内"),
        ({"takers": ["1001", "1003"]}, "选项已失效或不在您的范围内"),
        ({"reason": "leave"}, "须填写归还前最后一天"),
        ({"ends_on": TODAY.isoformat()}, "只有休假移交会归还"),
        ({"starts_on": "9999-12-31"}, "太远"),
        ({"starts_on": "昨天"}, "不是有效的日期"),
        ({"note": "😀䶮" * 101}, "最多200个字"),
        ({"tiers": ["PRIVATE"]}, "没有可移交的客户"),
        ({"segment": "nobody"}, "选项已失效"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(two, sign_in, fields, sentence):
    answer = sign_in(two.rm).post(reverse(NEW), asked(**({"note": "调往西城"} | fields)))
    assert answer.status_code == 422 and sentence in body(answer)
    assert "note" in fields or "调往西城" in body(answer)
    assert not HandOver.objects.exists()


def test_who_leads_may_name_the_giver_but_not_as_taker(two, sign_in):
    answer = sign_in(two.supervisor).post(reverse(NEW), asked(takers=["1001"]))
    assert answer.status_code == 422 and "接收人不能是移出人本人" in body(answer)


def test_both_sides_are_waited_for_when_the_supervisor_proposes(two, sign_in):
    handover, client = drafted(two, by=two.supervisor), sign_in(two.supervisor)
    assert "等待林悦、周航签字" in body(client.post(at(handover, "handover_step", "submit"), follow=True))
    assert "只有移出人和接收人本人可以签字" in body(client.post(at(handover, "handover_step", "sign"), follow=True))
    sign_in(two.colleague).post(at(handover, "handover_step", "sign"))
    assert "等待沈静确认" in body(sign_in(two.rm).post(at(handover, "handover_step", "sign"), follow=True))


def test_a_double_press_makes_one(two, sign_in):
    client = sign_in(two.rm)
    data = asked(form_key="0b0e0000-0000-4000-8000-000000000001")
    assert client.post(reverse(NEW), data)["Location"] == client.post(reverse(NEW), data)["Location"]
    assert HandOver.objects.count() == SubmittedForm.objects.count() == 1


def test_each_party_sees_what_concerns_it(two, sign_in):
    handover = drafted(two)
    assert sign_in(two.colleague).get(at(handover)).status_code == 404
    handover = signed(two) if handover.delete() else handover
    assert sign_in(two.colleague).get(at(handover)).status_code == 200
    for persona, status in (("other_rm", 404), ("other_supervisor", 404), ("branch_head", 200), ("lobby", 403)):
        assert sign_in(two.people[persona]).get(at(handover)).status_code == status
    assert sign_in(two.supervisor).get(at(handover, "handover_step", "sign")).status_code == 405
    assert sign_in(two.supervisor).post(at(handover, "handover_step", "nothing")).status_code == 404


def test_sent_back_with_a_word(two, sign_in):
    handover, client = signed(two), sign_in(two.supervisor)
    assert client.post(at(handover, "handover_decline"), {"reason": ""}).status_code == 422
    told = body(client.post(at(handover, "handover_decline"), {"reason": "名单不全"}, follow=True))
    assert "退回理由：名单不全" in told and "已退回" in told
    assert client.get(at(handover, "handover_decline")).status_code == 403
    # What came to nothing shows the taker no customers any more.
    assert "欧阳自家" not in body(sign_in(two.colleague).get(at(handover)))


def test_given_back_early(two, sign_in):
    handover = lent(two, starts_on=TODAY, ends_on=TODAY + timedelta(days=9))
    page = body(sign_in(two.supervisor).get(at(handover)))
    assert "代管中" in page and "2026-12-02后自动归还" in page and "提前归还" in page
    told = body(sign_in(two.supervisor).post(at(handover, "handover_step", "return"), follow=True))
    assert "已归还" in told and set(Customer.objects.values_list("manager", flat=True)) == {two.rm.pk}


def test_the_list_on_paper_names_everybody_and_everything_open(two, sign_in):
    from maintenance.services.appointments import book_appointment

    customer = Customer.objects.get(name="欧阳自家")
    book_appointment(by=two.rm, customer=customer, day=TODAY + timedelta(days=2), channel="meeting", matter="签约")
    handover = signed(two)
    paper = body(sign_in(two.colleague).get(at(handover, "handover_print")))
    assert "客户交接清单" in paper and "一、客户（2位" in paper and "监交人" in paper
    work = body(sign_in(two.colleague).get(reverse("maintenance:handover_work", args=[handover.public_id])))
    assert "欧阳自家" in work and "预约会面：签约" in work and "2026-11-25" in work
    confirm_handover(by=two.supervisor, handover=handover)
    assert "周航" in body(sign_in(two.rm).get(reverse("maintenance:handover_work", args=[handover.public_id])))


@pytest.mark.parametrize("name", ["handover_page", "handover_print", "work"])
def test_three_customers_cost_what_one_costs(world, sign_in, name):
    def queries(many: int) -> int:
        for number in range(many):
            world.customer(f"客户{many}{number}")
        handover = signed(world)
        address = (
            reverse("maintenance:handover_work", args=[handover.public_id]) if name == "work" else at(handover, name)
        )
        client = sign_in(world.supervisor)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    one = queries(1)
    assert queries(3) == one <= 22


def test_three_hand_overs_cost_what_one_costs(world, sign_in):
    client = sign_in(world.supervisor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(LIST)).status_code == 200
        return len(captured)

    world.customer("客户零")
    signed(world)
    client.get(reverse(LIST))
    one = queries()
    for number in range(2):
        world.customer(f"客户{number}")
        signed(world)
    assert queries() == one <= 14
