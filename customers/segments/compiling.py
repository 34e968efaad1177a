"""A checked rule as one condition of one statement; customers are never looked at one by one."""

from datetime import date
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from customers.segments.rules import Condition, Group, Negation, Rule


def condition_of(rule: Rule, today: date) -> Q:
    """For `Customer` querysets. Every leaf answers yes or no, so what is denied is exactly the rest."""
    match rule:
        case Condition(field, op, value):
            return field.condition(op, value, today)
        case Negation(part):
            return ~condition_of(part, today)
        case Group(is_all, parts):
            return reduce(and_ if is_all else or_, (condition_of(part, today) for part in parts))
    raise TypeError(f"not a rule: {rule!r}")
