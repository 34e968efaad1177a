"""A choice of tasks, within the scope of whoever fills in the form; customers are chosen as on the floor below."""

from django import forms

from customers.forms.fields import CustomerField, CustomerSelect
from maintenance.models import MaintenanceTask

__all__ = ["CustomerField", "CustomerSelect", "TaskChoices"]


class TaskChoices(forms.ModelMultipleChoiceField):
    """Tasks of the person's scope, named by public id."""

    def __init__(self, **options):
        options.setdefault("label", "事项")
        super().__init__(
            MaintenanceTask.objects.all(), to_field_name="public_id", widget=forms.CheckboxSelectMultiple, **options
        )
