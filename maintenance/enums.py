"""Closed lists of daily maintenance (POLICY 二（三）, DOMAIN 2–3, 8)."""

from django.db import models

from customers.enums import Channel


class TaskKind(models.TextChoices):
    """Why a customer must be thought of. The kind decides the base priority (parameter `task_priority`)."""

    APPOINTMENT = "appointment", "预约"
    FIRST_CONTACT = "first_contact", "新客首联"
    FIRST_MEETING = "first_meeting", "新客首访"
    MEETING_BEAT = "meeting_beat", "会面频度"
    PHONE_BEAT = "phone_beat", "电话频度"
    MATURITY = "maturity", "到期提醒"
    BIRTHDAY = "birthday", "生日关怀"
    IMPORTANT_DATE = "important_date", "纪念日关怀"
    FESTIVAL = "festival", "节日问候"
    THANKS = "thanks", "引荐致谢"
    WALK_IN = "walk_in", "大堂转介"
    JOINT_VISIT = "joint_visit", "交接联合拜访"


class TaskSource(models.TextChoices):
    """POLICY 二（三）2: 工作计划、客户预约、系统提示."""

    PLAN = "plan", "计划"
    APPOINTMENT = "appointment", "预约"
    SYSTEM = "system", "系统提示"


class TaskStatus(models.TextChoices):
    OPEN = "open", "待办"
    DONE = "done", "已完成"
    SKIPPED = "skipped", "已跳过"
    EXPIRED = "expired", "已过期"
    SUPERSEDED = "superseded", "已被取代"


class SkipReason(models.TextChoices):
    CUSTOMER_AWAY = "customer_away", "客户外出"
    RECENTLY_SERVED = "recently_served", "近期已由同事联系"
    CUSTOMER_DECLINED = "customer_declined", "客户不希望打扰"
    NOT_SUITABLE = "not_suitable", "本次不适合"
    OTHER = "other", "其他"


class Direction(models.TextChoices):
    OUTBOUND = "outbound", "主动联系"
    INBOUND = "inbound", "客户来访来电"


class ContactOutcome(models.TextChoices):
    REACHED = "reached", "已联系上"
    INTERESTED = "interested", "有意向"
    DEAL = "deal", "已成交"
    CALL_BACK = "call_back", "约定再联系"
    NO_ANSWER = "no_answer", "未接通"
    REFUSED = "refused", "客户不便"
    SENT = "sent", "已发送"
    WALK_IN = "walk_in", "到访接待"


# What a manager may note; a customer who was received in the lobby is noted there.
MANAGER_OUTCOMES = tuple(outcome for outcome in ContactOutcome if outcome != ContactOutcome.WALK_IN)

# A beat is met only by talking with the customer (DOMAIN 2.3(1)).
ANSWERED_OUTCOMES = (
    ContactOutcome.REACHED,
    ContactOutcome.INTERESTED,
    ContactOutcome.DEAL,
    ContactOutcome.CALL_BACK,
)
BEAT_CHANNELS = (Channel.MEETING, Channel.PHONE)


class WalkInMatter(models.TextChoices):
    """What somebody came into the outlet for, as one tap."""

    CASH = "cash", "存取款"
    TRANSFER = "transfer", "转账汇款"
    MATURITY = "maturity", "到期办理"
    WEALTH = "wealth", "理财咨询"
    LOAN = "loan", "贷款咨询"
    CARD = "card", "卡片业务"
    OTHER = "other", "其他"


class AppointmentStatus(models.TextChoices):
    PLANNED = "planned", "已预约"
    HELD = "held", "已履约"
    CANCELLED = "cancelled", "已取消"


class DiaryStatus(models.TextChoices):
    """DOMAIN 3.1: 草稿 → 计划已定 → 已提交 → 已点评, or 退回补记."""

    DRAFT = "draft", "待定计划"
    PLANNED = "planned", "计划已定"
    SUBMITTED = "submitted", "已提交"
    REVIEWED = "reviewed", "已点评"
    REOPENED = "reopened", "退回补记"


class LineOutcome(models.TextChoices):
    PENDING = "pending", "待填"
    DONE = "done", "完成"
    PARTIAL = "partial", "部分完成"
    NOT_DONE = "not_done", "未完成"


class UnfinishedReason(models.TextChoices):
    CUSTOMER_BUSY = "customer_busy", "客户无暇"
    UNREACHABLE = "unreachable", "联系不上"
    CUSTOMER_MOVED = "customer_moved", "客户改期"
    OWN_CONFLICT = "own_conflict", "本人冲突"
    NO_RESOURCE = "no_resource", "资源不足"
    OTHER = "other", "其他"


class RunState(models.TextChoices):
    PENDING = "pending", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败待重试"
    DEAD = "dead", "已停止"


class RunStepName(models.TextChoices):
    """Steps of a daily run, in order (DESIGN 5)."""

    REFRESH = "refresh", "日期与频度更新"
    SEGMENTS = "segments", "客户分群更新"
    CARE = "care", "节日与重要日期关怀"
    BEATS = "beats", "应联客户"
    MATURITIES = "maturities", "到期提醒"
    APPOINTMENTS = "appointments", "客户预约"
    RANKING = "ranking", "排序与均衡"
    DIARY_DRAFT = "diary_draft", "次日日志草稿"
    ESCALATION = "escalation", "逾期提示"
