"""How a day stands in a sentence."""

from datetime import date


def short_day(day: date, today: date) -> str:
    """`11月27日`, and `2027年2月5日` where the year is not the present one."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
