"""Whatever is done to the audit trail behind the application's back, the walk over the chain names it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from organization import audit, audit_chain, clock
from organization.enums import AuditAction
from organization.models import AuditEvent, AuditSeal


@pytest.fixture
def write(world):
    def some(count: int = 3) -> list[int]:
        return [
            audit.record(AuditAction.CHANGE, world.rm, by=world.administrator, after={"序号": n}).pk
            for n in range(count)
        ]

    return some


@pytest.fixture
def chain(write, fixed_clock):
    """Three blocks of three rows, ten minutes apart; returns the ids of the rows."""
    ids = []
    for _ in range(3):
        ids.append(write())
        fixed_clock.shift(timedelta(minutes=10))
        audit_chain.seal(clock.now())
    return ids


def test_an_untouched_chain_is_whole(chain, write):
    write(2)
    found = audit_chain.verify()
    assert found.is_whole
    assert (found.seals, found.rows, found.unsealed) == (3, 9, 2)
    last = AuditSeal.objects.last()
    assert found.head == f"3:{last.digest}"


def test_sealing_twice_makes_no_second_block(chain):
    assert audit_chain.seal(clock.now()) == 0
    assert AuditSeal.objects.count() == 3


def test_nothing_written_is_whole(db):
    assert audit_chain.verify().is_whole
    assert audit_chain.seal(clock.now()) == 0


def _changed(chain):
    AuditEvent.objects.filter(pk=chain[1][1]).update(actor="别人")
    return f"审计记录{chain[1][1]}（封存块2）被改动"


def _changed_with_its_hash(chain):
    """Somebody who holds the audit key writes a matching row hash too; the block still shows it."""
    event = AuditEvent.objects.get(pk=chain[1][1])
    event.actor = "别人"
    event.row_hash = audit.row_hash(event)
    event.save()
    return "封存块2被改动，或其中的记录被调换"


def _deleted(chain):
    AuditEvent.objects.filter(pk=chain[0][2]).delete()
    return f"审计记录{chain[0][2]}（封存块1）被删除"


def _swapped(chain):
    one, two = AuditEvent.objects.filter(pk__in=chain[1][:2]).order_by("pk")
    one.pk, two.pk = two.pk, one.pk
    one.save()
    two.save()
    return "封存块2被改动，或其中的记录被调换"


def _changed_before_sealing(chain):
    last = AuditEvent.objects.get(pk=chain[2][2])
    last.pk = None
    last.at = clock.now()
    last.actor = "别人"
    last.save()
    return f"审计记录{last.pk}（尚未封存）被改动"


def _inserted_with_an_old_time(chain):
    late = AuditEvent.objects.get(pk=chain[2][2])
    late.pk, late.at = None, late.at - timedelta(days=3)
    late.row_hash = audit.row_hash(late)
    late.save()
    audit_chain.seal(clock.now())
    return f"审计记录{late.pk}（封存块4）的时间{late.at.astimezone(clock.now().tzinfo):%Y-%m-%d %H:%M}与前后记录不符"


def _inserted_with_a_future_time(chain):
    early = AuditEvent.objects.get(pk=chain[2][2])
    early.pk, early.at = None, early.at + timedelta(days=3)
    early.row_hash = audit.row_hash(early)
    early.save()
    audit_chain.seal(clock.now())
    return f"审计记录{early.pk}（封存块4）的时间{early.at.astimezone(clock.now().tzinfo):%Y-%m-%d %H:%M}与前后记录不符"


def _seal_changed(chain):
    AuditSeal.objects.filter(number=2).update(sealed_at=clock.now())
    return "封存块2被改动，或其中的记录被调换"


def _seal_ranges_changed(chain):
    AuditSeal.objects.filter(number=2).update(ranges=[[1, 10**12]])
    return "封存块2被改动"


def _seal_deleted(chain):
    AuditSeal.objects.filter(number=2).delete()
    return "缺少封存块2"


def _first_seal_deleted(chain):
    AuditSeal.objects.filter(number=1).delete()
    return "缺少封存块1"


def _seal_exchanged(chain):
    AuditSeal.objects.filter(number=2).update(digest="f" * 64)
    AuditSeal.objects.filter(number=3).update(previous_digest="f" * 64)
    return "封存块2被改动，或其中的记录被调换"


TAMPERING = [
    _changed, _changed_with_its_hash, _deleted, _swapped, _changed_before_sealing, _inserted_with_an_old_time,
    _inserted_with_a_future_time, _seal_changed, _seal_ranges_changed, _seal_deleted, _first_seal_deleted,
    _seal_exchanged,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda f: f.__name__.strip("_"))
def test_tampering_is_named(chain, tamper):
    expected = tamper(chain)
    assert audit_chain.verify().problem == expected


def test_a_row_slipped_in_under_an_old_number_is_named(write, fixed_clock):
    ids = write(3)
    AuditEvent.objects.filter(pk=ids[1]).delete()  # a number that a rolled-back transaction used up
    for _ in range(3):
        audit_chain.seal(clock.now())
        fixed_clock.shift(timedelta(days=2))
        write(1)
    audit_chain.seal(clock.now())
    assert audit_chain.verify().is_whole
    forged = AuditEvent.objects.get(pk=ids[0])
    forged.pk = ids[1]
    forged.save(force_insert=True)
    audit_chain.seal(clock.now())
    assert audit_chain.verify().problem == f"审计记录{ids[1]}不在任何封存块中，是事后插入的"


def test_a_row_committed_late_falls_into_the_next_block(write):
    first, late, third = write(3)
    held_back = AuditEvent.objects.get(pk=late)
    AuditEvent.objects.filter(pk=late).delete()
    audit_chain.seal(clock.now())
    assert AuditSeal.objects.get().ranges == [[first, first], [third, third]]
    held_back.save(force_insert=True)
    assert audit_chain.seal(clock.now()) == 1
    assert AuditSeal.objects.last().ranges == [[late, late]]
    assert AuditSeal.objects.last().last_id == third
    assert audit_chain.verify().is_whole
    assert audit_chain.seal(clock.now()) == 0


def test_two_sealers_at_once_make_one_block(write, monkeypatch):
    write(3)
    real = audit_chain._block_digest

    def digest_while_another_seals(block, rows):
        monkeypatch.setattr(audit_chain, "_block_digest", real)
        assert audit_chain.seal(clock.now()) == 3
        return real(block, rows)

    monkeypatch.setattr(audit_chain, "_block_digest", digest_while_another_seals)
    assert audit_chain.seal(clock.now()) == 0
    assert list(AuditSeal.objects.values_list("number", "rows")) == [(1, 3)]
    assert audit_chain.verify().is_whole


def test_a_long_outage_is_sealed_in_several_blocks(write, fixed_clock, monkeypatch):
    monkeypatch.setattr(audit_chain, "BLOCK_ROWS", 4)
    for _ in range(3):
        write(3)
        fixed_clock.shift(timedelta(days=4))
    assert audit_chain.seal(clock.now()) == 9
    assert list(AuditSeal.objects.values_list("rows", flat=True)) == [4, 4, 1]
    fixed_clock.shift(timedelta(minutes=1))
    write(3)
    audit_chain.seal(clock.now())
    assert audit_chain.verify().is_whole


def test_only_the_look_back_window_is_read(write, fixed_clock, django_assert_num_queries):
    for _ in range(4):
        write(2)
        audit_chain.seal(clock.now())
        fixed_clock.shift(timedelta(days=1, hours=1))
    write(2)
    audit_chain.seal(clock.now())
    with django_assert_num_queries(4) as seen:
        audit_chain.seal(clock.now())
    assert all("organization_audit" in query["sql"] for query in seen)


def test_more_gaps_than_sqlite_takes_conditions(write, monkeypatch):
    monkeypatch.setattr(audit_chain, "_GAPS_AT_ONCE", 2)
    ids = write(20)
    AuditEvent.objects.filter(pk__in=ids[1::2]).delete()
    audit_chain.seal(clock.now())
    AuditEvent.objects.create(pk=ids[3], at=clock.now(), object_type="", row_hash="", action="change")
    assert [event.pk for event in audit_chain._unsealed(AuditSeal.objects.get())] == [ids[3]]


def test_the_command_names_the_problem_and_fails(chain):
    out = StringIO()
    call_command("verify_audit", stdout=out, stderr=StringIO())
    assert "审计记录完整：3个封存块、9条记录" in out.getvalue()
    AuditEvent.objects.filter(pk=chain[1][1]).update(reason="改")
    with pytest.raises(CommandError, match=f"审计记录{chain[1][1]}") as stopped:
        call_command("verify_audit", stdout=StringIO(), stderr=StringIO())
    assert stopped.value.returncode == 1


def test_the_end_cut_off_shows_against_what_was_noted(chain):
    head = audit_chain.verify().head
    call_command("verify_audit", noted=head, stdout=StringIO(), stderr=StringIO())
    AuditEvent.objects.filter(pk__in=chain[2]).delete()
    AuditSeal.objects.filter(number=3).delete()
    assert audit_chain.verify().is_whole  # the chain alone cannot know how long it was
    with pytest.raises(CommandError, match="已不在链上"):
        call_command("verify_audit", noted=head, stdout=StringIO(), stderr=StringIO())


def test_the_audit_row_falls_with_the_change_it_records(world, write, monkeypatch):
    """等保 -15: no change without its audit row."""
    from organization.services.staff import update_staff

    monkeypatch.setattr(AuditEvent, "save", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"), transaction.atomic():
        update_staff(by=world.administrator, staff=world.rm, name="林月")
    world.rm.refresh_from_db()
    assert world.rm.name == "林悦"
    assert connection.is_usable()
