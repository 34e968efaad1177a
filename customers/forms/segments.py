"""Name, purpose and kind of a segment; its rule is a form of its own (`segment_rule`)."""

import json

from django import forms

from customers.enums import SegmentKind
from customers.models import Segment
from customers.segments.rules import RuleRefused, parse_rule
from ui.forms import Form, RefusableMixin

_LARGEST_RULE_FILE = 64 * 1024
_KINDS = [
    (SegmentKind.DYNAMIC, "动态：每晚按规则更新"),
    (SegmentKind.SNAPSHOT, "固定名单：取一次，以后不变"),
    (SegmentKind.COMBINATION, "组合：由已有的分群组成"),
]


class RuleFileForm(Form):
    """A rule that was written down by `segment_rule_file`, here or in another bank."""

    file = forms.FileField(label="规则文件", widget=forms.FileInput(attrs={"accept": ".json,application/json"}))

    def clean_file(self) -> dict:
        """The file's content, its rule checked to the last leaf."""
        file = self.cleaned_data["file"]
        if file.size > _LARGEST_RULE_FILE:
            raise forms.ValidationError("规则文件太大，请确认选对了文件。")
        try:
            said = json.loads(file.read().decode("utf-8-sig"))
            parse_rule(said["rule"])
        except RuleRefused as refusal:
            raise forms.ValidationError(f"规则文件不能使用：{refusal}") from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise forms.ValidationError("这不是本系统下载的规则文件，无法读入。") from None
        return said


class SegmentForm(RefusableMixin, Form):
    """`kind` is chosen once: a list that was fixed does not begin to move."""

    name = forms.CharField(label="名称", max_length=40)
    purpose = forms.CharField(label="用途", max_length=200, required=False)
    kind = forms.ChoiceField(label="类型", choices=_KINDS, widget=forms.RadioSelect, initial=SegmentKind.DYNAMIC)
    is_shared = forms.BooleanField(label="下级机构可用", required=False, help_text="下级机构的同事只看到各自的客户")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, segment: Segment | None, may_share: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if segment is not None:
            del self.fields["kind"]
            for name in ("name", "purpose", "is_shared", "version"):
                self.fields[name].initial = getattr(segment, name)
        else:
            del self.fields["version"]
        if not may_share:
            del self.fields["is_shared"]
