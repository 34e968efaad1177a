"""Closed lists of the customer archive (DOMAIN 1, 2, 10)."""

from django.db import models


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"
    UNKNOWN = "unknown", "未知"


class Tier(models.TextChoices):
    """Lowest to highest (DOMAIN 1.3); managed customers start at GOLD."""

    MASS = "MASS", "大众客户"
    POTENTIAL = "POTENTIAL", "潜力客户"
    GOLD = "GOLD", "金卡客户"
    PLATINUM = "PLATINUM", "白金客户"
    DIAMOND = "DIAMOND", "钻石客户"
    PRIVATE = "PRIVATE", "私行客户"


MANAGED_TIERS = (Tier.GOLD, Tier.PLATINUM, Tier.DIAMOND, Tier.PRIVATE)


class Strategy(models.TextChoices):
    """POLICY 三: the three maintenance strategies by frequency of meetings and calls."""

    INTENSIVE = "INTENSIVE", "积极"
    ACTIVE = "ACTIVE", "主动"
    RESPONSIVE = "RESPONSIVE", "被动"


class CustomerStatus(models.TextChoices):
    ACTIVE = "active", "正常"
    CLOSED = "closed", "已销户"
    DECEASED = "deceased", "已故"
    RESTRICTED = "restricted", "限制处理"


class IdType(models.TextChoices):
    IDENTITY_CARD = "identity_card", "居民身份证"
    PASSPORT = "passport", "护照"
    HONG_KONG_MACAO = "hong_kong_macao", "港澳居民来往内地通行证"
    TAIWAN = "taiwan", "台湾居民来往大陆通行证"
    OTHER = "other", "其他"


class MaritalStatus(models.TextChoices):
    SINGLE = "single", "未婚"
    MARRIED = "married", "已婚"
    DIVORCED = "divorced", "离异"
    WIDOWED = "widowed", "丧偶"
    UNKNOWN = "unknown", "未知"


class Occupation(models.TextChoices):
    """Only the kinds that greetings and segments ask for (DOMAIN 8.5)."""

    BUSINESS_OWNER = "business_owner", "企业主"
    EXECUTIVE = "executive", "企业管理人员"
    EMPLOYEE = "employee", "企业员工"
    CIVIL_SERVANT = "civil_servant", "公务员"
    TEACHER = "teacher", "教师"
    DOCTOR = "doctor", "医生"
    NURSE = "nurse", "护士"
    POLICE = "police", "警察"
    SOLDIER = "soldier", "军人"
    FIREFIGHTER = "firefighter", "消防员"
    SCIENTIST = "scientist", "科技工作者"
    JOURNALIST = "journalist", "记者"
    FARMER = "farmer", "农民"
    SANITATION = "sanitation", "环卫工人"
    POSTAL = "postal", "邮政职工"
    SELF_EMPLOYED = "self_employed", "个体经营"
    FREELANCE = "freelance", "自由职业"
    STUDENT = "student", "学生"
    RETIRED = "retired", "离退休"
    OTHER = "other", "其他"


class Channel(models.TextChoices):
    """How a contact is made (POLICY 二（三）1)."""

    MEETING = "meeting", "会面"
    PHONE = "phone", "电话"
    WECOM = "wecom", "企业微信"
    SMS = "sms", "短信"
    LETTER = "letter", "信函"
    EMAIL = "email", "电子邮件"


class Relation(models.TextChoices):
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    PARENT = "parent", "父母"
    SIBLING = "sibling", "兄弟姐妹"
    AGENT = "agent", "代理人"
    INTRODUCER = "introducer", "介绍人"
    OTHER = "other", "其他"


class Calendar(models.TextChoices):
    SOLAR = "solar", "公历"
    LUNAR = "lunar", "农历"


class DateKind(models.TextChoices):
    BIRTHDAY = "birthday", "生日"
    WEDDING = "wedding", "结婚纪念日"
    ACCOUNT_OPENING = "account_opening", "开户纪念日"
    CARD_ISSUED = "card_issued", "办卡纪念日"
    LOAN_ISSUED = "loan_issued", "贷款发放日"
    MEMORIAL = "memorial", "特别纪念日"


class ProductCategory(models.TextChoices):
    DEMAND_DEPOSIT = "demand_deposit", "活期存款"
    TERM_DEPOSIT = "term_deposit", "定期存款"
    LARGE_DEPOSIT = "large_deposit", "大额存单"
    WEALTH = "wealth", "理财"
    FUND = "fund", "基金"
    INSURANCE = "insurance", "保险"
    BOND = "bond", "国债"
    METAL = "metal", "贵金属"
    TRUST = "trust", "信托"
    LOAN = "loan", "贷款"
    CREDIT_CARD = "credit_card", "信用卡"
    DEBIT_CARD = "debit_card", "借记卡"


# Loans and cards are held, but they are not assets under management (DOMAIN 1.2).
ASSET_CATEGORIES = tuple(
    c
    for c in ProductCategory
    if c not in (ProductCategory.LOAN, ProductCategory.CREDIT_CARD, ProductCategory.DEBIT_CARD)
)


class ProductRisk(models.TextChoices):
    R1 = "R1", "R1 低风险"
    R2 = "R2", "R2 中低风险"
    R3 = "R3", "R3 中风险"
    R4 = "R4", "R4 中高风险"
    R5 = "R5", "R5 高风险"


class LiquidityTier(models.TextChoices):
    SAME_DAY = "same_day", "随时可取"
    DAYS = "days", "数日到账"
    MONTHS = "months", "一年以内"
    YEARS = "years", "一年以上"


class PartyRole(models.TextChoices):
    OWNER = "owner", "户主"
    AUTHORISED = "authorised", "有权支取人"


class ImportKind(models.TextChoices):
    UNITS = "units", "机构"
    CUSTOMERS = "customers", "客户"
    ACCOUNTS = "accounts", "账户"
    PARTIES = "parties", "账户权利人"
    HOLDINGS = "holdings", "持有产品"
    BALANCES = "balances", "日终余额"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "待处理"
    CHECKING = "checking", "校验中"
    CHECKED = "checked", "待确认"
    APPLYING = "applying", "导入中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    UNDOING = "undoing", "撤销中"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"


class Verdict(models.TextChoices):
    CREATE = "create", "新增"
    UPDATE = "update", "更新"
    SAME = "same", "无变化"
    ERROR = "error", "有误"


class SegmentKind(models.TextChoices):
    """How a segment's list comes about."""

    DYNAMIC = "dynamic", "动态"  # looked at every night
    SNAPSHOT = "snapshot", "固定名单"  # as it was when it was taken
    COMBINATION = "combination", "组合"  # of other segments: A∩B−C
    TAG = "tag", "标签"  # put on and taken off by hand; it has no rule


class SegmentCover(models.TextChoices):
    """Whose customers a segment chooses from."""

    OWN = "own", "本人客户"
    UNIT = "unit", "本机构客户"


class BulkKind(models.TextChoices):
    """What can be done with many customers at once."""

    STRATEGY = "strategy", "调整策略"
    TAG = "tag", "加标签"
    UNTAG = "untag", "去标签"


class ExportState(models.TextChoices):
    WAITING = "waiting", "待审批"
    APPROVED = "approved", "可下载"
    REFUSED = "refused", "未同意"


class HandOverReason(models.TextChoices):
    LEAVING = "leaving", "离职"
    TRANSFER = "transfer", "调岗"
    LEAVE = "leave", "休假"
    BALANCE = "balance", "均衡管户"


class HandOverState(models.TextChoices):
    DRAFT = "draft", "草拟"
    PROPOSED = "proposed", "待双方签字"
    SIGNED = "signed", "待主管确认"
    CONFIRMED = "confirmed", "待生效"
    IN_EFFECT = "in_effect", "代管中"  # for a time; it ends by itself
    DONE = "done", "已完成"
    RETURNED = "returned", "已归还"
    DECLINED = "declined", "已退回"
    CANCELLED = "cancelled", "已取消"
    UNDONE = "undone", "已撤销"


class HandOverLineState(models.TextChoices):
    PLANNED = "planned", "待移交"
    MOVED = "moved", "已移交"
    PASSED_OVER = "passed_over", "未移交"
    RETURNED = "returned", "已归还"
    KEPT = "kept", "未归还"
