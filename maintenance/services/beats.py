"""Contact beats in the archive: planned anew for any number of customers at once (DOMAIN 2.2–2.5).

`recompute_beats` is the one way a beat changes: after a contact, and when manager, tier, strategy, a pause or the calendar
changed. It asks the same number of statements for one customer as for a thousand.

What a beat counts from: the last conversation; without one the day of allotment (of the archive, if nobody was ever
allotted); later, if the manager skipped an occasion with a reason, that occasion; and the end of a time of mourning.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import DateField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncDate

from almanac.workdays import add_workdays
from customers.beats import Interval, interval_for, next_due_on
from customers.enums import MANAGED_TIERS, Channel, CustomerStatus, Strategy, Tier
from customers.models import ContactPreference, Customer
from customers.parameters import BEAT_MATRIX
from maintenance.daily.beat_tasks import (
    BEAT_KINDS,
    FIRST_KINDS,
    first_due_on,
    raise_beat_tasks,
    settle_beat_tasks,
)
from maintenance.daily.bulk import fetch, values_table
from maintenance.daily.engines import greatest, plain, read_day
from maintenance.enums import TaskKind, TaskStatus
from maintenance.models import ContactBeat, ContactRecord, MaintenanceTask
from maintenance.parameters import BEAT_LEAD_WORKDAYS, FIRST_MEETING_DAYS
from organization.bulk import batches, execute
from organization.parameters import parameter

_LONG_AGO, _NEVER = date(1, 1, 1), date(9999, 12, 31)


class _Beat(NamedTuple):
    """A row as `_write` leaves it."""

    customer: int
    channel: str
    months: int
    weeks: int
    last_on: date | None
    counts_from: date | None
    new_since: date | None

    @property
    def case(self) -> tuple[str, int, int, date | None, date | None]:
        """All that its due day depends on."""
        return self.channel, self.months, self.weeks, self.counts_from, self.new_since


# Never undone alone: whoever asks for it means it as part of one change.
@transaction.atomic(savepoint=False)
def recompute_beats(customer_ids: Iterable[int], *, on: date, is_raising: bool = True) -> None:
    """Plan the beats of these customers as of `on`, take back tasks they no longer stand behind, and raise those whose
    window is open: a change is in the queue at once. A bulk load may leave the raising to the next run."""
    # In the order of ids, so that two who recompute the same customers do not wait for each other in a circle.
    for ids in batches(sorted(set(customer_ids))):
        before = {(customer, channel): last_on for customer, channel, last_on in _known(ids)}
        beats = _write(ids, on)
        _delete(ids, before.keys() - {(beat.customer, beat.channel) for beat in beats})
        due = _plan(beats, ids, on)
        settle_beat_tasks(ids, on=on, met=_met(beats, before))
        if due and is_raising and _close_told(due, on) < len(due):
            raise_beat_tasks(_beats(ids), on=on)
        _show_next(ids)


def _beats(ids: Sequence[int]) -> QuerySet[ContactBeat]:
    return ContactBeat.objects.unscoped("beats of customers given by id").filter(customer__in=ids)


def _known(ids: Sequence[int]) -> QuerySet:
    """(customer, channel, last conversation) as the beats have it so far."""
    return _beats(ids).order_by().values_list("customer", "channel", "last_on")


def _delete(ids: Sequence[int], gone: Collection[tuple[int, str]]) -> None:
    for channel in BEAT_KINDS:
        if customers := [customer for customer, other in gone if other == channel]:
            _beats(customers).filter(channel=channel).delete()


def _met(beats: Sequence[_Beat], before: Mapping[tuple[int, str], date | None]) -> dict[TaskKind, list[int]]:
    """Customers with a conversation that their beat did not know yet, by the kind of task: it may have met the task, and
    whoever records it closes the task with it."""
    met: dict[TaskKind, list[int]] = {}
    for beat in beats:
        known = before.get((beat.customer, beat.channel), _NEVER)
        if beat.last_on and (known is None or beat.last_on > known):
            met.setdefault(BEAT_KINDS[Channel(beat.channel)], []).append(beat.customer)
    return met


def _last_conversation(channel: Channel) -> Subquery:
    """A held meeting satisfies the phone beat too (DOMAIN 2.3(1))."""
    held = ContactRecord.objects.unscoped("of customers given by id").meeting_a_beat().filter(customer=OuterRef("pk"))
    if channel == Channel.MEETING:
        held = held.filter(channel=Channel.MEETING)
    return Subquery(held.order_by("-happened_at", "-id").values("happened_on")[:1], output_field=DateField())


def _last_skip(channel: Channel) -> Subquery:
    """The occasion a manager decided to leave out, or the day of deciding if that was later."""
    skipped = MaintenanceTask.objects.unscoped("of customers given by id").filter(
        customer=OuterRef("pk"), status=TaskStatus.SKIPPED, kind__in=(BEAT_KINDS[channel], FIRST_KINDS[channel])
    )
    settled = skipped.annotate(settled_on=Greatest("subject_on", TruncDate("closed_at"))).order_by("-settled_on")
    return Subquery(settled.values("settled_on")[:1], output_field=DateField())


def _write(ids: Sequence[int], on: date) -> list[_Beat]:
    """One row per customer and channel that has a beat: none for a channel that the customer does not want. Until `_plan`, which follows in the same transaction, `next_due_on`
    holds the day the beat counts from, and `raise_on` the day of allotment of a customer who is new.

    Written by hand, as the facts are then asked once: the ORM says a subquery anew wherever it is referred to, and to put
    that into words took most of the time of recording a contact.
    """
    facts, params = _facts()
    matrix, matrix_params = values_table(_intervals(on))
    managed = ", ".join(["%s"] * len(MANAGED_TIERS))
    new_since = on - timedelta(days=parameter(FIRST_MEETING_DAYS, on))
    today, long_ago = plain(on), plain(_LONG_AGO)
    rows = fetch(
        f"""
        WITH fact AS MATERIALIZED ({facts} AND {Customer._meta.db_table}.id IN ({", ".join(["%s"] * len(ids))})),
        matrix(channel, tier, strategy, months, weeks) AS ({matrix}),
        known AS (
            SELECT fact.*, matrix.channel, matrix.months, matrix.weeks,
                   CASE WHEN matrix.channel = %s THEN last_meeting_on ELSE last_talk_on END AS last_on,
                   CASE WHEN matrix.channel = %s THEN skipped_meeting_on ELSE skipped_phone_on END AS skipped_on
            FROM fact JOIN matrix ON matrix.tier = fact.tier AND matrix.strategy = fact.strategy
        ),
        wanted AS (
            SELECT known.*,
                   tier IN ({managed}) AND managed_since > %s
                   AND (last_on IS NULL OR last_on < managed_since)
                   AND (skipped_on IS NULL OR skipped_on < managed_since) AS is_new
            FROM known
        )
        INSERT INTO {ContactBeat._meta.db_table}
            (customer_id, unit_id, channel, months, weeks, last_on, next_due_on, raise_on)
        SELECT id, unit_id, channel, months, weeks, last_on,
               CASE WHEN has_no_contact OR mourning_until >= %s THEN NULL
                    ELSE {greatest()}(COALESCE(last_on, managed_since, created_on),
                                      COALESCE(skipped_on, %s), COALESCE(mourning_until, %s)) END,
               -- Asleep: the run looks at the beat again when the mourning is over.
               CASE WHEN has_no_contact THEN NULL WHEN mourning_until >= %s THEN mourning_until
                    WHEN is_new THEN managed_since END
        FROM wanted WHERE (months > 0 OR weeks > 0 OR is_new) AND NOT EXISTS (
            SELECT 1 FROM {ContactPreference._meta.db_table} AS refused
            WHERE refused.customer_id = wanted.id AND refused.channel = wanted.channel)
        ORDER BY id, channel
        ON CONFLICT (customer_id, channel) DO UPDATE SET unit_id = EXCLUDED.unit_id, months = EXCLUDED.months,
            weeks = EXCLUDED.weeks, last_on = EXCLUDED.last_on, next_due_on = EXCLUDED.next_due_on,
            raise_on = EXCLUDED.raise_on
        RETURNING customer_id, channel, months, weeks, last_on, next_due_on, raise_on
        """,  # noqa: S608 - names of our own columns and a compiled queryset
        [
            *params, *ids, *matrix_params, Channel.MEETING.value, Channel.MEETING.value, *MANAGED_TIERS, plain(new_since),
            today, long_ago, long_ago, today,
        ],
    )  # fmt: skip
    return [_Beat(*row[:4], *map(read_day, row[4:])) for row in rows]


@cache
def _facts() -> tuple[str, tuple]:
    """What decides about the beats of those who are served, in SQL that ends in a condition: put into words once."""
    served = Customer.objects.unscoped("given by id").filter(status=CustomerStatus.ACTIVE, manager__isnull=False)
    said = served.annotate(
        created_on=TruncDate("created_at"),
        last_talk_on=_last_conversation(Channel.PHONE), last_meeting_on=_last_conversation(Channel.MEETING),
        skipped_phone_on=_last_skip(Channel.PHONE), skipped_meeting_on=_last_skip(Channel.MEETING),
    )  # fmt: skip
    facts = said.order_by().values(
        "id", "unit_id", "tier", "strategy", "has_no_contact", "mourning_until", "managed_since", "created_on",
        "last_talk_on", "last_meeting_on", "skipped_phone_on", "skipped_meeting_on",
    )  # fmt: skip
    return facts.query.sql_with_params()


def _intervals(on: date) -> list[tuple[str, str, str, int, int]]:
    """The matrix of that day: channel, tier, strategy, months, weeks."""
    matrix = parameter(BEAT_MATRIX, on)
    return [
        (channel.value, tier.value, strategy.value, gap.months, gap.weeks)
        for channel in BEAT_KINDS for tier in Tier for strategy in Strategy
        for gap in [interval_for(tier, strategy, channel, matrix)]
    ]  # fmt: skip


def _plan(beats: Sequence[_Beat], ids: Sequence[int], on: date) -> list[_Beat]:
    """Turn what beats count from into due days, reckoned once per distinct case and written back in one statement.

    Returns the beats whose window is open by `on`.
    """
    lead = parameter(BEAT_LEAD_WORKDAYS, on)
    days = {
        case: _due(case[0], Interval(*case[1:3]), *case[3:], lead, on)
        for case in sorted({beat.case for beat in beats if beat.counts_from}, key=str)
    }
    if not days:
        return []
    planned = [(*case[:4], case[4] or _LONG_AGO, *due) for case, due in days.items()]
    table = ContactBeat._meta.db_table
    values, params = values_table(planned)
    execute(
        f"""
        WITH plan(channel, months, weeks, counts_from, new_since, due_on, raise_on) AS ({values})
        UPDATE {table} SET next_due_on = plan.due_on, raise_on = plan.raise_on FROM plan
        WHERE {table}.channel = plan.channel AND {table}.months = plan.months AND {table}.weeks = plan.weeks
          AND {table}.next_due_on = plan.counts_from AND COALESCE({table}.raise_on, %s) = plan.new_since
          AND {table}.customer_id IN ({", ".join(["%s"] * len(ids))})
        """,  # noqa: S608 - names of our own columns
        [*params, plain(_LONG_AGO), *ids],
    )
    return [beat for beat in beats if beat.case in days and days[beat.case][1] <= on]


def _close_told(due: Sequence[_Beat], on: date) -> int:
    """Shut the windows whose task was raised before; a recorded call opens that of the meeting anew, whose task is in the
    queue already. Returns how many. What the first contact of a new customer is called is left to `raise_beat_tasks`."""
    ordinary = sorted({beat.customer for beat in due if not beat.new_since})
    if len(ordinary) < len({beat.customer for beat in due}):
        return 0
    beats, tasks = ContactBeat._meta.db_table, MaintenanceTask._meta.db_table
    kinds = BEAT_KINDS[Channel.PHONE].value, BEAT_KINDS[Channel.MEETING].value
    return execute(
        f"""
        UPDATE {beats} SET raise_on = NULL
        WHERE customer_id IN ({", ".join(["%s"] * len(ordinary))}) AND raise_on <= %s AND EXISTS (
            SELECT 1 FROM {tasks} t WHERE t.customer_id = {beats}.customer_id AND t.subject_on = {beats}.next_due_on
                AND t.kind = CASE {beats}.channel WHEN %s THEN %s ELSE %s END
        )
        """,  # noqa: S608 - names of our own tables
        [*ordinary, plain(on), Channel.PHONE.value, *kinds],
    )


def _due(
    channel: str, interval: Interval, counts_from: date, new_since: date | None, lead: int, on: date
) -> tuple[date, date]:
    """(due day, day its window opens). A window never opens in the first half of the time: who was called on Monday on
    a weekly beat is not in Monday's queue again."""
    if new_since:
        due = first_due_on(channel, new_since, on)
        return due, max(new_since, add_workdays(due, -lead))
    due = next_due_on(counts_from, interval)
    if due is None:
        raise ValueError("a beat without an interval belongs to a new customer only")
    half = counts_from + timedelta(days=-(-(due - counts_from).days // 2))
    return due, max(half, add_workdays(due, -lead))


def _show_next(ids: Sequence[int]) -> None:
    """`Customer.next_contact_on`: the earliest day a beat asks for. Only rows that change are written."""
    customers, beats = Customer._meta.db_table, ContactBeat._meta.db_table
    never = plain(_NEVER)
    execute(
        f"""
        WITH asked(customer_id, day) AS (
            SELECT c.id, MIN(b.next_due_on) FROM {customers} c LEFT JOIN {beats} b ON b.customer_id = c.id
            WHERE c.id IN ({", ".join(["%s"] * len(ids))}) GROUP BY c.id
        )
        UPDATE {customers} SET next_contact_on = asked.day FROM asked
        WHERE {customers}.id = asked.customer_id
          AND COALESCE({customers}.next_contact_on, %s) <> COALESCE(asked.day, %s)
        """,  # noqa: S608 - names of our own tables
        [*ids, never, never],
    )
