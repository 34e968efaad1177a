"""A year replaced by its notice: whole or not at all, and those who depend on it are told."""

from datetime import date

import pytest

from almanac import services
from almanac.enums import YearState
from almanac.exceptions import HolidayImportError
from almanac.models import Holiday
from almanac.services import import_holidays, load_shipped, remove_holidays, save_holiday
from almanac.signals import year_replaced
from almanac.workdays import add_workdays, is_provisional, is_workday, previous_workday, year_state

pytestmark = pytest.mark.django_db

SOURCE = "测试用的2027年安排"
# Not the real arrangement: swaps are invented here to have something to import.
NOTICE_2027 = [
    *({"day": date(2027, 2, day), "name": "春节", "is_workday": 0} for day in range(5, 12)),
    {"day": date(2027, 2, 14), "name": "春节", "is_workday": 1},
    {"day": date(2027, 2, 20), "name": "春节", "is_workday": 1},
]


def import_2027(rows=NOTICE_2027, **options):
    return import_holidays(rows, **{"by": None, "source": SOURCE, **options})


@pytest.fixture
def announcements():
    """Everything `year_replaced` says during the test."""
    heard = []

    def listen(sender, signal, **said):
        heard.append(said)

    year_replaced.connect(listen)
    yield heard
    year_replaced.disconnect(listen)


def test_a_provisional_year_becomes_published(announcements):
    assert is_provisional(date(2027, 2, 9))
    assert is_workday(date(2027, 2, 9))
    assert not is_workday(date(2027, 2, 14))

    done = import_2027(by="管理员")

    assert year_state(2027) == YearState.PUBLISHED
    assert not is_workday(date(2027, 2, 9))
    assert is_workday(date(2027, 2, 14))
    assert previous_workday(date(2027, 2, 15)) == date(2027, 2, 14)
    assert add_workdays(date(2027, 2, 4), 1) == date(2027, 2, 12)
    changed = (date(2027, 2, 9), date(2027, 2, 10), date(2027, 2, 11), date(2027, 2, 14), date(2027, 2, 20))
    assert done.changed == changed
    assert (done.year, done.days_off, done.make_up_workdays) == (2027, 7, 2)
    assert announcements == [{"year": 2027, "changed": changed, "source": SOURCE, "by": "管理员"}]
    assert set(Holiday.objects.filter(day__year=2027).values_list("source", flat=True)) == {SOURCE}


def test_statutory_days_stay_off_when_the_notice_leaves_them_out():
    done = import_2027()
    assert date(2027, 10, 1) in done.missing
    assert not is_workday(date(2027, 10, 1))
    assert "没有列出法定节假日2027-01-01" in str(done)


def test_a_second_notice_replaces_the_whole_first_one(announcements):
    import_2027()
    again = import_2027([{"day": "2027-02-21", "name": "春节", "is_workday": 1}])
    assert Holiday.objects.filter(day__year=2027).count() == 1
    assert is_workday(date(2027, 2, 9))
    assert not is_workday(date(2027, 2, 14))
    assert is_workday(date(2027, 2, 21))
    assert date(2027, 2, 14) in again.changed
    assert len(announcements) == 2


def test_the_same_notice_twice_changes_nothing(announcements):
    import_2027()
    before = list(Holiday.objects.values_list("day", "name", "is_workday", "source"))
    assert import_2027().changed == ()
    assert list(Holiday.objects.values_list("day", "name", "is_workday", "source")) == before
    assert announcements[1]["changed"] == ()


def test_other_years_are_left_alone():
    before = list(Holiday.objects.exclude(day__year=2027).values_list("pk", flat=True))
    import_2027()
    assert list(Holiday.objects.exclude(day__year=2027).values_list("pk", flat=True)) == before


def test_one_bad_row_and_nothing_is_in(announcements):
    with pytest.raises(HolidayImportError, match="第10行：2027-02-15是星期一"):
        import_2027([*NOTICE_2027, {"day": "2027-02-15", "name": "春节", "is_workday": 1}])
    assert not Holiday.objects.filter(day__year=2027).exists()
    assert is_provisional(date(2027, 2, 9))
    assert announcements == []


def test_a_receiver_that_fails_takes_the_import_back():
    def fail(sender, **said):
        assert not is_workday(date(2027, 2, 9)), "receivers plan by the new calendar"
        raise RuntimeError("re-planning failed")

    year_replaced.connect(fail)
    try:
        with pytest.raises(RuntimeError, match="re-planning failed"):
            import_2027()
    finally:
        year_replaced.disconnect(fail)
    assert is_workday(date(2027, 2, 9))
    assert not Holiday.objects.filter(day__year=2027).exists()


def test_of_two_imports_at_once_the_later_is_told(monkeypatch):
    insert = services._insert

    def insert_after_somebody_else(rows, year_state):
        Holiday.objects.create(day=date(2027, 2, 9), name="春节", source="别人的导入")
        insert(rows, year_state)

    monkeypatch.setattr(services, "_insert", insert_after_somebody_else)
    with pytest.raises(HolidayImportError, match="刚刚被别人改过"):
        import_2027()
    assert is_provisional(date(2027, 2, 9))


def test_a_provisional_notice_counts_but_stays_marked():
    import_2027(year_state=YearState.PROVISIONAL)
    assert not is_workday(date(2027, 2, 9))
    assert is_provisional(date(2027, 2, 9))
    import_2027()
    assert not is_provisional(date(2027, 2, 9))


def test_a_published_year_does_not_become_provisional_again():
    import_2027()
    with pytest.raises(HolidayImportError, match="2027年的安排已经公布"):
        import_2027(year_state=YearState.PROVISIONAL)
    assert year_state(2027) == YearState.PUBLISHED


def test_a_notice_may_reach_into_the_december_before():
    rows = [
        {"day": "2028-12-31", "name": "元旦", "is_workday": 1},
        {"day": "2029-01-01", "name": "元旦", "is_workday": 0},
    ]
    import_holidays(rows, by=None, year=2029, source=SOURCE)
    assert is_workday(date(2028, 12, 31))
    assert year_state(2029) == YearState.PUBLISHED
    assert year_state(2028) == YearState.PROVISIONAL
    import_holidays(rows[1:], by=None, year=2029, source=SOURCE)
    assert not is_workday(date(2028, 12, 31))


def test_a_day_of_another_notice_is_not_taken_over():
    december = {"day": "2027-12-31", "name": "元旦", "is_workday": 0}
    import_2027([*NOTICE_2027, december])
    with pytest.raises(HolidayImportError, match="第1行：2027-12-31已列在2027年的安排里。"):
        import_holidays(
            [december, {"day": "2028-01-01", "name": "元旦", "is_workday": 0}], by=None, year=2028, source="通知"
        )
    assert year_state(2028) == YearState.PROVISIONAL


def test_from_a_file(tmp_path):
    file = tmp_path / "2027年安排.csv"
    file.write_bytes("日期,节日,调休上班\n2027-02-09,春节,0\n".encode("gb18030"))
    import_holidays(file, by=None)
    assert Holiday.objects.get(day=date(2027, 2, 9)).source == "导入文件 2027年安排.csv"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(HolidayImportError, match=r"文件“没有\.csv”读不到。"):
        import_holidays(tmp_path / "没有.csv", by=None)


def test_rows_changed_by_hand_are_announced_too(announcements):
    holiday = Holiday(day=date(2026, 11, 24), name="临时放假", source="应急通知")
    holiday.full_clean()
    save_holiday(holiday, by="管理员")
    assert not is_workday(date(2026, 11, 24))
    holiday.day = date(2026, 11, 25)
    save_holiday(holiday, by="管理员")
    assert is_workday(date(2026, 11, 24))
    remove_holidays([holiday], by="管理员")
    assert is_workday(date(2026, 11, 25))
    assert [(said["year"], said["changed"]) for said in announcements] == [
        (2026, (date(2026, 11, 24),)),
        (2026, (date(2026, 11, 24), date(2026, 11, 25))),
        (2026, (date(2026, 11, 25),)),
    ]


def test_the_shipped_years_name_their_notice():
    for year, count in ((2024, 38), (2025, 33), (2026, 39)):
        rows = Holiday.objects.of_notice(year)
        assert rows.count() == count
        assert set(rows.values_list("source", "year_state")) == {
            (f"国务院办公厅关于{year}年部分节假日安排的通知", YearState.PUBLISHED)
        }


def test_loading_the_shipped_years_again_adds_nothing():
    assert load_shipped() == []


def test_what_an_administrator_changed_is_never_overwritten():
    Holiday.objects.of_notice(2026).exclude(day=date(2026, 1, 1)).delete()
    Holiday.objects.filter(day=date(2026, 1, 1)).update(name="元旦（改）")
    Holiday.objects.of_notice(2025).delete()
    assert load_shipped() == [2025]
    assert Holiday.objects.get(day__year=2026).name == "元旦（改）"
    assert Holiday.objects.of_notice(2025).count() == 33
