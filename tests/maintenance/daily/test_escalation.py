"""What a supervisor is told, once a working day."""

from datetime import date

import pytest

from maintenance.daily.steps.escalation import escalate
from maintenance.enums import DiaryStatus, TaskStatus
from maintenance.models import DailyRun, Diary
from organization import clock
from organization.models import Notification, Staff
from tests.world import TODAY

LATE = date(2026, 11, 17)


@pytest.fixture(autouse=True)
def long_serving(world):
    Staff.objects.update(date_joined=clock.now().replace(year=2020))


def told(kind: str) -> dict[str, str]:
    rows = Notification.objects.filter(kind=kind).select_related("recipient")
    return {row.recipient.name: row.text for row in rows}


def test_long_overdue_work_of_the_team(world, make_task, run_step):
    for n, manager in enumerate((world.rm, world.rm, world.colleague, world.other_rm)):
        make_task(world.customer(f"客户{n}", manager=manager), due_on=LATE)
    make_task(world.customer("刚逾期"), due_on=date(2026, 11, 18))
    make_task(world.customer("办了"), due_on=LATE, status=TaskStatus.DONE)
    run_step(escalate)
    assert told("overdue") == {
        "沈静": "团队有2人共3项待办逾期超过5天，请督促处理。", "康敏": "团队有1人共1项待办逾期超过5天，请督促处理。",
    }  # fmt: skip
    run_step(escalate)
    assert Notification.objects.filter(kind="overdue").count() == 2


def test_diaries_of_the_last_working_day_that_are_missing(world, run_step):
    friday = date(2026, 11, 20)
    Diary.objects.create(staff=world.rm, unit=world.east, day=friday, status=DiaryStatus.SUBMITTED)
    Diary.objects.create(staff=world.colleague, unit=world.east, day=friday, status=DiaryStatus.PLANNED)
    Diary.objects.create(staff=world.other_rm, unit=world.west, day=friday, status=DiaryStatus.REVIEWED)
    run_step(escalate)
    assert told("diary_missing") == {"沈静": "11月20日的客户经理日志还有1人未交，请督促补记。"}


def test_who_joined_later_or_left_is_not_missed(world, run_step):
    Staff.objects.filter(pk=world.rm.pk).update(date_joined=clock.now())
    Staff.objects.filter(pk__in=[world.colleague.pk, world.other_rm.pk]).update(is_active=False)
    run_step(escalate)
    assert not told("diary_missing")


@pytest.mark.parametrize("is_caught_up", [True, False])
def test_no_old_news_and_nothing_on_a_day_off(world, make_task, run_step, is_caught_up):
    make_task(world.customer(), due_on=LATE)
    if is_caught_up:
        DailyRun.objects.create(business_date=date(2026, 11, 24), created_at=clock.now())
    assert run_step(escalate, on=TODAY if is_caught_up else date(2026, 11, 28)) == 0
    assert not Notification.objects.exists()
