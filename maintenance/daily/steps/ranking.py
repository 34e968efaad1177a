"""排序与均衡: priorities as of the day, and cards spread over working days by each owner's capacity (DESIGN 5, ADR 7).

A card is all open tasks of one customer. What is due or was put on for today comes first, then the rest by priority,
earliest due day and customer; the n-th card goes to the (n div capacity)-th working day, never past its due day. A card
with something a person has placed on a later day joins it there, if nothing falls due before.
"""

from datetime import date

from django.db.models import F

from almanac.workdays import next_workday
from maintenance.daily.bulk import values_table
from maintenance.daily.engines import plain
from maintenance.daily.priority import points, weights_on
from maintenance.daily.work import Work, first_workday
from maintenance.models import MaintenanceTask
from organization.bulk import execute
from organization.models import Staff

# Windows of tasks are shorter; a card that would come later goes to its due day.
_DAYS_AHEAD = 60


def rank(work: Work) -> int:
    """Only rows that change are written. Owners belong to the shard of their own unit, with customers of whichever unit;
    the engine starts this step when every shard has raised its tasks.

    A task that a person takes in hand meanwhile is left as that person put it.
    """
    select, params = _open_tasks(work).query.sql_with_params()
    today = plain(first_workday(work.latest))
    days, day_params = values_table(_slots(work.latest))
    table = MaintenanceTask._meta.db_table
    return execute(
        f"""
        WITH open_task AS ({select}),
        slot_day(slot, day) AS ({days}),
        card AS (
            SELECT open_task.*, MAX(points) OVER card AS card_points,
                   MIN(CASE WHEN is_pinned THEN NULL ELSE due_on END) OVER card AS card_due_on,
                   MIN(CASE WHEN is_pinned THEN planned_on ELSE NULL END) OVER card AS pinned_on
            FROM open_task WINDOW card AS (PARTITION BY owner_id, customer_id)
        ),
        sorted_card AS (
            SELECT card.*, CASE WHEN card_due_on <= %s OR pinned_on <= %s THEN 0
                                WHEN pinned_on <= card_due_on OR card_due_on IS NULL THEN 2 ELSE 1 END AS turn
            FROM card
        ),
        placed AS (
            SELECT sorted_card.*,
                   (DENSE_RANK() OVER (PARTITION BY owner_id ORDER BY turn, card_points DESC, card_due_on, customer_id) - 1)
                       / CASE WHEN capacity < 1 THEN 1 ELSE capacity END AS slot
            FROM sorted_card
        ),
        ranked AS (
            SELECT placed.*,
                   CASE WHEN is_pinned THEN planned_on
                        WHEN turn = 0 THEN %s
                        WHEN turn = 2 THEN pinned_on
                        ELSE COALESCE((SELECT day FROM slot_day WHERE slot = placed.slot AND day < card_due_on), card_due_on)
                   END AS day
            FROM placed
        )
        UPDATE {table} SET priority = ranked.points, planned_on = ranked.day FROM ranked
        WHERE (ranked.priority <> ranked.points OR ranked.planned_on <> ranked.day) AND {table}.id = ranked.id
          AND {table}.planned_on = ranked.planned_on AND {table}.is_pinned = ranked.is_pinned
        """,  # noqa: S608 - our own column names and a compiled queryset
        [*params, *day_params, today, today, today],
    )


def _open_tasks(work: Work):
    owners = list(Staff.objects.filter(unit__in=work.units).values_list("pk", flat=True))
    open_tasks = MaintenanceTask.objects.unscoped("the daily run").open().filter(owner__in=owners)
    return (
        work.customers_of(open_tasks)
        .order_by()
        .annotate(points=points(weights_on(work.latest), work.latest), capacity=F("owner__daily_capacity"))
        .values("id", "owner_id", "customer_id", "due_on", "planned_on", "is_pinned", "priority", "points", "capacity")
    )


def _slots(on: date) -> list[tuple[int, date]]:
    days = [first_workday(on)]
    while len(days) < _DAYS_AHEAD:
        days.append(next_workday(days[-1]))
    return list(enumerate(days))
