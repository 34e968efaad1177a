"""Name, purpose and kind of a segment; its rule is a form of its own (`segment_rule`)."""

from django import forms

from customers.enums import SegmentKind
from customers.models import Segment
from ui.forms import Form, RefusableMixin

_KINDS = [
    (SegmentKind.DYNAMIC, "动态：每晚按规则更新"),
    (SegmentKind.SNAPSHOT, "固定名单：取一次，以后不变"),
    (SegmentKind.COMBINATION, "组合：由已有的分群组成"),
]


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
