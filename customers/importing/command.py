"""What the import commands share: a file from the disk through check and apply, with progress and the table of verdicts."""

import shutil
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from customers.enums import ImportState
from customers.importing import files, pipeline
from customers.importing.mapping import guess_rules, load_mapping, read_mapping
from customers.importing.transforms import InvalidMapping
from customers.models import ImportBatch, ImportMapping, ImportRow
from customers.services import imports
from organization.exceptions import RuleViolation
from organization.models import Staff, Unit

_BLOCK = 1024 * 1024
_SHOWN_ERRORS = 10


class ImportCommand(BaseCommand):
    """Base of import_customers, import_balances and import_file: the same steps a browser takes, in one go.

    Exits with 1 when nothing was imported: the file was refused, no row was good, or --strict and a row was bad.
    """

    kind = ""
    leaves_figures = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="CSV（UTF-8或GB18030）或xlsx文件")
        parser.add_argument("--mapping", help="对应关系：仓库内的名称、已保存的名称，或JSON文件的路径")
        parser.add_argument("--unit", help="机构号：没有机构列的行归属于它，也是可导入的范围（默认总行）")
        parser.add_argument("--by", help="导入人的员工号（默认为主机操作员，可导入全行）")
        parser.add_argument("--strict", action="store_true", help="有一行有误即全部不导入")
        parser.add_argument("--check-only", action="store_true", help="只校验，不写入")
        parser.add_argument("--leave-figures", action="store_true", help="余额写入后即返回，客户资产和月日均由后台更新")
        parser.add_argument("--undo", metavar="批次号", help="整批撤销一次导入")
        parser.add_argument("--reason", default="", help="撤销理由")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._staff(options["by"])
        self.leaves_figures = options["leave_figures"]
        try:
            if options["undo"]:
                self._undo(by, options["undo"], options["reason"])
                return
            kind = self.kind or options["kind"]
            if not options["file"] or not kind:
                raise CommandError("请给出要导入的文件和种类。")
            batch = self._check(Path(options["file"]), kind, by, self._unit(options["unit"]), options["mapping"])
            self._verdicts(batch, Path(options["file"]))
            is_refused = batch.error_count and (options["strict"] or batch.error_count == batch.total)
            if is_refused or options["check_only"]:
                imports.discard(by=by, batch=batch)
            if is_refused:
                raise CommandError("没有导入任何数据：请按原因修改有误的行后重试。")
            if not options["check_only"]:
                self._apply(by, batch)
        except (RuleViolation, InvalidMapping) as error:
            raise CommandError(str(error)) from None

    def _check(self, path: Path, kind: str, by: Staff | None, unit: Unit | None, mapping: str | None) -> ImportBatch:
        """The file stored and every row judged. Raises CommandError or RuleViolation when it is refused as a whole."""
        if not path.is_file():
            raise CommandError(f"找不到文件{path}。")
        batch = imports.open_batch(by=by, kind=kind, unit=unit, file_name=path.name, chunks=_blocks(path))
        if earlier := imports.earlier_import(batch):
            at = timezone.localtime(earlier.finished_at)
            self.stdout.write(f"此文件已于{at:%Y-%m-%d %H:%M}导入（批次{earlier.public_id}），只会导入有变化的行。")
        try:
            rules = self._rules(mapping, batch)
            imports.add_companions(batch=batch, rules=rules, folder=path.parent)
            batch = imports.start_check(by=by, batch=batch, rules=rules)
        except (RuleViolation, InvalidMapping):
            imports.discard(by=by, batch=batch)
            raise
        self._work(batch, "校验")
        if batch.state != ImportState.CHECKED:
            raise CommandError(batch.error)
        return batch

    def _apply(self, by: Staff | None, batch: ImportBatch) -> None:
        while batch.state == ImportState.CHECKED:  # again when the data moved between checking and writing
            imports.confirm(by=by, batch=batch)
            self._work(batch, "写入")
        if batch.state == ImportState.APPLYING:
            self.stdout.write(self.style.SUCCESS(f"余额已写入，客户资产由后台更新，批次号{batch.public_id}。"))
            return
        if batch.state != ImportState.DONE:
            raise CommandError(batch.error)
        self.stdout.write(self.style.SUCCESS(f"导入完成，批次号{batch.public_id}（可用 --undo 撤销）。"))

    def _undo(self, by: Staff | None, public_id: str, reason: str) -> None:
        rows = ImportBatch.objects.unscoped("the operator") if by is None else ImportBatch.objects.visible_to(by)
        batch = rows.filter(public_id=public_id).first()
        if batch is None:
            raise CommandError(f"没有批次{public_id}。")
        imports.request_undo(by=by, batch=batch, reason=reason)
        self._work(batch, "撤销")
        if batch.state != ImportState.UNDONE:
            raise CommandError(batch.error)
        self.stdout.write(self.style.SUCCESS(f"批次{public_id}已整批撤销。"))

    def _work(self, batch: ImportBatch, what: str) -> None:
        """Do the work here, or wait while a worker that was quicker does it."""
        batch.refresh_from_db()
        state, waiting = batch.state, threading.Event()
        told = _Progress(self.stdout, what)
        while batch.state == state and not (self.leaves_figures and batch.applied_at):
            if not pipeline.work_on(batch, leaves_figures=self.leaves_figures, told=told):
                waiting.wait(0.5)
            batch.refresh_from_db()

    def _verdicts(self, batch: ImportBatch, path: Path) -> None:
        self.stdout.write(f"共{batch.total}行")
        for label, count in (
            ("新增", batch.created_count), ("更新", batch.updated_count), ("无变化", batch.same_count),
            ("有误", batch.error_count),
        ):  # fmt: skip
            self.stdout.write(f"  {label}\t{count}")
        if not batch.error_count:
            return
        rows = ImportRow.objects.unscoped("the batch just checked").filter(batch=batch).order_by("number")
        for row in rows[:_SHOWN_ERRORS]:
            self.stdout.write(self.style.WARNING(f"  第{row.number}行：{';'.join(row.errors)}"))
        target = path.with_name(f"{path.stem}-有误的行.csv")
        shutil.copyfile(files.bad_rows_of(batch), target)
        self.stdout.write(f"  有误的行及原因已写入{target}")

    def _rules(self, mapping: str | None, batch: ImportBatch) -> dict[str, Any]:
        if not mapping:
            return guess_rules(batch.kind, imports.source_table(batch).headers)
        if mapping.endswith(".json"):
            return read_mapping(Path(mapping))
        saved = ImportMapping.objects.filter(name=mapping).first()
        return saved.rules if saved else load_mapping(mapping)

    def _staff(self, employee_no: str | None) -> Staff | None:
        if not employee_no:
            return None
        staff = Staff.objects.filter(employee_no=employee_no, is_active=True).first()
        if staff is None:
            raise CommandError(f"没有在岗员工{employee_no}。")
        return staff

    def _unit(self, code: str | None) -> Unit | None:
        if not code:
            return None
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            raise CommandError(f"没有机构{code}。")
        return unit


class _Progress:
    """A line for every hundred thousand rows."""

    _EVERY = 100_000

    def __init__(self, out: OutputWrapper, what: str):
        self._out, self._what, self._next = out, what, self._EVERY

    def __call__(self, count: int) -> None:
        if count >= self._next:
            self._out.write(f"{self._what}：{count}行")
            self._out.flush()
            self._next = count - count % self._EVERY + self._EVERY


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
