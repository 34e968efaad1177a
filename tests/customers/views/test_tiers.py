"""层级动态: the right people, what they lack, and until when."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.enums import CustomerStatus, Tier
from customers.models import MonthlyBalance, TierChange
from customers.queries.tiers import falls_on
from organization import clock
from tests.customers.services.test_tiers import month_before

PAGE = reverse("customers:tier_watch")
HTMX = {"HX-Request": "true"}


def standing(world, name: str, tier: Tier, *averages: str, **fields):
    """A customer with the averages of months in a row up to October, the last of them shown in the archive."""
    customer = world.customer(name, tier=tier, monthly_avg_daily_aum=Decimal(averages[-1]), **fields)
    MonthlyBalance.objects.bulk_create(
        MonthlyBalance(
            customer=customer, unit=customer.unit, average=Decimal(average), closing=0,
            month=month_before(date(2026, 10, 1), len(averages) - 1 - place),
        )
        for place, average in enumerate(averages)
    )  # fmt: skip
    return customer


def rows(answer) -> dict:
    return {row.name: row for row in answer.context["page"]}


def test_near_are_those_within_a_fifth_of_the_next_bound(world, sign_in):
    standing(world, "张伟", Tier.POTENTIAL, "80000")  # exactly a fifth short of 100,000
    standing(world, "李娜", Tier.POTENTIAL, "79999.99")
    standing(world, "王芳", Tier.GOLD, "499999.99")
    standing(world, "赵强", Tier.GOLD, "600000")  # reached already: moves on the first
    standing(world, "孙丽", Tier.PRIVATE, "7000000")
    standing(world, "周杰", Tier.POTENTIAL, "90000", status=CustomerStatus.CLOSED)
    standing(world, "吴敏", Tier.POTENTIAL, "90000", manager=world.colleague)
    found = rows(sign_in(world.rm).get(PAGE))
    assert list(found) == ["王芳", "张伟"]  # who lacks least first
    assert (found["王芳"].missing, found["王芳"].next_tier) == (Decimal("0.01"), Tier.PLATINUM)
    assert (found["张伟"].missing, found["张伟"].next_tier) == (Decimal("20000.00"), Tier.GOLD)
    assert set(rows(sign_in(world.supervisor).get(PAGE))) == {"王芳", "张伟", "吴敏"}


@pytest.mark.parametrize(
    ("tier", "averages", "months", "falls"),
    [
        (Tier.GOLD, ["120000", "90000"], 1, date(2027, 1, 1)),
        (Tier.GOLD, ["120000", "90000", "80000"], 2, date(2026, 12, 1)),
        (Tier.GOLD, ["90000", "90000", "120000", "90000"], 1, date(2027, 1, 1)),  # the count began anew
        (Tier.GOLD, ["90000", "90000", "90000"], 3, date(2026, 11, 1)),  # falls with the next run
        (Tier.PRIVATE, ["9000000", "100"], 1, date(2027, 4, 1)),
    ],
)
def test_under_watch_until_when(world, sign_in, tier, averages, months, falls):
    standing(world, "张伟", tier, *averages)
    standing(world, "李娜", Tier.POTENTIAL, "10")  # falls without waiting: nothing to watch
    standing(world, "王芳", Tier.GOLD, "100000")
    found = rows(sign_in(world.rm).get(f"{PAGE}?list=watch"))
    assert list(found) == ["张伟"]
    assert (found["张伟"].months_below, found["张伟"].falls_on) == (months, falls)


def test_falls_on_crosses_the_year():
    assert [falls_on(date(2026, 11, 30), n) for n in range(4)] == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1),
    ]  # fmt: skip


def test_lately_moved_are_told_with_their_reason_and_only_in_scope(world, sign_in):
    for customer in (world.customer("张伟"), world.customer("邓的", manager=world.other_rm)):
        TierChange.objects.create(
            customer=customer, unit=customer.unit, before=Tier.GOLD, after=Tier.PLATINUM, changed_at=clock.now(),
            reason="按2026年10月月日均评定",
        )  # fmt: skip
    page = sign_in(world.rm).get(f"{PAGE}?list=moved").content.decode()
    assert "张伟" in page
    assert "按2026年10月月日均评定" in page
    assert "邓的" not in page


@pytest.mark.parametrize("which", ["near", "watch", "moved"])
def test_the_lists_cost_the_same_for_one_and_for_three(world, sign_in, django_assert_max_num_queries, which):
    client = sign_in(world.rm)

    def another(name: str) -> None:
        customer = standing(world, name, Tier.GOLD, "90000" if which == "watch" else "450000")
        TierChange.objects.create(
            customer=customer, unit=customer.unit, before=Tier.MASS, after=Tier.GOLD, changed_at=clock.now(), reason="x"
        )

    another("张伟")
    client.get(PAGE)  # fills the cache of parameters
    with django_assert_max_num_queries(10) as one:
        client.get(f"{PAGE}?list={which}")
    another("李娜")
    another("王芳")
    with django_assert_max_num_queries(10) as three:
        assert len(client.get(f"{PAGE}?list={which}").context["page"]) == 3
    assert len(one) == len(three)


def test_a_part_is_the_page_and_an_unknown_list_the_first(world, sign_in):
    standing(world, "张伟", Tier.GOLD, "450000")
    client = sign_in(world.rm)
    whole, part = client.get(PAGE).content.decode(), client.get(f"{PAGE}?list=nonsense", headers=HTMX).content.decode()
    assert part.strip() in whole
    assert "没有降级观察客户" in client.get(f"{PAGE}?list=watch").content.decode()
