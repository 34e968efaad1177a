"""A choice of customers, within the scope of whoever fills in the form."""

from django import forms
from django.urls import reverse

from customers.models import Customer


class CustomerSelect(forms.Select):
    """Renders only the customer that is chosen; the others come by search from the server, by name or pinyin."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        found_at = {
            "data-ts": "",
            "data-ts-url": reverse("customers:customer_options"),
            "placeholder": "姓名、拼音或尾号",
        }
        return super().build_attrs(found_at | base_attrs, extra_attrs)

    def optgroups(self, name, value, attrs=None):
        chosen = [public_id for public_id in value if public_id]
        customers = self.choices.queryset.filter(public_id__in=chosen).only("public_id", "name") if chosen else ()
        options = [("", ""), *((customer.public_id, customer.name) for customer in customers)]
        return [
            (None, [self.create_option(name, key, label, key in value, index)], index)
            for index, (key, label) in enumerate(options)
        ]


class CustomerField(forms.ModelChoiceField):
    """A customer of the person's scope, named by public id. `known` is one that the page has read in that scope: it is not
    fetched again."""

    widget = CustomerSelect
    known: Customer | None = None

    def __init__(self, **options):
        options.setdefault("label", "客户")
        super().__init__(Customer.objects.all(), to_field_name="public_id", **options)

    def to_python(self, value):
        return self.known if self.known is not None and value == self.known.public_id else super().to_python(value)
