from datetime import date
from functools import lru_cache

from almanac.enums import YearState
from almanac.lunar import describe, from_solar, solar_term_on
from almanac.workdays import year_state
from crm.navigation import entries_for
from organization import clock


def navigation(request) -> dict:
    """The menu of the person's role, and what the calendar has to say on every page."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"menu": [], "provisional": {}}
    today = clock.today()
    return {"menu": entries_for(request.user), "lunar_line": lunar_line(today), "provisional": provisional(today)}


@lru_cache(maxsize=4)
def lunar_line(day: date) -> str:
    """农历十月十五, with the solar term on its day."""
    term = solar_term_on(day)
    return f"{describe(from_solar(day))}{f' · {term}' if term else ''}"


def provisional(day: date) -> dict[int, str]:
    """Due dates reach a year ahead: years among them whose holiday notice is not out, each with what to say on a page
    that shows a date of it."""
    return {
        year: f"{year}年放假安排尚未公布，本页{year}年的日期按现有工作日推算，为暂定；通知发布并导入后自动调整。"
        for year in (day.year, day.year + 1)
        if year_state(year) == YearState.PROVISIONAL
    }
