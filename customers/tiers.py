"""Customer tiers: the monthly daily average that decides them and the rule by which customers move (POLICY 二（一）2, DOMAIN 1.1–1.3).

Money is `Decimal` yuan, unrounded throughout: 99,999.99 stays below a gate of 100,000.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

Money = Decimal | int | str

# Lowest to highest. The two tables below are what the dated parameters ship as (DOMAIN 1.3).
TIER_ORDER = ("MASS", "POTENTIAL", "GOLD", "PLATINUM", "DIAMOND", "PRIVATE")
DEFAULT_TIER_THRESHOLDS: dict[str, str] = {
    "MASS": "0",
    "POTENTIAL": "50000",
    "GOLD": "100000",
    "PLATINUM": "500000",
    "DIAMOND": "2000000",
    "PRIVATE": "6000000",
}
# Months in a row below the bound before a customer moves down. The rule protects GOLD and above; below that a tier is
# only a label and follows the month.
DEFAULT_MONTHS_DOWN: dict[str, int] = {
    "MASS": 1,
    "POTENTIAL": 1,
    "GOLD": 3,
    "PLATINUM": 3,
    "DIAMOND": 3,
    "PRIVATE": 6,
}


def monthly_average(balances: Mapping[date, Money], month: date) -> Decimal:
    """月日均: the mean end-of-day balance over every calendar day of the month `month` lies in, raw (DOMAIN 1.2).

    A day without a value carries the last one before it, also one from an earlier month; days before the first known
    value count 0, and so does the whole month when nothing is known. Later values are ignored.
    """
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return daily_average(balances, month.replace(day=1), last)


def month_to_date_average(balances: Mapping[date, Money], day: date) -> Decimal:
    """The same over the elapsed days of the month, `day` included (DOMAIN 1.2)."""
    return daily_average(balances, day.replace(day=1), day)


def year_to_date_average(balances: Mapping[date, Money], day: date) -> Decimal:
    """年日均 over the elapsed days of the year, `day` included (DOMAIN 1.2)."""
    return daily_average(balances, date(day.year, 1, 1), day)


def daily_average(balances: Mapping[date, Money], start: date, end: date) -> Decimal:
    """The mean end-of-day balance over the days from `start` to `end`, both counted, raw; carrying as in `monthly_average`."""
    if end < start:
        raise ValueError("日均的截止日不能早于起始日")
    days = sorted(day for day in balances if day <= end)
    total = Decimal(0)
    for day, following in pairwise([*days, end + timedelta(days=1)]):
        total += _money(balances[day]) * max(0, (following - max(day, start)).days)
    return total / ((end - start).days + 1)


def tier_for(average: Money, thresholds: Mapping[str, Money] | None = None) -> str:
    """The highest tier whose lower bound (inclusive) the average reaches; below every bound the lowest tier."""
    amount = _money(average)
    rungs = ladder(thresholds)
    reached = [tier for tier, bound in rungs if bound <= amount]
    return reached[-1] if reached else rungs[0][0]


def next_tier(
    current: str,
    averages: Iterable[Money],
    *,
    thresholds: Mapping[str, Money] | None = None,
    months_down: Mapping[str, int] | None = None,
) -> str:
    """The tier in force in the month after the last of `averages` (raw 月日均, oldest month first), by DOMAIN 1.3.

    Up at once, straight to the tier reached. Down only after N months in a row below the bound of the tier held, then to
    the tier of the N-th month; one month at or above the bound starts the count anew. Months that lie further back than
    the present run below the bound change nothing, so any length of history may be given; a run longer than N (the rule
    was not applied in time) is worked off month by month. Without averages nothing moves.
    """
    months = [_money(average) for average in averages]
    bounds = dict(ladder(thresholds))
    allowed = {**DEFAULT_MONTHS_DOWN, **(months_down or {})}
    if current not in bounds:
        raise ValueError(f"未知的客户层级：{current}")
    run_start = len(months)
    while run_start and months[run_start - 1] < bounds[current]:
        run_start -= 1
    if run_start == len(months):
        return tier_for(months[-1], thresholds) if months else current

    held, below = current, 0
    for average in months[run_start:]:
        reached = tier_for(average, thresholds)
        below = below + 1 if average < bounds[held] else 0
        if bounds[reached] > bounds[held] or below >= allowed.get(held, 1):
            held, below = reached, 0
    return held


def month_later(day: date, months: int = 1) -> date:
    """The first day of the month that many months after the one `day` lies in: what a closed month decides begins then."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, 1)


def ladder(thresholds: Mapping[str, Money] | None) -> list[tuple[str, Decimal]]:
    """Tiers with their bounds, lowest first; a bank may leave tiers out or use its own."""
    table = DEFAULT_TIER_THRESHOLDS if thresholds is None else thresholds
    if not table:
        raise ValueError("客户层级下限表不能为空")
    return sorted(((tier, _money(bound)) for tier, bound in table.items()), key=lambda rung: rung[1])


def _money(value: Money) -> Decimal:
    if isinstance(value, float):
        raise ValueError("金额须为十进制数，不能用浮点数")
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError):
        raise ValueError(f"金额无法识别：{value}") from None
    if not amount.is_finite():
        raise ValueError(f"金额无法识别：{value}")
    return amount
