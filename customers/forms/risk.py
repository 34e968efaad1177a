"""风险测评: what the customer's test said, and that a material change has overtaken it."""

from django import forms

from customers.enums import AssessmentPlace, RiskTolerance, StaleReason
from organization import clock
from ui.forms import Form, RefusableMixin

_TOLD = [(value, label) for value, label in StaleReason.choices if value != StaleReason.SENIOR]


class RiskAssessmentForm(RefusableMixin, Form):
    level = forms.ChoiceField(label="风险承受能力", choices=RiskTolerance.choices, widget=forms.RadioSelect)
    assessed_on = forms.DateField(label="测评日期", initial=clock.today)
    place = forms.ChoiceField(
        label="测评渠道", choices=AssessmentPlace.choices, widget=forms.RadioSelect, initial=AssessmentPlace.OUTLET
    )
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="如：问卷编号")
    is_own_answer = forms.BooleanField(
        label="问卷由客户本人作答，没有代填、没有引导",
        error_messages={"required": "测评须由客户本人作答；确认后请勾选。"},
    )


class StaleForm(RefusableMixin, Form):
    reason = forms.ChoiceField(label="发生了什么变化", choices=_TOLD, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="如：客户已退休，收入减少")
