"""How tier and strategy look wherever a customer is named. There is a handful of each: every mark is written once."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customers.enums import Strategy, Tier

register = template.Library()


@register.filter
@cache
def tier_tag(tier: str) -> SafeString:
    """`{{ customer.tier|tier_tag }}`"""
    return format_html('<span class="tag tier tier-{}">{}</span>', tier.lower(), Tier(tier).label)


@register.filter
@cache
def strategy_mark(strategy: str) -> SafeString:
    """The ring of a maintenance strategy, the fuller the more contact, and its word."""
    return format_html(
        '<span class="strategy"><span class="ring ring-{}" aria-hidden="true"><span aria-hidden="true"></span></span>'
        "{}</span>",
        strategy.lower(), Strategy(strategy).label,
    )  # fmt: skip


@register.filter
@cache
def strategy_ring(strategy: str) -> SafeString:
    """The ring alone, with the word's first character in it, where a row has no room for more."""
    word = Strategy(strategy).label
    return format_html(
        '<span class="ring ring-{}" title="{word}维护"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{word}维护</span></span>',
        strategy.lower(), word[:1], word=word,
    )  # fmt: skip
