"""Forms of the configuration site: they ask the services' own checks, so a refusal stands beside what was typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from organization.exceptions import RuleViolation
from organization.models import Parameter, Staff, Unit, plain_employee_no
from organization.parameters import declared
from organization.services.parameters import check_parameter
from organization.services.staff import check_staff
from organization.services.units import check_unit
from organization.value_inputs import ReadableJSONField, field_for, in_words


class _RuledForm(forms.ModelForm):
    """Asks `check(cleaned)` once every field is there."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.check(cleaned)
            except RuleViolation as refusal:
                raise ValidationError(str(refusal)) from None
        return cleaned

    def check(self, cleaned: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def stored(self):
        return self.instance if self.instance.pk else None


class UnitForm(_RuledForm):
    class Meta:
        model = Unit
        fields = ["parent", "kind", "code", "name", "plan_closes_at", "is_active"]
        help_texts = {
            "parent": "总行没有上级；改变上级时，下级机构随之移动",
            "code": "20位以内的数字、字母和短横线",
            "is_active": "停用前须先调离在岗员工并停用下级机构",
        }

    def check(self, cleaned):
        check_unit(
            unit=self.stored, parent=cleaned["parent"], kind=cleaned["kind"], code=cleaned["code"],
            name=cleaned["name"], is_active=cleaned["is_active"],
        )  # fmt: skip


class StaffForm(_RuledForm):
    by: Staff  # who fills it in; set by the page

    class Meta:
        model = Staff
        fields = ["employee_no", "name", "unit", "role", "supervisor", "mobile", "email", "daily_capacity"]
        help_texts = {
            "employee_no": "保存后显示一次随机初始密码，首次登录须修改",
            "role": "不能修改自己的岗位",
            "supervisor": "客户经理主管、网点负责人或支行负责人",
        }

    def clean_employee_no(self) -> str:
        return plain_employee_no(self.cleaned_data["employee_no"])

    def check(self, cleaned):
        staff = Staff.objects.get(pk=self.instance.pk) if self.stored else None
        check_staff(
            staff=staff, by=self.by, employee_no=cleaned.get("employee_no") or staff.employee_no,
            name=cleaned["name"], unit=cleaned["unit"], role=cleaned["role"], supervisor=cleaned["supervisor"],
        )  # fmt: skip


class ParameterForm(_RuledForm):
    code = forms.ChoiceField(label="参数")
    value = ReadableJSONField()

    class Meta:
        model = Parameter
        fields = ["code", "effective_from", "value", "source", "note"]
        help_texts = {
            "effective_from": "今天或以后；从这一天起取代原取值，以前的结果不变",
            "source": "文件名称和文号，或批准人",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.data.get("code") or self.initial.get("code") or self.instance.code
        self.declaration = declared().get(code)
        if "code" in self.fields:
            chosen = [self.declaration] if self.initial.get("code") and self.declaration else declared().values()
            self.fields["code"].choices = sorted((d.code, f"{d.label}（{d.code}）") for d in chosen)
        if "value" in self.fields and self.declaration:
            self.fields["value"] = field_for(self.declaration)
        for name in ("source", "effective_from"):
            if name in self.fields:
                self.fields[name].error_messages["required"] = f"请填写{self.fields[name].label}。"

    def check(self, cleaned):
        row = Parameter.objects.get(pk=self.instance.pk) if self.stored else None
        try:
            check_parameter(
                row=row, code=cleaned["code"], effective_from=cleaned["effective_from"], value=cleaned["value"],
                source=cleaned["source"],
            )  # fmt: skip
        except RuleViolation as refusal:
            raise RuleViolation(in_words(self.declaration, str(refusal))) from None
