"""批量办理: for whom, and what."""

from django import forms

from customers.enums import Strategy
from customers.models import Segment
from customers.services.strategy import REASON_MIN
from ui.forms import Form, RefusableMixin

ALL, SOME = "all", "some"


class BulkForm(RefusableMixin, Form):
    """`expected` is how many the list had when it was shown: a list that has changed is shown anew."""

    who = forms.ChoiceField(
        label="客户",
        choices=[(ALL, "符合条件的全部客户"), (SOME, "只选勾选的客户")],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    customers = forms.MultipleChoiceField(required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, shown: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customers"].choices = [(public_id, public_id) for public_id in shown]

    def clean(self):
        data = super().clean()
        if data.get("who") == SOME and not data.get("customers") and "customers" not in self.errors:
            self.add_error(None, "请至少勾选一位客户，或改选“符合条件的全部客户”。")
        return data


class BulkStrategyForm(BulkForm):
    strategy = forms.ChoiceField(label="维护策略", choices=Strategy.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由", min_length=REASON_MIN, max_length=150, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="记入每位客户的档案，主管可见",
    )  # fmt: skip


class BulkTagForm(BulkForm):
    """One of the tags there are, or the name of a new one."""

    tag = forms.ModelChoiceField(
        Segment.objects.none(), label="标签", to_field_name="public_id", required=False, empty_label="新建标签"
    )
    new_tag = forms.CharField(label="新标签名称", max_length=40, required=False)

    def __init__(self, *args, tags, may_create: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = tags
        if not may_create:
            del self.fields["new_tag"]
            self.fields["tag"].required, self.fields["tag"].empty_label = True, "请选择"

    def clean(self):
        data = super().clean()
        if "new_tag" in self.fields and not data.get("tag") and not data.get("new_tag"):
            self.add_error("new_tag", "请选择标签，或填写新标签名称。")
        return data


class BulkExportForm(BulkForm):
    reason = forms.CharField(
        label="用途", min_length=REASON_MIN, max_length=200, help_text="记入审计，并印在导出的名单上"
    )


class ExportDecisionForm(RefusableMixin, Form):
    agrees = forms.ChoiceField(label="审批", choices=[("yes", "同意"), ("no", "不同意")], widget=forms.RadioSelect)
    answer = forms.CharField(label="审批意见", max_length=200, required=False)
