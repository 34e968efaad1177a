"""Dated parameters of the customer archive, with what they ship as."""

from customers.enums import Channel, DocumentKind, ProductRisk, RetirementType, RiskTolerance, Strategy, Tier
from organization.parameters import declare

TIER_THRESHOLDS = declare(
    "tier_thresholds",
    {
        "MASS": "0",
        "POTENTIAL": "50000",
        "GOLD": "100000",
        "PLATINUM": "500000",
        "DIAMOND": "2000000",
        "PRIVATE": "6000000",
    },
    label="客户层级下限（月日均，元，含）",
    words=dict(Tier.choices),
    source="项目默认值，参照同业公开口径",
)
TIER_MONTHS_DOWN = declare(
    "tier_months_down",
    {"MASS": 1, "POTENTIAL": 1, "GOLD": 3, "PLATINUM": 3, "DIAMOND": 3, "PRIVATE": 6},
    label="连续几个月低于下限才降级",
    words=dict(Tier.choices),
    source="项目默认值，参照同业公开口径",
)
TIER_NEAR_PERCENT = declare("tier_near_percent", 20, label="临界：距上一层级下限不超过（%）", source="项目默认值")
STRATEGY_MATURING = declare("strategy_maturing", 500000, label="建议积极维护：近期到期金额（元）", source="项目默认值")
STRATEGY_MATURING_DAYS = declare("strategy_maturing_days", 60, label="建议积极维护：多少天内到期", source="项目默认值")
STRATEGY_UNANSWERED = declare("strategy_unanswered", 4, label="建议被动维护：连续未接通次数", source="项目默认值")
BEAT_MATRIX = declare(
    "beat_matrix",
    {
        "PRIVATE": {"INTENSIVE": {"meeting": "1M", "phone": "1W"}, "ACTIVE": {"meeting": "2M", "phone": "2W"},
                    "RESPONSIVE": {"meeting": "6M", "phone": "1M"}},
        "DIAMOND": {"INTENSIVE": {"meeting": "2M", "phone": "2W"}, "ACTIVE": {"meeting": "3M", "phone": "1M"},
                    "RESPONSIVE": {"meeting": "12M", "phone": "3M"}},
        "PLATINUM": {"INTENSIVE": {"meeting": "3M", "phone": "1M"}, "ACTIVE": {"meeting": "6M", "phone": "2M"},
                     "RESPONSIVE": {"phone": "3M"}},
        "GOLD": {"INTENSIVE": {"meeting": "6M", "phone": "1M"}, "ACTIVE": {"meeting": "12M", "phone": "2M"},
                 "RESPONSIVE": {"phone": "3M"}},
        "POTENTIAL": {"INTENSIVE": {"meeting": "12M", "phone": "3M"}, "ACTIVE": {"phone": "6M"}, "RESPONSIVE": {}},
        "MASS": {"INTENSIVE": {}, "ACTIVE": {}, "RESPONSIVE": {}},
    },
    label="维护频度：各层级、各策略的会面和电话最长间隔",
    source="项目默认值（制度原文未附频度表）",
    words=dict([*Tier.choices, *Strategy.choices, *Channel.choices]),
)  # fmt: skip
REVEAL_DAILY_QUOTA = declare("reveal_daily_quota", 50, label="每人每日查看明文次数", source="项目默认值")
REVEAL_SECONDS = declare("reveal_seconds", 30, label="明文显示秒数", source="项目默认值")
MATURITY_LEAD_DAYS = declare("maturity_lead_days", [30, 7, 1], label="到期提前提醒天数", source="项目默认值")
SENIOR_CUSTOMER_AGE = declare(
    "senior_customer_age", 65, label="老年客户年龄（岁）", source="金融机构产品适当性管理办法"
)
ARCHIVE_WEIGHTS = declare(
    "archive_weights",
    {
        "id_number": 10, "mobile": 10, "birth_date": 5, "sex": 2, "id_expires_on": 4, "nationality": 1, "address": 3,
        "region": 2, "wecom_id": 3, "preferred_channel": 3, "preferred_time": 3, "marital_status": 4, "education": 2,
        "occupation": 4, "employer": 3, "industry": 2, "retirement_type": 2, "interests": 4, "annual_income": 6,
        "monthly_spending": 4, "debts": 2, "insurance_cover": 2, "activity": 2, "price_sensitivity": 2,
        "product_preference": 4, "channel_habit": 2, "most_valued": 5, "topics": 4,
    },
    label="档案完整度：各栏目的权重（0为不计）",
    words={
        "id_number": "证件号码", "mobile": "手机号码", "birth_date": "出生日期", "sex": "性别", "id_expires_on": "证件有效期",
        "nationality": "国籍", "address": "联系地址", "region": "常住地区", "wecom_id": "企业微信",
        "preferred_channel": "首选联系方式", "preferred_time": "方便联系时间", "marital_status": "婚姻状况",
        "education": "学历", "occupation": "职业", "employer": "工作单位", "industry": "行业", "retirement_type": "退休类型",
        "interests": "兴趣爱好", "annual_income": "税后年收入", "monthly_spending": "月支出", "debts": "负债",
        "insurance_cover": "商业保险保额", "activity": "交易活跃度", "price_sensitivity": "价格敏感度",
        "product_preference": "产品偏好", "channel_habit": "办理渠道习惯", "most_valued": "最看重的服务", "topics": "关注话题",
    },
    source="项目默认值",
)  # fmt: skip
ARCHIVE_KEY_WEIGHT = declare(
    "archive_key_weight", 4, label="数据质量：权重不低于多少的栏目逐户列出", source="项目默认值"
)
ARCHIVE_STALE_DAYS = declare("archive_stale_days", 365, label="客户情况多少天未核实视为陈旧", source="项目默认值")
CHILD_AGE = declare("child_age", 14, label="不满几周岁的儿童信息属敏感个人信息", source="个人信息保护法第二十八条")
RISK_VALID_MONTHS = declare(
    "risk_valid_months", 12, label="风险测评有效期（月，周年日当天仍有效）", source="项目默认值，参照同业公开口径"
)
RISK_REMIND_DAYS = declare("risk_remind_days", 30, label="风险测评到期提前提示（天）", source="项目默认值")
RISK_TESTS_PER_DAY = declare(
    "risk_tests_per_day", 2, label="同一客户每日最多测评次数", source="项目默认值，参照同业公开口径"
)
RISK_TESTS_PER_YEAR = declare(
    "risk_tests_per_year", 8, label="同一客户12个月内最多测评次数", source="项目默认值，参照同业公开口径"
)
RISK_MATCHING = declare(
    "risk_matching",
    {"C1": "R1", "C2": "R2", "C3": "R3", "C4": "R4", "C5": "R5"},
    label="风险承受能力可匹配的最高产品风险等级",
    words=dict([*RiskTolerance.choices, *ProductRisk.choices]),
    source="金融机构产品适当性管理办法、基金募集机构投资者适当性管理实施指引",
)
SENIOR_REVIEW_FROM = declare(
    "senior_review_from",
    "R3",
    label="老年客户购买该等级及以上产品须第二人复核",
    words=dict(ProductRisk.choices),
    source="项目默认值",
)
DOCUMENT_MEGABYTES = declare("document_megabytes", 10, label="客户文件大小上限（MB）", source="项目默认值")
DOCUMENT_CHECKLIST = declare(
    "document_checklist", ["identity", "risk_questionnaire", "consent"], label="每位客户应有的文件",
    words=dict(DocumentKind.choices), source="制度二（四）",
)  # fmt: skip
DOCUMENT_REMIND_DAYS = declare("document_remind_days", 60, label="客户文件到期提前提示（天）", source="项目默认值")
LIST_COUNT_CAP = declare("list_count_cap", 1000, label="列表计数上限", source="项目默认值")
BULK_ROWS = declare("bulk_rows", 5000, label="批量办理一次最多客户数", source="项目默认值")
BULK_UNDO_DAYS = declare("bulk_undo_days", 7, label="批量办理几天内可以撤销", source="项目默认值")
EXPORT_FREE_ROWS = declare("export_free_rows", 50, label="名单导出超过多少位客户须审批", source="项目默认值")
EXPORT_ROWS = declare("export_rows", 20000, label="名单导出一次最多客户数", source="项目默认值")
EXPORT_DAYS = declare("export_days", 3, label="名单导出批准后几天内可以下载", source="项目默认值")
IMPORT_BROWSER_MEGABYTES = declare(
    "import_browser_megabytes", 20, label="浏览器导入文件大小上限（MB）", source="项目默认值"
)
IMPORT_BROWSER_ROWS = declare("import_browser_rows", 50000, label="浏览器导入行数上限", source="项目默认值")
MERGE_UNDO_DAYS = declare("merge_undo_days", 30, label="档案合并几天内可以撤销", source="项目默认值")
LIFE_STAGE_AGES = declare(
    "life_stage_ages",
    {"school": 6, "adult": 18, "childless_maturity": 50, "single_until": 60},
    label="生命周期分界年龄（周岁）",
    words={
        "school": "子女入学",
        "adult": "子女成年",
        "childless_maturity": "已婚无子女进入成熟期",
        "single_until": "单身期止",
    },
    source="项目默认值；成年年龄依据民法典第十七条",
)
STATUTORY_RETIREMENT = declare(
    "statutory_retirement",
    {
        "M": {"base": 60, "start": "1965-01", "step": 4, "cap": 36},
        "F55": {"base": 55, "start": "1970-01", "step": 4, "cap": 36},
        "F50": {"base": 50, "start": "1975-01", "step": 2, "cap": 60},
    },
    label="法定退休年龄（原年龄、延迟起始出生年月、每几个月延迟一个月、最多延迟月数）",
    words=dict(RetirementType.choices)
    | {"base": "原年龄", "start": "起始出生年月", "step": "每几个月", "cap": "最多延迟月数"},
    source="全国人大常委会2024年9月13日决定",
)
