"""客户移交: who gives, why, from when, which customers, to whom; and a word when it is sent back."""

from django import forms

from customers.enums import HandOverReason, Tier
from customers.models import Segment
from customers.queries.handovers import givers_for, takers_for
from customers.services.handovers import date_objections
from organization.models import Staff
from ui.forms import Form, RefusableMixin


class HandOverForm(RefusableMixin, Form):
    """Only people the user may name are offered and accepted; the segments are those he may use."""

    giver = forms.ModelChoiceField(Staff.objects.none(), label="移出人", to_field_name="employee_no")
    reason = forms.ChoiceField(label="原因", choices=HandOverReason.choices, widget=forms.RadioSelect)
    starts_on = forms.DateField(label="生效日期")
    ends_on = forms.DateField(
        label="归还前最后一天", required=False, help_text="只有休假填写；次日客户自动归还。其他原因为长期移交，留空"
    )
    tiers = forms.MultipleChoiceField(
        label="客户层级", choices=Tier.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不选为全部层级；下一步还可以逐位挑选",
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        Segment.objects.all(), label="客户分群", to_field_name="public_id", required=False, empty_label="不限"
    )
    takers = forms.ModelMultipleChoiceField(
        Staff.objects.none(), label="接收人", to_field_name="employee_no", widget=forms.CheckboxSelectMultiple,
        help_text="可以选多位，系统按现有管户数分配，大客户先分",
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args, user: Staff, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["segment"].queryset = self.fields["segment"].queryset.active().order_by("name", "pk")
        for name, people in (("giver", givers_for(user)), ("takers", takers_for(user))):
            self.fields[name].queryset = people
            self.fields[name].label_from_instance = _named

    def clean(self):
        data = super().clean()
        if data.get("giver") and data["giver"] in data.get("takers", ()):
            self.add_error("takers", "接收人不能是移出人本人。")
        days = date_objections(data.get("reason", ""), data.get("starts_on"), data.get("ends_on"))
        for name, sentence in days.items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return data


class HandOverDeclineForm(RefusableMixin, Form):
    reason = forms.CharField(
        label="退回理由",
        min_length=2,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="参与各方都会看到",
    )


def _named(staff: Staff) -> str:
    left = "" if staff.is_active else "（已离岗）"
    return f"{staff.name}{left} {staff.employee_no} · {staff.unit.name}"
