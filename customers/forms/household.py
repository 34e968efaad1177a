"""并入家庭."""

from django import forms

from customers.enums import HouseholdRole
from customers.forms.fields import CustomerField
from customers.models import Customer
from ui.forms import Form, RefusableMixin


class HouseholdForm(RefusableMixin, Form):
    """Who else of the family is a customer. The person is one of this customer's people, named by handle."""

    other = CustomerField(label="家里的另一位客户", help_text="须在您的管户范围内")
    role = forms.ChoiceField(label="其家庭角色", choices=[("", "暂不填写"), *HouseholdRole.choices], required=False)
    person = forms.ChoiceField(label="即登记的关系人", required=False, help_text="选了之后，两处合并显示")

    def __init__(self, *args, customer: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {person.handle: person for person in customer.people.all() if person.same_as_id is None}
        self.fields["person"].choices = [("", "都不是"), *((h, str(person)) for h, person in self.people.items())]

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["person"] = self.people.get(cleaned.get("person", ""))
        return cleaned
