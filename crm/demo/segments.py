"""Segments of the demo bank: two that the branch hands down, one combination, and one of every manager's own."""

from customers.enums import SegmentKind
from customers.services.segments import create_segment
from organization.enums import Role
from organization.models import Staff

_HIGH = {"field": "tier", "op": "in", "value": ["PLATINUM", "DIAMOND", "PRIVATE"]}
_MATURING = {"field": "matures", "op": "within_next", "value": 60}
_QUIET = {
    "all": [
        {"any": [{"field": "last_contact", "op": "longer_ago", "value": 60}, {"field": "last_contact", "op": "empty", "value": None}]},
        {"not": {"field": "has_no_contact", "op": "is", "value": True}},
    ]
}  # fmt: skip


def write_segments(managers: list[Staff]) -> None:
    head = Staff.objects.filter(role=Role.BRANCH_HEAD).order_by("employee_no").first()
    if head is not None:
        high = create_segment(by=head, name="白金及以上客户", purpose="高端客户维护方案", rule=_HIGH, is_shared=True)
        maturing = create_segment(
            by=head, name="近两月到期客户", purpose="到期资金承接", rule=_MATURING, is_shared=True
        )
        rule = {
            "all": [
                {"field": "segment", "op": "in", "value": [high.public_id]},
                {"field": "segment", "op": "in", "value": [maturing.public_id]},
            ]
        }
        create_segment(
            by=head,
            name="高端客户到期承接",
            purpose="两个分群的交集",
            rule=rule,
            kind=SegmentKind.COMBINATION,
            is_shared=True,
        )
    for manager in managers:
        create_segment(by=manager, name="久未联系客户", purpose="本月内补联系", rule=_QUIET)
