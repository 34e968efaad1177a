"""The configuration site: Chinese, without customers, and every save leaves an audit row."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin

from organization.admin_base import AuditedAdmin, ReadOnlyAdmin
from organization.enums import AuditAction, Role
from organization.models import AuditEvent, Notification, Parameter, Staff, Unit
from organization.parameters import parameter
from organization.scoping import ScopedModel
from organization.services.staff import disable_staff
from tests.world import PASSWORD, TODAY

# Their services write the audit row.
WRITTEN_BY_SERVICES = {"organization.unit", "organization.staff", "organization.parameter", "almanac.holiday"}
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)


@pytest.fixture
def site(world, sign_in):
    return sign_in(world.administrator)


def text(answer) -> str:
    return answer.content.decode()


def unit_form(world, **fields):
    return {
        "parent": world.branch.pk, "kind": "sub_branch", "code": "1110", "name": "东城支行", "is_active": "on",
    } | fields  # fmt: skip


def staff_form(world, **fields):
    return {
        "employee_no": "1010", "name": "新同事", "unit": world.east.pk, "role": "relationship_manager",
        "supervisor": world.supervisor.pk, "daily_capacity": "20",
    } | fields  # fmt: skip


@pytest.mark.parametrize("model", REGISTERED, ids=lambda m: m._meta.label_lower)
def test_no_customer_is_reachable_and_every_save_is_written_down(model):
    assert not issubclass(model, ScopedModel), f"{model.__name__} holds customer data"
    assert model is not Notification
    page = admin.site._registry[model]
    assert isinstance(page, (AuditedAdmin, ReadOnlyAdmin)) or model._meta.label_lower in WRITTEN_BY_SERVICES


def test_no_inline_brings_customers_in():
    inlines = [inline for page in admin.site._registry.values() for inline in page.inlines]
    assert not [inline for inline in inlines if issubclass(inline.model, ScopedModel)]


@pytest.mark.parametrize("model", REGISTERED, ids=lambda m: m._meta.label_lower)
@pytest.mark.parametrize("page", ["changelist", "add"])
def test_every_page_opens_in_chinese_and_without_inline_code(site, model, page):
    answer = site.get(f"/admin/{model._meta.label_lower.replace('.', '/')}/{'add/' if page == 'add' else ''}")
    if page == "add" and isinstance(admin.site._registry[model], ReadOnlyAdmin):
        assert answer.status_code == 403
        return
    if answer.status_code == 403:
        assert not admin.site._registry[model].has_add_permission(answer.wsgi_request)
        return
    html = text(answer)
    assert answer.status_code == 200
    assert str(model._meta.verbose_name) in html
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_the_auditor_reads_the_trail_and_nothing_else(world, sign_in):
    client = sign_in(world.auditor)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/organization/auditevent/").status_code == 200
    assert client.get("/admin/organization/auditseal/").status_code == 200
    for model in ("unit", "staff", "parameter", "cover"):
        assert client.get(f"/admin/organization/{model}/").status_code == 403


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_nobody_changes_the_trail(world, sign_in, who):
    client = sign_in(world.people[who])
    event = AuditEvent.objects.latest("id")
    page = f"/admin/organization/auditevent/{event.pk}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}change/", {"actor": "别人"}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}
    client.post("/admin/organization/auditevent/", chosen)
    assert AuditEvent.objects.filter(pk=event.pk, actor=event.actor).exists()


def test_the_trail_is_found_by_person_and_by_object(world, site):
    found = site.get("/admin/organization/auditevent/?q=0009").context["cl"]
    assert found.result_count == AuditEvent.objects.filter(actor_id=world.administrator.pk).count() > 0
    assert site.get("/admin/organization/auditevent/?q=nobody").context["cl"].result_count == 0


def test_a_unit_through_the_page(world, site):
    assert site.post("/admin/organization/unit/add/", unit_form(world)).status_code == 302
    unit = Unit.objects.get(code="1110")
    assert unit.path == "0000/1100/1110/"
    answer = site.post(f"/admin/organization/unit/{unit.pk}/change/", unit_form(world, code="1119"))
    assert answer.status_code == 302
    assert Unit.objects.get(pk=unit.pk).path == "0000/1100/1119/"
    actions = AuditEvent.objects.filter(object_type="organization.unit").order_by("id").values_list("action", flat=True)
    assert list(actions) == [AuditAction.CREATE, AuditAction.CHANGE]
    assert "\u3000\u3000东城支行" in text(site.get("/admin/organization/unit/"))


def test_a_refused_unit_keeps_what_was_typed(world, site):
    answer = site.post("/admin/organization/unit/add/", unit_form(world, kind="branch", name="想当分行"))
    assert "分行不能设在分行之下" in text(answer)
    assert "想当分行" in text(answer)
    assert not Unit.objects.filter(code="1110").exists()


def test_a_person_through_the_page_gets_a_password_shown_once(world, site):
    answer = site.post("/admin/organization/staff/add/", staff_form(world), follow=True)
    password = re.search(r"初始密码：(\S+) ", text(answer)).group(1)
    staff = Staff.objects.get(employee_no="1010")
    assert staff.check_password(password)
    assert staff.must_change_password
    assert password not in text(site.get("/admin/organization/staff/"))
    page = text(site.get(f"/admin/organization/staff/{staff.pk}/change/"))
    assert staff.password not in page
    assert 'name="password"' not in page
    assert AuditEvent.objects.filter(object_type="organization.staff", action=AuditAction.CREATE).count() == 1


def test_raw_rights_cannot_be_given(world, site):
    form = staff_form(world, is_superuser="on", is_staff="on", groups="1", password="x", is_active="")
    site.post("/admin/organization/staff/add/", form)
    staff = Staff.objects.get(employee_no="1010")
    assert (staff.is_superuser, staff.is_staff, staff.is_active) == (False, False, True)


def test_nobody_changes_his_own_role_on_the_page(world, site):
    form = staff_form(world, name="管理员甲", unit=world.head_office.pk, role="rm_supervisor", supervisor="")
    answer = site.post(f"/admin/organization/staff/{world.administrator.pk}/change/", form)
    assert "不能修改自己的岗位" in text(answer)
    world.administrator.refresh_from_db()
    assert world.administrator.role == Role.ADMINISTRATOR


def act(site, action, *people, **fields):
    form = {"action": action, "_selected_action": [p.pk for p in people]} | fields
    return text(site.post("/admin/organization/staff/", form, follow=True))


@pytest.mark.parametrize("action", ["reset_passwords", "disable"])
def test_what_cannot_be_taken_back_is_asked_first(world, site, action):
    before = world.rm.password
    page = act(site, action, world.rm)
    assert "确定" in page and "林悦" in page and 'name="confirmed"' in page
    world.rm.refresh_from_db()
    assert (world.rm.password, world.rm.is_active) == (before, True)


def test_actions_on_people(world, site):
    page = act(site, "reset_passwords", world.rm, confirmed="yes")
    world.rm.refresh_from_db()
    assert world.rm.check_password(re.search(r"初始密码：(\S+) ", page).group(1))
    assert "林悦已停用" in act(site, "disable", world.rm, confirmed="yes")
    assert "不能停用自己的账号" in act(site, "disable", world.administrator, confirmed="yes")
    assert "初始密码" in act(site, "enable", world.rm)
    assert "没有被锁定" in act(site, "unlock_logins", world.rm)


def test_locked_people_are_found_and_unlocked(world, site, client):
    from django.test import Client

    guest = Client()
    for n in range(5):
        guest.post("/account/login/", {"username": "1001", "password": f"Wrong-{n}-pass"})
    found = site.get("/admin/organization/staff/?locked=yes").context["cl"].result_list
    assert [staff.employee_no for staff in found] == ["1001"]
    assert "林悦已解锁" in act(site, "unlock_logins", world.rm)
    assert guest.post("/account/login/", {"username": "1001", "password": PASSWORD}).status_code == 302


def test_only_leaders_are_offered_as_supervisors(world, site):
    answer = site.get(
        "/admin/autocomplete/?app_label=organization&model_name=staff&field_name=supervisor&term="
    )  # fmt: skip
    names = {row["text"] for row in answer.json()["results"]}
    assert names == {"沈静 1002", "康敏 1102", "韩峰 1004", "罗毅 1201"}
    disable_staff(by=None, staff=world.outlet_head)


def parameter_form(**fields):
    return {
        "code": "cover_max_days", "effective_from": f"{TODAY + timedelta(days=3)}", "value": "90", "source": "通知1号",
        "note": "",
    } | fields  # fmt: skip


def test_a_parameter_through_the_page(world, site, django_capture_on_commit_callbacks):
    page = site.get("/admin/organization/parameter/add/?code=cover_max_days")
    assert page.context["adminform"].form.initial["value"] == 180
    with django_capture_on_commit_callbacks(execute=True):
        assert site.post("/admin/organization/parameter/add/", parameter_form()).status_code == 302
    assert parameter("cover_max_days", TODAY + timedelta(days=3)) == 90
    row = Parameter.objects.get(code="cover_max_days", effective_from=TODAY + timedelta(days=3))
    page = f"/admin/organization/parameter/{row.pk}"
    assert site.post(f"{page}/change/", parameter_form(value="60")).status_code == 302
    assert site.post(f"{page}/delete/", {"post": "yes"}).status_code == 302
    actions = AuditEvent.objects.filter(object_type="organization.parameter").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["create", "change", "delete"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"value": "{90"}, "请填写整数"),
        ({"value": "-3"}, "不能为负数"),
        ({"value": ""}, "请填写取值"),
        ({"code": "maturity_lead_days", "value": "30,早"}, "请填写整数,用逗号隔开"),
        ({"code": "beat_matrix", "value": "{90"}, "取值的写法有误"),
        ({"effective_from": "2026-11-22"}, "不能早于今天"),
        ({"source": ""}, "请填写依据"),
        ({"code": "beat_matrix", "value": '{"GOLD": {}}'}, "缺少"),
    ],
)
def test_a_refused_parameter_says_why(site, fields, sentence):
    answer = site.post("/admin/organization/parameter/add/", parameter_form(**fields))
    assert answer.status_code == 200
    assert sentence in text(answer)


def cells(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(value:[^"]+)" value="([^"]*)"', page))


def test_the_beat_table_is_filled_in_by_its_places(site):
    """层级 × 策略 → 会面, 电话: as a table of inputs in Chinese, and back into the same value."""
    page = text(site.get("/admin/organization/parameter/add/?code=beat_matrix"))
    boxes = cells(page)
    assert len(boxes) == 6 * 6
    assert boxes["value:PRIVATE.INTENSIVE.meeting"] == "1个月"
    assert boxes["value:PRIVATE.INTENSIVE.phone"] == "1周"
    assert boxes["value:MASS.ACTIVE.phone"] == ""
    assert 'aria-label="私行客户 · 积极 · 会面"' in page
    assert "&quot;INTENSIVE&quot;" not in page
    form = {k: v for k, v in parameter_form(code="beat_matrix").items() if k != "value"} | boxes
    answer = site.post(
        "/admin/organization/parameter/add/?code=beat_matrix", form | {"value:GOLD.RESPONSIVE.meeting": "12月"}
    )
    assert answer.status_code == 302
    saved = Parameter.objects.get(code="beat_matrix", effective_from=TODAY + timedelta(days=3)).value
    shipped = parameter("beat_matrix")
    assert saved["GOLD"]["RESPONSIVE"] == {"phone": "3M", "meeting": "12M"}
    assert {key: value for key, value in saved.items() if key != "GOLD"} == {
        key: value for key, value in shipped.items() if key != "GOLD"
    }


def test_a_wrong_place_of_a_table_is_named_in_chinese_and_keeps_what_was_typed(site):
    boxes = cells(text(site.get("/admin/organization/parameter/add/?code=beat_matrix")))
    form = {k: v for k, v in parameter_form(code="beat_matrix").items() if k != "value"} | boxes
    page = text(site.post("/admin/organization/parameter/add/", form | {"value:GOLD.ACTIVE.phone": "常常"}))
    assert "金卡客户 · 主动 · 电话请填写" in page
    assert cells(page)["value:GOLD.ACTIVE.phone"] == "常常"


@pytest.mark.parametrize("code", ["tier_thresholds", "task_priority", "maturity_lead_days"])
def test_what_a_parameter_is_filled_with_comes_back_as_it_was(site, code):
    page = site.get(f"/admin/organization/parameter/add/?code={code}")
    form = {k: v for k, v in parameter_form(code=code).items() if k != "value"} | cells(text(page))
    if code == "maturity_lead_days":
        form["value"] = "30,7、1"
    assert site.post("/admin/organization/parameter/add/", form).status_code == 302
    saved = Parameter.objects.get(code=code, effective_from=TODAY + timedelta(days=3))
    assert saved.value == parameter(code)


def test_the_trail_speaks_chinese(world, sign_in):
    sign_in(world.rm).get("/team/")
    site = sign_in(world.administrator)
    page = text(site.get("/admin/organization/auditevent/"))
    assert "organization.staff" not in page
    assert '<td class="field-kind">页面</td>' in page
    assert "客户经理主管</a>" in page
    event = AuditEvent.objects.filter(object_type="page").latest("id")
    detail = text(site.get(f"/admin/organization/auditevent/{event.pk}/change/"))
    assert "relationship_manager" not in detail
    assert site.get("/admin/organization/auditevent/?role=teller").context["cl"].result_count == 0


def test_a_parameter_in_force_is_only_looked_at(world, site):
    row = Parameter.objects.get(code="beat_matrix")
    page = f"/admin/organization/parameter/{row.pk}"
    assert site.get(f"{page}/change/").status_code == 200
    assert site.post(f"{page}/change/", parameter_form()).status_code == 403
    assert site.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    site.post("/admin/organization/parameter/", chosen)
    assert Parameter.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [m for m in REGISTERED if isinstance(admin.site._registry[m], AuditedAdmin)])
def test_an_audited_page_writes_down_making_changing_and_deleting(world, rf, model):
    page = admin.site._registry[model]
    request = rf.post("/")
    request.user = world.administrator
    obj = model()
    form = type("Form", (), {"changed_data": []})()
    before = AuditEvent.objects.count()
    for field in model._meta.concrete_fields:
        if not field.has_default() and not field.null and field.get_internal_type() == "CharField":
            setattr(obj, field.attname, "x")
    page.save_model(request, obj, form, change=False)
    page.save_model(request, obj, form, change=True)
    page.delete_queryset(request, model._base_manager.filter(pk=obj.pk))
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)[before:]
    assert list(actions) == [AuditAction.CREATE, AuditAction.DELETE]


def test_every_table_of_the_house_is_known():
    """A new app is seen here: either its rows are scoped, or somebody decided that they are configuration."""
    ours = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}
    assert ours == {"almanac", "ui", "organization", "customers", "maintenance", "crm"}
