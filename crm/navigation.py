"""The menu, in the order of a working day. An entry is shown to whoever has its permission."""

from dataclasses import dataclass
from functools import partial

from organization.enums import Permission
from organization.permissions import has_permission


@dataclass(frozen=True)
class Entry:
    """`also` asks for a second right, `unless` leaves the entry out for whoever has that one. `also_at` names further
    pages that show the same, where the entry is marked too."""

    url_name: str
    label: str
    icon: str  # bootstrap-icons name
    permission: Permission
    also: Permission | None = None
    unless: Permission | None = None
    also_at: tuple[str, ...] = ()

    def is_for(self, staff) -> bool:
        wanted = has_permission(staff, self.permission) and (self.also is None or has_permission(staff, self.also))
        return wanted and (self.unless is None or not has_permission(staff, self.unless))


_customers = partial(
    Entry, "customers:customer_list", icon="person-lines-fill", also_at=("customers:tier_watch", "customers:risk_watch")
)
MENU: tuple[Entry, ...] = (
    # The start page is the team for those who lead, the queue for those who work one, and plain for the others.
    Entry("home", "主管台", "people", Permission.VIEW_TEAM, also_at=("team_board",)),
    Entry(
        "home", "今日工作台", "list-check", Permission.WORK_QUEUE, unless=Permission.VIEW_TEAM, also_at=("workbench",)
    ),
    Entry("workbench", "今日工作台", "list-check", Permission.WORK_QUEUE, also=Permission.VIEW_TEAM),
    # As the page itself is called: one's own customers, the team's, or those of the units below.
    _customers(label="我的客户", permission=Permission.EDIT_CUSTOMERS, unless=Permission.VIEW_TEAM),
    _customers(label="客户", permission=Permission.EDIT_CUSTOMERS, also=Permission.VIEW_TEAM),
    _customers(label="客户", permission=Permission.VIEW_CUSTOMERS, unless=Permission.EDIT_CUSTOMERS),
    Entry(
        "customers:segment_list",
        "客户分群",
        "diagram-3",
        Permission.VIEW_CUSTOMERS,
        also_at=("customers:customer_matrix",),
    ),
    Entry("maintenance:lobby", "大堂速查", "person-badge", Permission.QUICK_CARD),
    Entry("maintenance:diary", "客户经理日志", "journal-text", Permission.WRITE_DIARY),
    Entry("maintenance:task_list", "待办", "check2-square", Permission.WORK_QUEUE),
    Entry("maintenance:contact_list", "接触记录", "chat-dots", Permission.RECORD_CONTACT),
    Entry("maintenance:appointment_list", "客户预约", "calendar-event", Permission.WORK_QUEUE),
    Entry("customers:import_list", "数据导入", "upload", Permission.IMPORT_DATA),
    Entry("organization:cover_list", "代班", "calendar-check", Permission.MANAGE_COVER),
    Entry("customers:handover_list", "客户移交", "arrow-left-right", Permission.HAND_OVER),
    Entry("organization:notification_list", "通知", "bell", Permission.USE_SYSTEM),
    # Who works a queue sees on it whether it is there.
    Entry("health", "系统运行", "heart-pulse", Permission.VIEW_HEALTH, unless=Permission.WORK_QUEUE),
)


def entries_for(staff) -> list[Entry]:
    return [entry for entry in MENU if entry.is_for(staff)]
