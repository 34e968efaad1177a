"""重复: the pairs a person sees, side by side, set aside, merged and taken apart through the pages."""

from datetime import date

import pytest
from django.urls import reverse

from customers.enums import CustomerStatus, IdType
from customers.models import Customer, Merge, NotSame
from customers.queries.duplicates import twins_of, with_duplicates
from customers.services.duplicates import merge_customers, set_aside
from customers.services.identifiers import set_identifiers
from customers.services.search_keys import rebuild_search_keys

pytestmark = pytest.mark.django_db
PAGE = reverse("customers:quality") + "?list=duplicates"


def twin(world, name="张伟", **fields) -> tuple[Customer, Customer]:
    first, second = world.customer(name), world.customer(name, **{"birth_date": None} | fields)
    for customer in (first, second):
        set_identifiers(customer, mobile="13900001111", address=f"滨海路{customer.pk}号")
        customer.save()
    rebuild_search_keys([first, second])
    return first, second


def address(name: str, first: Customer, second: Customer) -> str:
    return reverse(f"customers:{name}", args=[first.public_id, second.public_id])


def signs(staff) -> list[list[str]]:
    rows = list(with_duplicates(staff))
    return [one.signs for twins in twins_of(staff, rows).values() for one in twins]


def test_each_of_the_three_signs_makes_a_pair(world):
    twin(world)
    assert signs(world.rm) == [["手机号码"]]
    Customer.objects.all().delete()
    for id_type in (IdType.PASSPORT, IdType.OTHER):
        row = world.customer("赵六", birth_date=None)
        set_identifiers(row, id_type=id_type, id_number="E12345678")
        row.save()
    assert signs(world.rm) == [["证件号码"]]
    Customer.objects.all().delete()
    world.customer("李娜")
    world.customer("李娜")
    world.customer("李娜", birth_date=date(1990, 1, 1))
    world.customer("李娜", birth_date=None)
    assert signs(world.rm) == [["姓名和出生日期"]]


def test_a_pair_is_seen_by_who_sees_both_of_them(world):
    world.customer("李娜")
    world.customer("李娜", manager=world.colleague)
    assert (signs(world.rm), signs(world.colleague)) == ([], [])
    assert len(signs(world.supervisor)) == len(signs(world.branch_head)) == 1
    assert signs(world.other_supervisor) == []


@pytest.mark.parametrize("status", [CustomerStatus.RESTRICTED, CustomerStatus.MERGED])
def test_restricted_and_merged_archives_have_no_twin(world, status):
    twin(world, status=status)
    assert signs(world.supervisor) == []


def test_what_was_set_aside_is_not_listed_again(world, sign_in):
    first, second = twin(world)
    client = sign_in(world.rm)
    assert client.post(address("duplicate_set_aside", second, first), {"reason": ""}).status_code == 422
    client.post(address("duplicate_set_aside", second, first), {"reason": "父子共用号码"})
    assert NotSame.objects.get().first == first
    assert "没有发现重复" in client.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_one_pair_and_for_three(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.supervisor)
    twin(world)
    client.get(PAGE)
    with django_assert_max_num_queries(60) as one:
        client.get(PAGE)
    for name in ("李娜", "王芳"):
        world.customer(name)
        world.customer(name)
    with django_assert_max_num_queries(60) as three:
        assert len(client.get(PAGE).context["page"]) == 3
    assert len(one) == len(three)


def test_merged_side_by_side_and_taken_apart(world, sign_in):
    first, second = twin(world, employer="<b>滨海中学")
    client = sign_in(world.supervisor)
    page = client.get(address("duplicate_merge", first, second)).content.decode()
    assert "13900001111" not in page
    assert "<b>滨海中学" not in page
    form = {"stays": "first", "pick_address": "first", "pick_birth_date": "first", "pick_employer": "second"}
    refused = client.post(address("duplicate_merge", first, second), form)
    assert refused.status_code == 422
    client.post(address("duplicate_merge", first, second), form | {"reason": "同一人"})
    first.refresh_from_db()
    assert first.employer == "<b>滨海中学"
    listed = client.get(reverse("customers:customer_list") + "?status=all").content.decode()
    assert first.public_id in listed
    assert second.public_id not in listed
    gone = client.get(reverse("customers:customer_page", args=[second.public_id]))
    assert gone.headers["Location"] == reverse("customers:customer_page", args=[first.public_id])
    undo = reverse("customers:merge_undo", args=[Merge.objects.get().public_id])
    assert undo in client.get(PAGE).content.decode()
    assert client.post(undo, {"reason": ""}).status_code == 422
    client.post(undo, {"reason": "弄错了"})
    assert client.get(reverse("customers:customer_page", args=[second.public_id])).status_code == 200
    assert "已经撤销过" in client.post(undo, {"reason": "再来"}).content.decode()


def test_an_unknown_choice_and_the_same_archive_twice_are_refused(world, sign_in):
    first, second = twin(world)
    client = sign_in(world.supervisor)
    assert (
        client.post(address("duplicate_merge", first, second), {"stays": "third", "reason": "同一人"}).status_code
        == 422
    )
    assert client.get(address("duplicate_merge", first, first)).status_code == 404


def test_nobody_types_the_status_of_a_merged_archive(world, sign_in):
    merged = twin(world)[1]
    page = sign_in(world.supervisor).get(reverse("customers:customer_list")).content.decode()
    assert "已合并" not in page
    assert merged.status == CustomerStatus.ACTIVE


def test_a_merged_archive_is_in_no_pair_and_the_decision_stays_with_it(world):
    first, second = twin(world)
    third = world.customer("张伟")
    set_aside(by=world.supervisor, first=second, second=third, reason="父子")
    merge_customers(by=world.supervisor, kept=first, merged=second, taken=[], reason="同一人")
    assert signs(world.supervisor) == [["姓名和出生日期"]]
