"""How a field of the archive is named and read: its label, its value in words, its mask."""

from datetime import date
from typing import Any

from customers.masking import (
    mask_account_name,
    mask_address,
    mask_amount,
    mask_email,
    mask_id_number,
    mask_mobile,
    mask_words,
)
from customers.models import Customer
from customers.models.profile import column_of, value_of
from organization.fields import CodesField

# What stands in the customer's own row, and what in the second one (PIPL: contact data, health, religion, finance).
IDENTIFIERS = {"id_number": mask_id_number, "mobile": mask_mobile, "address": mask_address, "email": mask_email}
AMOUNTS = ("annual_income", "monthly_spending", "other_assets", "debts", "insurance_cover", "housing_fund")
MASKS = (
    IDENTIFIERS
    | {"alt_phone": mask_mobile, "wecom_id": mask_account_name, "wechat_id": mask_account_name}
    | {"dietary_note": mask_words}
    | dict.fromkeys(AMOUNTS, mask_amount)
)
PHONES = ("mobile", "alt_phone")


def masked(customer: Customer, field: str) -> str:
    """What everybody reads of a personal field until it is revealed."""
    return MASKS[field](value_of(customer, field))


def label_of(field: str) -> str:
    return str(column_of(field).verbose_name)


def said(field: str, value: Any) -> str:
    """A value that is not masked as people read it; nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    choices = dict(column_of(field).flatchoices)
    if isinstance(column_of(field), CodesField):
        return "、".join(str(choices.get(code, code)) for code in value)
    return str(choices.get(value, value))
