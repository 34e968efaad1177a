"""记一笔, its correction and undo, over HTTP: refusals keep the text, one press is one effect."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from customers.enums import Channel
from maintenance.enums import AppointmentStatus, ContactOutcome, TaskKind, TaskStatus
from maintenance.models import Appointment, ContactRecord, MaintenanceTask
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


def said(customer, **fields):
    return {
        "customer": customer.public_id,
        "channel": "phone",
        "outcome": "reached",
        "note": "问候",
        "form_key": "k1",
    } | fields


def events(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])


def post(desk, data, **options):
    return desk.post(reverse("maintenance:contact_new"), data, **options)


def test_four_taps_record_close_and_agree(desk, customer, make_task):
    task = make_task(customer)
    answer = post(desk, said(customer, closes=[task.public_id], next_choice="week"), headers=HTMX)
    assert answer.status_code == 204
    contact = ContactRecord.objects.get()
    task.refresh_from_db()
    assert (task.status, task.contact) == (TaskStatus.DONE, contact)
    assert Appointment.objects.get().day == date(2026, 11, 30)
    toast = events(answer)["toast"]
    assert toast["undo_url"] == reverse("maintenance:contact_withdraw", args=[contact.public_id])
    assert {"overlay:close", "workday-changed"} <= set(events(answer))


def test_without_script_the_browser_goes_back(desk, customer):
    there = reverse("maintenance:task_list")
    assert post(desk, said(customer, next=there)).headers["Location"] == there
    away = post(desk, said(customer, form_key="k2", next="https://evil.example/"))
    assert away.headers["Location"] == reverse("home")


@pytest.mark.parametrize("headers", [HTMX, {}])
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": ""}, "请选择“结果”"),
        ({"outcome": "sent"}, "电话没有“已发送”这种结果"),
        ({"happened_at": "2026-11-24T09:00"}, "接触时间不能晚于现在"),
        ({"happened_at": "yesterday"}, "不是有效的日期或时间"),
        ({"note": "长" * 2001}, "最多2000个字，现在有2001个"),
        ({"next_choice": "other"}, "请选择下次联系的日期"),
        ({"next_choice": "other", "next_on": "2026-11-20"}, "预约日期不能早于今天"),
        ({"channel": "pigeon"}, "选项已失效"),
    ],
)
def test_a_refusal_is_422_and_keeps_what_was_typed(desk, customer, headers, fields, sentence):
    answer = post(desk, said(customer, note="写了很久的内容䶮𠮷😀") | fields, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert (fields.get("note") or "写了很久的内容䶮𠮷😀") in page
    assert ("<!doctype html>" in page) is (not headers)
    assert not ContactRecord.objects.exists()


def test_a_double_click_records_once(desk, customer):
    first = post(desk, said(customer), headers=HTMX)
    second = post(desk, said(customer), headers=HTMX)
    assert (first.status_code, second.status_code) == (204, 204)
    assert second.headers["HX-Refresh"] == "true"
    assert ContactRecord.objects.count() == 1


def test_a_refused_form_may_be_sent_again_with_its_key(desk, customer):
    assert post(desk, said(customer, outcome="")).status_code == 422
    assert post(desk, said(customer), headers=HTMX).status_code == 204


@pytest.mark.parametrize("owner", ["other_rm", "stranger", "colleague"])
def test_a_forged_customer_is_not_found(world, desk, owner):
    foreign = world.customer("别家", manager=world.people[owner])
    assert post(desk, said(foreign)).status_code == 404
    assert desk.get(reverse("maintenance:contact_new") + f"?customer={foreign.public_id}").status_code == 404
    assert not ContactRecord.objects.exists()


def test_a_forged_task_is_refused(world, desk, customer, make_task):
    foreign = make_task(world.customer("别家", manager=world.other_rm))
    answer = post(desk, said(customer, closes=[foreign.public_id]))
    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert foreign.status == TaskStatus.OPEN


def test_the_drawer_offers_what_may_be_ticked(desk, customer, make_task):
    birthday = make_task(customer)
    make_task(customer, TaskKind.PHONE_BEAT, why="每2个月电话")
    page = desk.get(
        reverse("maintenance:contact_new") + f"?customer={customer.public_id}&channel=meeting&from=queue", headers=HTMX
    ).content.decode()
    assert page.count('name="closes"') == 1
    assert f'value="{birthday.public_id}"' in page
    assert "通话或会面成功后自动办结：每2个月电话" in page
    assert page.lstrip().startswith("<form")


def test_the_part_is_in_the_page(desk, customer):
    """The drawer and the page of its own are one form."""
    address = reverse("maintenance:contact_new") + f"?customer={customer.public_id}"
    part, whole = (desk.get(address, headers=headers).content.decode() for headers in (HTMX, {}))
    assert "<!doctype html>" not in part
    for field in ("channel", "outcome", "note", "next_choice", "happened_at"):
        assert f'name="{field}"' in part
        assert f'name="{field}"' in whole


def test_undo_over_http(desk, customer, make_task):
    task = make_task(customer)
    undo = events(post(desk, said(customer, closes=[task.public_id], next_choice="week"), headers=HTMX))["toast"][
        "undo_url"
    ]
    answer = desk.post(undo, headers=HTMX)
    assert answer.status_code == 204
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN
    assert Appointment.objects.get().status == AppointmentStatus.CANCELLED
    again = desk.post(undo, headers=HTMX)
    assert again.status_code == 422
    assert again.headers["HX-Reswap"] == "none"


def test_two_tabs_on_one_record(desk, customer):
    post(desk, said(customer, note="一"))
    contact = ContactRecord.objects.get()
    address = reverse("maintenance:contact_edit", args=[contact.public_id])
    change = {"channel": "phone", "direction": "outbound", "outcome": "reached", "happened_at": "2026-11-23T09:30"}
    assert desk.post(address, change | {"version": 1, "note": "二"}, headers=HTMX).status_code == 204
    second = desk.post(address, change | {"version": 1, "note": "三"}, headers=HTMX)
    page = second.content.decode()
    assert second.status_code == 422
    assert "二" in page
    assert "三" in page
    assert 'name="version" value="2"' in page
    assert desk.post(address, change | {"version": 2, "note": "三"}, headers=HTMX).status_code == 204
    contact.refresh_from_db()
    assert (contact.note, contact.revisions.count()) == ("三", 2)


def test_somebody_elses_record_is_not_edited(world, sign_in, customer, make_contact):
    contact = make_contact(customer)
    address = reverse("maintenance:contact_edit", args=[contact.public_id])
    assert sign_in(world.supervisor).post(address, {"version": 1}, headers=HTMX).status_code == 422
    assert sign_in(world.other_rm).get(address).status_code == 404


def test_the_list_of_a_day(desk, customer, make_contact):
    make_contact(customer, note="今天说的")
    make_contact(customer, outcome=ContactOutcome.NO_ANSWER)
    make_contact(customer, happened_at=moment(date(2026, 11, 20)), channel=Channel.MEETING)
    address = reverse("maintenance:contact_list")

    def rows(query):
        return len(desk.get(address + query).context["page"])

    assert (rows(""), rows("?day=2026-11-23"), rows("?day=2026-11-23&reached=1")) == (3, 2, 1)
    assert (rows("?channel=meeting"), rows("?start=2026-11-21"), rows("?end=2026-11-20")) == (1, 2, 1)
    assert (rows("?day=2026-13-45"), rows("?channel=pigeon")) == (3, 3)


@pytest.mark.parametrize("name", ["contact_list", "task_list", "appointment_list"])
def test_the_swap_equals_the_reload(desk, customer, make_contact, make_task, name):
    make_task(customer)
    make_contact(customer, next_on=TODAY)
    address = reverse(f"maintenance:{name}")
    part = desk.get(address, headers=HTMX).content.decode().strip()
    whole = desk.get(address).content.decode()

    def without_keys(text):
        import re

        return re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"', "", text)

    assert without_keys(part) in without_keys(whole)


def test_the_timeline_pages_by_key_at_a_fixed_cost(desk, customer, make_contact, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("maintenance:customer_timeline", args=[customer.public_id])
    make_contact(customer, note="第一次", happened_at=moment(date(2026, 10, 1)))
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for n in range(20):
        make_contact(customer, note=f"第{n}通", happened_at=moment(date(2026, 10, 2) + timedelta(days=n)))
    with django_assert_num_queries(len(one)):
        first = desk.get(address).content.decode()
    assert first.count("timeline-item") == 15
    assert "第一次" not in first
    earlier = first.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    second = desk.get(earlier, headers=HTMX).content.decode()
    assert second.count("timeline-item") == 6
    assert "第一次" in second
    assert "<ol" not in second


def test_the_customers_tasks_at_a_fixed_cost(desk, customer, make_task, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("maintenance:customer_tasks", args=[customer.public_id])
    make_task(customer)
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for n in range(5):
        make_task(customer, TaskKind.FESTIVAL, why=f"节日{n}")
    with django_assert_num_queries(len(one)):
        page = desk.get(address).content.decode()
    assert page.count("优先级 40 = 节日问候30 + 金卡客户10") == 5
    assert "优先级 75 = 生日关怀65 + 金卡客户10" in page
    assert MaintenanceTask.objects.count() == 6


def test_a_time_ahead_is_refused_at_its_field_and_opens_what_hides_it(desk, customer):
    page = post(desk, said(customer, happened_at="2026-11-24T09:00")).content.decode()
    assert '<a href="#id_happened_at">接触时间不能晚于现在。</a>' in page
    assert '<details class="more-fields" open>' in page


def test_a_day_off_agreed_with_the_customer_is_taken_and_said(desk, customer):
    answer = post(desk, said(customer, next_choice="other", next_on="2026-11-28"), headers=HTMX)
    assert events(answer)["toast"]["text"].endswith("下次联系11月28日。11月28日是周末。")


def test_what_an_entry_of_the_timeline_says(desk, customer, make_contact, make_task):
    task = make_task(customer, why="<b>生日</b>将至")
    make_contact(customer, note="<b>第一行</b>\n第二行", closes=[task], next_on=date(2026, 11, 30))
    make_contact(customer, outcome=ContactOutcome.NO_ANSWER, direction="outbound", happened_at=moment(TODAY, 8))
    page = desk.get(reverse("maintenance:customer_timeline", args=[customer.public_id])).content.decode()
    assert "&lt;b&gt;第一行&lt;/b&gt;<br>第二行" in page
    assert "办结：&lt;b&gt;生日&lt;/b&gt;将至" in page and "<b>" not in page
    assert "约定下次：11月30日 周一" in page
    assert page.count("tag-good") == page.count("tag-warn") == 1
    assert page.count("data-drawer") == 2


def test_recording_asks_for_each_thing_once(desk, customer, make_task, django_assert_max_num_queries):
    make_task(customer)
    post(desk, said(customer), headers=HTMX)
    with django_assert_max_num_queries(25) as asked:
        assert post(desk, said(customer, form_key="k2"), headers=HTMX).status_code == 204
    # Once to show that it is the person's own, once to lock it.
    rows = [
        q["sql"]
        for q in asked.captured_queries
        if q["sql"].startswith("SELECT") and 'FROM "customers_customer"' in q["sql"]
    ]
    assert len(rows) == 2
    assert not [q for q in asked.captured_queries if '"maintenance_maintenancetask"."planned_on" <=' in q["sql"]]
