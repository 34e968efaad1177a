"""Tomorrow's diary is there when the manager looks for it."""

from datetime import date

from maintenance.daily.steps.diary_draft import draft_diaries
from maintenance.enums import DiaryStatus
from maintenance.models import Diary
from maintenance.services.diary import get_diary
from tests.world import TODAY


def test_everybody_who_keeps_a_diary_has_one_for_the_next_working_day(world, run_step):
    world.colleague.is_active = False
    world.colleague.save()
    assert run_step(draft_diaries, on=date(2026, 11, 27)) == 5
    rows = Diary.objects.all()
    assert {row.staff for row in rows} == {
        world.rm, world.other_rm, world.stranger, world.supervisor, world.other_supervisor,
    }  # fmt: skip
    assert {(row.day, row.status, row.version) for row in rows} == {(date(2026, 11, 30), DiaryStatus.DRAFT, 1)}
    assert get_diary(world.rm, date(2026, 11, 30)).draft == {}


def test_what_is_there_is_left_as_it_is(world, run_step):
    Diary.objects.create(staff=world.rm, unit=world.east, day=date(2026, 11, 24), summary="写了一半")
    assert run_step(draft_diaries, on=TODAY) == 5
    assert Diary.objects.get(staff=world.rm).summary == "写了一半"
    assert run_step(draft_diaries, on=TODAY) == 0
