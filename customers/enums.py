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
    MERGED = "merged", "已合并"  # into another archive: Merge says which


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


class RiskTolerance(models.TextChoices):
    """What a customer can bear, by the bank's questionnaire (DOMAIN 1.5)."""

    C1 = "C1", "C1 保守型"
    C2 = "C2", "C2 稳健型"
    C3 = "C3", "C3 平衡型"
    C4 = "C4", "C4 成长型"
    C5 = "C5", "C5 进取型"


class AssessmentState(models.TextChoices):
    VALID = "valid", "有效"
    EXPIRED = "expired", "已过期"
    STALE = "stale", "已失效"


class AssessmentPlace(models.TextChoices):
    OUTLET = "outlet", "网点"
    MOBILE_BANK = "mobile_bank", "手机银行"
    ONLINE_BANK = "online_bank", "网上银行"


class StaleReason(models.TextChoices):
    """A material change that makes a risk assessment worthless before its time (DOMAIN 1.5)."""

    INCOME = "income", "收入发生重大变化"
    FAMILY = "family", "家庭状况发生重大变化"
    HEALTH = "health", "健康状况发生重大变化"
    SENIOR = "senior", "年满65周岁"


class ConsentPurpose(models.TextChoices):
    """What a customer's agreement is asked for. The sensitive ones and passing on need a consent of their own
    (个人信息保护法 23, 29, 31)."""

    MARKETING = "marketing", "产品与活动推介"
    CARE = "care", "节日与生日问候"
    SURVEY = "survey", "满意度调研"
    PROFILING = "profiling", "个性化推荐"
    FINANCE = "finance", "他行资产等财务信息"
    HEALTH = "health", "健康信息"
    BELIEF = "belief", "宗教信仰与民族习惯"
    MINOR = "minor", "不满14周岁未成年人信息"
    SHARING = "sharing", "向第三方提供个人信息"


CHANNEL_PURPOSES = (ConsentPurpose.MARKETING, ConsentPurpose.CARE, ConsentPurpose.SURVEY)
SEPARATE_PURPOSES = (
    ConsentPurpose.FINANCE,
    ConsentPurpose.HEALTH,
    ConsentPurpose.BELIEF,
    ConsentPurpose.MINOR,
    ConsentPurpose.SHARING,
)


class ConsentMeans(models.TextChoices):
    """How the customer said it."""

    SIGNED = "signed", "书面签署"
    ELECTRONIC = "electronic", "手机银行确认"
    RECORDED_CALL = "recorded_call", "电话录音"
    MESSAGE = "message", "短信或企业微信回复"
    VERBAL = "verbal", "当面口头"


class DocumentKind(models.TextChoices):
    IDENTITY = "identity", "身份证件"
    RISK_QUESTIONNAIRE = "risk_questionnaire", "风险测评问卷"
    CONSENT = "consent", "授权书、同意书"
    ACCOUNT = "account", "开户与业务申请"
    INCOME = "income", "收入或资产证明"
    PLAN = "plan", "理财规划书"
    OTHER = "other", "其他资料"


class DocumentFormat(models.TextChoices):
    PDF = "pdf", "application/pdf"
    JPEG = "jpg", "image/jpeg"
    PNG = "png", "image/png"


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


class Education(models.TextChoices):
    JUNIOR = "junior", "初中及以下"
    SENIOR = "senior", "高中、中专"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"


class Industry(models.TextChoices):
    """The sections of GB/T 4754-2017, in their order; names shortened as people say them."""

    AGRICULTURE = "A", "农林牧渔业"
    MINING = "B", "采矿业"
    MANUFACTURING = "C", "制造业"
    UTILITIES = "D", "电力、热力、燃气及水"
    CONSTRUCTION = "E", "建筑业"
    TRADE = "F", "批发和零售业"
    TRANSPORT = "G", "交通运输、仓储和邮政"
    CATERING = "H", "住宿和餐饮业"
    INFORMATION = "I", "信息技术服务业"
    FINANCE = "J", "金融业"
    REAL_ESTATE = "K", "房地产业"
    LEASING = "L", "租赁和商务服务业"
    RESEARCH = "M", "科研和技术服务业"
    ENVIRONMENT = "N", "水利、环境和公共设施"
    RESIDENT_SERVICES = "O", "居民服务和修理"
    EDUCATION = "P", "教育"
    HEALTH = "Q", "卫生和社会工作"
    CULTURE = "R", "文化、体育和娱乐业"
    PUBLIC = "S", "公共管理和社会组织"
    INTERNATIONAL = "T", "国际组织"


class RetirementType(models.TextChoices):
    """Whose statutory retirement age grows how (DOMAIN 1.6)."""

    MALE = "M", "男职工（原60岁）"
    FEMALE_55 = "F55", "女干部（原55岁）"
    FEMALE_50 = "F50", "女工人（原50岁）"


class HouseholdRole(models.TextChoices):
    HEAD = "head", "一家之主"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    PARENT = "parent", "老人"
    OTHER = "other", "其他成员"


class Degree(models.TextChoices):
    HIGH = "high", "高"
    MEDIUM = "medium", "中"
    LOW = "low", "低"


class ServiceChannel(models.TextChoices):
    """Where a customer likes to do business."""

    COUNTER = "counter", "网点柜面"
    MACHINE = "machine", "自助机具"
    MOBILE_BANK = "mobile_bank", "手机银行"
    ONLINE_BANK = "online_bank", "网上银行"
    TELEPHONE = "telephone", "客服电话"
    VISIT = "visit", "客户经理上门"


class ServiceElement(models.TextChoices):
    """What a customer values most, or least, in being served (POLICY 二（一）2: 服务需求特征)."""

    YIELD = "yield", "收益水平"
    SAFETY = "safety", "资金安全"
    FEES = "fees", "费用优惠"
    SPEED = "speed", "办理速度"
    EXPERTISE = "expertise", "专业建议"
    ATTITUDE = "attitude", "服务态度"
    PRIVACY = "privacy", "私密性"
    ENVIRONMENT = "environment", "网点环境"
    NEARNESS = "nearness", "就近方便"
    DIGITAL = "digital", "线上体验"
    BENEFITS = "benefits", "权益礼遇"
    CARE = "care", "节日生日关怀"


class Topic(models.TextChoices):
    """What a customer likes to talk and to hear about."""

    DEPOSIT = "deposit", "存款利率"
    WEALTH = "wealth", "理财"
    FUND = "fund", "基金股市"
    INSURANCE = "insurance", "保险保障"
    METAL = "metal", "贵金属"
    PENSION = "pension", "养老"
    EDUCATION = "education", "子女教育"
    TAX = "tax", "个税"
    HOUSING = "housing", "房产房贷"
    SUCCESSION = "succession", "财富传承"
    HEALTH = "health", "健康养生"
    TRAVEL = "travel", "旅游"
    CULTURE = "culture", "文化艺术"
    SPORT = "sport", "体育运动"


class TaxItem(models.TextChoices):
    """专项附加扣除. Serious illness is left out: it would tell of the customer's health."""

    CHILDREN_EDUCATION = "children_education", "子女教育"
    INFANT_CARE = "infant_care", "婴幼儿照护"
    CONTINUING_EDUCATION = "continuing_education", "继续教育"
    HOUSING_LOAN = "housing_loan", "住房贷款利息"
    RENT = "rent", "住房租金"
    ELDER_SUPPORT = "elder_support", "赡养老人"


class Weekday(models.TextChoices):
    MONDAY = "1", "周一"
    TUESDAY = "2", "周二"
    WEDNESDAY = "3", "周三"
    THURSDAY = "4", "周四"
    FRIDAY = "5", "周五"
    SATURDAY = "6", "周六"
    SUNDAY = "7", "周日"


class FactOrigin(models.TextChoices):
    """Where a field of the archive is known from."""

    CUSTOMER = "customer", "客户本人"
    DOCUMENT = "document", "资料"
    SYSTEM = "system", "系统"
    INFERRED = "inferred", "推断"


class EducationStage(models.TextChoices):
    PRESCHOOL = "preschool", "学前"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中、中专"
    COLLEGE = "college", "大专、本科"
    POSTGRADUATE = "postgraduate", "研究生"
    FINISHED = "finished", "已毕业"


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


class LifeStage(models.TextChoices):
    """Stages of the family life cycle (DOMAIN 1.4)."""

    SINGLE = "SINGLE", "单身期"
    FORMATION = "FORMATION", "家庭形成期"
    GROWTH = "GROWTH", "家庭成长期"
    MATURITY = "MATURITY", "家庭成熟期"
    AGEING = "AGEING", "家庭衰老期"
