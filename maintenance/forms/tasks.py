"""What is asked when a task is moved, skipped or done."""

from django import forms

from maintenance.enums import SkipReason
from maintenance.forms.dates import NextDate, next_date
from maintenance.forms.fields import TaskChoices
from organization import clock
from ui.forms import DateInput, Form


class SnoozeForm(Form):
    tasks = TaskChoices()
    choice = forms.ChoiceField(
        label="改到", required=False, widget=forms.RadioSelect, initial=NextDate.TOMORROW,
        choices=[(c.value, c.label) for c in NextDate if c != NextDate.NONE],
    )  # fmt: skip
    planned_on = forms.DateField(label="日期", required=False, widget=DateInput)
    reason = forms.CharField(label="原因", required=False, max_length=200)

    def clean(self):
        data = super().clean()
        if data.get("choice") != NextDate.OTHER and not data.get("planned_on"):
            data["planned_on"] = next_date(data.get("choice"), clock.today())
        if data.get("choice") not in (NextDate.OTHER, "", None):
            data["planned_on"] = next_date(data["choice"], clock.today())
        if not data.get("planned_on") and "planned_on" not in self.errors:
            self.add_error("planned_on", "请选择改到哪一天。")
        return data


class SkipForm(Form):
    tasks = TaskChoices()
    reason = forms.ChoiceField(label="跳过原因", choices=SkipReason, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", required=False, max_length=200)

    def clean(self):
        data = super().clean()
        if data.get("reason") == SkipReason.OTHER and not data.get("note") and "note" not in self.errors:
            self.add_error("note", "原因选了“其他”，请写明说明。")
        return data


class CompleteForm(Form):
    tasks = TaskChoices()
    note = forms.CharField(label="说明", required=False, max_length=200)
