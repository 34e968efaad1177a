"""A month of daily runs over the real bank: the same tasks however it is cut, killed or repeated (DESIGN 5)."""

from datetime import date, timedelta
from random import Random

import pytest
from django.conf import settings
from django.test import override_settings

from almanac.lunar import solar_anniversary
from customers.models import Customer
from maintenance.daily.runs import ensure_runs, run_until
from maintenance.enums import RunState
from maintenance.models import DailyRun
from tests.berka.recount import day_of, months_after
from tests.maintenance.daily.histories import die_at_step, history

pytestmark = pytest.mark.django_db
FIRST = date(1999, 1, 4)
DAYS = 31
MONTH = [FIRST + timedelta(days=n) for n in range(DAYS)]


@pytest.fixture(scope="module", autouse=True)
def a_month_later(berka):
    """All these dates are past when they are run: what is left for later is placed as of the newest one."""
    with override_settings(CLOCK_SHIFT_DAYS=settings.CLOCK_SHIFT_DAYS - DAYS):
        yield


@pytest.fixture(scope="module")
def quiet(berka, a_month_later, django_db_blocker):
    def a_run_every_day():
        for day in MONTH:
            run_until(day, shards=1)

    with django_db_blocker.unblock():
        return history(a_run_every_day)


def told(quiet, kind: str, ending: str = "") -> list[tuple[str, date]]:
    """Client number and occasion's day of every task of that kind."""
    numbers = dict(Customer.objects.unscoped("test").values_list("pk", "number"))
    return sorted(
        (numbers[row[0]].removeprefix("C"), row[3])
        for row in quiet["tasks"]
        if row[1] == kind and row[2].endswith(ending)
    )


def test_every_birthday_of_the_files_once_a_week_ahead(quiet, recount):
    born = {row["client_id"]: row["birth_number"] for row in recount.rows("client")}
    in_1999 = [
        (client, solar_anniversary((int(number[2:4]) - 1) % 50 + 1, int(number[4:6]), 1999))
        for client, number in born.items()
    ]
    lead = timedelta(days=7)
    assert told(quiet, "birthday") == sorted(row for row in in_1999 if FIRST <= row[1] <= MONTH[-1] + lead)


def test_every_running_loan_that_ends_a_month_ahead(quiet, recount):
    ends = [
        (recount.owner_of[row["account_id"]], months_after(day_of(row["date"]), int(row["duration"])))
        for row in recount.rows("loan")
        if row["status"] in "CD"
    ]
    # What had begun before the first run is told of once more only while no shorter lead has begun.
    month, week = timedelta(days=30), timedelta(days=7)
    expected = sorted(row for row in ends if row[1] - month <= MONTH[-1] and row[1] - week > FIRST)
    assert expected
    assert told(quiet, "maturity", ":T30") == expected


def test_cut_and_killed(quiet):
    """The whole month listed at once in five shards; the holder of a step dies twenty times, before or after writing."""
    random = Random(1993)

    def play():
        ensure_runs(MONTH[0], shards=5)
        ensure_runs(MONTH[-1], shards=5)
        for _ in range(20):
            die_at_step(random.randint(1, 40), has_written=random.random() < 0.5)
        run_until(MONTH[-1])
        assert DailyRun.objects.filter(state=RunState.DONE).count() == DAYS

    assert history(play) == quiet


def test_with_gaps_and_repeated(quiet):
    """A run now and then, each followed by one of an earlier date once more."""
    random = Random(1999)

    def play():
        for n in (0, 3, 4, 11, 18, 19, DAYS - 1):
            run_until(MONTH[n], shards=random.randint(1, 4))
            run_until(MONTH[random.randint(0, n)])

    assert history(play) == quiet
