"""Batches between people and workers: claims, resuming, failing, giving up, house-keeping."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from customers import tasks
from customers.enums import ImportKind, ImportState
from customers.importing import balances, files, pipeline
from customers.models import BalanceSnapshot, Customer, ImportBatch, ImportMapping, ImportRow, StagedBalance
from customers.services import imports
from organization import clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Notification
from tests.customers.importing.conftest import csv_bytes

CUSTOMERS = csv_bytes("客户号,姓名", *(f"N{i},客户{i}" for i in range(30)))
pytestmark = pytest.mark.django_db


def queued(importing, content: bytes = CUSTOMERS, kind: str = "customers", by=None) -> ImportBatch:
    batch = importing.upload(kind, content, by=by)
    rules = pipeline_rules(batch)
    return imports.start_check(by=by, batch=batch, rules=rules)


def pipeline_rules(batch) -> dict:
    from customers.importing.mapping import guess_rules

    return guess_rules(batch.kind, imports.source_table(batch).headers)


def test_a_worker_takes_what_waits_and_nothing_else(importing):
    checked = importing.check("customers", CUSTOMERS)
    waiting = queued(importing, csv_bytes("客户号,姓名", "X1,甲"))
    assert tasks.work_imports() == 1
    waiting.refresh_from_db()
    checked.refresh_from_db()
    assert (waiting.state, checked.state) == (ImportState.CHECKED, ImportState.CHECKED)
    assert tasks.work_imports() == 0


def test_a_batch_is_worked_on_by_one_worker_at_a_time(importing):
    batch = queued(importing)
    ImportBatch.objects.update(lease_token="of another", lease_until=clock.now() + timedelta(seconds=5))
    batch.refresh_from_db()
    assert not pipeline.work_on(batch)
    ImportBatch.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    batch.refresh_from_db()
    assert pipeline.work_on(batch)


@pytest.mark.parametrize("phase", ["check", "apply", "undo"])
def test_a_worker_that_was_taken_for_dead_writes_nothing(importing, monkeypatch, phase):
    batch = queued(importing)
    if phase != "check":
        batch = imports.confirm(by=None, batch=importing.work(batch))
    if phase == "undo":
        batch = imports.request_undo(by=None, batch=importing.work(batch), reason="导错了")
    before = (set(Customer.objects.values_list("number", flat=True)), ImportRow.objects.count())
    real = pipeline.Work.seen

    def robbed(work, count):
        real(work, count)
        ImportBatch.objects.filter(pk=batch.pk).update(lease_token="of a successor")

    monkeypatch.setattr(pipeline.Work, "seen", robbed)
    assert pipeline.work_on(ImportBatch.objects.get(pk=batch.pk))
    assert (set(Customer.objects.values_list("number", flat=True)), ImportRow.objects.count()) == before
    assert ImportBatch.objects.get(pk=batch.pk).state == batch.state


def test_a_failure_is_tried_again_later_and_in_the_end_told(importing, monkeypatch, fixed_clock):
    batch = imports.confirm(
        by=importing.world.branch_head, batch=importing.check("customers", CUSTOMERS, by=importing.world.branch_head)
    )

    def broken(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(pipeline, "_keep_changes", broken)
    for attempt in range(1, 6):
        assert tasks.work_imports() == 1
        batch.refresh_from_db()
        assert batch.attempts == attempt if attempt < 5 else True
        assert not Customer.objects.exists()
        assert tasks.work_imports() == 0  # not before its pause is over
        fixed_clock.shift(300)
    assert batch.state == ImportState.FAILED
    assert batch.error.startswith("系统处理失败，已重试5次，请联系系统管理员。")
    told = Notification.objects.filter(recipient=importing.world.branch_head, kind="import")
    assert told.filter(text__contains="未能导入").count() == 1


def test_a_failure_half_way_leaves_nothing_and_the_next_attempt_completes(importing, monkeypatch, fixed_clock):
    monkeypatch.setattr(pipeline, "batches", lambda lines: _by_tens(lines))
    imports.confirm(by=None, batch=importing.check("customers", CUSTOMERS))
    real, calls = pipeline._keep_changes, []

    def fails_once(*args):
        calls.append(1)
        if len(calls) == 2:
            raise DatabaseError("connection lost")
        real(*args)

    monkeypatch.setattr(pipeline, "_keep_changes", fails_once)
    tasks.work_imports()
    assert not Customer.objects.exists()
    fixed_clock.shift(60)
    tasks.work_imports()
    assert Customer.objects.count() == 30
    assert ImportRow.objects.count() == 30


def test_figures_of_balances_are_finished_by_the_next_worker(importing, monkeypatch, fixed_clock):
    customer = importing.world.customer("张伟")
    importing.account("A1", customer)
    batch = imports.confirm(
        by=None, batch=importing.check("balances", csv_bytes("账户标识,日期,余额", "A1,2026-11-20,88"))
    )
    real = balances.refresh_figures
    monkeypatch.setattr(balances, "refresh_figures", lambda *args: (_ for _ in ()).throw(DatabaseError("gone")))
    tasks.work_imports()
    batch.refresh_from_db()
    assert (batch.state, BalanceSnapshot.objects.count()) == (ImportState.APPLYING, 1)
    monkeypatch.setattr(balances, "refresh_figures", real)
    fixed_clock.shift(60)
    tasks.work_imports()
    batch.refresh_from_db()
    customer.refresh_from_db()
    assert (batch.state, customer.aum) == (ImportState.DONE, 88)
    assert AuditEvent.objects.filter(action=AuditAction.IMPORT).count() == 1


def test_what_was_checked_is_what_is_written_or_people_are_asked_again(importing):
    batch = importing.check("customers", csv_bytes("客户号,姓名", "N1,张三", "N2,李四"))
    importing.world.customer("张三", number="N1")
    asked = importing.apply(batch)
    assert (asked.state, asked.error) == (ImportState.CHECKED, pipeline.RECHECKED)
    assert (asked.created_count, asked.updated_count + asked.same_count) == (1, 1)
    assert Customer.objects.count() == 1
    assert importing.apply(asked).state == ImportState.DONE


def test_every_step_leaves_its_line_in_the_trail_and_a_word_to_the_importer(importing):
    head = importing.world.branch_head
    batch = importing.run("customers", CUSTOMERS, by=head)
    importing.undo(batch, by=head)
    actions = (
        AuditEvent.objects.filter(object_type="customers.importbatch")
        .order_by("pk")
        .values_list("action", "actor_id", "reason")
    )
    assert list(actions) == [(AuditAction.IMPORT, head.pk, ""), (AuditAction.UNDO, head.pk, "导错了文件")]
    texts = list(Notification.objects.filter(recipient=head).order_by("pk").values_list("text", flat=True))
    assert texts == ["《文件.csv》导入完成：新增30，更新0。", "《文件.csv》的导入已撤销。"]


def test_steps_out_of_order_are_refused(importing):
    batch = importing.upload("customers", CUSTOMERS)
    with pytest.raises(RuleViolation, match="不在待确认状态"):
        imports.confirm(by=None, batch=batch)
    with pytest.raises(RuleViolation, match="只有已完成的批次可以撤销"):
        imports.request_undo(by=None, batch=batch, reason="导错了")
    done = importing.run("customers", CUSTOMERS)
    with pytest.raises(RuleViolation, match="已开始导入，不能放弃"):
        imports.discard(by=None, batch=done)
    with pytest.raises(RuleViolation, match="请填写撤销理由"):
        imports.request_undo(by=None, batch=done, reason=" ")
    with pytest.raises(RuleViolation, match="已在处理，不能再改对应关系"):
        imports.start_check(by=None, batch=done, rules=done.rules)


def test_somebody_elses_batch_does_not_exist(importing):
    batch = importing.check("customers", CUSTOMERS, by=importing.world.branch_head)
    for person in (importing.world.other_supervisor, importing.world.rm, importing.world.stranger):
        with pytest.raises(RuleViolation, match="没有找到该导入批次"):
            imports.confirm(by=person, batch=batch)


def test_a_file_where_no_row_is_good_cannot_be_confirmed(importing):
    batch = importing.check("customers", csv_bytes("客户号,姓名", ",甲", "N1,"))
    with pytest.raises(RuleViolation, match="没有一行可以导入"):
        imports.confirm(by=None, batch=batch)


def test_the_same_file_is_recognised_by_what_is_in_it(importing):
    done = importing.run("customers", CUSTOMERS)
    again = importing.upload("customers", CUSTOMERS, name="另一个名字.csv")
    assert imports.earlier_import(again) == done
    assert imports.earlier_import(importing.upload("customers", CUSTOMERS + b"X,Y\r\n")) is None
    importing.undo(done)
    assert imports.earlier_import(again) is None


def test_files_lie_private_and_are_deleted_after_a_day(importing, own_files, fixed_clock):
    waiting = importing.check("customers", csv_bytes("客户号,姓名", ",甲", "N1,乙"))
    done = importing.run("customers", CUSTOMERS)
    (folder,) = own_files.glob(waiting.public_id)
    assert (folder.stat().st_mode & 0o777, (folder / "source").stat().st_mode & 0o777) == (0o700, 0o600)
    assert imports.purge() == 0
    fixed_clock.shift(24 * 3600 + 1)
    assert imports.purge() == 2
    assert not list(own_files.glob("*/*"))
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, waiting.error) == (ImportState.DISCARDED, "超过24小时未确认，已自动放弃。")
    assert done.state == ImportState.DONE
    assert importing.undo(done).state == ImportState.UNDONE


def test_a_batch_whose_file_is_gone_says_so(importing):
    batch = importing.check("customers", CUSTOMERS)
    files.remove(batch)
    with pytest.raises(RuleViolation, match="文件已超过24小时被删除"):
        imports.confirm(by=None, batch=batch)
    queued_batch = queued(importing)
    files.remove(queued_batch)
    assert importing.work(queued_batch).error == pipeline.FILE_GONE


def test_undo_has_a_last_day(importing, fixed_clock):
    customer = importing.world.customer("张伟")
    importing.account("A1", customer)
    batch = importing.run("balances", csv_bytes("账户标识,日期,余额", "A1,2026-11-20,88"))
    fixed_clock.shift(timedelta(days=91).total_seconds())
    with pytest.raises(RuleViolation, match="已超过90天"):
        imports.request_undo(by=None, batch=batch, reason="导错了")
    assert StagedBalance.objects.exists()
    imports.purge()
    assert not StagedBalance.objects.exists()


def test_saved_mappings_belong_to_whoever_made_them(importing):
    head, other = importing.world.branch_head, importing.world.outlet_head
    rules = pipeline_rules(importing.upload("customers", CUSTOMERS))
    imports.save_mapping(by=head, kind=ImportKind.CUSTOMERS, name="核心系统", rules=rules)
    imports.save_mapping(by=head, kind=ImportKind.CUSTOMERS, name="核心系统", rules=rules | {"title": "新"})
    assert ImportMapping.objects.get().rules["title"] == "新"
    with pytest.raises(RuleViolation, match="已有名为“核心系统”的对应关系"):
        imports.save_mapping(by=other, kind=ImportKind.CUSTOMERS, name="核心系统", rules=rules)


def test_a_mapping_from_a_person_brings_no_products(importing):
    head = importing.world.branch_head
    batch = importing.upload("customers", CUSTOMERS, by=head)
    with pytest.raises(RuleViolation, match="只能由系统管理员用命令导入"):
        imports.start_check(by=head, batch=batch, rules=pipeline_rules(batch) | {"products": []})


def _by_tens(lines):
    from organization.bulk import batches

    return batches(lines, 10)
