"""Sealing the audit trail into a chain of blocks, and proving that nothing in it was touched (DESIGN 3, 等保三级).

A sealer takes the rows that no block holds yet and appends a block whose keyed digest covers the block's own data, the
previous digest and every (id, row hash). Writers never wait: a row that was committed late falls into the next block.
Two sealers cannot make two blocks of one number, because the number is unique.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import islice
from operator import or_

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from organization.audit import keyed_digest, row_hash
from organization.models import AuditEvent, AuditSeal

# No transaction stays open longer than this, so an id older than the blocks of this window can no longer appear.
LOOK_BACK = timedelta(hours=24)
# Clocks of several hosts differ, and a bulk writer draws up its rows some time before it writes them.
CLOCK_SLACK = timedelta(hours=1)
BLOCK_ROWS = 5_000
_GAPS_AT_ONCE = 200
_START = "0" * 64

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Verification:
    """What a walk over the whole chain found; `problem` is empty when every row and block is as it was written."""

    seals: int
    rows: int
    unsealed: int
    head: str
    problem: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.problem


def seal(now: datetime) -> int:
    """Put every row that is in no block into blocks; how many rows. Another sealer at work leaves the rest to it."""
    sealed = 0
    while True:
        rows = _seal_block(now)
        sealed += rows
        if rows < BLOCK_ROWS:
            return sealed


def _seal_block(now: datetime) -> int:
    last = AuditSeal.objects.order_by("-number").first()
    rows = [(event.pk, event.row_hash) for event in islice(_unsealed(last), BLOCK_ROWS)]
    if not rows:
        return 0
    ids = [pk for pk, _ in rows]
    block = AuditSeal(
        number=last.number + 1 if last else 1,
        ranges=_ranges(ids),
        last_id=max(ids[-1], last.last_id if last else 0),
        rows=len(rows),
        previous_digest=last.digest if last else _START,
        sealed_at=now,
    )
    block.digest = _block_digest(block, rows)
    try:
        with transaction.atomic():
            block.save(force_insert=True)
    except IntegrityError:
        return 0
    # A copy outside the database: cutting off the end of the chain shows against the log.
    log.info("audit sealed", number=block.number, rows=block.rows, digest=block.digest)
    return block.rows


def _unsealed(last: AuditSeal | None) -> Iterator[AuditEvent]:
    """Rows that no block up to `last` holds, in order of id. Only the look-back window is read."""
    floor = _floor(last) if last else 0
    held = _held_above(floor, last) if last else []
    gaps = list(_gaps(held, start=floor + 1))
    # In portions, because SQLite takes no more than a thousand conditions.
    for place in range(0, len(gaps), _GAPS_AT_ONCE):
        condition = reduce(or_, (Q(pk__range=gap) for gap in gaps[place : place + _GAPS_AT_ONCE]))
        yield from AuditEvent.objects.filter(condition).order_by("pk").iterator(chunk_size=1000)
    newest = held[-1][1] if held else floor
    yield from AuditEvent.objects.filter(pk__gt=newest).order_by("pk").iterator(chunk_size=1000)


def _floor(last: AuditSeal) -> int:
    older = AuditSeal.objects.filter(sealed_at__lt=last.sealed_at - LOOK_BACK).order_by("-number").first()
    return older.last_id if older else 0


def _held_above(floor: int, last: AuditSeal) -> list[tuple[int, int]]:
    blocks = AuditSeal.objects.filter(last_id__gt=floor, number__lte=last.number).order_by("number")
    held: list[tuple[int, int]] = []
    for ranges in blocks.values_list("ranges", flat=True):
        held = _with(held, ranges)
    return [(first, final) for first, final in held if final > floor]


def verify() -> Verification:
    """Walk the chain from its first block and name the first thing that is not as it was written."""
    walk = _Walk()
    problem = walk.blocks() or walk.rows_outside()
    return Verification(walk.seals, walk.rows, walk.unsealed, walk.head, problem)


class _Walk:
    def __init__(self) -> None:
        self.seals = self.rows = self.unsealed = 0
        self.previous: AuditSeal | None = None
        self.newest_at: datetime | None = None
        self.held: list[tuple[int, int]] = []

    @property
    def head(self) -> str:
        return f"{self.previous.number}:{self.previous.digest}" if self.previous else ""

    def blocks(self) -> str:
        for block in AuditSeal.objects.order_by("number").iterator(chunk_size=100):
            problem = self._links(block) or self._holds(block)
            if problem:
                return problem
            self.seals += 1
            self.rows += block.rows
            self.previous = block
            self.held = _with(self.held, block.ranges)
        return ""

    def _links(self, block: AuditSeal) -> str:
        expected = self.previous.number + 1 if self.previous else 1
        if block.number != expected:
            return f"缺少封存块{expected}"
        if block.previous_digest != (self.previous.digest if self.previous else _START):
            return f"封存块{block.number}与前一块不衔接"
        if block.rows > BLOCK_ROWS or block.rows != sum(final - first + 1 for first, final in block.ranges):
            return f"封存块{block.number}被改动"
        return ""

    def _holds(self, block: AuditSeal) -> str:
        events = {event.pk: event for event in _events_in(block.ranges)}
        ids = [pk for first, final in block.ranges for pk in range(first, final + 1)]
        for pk in ids:
            problem = self._row(events.get(pk), pk, block)
            if problem:
                return problem
        if _block_digest(block, [(pk, events[pk].row_hash) for pk in ids]) != block.digest:
            return f"封存块{block.number}被改动，或其中的记录被调换"
        times = [event.at for event in events.values()]
        self.newest_at = max([*times, self.newest_at] if self.newest_at else times)
        return ""

    def _row(self, event: AuditEvent | None, pk: int, block: AuditSeal) -> str:
        if event is None:
            return f"审计记录{pk}（封存块{block.number}）被删除"
        if row_hash(event) != event.row_hash:
            return f"审计记录{pk}（封存块{block.number}）被改动"
        # A higher id was written later; only one that was committed late may stand behind newer ones.
        is_in_order = self.previous is not None and pk > self.previous.last_id
        is_too_early = is_in_order and self.newest_at is not None and event.at < self.newest_at - CLOCK_SLACK
        if is_too_early or event.at > block.sealed_at + CLOCK_SLACK:
            return (
                f"审计记录{pk}（封存块{block.number}）的时间{timezone.localtime(event.at):%Y-%m-%d %H:%M}与前后记录不符"
            )
        return ""

    def rows_outside(self) -> str:
        """Rows in no block: those above the floor wait for the next one; one below it was slipped in later."""
        floor = _floor(self.previous) if self.previous else 0
        held = sum(min(final, floor) - first + 1 for first, final in self.held if first <= floor)
        if AuditEvent.objects.filter(pk__lte=floor).count() != held:
            return self._slipped_in(floor)
        for event in _unsealed(self.previous):
            if row_hash(event) != event.row_hash:
                return f"审计记录{event.pk}（尚未封存）被改动"
            self.unsealed += 1
        return ""

    def _slipped_in(self, floor: int) -> str:
        for first, final in _gaps(self.held, start=1):
            slipped = AuditEvent.objects.filter(pk__range=(first, min(final, floor))).order_by("pk").first()
            if slipped:
                return f"审计记录{slipped.pk}不在任何封存块中，是事后插入的"
        return "审计记录的行数与封存块不符"


def _events_in(ranges: Iterable[list[int]]) -> Iterator[AuditEvent]:
    for first, final in ranges:
        yield from AuditEvent.objects.filter(pk__range=(first, final)).order_by("pk")


def _block_digest(block: AuditSeal, rows: list[tuple[int, str]]) -> str:
    said = [
        block.number, block.ranges, block.last_id, block.rows, block.previous_digest,
        round(block.sealed_at.timestamp() * 1_000_000), [list(row) for row in rows],
    ]  # fmt: skip
    return keyed_digest(json.dumps(said))


def _ranges(ids: list[int]) -> list[list[int]]:
    """[1, 2, 3, 7] → [[1, 3], [7, 7]]: exactly the ids given, so that a late one between them is still free."""
    ranges: list[list[int]] = []
    for pk in ids:
        if ranges and ranges[-1][1] == pk - 1:
            ranges[-1][1] = pk
        else:
            ranges.append([pk, pk])
    return ranges


def _with(held: list[tuple[int, int]], ranges: list[list[int]]) -> list[tuple[int, int]]:
    """`held` and a block's ranges as one sorted list; nearly always the new ones simply follow."""
    if held and ranges[0][0] < held[-1][0]:
        ranges = sorted([*map(list, held), *ranges])
        held = []
    for first, final in ranges:
        if held and first == held[-1][1] + 1:
            held[-1] = (held[-1][0], final)
        else:
            held.append((first, final))
    return held


def _gaps(held: list[tuple[int, int]], *, start: int) -> Iterator[tuple[int, int]]:
    """The ids from `start` on that lie before or between what blocks hold."""
    for first, final in held:
        if start < first:
            yield start, first - 1
        start = max(start, final + 1)
