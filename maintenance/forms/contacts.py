"""记一笔, its correction, appointments."""

from django import forms

from customers.enums import Channel
from customers.forms.fields import CustomerField
from maintenance.enums import MANAGER_OUTCOMES, Direction
from maintenance.forms.dates import NextDate, next_date
from maintenance.forms.fields import TaskChoices
from organization import clock
from ui.forms import DateInput, DateTimeInput, Form, TimeInput

_OUTCOMES = [(outcome.value, outcome.label) for outcome in MANAGER_OUTCOMES]


class ContactForm(Form):
    """记一笔. With a customer given by the page the field is hidden."""

    customer = CustomerField()
    channel = forms.ChoiceField(label="方式", choices=Channel, widget=forms.RadioSelect, initial=Channel.PHONE)
    direction = forms.ChoiceField(
        label="方向", choices=Direction, widget=forms.RadioSelect, initial=Direction.OUTBOUND, required=False
    )
    outcome = forms.ChoiceField(
        label="结果", choices=_OUTCOMES, widget=forms.RadioSelect(attrs={"data-focus-here": ""})
    )
    note = forms.CharField(
        label="内容", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )
    happened_at = forms.DateTimeField(label="时间", required=False, widget=DateTimeInput)
    next_choice = forms.ChoiceField(
        label="下次联系", choices=NextDate, widget=forms.RadioSelect, initial=NextDate.NONE, required=False
    )
    next_on = forms.DateField(label="下次联系日期", required=False, widget=DateInput)
    next_at = forms.TimeField(label="下次联系时间", required=False, widget=TimeInput)
    next_channel = forms.ChoiceField(label="下次联系方式", choices=[("", "同本次"), *Channel.choices], required=False)
    next_matter = forms.CharField(label="下次联系事项", required=False, max_length=200)
    closes = TaskChoices(label="一并办结", required=False)

    def clean_happened_at(self):
        return self.cleaned_data["happened_at"] or clock.now()

    def clean_direction(self):
        return self.cleaned_data["direction"] or Direction.OUTBOUND

    def clean(self):
        data = super().clean()
        choice = data.get("next_choice") or NextDate.NONE
        if choice == NextDate.OTHER:
            if not data.get("next_on") and "next_on" not in self.errors:
                self.add_error("next_on", "请选择下次联系的日期，或改选“暂不约定”。")
        else:
            data["next_on"] = next_date(choice, clock.today())
        if not data.get("next_on"):
            data["next_at"] = None
        return data


class ContactEditForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(label="方式", choices=Channel, widget=forms.RadioSelect)
    direction = forms.ChoiceField(label="方向", choices=Direction, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label="结果", choices=_OUTCOMES, widget=forms.RadioSelect)
    happened_at = forms.DateTimeField(label="时间", widget=DateTimeInput)
    note = forms.CharField(
        label="内容", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000})
    )


class AppointmentForm(Form):
    customer = CustomerField()
    day = forms.DateField(label="日期", widget=DateInput)
    starts_at = forms.TimeField(label="时间", required=False, widget=TimeInput)
    channel = forms.ChoiceField(label="方式", choices=Channel, widget=forms.RadioSelect, initial=Channel.PHONE)
    matter = forms.CharField(label="事项", max_length=200)


class CancelForm(Form):
    reason = forms.CharField(label="取消原因", required=False, max_length=200)
