"""客户文件: a paper handed in, and one taken off the file."""

from django import forms

from customers.enums import DocumentKind
from customers.parameters import DOCUMENT_MEGABYTES
from organization.parameters import parameter
from ui.forms import Form, RefusableMixin

_MEGABYTE = 1024 * 1024


class DocumentForm(RefusableMixin, Form):
    kind = forms.ChoiceField(label="文件类型", choices=DocumentKind.choices)
    file = forms.FileField(
        label="文件", max_length=200, widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "empty": "文件是空的，请重新选择。", "missing": "请选择文件。", "invalid": "请选择文件。", "required": "请选择文件。",
        },
    )  # fmt: skip
    valid_until = forms.DateField(label="有效期至", required=False, help_text="长期有效或没有期限可不填")
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="如：正反面两页")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        megabytes = parameter(DOCUMENT_MEGABYTES)
        self.fields["file"].help_text = f"PDF、JPG或PNG，不超过{megabytes}MB"
        self.fields["file"].widget.attrs["data-most-bytes"] = megabytes * _MEGABYTE


class RemoveDocumentForm(RefusableMixin, Form):
    reason = forms.CharField(label="删除理由", min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
