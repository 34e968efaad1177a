"""不接受的联系方式."""

from django import forms

from customers.models import ContactPreference
from organization import clock
from ui.forms import ModelForm, RefusableMixin


class ContactPreferenceForm(RefusableMixin, ModelForm):
    class Meta:
        model = ContactPreference
        fields = ("channel", "reason", "since")
        widgets = {"channel": forms.RadioSelect}
        help_texts = {"reason": "如：上班时间不便接听，本人要求不发短信"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = ContactPreference._meta.get_field("channel").choices
        self.fields["since"].initial = clock.today()

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("since") and cleaned["since"] > clock.today():
            self.add_error("since", "提出日期不能晚于今天。")
        return cleaned

    def _post_clean(self) -> None:
        """The service checks and saves; the instance stays as it was read."""
