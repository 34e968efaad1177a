"""Saved views: a name for the conditions in the address, per person and page."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from tests.ui import kitchen_sink
from ui import saved_views
from ui.models import SavedView

PAGE = "organization:password_change"  # any page that exists


def save(owner, name="重点", query="tier=gold", page=PAGE):
    return saved_views.save_view(owner=owner, page=page, name=name, query=query)


def test_a_view_keeps_the_conditions_and_not_the_position(world):
    view = save(world.rm, " 重点  客户 ", "?tier=gold&after=abc&q=&csrfmiddlewaretoken=x&form_key=y&city=b&city=a")
    assert (view.name, view.query) == ("重点 客户", "city=a&city=b&tier=gold")


def test_saving_twice_is_one_view(world):
    assert save(world.rm).pk == save(world.rm).pk


@pytest.mark.parametrize(("change", "sentence"), [
    ({"name": "  "}, "请填写视图名称。"), ({"name": "长" * 31}, "最多30个字，现在有31个"), ({"page": "no:where"}, "不能保存视图"),
    ({"query": "q=" + "x" * 1001}, "条件太长"), ({"query": "tier=vip"}, "已有名为“重点”的视图"), ({"name": "a\x00"}, "请填写视图名称"),
])  # fmt: skip
def test_refusals(world, change, sentence):
    save(world.rm)
    with pytest.raises(ValidationError, match=sentence):
        save(world.rm, **change)


def test_twelve_a_page_and_person(world):
    for number in range(saved_views.MAX_PER_PAGE):
        save(world.rm, f"视图{number}")
    with pytest.raises(ValidationError, match="最多保存12个"):
        save(world.rm, "第十三个")
    save(world.rm, "第十三个", page="organization:login")
    save(world.colleague, "第十三个")


def test_views_are_one_s_own(world):
    save(world.rm)
    assert saved_views.tabs_for(owner=world.colleague, page=PAGE, query=QueryDict()) == []
    assert saved_views.delete_view(owner=world.colleague, page=PAGE, name="重点") == 0
    assert saved_views.delete_view(owner=world.rm, page=PAGE, name="重点") == 1
    assert saved_views.delete_view(owner=world.rm, page=PAGE, name="重点") == 0


def test_the_tab_whose_conditions_the_address_holds_is_current(world):
    save(world.rm), save(world.rm, "全部", "")
    tabs = saved_views.tabs_for(owner=world.rm, page=PAGE, query=QueryDict("after=x&tier=gold"))
    assert [(tab.name, tab.is_current) for tab in tabs] == [("重点", True), ("全部", False)]
    assert tabs[0].url.endswith("?tier=gold") and tabs[1].url.endswith("/")


def test_renaming(world):
    save(world.rm), save(world.rm, "其他", "tier=vip")
    assert saved_views.rename_view(owner=world.rm, page=PAGE, name="其他", new_name="贵宾").name == "贵宾"
    with pytest.raises(ValidationError, match="已有名为"):
        saved_views.rename_view(owner=world.rm, page=PAGE, name="贵宾", new_name="重点")
    with pytest.raises(ValidationError, match="已被删除"):
        saved_views.rename_view(owner=world.rm, page=PAGE, name="其他", new_name="新")


@pytest.fixture
def page(settings, world, sign_in):
    kitchen_sink.use(settings)
    return sign_in(world.rm)


def test_the_page_saves_and_deletes_its_view(page, world):
    answer = page.post("/views/save/", {"page": "sink", "name": "网点", "query": "kind=outlet"})
    assert answer.status_code == 302 and answer.url == "/sink/?kind=outlet"
    assert "网点" in page.get(answer.url).content.decode()
    answer = page.post("/views/delete/", {"page": "sink", "name": "网点"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sink/" and not SavedView.objects.exists()


def test_a_refused_view_keeps_what_was_typed(page):
    answer = page.post("/views/save/", {"page": "sink", "name": "长" * 31, "query": "kind=outlet"})
    assert answer.status_code == 422
    assert "长" * 31 in answer.content.decode() and 'value="kind=outlet"' in answer.content.decode()


def test_a_forged_page_leads_nowhere_else(page):
    assert page.post("/views/save/", {"page": "//evil", "name": "a", "query": ""}).status_code == 422
    assert page.post("/views/delete/", {"page": "//evil", "name": "a"}).url == "/"


def test_views_are_changed_by_post_only(page):
    assert page.get("/views/save/").status_code == 405
