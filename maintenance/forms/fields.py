"""A choice of tasks, within the scope of whoever fills in the form."""

from django import forms

from maintenance.models import MaintenanceTask


class TaskChoices(forms.ModelMultipleChoiceField):
    """Tasks of the person's scope, named by public id."""

    def __init__(self, **options):
        options.setdefault("label", "事项")
        super().__init__(
            MaintenanceTask.objects.all(), to_field_name="public_id", widget=forms.CheckboxSelectMultiple, **options
        )
