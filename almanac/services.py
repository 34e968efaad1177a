"""Changes of the holiday table. Each is whole or not at all, and tells the apps above in the same transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import IntegrityError, transaction

from almanac import workdays
from almanac.enums import YearState
from almanac.exceptions import HolidayImportError, RowError
from almanac.models import Holiday
from almanac.notices import Notice, NoticeRow, judge, read_rows
from almanac.signals import year_replaced

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True)
class HolidayImport:
    """What an import did. `changed` are the days that became working days or ceased to be."""

    year: int
    days_off: int
    make_up_workdays: int
    changed: tuple[date, ...]
    missing: tuple[date, ...]  # statutory weekdays the notice leaves out; they are days off all the same
    year_state: YearState

    def __str__(self) -> str:
        text = (
            f"{self.year}年安排已导入（{self.year_state.label}）：放假{self.days_off}天，调休上班{self.make_up_workdays}天，"
            f"{len(self.changed)}天的上班与否有变化。"
        )
        if self.missing:
            text += f"文件没有列出法定节假日{'、'.join(str(day) for day in self.missing)}，仍按放假处理。"
        return text


def import_holidays(
    notice: Path | str | Iterable[Mapping[str, object]],
    *,
    by: object,
    year: int | None = None,
    source: str = "",
    year_state: YearState = YearState.PUBLISHED,
) -> HolidayImport:
    """Replace a whole year by its notice, given as a file or as rows (day, name, is_workday, source).

    All rows are judged first; HolidayImportError lists every bad one and leaves the year as it was. Rows without a
    source take `source`, and a file without either its own name. Receivers of `year_replaced` plan anew what
    depended on the days that changed; `by` is handed on to them.
    """
    if isinstance(notice, str | Path):
        path = Path(notice)
        try:
            rows: list[Mapping[str, object]] = [*read_rows(path.read_bytes())]
        except OSError:
            raise HolidayImportError([RowError(0, f"文件“{path.name}”读不到。")]) from None
        source = source or f"导入文件 {path.name}"
    else:
        rows = list(notice)
    judged = judge(rows, year=year, source=source)
    try:
        with transaction.atomic():
            changed = _replace(judged, year_state, by)
    except IntegrityError:
        raise HolidayImportError([RowError(0, f"{judged.year}年的安排刚刚被别人改过，请再导入一次。")]) from None
    worked = sum(row.is_workday for row in judged.rows)
    return HolidayImport(judged.year, len(judged.rows) - worked, worked, changed, judged.missing, year_state)


@transaction.atomic
def save_holiday(holiday: Holiday, *, by: object) -> None:
    """Save one row edited by hand, after its `full_clean()`."""
    touched = {holiday.day, *Holiday.objects.filter(pk=holiday.pk).values_list("day", flat=True)}
    before = _working(touched)
    holiday.save()
    _announce(holiday.notice_year, before, source=holiday.source, by=by)


@transaction.atomic
def remove_holidays(holidays: Iterable[Holiday], *, by: object) -> None:
    """Delete rows by hand; their days fall back to statutory days and weekends."""
    by_year: dict[int, list[Holiday]] = {}
    for holiday in holidays:
        by_year.setdefault(holiday.notice_year, []).append(holiday)
    for year, rows in sorted(by_year.items()):
        before = _working(row.day for row in rows)
        Holiday.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _announce(year, before, source="", by=by)


def load_shipped() -> list[int]:
    """Put in the notices that come with the system; the years added.

    A year that has any row is left alone: an administrator may have imported or changed it.
    """
    added = []
    for path in sorted(SHIPPED.glob("holidays_*.csv")):
        notice = judge(read_rows(path.read_bytes()))
        with transaction.atomic():
            if Holiday.objects.of_notice(notice.year).exists():
                continue
            _insert(notice.rows, YearState.PUBLISHED)
        added.append(notice.year)
    return added


def _replace(notice: Notice, year_state: YearState, by: object) -> tuple[date, ...]:
    rows = Holiday.objects.of_notice(notice.year)
    old = {row.day: row for row in rows.select_for_update()}
    if year_state == YearState.PROVISIONAL and any(row.year_state == YearState.PUBLISHED for row in old.values()):
        raise HolidayImportError([RowError(0, f"{notice.year}年的安排已经公布，不能再换成暂定的。")])
    _refuse_days_of_other_notices(notice)
    before = _working({*old, *(row.day for row in notice.rows)})
    rows.delete()
    _insert(notice.rows, year_state)
    return _announce(notice.year, before, source=notice.rows[0].source, by=by)


def _refuse_days_of_other_notices(notice: Notice) -> None:
    line_of = {row.day: row.line for row in notice.rows}
    own = Holiday.objects.of_notice(notice.year).values("pk")
    taken = Holiday.objects.filter(day__in=line_of).exclude(pk__in=own).order_by("day")
    errors = [RowError(line_of[row.day], f"{row.day}已列在{row.notice_year}年的安排里。") for row in taken]
    if errors:
        raise HolidayImportError(errors)


def _insert(rows: Iterable[NoticeRow], year_state: YearState) -> None:
    Holiday.objects.bulk_create(
        Holiday(
            day=row.day,
            name=row.name,
            is_workday=row.is_workday,
            is_of_next_year=row.is_of_next_year,
            year_state=year_state,
            source=row.source,
        )
        for row in rows
    )


def _working(days: Iterable[date]) -> dict[date, bool]:
    return {day: workdays.is_workday(day) for day in sorted(days)}


def _announce(year: int, before: dict[date, bool], *, source: str, by: object) -> tuple[date, ...]:
    changed = tuple(day for day, was_workday in before.items() if workdays.is_workday(day) != was_workday)
    year_replaced.send(sender=Holiday, year=year, changed=changed, source=source, by=by)
    return changed
