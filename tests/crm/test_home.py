"""The start page of each role and the menu that goes with it."""

import re

import pytest
from django.urls import reverse

from crm.navigation import MENU, entries_for

HOME = {
    "rm": "crm/workbench.html",
    "supervisor": "crm/team_board.html",
    "outlet_head": "crm/team_board.html",
    "branch_head": "crm/team_board.html",
    "lobby": "crm/home.html",
    "teller": "crm/home.html",
    "head_office_staff": "crm/home.html",
    "administrator": "crm/home.html",
    "auditor": "crm/home.html",
}


@pytest.mark.parametrize(("who", "template"), HOME.items())
def test_everybody_has_a_start_page(world, sign_in, who, template):
    answer = sign_in(world.people[who]).get(reverse("home"))
    assert answer.status_code == 200
    assert template in {t.name for t in answer.templates}


@pytest.mark.parametrize("who", HOME)
def test_no_start_page_shows_its_own_code(world, sign_in, who):
    words = re.sub(
        r"<(script|style).*?</\1>|<[^>]*>", " ", sign_in(world.people[who]).get("/").content.decode(), flags=re.S
    )
    assert not re.search(r"&lt;|aria-|class=|&quot;", words)


def test_an_address_that_only_takes_forms_leads_back(world, sign_in):
    answer = sign_in(world.rm).get(reverse("maintenance:task_complete"))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "不能直接打开" in answer.content.decode()


@pytest.mark.parametrize("who", HOME)
def test_every_entry_of_the_menu_opens(world, sign_in, who):
    client = sign_in(world.people[who])
    for entry in entries_for(world.people[who]):
        assert client.get(reverse(entry.url_name), follow=True).status_code == 200, entry.url_name


def test_no_menu_names_a_page_twice(world):
    for who in HOME:
        names = [entry.url_name for entry in entries_for(world.people[who])]
        assert len(names) == len(set(names)), who
    assert len({entry.url_name for entry in MENU}) >= 7


def test_covers_and_notifications_are_in_the_menu_and_customers_are_called_as_their_page(world):
    def labels(who):
        return {entry.url_name: entry.label for entry in entries_for(world.people[who])}

    assert labels("rm")["customers:customer_list"] == "我的客户"
    for who in ("supervisor", "outlet_head", "head_office_staff"):
        assert labels(who)["customers:customer_list"] == "客户"
    assert labels("rm")["organization:cover_list"] == "代班"
    assert labels("teller")["organization:notification_list"] == "通知"
    assert "organization:cover_list" not in labels("teller")


@pytest.mark.parametrize(("who", "path"), [("rm", "/"), ("rm", "/workbench/"), ("supervisor", "/workbench/")])
def test_the_workbench_is_marked_wherever_it_is_opened(world, sign_in, who, path):
    page = sign_in(world.people[who]).get(path).content.decode()
    marked = re.findall(r'<a class="sidebar-link"[^>]*aria-current="page">.*?<span>(.*?)</span>', page, re.S)
    assert marked == ["今日工作台"]
