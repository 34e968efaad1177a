"""How amounts, days and links are written."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from ui.templatetags import ui

TODAY = date(2026, 11, 23)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("amount", "text"), [
    (0, "0.00"), ("9999.994", "9,999.99"), ("9999.995", "1.00万"), (10_000, "1.00万"), (123_456, "12.35万"),
    (123_449, "12.34万"), (-123_456, "-12.35万"), (99_994_999, "9,999.50万"), (99_999_999, "1.00亿"),
    (100_000_000, "1.00亿"), (Decimal("123456789012"), "1,234.57亿"), (None, "—"), ("", "—"), ("甲", "—"),
    (Decimal("NaN"), "—"), (0.1, "0.10"),
])  # fmt: skip
def test_short_amounts(amount, text):
    assert ui.money_text(amount) == text


def test_a_shortened_amount_tells_its_full_figure():
    written = ui.money(Decimal("123456.78"))
    assert 'title="123,456.78元"' in written
    assert '<span aria-hidden="true">12.35万</span><span class="visually-hidden">123,456.78元</span>' in written


def test_a_small_or_full_amount_is_written_once():
    assert ui.money("12.3") == '<span class="money">12.30</span>'
    assert ui.money("1234567.8", "full") == '<span class="money">1,234,567.80</span>'


@pytest.mark.parametrize(("rate", "places", "text"), [
    ("0.035", 1, "3.5%"), ("0.03456", 2, "3.46%"), (1, 0, "100%"), (None, 1, "—"), ("-0.5", 1, "-50.0%"), ("12.5", 0, "1,250%"),
])  # fmt: skip
def test_percent(rate, places, text):
    assert ui.percent(rate, places) == text


def test_days_leave_the_current_year_out():
    assert ui.date_cn(TODAY, TODAY) == "11月23日 周一"
    assert ui.date_cn(TODAY) == "2026年11月23日 周一"
    assert ui.date_cn(date(2027, 1, 3), TODAY) == "2027年1月3日 周日"
    assert ui.date_cn(None, TODAY) == "—"


def test_a_moment_counts_for_its_day_in_shanghai():
    late = datetime(2026, 11, 22, 17, 0, tzinfo=ZoneInfo("UTC"))
    assert ui.date_cn(late, TODAY) == "11月23日 周一"


@pytest.mark.parametrize(
    ("days", "text"), [(-30, "30天前"), (-2, "前天"), (-1, "昨天"), (0, "今天"), (1, "明天"), (2, "后天"), (9, "9天后")]
)
def test_distance_in_days(days, text):
    assert ui.days_cn(date.fromordinal(TODAY.toordinal() + days), TODAY) == text


@pytest.mark.parametrize(("moment", "text"), [
    (datetime(2026, 11, 23, 9, 5, tzinfo=SHANGHAI), "今天 09:05"),
    (datetime(2026, 11, 22, 16, 5, tzinfo=SHANGHAI), "昨天 16:05"),
    (datetime(2026, 11, 21, 16, 5, tzinfo=SHANGHAI), "前天 16:05"),
    (datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI), "明天 08:00"),
    (datetime(2026, 11, 18, 16, 5, tzinfo=SHANGHAI), "5天前"),
    (datetime(2026, 11, 2, 16, 5, tzinfo=SHANGHAI), "11月2日"),
    (datetime(2025, 3, 4, 16, 5, tzinfo=SHANGHAI), "2025年3月4日"),
    (datetime(2026, 11, 22, 16, 30, tzinfo=ZoneInfo("UTC")), "今天 00:30"),
])  # fmt: skip
def test_when_something_happened(moment, text):
    assert f">{text}</time>" in ui.ago(moment, TODAY)


def test_nothing_happened():
    assert ui.ago(None, TODAY) == "—"


def test_a_form_key_is_new_each_time():
    template = Template("{% load ui %}{% form_key %}")
    first, second = template.render(Context()), template.render(Context())
    assert first.startswith('<input type="hidden" name="form_key" value="') and first != second


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert ui.icon("bell") == '<i class="bi bi-bell" aria-hidden="true"></i>'
    assert ui.icon("bell", "<通知>").endswith('<span class="visually-hidden">&lt;通知&gt;</span>')


def render(source, query="", **context):
    request = RequestFactory().get(f"/customers/?{query}")
    return Template("{% load ui %}" + source).render(Context({"request": request} | context))


def test_a_stamp_is_to_the_minute_in_shanghai():
    moment = datetime(2026, 11, 22, 17, 4, 5, tzinfo=ZoneInfo("UTC"))
    assert ui.stamp(moment) == '<time datetime="2026-11-23T01:04:05+08:00">2026-11-23 01:04</time>'


def test_a_near_day_needs_no_year():
    assert (ui.month_day(TODAY), ui.month_day(None)) == ('<time datetime="2026-11-23">11-23</time>', "")


def test_an_icon_in_a_template_may_be_named_outright_or_by_the_page():
    page = Template('{% load ui %}{% icon "bell" "<通知>" %}{% icon name %}{% icon name label %}')
    outright, named, labelled = ui.icon("bell", "<通知>"), ui.icon("sun"), ui.icon("sun", "<晴>")
    # What a template writes itself is taken as it stands; what the page brings is escaped.
    assert page.render(Context({"name": "sun", "label": "<晴>"})) == (
        outright.replace("&lt;", "<").replace("&gt;", ">") + named + labelled
    )


def test_a_fixed_part_is_rendered_once_and_knows_nothing_of_the_person():
    page = Template("{% load ui %}{% fixed %}{% form_key %}[{{ name }}]{% endfixed %}{{ name }}")
    first, second = (page.render(Context({"name": name})) for name in ("林悦", "周航"))
    assert first.removesuffix("林悦") == second.removesuffix("周航")
    assert "[]" in first


def test_a_fixed_part_with_a_variable_is_rendered_once_for_each_of_its_values():
    page = Template("{% load ui %}{% fixed who %}{{ who }}{{ name }}{% form_key %}{% endfixed %}")
    a, again, b = (page.render(Context({"who": who, "name": "林悦"})) for who in "aab")
    assert a == again != b and b.startswith("b<")


def test_links_keep_the_filters():
    assert render("{% query_string sort='-aum' %}", "tier=gold&after=x") == "?tier=gold&amp;sort=-aum"


def test_hidden_filters_escape_what_the_address_holds():
    written = render("{% hidden_filters 'columns' %}", "q=%22%3E%3Cscript%3E&columns=a")
    assert written == '<input type="hidden" name="q" value="&quot;&gt;&lt;script&gt;">'


@dataclass
class Entry:
    url_name: str
    label: str = "页面"
    icon: str = "sun"


@pytest.mark.parametrize(("path", "current"), [
    ("/", ["page", ""]), ("/account/password/", ["", "page"]), ("/account/password/done/", ["", "true"]), ("/customers/", ["", ""]),
])  # fmt: skip
def test_the_menu_knows_where_one_is(path, current):
    context = Context(
        {"request": RequestFactory().get(path), "menu": [Entry("home"), Entry("organization:password_change")]}
    )
    assert [link.current for link in ui.main_menu(context)] == current


def test_the_menu_leaves_out_what_does_not_exist():
    context = Context({"request": RequestFactory().get("/"), "menu": [Entry("home"), Entry("nowhere:at_all")]})
    assert len(ui.main_menu(context)) == 1
    assert ui.main_menu(Context({})) == ()


def test_rights_in_templates(world, rf):
    request = rf.get("/")
    request.user = world.rm
    from organization.context_processors import staff

    context = Context({"user": world.rm, "teller": world.teller} | staff(request))
    source = "{% load ui %}{% if user|may:P.WORK_QUEUE %}1{% endif %}{% if teller|may:P.WORK_QUEUE %}2{% endif %}"
    assert Template(source).render(context) == "1"
