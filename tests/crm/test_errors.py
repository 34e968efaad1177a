"""What people read when a page is not theirs or not there: inside the frame for those signed in, plain for the others."""

import pytest
from django.db import DatabaseError


@pytest.mark.parametrize(("path", "status", "words"), [("/team/", 403, "您没有这项权限"), ("/nowhere/", 404, "没有找到"),
                                                       ("/customers/nobody/", 404, "没有找到")])  # fmt: skip
def test_an_error_page_keeps_the_menu(world, sign_in, path, status, words):
    answer = sign_in(world.rm).get(path)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert 'class="sidebar"' in page
    assert "我的客户" in page


def test_it_asks_little_more_than_who_is_there(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.rm)
    client.get("/nowhere/")
    with django_assert_max_num_queries(6):
        client.get("/nowhere/")


def test_somebody_not_signed_in_sees_it_plain(client, db):
    page = client.get("/nowhere/").content.decode()
    assert "没有找到" in page
    assert 'class="sidebar"' not in page


def test_a_database_that_is_down_ends_in_the_plain_page(world, sign_in, monkeypatch):
    client = sign_in(world.rm)
    client.raise_request_exception = False

    def fail(*args):
        raise DatabaseError("down")

    monkeypatch.setattr("crm.context_processors.entries_for", fail)
    answer = client.get("/nowhere/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出错了" in page
    assert 'class="sidebar"' not in page
