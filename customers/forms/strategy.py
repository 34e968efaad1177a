"""调整维护策略."""

from django import forms

from customers.enums import Strategy
from customers.forms.archive import RefusableMixin
from customers.models import Customer
from customers.services.strategy import REASON_MIN
from ui.forms import Form


class StrategyForm(RefusableMixin, Form):
    """The new strategy and why; the reason is part of the history."""

    strategy = forms.ChoiceField(label="维护策略", choices=Strategy.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由", min_length=REASON_MIN, max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="记入档案，主管可见",
    )  # fmt: skip

    def __init__(self, *args, customer: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strategy"].initial = customer.strategy
