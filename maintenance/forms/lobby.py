"""大堂速查 and 大堂提示."""

from datetime import timedelta

from django import forms

from maintenance.enums import WalkInMatter
from maintenance.parameters import COUNTER_NOTE_DAYS
from organization import clock
from organization.parameters import parameter
from ui.forms import DateInput, Form


class WalkInForm(Form):
    matter = forms.ChoiceField(label="来办什么事", choices=WalkInMatter.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="可不填；请不要写金额和账号")


class CounterNoteForm(Form):
    text = forms.CharField(
        label="提示", max_length=100, required=False,
        help_text="如：请告知新到的存单额度；大堂、柜员可见，请不要写金额。清空即取消",
    )  # fmt: skip
    valid_until = forms.DateField(label="有效期至", widget=DateInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].initial = clock.today() + timedelta(days=parameter(COUNTER_NOTE_DAYS))
