"""Finding a customer by what people type: name, pinyin, initials, number, tail of phone or document (DESIGN 4, 11)."""

from django.db.models import Q

from customers.blind_indexes import account_number_index, digest_keys_for, normalise_account_number
from customers.models import Account, Customer, SearchKey
from customers.naming import normalise_query
from customers.policies import sees_full_names
from customers.queries.lists import HEAVY
from organization.models import Staff

MAX_TEXT = 50
_COUNTER_DIGITS, _COUNTER_LETTERS = 4, 2
_CARD_DIGITS = 12  # an account or card number is only matched whole


def search_customers(staff: Staff, text: str, limit: int = 20) -> list[Customer]:
    """The customers in this person's scope that the text means, the wealthiest first; nothing for an empty text."""
    found = Customer.objects.visible_to(staff).filter(search_condition(staff, text)).select_related("manager", "unit")
    return list(found.defer(*HEAVY).order_by("-monthly_avg_daily_aum", "-pk")[:limit])


def found_at_counter(staff: Staff, text: str, limit: int = 6) -> list[Customer]:
    """Whom somebody in the lobby means: the outlet's customers by a tail of four digits, by name or pinyin. A single letter
    or digit finds nobody: it would be leafing through the archive."""
    typed = normalise_query(text.strip()[:MAX_TEXT])
    if len(typed) < (_COUNTER_DIGITS if typed.isdigit() else _COUNTER_LETTERS):
        return []
    # A customer number is no way to find somebody here: its first digits are many people's.
    meant = Q(key__in=digest_keys_for(text.strip())) if typed.isdigit() else Q(key__prefix=typed)
    keys = SearchKey.objects.unscoped("narrowed by the customers around it").filter(meant)
    found = Customer.objects.visible_to(staff).active().filter(pk__in=keys.values("customer"))
    shown = found.select_related("manager").only("public_id", "name", "sex", "tier", "manager__name")
    return list(shown.order_by("sort_name", "pk")[:limit])


def search_condition(staff: Staff, text: str) -> Q:
    """To be put on rows that are already in scope.

    Names and tails are prefixes and digests in one indexed column. Whoever reads masked names finds by customer number
    only: pinyin would tell what the mask hides.
    """
    text = text.strip()[:MAX_TEXT]
    if not text:
        return Q(pk__in=[])
    if not sees_full_names(staff):
        return Q(number=text)
    keys = SearchKey.objects.unscoped("narrowed by the customers around it").filter(_key_condition(text))
    meant = Q(pk__in=keys.values("customer"))
    number = normalise_account_number(text)
    if len(number) >= _CARD_DIGITS and number.isdigit():
        accounts = Account.objects.unscoped("narrowed by the customers around it")
        meant |= Q(pk__in=accounts.filter(number_index=account_number_index(number)).values("customer"))
    return meant


def _key_condition(text: str) -> Q:
    typed = normalise_query(text)
    condition = Q(key__in=digest_keys_for(text))
    return condition | Q(key__prefix=typed) if typed else condition
