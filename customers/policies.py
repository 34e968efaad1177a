"""Who may do what with an archive: role and state together.

The row scope has already decided whether this person sees the customer at all (organization.scoping). `can_x` hides the
button; `objection_to_x` is the same rule as the sentence a clerk reads, empty when nothing stands against it, and what
the service raises.
"""

from datetime import datetime, timedelta

from customers.enums import CustomerStatus, ExportState, HandOverState, SegmentCover
from customers.masking import mask_name
from customers.models import Customer, Export, HandOver, Merge, Segment
from organization.enums import Permission, Role
from organization.models import Staff

# Those who serve the customer, and those who answer for the service, read full names (DESIGN 3).
_READS_NAMES = frozenset({Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR, Role.OUTLET_HEAD, Role.BRANCH_HEAD})
# What can be done with a list of customers at once, and the right it takes.
BULK_WORK = {
    "strategy": ("调整策略", Permission.CHANGE_STRATEGY),
    "tag": ("加标签", Permission.MANAGE_SEGMENTS),
    "untag": ("去标签", Permission.MANAGE_SEGMENTS),
    "export": ("导出名单", Permission.EXPORT_CUSTOMERS),
}
_MERGED = "这份档案已并入另一份，请到保留的档案办理。"
_HANDS_OVER = frozenset({Role.RM_SUPERVISOR, Role.OUTLET_HEAD, Role.BRANCH_HEAD})


def sees_full_names(staff: Staff) -> bool:
    """The managing department reads 张*; it works with figures, not with people."""
    return staff.role in _READS_NAMES and staff.may(Permission.VIEW_CUSTOMERS)


def shown_name(staff: Staff, name: str) -> str:
    """A customer's or a relative's name as this person may read it."""
    return name if sees_full_names(staff) else mask_name(name)


def can_create_customer(staff: Staff) -> bool:
    return staff.may(Permission.EDIT_CUSTOMERS)


def can_edit_customer(staff: Staff, customer: Customer) -> bool:
    return not objection_to_editing(staff, customer)


def objection_to_editing(staff: Staff, customer: Customer) -> str:
    if not staff.may(Permission.EDIT_CUSTOMERS):
        return "您的岗位不能修改客户档案。"
    if customer.status == CustomerStatus.RESTRICTED:
        return "该客户的个人信息已限制处理，档案只能保存，不能修改。"
    if customer.status == CustomerStatus.MERGED:
        return _MERGED
    if customer.status != CustomerStatus.ACTIVE and staff.role != Role.RM_SUPERVISOR:
        return f"客户{customer.get_status_display()}，档案由客户经理主管修改。"
    return ""


def can_reveal(staff: Staff, customer: Customer) -> bool:
    return not objection_to_revealing(staff, customer)


def objection_to_revealing(staff: Staff, customer: Customer) -> str:
    if not staff.may(Permission.REVEAL_FIELDS):
        return "您的岗位不能查看客户的完整信息。"
    if customer.status == CustomerStatus.RESTRICTED:
        return "该客户的个人信息已限制处理，不能查看。"
    if customer.status == CustomerStatus.MERGED:
        return _MERGED
    return ""


def can_change_strategy(staff: Staff, customer: Customer) -> bool:
    return not objection_to_strategy_change(staff, customer)


def objection_to_strategy_change(staff: Staff, customer: Customer) -> str:
    if not staff.may(Permission.CHANGE_STRATEGY):
        return "您的岗位不能调整维护策略。"
    if customer.status != CustomerStatus.ACTIVE:
        return f"客户{customer.get_status_display()}，不再调整维护策略。"
    return ""


def can_assess_risk(staff: Staff, customer: Customer) -> bool:
    return not objection_to_assessing(staff, customer)


def objection_to_assessing(staff: Staff, customer: Customer) -> str:
    """Recording a risk test, or that a material change has overtaken it: whoever keeps the archive, of an active customer."""
    if objection := objection_to_editing(staff, customer):
        return objection
    if customer.status != CustomerStatus.ACTIVE:
        return f"客户{customer.get_status_display()}，不再登记风险测评。"
    return ""


def can_record_consent(staff: Staff, customer: Customer) -> bool:
    return not objection_to_recording_consent(staff, customer)


def objection_to_recording_consent(staff: Staff, customer: Customer) -> str:
    """Whoever serves the customer, whatever has become of him: a consent may be taken back at any time."""
    return "" if staff.may(Permission.EDIT_CUSTOMERS) else "您的岗位不能登记客户的授权同意。"


def can_hold_tier(staff: Staff, customer: Customer) -> bool:
    return not objection_to_holding_tier(staff, customer)


def objection_to_holding_tier(staff: Staff, customer: Customer) -> str:
    """A tier past the rule is decided by those who lead, never by who is measured by it."""
    if staff.role not in _HANDS_OVER or not staff.may(Permission.VIEW_TEAM):
        return "客户层级由客户经理主管、网点负责人或支行负责人手工评定。"
    if customer.status != CustomerStatus.ACTIVE:
        return f"客户{customer.get_status_display()}，不再评定层级。"
    return ""


def can_assign_manager(staff: Staff) -> bool:
    """Handing customers to another manager is for those who lead; nobody takes customers for himself."""
    return staff.role in _HANDS_OVER and staff.may(Permission.VIEW_TEAM)


def objection_to_supervised_fields(staff: Staff) -> str:
    """Status and co-manager: they end the service, or share it with somebody else."""
    if staff.role not in _HANDS_OVER:
        return "客户状态和协办客户经理由客户经理主管调整。"
    return ""


def segment_cover(staff: Staff) -> SegmentCover:
    """Whose customers a new segment chooses from: a relationship manager's the own ones, everybody else's the unit's."""
    return SegmentCover.OWN if staff.role == Role.RELATIONSHIP_MANAGER else SegmentCover.UNIT


def can_change_segment(staff: Staff, segment: Segment) -> bool:
    return not objection_to_segment(staff, segment)


def objection_to_segment(staff: Staff, segment: Segment | None) -> str:
    """A segment (None: a new one) is changed by its owner and by those who lead the owner's unit; it may be used by more."""
    if not staff.may(Permission.MANAGE_SEGMENTS):
        return "您的岗位不能管理客户分群。"
    if segment is None:
        return ""
    if not segment.is_active:
        return "分群已停用，不能再修改。"
    if segment.owner_id == staff.pk:
        return ""
    team = staff.role == Role.RM_SUPERVISOR
    leads = segment.owner_id in staff.team_ids() if team else segment.unit_id in staff.unit_ids()
    return "" if leads and staff.may(Permission.VIEW_TEAM) else "分群由建立人和建立人的主管修改；您可以另建一个。"


def objection_to_tagging(staff: Staff, tag: Segment) -> str:
    """A tag is put on by whoever sees it: a shared one is there to be used below."""
    if not staff.may(Permission.MANAGE_SEGMENTS):
        return "您的岗位不能给客户加标签。"
    return "" if tag.is_active else "标签已停用。"


def objection_to_exporting(staff: Staff) -> str:
    return "" if staff.may(Permission.EXPORT_CUSTOMERS) else "您的岗位不能导出客户名单。"


def objection_to_deciding_export(staff: Staff, export: Export) -> str:
    """Decided by somebody else who leads the one who asks."""
    if not staff.may(Permission.APPROVE_EXPORTS):
        return "您的岗位不能审批名单导出。"
    if export.staff_id == staff.pk:
        return "不能审批自己的申请，请由上级审批。"
    return "" if export.state == ExportState.WAITING else "这项申请已经处理过。"


def leads_giver(staff: Staff, handover: HandOver) -> bool:
    """Whether this person decides about the customers of the one who gives them away."""
    if not can_assign_manager(staff):
        return False
    if staff.role == Role.RM_SUPERVISOR:
        return handover.giver_id in staff.team_ids()
    return handover.unit_id in staff.unit_ids()


def giver_signs(handover: HandOver) -> bool:
    """Who has left, or serves no customers any more, signs nothing."""
    return handover.giver.may(Permission.HAND_OVER)


def objection_to_arranging_handover(staff: Staff, handover: HandOver) -> str:
    """Who takes which customer: until it goes to be signed, by the giver and those who lead him."""
    if handover.state != HandOverState.DRAFT:
        return "移交已提交签字，不能再调整；如需调整，请退回后重新发起。"
    is_theirs = staff.pk == handover.giver_id or leads_giver(staff, handover)
    return "" if is_theirs else "只有移出人和其主管可以安排移交。"


def objection_to_signing_handover(staff: Staff, handover: HandOver) -> str:
    if handover.state != HandOverState.PROPOSED:
        return "移交不在签字阶段。"
    if staff.pk == handover.giver_id:
        return "您已经签过字。" if handover.giver_signed_at else ""
    own = [taker for taker in handover.takers.all() if taker.taker_id == staff.pk]
    if not own:
        return "只有移出人和接收人本人可以签字。"
    return "您已经签过字。" if own[0].signed_at else ""


def objection_to_declining_handover(staff: Staff, handover: HandOver) -> str:
    """Sent back while it is being signed or waits for the supervisor, by any of those it needs."""
    if handover.state not in (HandOverState.PROPOSED, HandOverState.SIGNED):
        return "移交不在签字或确认阶段，不能退回。"
    takers = {taker.taker_id for taker in handover.takers.all()}
    is_asked = staff.pk == handover.giver_id or staff.pk in takers or leads_giver(staff, handover)
    return "" if is_asked else "只有移出人、接收人和主管可以退回移交。"


def objection_to_cancelling_handover(staff: Staff, handover: HandOver) -> str:
    """Called off before it takes effect; once confirmed only by those who confirm."""
    open_states = (HandOverState.DRAFT, HandOverState.PROPOSED, HandOverState.SIGNED)
    if handover.state not in (*open_states, HandOverState.CONFIRMED):
        return "移交已经生效或已结束，不能取消。"
    if leads_giver(staff, handover) or (staff.pk == handover.giver_id and handover.state in open_states):
        return ""
    return "只有移出人和其主管可以取消移交；主管确认后由主管取消。"


def objection_to_confirming_handover(staff: Staff, handover: HandOver) -> str:
    """By somebody who leads the giver and neither gives nor takes."""
    if handover.state != HandOverState.SIGNED:
        return "双方签字后才能确认。"
    return _objection_to_deciding_handover(staff, handover)


def objection_to_returning_handover(staff: Staff, handover: HandOver) -> str:
    """提前归还: before the last day of one that is for a time."""
    if handover.state != HandOverState.IN_EFFECT:
        return "只有代管中的移交可以提前归还。"
    return _objection_to_deciding_handover(staff, handover)


def objection_to_undoing_handover(staff: Staff, handover: HandOver, *, now: datetime, days: int) -> str:
    if handover.state not in (HandOverState.DONE, HandOverState.IN_EFFECT) or handover.took_effect_at is None:
        return "只有已经生效的移交可以撤销。"
    if now > handover.took_effect_at + timedelta(days=days):
        return f"生效已超过{days}天，不能再撤销；可以重新办理移交。"
    return _objection_to_deciding_handover(staff, handover)


def _objection_to_deciding_handover(staff: Staff, handover: HandOver) -> str:
    if not leads_giver(staff, handover):
        return "由移出人的主管或机构负责人办理。"
    if staff.pk == handover.giver_id or staff.pk in {taker.taker_id for taker in handover.takers.all()}:
        return "您是移交的一方，请由上级确认。"
    return ""


def objection_to_setting_aside(staff: Staff) -> str:
    """Whoever serves customers, or answers for the service, can say that two of them are two people."""
    return "" if sees_full_names(staff) else "您的岗位不能核对重复档案。"


def can_merge(staff: Staff, customer: Customer) -> bool:
    return not objection_to_merging(staff, customer)


def objection_to_merging(staff: Staff, customer: Customer) -> str:
    """Asked for each of the two: like handing over, it is for those who lead."""
    if not can_assign_manager(staff):
        return "重复档案由客户经理主管或网点、支行负责人合并。"
    if customer.status == CustomerStatus.RESTRICTED:
        return f"{customer.name}的个人信息已限制处理，不能合并。"
    if customer.status == CustomerStatus.MERGED:
        return f"{customer.name}（{customer.number}）已经合并过。"
    return ""


def objection_to_undoing_merge(staff: Staff, merge: Merge, kept: Customer, *, is_late: bool) -> str:
    """Within the days of the parameter (`is_late`: they are over); of two merges in a row the later one goes first."""
    if not can_assign_manager(staff):
        return "档案合并由客户经理主管或网点、支行负责人撤销。"
    if merge.undone_at is not None:
        return "这次合并已经撤销过。"
    if kept.status == CustomerStatus.MERGED:
        return "保留的档案后来又并入了另一份，请先撤销那一次合并。"
    return "已超过可以撤销的期限。" if is_late else ""
