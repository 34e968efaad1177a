"""主管台: 已交 / 迟交 / 未交, counts, and whose team it is (DESIGN 6)."""

from datetime import date

import pytest
from django.urls import reverse

from maintenance.enums import TaskKind
from maintenance.models import Diary
from maintenance.queries.team import plan_hand_in, result_hand_in, team_of
from maintenance.services.diary import Matter, confirm_plan, plan_deadline, submit_result
from organization import clock
from organization.models import Cover
from tests.maintenance.conftest import make_contact, make_task, moment  # noqa: F401 - fixtures
from tests.world import TODAY

TOMORROW = date(2026, 11, 24)
MEETING = Matter("晨会")


def members(answer) -> dict:
    return {member.staff.name: member for member in answer.context["board"].members}


def test_the_table_of_the_day(world, sign_in, make_task, make_contact):  # noqa: F811
    customer = world.customer("张伟")
    make_task(customer)
    make_task(world.customer("李娜"), due_on=date(2026, 11, 18))
    contact_of = make_contact(customer)
    assert contact_of.staff == world.rm
    confirm_plan(by=world.rm, day=TOMORROW, matters=[MEETING])
    submit_result(by=world.rm, day=TODAY, unplanned=[MEETING])
    answer = sign_in(world.supervisor).get(reverse("home"))
    mine, other = members(answer)["林悦"], members(answer)["周航"]
    assert (mine.plan.label, mine.result.label, mine.contacted, mine.awaits_review) == ("已交", "已交", 1, True)
    assert mine.overdue >= 1
    assert (other.plan.label, other.result.label, other.due) == ("待交", "待交", 0)
    assert (answer.context["board"].to_review, answer.context["board"].plans_in) == (1, 1)


@pytest.mark.parametrize(("late", "state"), [(False, "已交"), (True, "迟交")])
def test_lateness_is_what_was_stamped(world, late, state):
    diary = Diary(
        staff=world.rm, unit=world.east, day=TODAY, planned_at=clock.now(), is_plan_late=late, submitted_at=clock.now(),
        is_result_late=late,
    )  # fmt: skip
    now = clock.now()
    assert plan_hand_in(diary, now, now).label == result_hand_in(diary, now, now).label == state


def test_missing_only_after_the_deadline(world):
    deadline = plan_deadline(world.east, TODAY)
    assert plan_hand_in(None, deadline, moment(date(2026, 11, 20), 23)).label == "待交"
    assert plan_hand_in(None, deadline, moment(date(2026, 11, 21), 0)).label == "未交"
    assert plan_hand_in(Diary(day=TODAY), deadline, moment(TODAY)).label == "未交"


def test_a_past_day_shows_who_is_missing(world, sign_in):
    answer = sign_in(world.supervisor).get(reverse("team_board") + "?day=2026-11-20")
    assert answer.context["board"].day == date(2026, 11, 20)
    assert {member.result.label for member in members(answer).values()} == {"未交"}


@pytest.mark.parametrize("day", ["2026-11-21", "2027-01-01", "0001-01-01", "1899-12-31", "gestern", "2026-99-99", ""])
def test_a_day_that_is_none_is_today(world, sign_in, day):
    answer = sign_in(world.supervisor).get(reverse("team_board") + f"?day={day}")
    assert answer.context["board"].day == TODAY


def test_on_a_day_off_the_last_working_day_is_looked_at(world, sign_in, fixed_clock):
    fixed_clock.move_to(moment(date(2026, 11, 28)))
    board = sign_in(world.supervisor).get(reverse("home")).context["board"]
    assert (board.day, board.plan_day) == (date(2026, 11, 27), date(2026, 11, 30))


def test_whose_team(world):
    def names(who):
        # A person knows whom they cover for one request only.
        staff = type(world.rm).objects.get(pk=world.people[who].pk)
        return {person.name for person in team_of(staff)}

    assert names("supervisor") == {"林悦", "周航"}
    assert names("other_supervisor") == {"邓超"}
    assert names("outlet_head") == {"林悦", "周航", "沈静"}
    assert names("branch_head") == {"林悦", "周航", "沈静", "邓超", "康敏"}
    Cover.objects.create(
        absent=world.supervisor, substitute=world.other_supervisor, starts_on=TODAY, ends_on=TODAY,
        created_by=world.outlet_head,
    )  # fmt: skip
    assert names("other_supervisor") == {"林悦", "周航", "邓超"}


def test_overdue_customers_of_the_team_and_of_one(world, sign_in, make_task):  # noqa: F811
    make_task(world.customer("迟的"), due_on=date(2026, 11, 18), why="该打电话了")
    make_task(world.customer("同事的", manager=world.colleague), due_on=date(2026, 11, 19))
    make_task(world.customer("别家", manager=world.other_rm), due_on=date(2026, 11, 19))
    client = sign_in(world.supervisor)
    whole = client.get(reverse("team_overdue"))
    assert [task.customer.name for task in whole.context["page"]] == ["迟的", "同事的"]
    assert [t.customer.name for t in client.get(reverse("team_overdue") + "?staff=1003").context["page"]] == ["同事的"]
    assert client.get(reverse("team_overdue") + "?staff=1101").status_code == 404


@pytest.mark.parametrize("who", ["rm", "lobby", "teller", "administrator", "auditor", "head_office_staff"])
def test_not_for_everybody(world, sign_in, who):
    assert sign_in(world.people[who]).get(reverse("team_board")).status_code == 403


def test_reads_are_the_same_for_one_member_and_for_many(world, sign_in, make_task, django_assert_num_queries):  # noqa: F811
    client = sign_in(world.supervisor)
    make_task(world.customer("张伟"), TaskKind.FESTIVAL)
    client.get(reverse("team_board"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(reverse("team_board"))
    for n in range(4):
        person = type(world.rm).objects.create_user(
            f"15{n:02d}",
            None,
            name=f"新人{n}",
            unit=world.east,
            role="relationship_manager",
            supervisor=world.supervisor,
        )
        make_task(world.customer(f"客户{n}", manager=person), due_on=date(2026, 11, 18))
    with django_assert_num_queries(len(few)):
        client.get(reverse("team_board"))
    assert len(few) <= 12


def test_the_figures_lead_to_their_lists(world, sign_in, make_task, make_contact):  # noqa: F811
    make_task(world.customer("该联的"), why="电话频度到期")
    make_contact(world.customer("联上的"))
    client = sign_in(world.supervisor)
    page = client.get(reverse("team_board")).content.decode()
    for show, name in (("due", "该联的"), ("contacted", "联上的")):
        address = f"{reverse('team_overdue')}?staff=1001&show={show}&day={TODAY}"
        assert address.replace("&", "&amp;") in page
        listed = client.get(address)
        assert name in {row.customer.name for row in listed.context["page"]}
        assert name in listed.content.decode()


def test_a_supervisor_without_customers_is_not_counted(world, sign_in):
    def counted():
        return {
            member.staff.name for member in sign_in(world.outlet_head).get(reverse("home")).context["board"].members
        }

    assert counted() == {"林悦", "周航"}
    world.customer("主管自己的", manager=world.supervisor)
    assert counted() == {"林悦", "周航", "沈静"}
