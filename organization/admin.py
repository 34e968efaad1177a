"""The configuration site: units, people, parameters, and the audit trail to be read. No customer is reachable here."""

import json

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django_password_validators.password_history.models import PasswordHistory, UserPasswordHistoryConfig

from organization import clock
from organization.admin_base import ReadOnlyAdmin, ShortPaginator, confirmed
from organization.admin_forms import ParameterForm, StaffForm, UnitForm
from organization.enums import Role
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, AuditSeal, Cover, Parameter, Staff, Unit
from organization.parameters import declared, parameter
from organization.policies import LEADING_ROLES
from organization.services.parameters import is_in_force, remove_parameter, save_parameter
from organization.services.staff import create_staff, disable_staff, enable_staff, reset_password, unlock, update_staff
from organization.services.units import create_unit, update_unit
from organization.value_inputs import said

# Objects of the trail that are no rows.
_KINDS = {"page": "页面", "organization.signin": "登录"}

# Roles are a table in code; locks are taken off from the person's row; password digests are nobody's business.
for model in (Group, AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog, PasswordHistory,
              UserPasswordHistoryConfig):  # fmt: skip
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    form = UnitForm
    list_display = ["tree_name", "code", "kind", "plan_closes_at", "is_active", "path"]
    list_filter = ["kind", "is_active"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["path"]
    list_per_page = 200

    @admin.display(description="机构", ordering="path")
    def tree_name(self, unit: Unit) -> str:
        return "\u3000" * (unit.path.count("/") - 1) + unit.name

    def save_model(self, request: HttpRequest, obj: Unit, form, change: bool) -> None:
        fields = form.cleaned_data
        if change:
            saved = update_unit(by=request.user, unit=obj, **fields)
        else:
            fields.pop("is_active", None)
            saved = create_unit(by=request.user, **fields)
        _take_over(obj, saved)

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False  # history refers to it: put it out of use instead


class LockedFilter(admin.SimpleListFilter):
    title = "登录锁定"
    parameter_name = "locked"

    def lookups(self, request, model_admin):
        return [("yes", "已锁定")]

    def queryset(self, request, queryset):
        if self.value() != "yes":
            return queryset
        since = clock.host_now() - settings.AXES_COOLOFF_TIME
        locked = AccessAttempt.objects.filter(
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
        )
        return queryset.filter(employee_no__in=locked.values("username"))


@admin.register(Staff)
class StaffAdmin(admin.ModelAdmin):
    form = StaffForm
    list_display = ["employee_no", "name", "unit", "role", "supervisor", "is_active", "last_login"]
    list_filter = ["role", "is_active", LockedFilter]
    list_select_related = ["unit", "supervisor"]
    search_fields = ["employee_no", "name"]
    autocomplete_fields = ["unit", "supervisor"]
    actions = ["reset_passwords", "unlock_logins", "disable", "enable"]

    def get_readonly_fields(self, request, obj=None):
        return ["employee_no", "is_active", "last_login", "password_changed_at"] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        return type("BoundStaffForm", (super().get_form(request, obj, change, **kwargs),), {"by": request.user})

    def get_search_results(self, request, queryset, search_term):
        queryset, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") == "supervisor":
            queryset = queryset.filter(role__in=LEADING_ROLES, is_active=True)
        return queryset, may_repeat

    def save_model(self, request: HttpRequest, obj: Staff, form, change: bool) -> None:
        if change:
            _take_over(obj, update_staff(by=request.user, staff=obj, **form.cleaned_data))
            return
        staff, password = create_staff(by=request.user, **form.cleaned_data)
        _take_over(obj, staff)
        self._hand_over(request, staff, password)

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False  # somebody who left is put out of use; what they did stays theirs

    @admin.action(description="重置密码", permissions=["change"])
    @confirmed("确定重置这些人的密码吗？现在的密码立即失效，已登录的会退出。")
    def reset_passwords(self, request: HttpRequest, queryset: QuerySet[Staff]) -> None:
        for staff in queryset.select_related("unit"):
            self._hand_over(request, staff, reset_password(by=request.user, staff=staff))

    @admin.action(description="解除登录锁定", permissions=["change"])
    def unlock_logins(self, request: HttpRequest, queryset: QuerySet[Staff]) -> None:
        for staff in queryset.select_related("unit"):
            done = unlock(by=request.user, staff=staff)
            self.message_user(request, f"{staff.name}{'已解锁' if done else '没有被锁定'}。")

    @admin.action(description="停用", permissions=["change"])
    @confirmed("确定停用这些人吗？他们会立即退出，不能再登录。")
    def disable(self, request: HttpRequest, queryset: QuerySet[Staff]) -> None:
        for staff in queryset.select_related("unit"):
            try:
                disable_staff(by=request.user, staff=staff)
            except RuleViolation as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, f"{staff.name}已停用，其登录已全部退出。")

    @admin.action(description="重新启用", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Staff]) -> None:
        for staff in queryset.select_related("unit"):
            self._hand_over(request, staff, enable_staff(by=request.user, staff=staff))

    def _hand_over(self, request: HttpRequest, staff: Staff, password: str) -> None:
        text = f"{staff.name}（{staff.employee_no}）的初始密码：{password} 。只显示这一次，请当面交给本人，首次登录须修改。"
        self.message_user(request, text, messages.WARNING)


@admin.register(Cover)
class CoverAdmin(ReadOnlyAdmin):
    """To be looked at: covers are arranged by the business, because they open customers."""

    list_display = ["absent", "substitute", "starts_on", "ends_on", "reason", "is_cancelled", "created_by"]
    list_filter = ["is_cancelled", "reason", "starts_on"]
    list_select_related = ["absent", "substitute", "created_by"]
    search_fields = ["absent__name", "absent__employee_no", "substitute__name", "substitute__employee_no"]


@admin.register(Parameter)
class ParameterAdmin(admin.ModelAdmin):
    form = ParameterForm
    list_display = ["label", "code", "effective_from", "short_value", "state", "source", "add_value"]
    search_fields = ["code", "note", "source"]
    list_per_page = 100

    @admin.display(description="名称")
    def label(self, row: Parameter) -> str:
        return declared()[row.code].label if row.code in declared() else row.note

    @admin.display(description="取值")
    def short_value(self, row: Parameter) -> str:
        return "点名称看明细" if isinstance(row.value, dict) else said(declared().get(row.code), row.value)

    @admin.display(description="取值")
    def full_value(self, row: Parameter) -> str:
        return said(declared().get(row.code), row.value)

    def get_fields(self, request: HttpRequest, obj: Parameter | None = None):
        """A value in force is looked at: as a table, and with its name before its code."""
        if obj and not self.has_change_permission(request, obj):
            return ["label", "code", "effective_from", "full_value", "source", "note"]
        return ["code", "effective_from", "value", "source", "note"]

    @admin.display(description="状态")
    def state(self, row: Parameter) -> str:
        if row.effective_from > clock.today():
            return "将生效"
        return "现行" if parameter(row.code) == row.value else "已被取代"

    @admin.display(description="修改")
    def add_value(self, row: Parameter) -> str:
        return format_html('<a href="add/?code={}">新增取值</a>', row.code)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        code = request.GET.get("code", "")
        if code not in declared():
            return {}
        return {"code": code, "effective_from": clock.today(), "value": parameter(code), "note": declared()[code].label}

    def has_change_permission(self, request: HttpRequest, obj: Parameter | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and is_in_force(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Parameter | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and is_in_force(obj))

    def save_model(self, request: HttpRequest, obj: Parameter, form, change: bool) -> None:
        _take_over(obj, save_parameter(by=request.user, row=obj if change else None, **form.cleaned_data))

    def delete_model(self, request: HttpRequest, obj: Parameter) -> None:
        remove_parameter(by=request.user, row=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Parameter]) -> None:
        for row in queryset:
            remove_parameter(by=request.user, row=row)


class RoleFilter(admin.SimpleListFilter):
    title = "岗位"
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return Role.choices

    def queryset(self, request, queryset):
        return queryset.filter(role=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "action", "kind", "object_label", "reason", "ip"]
    list_filter = [("at", admin.DateFieldListFilter), "action", RoleFilter]
    search_fields = ["object_id"]
    search_help_text = "员工号（查其所做的操作），或对象编号"
    show_full_result_count = False
    paginator = ShortPaginator
    list_per_page = 50
    fields = [
        "at", "actor", "role_name", "unit_code", "action", "kind", "object_id", "object_label", "before_text",
        "after_text", "reason", "ip", "request_id", "row_hash",
    ]  # fmt: skip
    readonly_fields = ["role_name", "kind", "before_text", "after_text"]

    def get_search_results(self, request, queryset, search_term):
        """Exact, by the two indexes: the trail is too long to be combed."""
        term = search_term.strip()
        if not term:
            return queryset, False
        people = list(Staff.objects.filter(employee_no=term.upper()).values_list("pk", flat=True))
        return queryset.filter(Q(actor_id__in=people) | Q(object_id=term)), False

    @admin.display(description="对象类型", ordering="object_type")
    def kind(self, event: AuditEvent) -> str:
        return _kind(event.object_type)

    @admin.display(description="岗位", ordering="role")
    def role_name(self, event: AuditEvent) -> str:
        return dict(Role.choices).get(event.role, event.role)

    @admin.display(description="修改前")
    def before_text(self, event: AuditEvent) -> str:
        return _readable(event.before)

    @admin.display(description="修改后")
    def after_text(self, event: AuditEvent) -> str:
        return _readable(event.after)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    list_display = ["number", "sealed_at", "rows", "last_id", "digest"]
    ordering = ["-number"]
    list_per_page = 50


def _kind(object_type: str) -> str:
    """What a person calls the kind of object: the model's Chinese name."""
    if object_type in _KINDS:
        return _KINDS[object_type]
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def _readable(values: dict | None) -> str:
    """One line for each value, with the label of its field where the writer named none."""
    if not values:
        return "—"
    return format_html_join("", '<div class="audit-line">{}:{}</div>', ((key, _plain(v)) for key, v in values.items()))


def _plain(value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value in (None, ""):
        return "（空）"
    return value if isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False)


def _take_over(obj, saved) -> None:
    """The service worked on its own copy; the page goes on with this one."""
    obj.__dict__.update({k: v for k, v in saved.__dict__.items() if k != "_state"})
    obj._state.adding = False
