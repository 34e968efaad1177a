"""关系人."""

from django import forms

from customers.models import Person
from ui.forms import ModelForm, RefusableMixin


class PersonForm(RefusableMixin, ModelForm):
    class Meta:
        model = Person
        fields = ("relation", "name", "sex", "birth_date", "education_stage", "is_dependent", "note")
        widgets = {"relation": forms.Select, "note": forms.TextInput}

    def _post_clean(self) -> None:
        """The service checks and saves; the instance stays as it was read."""
