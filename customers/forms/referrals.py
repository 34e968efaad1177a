"""客户引荐."""

from django import forms

from customers.forms.fields import CustomerField
from organization import clock
from ui.forms import Form, RefusableMixin

CUSTOMER, LEAD = "customer", "lead"


class ReferralForm(RefusableMixin, Form):
    """Either a customer already, or a name with a number to call."""

    who = forms.ChoiceField(
        label="被引荐人", choices=[(LEAD, "还不是客户"), (CUSTOMER, "已是客户")], widget=forms.RadioSelect, initial=LEAD
    )
    name = forms.CharField(label="姓名", max_length=60, required=False)
    mobile = forms.CharField(label="手机号码", max_length=30, required=False)
    referred = CustomerField(label="已是客户", required=False)
    referred_on = forms.DateField(label="引荐日期", initial=clock.today)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="如：同事，想了解大额存单")

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("who") == CUSTOMER:
            cleaned |= {"name": "", "mobile": ""}
            if not cleaned.get("referred") and "referred" not in self.errors:
                self.add_error("referred", "请选择被引荐的客户。")
        else:
            cleaned["referred"] = None
            for name, sentence in (("name", "请填写被引荐人的姓名。"), ("mobile", "请填写被引荐人的手机号码。")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    def said(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "who"}


class LinkReferralForm(RefusableMixin, Form):
    referred = CustomerField(label="对应的客户")


class WithdrawReferralForm(RefusableMixin, Form):
    reason = forms.CharField(label="撤销理由", min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
