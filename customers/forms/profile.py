"""The fields of the archive's second row, for the form of the whole archive (forms.archive)."""

from django import forms
from django.core.exceptions import ValidationError

from customers.enums import ServiceElement
from customers.models import CustomerProfile
from customers.models.profile import PROFILE_FIELDS
from ui.forms import ModelForm, MoneyField

_RANKS = 3


class RankedSelect(forms.MultiWidget):
    """First, second, third, each a choice of its own: works with a keyboard, a thumb and a screen reader."""

    use_fieldset = False
    input_type = "select"

    def __init__(self, choices, label: str):
        super().__init__(
            [
                forms.Select(choices=[("", f"第{place}位"), *choices], attrs={"aria-label": f"{label}，第{place}位"})
                for place in range(1, _RANKS + 1)
            ]
        )

    def decompress(self, value) -> list:
        return [*(value or ()), *[""] * _RANKS][:_RANKS]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class RankedField(forms.MultiValueField):
    """Up to three codes in their order; gaps close up."""

    def __init__(self, *, label: str, choices, **options):
        gone = {"invalid_choice": f"“{label}”的选项已失效，请重新选择。"}
        fields = [forms.ChoiceField(choices=choices, required=False, error_messages=gone) for _ in range(_RANKS)]
        widget = RankedSelect(choices, label)
        super().__init__(fields, label=label, widget=widget, required=False, require_all_fields=False, **options)

    def compress(self, data_list: list) -> tuple[str, ...]:
        chosen = [code for code in data_list if code]
        if len(set(chosen)) < len(chosen):
            raise ValidationError(f"“{self.label}”的每一项只能选一次。", code="twice")
        return tuple(chosen)


class ProfileForm(ModelForm):
    """Not shown by itself: CustomerForm takes its fields over."""

    alt_phone = forms.CharField(label="备用电话", max_length=30, required=False)
    wecom_id = forms.CharField(label="企业微信", max_length=40, required=False)
    wechat_id = forms.CharField(label="微信号", max_length=40, required=False)
    dietary_note = forms.CharField(
        label="饮食与宗教禁忌", max_length=200, required=False, help_text="敏感个人信息，只在客户同意后登记"
    )
    most_valued = RankedField(label="最看重的服务", choices=ServiceElement.choices)
    least_valued = RankedField(label="最不看重的服务", choices=ServiceElement.choices)
    annual_income = MoneyField(label="税后年收入", required=False, min_value=0, help_text="元，可写20万")
    monthly_spending = MoneyField(label="月支出", required=False, min_value=0, help_text="元")
    other_assets = MoneyField(label="房产等其他资产", required=False, min_value=0, help_text="元，估值即可")
    debts = MoneyField(label="负债", required=False, min_value=0, help_text="元，房贷、车贷等余额合计")
    insurance_cover = MoneyField(label="商业保险保额", required=False, min_value=0, help_text="元，各份合计")
    housing_fund = MoneyField(label="公积金月缴存", required=False, min_value=0, help_text="元，单位与个人合计")

    class Meta:
        model = CustomerProfile
        fields = PROFILE_FIELDS
        help_texts = {
            "region": "省、市、区县，如：滨海市东城区",
            "quiet_days": "这几天尽量不打电话",
            "is_id_permanent": "勾选后不填有效期",
            "is_politically_exposed": "现任或曾任重要公职及其近亲属",
            "gift_taboos": "如：不收酒、不收钟表",
            "buying_habit": "如：先看一期再追加，常与配偶商量",
            "payroll_bank": "如：本行、工商银行",
        }
