"""A day in words, for the head of the pages a day starts with."""

from datetime import date

from almanac.festivals import festival_names_on, personal_festival_names_on
from almanac.lunar import describe, from_solar, solar_term_on
from almanac.workdays import day_note, is_provisional, is_workday, next_workday


def day_in_words(day: date) -> dict:
    """The date line: solar, lunar, solar term, what is kept that day, whether one works."""
    return {
        "date": day,
        "lunar": describe(from_solar(day)),
        "term": solar_term_on(day),
        "festivals": [*festival_names_on(day), *personal_festival_names_on(day)],
        "note": day_note(day),
        "is_workday": is_workday(day),
        "is_provisional": is_provisional(day),
        "next_workday": next_workday(day),
    }
