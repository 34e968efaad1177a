"""What a file of each kind may bring: our fields, how their cells are read, and by which column names they are known."""

from dataclasses import dataclass, field

from customers.enums import (
    Channel,
    CustomerStatus,
    IdType,
    ImportKind,
    MaritalStatus,
    Occupation,
    PartyRole,
    Sex,
    Strategy,
    Tier,
)
from customers.importing import cells
from customers.importing.lunar_text import lunar_birthday
from organization.enums import UnitKind


@dataclass(frozen=True)
class Field:
    """One of our fields. `clean` gets a cell that is not blank and answers the value or raises BadCell."""

    name: str
    label: str
    clean: cells.Cleaner
    is_required: bool = False
    aliases: tuple[str, ...] = field(default=())
    hint: str = ""


# 1 and 2 are the codes of GB/T 2261.1, which core systems deliver.
_SEXES = {"m": "male", "f": "female", "1": "male", "2": "female", "男性": "male", "女性": "female"}
_UNIT_ALIASES = ("机构", "网点", "网点号", "归属机构", "归属机构号", "开户机构", "开户网点", "机构编号", "机构代码")
_CUSTOMER_ALIASES = ("客户编号", "客户代码", "核心客户号", "客户id")
_ACCOUNT_ALIASES = ("账户标识", "账户编号", "账户id", "帐户标识", "内部账号", "账号标识")
_PRODUCT_ALIASES = ("产品", "产品编号", "产品名称")

FIELDS: dict[str, tuple[Field, ...]] = {
    ImportKind.UNITS: (
        Field("code", "机构号", cells.code(20), True, ("机构编号", "机构代码", "网点号")),
        Field("name", "机构名称", cells.text(100), True, ("名称", "网点名称")),
        Field("kind", "机构类型", cells.choice(UnitKind), False, ("类型",)),
        Field("parent", "上级机构号", cells.code(20), False, ("上级机构", "上级")),
    ),
    ImportKind.CUSTOMERS: (
        Field("number", "客户号", cells.code(32), True, _CUSTOMER_ALIASES),
        Field("name", "姓名", cells.text(60), True, ("客户姓名", "客户名称", "名称")),
        Field("unit", "机构号", cells.code(20), False, _UNIT_ALIASES, "不填为导入时选定的机构"),
        Field("manager", "客户经理", cells.code(20), False, ("客户经理工号", "客户经理员工号", "管户经理", "员工号"), "员工号"),
        Field("managed_since", "分配日期", cells.day, False, ("管户日期",)),
        Field("sex", "性别", cells.choice(Sex, _SEXES), False),
        Field("birth_date", "出生日期", cells.day, False, ("生日", "出生年月日")),
        Field("lunar_birthday", "农历生日", lunar_birthday, False, ("阴历生日",), "如08-15、闰04-15或八月十五"),
        Field("id_type", "证件类型", cells.choice(IdType, {"身份证": "identity_card", "二代身份证": "identity_card"}), False, ("证件种类",)),
        Field("id_number", "证件号码", cells.identifier(30), False, ("身份证号", "身份证号码", "证件号", "身份证")),
        Field("mobile", "手机号码", cells.phone, False, ("手机", "手机号", "联系电话", "电话", "移动电话")),
        Field("address", "联系地址", cells.text(200), False, ("地址", "家庭地址", "通讯地址")),
        Field("email", "电子邮箱", cells.text(120), False, ("邮箱", "电子邮件")),
        Field("marital_status", "婚姻状况", cells.choice(MaritalStatus), False, ("婚姻",)),
        Field("occupation", "职业", cells.choice(Occupation), False),
        Field("employer", "工作单位", cells.text(100), False, ("单位", "单位名称")),
        Field("is_veteran", "退役军人", cells.flag, False),
        Field("is_party_member", "中共党员", cells.flag, False, ("党员",)),
        Field("interests", "兴趣爱好", cells.text(200), False, ("爱好",)),
        Field("preferred_channel", "首选联系方式", cells.choice(Channel), False, ("联系方式偏好",)),
        Field("preferred_time", "方便联系时间", cells.text(40), False, ("联系时间",)),
        Field("status", "状态", cells.choice(CustomerStatus), False, ("客户状态",)),
        Field("tier", "客户层级", cells.choice(Tier), False, ("层级", "客户等级")),
        Field("strategy", "维护策略", cells.choice(Strategy), False, ("策略",)),
        Field("note", "备注", cells.text(2000), False, ("说明",)),
    ),
    ImportKind.ACCOUNTS: (
        Field("reference", "账户标识", cells.code(40), True, _ACCOUNT_ALIASES[1:]),
        Field("customer", "客户号", cells.code(32), True, _CUSTOMER_ALIASES),
        Field("product", "产品代码", cells.text(100), True, _PRODUCT_ALIASES),
        Field("unit", "开户机构号", cells.code(20), False, ("机构号", *_UNIT_ALIASES), "不填为客户的归属机构"),
        Field("number", "账号", cells.identifier(40), False, ("卡号", "账（卡）号", "帐号")),
        Field("currency", "币种", cells.code(3), False, (), "不填为CNY"),
        Field("opened_on", "开户日期", cells.day, True, ("开户日", "开立日期")),
        Field("closed_on", "销户日期", cells.day, False, ("销户日",)),
    ),
    ImportKind.PARTIES: (
        Field("account", "账户标识", cells.code(40), True, _ACCOUNT_ALIASES[1:]),
        Field("customer", "客户号", cells.code(32), True, _CUSTOMER_ALIASES),
        Field("role", "身份", cells.choice(PartyRole), True, ("角色", "关系")),
    ),
    ImportKind.HOLDINGS: (
        Field("reference", "持仓标识", cells.code(40), True, ("持有标识", "合同号", "借据号", "持仓编号")),
        Field("customer", "客户号", cells.code(32), False, _CUSTOMER_ALIASES, "不填为账户的户主"),
        Field("account", "账户标识", cells.code(40), False, _ACCOUNT_ALIASES[1:]),
        Field("product", "产品代码", cells.text(100), True, _PRODUCT_ALIASES),
        Field("amount", "金额", cells.money, True, ("本金", "持有金额", "贷款金额")),
        Field("rate", "年利率", cells.rate, False, ("利率",)),
        Field("bought_on", "起始日期", cells.day, True, ("起息日", "购买日期", "发放日期", "起息日期")),
        Field("matures_on", "到期日期", cells.day, False, ("到期日",)),
        Field("closed_on", "结清日期", cells.day, False, ("结清日", "赎回日期")),
    ),
    ImportKind.BALANCES: (
        Field("account", "账户标识", cells.code(40), True, _ACCOUNT_ALIASES[1:]),
        Field("day", "日期", cells.day, True, ("余额日期", "日终日期", "数据日期", "统计日期")),
        Field("balance", "余额", cells.money, True, ("日终余额", "账户余额")),
    ),
}  # fmt: skip


def fields_of(kind: str) -> dict[str, Field]:
    return {item.name: item for item in FIELDS[kind]}
