"""Text that people type, checked the same way wherever it comes from."""

from datetime import date

from almanac.words import short_day
from almanac.workdays import day_note, is_workday
from organization import clock
from organization.exceptions import RuleViolation


class FieldViolation(RuleViolation):
    """What is wrong with one field, so that a form can say it where it is mended."""

    def __init__(self, field: str, text: str):
        self.field = field
        super().__init__(text)


def day_text(day: date) -> str:
    """A day in a sentence: 11月27日, with its year where that is another one than now."""
    return short_day(day, clock.today())


def day_off_note(day: date | None) -> str:
    """A day off that was agreed with a customer is taken, and said: 11月28日是周末。"""
    return f"{day_text(day)}是{day_note(day)}。" if day and not is_workday(day) else ""


def checked_text(text: str | None, *, label: str, limit: int, is_required: bool = False) -> str:
    """The text without outer blanks. Any character of any script is kept; only what no database can hold is refused.

    Raises RuleViolation when it is longer than `limit` characters, or empty though required.
    """
    text = (text or "").strip()
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise RuleViolation(f"{label}里有无法保存的字符，请删去后再提交。")
    if len(text) > limit:
        raise RuleViolation(f"{label}最多{limit}字，现有{len(text)}字，请删减后再提交。")
    if is_required and not text:
        raise RuleViolation(f"请填写{label}。")
    return text
