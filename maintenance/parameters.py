"""Dated parameters of daily maintenance, with what they ship as."""

from customers.enums import Tier
from maintenance.enums import TaskKind
from organization.parameters import declare

TASK_PRIORITY = declare(
    "task_priority",
    {
        "kind": {"appointment": 100, "first_contact": 70, "first_meeting": 55, "maturity": 60, "birthday": 65,
                 "meeting_beat": 50, "phone_beat": 40, "important_date": 45, "festival": 30, "thanks": 45,
                 "walk_in": 95, "joint_visit": 58},
        "tier": {"PRIVATE": 40, "DIAMOND": 30, "PLATINUM": 20, "GOLD": 10, "POTENTIAL": 0, "MASS": 0},
        "overdue_per_day": 2,
        "overdue_cap": 30,
    },
    label="任务优先级：事项分+层级分+逾期分",
    source="项目默认值",
    words=dict([
        *TaskKind.choices, *Tier.choices, ("kind", "事项"), ("tier", "层级"), ("overdue_per_day", "每逾期一天加分"),
        ("overdue_cap", "逾期最多加分"),
    ]),
)  # fmt: skip
BEAT_LEAD_WORKDAYS = declare("beat_lead_workdays", 5, label="应联提前提示（工作日）", source="项目默认值")
FIRST_CONTACT_WORKDAYS = declare("first_contact_workdays", 3, label="新客首次联系期限（工作日）", source="项目默认值")
FIRST_MEETING_DAYS = declare("first_meeting_days", 30, label="新客首次会面期限（天）", source="项目默认值")
THANKS_WORKDAYS = declare("thanks_workdays", 3, label="客户引荐后几个工作日内致谢", source="项目默认值")
CARD_MATURITY_DAYS = declare("card_maturity_days", 30, label="大堂速查：多少天内到期的产品", source="项目默认值")
CARD_AHEAD_DAYS = declare("card_ahead_days", 7, label="大堂速查：多少天内的生日和预约", source="项目默认值")
COUNTER_NOTE_DAYS = declare("counter_note_days", 30, label="大堂提示默认有效天数", source="项目默认值")
UNDO_MINUTES = declare("undo_minutes", 30, label="撤销接触记录时限（分钟）", source="项目默认值")
COLLEAGUE_TOUCH_DAYS = declare("colleague_touch_days", 14, label="显示同事近期接触（天）", source="项目默认值")
CATCH_UP_DAYS = declare("catch_up_days", 35, label="批处理自动补跑天数", source="项目默认值")
RUN_SHARDS = declare("run_shards", 4, label="批处理分片数", source="项目默认值")
ESCALATE_AFTER_DAYS = declare("escalate_after_days", 5, label="逾期几天提示主管", source="项目默认值")
SNOOZE_LIMIT_DAYS = declare("snooze_limit_days", 60, label="待办最多改期天数", source="项目默认值")
APPOINTMENT_LIMIT_DAYS = declare("appointment_limit_days", 400, label="预约最远天数", source="项目默认值")
CONTACT_BACKDATE_DAYS = declare("contact_backdate_days", 366, label="接触记录最多补记天数", source="项目默认值")
QUEUE_CARDS = declare("queue_cards", 20, label="工作台一次显示的客户数", source="项目默认值")
AHEAD_DAYS = declare("ahead_days", 7, label="工作台预告天数（生日、节日、到期）", source="项目默认值")
PLAN_AHEAD_DAYS = declare("plan_ahead_days", 31, label="日志计划最多提前天数", source="项目默认值")
CARE_GRACE_DAYS = declare("care_grace_days", 3, label="生日、节日过后几天仍可补问候", source="项目默认值")
MATURITY_GRACE_DAYS = declare("maturity_grace_days", 7, label="到期后几天内仍补提示", source="项目默认值")
QUARANTINE_LIMIT = declare("quarantine_limit", 20, label="批处理一步最多隔离客户数", source="项目默认值")
JOINT_VISIT_DAYS = declare("joint_visit_days", 30, label="移交后几天内完成联合拜访", source="项目默认值")
