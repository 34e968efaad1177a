"""手工评定层级."""

from datetime import timedelta

from django import forms

from customers.enums import Tier
from customers.forms.archive import RefusableMixin
from customers.models import Customer
from customers.services.held_tiers import REASON_MAX, REASON_MIN
from organization import clock
from ui.forms import Form


class TierReleaseForm(RefusableMixin, Form):
    reason = forms.CharField(
        label="理由", min_length=REASON_MIN, max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="记入档案，客户经理会收到通知",
    )  # fmt: skip


class TierHoldForm(TierReleaseForm):
    """Which tier, through which day, and why."""

    tier = forms.ChoiceField(label="客户层级", choices=Tier.choices, widget=forms.RadioSelect)
    until = forms.DateField(label="截止日期", help_text="含当日；次日起恢复按月日均评定")

    field_order = ("tier", "until", "reason")

    def __init__(self, *args, customer: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].initial = customer.tier
        self.fields["until"].initial = customer.tier_held_until
        self.fields["until"].widget.attrs["min"] = f"{clock.today() + timedelta(days=1)}"
