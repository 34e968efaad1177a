"""Contact beats: how long a customer may go without a meeting or a call, when the next one is due, and what satisfies it.

POLICY 三 names the three strategies and stops before their table; matrix, counting rules and workload are DOMAIN 2.2–2.5.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from almanac.workdays import add_workdays, next_workday, roll_back

MEETING = "meeting"
PHONE = "phone"
BEAT_CHANNELS = (MEETING, PHONE)

# What a held contact of each channel satisfies; a call does not replace a meeting, and what is only sent replaces nothing.
_SATISFIES: dict[str, frozenset[str]] = {
    "meeting": frozenset({MEETING, PHONE}),
    "visit": frozenset({MEETING, PHONE}),
    "phone": frozenset({PHONE}),
    "sms": frozenset(),
    "wecom": frozenset(),
    "letter": frozenset(),
    "email": frozenset(),
}

# tier → strategy → channel → longest gap, as the dated parameter ships (DOMAIN 2.2). A channel left out has no beat.
BeatMatrix = Mapping[str, Mapping[str, Mapping[str, str]]]
DEFAULT_BEAT_MATRIX: dict[str, dict[str, dict[str, str]]] = {
    "PRIVATE": {
        "INTENSIVE": {"meeting": "1M", "phone": "1W"},
        "ACTIVE": {"meeting": "2M", "phone": "2W"},
        "RESPONSIVE": {"meeting": "6M", "phone": "1M"},
    },
    "DIAMOND": {
        "INTENSIVE": {"meeting": "2M", "phone": "2W"},
        "ACTIVE": {"meeting": "3M", "phone": "1M"},
        "RESPONSIVE": {"meeting": "12M", "phone": "3M"},
    },
    "PLATINUM": {
        "INTENSIVE": {"meeting": "3M", "phone": "1M"},
        "ACTIVE": {"meeting": "6M", "phone": "2M"},
        "RESPONSIVE": {"phone": "3M"},
    },
    "GOLD": {
        "INTENSIVE": {"meeting": "6M", "phone": "1M"},
        "ACTIVE": {"meeting": "12M", "phone": "2M"},
        "RESPONSIVE": {"phone": "3M"},
    },
    "POTENTIAL": {
        "INTENSIVE": {"meeting": "12M", "phone": "3M"},
        "ACTIVE": {"phone": "6M"},
        "RESPONSIVE": {},
    },
    "MASS": {"INTENSIVE": {}, "ACTIVE": {}, "RESPONSIVE": {}},
}
DEFAULT_FIRST_CONTACT_WORKDAYS = 3
DEFAULT_FIRST_MEETING_DAYS = 30
DEFAULT_MONTHLY_TOUCH_LIMIT = 400

_INTERVAL = re.compile(r"([1-9][0-9]{0,2})([MW])", re.IGNORECASE)
_NO_BEAT = frozenset({"", "-", "—", "——"})
_WEEKS_PER_MONTH = Decimal(52) / 12
_DAYS_PER_MONTH = Decimal(365) / 12


@dataclass(frozen=True)
class Interval:
    """The longest gap between two contacts: whole months or whole weeks; neither means no beat."""

    months: int = 0
    weeks: int = 0

    def __post_init__(self) -> None:
        if self.months < 0 or self.weeks < 0 or (self.months and self.weeks):
            raise ValueError("维护频度须为若干个月或若干周")

    @classmethod
    def parse(cls, text: str | None) -> "Interval":
        """`3M` three months, `2W` two weeks, `—` or nothing no beat."""
        text = (text or "").strip()
        if text in _NO_BEAT:
            return cls()
        match = _INTERVAL.fullmatch(text)
        if not match:
            raise ValueError(f"维护频度“{text}”无法识别，应如3M（月）、2W（周）或—（不设）")
        count = int(match[1])
        return cls(months=count) if match[2].upper() == "M" else cls(weeks=count)

    def __bool__(self) -> bool:
        return bool(self.months or self.weeks)

    def __str__(self) -> str:
        if not self:
            return "—"
        return f"{self.months}M" if self.months else f"{self.weeks}W"

    @property
    def label(self) -> str:
        """As a clerk reads it: 每3个月, 每2周, 不设频度."""
        if not self:
            return "不设频度"
        if self.months:
            return "每月" if self.months == 1 else f"每{self.months}个月"
        return "每周" if self.weeks == 1 else f"每{self.weeks}周"

    @property
    def length_in_months(self) -> Decimal:
        """Raw; a month has 52/12 weeks (DOMAIN 2.5)."""
        return Decimal(self.months) if self.months else self.weeks / _WEEKS_PER_MONTH

    @property
    def length_in_days(self) -> Decimal:
        """Raw; a month has 365/12 days."""
        return Decimal(7 * self.weeks) if self.weeks else self.months * _DAYS_PER_MONTH


@dataclass(frozen=True)
class Workload:
    """Touches a month, each figure to 0.01."""

    meetings: Decimal
    calls: Decimal
    total: Decimal


def due_on(last_on: date, *, months: int = 0, weeks: int = 0) -> date:
    """When the next contact is due: months clamp to the month's end, and a day off moves back to the working day before.

    Source: DOMAIN 2.3(2). Over a long holiday the result can fall on `last_on` itself; the next promise to a customer
    comes from `next_due_on`.
    """
    interval = Interval(months=months, weeks=weeks)
    if not interval:
        raise ValueError("未设维护频度，没有应联日期")
    return roll_back(_nominal_due(last_on, interval))


def next_due_on(last_on: date, interval: Interval) -> date | None:
    """`due_on`, but never on or before the contact it follows; None without a beat.

    After a call on 2026-02-14 a weekly beat would roll back over the Spring Festival to that same day and be overdue
    at once; it is due on the first working day after the holiday instead.
    """
    if not interval:
        return None
    due = due_on(last_on, months=interval.months, weeks=interval.weeks)
    return due if due > last_on else next_workday(_nominal_due(last_on, interval))


def first_contact_due_on(allotted_on: date, *, workdays: int = DEFAULT_FIRST_CONTACT_WORKDAYS) -> date:
    """The first contact with a newly allotted customer: within three working days (DOMAIN 2.3(5))."""
    return add_workdays(allotted_on, workdays)


def first_meeting_due_on(allotted_on: date, *, days: int = DEFAULT_FIRST_MEETING_DAYS) -> date:
    """The first meeting with a newly allotted customer: within thirty days, on a working day (DOMAIN 2.3(5))."""
    return max(roll_back(allotted_on + timedelta(days=days)), allotted_on)


def interval_for(tier: str, strategy: str, channel: str, matrix: BeatMatrix | None = None) -> Interval:
    """The beat of a tier under a strategy (DOMAIN 2.2); none where the matrix is silent."""
    table = DEFAULT_BEAT_MATRIX if matrix is None else matrix
    return Interval.parse(table.get(tier, {}).get(strategy, {}).get(channel))


def satisfied_channels(channel: str, *, is_answered: bool) -> frozenset[str]:
    """Which beats a contact satisfies, whoever started it (DOMAIN 2.3(1)).

    A held meeting or visit satisfies both, a call that was answered only the phone beat; messages and letters satisfy
    none, and neither does an attempt that reached nobody.
    """
    if channel not in _SATISFIES:
        raise ValueError(f"未知的联系渠道：{channel}")
    return _SATISFIES[channel] if is_answered else frozenset()


def overdue_severity(due: date, today: date, interval: Interval) -> Decimal:
    """Days overdue as a share of the interval's length, raw; 0 up to the due date itself (DOMAIN 2.3(3))."""
    if not interval or today <= due:
        return Decimal(0)
    return (today - due).days / interval.length_in_days


def monthly_touches(customers: Mapping[tuple[str, str], int], matrix: BeatMatrix | None = None) -> Workload:
    """What the beats of so many customers per (tier, strategy) ask for in a month (DOMAIN 2.5).

    A meeting is a call too, so only the calls beyond the meetings are added.
    """
    meetings = calls = Decimal(0)
    for (tier, strategy), count in customers.items():
        meeting_rate = _monthly_rate(interval_for(tier, strategy, MEETING, matrix))
        call_rate = _monthly_rate(interval_for(tier, strategy, PHONE, matrix))
        meetings += count * meeting_rate
        calls += count * max(Decimal(0), call_rate - meeting_rate)
    return Workload(_hundredth(meetings), _hundredth(calls), _hundredth(meetings + calls))


def _nominal_due(last_on: date, interval: Interval) -> date:
    year, month0 = divmod(last_on.year * 12 + last_on.month - 1 + interval.months, 12)
    try:
        day = min(last_on.day, monthrange(year, month0 + 1)[1])
        return date(year, month0 + 1, day) + timedelta(weeks=interval.weeks)
    except (ValueError, OverflowError):
        raise ValueError("应联日期超出可计算的范围") from None


def _monthly_rate(interval: Interval) -> Decimal:
    return 1 / interval.length_in_months if interval else Decimal(0)


def _hundredth(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
