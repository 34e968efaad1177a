"""The page that shows every part once, as a URL configuration for tests only (`settings.ROOT_URLCONF`)."""

import copy
from decimal import Decimal

import django_filters
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from crm.navigation import Entry
from organization.enums import Permission, UnitKind
from organization.idempotency import once
from organization.models import Unit
from ui import charts, lists
from ui.filters import FilterSet
from ui.forms import Form, MoneyField
from ui.responses import close_drawer, toast
from ui.saved_views import tabs_for
from ui.urls import saved_view_urls

COLUMNS = (
    lists.Column("name", "姓名", sort="name", is_optional=False),
    lists.Column("kind", "层级", sort="kind"),
    lists.Column("code", "资产", sort="code", is_number=True),
)
MENU = (
    ("home", "今日工作台", "sun"), ("sink", "我的客户", "people"), ("organization:account", "我的账户", "person"),
    ("organization:notification_list", "通知", "bell"), ("organization:password_change", "修改密码", "key"),
    ("organization:cover_list", "代班", "person-check"),
)  # fmt: skip
SORTS = {"name": "name", "kind": ("kind", "name"), "code": "code"}


class NoteForm(Form):
    customer = forms.CharField(label="客户", max_length=20)
    channel = forms.ChoiceField(
        label="方式",
        choices=[("", "请选择"), ("phone", "电话"), ("visit", "会面")],
        widget=forms.Select({"data-ts": ""}),
    )
    happened_on = forms.DateField(label="日期")
    amount = MoneyField(label="意向金额", required=False, help_text="可写 1.5万")
    outcome = forms.ChoiceField(label="结果", choices=[("a", "已接通"), ("b", "未接通")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="客户同意接收短信", required=False)
    note = forms.CharField(label="备注", max_length=50, required=False, widget=forms.Textarea({"rows": 3}))


class UnitFilter(FilterSet):
    name = django_filters.CharFilter(label="名称", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="类型", choices=UnitKind.choices)

    class Meta:
        model = Unit
        fields = ["name", "kind"]


drafts: list[dict] = []  # what autosave sent; a test empties it first


def sink(request: HttpRequest) -> HttpResponse:
    filtered = UnitFilter(request.GET, queryset=Unit.objects.all(), request=request)
    page = lists.page_of(
        request, filtered.qs, sorts=SORTS, default_sort="code", page_size=5, cap=20, columns=COLUMNS
    )  # fmt: skip
    for row in page:
        row.amount = Decimal(row.code) * 12345
    chart = charts.line_chart(
        "aum", "近半年金融资产", ["6月", "7月", "8月"], {"本行": [120000, None, 210000], "他行": [80000, 90000, 61000]}, unit="元"
    )  # fmt: skip
    form = NoteForm(request.POST or None, user=request.user)
    context = {
        "list": page, "filter": filtered, "form": form, "chart": chart, "amount": Decimal("1234567.8"),
        "share": Decimal("0.3456"), "tabs": tabs_for(owner=request.user, page="sink", query=request.GET),
        "menu": [Entry(name, label, icon, Permission.USE_SYSTEM) for name, label, icon in MENU],
        "lunar_line": "农历十月十五", "provisional": {2027: "2027年工作日安排为暂定。"},
    }  # fmt: skip
    return render(request, "kitchen_sink.html", context, status=422 if request.POST and not form.is_valid() else 200)


def note_form(request: HttpRequest) -> HttpResponse:
    return render(request, "kitchen_sink_form.html", {"form": NoteForm(user=request.user, auto_id="drawer_%s")})


@once
def note_save(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST, user=request.user, auto_id="drawer_%s")
    if not form.is_valid():
        return render(request, "kitchen_sink_form.html", {"form": form}, status=422)
    return close_drawer(toast(HttpResponse(status=204), "已记录", undo_url="/sink/undo/"))


def note_undo(request: HttpRequest) -> HttpResponse:
    return toast(HttpResponse(status=204), "已撤销")


def draft(request: HttpRequest) -> HttpResponse:
    drafts.append(request.POST.dict())
    return JsonResponse({})


def search(request: HttpRequest) -> HttpResponse:
    found = Unit.objects.filter(name__contains=request.GET.get("q", ""))[:3]
    return render(request, "kitchen_sink_search.html", {"found": found})


urlpatterns = [
    path("sink/", sink, name="sink"),
    path("sink/note/", note_form, name="note_form"),
    path("sink/note/save/", note_save, name="note_save"),
    path("sink/undo/", note_undo),
    path("sink/draft/", draft, name="note_draft"),
    path("customers/", include(([path("search/", search, name="search")], "customers"))),
    path("", sink, name="home"),
    path("account/", include("organization.urls")),
    *saved_view_urls(once),
]


def use(settings_fixture) -> None:
    """Puts the routes and the templates of this page in place for one test."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], settings.BASE_DIR / "tests" / "ui" / "templates"]
    settings_fixture.TEMPLATES = templates
    settings_fixture.ROOT_URLCONF = __name__
    assert engines.all()
