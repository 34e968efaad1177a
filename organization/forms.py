"""Signing in, changing the password, arranging a cover."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from organization.models import Cover, Staff, plain_employee_no
from organization.queries import covered_by, substitutes_for
from organization.services.covers import date_objections
from ui.forms import Form, RefusableMixin, TidyFormMixin

_WRONG = (
    "员工号或密码不正确，请重新输入。"
    f"连续{settings.AXES_FAILURE_LIMIT}次错误将锁定{int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)}分钟。"
)


class SignInForm(TidyFormMixin, AuthenticationForm):
    """One sentence for a wrong number, a wrong password and a disabled person: it tells nothing about who exists."""

    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "员工号"
        self.fields["username"].error_messages["required"] = "请填写员工号。"
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "inputmode": "text"}
        self.fields["password"].label = "密码"
        self.fields["password"].error_messages["required"] = "请填写密码。"

    def clean_username(self) -> str:
        return plain_employee_no(self.cleaned_data["username"])


class NewPasswordForm(TidyFormMixin, PasswordChangeForm):
    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "原密码不正确，请重新输入。",
        "password_mismatch": "两次输入的新密码不一致。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (
            ("old_password", "原密码"),
            ("new_password1", "新密码"),
            ("new_password2", "再输一次新密码"),
        ):
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.error_messages["required"] = f"请填写{label}。"


class _StaffChoice(forms.ModelChoiceField):
    """People by employee number: row numbers stay inside."""

    def __init__(self, **options):
        super().__init__(Staff.objects.none(), to_field_name="employee_no", **options)

    def label_from_instance(self, staff: Staff) -> str:
        return f"{staff.name} {staff.employee_no} · {staff.unit.name}"


class CoverForm(RefusableMixin, Form):
    """Who is away, who stands in, from when to when. Only people the user may name are offered and accepted."""

    absent = _StaffChoice(label="休假人", empty_label=None)
    substitute = _StaffChoice(label="代班人", empty_label="请选择")
    starts_on = forms.DateField(label="开始日期")
    ends_on = forms.DateField(label="结束日期", help_text="含当日")
    reason = forms.ChoiceField(label="原因", choices=Cover._meta.get_field("reason").choices)
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args, user: Staff, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["absent"].queryset = covered_by(user)
        self.fields["substitute"].queryset = substitutes_for(user)
        others = self.fields["absent"].queryset.exclude(pk=user.pk).exists()
        if others:
            self.fields["absent"].empty_label = "请选择"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("absent") and cleaned.get("absent") == cleaned.get("substitute"):
            self.add_error("substitute", "代班人不能是休假人本人。")
        for name, sentence in date_objections(cleaned.get("starts_on"), cleaned.get("ends_on")).items():
            self.add_error(name, sentence)
        return cleaned
