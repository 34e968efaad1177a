"""The frame and the parts, rendered: a page, its swap, a refused form, a toast."""

import json

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string

from tests.ui import kitchen_sink
from ui import charts
from ui.responses import redirect_to, toast


@pytest.fixture
def page(settings, world, sign_in):
    kitchen_sink.use(settings)
    return sign_in(world.rm)


def test_every_part_renders(page):
    answer = page.get("/sink/")
    text = answer.content.decode()
    assert answer.status_code == 200
    for part in ("跳到正文", "林悦", "农历十月十五", "11月23日 周一", "共<strong> 6 </strong>位客户", "下一页", "123.46万",
                 "2027年工作日安排为暂定", "查看数据表", 'name="form_key"', "34.6%"):  # fmt: skip
        assert part in text, part


def test_the_policy_is_strict_and_the_page_private(page):
    answer = page.get("/sink/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert "no-store" in answer.headers["Cache-Control"] and "HX-Request" in answer.headers["Vary"]


def test_filters_and_order_survive_the_next_page(page):
    text = page.get("/sink/?kind=outlet&sort=-code&columns=kind").content.decode()
    assert "类型：网点" in text and 'aria-sort="descending"' not in text  # the ordered column is not shown
    assert 'name="sort" value="-code"' in text


def test_an_empty_list_says_what_to_do(page):
    assert "没有符合条件的客户" in page.get("/sink/?name=没有这家").content.decode()


def test_a_refused_form_keeps_its_text_and_leads_to_the_faults(page):
    answer = page.post("/sink/", {"customer": "张伟", "note": "长" * 51})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="张伟"' in text and "最多50个字，现在有51个" in text and 'href="#id_note"' in text


def test_the_plain_frame_needs_no_person_and_no_database(django_assert_num_queries, db, rf):
    with django_assert_num_queries(0):
        text = render_to_string("base_plain.html")
    assert "客户关系维护系统" in text and "sidebar" not in text


def test_a_toast_travels_in_ascii():
    answer = toast(HttpResponse(), "已记录𠮷", undo_url="/undo/")
    assert json.loads(answer.headers["HX-Trigger"]) == {
        "toast": {"text": "已记录𠮷", "level": "success", "undo_url": "/undo/", "undo_label": "撤销"}
    }
    assert answer.headers["HX-Trigger"].isascii()


@pytest.mark.parametrize(
    ("headers", "status", "name"), [({}, 302, "Location"), ({"HX-Request": "true"}, 200, "HX-Redirect")]
)
def test_the_browser_is_sent_on_either_way(rf, headers, status, name):
    from django_htmx.middleware import HtmxMiddleware

    answer = HtmxMiddleware(lambda request: redirect_to(request, "/next/"))(rf.post("/", headers=headers))
    assert answer.status_code == status and answer.headers[name] == "/next/"


def test_a_chart_is_a_picture_and_a_table():
    chart = charts.bar_chart("a", "标题", ["一月", "二月"], {"本行": [1, None], "他行": [3, 4]}, unit="万元")
    assert chart.rows == [["一月", 1, 3], ["二月", None, 4]]
    assert list(chart.header) == ["", "本行（万元）", "他行（万元）"]
    text = render_to_string("ui/chart.html", {"chart": chart})
    assert 'data-chart="chart-a-data"' in text and 'id="chart-a-data" type="application/json"' in text
    assert '<td class="is-number">—</td>' in text


def test_a_chart_without_figures_stands():
    chart = charts.line_chart("a", "标题", [], {})
    assert chart.rows == [] and chart.option["series"] == []


@pytest.mark.parametrize(("is_running", "asks"), [(True, True), (False, False)])
def test_progress_asks_again_only_while_it_runs(is_running, asks):
    text = render_to_string(
        "ui/progress.html", {"url": "/p/", "label": "导入", "done": 3, "total": 9, "is_running": is_running}
    )
    assert ("every 2s" in text) is asks and '<progress value="3" max="9"' in text


def test_the_sign_in_page_shows_the_name_of_the_system_and_not_of_the_host(client, db):
    text = client.get("/account/login/").content.decode()
    assert "客户关系维护系统" in text and "testserver" not in text
