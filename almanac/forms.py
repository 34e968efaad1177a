from django import forms
from django.core.files.uploadedfile import UploadedFile

from almanac.notices import MAX_BYTES, MAX_SOURCE


class HolidayNoticeForm(forms.Form):
    """A year's notice as a file; the rows themselves are judged by the service."""

    file = forms.FileField(
        label="安排文件",
        help_text="CSV（UTF-8或GB18030）或Excel，列：日期、节日、调休上班（1上班，0放假）、依据（可选）。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )
    year = forms.IntegerField(
        label="年份", required=False, min_value=1950, max_value=2100, help_text="不填时取多数行的年份。"
    )
    source = forms.CharField(
        label="依据", required=False, max_length=MAX_SOURCE, help_text="通知名称或文号，用于没有填依据的行。"
    )
    is_provisional = forms.BooleanField(label="通知尚未公布，先按暂定导入", required=False)

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("文件超过1MB，不像是一年的节假日安排。")
        return file
