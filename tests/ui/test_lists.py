"""Lists: pages by key, orders from a closed list, a count that stops."""

import base64
import random
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models.functions import Length
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from organization.enums import UnitKind
from organization.models import Notification, Unit
from ui import lists

SORTS = {
    "name": "name",
    "closing": ("plan_closes_at", "name"),  # nullable
    "parent": "parent__name",  # nullable through a relation
    "mixed": ("kind", "-name"),
    "length": "name_length",  # an annotation
}
ORDERS = [sign + key for key in SORTS for sign in ("", "-")]
NAMES = ("东城", "西城", "南湖", "", "东城网点", "䶮𠮷", "O'Neill", "100%")


def request(**query):
    return RequestFactory().get("/", query)


def page(query=None, **options):
    queryset = Unit.objects.annotate(name_length=Length("name"))
    return lists.page_of(
        request(**query or {}), queryset, sorts=SORTS, default_sort="name", **{"page_size": 3} | options
    )  # fmt: skip


def add_unit(number, name="东城", closes=None, parent=None):
    kind = UnitKind.OUTLET if number % 2 else UnitKind.BRANCH
    return Unit.objects.create(code=f"U{number:04d}", name=name, kind=kind, plan_closes_at=closes, parent=parent)


def walk(sort, between=lambda step: None, **options):
    """All pages forwards, then all of them backwards."""
    forwards, current = [], page({"sort": sort}, **options)
    forwards.append(list(current))
    while current.next_cursor:
        between(len(forwards))
        current = page({"sort": sort, "after": current.next_cursor}, **options)
        forwards.append(list(current))
    backwards = [list(current)]
    while current.previous_cursor:
        current = page({"sort": sort, "before": current.previous_cursor}, **options)
        backwards.insert(0, list(current))
    return forwards, backwards


unit_rows = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from([None, time(17), time(18, 30, 0, 5)]), st.booleans()), max_size=14
)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=unit_rows, sort=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_pages_forwards_and_backwards_are_the_whole_ordered_list(rows, sort, size):
    with transaction.atomic():
        root = add_unit(0, "总行")
        for number, (name, closes, is_child) in enumerate(rows, 1):
            add_unit(number, name, closes, root if is_child else None)
        forwards, backwards = walk(sort, page_size=size)
        whole = [unit.pk for unit in page({"sort": sort}, page_size=1000)]
        transaction.set_rollback(True)
    assert [unit.pk for rows_of_page in forwards for unit in rows_of_page] == whole
    assert len(whole) == len(rows) + 1
    assert backwards == forwards
    assert all(len(rows_of_page) == size for rows_of_page in forwards[:-1])


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ORDERS)
def test_rows_that_arrive_between_two_pages_repeat_and_hide_nothing(sort):
    root = add_unit(0, "总行")
    old = {
        add_unit(n, NAMES[n % len(NAMES)], time(17) if n % 3 else None, root if n % 4 else None).pk
        for n in range(1, 20)
    }
    dice = random.Random(7)
    numbers = iter(range(100, 200))
    forwards, _ = walk(
        sort, between=lambda step: add_unit(next(numbers), dice.choice(NAMES), dice.choice([None, time(17)]))
    )
    seen = [unit.pk for rows_of_page in forwards for unit in rows_of_page]
    assert len(seen) == len(set(seen))
    assert old <= set(seen)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sort", "expected"),
    [("closing", ["U0002", "U0001", "U0003"]), ("-closing", ["U0001", "U0002", "U0003"])],
)
def test_nulls_come_last_either_way(sort, expected):
    add_unit(1, closes=time(18)), add_unit(2, closes=time(17)), add_unit(3)
    assert [unit.code for unit in page({"sort": sort})] == expected


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["password", "-password", "pk", "parent__staff__password", "name;drop", "--name", ""])
def test_an_order_that_is_not_on_offer_is_the_default_one(sort):
    add_unit(1, "乙"), add_unit(2, "甲")
    assert page({"sort": sort}).sort == "name"


@pytest.mark.django_db
@pytest.mark.parametrize("make", [
    lambda token: token[:-4] + "AAAA", lambda token: "", lambda token: "x", lambda token: "é", lambda token: "\x00",
    lambda token: token * 50, lambda token: token[:40], lambda token: "gAAAAA" + token,
])  # fmt: skip
@pytest.mark.parametrize("key", ["after", "before"])
def test_a_tampered_cursor_is_the_first_page(make, key):
    for n in range(8):
        add_unit(n)
    first = page()
    assert [u.pk for u in page({key: make(first.next_cursor)})] == [u.pk for u in first]


@pytest.mark.django_db
def test_a_cursor_of_another_order_is_the_first_page():
    for n in range(8):
        add_unit(n, f"第{n}家")
    token = page({"sort": "-name"}).next_cursor
    assert [u.pk for u in page({"sort": "name", "after": token})] == [u.pk for u in page({"sort": "name"})]


@pytest.mark.django_db
def test_a_cursor_shows_nothing_of_the_row():
    for n in range(8):
        add_unit(n, "张伟13812345678")
    token = page().next_cursor
    assert b"13812345678" not in base64.urlsafe_b64decode(token + "==")


@pytest.mark.django_db
def test_a_page_whose_rows_are_gone_leads_back_to_the_first():
    for n in range(7):
        add_unit(n, f"第{n}家")
    token = page({"after": page().next_cursor}).next_cursor
    Unit.objects.filter(code__in=["U0006"]).delete()
    assert [u.code for u in page({"after": token})] == ["U0000", "U0001", "U0002"]


@pytest.mark.django_db
def test_stepping_back_onto_a_stub_shows_a_whole_first_page():
    for n in range(2, 9):
        add_unit(n, f"第{n}家")
    second = page({"after": page().next_cursor})
    Unit.objects.filter(code="U0002").delete()
    back = page({"before": second.previous_cursor})
    assert [u.code for u in back] == ["U0003", "U0004", "U0005"]
    assert back.previous_cursor == "" and back.next_cursor


@pytest.mark.django_db
def test_rows_as_dictionaries_are_paged_too():
    for n in range(7):
        add_unit(n, f"第{n}家")
    queryset = Unit.objects.values("pk", "name")
    first = lists.page_of(request(), queryset, sorts=SORTS, default_sort="name", page_size=3)
    second = lists.page_of(request(after=first.next_cursor), queryset, sorts=SORTS, default_sort="name", page_size=3)
    assert [row["name"] for row in second] == ["第3家", "第4家", "第5家"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "cap", "text"), [(0, 3, "0"), (3, 3, "3"), (4, 3, "3+"), (9, 3, "3+"), (9, 1000, "9")]
)
def test_the_count_stops_at_its_cap(rows, cap, text):
    for n in range(rows):
        add_unit(n)
    assert str(lists.capped_count(Unit.objects.order_by("name"), cap)) == text


@pytest.mark.django_db
def test_a_page_takes_the_same_number_of_queries_wherever_it_is(django_assert_num_queries):
    for n in range(40):
        add_unit(n, f"第{n:02d}家")
    token = page().next_cursor
    with django_assert_num_queries(2):
        current = page()
    with django_assert_num_queries(2):
        current = page({"after": token})
    with django_assert_num_queries(1):
        assert page({"after": current.next_cursor}, cap=None).count is None


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ORDERS)
def test_neighbours_are_those_of_the_list(sort):
    root = add_unit(0, "总行")
    for n in range(1, 9):
        add_unit(n, NAMES[n % len(NAMES)], time(17) if n % 3 else None, root if n % 2 else None)
    queryset = Unit.objects.annotate(name_length=Length("name"))
    whole = list(lists.page_of(request(sort=sort), queryset, sorts=SORTS, default_sort="name", page_size=100))
    for before, row, after in zip([None, *whole], whole, [*whole[1:], None], strict=False):
        assert lists.neighbours_of(queryset, row, sorts=SORTS, sort=sort) == (before, after)


@pytest.mark.django_db
def test_a_row_outside_the_list_has_no_neighbours():
    inside, outside = add_unit(1, "甲"), add_unit(2, "乙")
    queryset = Unit.objects.filter(pk=inside.pk)
    assert lists.neighbours_of(queryset, outside, sorts={"name": "name"}, sort="name") == (None, None)


def test_a_value_without_a_written_form_is_refused_by_name():
    with pytest.raises(TypeError, match="bytes"):
        lists._written(b"x")


@pytest.mark.parametrize(
    "value",
    [None, True, 7, "张;'\"", Decimal("12.30"), 0.1, date(2026, 11, 23), time(17, 30, 0, 5), UUID(int=5),
     datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)],
)  # fmt: skip
def test_a_cursor_keeps_a_value_to_the_last_digit(value):
    written = lists._written(value)
    assert (written and lists._READ[written[0]](written[1:])) == value


COLUMNS = (
    lists.Column("name", "姓名", is_optional=False),
    lists.Column("tier", "层级"),
    lists.Column("note", "备注", is_shown=False),
)


@pytest.mark.parametrize(
    ("query", "keys"),
    [("", "name tier"), ("columns=note", "name note"), ("columns=tier,note", "name tier note"),
     ("columns=note&columns=tier", "name tier note"), ("columns=nonsense", "name tier")],
)  # fmt: skip
def test_columns_are_chosen_in_the_address(query, keys):
    chosen = lists.chosen_columns(RequestFactory().get(f"/?{query}"), COLUMNS)
    assert [column.key for column in chosen] == keys.split()


def test_a_query_keeps_its_filters_and_starts_anew_at_the_first_page():
    query = QueryDict("tier=gold&tier=vip&after=abc&q=张")
    assert lists.query_with(query, sort="-aum") == "?tier=gold&tier=vip&q=%E5%BC%A0&sort=-aum"
    assert lists.query_with(query, tier=None, after="def") == "?q=%E5%BC%A0&after=def"
    assert lists.query_with(QueryDict("after=abc")) == "?"


def test_filters_to_carry_on_leave_the_position_out():
    query = QueryDict("tier=gold&after=abc&before=x&columns=a")
    assert lists.filters_in(query, without=["columns"]) == [("tier", "gold")]


def _whole_by(queryset, path):
    sorts, seen, query = {"key": path}, [], {}
    for sort in ("key", "-key"):
        seen, query = [], {"sort": sort}
        while True:
            current = lists.page_of(request(**query), queryset, sorts=sorts, default_sort="key", page_size=2)
            seen += [row.pk for row in current]
            if not current.next_cursor:
                break
            query = {"sort": sort, "after": current.next_cursor}
        assert seen == [row.pk for row in lists.page_of(
            request(sort=sort), queryset, sorts=sorts, default_sort="key", page_size=100)]  # fmt: skip
    return seen


def test_amounts_compare_as_amounts_on_both_databases(world):
    for text in ("0.10", "0.30", "0.30", "100000000.01", "9.99", "10.00", "0.30"):
        world.customer(f"客户{text}", aum=Decimal(text))
    assert len(_whole_by(Customer.objects.unscoped("test"), "aum")) == 7


def test_moments_are_kept_to_the_microsecond(world):
    for n, microsecond in enumerate((0, 1, 1, 999999, 500, 0)):
        moment = datetime(2026, 11, 23, 10, 0, 0, microsecond, tzinfo=UTC)
        Notification.objects.create(recipient=world.rm, kind="x", text="通知", dedupe_key=str(n), created_at=moment)
    assert len(_whole_by(Notification.objects.all(), "created_at")) == 6
