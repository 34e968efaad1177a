"""What people decide about a batch: upload, mapping, confirm, discard, undo. The work itself is done by workers."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from customers.enums import ImportKind, ImportState
from customers.importing import balances, files
from customers.importing.fields import FIELDS
from customers.importing.mapping import bind, check_rules, companions_of
from customers.importing.reading import Table, UnreadableFile, open_table
from customers.importing.transforms import InvalidMapping
from customers.models import ImportBatch, ImportMapping
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.models import Staff, Unit

UNDO_WITHIN = timedelta(days=90)
_OPEN = (ImportState.UPLOADED, ImportState.CHECKED)


def open_batch(
    *, by: Staff | None, kind: str, unit: Unit | None, file_name: str, chunks: Iterable[bytes], limit: int | None = None
) -> ImportBatch:
    """Keep an uploaded file and read its header. `by` is None for the operator of the host.

    Raises RuleViolation for what is no table, is too large (`limit` in bytes) or is not for this person to import.
    """
    unit = _unit_for(by, kind, unit)
    batch = ImportBatch(
        kind=kind, unit=unit, file_name=Path(file_name).name[:200] or "未命名", created_by=by, created_at=clock.now()
    )
    try:
        batch.file_hash = files.store(batch, chunks, limit=limit)
        open_table(files.source_of(batch))
    except files.TooLarge:
        raise RuleViolation(f"文件超过{limit // 1024 // 1024}MB，请拆分后上传，或由系统管理员用命令导入。") from None
    except UnreadableFile as error:
        files.remove(batch)
        raise RuleViolation(str(error)) from None
    batch.stored_as = batch.public_id
    batch.save()
    return batch


def add_companions(*, batch: ImportBatch, rules: dict[str, Any], folder: Path) -> None:
    """Keep the further files that a mapping needs, from the folder the first one came from."""
    for name in companions_of(rules):
        if "/" in name or not (folder / name).is_file():
            raise RuleViolation(f"找不到对应关系需要的附表{name}，请与数据文件放在同一文件夹。")
        files.store_copy(batch, folder / name, name=files.companion_of(batch, name).name)


def source_table(batch: ImportBatch) -> Table:
    """The uploaded file, for showing its columns. Raises RuleViolation once it was deleted."""
    path = files.source_of(batch)
    if not path.exists():
        raise RuleViolation("文件已超过24小时被删除，请重新上传。")
    try:
        return open_table(path)
    except UnreadableFile as error:
        raise RuleViolation(str(error)) from None


@transaction.atomic
def start_check(
    *,
    by: Staff | None,
    batch: ImportBatch,
    rules: dict[str, Any],
    mapping: ImportMapping | None = None,
    save_as: str = "",
) -> ImportBatch:
    """Settle how the columns are read and queue the batch for checking; `save_as` keeps the rules under a name."""
    row = _locked(batch, by, _OPEN, "该批次已在处理，不能再改对应关系。")
    if "products" in rules and by is not None:
        raise RuleViolation("对应关系里的产品目录只能由系统管理员用命令导入。")
    table = source_table(row)
    try:
        check_rules(rules, row.kind)
        bind(rules, table, _companions(row, rules))
    except (InvalidMapping, UnreadableFile) as error:
        raise RuleViolation(str(error)) from None
    row.mapping = save_mapping(by=by, kind=row.kind, name=save_as, rules=rules) if save_as else mapping
    row.rules, row.state, row.error = rules, ImportState.CHECKING, ""
    row.total, row.processed = table.estimate(), 0
    row.save()
    return row


def save_mapping(*, by: Staff | None, kind: str, name: str, rules: dict[str, Any]) -> ImportMapping:
    """Keep rules under a name; one's own earlier ones of that name are replaced."""
    name = name.strip()[:80]
    known = ImportMapping.objects.filter(name=name).first()
    if known is not None and (known.kind != kind or known.created_by_id != (by.pk if by else None)):
        raise RuleViolation(f"已有名为“{name}”的对应关系，请换一个名称。")
    mapping = known or ImportMapping(name=name, kind=kind, created_by=by)
    mapping.rules = rules
    mapping.save()
    return mapping


@transaction.atomic
def confirm(*, by: Staff | None, batch: ImportBatch) -> ImportBatch:
    """Queue a checked batch for writing; its good rows are written, the bad ones left out."""
    row = _locked(batch, by, (ImportState.CHECKED,), "该批次不在待确认状态。")
    if not files.source_of(row).exists():
        raise RuleViolation("文件已超过24小时被删除，请重新上传。")
    if row.total and row.error_count == row.total:
        raise RuleViolation("没有一行可以导入，请按原因修改文件后重新上传。")
    row.state, row.processed, row.error = ImportState.APPLYING, 0, ""
    row.save()
    return row


@transaction.atomic
def discard(*, by: Staff | None, batch: ImportBatch) -> ImportBatch:
    """Give a batch up before anything was written."""
    row = _locked(batch, by, _OPEN, "该批次已开始导入，不能放弃。")
    row.state, row.finished_at = ImportState.DISCARDED, clock.now()
    row.save()
    balances.clear_staged(row)
    transaction.on_commit(lambda: files.remove(row))
    return row


@transaction.atomic
def request_undo(*, by: Staff | None, batch: ImportBatch, reason: str) -> ImportBatch:
    """Queue a finished batch for being taken back; whether it can be, the worker finds out row by row."""
    row = _locked(batch, by, (ImportState.DONE,), "只有已完成的批次可以撤销。")
    if len(reason.strip()) < 2:
        raise RuleViolation("请填写撤销理由，理由会记入审计。")
    if row.finished_at and clock.now() - row.finished_at > UNDO_WITHIN:
        raise RuleViolation(f"该批次完成已超过{UNDO_WITHIN.days}天，不能整批撤销。")
    row.state, row.processed, row.error = ImportState.UNDOING, 0, ""
    row.undo_reason = reason.strip()[:200]
    row.save()
    return row


def earlier_import(batch: ImportBatch) -> ImportBatch | None:
    """A finished batch of the very same file, if this bank has had one."""
    return (
        ImportBatch.objects.unscoped("told only the date of the same file")
        .filter(file_hash=batch.file_hash, kind=batch.kind, state=ImportState.DONE)
        .exclude(pk=batch.pk)
        .order_by("-finished_at")
        .first()
    )


def purge() -> int:
    """Delete files of a day ago, give up what nobody confirmed, and forget what undoing would have needed."""
    now = clock.now()
    batches = ImportBatch.objects.unscoped("house-keeping")
    old = batches.filter(created_at__lt=now - files.KEEP).exclude(stored_as="")
    idle = (*_OPEN, ImportState.DONE, ImportState.FAILED, ImportState.UNDONE, ImportState.DISCARDED)
    count = 0
    for batch in old.filter(state__in=idle):
        files.remove(batch)
        batch.stored_as = ""
        if batch.state in _OPEN:
            batch.state, batch.error, batch.finished_at = ImportState.DISCARDED, "超过24小时未确认，已自动放弃。", now
            balances.clear_staged(batch)
        batch.save(update_fields=["stored_as", "state", "error", "finished_at"])
        count += 1
    files.remove_orphans()
    for batch in batches.filter(kind=ImportKind.BALANCES, state=ImportState.DONE, finished_at__lt=now - UNDO_WITHIN):
        balances.clear_staged(batch)
    return count


def required_labels(kind: str) -> list[str]:
    return [item.label for item in FIELDS[kind] if item.is_required]


def _companions(batch: ImportBatch, rules: dict[str, Any]) -> dict[str, Table]:
    paths = {name: files.companion_of(batch, name) for name in companions_of(rules)}
    return {name: open_table(path) for name, path in paths.items() if path.exists()}


def _unit_for(by: Staff | None, kind: str, unit: Unit | None) -> Unit:
    if by is not None:
        needed = Permission.CONFIGURE if kind == ImportKind.UNITS else Permission.IMPORT_DATA
        if not by.may(needed):
            raise RuleViolation("您的岗位不能导入这类数据。")
        unit = unit or by.unit
        if not unit.path.startswith(by.unit.path):
            raise RuleViolation("只能导入到本机构及下级机构。")
    unit = unit or Unit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        raise RuleViolation("还没有任何机构，请先建立总行。")
    return unit


def _locked(batch: ImportBatch, by: Staff | None, states: Iterable[str], otherwise: str) -> ImportBatch:
    rows = ImportBatch.objects.unscoped("the operator") if by is None else ImportBatch.objects.visible_to(by)
    row = rows.select_for_update().filter(pk=batch.pk).first()
    if row is None:
        raise RuleViolation("没有找到该导入批次。")
    if row.state not in states:
        raise RuleViolation(otherwise)
    return row
