"""他行资产."""

from customers.models import ExternalHolding
from customers.services.external import objections
from organization import clock
from ui.forms import ModelForm, MoneyField, RefusableMixin


class ExternalHoldingForm(RefusableMixin, ModelForm):
    amount = MoneyField(label="金额", min_value=0, help_text="元，可写20万")

    class Meta:
        model = ExternalHolding
        fields = ("bank", "category", "amount", "as_of", "origin", "matures_on")
        help_texts = {"bank": "如：工商银行", "as_of": "这个数是哪天的", "matures_on": "无固定期限可不填"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["as_of"].initial = clock.today()

    def clean(self) -> dict:
        cleaned = super().clean()
        for name, sentence in objections(cleaned.get("as_of"), cleaned.get("matures_on")).items():
            self.add_error(name, sentence)
        return cleaned

    def _post_clean(self) -> None:
        """The service checks and saves; the instance stays as it was read."""
