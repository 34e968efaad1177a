"""授权同意: what a customer agreed to, or took back."""

from django import forms

from customers.enums import CHANNEL_PURPOSES, Channel, ConsentMeans, ConsentPurpose
from organization import clock
from ui.forms import Form, RefusableMixin

GIVEN, WITHDRAWN = "given", "withdrawn"


class ConsentRecordForm(RefusableMixin, Form):
    """One purpose, which the page names; the channels only where it has any."""

    answer = forms.ChoiceField(
        label="客户的意思", choices=[(GIVEN, "同意"), (WITHDRAWN, "撤回或不同意")], widget=forms.RadioSelect
    )
    channels = forms.MultipleChoiceField(
        label="联系方式", choices=Channel.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择适用的联系方式。"},
    )  # fmt: skip
    happened_on = forms.DateField(label="日期", initial=clock.today)
    obtained_by = forms.ChoiceField(
        label="取得方式", choices=ConsentMeans.choices, widget=forms.RadioSelect, initial=ConsentMeans.SIGNED
    )
    evidence = forms.CharField(
        label="凭据", max_length=200, required=False, help_text="如：授权书编号、录音编号；撤回可不填"
    )

    def __init__(self, *args, purpose: ConsentPurpose, **kwargs):
        super().__init__(*args, **kwargs)
        if purpose not in CHANNEL_PURPOSES:
            del self.fields["channels"]

    def said(self) -> dict:
        """What the service is told."""
        rest = {name: value for name, value in self.cleaned_data.items() if name != "answer"}
        return rest | {"is_given": self.cleaned_data["answer"] == GIVEN}
