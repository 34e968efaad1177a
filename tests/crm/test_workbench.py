"""今日工作台: the queue, its counters, what is coming, the diary's bar (DESIGN 8)."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.enums import Channel, DateKind, ProductCategory, Sex, Strategy, Tier
from customers.models import Holding, ImportantDate, Person, Product
from maintenance.enums import ContactOutcome, DiaryStatus, TaskKind
from maintenance.models import Diary
from maintenance.services.appointments import book_appointment
from maintenance.services.diary import Matter, confirm_plan, get_diary, review_diary, submit_result
from maintenance.services.tasks import skip_task
from organization.models import Cover
from organization.notifications import notify
from tests.maintenance.conftest import make_contact, make_task, moment  # noqa: F401 - fixtures
from tests.world import TODAY


@pytest.fixture
def bench(world, sign_in):
    """`bench()` → (context, text) of the own RM's workbench."""

    def open_page(person=None, query="", **headers):
        answer = sign_in(person or world.rm).get(reverse("workbench") + query, headers=headers)
        assert answer.status_code == 200
        return answer

    return open_page


def text_of(answer) -> str:
    return answer.content.decode()


def counters(answer):
    found = answer.context["counters"]
    return found.due, found.contacted, found.overdue, found.appointments


def test_a_customer_is_one_card_with_all_reasons(world, bench, make_task):  # noqa: F811
    customer = world.customer("张伟", sex=Sex.FEMALE, preferred_time="下午")
    make_task(customer, TaskKind.PHONE_BEAT, why="每2个月电话", priority=40, channel=Channel.PHONE)
    make_task(customer, TaskKind.BIRTHDAY, why="生日将至", priority=65, channel=Channel.WECOM)
    answer = bench()
    (group,) = answer.context["groups"]
    (card,) = group.cards
    assert (card.reasons, card.honorific, card.channel, card.priority) == (
        ["生日将至", "每2个月电话"],
        "女士",
        "phone",
        65,
    )
    page = text_of(answer)
    assert page.count('class="card-row') == 1
    for word in ("张伟", "女士", "金卡客户", "主动维护", "方便 下午", "尚无联系记录"):
        assert word in page


def test_what_may_not_wait_stands_first_then_priority(world, bench, make_task):  # noqa: F811
    for name, due_on, priority in (
        ("寻常", date(2026, 12, 4), 40), ("要紧", date(2026, 12, 4), 90), ("今日", TODAY, 95), ("逾期", date(2026, 11, 18), 35),
    ):  # fmt: skip
        make_task(world.customer(name), due_on=due_on, priority=priority)
    cards = bench().context["groups"][0].cards
    assert [card.customer.name for card in cards] == ["逾期", "今日", "要紧", "寻常"]


def test_the_list_of_tasks_keeps_the_queues_order_and_finished_rows_come_last(world, client, bench, make_task):  # noqa: F811
    for name, due_on, priority in (
        ("寻常", date(2026, 12, 4), 40), ("要紧", date(2026, 12, 4), 90), ("今日", TODAY, 95), ("逾期", date(2026, 11, 18), 35),
    ):  # fmt: skip
        make_task(world.customer(name), due_on=due_on, priority=priority)
    skip_task(by=world.rm, task=make_task(world.customer("跳过"), priority=99), reason="customer_away")
    bench()
    page = client.get(reverse("maintenance:task_list")).context["page"]
    assert [task.customer.name for task in page] == ["逾期", "今日", "要紧", "寻常", "跳过"]


def test_appointments_stand_in_the_order_of_the_clock(world, bench, make_task):  # noqa: F811
    make_task(world.customer("今日"), due_on=TODAY, priority=99)
    for name, hour, tier in (("傍晚", 18, Tier.PRIVATE), ("不定时", None, Tier.PRIVATE), ("下午", 15, Tier.GOLD)):
        book_appointment(
            by=world.rm, customer=world.customer(name, tier=tier), day=TODAY, channel=Channel.PHONE, matter="面谈",
            starts_at=hour and time(hour),
        )  # fmt: skip
    cards = bench().context["groups"][0].cards
    assert [card.customer.name for card in cards] == ["下午", "傍晚", "不定时", "今日"]


def test_a_queue_beyond_the_capacity_says_why(world, bench, make_task):  # noqa: F811
    world.rm.daily_capacity = 2
    world.rm.save()
    for n in range(3):
        make_task(world.customer(f"客户{n}"), due_on=TODAY)
    make_task(world.customer("从容"))
    assert "其中3位今天必须联系（每日可联系2位）" in text_of(bench())


def test_counters_equal_the_lists_they_lead_to(world, bench, client, make_task, make_contact):  # noqa: F811
    # No beats of their own: a customer below the managed tiers under 被动 has none (DOMAIN 2.2).
    people = [world.customer(name, tier=Tier.POTENTIAL, strategy=Strategy.RESPONSIVE) for name in "甲乙丙丁戊"]
    make_task(people[0])
    make_task(people[0], TaskKind.FESTIVAL)
    make_task(people[1], due_on=date(2026, 11, 18))
    skip_task(by=world.rm, task=make_task(people[2]), reason="customer_away")
    make_task(people[3], planned_on=TODAY + timedelta(days=1))
    make_contact(people[0], closes=[])
    make_contact(people[4], outcome=ContactOutcome.NO_ANSWER)
    make_contact(people[3], next_on=TODAY, outcome=ContactOutcome.CALL_BACK)
    answer = bench()
    assert counters(answer) == (4, 2, 1, 1)
    links = re.findall(r'class="counter[^"]*" href="([^"]+)"', text_of(answer))
    shown = [client.get(link.replace("&amp;", "&")).context for link in links]
    assert [page.get("customers", page["page"].count.value) for page in shown] == list(counters(answer))


def test_a_colleagues_touch_is_told(world, bench, make_task, make_contact):  # noqa: F811
    customer = world.customer("张伟")
    make_task(customer)
    make_contact(customer, by=world.supervisor, happened_at=moment(date(2026, 11, 20)))
    make_contact(customer, happened_at=moment(date(2026, 11, 19)))
    make_contact(customer, by=world.supervisor, happened_at=moment(date(2026, 10, 1)))
    (card,) = bench().context["groups"][0].cards
    assert [(touch.staff, touch.day) for touch in card.touches] == [(world.supervisor.name, date(2026, 11, 20))]


def test_the_absent_colleagues_queue_is_a_group_of_its_own(world, bench, make_task):  # noqa: F811
    make_task(world.customer("自家"))
    make_task(world.customer("代班", manager=world.colleague))
    make_task(world.customer("别家", manager=world.other_rm))
    Cover.objects.create(
        absent=world.colleague, substitute=world.rm, starts_on=TODAY, ends_on=TODAY, created_by=world.supervisor
    )
    answer = bench()
    assert [(g.owner, g.is_own, [c.customer.name for c in g.cards]) for g in answer.context["groups"]] == [
        (world.rm, True, ["自家"]), (world.colleague, False, ["代班"]),
    ]  # fmt: skip
    assert "代班：周航" in text_of(answer)


def test_long_queues_open_step_by_step(world, bench, make_task):  # noqa: F811
    for n in range(23):
        make_task(world.customer(f"客户{n:02d}"))
    first = bench()
    assert (len(first.context["groups"][0].cards), first.context["groups"][0].rest) == (20, 3)
    assert "展开更多（还有3位）" in text_of(first)
    assert len(bench(query="?show=40").context["groups"][0].cards) == 23
    assert len(bench(query="?show=99999999").context["groups"][0].cards) == 20
    assert len(bench(query="?show=x").context["groups"][0].cards) == 20


def test_appointments_show_their_hour(world, bench, make_contact):  # noqa: F811
    make_contact(world.customer("张伟"), next_on=TODAY, next_at=time(15, 30))
    answer = bench()
    (card,) = answer.context["groups"][0].cards
    assert card.starts_at == time(15, 30)
    assert "15:30" in text_of(answer)
    assert "跳过" not in re.search(r'class="card-actions".*?</div>', text_of(answer), re.DOTALL)[0]


def test_each_step_has_its_place_on_every_card(world, bench, make_task):  # noqa: F811
    make_task(world.customer("可勾"))
    make_task(world.customer("须谈"), TaskKind.PHONE_BEAT)
    book_appointment(by=world.rm, customer=world.customer("预约"), day=TODAY, channel=Channel.PHONE, matter="面谈")
    cards = re.findall(r'class="card-actions">(.*?)</li>', text_of(bench()), re.DOTALL)
    steps = [re.findall(r'btn btn-sm [^"]*"(?: title="(\w+)")?', card) for card in cards]
    assert sorted(steps) == sorted([
        ["", "", "完成", "改期", ""], ["", "", "完成", "改期", "跳过"], ["", "", "完成", "改期", "跳过"],
    ])  # fmt: skip


def test_what_is_coming(world, bench):
    customer = world.customer("张伟")
    child = Person.objects.create(customer=customer, unit=customer.unit, relation="child", name="张小宝")
    for person, next_on in ((None, TODAY), (child, TODAY + timedelta(days=7))):
        ImportantDate.objects.create(
            customer=customer,
            unit=customer.unit,
            person=person,
            kind=DateKind.BIRTHDAY,
            month=1,
            day=1,
            next_on=next_on,
        )
    product = Product.objects.create(code="T1", name="一年定期", category=ProductCategory.TERM_DEPOSIT)
    for reference, matures_on in (("a", TODAY + timedelta(days=3)), ("b", TODAY + timedelta(days=8))):
        Holding.objects.create(
            customer=customer, unit=customer.unit, product=product, reference=reference, amount=Decimal(500_000),
            bought_on=date(2025, 11, 26), matures_on=matures_on,
        )  # fmt: skip
    stranger = world.customer("别家", manager=world.colleague)
    ImportantDate.objects.create(
        customer=stranger, unit=stranger.unit, kind=DateKind.BIRTHDAY, month=1, day=1, next_on=TODAY
    )
    answer = bench()
    assert [(d.customer.name, d.text) for d in answer.context["coming_dates"]] == [
        ("张伟", "本人生日"), ("张伟", "子女张小宝生日"),
    ]  # fmt: skip
    assert [(m.day, m.product, m.customer.name) for m in answer.context["maturities"]] == [
        (TODAY + timedelta(days=3), "一年定期", "张伟")
    ]


def test_festivals_are_told(world, bench, fixed_clock):
    fixed_clock.move_to(moment(date(2026, 12, 18), 9))
    assert [(d.day, d.text) for d in bench().context["coming_festivals"]] == [(date(2026, 12, 22), "冬至")]


def test_an_empty_day_says_what_to_do(world, bench, make_task):  # noqa: F811
    assert "今天没有必须联系的客户" in text_of(bench())
    skip_task(by=world.rm, task=make_task(world.customer("张伟")), reason="customer_away")
    assert "今天的客户都联系过了" in text_of(bench())


def test_the_bar_tells_the_diarys_state(world, bench, client):
    assert "一键确定" in text_of(bench())
    tomorrow = TODAY + timedelta(days=1)
    answer = client.post(
        reverse("maintenance:diary_plan", args=[tomorrow]), {"quick": "1"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "还没有事项" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    confirm_plan(by=world.rm, day=tomorrow, matters=[Matter("晨会")])
    submit_result(by=world.rm, day=TODAY, unplanned=[Matter("晨会")])
    page = text_of(bench())
    assert "一键确定" not in page
    assert "已提交" in page
    assert re.search(r'<span class="tag tag-good">已定</span>', page)


def test_the_supervisors_word_is_shown(world, bench):
    submit_result(by=world.rm, day=TODAY, unplanned=[Matter("晨会")])
    review_diary(by=world.supervisor, diary=get_diary(world.rm, TODAY), comment="继续保持", score=5)
    page = text_of(bench())
    assert "5分" in page
    assert "继续保持" in page
    Diary.objects.update(status=DiaryStatus.REOPENED)
    assert "退回补记" in text_of(bench())


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), ["2026年11月23日 周一", "农历十月十五", "工作日"]),
        (date(2026, 10, 1), ["国庆节假期", "下一个工作日 10月8日 周四"]),
        (date(2026, 2, 14), ["春节调休上班", "情人节"]),
        (date(2027, 1, 4), ["2027年放假安排尚未公布"]),
        (date(2026, 12, 22), ["冬至"]),
    ],
)
def test_the_day_in_words(world, bench, fixed_clock, day, words):
    fixed_clock.move_to(moment(day, 10))
    page = text_of(bench())
    for word in words:
        assert word in page


@pytest.mark.parametrize(("hour", "warns"), [(8, True), (9, False), (12, True), (14, False), (19, False), (20, True)])
def test_hours_at_which_nobody_is_called(world, bench, make_task, fixed_clock, hour, warns):  # noqa: F811
    make_task(world.customer("张伟"))
    fixed_clock.move_to(moment(TODAY, hour))
    assert bool(bench().context["call_hours_note"]) is warns


def test_reads_are_the_same_for_one_card_and_for_many(world, sign_in, make_task, make_contact):  # noqa: F811
    def fill(names):
        for name in names:
            customer = world.customer(name)
            make_task(customer)
            make_task(customer, TaskKind.FESTIVAL)
            make_contact(customer, by=world.supervisor, outcome=ContactOutcome.CALL_BACK)
            make_contact(customer, outcome=ContactOutcome.NO_ANSWER, next_on=TODAY, next_matter=name)
            ImportantDate.objects.create(
                customer=customer, unit=customer.unit, kind=DateKind.BIRTHDAY, month=1, day=1, next_on=TODAY
            )
            notify([world.rm], kind="test", text=name, dedupe_key=name)

    def reads() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("workbench")).status_code == 200
        return len(asked)

    client = sign_in(world.rm)
    fill("甲")
    reads()
    one = reads()
    fill("乙丙")
    assert reads() == one <= 15


def test_what_a_card_shows_is_escaped(world, bench, make_task):  # noqa: F811
    customer = world.customer("<i>张</i>", preferred_time='"下午"', preferred_channel=Channel.WECOM)
    task = make_task(customer, why="<script>1</script>", due_on=TODAY)
    page = text_of(bench(query="?show=20&x=%22%3E"))
    (card,) = re.findall(r'<li class="card-row.*?</li>', page, re.DOTALL)
    assert "<i>张" not in card and "&lt;i&gt;张&lt;/i&gt;" in card
    assert "&lt;script&gt;" in card and "<script" not in card
    assert "今天截止" in card and "偏好" in card and "方便 &quot;下午&quot;" in card and "尚无联系记录" in card
    assert f'name="tasks" value="{task.public_id}"' in card and 'name="form_key"' in card
    assert 'name="next" value="/workbench/?show=20&amp;x=%22%3E"' in card
    assert card.count('name="csrfmiddlewaretoken"') == 2


def test_the_page_asks_the_same_for_one_card_and_for_three(world, sign_in, make_task, django_assert_num_queries):  # noqa: F811
    client, address = sign_in(world.rm), reverse("workbench")
    for name in ("张一", "张二", "张三"):
        make_task(world.customer(name))
        client.get(address)
        with django_assert_num_queries(12):
            client.get(address)
