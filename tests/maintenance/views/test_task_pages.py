"""Done, moved, skipped and undone over HTTP; the number behind 电话; appointments."""

import json
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from customers.enums import Sex
from customers.services.identifiers import set_identifiers
from maintenance.enums import AppointmentStatus, TaskKind, TaskStatus
from maintenance.models import Appointment, MaintenanceTask
from maintenance.services.appointments import book_appointment
from organization.enums import AuditAction
from organization.models import AuditEvent, Cover
from tests.maintenance.conftest import moment
from tests.world import TODAY

HTMX = {"HX-Request": "true"}


@pytest.fixture
def customer(world):
    return world.customer("张伟")


@pytest.fixture
def desk(world, sign_in):
    """The own RM's browser."""
    return sign_in(world.rm)


def events(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])


def act(desk, step, *tasks, **fields):
    data = {"task": [t.public_id for t in tasks], "tasks": [t.public_id for t in tasks]} | fields
    return desk.post(reverse(f"maintenance:task_{step}"), data, headers=HTMX)


def test_done_and_undone(desk, customer, make_task):
    task = make_task(customer)
    answer = act(desk, "complete", task)
    assert answer.status_code == 204
    assert MaintenanceTask.objects.get().status == TaskStatus.DONE
    assert desk.post(events(answer)["toast"]["undo_url"], headers=HTMX).status_code == 204
    assert MaintenanceTask.objects.get().status == TaskStatus.OPEN


def test_a_beat_is_refused_in_words(desk, customer, make_task):
    answer = act(desk, "complete", make_task(customer, TaskKind.PHONE_BEAT))
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (422, "none")
    assert "记一笔" in events(answer)["toast"]["text"]


@pytest.mark.parametrize(("choice", "day"), [("tomorrow", date(2026, 11, 24)), ("three_days", date(2026, 11, 26))])
def test_moved_by_one_tap_and_put_back(desk, customer, make_task, choice, day):
    task = make_task(customer)
    answer = act(desk, "snooze", task, choice=choice)
    assert MaintenanceTask.objects.get().planned_on == day
    assert desk.post(events(answer)["toast"]["undo_url"], headers=HTMX).status_code == 204
    assert MaintenanceTask.objects.get().planned_on == TODAY


def test_a_day_of_ones_own_must_be_given(desk, customer, make_task):
    task = make_task(customer)
    assert "请选择改到哪一天" in act(desk, "snooze", task, choice="other").content.decode()
    assert act(desk, "snooze", task, choice="other", planned_on="2026-11-27").status_code == 204
    assert MaintenanceTask.objects.get().planned_on == date(2026, 11, 27)


def test_past_the_latest_day_the_reason_is_asked_for_and_what_was_typed_stays(desk, customer, make_task):
    task = make_task(customer, due_on=TODAY)
    answer = act(desk, "snooze", task, choice="other", planned_on="2026-12-02")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "最迟日期是11月23日" in page
    assert 'value="2026-12-02"' in page
    assert act(desk, "snooze", task, choice="other", planned_on="2026-12-02", reason="客户出差").status_code == 204


def test_a_toast_names_the_customer(world, desk, make_task):
    customer = world.customer("周子轩", sex=Sex.MALE)

    def said(step, count, **fields):
        return events(act(desk, step, *(make_task(customer) for _ in range(count)), **fields))["toast"]["text"]

    assert said("skip", 2, reason="customer_away") == "已跳过周子轩先生（2项）"
    assert said("complete", 1) == "已办结周子轩先生：生日关怀"
    assert said("snooze", 2, choice="tomorrow") == "已将周子轩先生（2项）改到11月24日。"


def test_chips_name_each_day_once_and_say_which_need_a_reason(world, sign_in, customer, make_task, fixed_clock):
    fixed_clock.move_to(moment(date(2026, 11, 27)))
    desk = sign_in(world.rm)
    task = make_task(customer, due_on=date(2026, 11, 30))
    page = desk.get(reverse("maintenance:task_snooze") + f"?task={task.public_id}").content.decode()
    chips = re.findall(r'<label class="chip" for="snooze-(\w+)">(.*?)</label>', page)
    told = [(value, re.sub("<[^>]+>", "", words)) for value, words in chips]
    assert told == [
        ("tomorrow", "下个工作日 11月30日"), ("week", "下周 12月4日 须写原因"), ("month", "1个月后 12月28日 须写原因"), ("other", "选日期"),
    ]  # fmt: skip
    assert 'value="tomorrow" checked' in page


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("skip", {"reason": "other"}, "id_note"),
        ("snooze", {"choice": "other", "planned_on": "2026-12-01"}, "id_reason"),
        ("snooze", {"choice": "other", "planned_on": "2026-11-28"}, "id_planned_on"),
    ],
)
def test_a_refusal_stands_at_its_field(desk, customer, make_task, step, fields, field):
    page = act(desk, step, make_task(customer), **fields).content.decode()
    assert f'<li><a href="#{field}">' in page


@pytest.mark.parametrize("token", ["", "forged", "eyJhIjoxfQ:1abc:xyz"])
def test_a_forged_undo_changes_nothing(desk, customer, make_task, token):
    make_task(customer)
    assert desk.post(reverse("maintenance:task_put_back") + f"?token={token}", headers=HTMX).status_code == 422


def test_an_undo_is_for_whoever_moved_and_for_a_while(world, sign_in, customer, make_task, fixed_clock):
    undo = events(act(sign_in(world.rm), "snooze", make_task(customer), choice="tomorrow"))["toast"]["undo_url"]
    assert sign_in(world.supervisor).post(undo, headers=HTMX).status_code == 422
    fixed_clock.shift(timedelta(minutes=31))
    assert sign_in(world.rm).post(undo, headers=HTMX).status_code == 422
    assert MaintenanceTask.objects.get().planned_on == date(2026, 11, 24)


def test_skipping_asks_why(desk, customer, make_task):
    task = make_task(customer)
    assert act(desk, "skip", task).status_code == 422
    assert act(desk, "skip", task, reason="other").status_code == 422
    answer = act(desk, "skip", task, reason="other", note="客户住院")
    assert answer.status_code == 204
    assert (MaintenanceTask.objects.get().skip_reason, MaintenanceTask.objects.get().note) == ("other", "客户住院")


@pytest.mark.parametrize("step", ["complete", "snooze", "skip", "reopen"])
@pytest.mark.parametrize("owner", ["colleague", "other_rm", "stranger"])
def test_tasks_of_others_are_not_found(world, desk, make_task, step, owner):
    task = make_task(world.customer("别家", manager=world.people[owner]))
    assert act(desk, step, task, choice="tomorrow", reason="customer_away").status_code == 404
    assert MaintenanceTask.objects.get().status == TaskStatus.OPEN


def test_a_foreign_task_hidden_among_ones_own_is_left_out(world, desk, customer, make_task):
    own, foreign = make_task(customer), make_task(world.customer("别家", manager=world.other_rm))
    assert act(desk, "complete", own, foreign).status_code == 422
    assert MaintenanceTask.objects.open().count() == 2


def test_a_double_click_skips_once(desk, customer, make_task):
    task = make_task(customer)
    answers = [act(desk, "skip", task, reason="customer_away", form_key="same") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert AuditEvent.objects.filter(action=AuditAction.CHANGE).count() == 1


def test_the_number_at_one_tap_and_on_the_trail(desk, customer, make_task):
    set_identifiers(customer, mobile="13900001111")
    customer.save()
    task = make_task(customer)
    page = desk.post(reverse("maintenance:task_phone", args=[task.public_id]), headers=HTMX).content.decode()
    assert 'href="tel:13900001111"' in page
    assert 'data-seconds="30"' in page
    event = AuditEvent.objects.get(action=AuditAction.REVEAL)
    assert event.after == {"field": "mobile", "task": task.public_id}


def test_a_customer_without_a_number(desk, customer, make_task):
    page = desk.post(reverse("maintenance:task_phone", args=[make_task(customer).public_id]), headers=HTMX)
    assert "没有手机号码" in page.content.decode()


def test_the_number_of_others_is_not_found(world, desk, make_task):
    task = make_task(world.customer("别家", manager=world.other_rm))
    assert desk.post(reverse("maintenance:task_phone", args=[task.public_id])).status_code == 404
    assert desk.get(reverse("maintenance:task_phone", args=[task.public_id])).status_code == 405


def test_the_tabs_of_the_list(world, desk, make_task):
    make_task(world.customer("今"))
    make_task(world.customer("迟"), due_on=date(2026, 11, 18))
    make_task(world.customer("周五"), planned_on=date(2026, 11, 27))
    make_task(world.customer("下周"), planned_on=date(2026, 12, 1), due_on=date(2026, 12, 4))
    make_task(world.customer("同事", manager=world.colleague))

    def names(query):
        page = desk.get(reverse("maintenance:task_list") + query).context["page"]
        return {task.customer.name for task in page}

    assert names("") == names("?when=nonsense") == {"今", "迟"}
    assert names("?when=overdue") == {"迟"}
    assert names("?when=week") == {"今", "迟", "周五"}
    assert names("?when=open") == {"今", "迟", "周五", "下周"}
    assert names("?when=closed") == set()
    assert names("?when=open&kind=phone_beat") == set()
    Cover.objects.create(
        absent=world.colleague, substitute=world.rm, starts_on=TODAY, ends_on=TODAY, created_by=world.supervisor
    )
    assert names("") == {"今", "迟", "同事"}


def test_the_list_reads_the_same_for_one_and_for_many(world, desk, make_task, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_task(world.customer("甲"))
    address = reverse("maintenance:task_list")
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for name in "乙丙丁":
        make_task(world.customer(name))
    with django_assert_num_queries(len(one)):
        desk.get(address)
    assert len(one) <= 10


# appointments


def test_booked_listed_and_cancelled(desk, customer):
    said = {
        "customer": customer.public_id, "day": "2026-11-27", "starts_at": "10:30", "channel": "meeting", "matter": "签约",
    }  # fmt: skip
    assert desk.post(reverse("maintenance:appointment_new"), said, headers=HTMX).status_code == 204
    appointment = Appointment.objects.get()
    assert "签约" in desk.get(reverse("maintenance:appointment_list")).content.decode()
    again = desk.post(reverse("maintenance:appointment_new"), said, headers=HTMX)
    assert again.status_code == 422
    assert "已有一次预约" in again.content.decode()
    cancel = reverse("maintenance:appointment_cancel", args=[appointment.public_id])
    assert desk.get(cancel).status_code == 200
    assert desk.post(cancel, {"reason": "客户出差"}, headers=HTMX).status_code == 204
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.CANCELLED
    assert desk.post(cancel, {"reason": ""}, headers=HTMX).status_code == 422


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"day": "2026-11-20"}, "不能早于今天"), ({"day": ""}, "请填写“日期”"), ({"matter": ""}, "请填写“事项”"),
     ({"day": "2026-11-23", "starts_at": "08:00"}, "预约时间已经过去")],
)  # fmt: skip
def test_appointments_that_cannot_be(desk, customer, fields, sentence):
    said = {"customer": customer.public_id, "day": "2026-11-27", "channel": "phone", "matter": "回访"} | fields
    answer = desk.post(reverse("maintenance:appointment_new"), said, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Appointment.objects.exists()


def test_appointments_of_others(world, desk):
    foreign = world.customer("别家", manager=world.other_rm)
    appointment = Appointment.objects.create(
        customer=foreign,
        unit=foreign.unit,
        staff=world.other_rm,
        day=TODAY,
        matter="x",
        created_at="2026-11-20T10:00+08:00",
    )
    assert desk.get(reverse("maintenance:appointment_cancel", args=[appointment.public_id])).status_code == 404
    assert desk.get(reverse("maintenance:appointment_new") + f"?customer={foreign.public_id}").status_code == 404
    forged = {"customer": foreign.public_id, "day": "2026-11-27", "channel": "phone", "matter": "x"}
    assert desk.post(reverse("maintenance:appointment_new"), forged, headers=HTMX).status_code in (404, 422)
    assert Appointment.objects.count() == 1


def test_an_appointment_is_agreed_anew_from_its_list(world, desk, customer):
    book_appointment(by=world.rm, customer=customer, day=date(2026, 11, 25), channel="phone", matter="面谈")
    task = MaintenanceTask.objects.get()
    page = desk.get(reverse("maintenance:appointment_list")).content.decode()
    address = reverse("maintenance:task_snooze") + f"?task={task.public_id}"
    assert f'href="{address}"' in page
    assert "改约" in page
    assert "须写原因" not in desk.get(address).content.decode()
    assert act(desk, "snooze", task, choice="week").status_code == 204
    assert Appointment.objects.get().day == date(2026, 11, 30)


def test_a_day_off_is_booked_and_said(desk, customer):
    said = {"customer": customer.public_id, "day": "2026-11-28", "channel": "meeting", "matter": "面谈"}
    answer = desk.post(reverse("maintenance:appointment_new"), said, headers=HTMX)
    assert events(answer)["toast"]["text"] == "已登记张伟先生11月28日的预约。11月28日是周末。"


@pytest.mark.parametrize(("due_on", "is_said"), [(date(2027, 1, 5), True), (date(2026, 12, 31), False)])
def test_a_date_of_a_provisional_year_is_said_to_be_one_though_its_year_is_not_printed(
    desk, customer, make_task, due_on, is_said
):
    make_task(customer, due_on=due_on)
    page = desk.get(reverse("maintenance:task_list")).content.decode()
    assert ('class="almanac-note" data-year="2027">' in page) is is_said
