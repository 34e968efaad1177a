"""Closed lists of the organization: kinds of unit, roles, permissions."""

from django.db import models


class UnitKind(models.TextChoices):
    HEAD_OFFICE = "head_office", "总行"
    BRANCH = "branch", "分行"
    SUB_BRANCH = "sub_branch", "支行"
    OUTLET = "outlet", "网点"


class Role(models.TextChoices):
    RELATIONSHIP_MANAGER = "relationship_manager", "客户经理"
    RM_SUPERVISOR = "rm_supervisor", "客户经理主管"
    OUTLET_HEAD = "outlet_head", "网点负责人"
    BRANCH_HEAD = "branch_head", "支行负责人"
    LOBBY_MANAGER = "lobby_manager", "大堂经理"
    TELLER = "teller", "柜员"
    MANAGING_DEPARTMENT = "managing_department", "主管部门"
    ADMINISTRATOR = "administrator", "系统管理员"
    AUDITOR = "auditor", "审计"


class Permission(models.TextChoices):
    """What a page or an action asks for. Who has it: `permissions.ROLE_PERMISSIONS`."""

    USE_SYSTEM = "use_system", "使用系统"  # own account, notifications, calendar
    VIEW_CUSTOMERS = "view_customers", "查看客户"
    VIEW_AMOUNTS = "view_amounts", "查看金额"
    EDIT_CUSTOMERS = "edit_customers", "修改客户档案"
    REVEAL_FIELDS = "reveal_fields", "查看完整号码"
    CHANGE_STRATEGY = "change_strategy", "调整维护策略"
    MANAGE_SEGMENTS = "manage_segments", "管理客户分群"
    EXPORT_CUSTOMERS = "export_customers", "导出客户名单"
    APPROVE_EXPORTS = "approve_exports", "审批名单导出"
    WORK_QUEUE = "work_queue", "办理待办"
    RECORD_CONTACT = "record_contact", "登记接触"
    QUICK_CARD = "quick_card", "大堂速查"
    WRITE_DIARY = "write_diary", "填写客户经理日志"
    VIEW_TEAM = "view_team", "查看团队情况"
    REVIEW_DIARY = "review_diary", "点评日志"
    IMPORT_DATA = "import_data", "导入数据"
    MANAGE_COVER = "manage_cover", "登记代班"
    VIEW_HEALTH = "view_health", "查看系统运行"
    RUN_DAILY = "run_daily", "执行每日批处理"
    CONFIGURE = "configure", "系统设置"
    VIEW_AUDIT = "view_audit", "查看审计记录"
    HAND_OVER = "hand_over", "办理客户移交"


class CoverReason(models.TextChoices):
    LEAVE = "leave", "休假"
    SICK = "sick", "病假"
    TRAINING = "training", "培训"
    BUSINESS_TRIP = "business_trip", "出差"
    OTHER = "other", "其他"


class AuditAction(models.TextChoices):
    CREATE = "create", "新建"
    CHANGE = "change", "修改"
    DELETE = "delete", "删除"
    REVEAL = "reveal", "查看明文"
    EXPORT = "export", "导出"
    IMPORT = "import", "导入"
    UNDO = "undo", "撤销"
    LOGIN = "login", "登录"
    LOGIN_FAILED = "login_failed", "登录失败"
    LOGOUT = "logout", "退出"
    PASSWORD = "password", "修改密码"
    DENIED = "denied", "拒绝访问"
    RUN = "run", "批处理"
    CONTACT = "contact", "接触"
    REVIEW = "review", "点评"
