"""客户移交: proposed, signed, confirmed; what moves, what stays, and how all of it comes back."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.enums import CustomerStatus, HandOverLineState, HandOverReason, HandOverState, Relation, Tier
from customers.models import Customer, HandOver, HandOverLine, Holding, ImportantDate, Person, Product
from customers.queries.handovers import handovers_of, lines_of, shares_of
from customers.services.assignment import assign_manager
from customers.services.handover_effects import return_handover, settle_due, undo_handover
from customers.services.handovers import (
    arrange_handover,
    cancel_handover,
    confirm_handover,
    decline_handover,
    draft_handover,
    sign_handover,
    submit_handover,
)
from customers.services.segments import create_segment
from organization.enums import AuditAction, Role
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification, Staff
from tests.world import TODAY

ONE = timedelta(days=1)


def everybody():
    return Customer.objects.unscoped("test")


def managers() -> dict[str, str]:
    return dict(everybody().values_list("name", "manager__name"))


def states(handover) -> dict[str, str]:
    return dict(HandOverLine.objects.filter(handover=handover).values_list("customer__name", "state"))


def drafted(world, *, by=None, takers=None, reason=HandOverReason.TRANSFER, starts_on=TODAY, **fields) -> HandOver:
    return draft_handover(
        by=by or world.rm, giver=fields.pop("giver", world.rm), takers=[world.colleague] if takers is None else takers, reason=reason,
        starts_on=starts_on, **fields,
    )  # fmt: skip


def signed(world, **fields) -> HandOver:
    """Submitted by the giver, signed by every taker."""
    handover = submit_handover(by=world.rm, handover=drafted(world, **fields))
    for taker in handover.takers.select_related("taker"):
        handover = sign_handover(by=taker.taker, handover=handover)
    return handover


def confirmed(world, **fields) -> HandOver:
    return confirm_handover(by=world.supervisor, handover=signed(world, **fields))


@pytest.fixture
def three(world):
    for name, tier, average in (("张伟", Tier.DIAMOND, 900), ("李娜", Tier.PLATINUM, 700), ("王芳", Tier.GOLD, 100)):
        world.customer(name, tier=tier, monthly_avg_daily_aum=Decimal(average), aum=Decimal(average))
    return world


def test_from_the_proposal_to_the_new_manager(three):
    handover = drafted(three, note="调往西城网点")
    assert handover.state == HandOverState.DRAFT and set(managers().values()) == {"林悦"}
    handover = submit_handover(by=three.rm, handover=handover)
    assert handover.state == HandOverState.PROPOSED and handover.giver_signed_at
    assert Notification.objects.get().recipient == three.colleague
    handover = sign_handover(by=three.colleague, handover=handover)
    assert handover.state == HandOverState.SIGNED
    assert Notification.objects.get(recipient=three.supervisor).text == "林悦的客户移交双方已签字，请您确认。"
    handover = confirm_handover(by=three.supervisor, handover=handover)
    assert (handover.state, handover.effective_on, handover.confirmed_by) == ("done", TODAY, three.supervisor)
    assert set(managers().values()) == {"周航"} and set(states(handover).values()) == {HandOverLineState.MOVED}
    assert set(everybody().values_list("managed_since", flat=True)) == {TODAY}
    # One line to the new manager about all of them, one to the giver.
    assert Notification.objects.filter(dedupe_key__endswith=":effect").count() == 2
    steps = AuditEvent.objects.filter(object_type="customers.handover").order_by("pk").values_list("action", flat=True)
    assert list(steps) == ["create", "change", "change", "review", "change"]


def test_customers_are_split_so_that_all_have_about_as_many(three):
    three.customer("甲", manager=three.colleague)
    handover = drafted(three, takers=[three.colleague, three.supervisor])
    took = dict(handover.lines.values_list("customer__name", "taker__name"))
    assert took == {"张伟": "沈静", "李娜": "沈静", "王芳": "周航"} or took == {
        "张伟": "沈静",
        "李娜": "周航",
        "王芳": "沈静",
    }
    shares = {
        share.taker.name: (share.now, share.given, share.after) for share in shares_of(handovers_of(three.rm).get())
    }
    assert sorted(after for _, _, after in shares.values()) == [2, 2]


@pytest.mark.parametrize(
    ("narrowed", "names"), [({"tiers": ["GOLD", "DIAMOND"]}, {"张伟", "王芳"}), ({}, {"张伟", "李娜", "王芳"})]
)
def test_by_tier(three, narrowed, names):
    assert set(states(drafted(three, **narrowed))) == names


def test_by_segment(three):
    segment = create_segment(by=three.rm, name="大客户", rule={"field": "tier", "op": "in", "value": ["PLATINUM"]})
    handover = drafted(three, segment=segment)
    assert set(states(handover)) == {"李娜"} and handover.said == "分群“大客户”"


def test_a_draft_is_arranged_by_hand(three):
    handover = drafted(three, takers=[three.colleague, three.supervisor])
    names = dict(everybody().values_list("name", "public_id"))
    arrange_handover(by=three.rm, handover=handover, customers=names.values(), act="1002")
    assert set(handover.lines.values_list("taker__name", flat=True)) == {"沈静"}
    arrange_handover(by=three.supervisor, handover=handover, customers=[names["王芳"]], act="remove")
    arrange_handover(by=three.rm, handover=handover, customers=[names["李娜"]], act="keep")
    assert set(states(handover)) == {"李娜"}
    for customers, act, sentence in (
        ([], "remove", "先勾选"), ([names["李娜"]], "remove", "至少要有一位"), ([names["李娜"]], "1101", "一位接收人"),
        ([names["王芳"]], "1002", "先勾选"),
    ):  # fmt: skip
        with pytest.raises(RuleViolation, match=sentence):
            arrange_handover(by=three.rm, handover=handover, customers=customers, act=act)
    # Whoever takes nobody is not asked to sign.
    handover = submit_handover(by=three.rm, handover=handover)
    assert list(handover.takers.values_list("taker__name", flat=True)) == ["沈静"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"takers": ["rm"]}, "不能是移出人本人"),
        ({"takers": []}, "至少选择一位接收人"),
        ({"takers": ["other_rm"]}, "接收人须是"),
        ({"takers": ["teller"]}, "接收人须是"),
        ({"giver": "colleague"}, "移出人须是"),
        ({"by": "other_supervisor"}, "移出人须是"),
        ({"by": "lobby"}, "不能办理"),
        ({"reason": HandOverReason.LEAVE}, "须填写归还"),
        ({"ends_on": TODAY}, "只有休假"),
        ({"reason": HandOverReason.LEAVE, "ends_on": TODAY - ONE}, "不能早于生效"),
        ({"starts_on": TODAY - ONE}, "不能早于今天"),
        ({"starts_on": date(2099, 1, 1)}, "太远"),
        ({"tiers": ["PRIVATE"]}, "没有可移交的客户"),
    ],
)
def test_what_is_refused(three, fields, sentence):
    three.customer("乙", manager=three.colleague)
    named = {key: three.people[value] for key, value in fields.items() if key in ("giver", "by")}
    if "takers" in fields:
        named["takers"] = [three.people[key] for key in fields["takers"]]
    with pytest.raises(RuleViolation, match=sentence):
        drafted(three, **fields | named)


def test_everything_open_moves_and_diaries_stay(three, run_day):
    from maintenance.enums import TaskKind
    from maintenance.models import Appointment, ContactBeat, Diary, MaintenanceTask
    from maintenance.services.appointments import book_appointment
    from maintenance.services.beats import recompute_beats
    from maintenance.services.diary import confirm_plan

    three.colleague.unit = three.west
    three.colleague.save()
    customer = everybody().get(name="张伟")
    Person.objects.create(customer=customer, unit=customer.unit, relation=Relation.CHILD, name="小明")
    ImportantDate.objects.create(customer=customer, unit=customer.unit, kind="birthday", month=6, day=15)
    product = Product.objects.create(code="D1", name="定期", category="term_deposit")
    Holding.objects.create(
        customer=customer, unit=customer.unit, product=product, amount=1, bought_on=TODAY, reference="h1"
    )
    recompute_beats(everybody().values_list("pk", flat=True), on=TODAY)
    book_appointment(by=three.rm, customer=customer, day=TODAY + ONE, channel="meeting", matter="面谈")
    confirm_plan(by=three.rm, day=TODAY + ONE)
    segment = create_segment(by=three.rm, name="本人", rule={"field": "status", "op": "in", "value": ["active"]})
    before = {
        "since": customer.managed_since, "tasks": open_tasks(), "diary": Diary.objects.get().staff,
        "beats": set(ContactBeat.objects.filter(customer=customer).values_list("channel", "next_due_on", "unit")),
    }  # fmt: skip

    handover = signed(three, by=three.branch_head)
    handover = confirm_handover(by=three.branch_head, handover=handover)
    for model in (Person, ImportantDate, Holding, ContactBeat):
        assert set(model.objects.filter(customer=customer).values_list("unit", flat=True)) == {three.west.pk}
    assert set(MaintenanceTask.objects.open().values_list("owner__name", "unit")) == {("周航", three.west.pk)}
    assert set(Appointment.objects.values_list("staff__name", "unit")) == {("周航", three.west.pk)}
    assert MaintenanceTask.objects.open().filter(kind=TaskKind.FIRST_CONTACT).count() == 3
    visits = MaintenanceTask.objects.filter(kind=TaskKind.JOINT_VISIT)
    assert set(visits.values_list("customer__name", "owner__name", "due_on", "status")) == {
        ("张伟", "周航", date(2026, 12, 23), "open"), ("李娜", "周航", date(2026, 12, 23), "open"),
    }  # fmt: skip
    assert "林悦移交，请于12月23日前".replace(",", "，") in visits[0].why
    assert Diary.objects.get().staff == before["diary"]
    run_day(TODAY)
    assert segment.memberships.filter(until=None).count() == 0 < segment.memberships.count()

    undo_handover(by=three.branch_head, handover=handover)
    customer.refresh_from_db()
    assert (customer.manager, customer.unit, customer.managed_since) == (three.rm, three.east, before["since"])
    assert open_tasks() == before["tasks"] and set(visits.values_list("status", flat=True)) == {"superseded"}
    assert set(Appointment.objects.values_list("staff__name", "unit")) == {("林悦", three.east.pk)}
    now = set(ContactBeat.objects.filter(customer=customer).values_list("channel", "next_due_on", "unit"))
    assert now == before["beats"] and Person.objects.get().unit == three.east


def open_tasks() -> set[tuple]:
    from maintenance.models import MaintenanceTask

    return set(
        MaintenanceTask.objects.open().values_list("customer__name", "kind", "occurrence", "owner__name", "due_on")
    )


@pytest.fixture
def run_day(db):
    from maintenance.daily.runs import run_until

    return run_until


def lent(three, **fields):
    days = {"starts_on": TODAY + ONE, "ends_on": TODAY + 3 * ONE}
    return confirmed(three, reason=HandOverReason.LEAVE, **days | fields)


def test_one_for_a_time_begins_and_ends_by_itself(three, run_day):
    from maintenance.enums import TaskKind
    from maintenance.models import MaintenanceTask

    handover = lent(three)
    assert handover.state == HandOverState.CONFIRMED and set(managers().values()) == {"林悦"}
    assert Notification.objects.get(recipient=three.rm, dedupe_key__endswith=":confirm").text.endswith("生效。")
    units = list(everybody().values_list("unit", flat=True))
    for day, manager, state in (
        (0, "林悦", "confirmed"), (1, "周航", "in_effect"), (1, "周航", "in_effect"), (3, "周航", "in_effect"),
        (4, "林悦", "returned"), (2, "林悦", "returned"),
    ):  # fmt: skip
        settle_due(units=units, on=TODAY + day * ONE)
        handover.refresh_from_db()
        assert (set(managers().values()), handover.state) == ({manager}, state)
    assert set(everybody().values_list("managed_since", flat=True)) == {date(2025, 1, 2)}
    assert not MaintenanceTask.objects.filter(kind__in=(TaskKind.FIRST_CONTACT, TaskKind.JOINT_VISIT)).exists()
    assert set(states(handover).values()) == {HandOverLineState.RETURNED}


@pytest.mark.parametrize("days", [[1, 2, 3, 4, 5], [5], [5, 1, 3], [2, 1, 4, 5, 2]])
def test_whatever_the_order_of_the_days_the_rows_are_the_same(three, days):
    lent(three)
    units = list(everybody().values_list("unit", flat=True))
    newest = TODAY
    for day in days:
        newest = max(newest, TODAY + day * ONE)
        settle_due(units=units, on=newest)
    assert set(everybody().values_list("manager__name", "managed_since", "version")) == {("林悦", date(2025, 1, 2), 3)}
    assert HandOver.objects.get().state == HandOverState.RETURNED


def test_only_the_shard_of_the_giver_settles_it(three):
    lent(three)
    assert settle_due(units=[three.west.pk], on=TODAY + 9 * ONE) == 0
    assert settle_due(units=[three.east.pk, three.west.pk], on=TODAY + 9 * ONE) == 1
    assert settle_due(units=[three.east.pk, three.west.pk], on=TODAY + 9 * ONE) == 0


def test_the_daily_run_settles_it_with_a_future_day(three, run_day, fixed_clock):
    handover = confirmed(three, starts_on=TODAY + ONE)
    run_day(TODAY)
    assert set(managers().values()) == {"林悦"}
    fixed_clock.move_to(f"{TODAY + 3 * ONE} 10:00+08:00")
    run_day(TODAY + 3 * ONE)
    handover.refresh_from_db()
    assert handover.state == HandOverState.DONE
    assert set(everybody().values_list("manager__name", "managed_since")) == {("周航", TODAY + ONE)}


def test_who_is_moved_meanwhile_or_not_served_is_passed_over_and_said(three):
    handover = signed(three)
    everybody().filter(name="王芳").update(status=CustomerStatus.RESTRICTED)
    assign_manager(
        by=three.supervisor,
        customers=everybody().filter(name="李娜"),
        manager=three.supervisor,
        on=TODAY,
        reason="调整",
    )
    handover = confirm_handover(by=three.supervisor, handover=handover)
    assert managers() == {"张伟": "周航", "李娜": "沈静", "王芳": "林悦"}
    assert dict(handover.lines.values_list("customer__name", "why")) == {
        "张伟": "", "李娜": "已由他人管理", "王芳": "客户限制处理",
    }  # fmt: skip
    assert "2位未移交" in Notification.objects.get(recipient=three.rm, dedupe_key__endswith=":effect").text


def test_a_return_brings_back_only_who_is_still_there_and_the_co_manager(three):
    everybody().filter(name="张伟").update(co_manager=three.colleague)
    handover = lent(three, starts_on=TODAY)
    assert everybody().get(name="张伟").co_manager is None
    assign_manager(
        by=three.supervisor,
        customers=everybody().filter(name="李娜"),
        manager=three.supervisor,
        on=TODAY,
        reason="调整",
    )
    handover = return_handover(by=three.supervisor, handover=handover)
    assert managers() == {"张伟": "林悦", "李娜": "沈静", "王芳": "林悦"}
    assert everybody().get(name="张伟").co_manager == three.colleague
    assert states(handover) == {"张伟": "returned", "李娜": "kept", "王芳": "returned"}
    assert "另有1位已变动" in Notification.objects.get(recipient=three.rm, dedupe_key__endswith=":returned").text


@pytest.mark.parametrize("taker", ["colleague", "supervisor"])
def test_an_appointment_comes_back_also_from_the_co_manager_and_the_supervisor(three, taker):
    from maintenance.models import Appointment, MaintenanceTask
    from maintenance.services.appointments import book_appointment

    everybody().filter(name="张伟").update(co_manager=three.colleague)
    book_appointment(
        by=three.rm, customer=everybody().get(name="张伟"), day=TODAY + ONE, channel="meeting", matter="面谈"
    )
    handover = signed(three, takers=[three.people[taker]])
    handover = confirm_handover(by=three.outlet_head, handover=handover)
    assert Appointment.objects.get().staff == three.people[taker]
    undo_handover(by=three.outlet_head, handover=handover)
    assert Appointment.objects.get().staff == three.rm
    assert MaintenanceTask.objects.get(kind="appointment").owner == three.rm


def test_who_has_left_gets_nobody_back_and_the_supervisor_is_told(three):
    handover = lent(three, starts_on=TODAY)
    Staff.objects.filter(pk=three.rm.pk).update(is_active=False)
    with pytest.raises(RuleViolation, match="移出人已不在岗"):
        return_handover(by=three.supervisor, handover=handover)
    settle_due(units=[three.east.pk], on=TODAY + 4 * ONE)
    handover.refresh_from_db()
    assert handover.state == HandOverState.DONE and set(managers().values()) == {"周航"}
    assert "请安排归属" in Notification.objects.get(recipient=three.supervisor, dedupe_key__endswith=":kept").text


@pytest.mark.parametrize("changed", [{"is_active": False}, {"role": Role.TELLER}])
def test_somebody_who_has_left_need_not_sign(three, changed):
    Staff.objects.filter(pk=three.rm.pk).update(**changed)
    three.rm.refresh_from_db()
    handover = drafted(three, by=three.supervisor, reason=HandOverReason.LEAVING)
    handover = submit_handover(by=three.supervisor, handover=handover)
    handover = sign_handover(by=three.colleague, handover=handover)
    assert handover.state == HandOverState.SIGNED
    confirm_handover(by=three.supervisor, handover=handover)
    assert set(managers().values()) == {"周航"}


def test_pressed_twice_it_happens_once(three):
    handover = signed(three)
    confirm_handover(by=three.supervisor, handover=handover)
    with pytest.raises(RuleViolation, match="签字后才能确认"):
        confirm_handover(by=three.outlet_head, handover=handover)
    undo_handover(by=three.outlet_head, handover=handover)
    with pytest.raises(RuleViolation, match="已经生效"):
        undo_handover(by=three.supervisor, handover=handover)
    assert set(everybody().values_list("manager__name", "version")) == {("林悦", 3)}


def test_an_undo_comes_in_time_or_not_at_all(three, fixed_clock):
    handover = confirmed(three)
    fixed_clock.move_to(f"{TODAY + 8 * ONE} 10:00+08:00")
    with pytest.raises(RuleViolation, match="超过7天"):
        undo_handover(by=three.supervisor, handover=handover)


def test_a_customer_stands_in_one_at_a_time(three):
    first, second = drafted(three), drafted(three, tiers=["GOLD"])
    submit_handover(by=three.rm, handover=first)
    with pytest.raises(RuleViolation, match="都已在另一份移交中"):
        submit_handover(by=three.rm, handover=second)
    with pytest.raises(RuleViolation, match="没有可移交的客户"):
        drafted(three)


def test_who_is_with_somebody_for_a_time_is_not_given_on(three):
    lent(three, starts_on=TODAY)
    with pytest.raises(RuleViolation, match="没有可移交"):
        drafted(three, by=three.colleague, giver=three.colleague, takers=[three.supervisor])


def test_sent_back_and_called_off(three):
    handover = submit_handover(by=three.rm, handover=drafted(three))
    with pytest.raises(RuleViolation, match="请填写退回理由"):
        decline_handover(by=three.colleague, handover=handover, reason=" ")
    handover = decline_handover(by=three.colleague, handover=handover, reason="管户已满")
    assert handover.state == HandOverState.DECLINED and "管户已满" in Notification.objects.get(recipient=three.rm).text
    again = cancel_handover(by=three.rm, handover=drafted(three))
    assert again.state == HandOverState.CANCELLED and set(managers().values()) == {"林悦"}
    assert set(handover.lines.values_list("state", "why")) == {("passed_over", "移交已退回")}
    assert lines_of(three.rm, handover).count() == 3 and lines_of(three.colleague, handover).count() == 0


def test_a_draft_is_no_affair_of_the_taker_and_a_stranger_sees_nothing(three):
    handover = drafted(three)
    assert not handovers_of(three.colleague).exists()
    submit_handover(by=three.rm, handover=handover)
    for persona, many in (("colleague", 1), ("supervisor", 1), ("outlet_head", 1), ("other_rm", 0), ("stranger", 0)):
        assert handovers_of(three.people[persona]).count() == many
    with pytest.raises(RuleViolation, match="没有找到这份移交"):
        sign_handover(by=three.stranger, handover=handover)


def test_a_team_the_supervisor_does_not_lead_is_left_to_the_head(three):
    three.colleague.supervisor = None
    three.colleague.save()
    handover = signed(three)
    with pytest.raises(RuleViolation, match="管辖范围"):
        confirm_handover(by=three.supervisor, handover=handover)
    confirm_handover(by=three.outlet_head, handover=handover)
    assert set(managers().values()) == {"周航"}


def test_thirty_cost_as_many_statements_as_three(three):
    handover = signed(three)
    with CaptureQueriesContext(connection) as few:
        confirm_handover(by=three.supervisor, handover=handover)
    for number in range(30):
        three.customer(f"客户{number}", tier=Tier.DIAMOND)
    handover = signed(three)
    with CaptureQueriesContext(connection) as many:
        confirm_handover(by=three.supervisor, handover=handover)
    assert len(many) <= len(few)
    assert AuditEvent.objects.filter(action=AuditAction.REVIEW).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other anyhow")
def test_two_who_confirm_at_once_move_them_once(three):
    handover, barrier, refused = signed(three), Barrier(2), []

    def confirm(by: Staff) -> None:
        barrier.wait()
        try:
            confirm_handover(by=by, handover=handover)
        except RuleViolation as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=[by]) for by in (three.supervisor, three.outlet_head)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["双方签字后才能确认。"]
    assert set(everybody().values_list("manager__name", "version")) == {("周航", 2)}
