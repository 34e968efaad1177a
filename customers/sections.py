"""The archive's fields by what they are about, in the policy's four dimensions (二（一）2; DOMAIN 1.6).

The one order for the page, the form and the meter of completeness.
"""

from dataclasses import dataclass

BASIC, PURCHASE, ACCOUNT, SERVICE = "基本特征", "购买行为特征", "账户特征", "服务需求特征"


@dataclass(frozen=True)
class Section:
    """Fields that are read and filled in together. `is_fact`: somebody said so, on some day, and it may need asking again."""

    key: str
    label: str
    dimension: str
    fields: tuple[str, ...]
    is_fact: bool = True


SECTIONS = (
    Section(
        "identity", "身份", BASIC,
        ("name", "sex", "birth_date", "id_type", "id_number", "id_expires_on", "is_id_permanent", "nationality",
         "is_politically_exposed"),
    ),
    Section(
        "contact", "联系方式", BASIC,
        ("mobile", "alt_phone", "wecom_id", "wechat_id", "email", "region", "address", "postcode", "preferred_channel",
         "preferred_time", "quiet_days"),
    ),
    Section(
        "life", "家庭与职业", BASIC,
        ("marital_status", "household_role", "education", "occupation", "employer", "title", "industry", "payroll_bank",
         "retirement_type", "interests", "is_veteran", "is_party_member"),
    ),
    Section(
        "finance", "收入与保障", BASIC,
        ("annual_income", "monthly_spending", "other_assets", "debts", "insurance_cover", "housing_fund",
         "social_insurance_months", "tax_items"),
    ),
    Section(
        "behaviour", "购买行为", PURCHASE,
        ("activity", "price_sensitivity", "product_preference", "channel_habit", "buying_habit"),
    ),
    Section(
        "needs", "服务需求", SERVICE, ("most_valued", "least_valued", "topics", "dietary_note", "gift_taboos"),
    ),
    Section(
        "care", "提醒与备注", "维护情况",
        ("has_no_contact", "no_contact_reason", "mourning_until", "first_contact_on", "status", "co_manager", "note"),
        is_fact=False,
    ),
)  # fmt: skip
SECTION_OF = {field: section for section in SECTIONS for field in section.fields}
FACTS = frozenset(field for field, section in SECTION_OF.items() if section.is_fact)
# What never changes, or is followed by another rule, is not asked again.
LASTING = frozenset(
    {
        "name",
        "sex",
        "birth_date",
        "id_type",
        "id_number",
        "id_expires_on",
        "is_id_permanent",
        "nationality",
        "is_veteran",
    }
)
# What a choice says before anybody has asked.
UNASKED = {"sex": "unknown", "marital_status": "unknown", "occupation": "other"}


def is_blank(field: str, value: object) -> bool:
    """Whether nothing is known yet. A tick that is not set says no, and that is known."""
    return value is None or value == "" or value == () or value == UNASKED.get(field)
