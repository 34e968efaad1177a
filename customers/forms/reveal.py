"""查看完整信息."""

from django import forms

from customers.forms.archive import RefusableMixin
from ui.forms import Form

_OTHER = "其他"
_REASONS = ("电话联系客户", "核对客户身份", "寄送资料", "上门拜访", _OTHER)


class RevealForm(RefusableMixin, Form):
    """Why somebody reads an identifier in the clear: one tap, or in one's own words."""

    reason = forms.ChoiceField(label="查看理由", choices=[(text, text) for text in _REASONS], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=100, required=False, help_text="选“其他”时必填")

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("reason") == _OTHER and not cleaned.get("note"):
            self.add_error("note", "请写明查看理由。")
        return cleaned

    @property
    def stated(self) -> str:
        """The reason as the audit trail keeps it."""
        return ":".join(filter(None, (self.cleaned_data["reason"], self.cleaned_data["note"])))
