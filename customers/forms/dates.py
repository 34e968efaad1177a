"""重要日期, by the solar or the lunar calendar."""

from django import forms

from almanac import lunar
from customers.enums import Calendar, DateKind
from customers.models import Customer, ImportantDate
from ui.forms import Form, RefusableMixin

_SELF = "客户本人"


class ImportantDateForm(RefusableMixin, Form):
    """Whose day, by which calendar, and how early to be told. People are named by their handles."""

    person = forms.ChoiceField(label="谁的日子", required=False)
    kind = forms.ChoiceField(label="类型", choices=DateKind.choices)
    label = forms.CharField(label="名称", max_length=40, required=False, help_text="如：银婚纪念；可不填")
    calendar = forms.ChoiceField(
        label="历法", choices=Calendar.choices, widget=forms.RadioSelect, initial=Calendar.SOLAR
    )
    month = forms.TypedChoiceField(
        label="月", coerce=int, choices=[("", "请选择"), *((n, f"{n}月") for n in range(1, 13))]
    )
    day = forms.TypedChoiceField(
        label="日", coerce=int, choices=[("", "请选择"), *((n, f"{n}日") for n in range(1, 32))]
    )
    is_leap = forms.BooleanField(label="生在闰月（农历）", required=False)
    year = forms.IntegerField(
        label="起始年",
        required=False,
        min_value=1900,
        max_value=2100,
        help_text="出生或结婚那年，农历日子填农历年；不详可不填",
    )
    remind_days = forms.IntegerField(label="提前几天提醒", min_value=0, max_value=60, initial=7)

    def __init__(self, *args, customer: Customer, instance: ImportantDate | None = None, **kwargs):
        self.people = {person.handle: person for person in customer.people.all()}
        if instance is not None:
            kwargs["initial"] = {name: getattr(instance, name) for name in self.base_fields if name != "person"} | {
                "person": instance.person.handle if instance.person else ""
            }
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _SELF)] + [(h, str(person)) for h, person in self.people.items()]

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["person"] = self.people.get(cleaned.get("person", ""))
        if cleaned.get("calendar") == Calendar.LUNAR and (cleaned.get("day") or 0) > 30:
            self.add_error("day", "农历每月最多30天，没有三十一。")
        if cleaned.get("calendar") == Calendar.SOLAR:
            cleaned["is_leap"] = False
            if {"month", "day"} <= set(cleaned):
                self._refuse_missing_day(cleaned["month"], cleaned["day"])
        return cleaned

    def _refuse_missing_day(self, month: int, day: int) -> None:
        try:
            lunar.solar_anniversary(month, day, 2000)  # a leap year: the 29th of February is a day
        except ValueError:
            self.add_error("day", f"公历{month}月没有{day}日。")
