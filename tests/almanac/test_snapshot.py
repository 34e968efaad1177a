"""What each process remembers of the holiday table, and for how long."""

import threading
from datetime import date

import pytest
from django.db import connection, models, transaction

from almanac import snapshot
from almanac.models import Holiday
from almanac.workdays import is_workday

TUESDAY = date(2026, 11, 24)


def close_on_tuesday():
    Holiday.objects.create(day=TUESDAY, name="临时放假", source="通知")


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock of the module, moved by hand."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(snapshot.time, "monotonic", lambda: Clock.now)
    snapshot.forget()
    return Clock


@pytest.mark.django_db
def test_a_change_is_seen_at_once_where_it_was_made():
    assert is_workday(TUESDAY)
    close_on_tuesday()
    assert not is_workday(TUESDAY)
    Holiday.objects.get(day=TUESDAY).delete()
    assert is_workday(TUESDAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda days: days.update(is_workday=True),
        lambda days: days.delete(),
        lambda days: Holiday.objects.bulk_update([Holiday(pk=days.get().pk, is_workday=True)], ["is_workday"]),
    ],
)
def test_changes_of_many_rows_are_seen_too(change):
    close_on_tuesday()
    assert not is_workday(TUESDAY)
    change(Holiday.objects.filter(day=TUESDAY))
    assert is_workday(TUESDAY)


@pytest.mark.django_db
def test_nothing_is_left_of_a_change_rolled_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        close_on_tuesday()
        assert not is_workday(TUESDAY)
        raise ZeroDivisionError
    assert is_workday(TUESDAY)


@pytest.mark.django_db
def test_a_savepoint_rolled_back_leaves_the_change_around_it():
    close_on_tuesday()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Holiday.objects.create(day=date(2026, 11, 25), name="临时放假", source="通知")
        assert not is_workday(date(2026, 11, 25))
        raise ZeroDivisionError
    assert is_workday(date(2026, 11, 25))
    assert not is_workday(TUESDAY)


@pytest.mark.django_db(transaction=True)
def test_nobody_else_sees_a_change_before_it_is_committed():
    seen = []

    def look():
        seen.append(is_workday(TUESDAY))
        connection.close()

    def look_from_another_thread():
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert is_workday(TUESDAY)
    look_from_another_thread()
    with transaction.atomic():
        close_on_tuesday()
        assert not is_workday(TUESDAY)
        look_from_another_thread()
        assert not is_workday(TUESDAY)
    look_from_another_thread()
    assert seen == [True, True, False]


@pytest.mark.django_db(transaction=True)
def test_another_process_s_change_is_seen_within_a_minute(clock, django_assert_num_queries):
    assert is_workday(TUESDAY)
    # As another process would: straight into the table, past this process's memory.
    models.QuerySet(Holiday).bulk_create([Holiday(day=TUESDAY, name="临时放假", source="通知")])
    clock.now += 59
    with django_assert_num_queries(0):
        assert is_workday(TUESDAY)
    clock.now += 1
    with django_assert_num_queries(1):
        assert not is_workday(TUESDAY)
        assert not is_workday(TUESDAY)
