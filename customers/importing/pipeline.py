"""From a stored file to rows in the archive, and back: checked whole, applied in one transaction, undone whole.

A batch that waits for work is in the state checking, applying or undoing, and has no lease or an expired one. Whoever
works on it holds a lease that a heartbeat keeps fresh; the result is written in the same transaction as a check that
the lease is still held, so that a worker that was taken for dead writes nothing (DESIGN 5).
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from customers.enums import ImportKind, ImportState, Verdict
from customers.importing import balances, files
from customers.importing.bulk import Heartbeat
from customers.importing.kinds.accounts import AccountImporter, PartyImporter
from customers.importing.kinds.base import RowImporter, seal, unseal
from customers.importing.kinds.customers import CustomerImporter
from customers.importing.kinds.holdings import HoldingImporter
from customers.importing.kinds.units import UnitImporter
from customers.importing.mapping import BoundMapping, bind, companions_of
from customers.importing.reading import UnreadableFile, open_table
from customers.importing.scope import scope_of
from customers.importing.tally import BadRows, Tally, bad_rows
from customers.importing.transforms import InvalidMapping
from customers.models import ImportBatch, ImportRow, Product
from organization import audit, clock
from organization.bulk import AT_ONCE, batches
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.notifications import notify

log = structlog.get_logger(__name__)

WORKING = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
_BACKOFF = timedelta(seconds=20)

IMPORTERS: dict[str, type[RowImporter]] = {
    ImportKind.UNITS: UnitImporter,
    ImportKind.CUSTOMERS: CustomerImporter,
    ImportKind.ACCOUNTS: AccountImporter,
    ImportKind.PARTIES: PartyImporter,
    ImportKind.HOLDINGS: HoldingImporter,
}
RECHECKED = "校验之后数据有变动，已重新校验，请再次确认。"
FILE_GONE = "文件已超过24小时被删除，请重新上传。"


class LeaseLost(RuntimeError):
    """Another worker took the batch over: what was done is rolled back."""


@dataclass
class Work:
    """A claimed batch, with the token that proves the claim and the heart that beats meanwhile."""

    batch: ImportBatch
    token: str
    heart: Heartbeat
    leaves_figures: bool = False
    told: Callable[[int], None] | None = None

    def seen(self, count: int) -> None:
        self.heart.figure = count
        if self.told is not None:
            self.told(count)

    def finish(self, **fields) -> None:
        """Write the outcome if the claim still holds; to be called last in the transaction of the work."""
        done = _all().filter(pk=self.batch.pk, lease_token=self.token).update(**fields)
        if not done:
            raise LeaseLost(self.batch.public_id)
        for name, value in fields.items():
            setattr(self.batch, name, value)


RELEASED = {"lease_token": "", "lease_until": None, "attempts": 0}


def work_next() -> bool:
    """Take the oldest batch that waits and work on it; False when none does."""
    return any(work_on(batch) for batch in _waiting().order_by("pk")[:10])


def work_on(batch: ImportBatch, *, leaves_figures: bool = False, told: Callable[[int], None] | None = None) -> bool:
    """Claim the batch and carry out what its state asks for; False when somebody else has it.

    `leaves_figures`: once balances are written, the customers' figures are left to the next worker that looks for work.
    `told` hears of progress, in rows.
    """
    token = uuid.uuid4().hex
    claimed = (
        _waiting()
        .filter(pk=batch.pk, lease_token=batch.lease_token)
        .update(lease_token=token, lease_until=clock.now() + LEASE, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    batch.refresh_from_db()
    with Heartbeat(_beat(batch.pk, token)) as heart:
        _run(Work(batch, token, heart, leaves_figures, told))
    return True


def _run(work: Work) -> None:
    phase = work.batch.state
    try:
        _PHASES[phase](work)
    except LeaseLost:
        log.warning("import taken over by another worker", batch=work.batch.public_id)
    except (RuleViolation, UnreadableFile, InvalidMapping) as error:
        _refuse(work, phase, str(error))
    except Exception:
        log.exception("import failed", batch=work.batch.public_id, phase=phase, attempts=work.batch.attempts)
        if work.batch.attempts >= MOST_ATTEMPTS:
            _refuse(
                work, phase, f"系统处理失败，已重试{MOST_ATTEMPTS}次，请联系系统管理员。批次号：{work.batch.public_id}"
            )
        else:
            pause = clock.now() + _BACKOFF * work.batch.attempts
            _all().filter(pk=work.batch.pk, lease_token=work.token).update(lease_until=pause)


def _refuse(work: Work, phase: str, sentence: str) -> None:
    """Nothing of this phase was written. An undo that is refused leaves the batch done."""
    state = ImportState.DONE if phase == ImportState.UNDOING else ImportState.FAILED
    with transaction.atomic():
        work.finish(state=state, error=sentence[:300], finished_at=clock.now(), **RELEASED)
        _tell(
            work.batch,
            f"《{work.batch.file_name}》{'未能撤销' if phase == ImportState.UNDOING else '未能导入'}：{sentence}",
        )


# Checking


def _check(work: Work) -> None:
    batch = work.batch
    bound = open_source(batch)
    _all().filter(pk=batch.pk, lease_token=work.token).update(total=bound.table.estimate(), processed=0)
    tally = _judge(work, bound)
    with transaction.atomic():
        _keep_verdicts(batch, tally)
        work.finish(
            state=ImportState.CHECKED, checked_at=clock.now(), error=_objection(tally), **_figures(tally), **RELEASED
        )


def _judge(work: Work, bound: BoundMapping) -> Tally:
    """Every row's verdict, without writing anything to the archive."""
    batch = work.batch
    scope = scope_of(batch)
    with bad_rows(files.bad_rows_of(batch), bound.table.headers) as bad:
        if batch.kind == ImportKind.BALANCES:
            return balances.check(batch, bound, scope, bad, work.seen)
        ensure_products(batch)
        tally = Tally()
        importer = IMPORTERS[batch.kind](scope)
        for lines in batches(bound.lines()):
            for line, plan in zip(lines, importer.plan(lines), strict=True):
                _count(tally, bad, line, plan)
            work.seen(tally.total)
        return tally


def _count(tally: Tally, bad: BadRows, line, plan) -> None:
    if plan.verdict == Verdict.ERROR:
        tally.add_error(plan.number, plan.errors)
        bad.add(line.number, line.row, plan.errors)
    else:
        tally.add(plan.verdict)


def _keep_verdicts(batch: ImportBatch, tally: Tally) -> None:
    rows = ImportRow.objects.unscoped("the batch's own rows").filter(batch=batch)
    rows.delete()
    ImportRow.objects.bulk_create(
        [
            ImportRow(batch=batch, number=number, verdict=Verdict.ERROR, errors=errors)
            for number, errors in tally.errors
        ],
        batch_size=AT_ONCE,
    )


def _figures(tally: Tally) -> dict[str, int]:
    counts = tally.counts
    return {
        "total": tally.total, "processed": tally.total, "created_count": counts[Verdict.CREATE],
        "updated_count": counts[Verdict.UPDATE], "same_count": counts[Verdict.SAME], "error_count": counts[Verdict.ERROR],
    }  # fmt: skip


def _objection(tally: Tally) -> str:
    if not tally.total:
        return "文件里没有符合条件的数据行。"
    return ""


# Applying


def _apply(work: Work) -> None:
    batch = work.batch
    if batch.applied_at is None:
        applied = _apply_balances(work) if batch.kind == ImportKind.BALANCES else _apply_rows(work)
        if not applied:
            return
    if batch.kind == ImportKind.BALANCES:
        if work.leaves_figures:
            work.finish(**RELEASED)
            return
        # In short transactions of their own: a killed worker's successor does them again.
        balances.refresh_figures(batch, work.seen)
    with transaction.atomic():
        work.finish(state=ImportState.DONE, finished_at=clock.now(), error="", **RELEASED)
        _tell(batch, f"《{batch.file_name}》导入完成：新增{batch.created_count}，更新{batch.updated_count}。")


def _apply_balances(work: Work) -> bool:
    batch = work.batch
    if _others_since(batch):
        confirmed = (batch.created_count, batch.updated_count)
        tally = _judge(work, open_source(batch))
        if confirmed != (tally.counts[Verdict.CREATE], tally.counts[Verdict.UPDATE]):
            return _ask_again(work, tally)
        _all().filter(pk=batch.pk, lease_token=work.token).update(checked_at=clock.now())
    with transaction.atomic():
        balances.apply(batch)
        _record(batch, AuditAction.IMPORT)
        work.finish(applied_at=clock.now())
    return True


def _others_since(batch: ImportBatch) -> bool:
    """Whether another batch moved accounts or balances since this one was checked."""
    others = (
        _all().filter(kind__in=(ImportKind.BALANCES, ImportKind.ACCOUNTS, ImportKind.CUSTOMERS)).exclude(pk=batch.pk)
    )
    return others.filter(
        Q(applied_at__gte=batch.checked_at) | Q(state=ImportState.UNDONE, finished_at__gte=batch.checked_at)
    ).exists()


def _apply_rows(work: Work) -> bool:
    """Judge every row again and write it, all in one transaction: what was confirmed is what is written, or nothing is."""
    batch = work.batch
    bound = open_source(batch)
    confirmed = (batch.created_count, batch.updated_count, batch.error_count)
    tally = Tally()
    with transaction.atomic():
        importer = IMPORTERS[batch.kind](scope_of(batch))
        for lines in batches(bound.lines()):
            plans = importer.plan(lines)
            importer.write(plans)
            _keep_changes(batch, plans)
            for plan in plans:
                if plan.verdict == Verdict.ERROR:
                    tally.add_error(plan.number, plan.errors)
                else:
                    tally.add(plan.verdict)
            work.seen(tally.total)
        counts = tally.counts
        is_as_confirmed = confirmed == (counts[Verdict.CREATE], counts[Verdict.UPDATE], counts[Verdict.ERROR])
        if is_as_confirmed:
            _record(batch, AuditAction.IMPORT)
            work.finish(applied_at=clock.now())
        else:
            transaction.set_rollback(True)
    return is_as_confirmed or _ask_again(work, _judge(work, bound))


def _keep_changes(batch: ImportBatch, plans: list) -> None:
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                batch=batch, number=plan.number, verdict=plan.verdict, key=plan.key[:64], before=seal(plan, batch.public_id)
            )
            for plan in plans
            if plan.verdict in (Verdict.CREATE, Verdict.UPDATE)
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip


def _ask_again(work: Work, tally: Tally) -> bool:
    with transaction.atomic():
        _keep_verdicts(work.batch, tally)
        work.finish(state=ImportState.CHECKED, checked_at=clock.now(), error=RECHECKED, **_figures(tally), **RELEASED)
    return False


# Undoing


def _undo(work: Work) -> None:
    batch = work.batch
    if batch.applied_at is not None:
        with transaction.atomic():
            if batch.kind == ImportKind.BALANCES:
                balances.undo(batch)
            else:
                _undo_rows(work)
            _record(batch, AuditAction.UNDO)
            work.finish(applied_at=None)
    if batch.kind == ImportKind.BALANCES:
        balances.refresh_figures(batch, work.seen)
        balances.clear_staged(batch)
    with transaction.atomic():
        work.finish(state=ImportState.UNDONE, finished_at=clock.now(), error="", **RELEASED)
        _tell(batch, f"《{batch.file_name}》的导入已撤销。")


def _undo_rows(work: Work) -> None:
    batch = work.batch
    importer = IMPORTERS[batch.kind](scope_of(batch))
    changed = sum(importer.count_changed(done) for done in _done(batch))
    if changed:
        raise RuleViolation(f"本批有{changed}行数据之后又被修改或使用，不能整批撤销。")
    count = 0
    for done in _done(batch):
        importer.revert(done)
        count += len(done)
        work.seen(count)


def _done(batch: ImportBatch) -> Iterator[list]:
    """What the batch's rows did, the last first, chunk by chunk."""
    rows = (
        ImportRow.objects.unscoped("the batch's own rows")
        .filter(batch=batch, verdict__in=(Verdict.CREATE, Verdict.UPDATE))
        .order_by("-number")
    )
    last = None
    while some := list(rows.filter(number__lt=last)[:AT_ONCE] if last is not None else rows[:AT_ONCE]):
        yield [unseal(row.before, batch.public_id, row.number) for row in some]
        last = some[-1].number


_PHASES: dict[str, Callable[[Work], None]] = {
    ImportState.CHECKING: _check,
    ImportState.APPLYING: _apply,
    ImportState.UNDOING: _undo,
}


# What the phases share


def open_source(batch: ImportBatch) -> BoundMapping:
    """The stored file with its companions, bound to the batch's rules."""
    path = files.source_of(batch)
    if not path.exists():
        raise RuleViolation(FILE_GONE)
    companions = {
        name: open_table(files.companion_of(batch, name))
        for name in companions_of(batch.rules)
        if files.companion_of(batch, name).exists()
    }
    return bind(batch.rules, open_table(path), companions)


def ensure_products(batch: ImportBatch) -> None:
    """Products that a mapping of the repository brings along; what the bank offers is no customer data."""
    Product.objects.bulk_create([Product(**item) for item in batch.rules.get("products", [])], ignore_conflicts=True)


def _record(batch: ImportBatch, action: AuditAction) -> None:
    audit.record(
        action, batch, by=batch.created_by, reason=batch.undo_reason if action == AuditAction.UNDO else "",
        after={
            "kind": batch.kind, "sha256": batch.file_hash, "created": batch.created_count,
            "updated": batch.updated_count, "errors": batch.error_count,
        },
    )  # fmt: skip


def _tell(batch: ImportBatch, text: str) -> None:
    if batch.created_by_id:
        notify(
            [batch.created_by_id], kind="import", text=text, url=reverse("customers:import_page", args=[batch.public_id]),
            dedupe_key=f"import:{batch.public_id}:{batch.state}:{batch.finished_at}",
        )  # fmt: skip


def _all() -> models.QuerySet:
    return ImportBatch.objects.unscoped("a worker serves every batch")


def _waiting() -> models.QuerySet:
    free = Q(lease_until=None) | Q(lease_until__lt=clock.now())
    return _all().filter(free, state__in=WORKING)


def _beat(pk: int, token: str) -> Callable:
    def beat(own, figure: int) -> None:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE customers_importbatch SET lease_until = %s, processed = %s WHERE id = %s AND lease_token = %s",
                [own.ops.adapt_datetimefield_value(clock.now() + LEASE), figure, pk, token],
            )

    return beat
