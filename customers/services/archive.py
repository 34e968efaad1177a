"""Keeping the archive (POLICY 二（四）): created and changed here, with its checks, its search keys and its audit row."""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers import naming
from customers.enums import CustomerStatus
from customers.masking import mask_name
from customers.models import Customer
from customers.models.profile import PROFILE_FIELDS, value_of
from customers.policies import can_create_customer, objection_to_editing, objection_to_supervised_fields
from customers.services import merging
from customers.services.access import locked_customer
from customers.services.assignment import assign_manager, refuse_foreign_manager
from customers.services.dates import keep_birthdays
from customers.services.identifiers import agree_with_identity, audit_label
from customers.services.merging import ArchiveConflict, Difference
from customers.services.names import clean_name
from customers.services.search_keys import rebuild_search_keys
from customers.services.sources import AHEAD, note_sources, record_confirmation
from customers.signals import maintenance_changed
from customers.wording import AMOUNTS, MASKS, label_of
from organization import audit, clock
from organization.enums import AuditAction, Role
from organization.exceptions import RuleViolation
from organization.models import Staff

__all__ = [
    "ArchiveConflict", "Difference", "assign_manager", "create_customer", "objections", "open_base", "rebuild_search_keys",
    "seal_base", "update_customer",
]  # fmt: skip

PLAIN_FIELDS = (
    "name", "sex", "birth_date", "id_type", "marital_status", "occupation", "employer", "is_veteran",
    "is_party_member", "interests", "preferred_channel", "preferred_time", "has_no_contact", "no_contact_reason",
    "mourning_until", "note", "status", "co_manager", *(field for field in PROFILE_FIELDS if field not in MASKS),
)  # fmt: skip
EDITABLE = PLAIN_FIELDS + tuple(MASKS)
_AT_CREATION = ("number", "unit", "manager", "managed_since", "tier", "strategy")
# Decided by a supervisor: they change who serves the customer, or end the service.
SUPERVISED = frozenset({"status", "co_manager"})
_PAUSES_CONTACT = frozenset({"has_no_contact", "mourning_until", "status"})
_FOUND_BY = frozenset({"name", "id_number", "mobile"})
# Free text may hold anything, and the trail knows no amounts: it keeps that they changed, not what they said.
_WITHHELD = frozenset(
    {"note", "interests", "no_contact_reason", "employer", "title", "payroll_bank", "buying_habit", "gift_taboos",
     "dietary_note", "region", "social_insurance_months", *AMOUNTS}
)  # fmt: skip
# Columns of unlimited text, and those encrypted, which the database cannot measure.
_LENGTHS = {"address": 200, "email": 100, "note": 2000, "wecom_id": 40, "wechat_id": 40, "dietary_note": 200}

_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
DUPLICATE_DOCUMENT = "该证件号码在行内已有客户档案，请核对号码；如需由您维护，请联系主管办理移交。"
DUPLICATE_NUMBER = "该客户号已被使用，请核对。"


@transaction.atomic
def create_customer(*, by: Staff | None, data: dict[str, Any]) -> Customer:
    """A new archive. `data` holds fields of Customer, identifiers in plain text; unknown names raise TypeError.

    Unless told otherwise a manager's new customer is his own, from today, in his unit. `by` is None for the system.
    """
    _refuse_unknown(data, EDITABLE + _AT_CREATION)
    if by is not None and not can_create_customer(by):
        raise RuleViolation("您的岗位不能建立客户档案。")
    customer = Customer(**_place(by, data))
    customer.number = str(data.get("number") or "").strip() or f"P{secrets.randbelow(10**11):011d}"
    customer.tier = data.get("tier") or customer.tier
    customer.strategy = data.get("strategy") or customer.strategy
    _fill(customer, {"name": "", **{k: v for k, v in data.items() if k in EDITABLE}})
    _check(customer)
    _save(customer, PROFILE_FIELDS if set(data) & set(PROFILE_FIELDS) else ())
    note_sources(customer, [field for field in EDITABLE if value_of(customer, field) is not False], by=by)
    rebuild_search_keys([customer])
    keep_birthdays([customer.pk], on=clock.today())
    audit.record(
        AuditAction.CREATE, customer, by=by, after=_for_audit(customer, EDITABLE, skip_empty=True),
        label=audit_label(customer),
    )  # fmt: skip
    maintenance_changed.send(sender=None, customer_ids=[customer.pk], on=clock.today(), by=by)
    return customer


@transaction.atomic
def update_customer(
    *,
    by: Staff | None,
    customer: Customer,
    version: int,
    data: dict[str, Any],
    base: dict[str, Any] | None = None,
    origin: str = "",
    as_of: date | None = None,
    confirmed: Iterable[str] = (),
) -> Customer:
    """Change the archive that was read at `version`; returns it as saved.

    `base` is what the form was filled with (`open_base`). Somebody else's changes of other fields are kept; of the same
    field they raise ArchiveConflict, which carries both. `origin` and `as_of` say where the changes are known from, and
    the fields `confirmed` still hold. Nothing changed and nothing confirmed means nothing written.
    """
    _refuse_unknown(data, EDITABLE)
    if as_of and as_of > clock.today():
        raise RuleViolation(AHEAD)
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_editing(by, row)):
        raise RuleViolation(objection)
    if version != row.version:
        data = merging.merge(row, data, base)
    before = merging.copied(row)
    _fill(row, data)
    changed = [field for field in data if _differs(before, row, field)]
    held = [field for field in confirmed if field not in changed]
    held = note_sources(row, held, by=by, origin=origin, as_of=as_of) if held else []
    if held:
        record_confirmation(row, [label_of(field) for field in held], by=by)
    if not changed:
        return row
    if by is not None and SUPERVISED & set(changed) and (objection := objection_to_supervised_fields(by)):
        raise RuleViolation(objection)
    if "co_manager" in changed and row.co_manager is not None:
        refuse_foreign_manager(by, row.co_manager)
    _check(row)
    changed = [field for field in EDITABLE if _differs(before, row, field)]
    row.version += 1
    _save(row, changed)
    note_sources(row, changed, by=by, origin=origin, as_of=as_of)
    _announce(by, before, row, changed)
    return row


def seal_base(customer: Customer) -> str:
    """For the hidden field of the edit form: what it is filled with."""
    return merging.seal(customer, EDITABLE)


def open_base(customer: Customer, token: str) -> dict[str, Any] | None:
    return merging.unseal(customer, token)


def _place(by: Staff | None, data: dict[str, Any]) -> dict[str, Any]:
    """Manager, unit and since when; a manager of somebody else's unit is refused."""
    manager = data.get("manager")
    if manager is None and by is not None and by.role == Role.RELATIONSHIP_MANAGER:
        manager = by
    if manager is not None:
        refuse_foreign_manager(by, manager)
    unit = data.get("unit") or (manager.unit if manager else by.unit if by else None)
    if unit is None:
        raise RuleViolation("请选择归属机构。")
    if by is not None and unit.pk not in by.unit_ids():
        raise RuleViolation("归属机构不在您的管辖范围内。")
    since = data.get("managed_since") or (clock.today() if manager else None)
    return {"manager": manager, "unit": unit, "managed_since": since}


def _fill(customer: Customer, data: dict[str, Any]) -> None:
    if "name" in data:
        data = data | {"name": clean_name(data["name"])}
        customer.sort_name = naming.sort_pinyin(data["name"])[:120]
    merging.apply(customer, data)


def objections(values: Mapping[str, Any]) -> dict[str, str]:
    """Field → sentence for every rule that one archive can break by itself; fields left out are not asked about."""
    found = {}
    birth_date = values.get("birth_date")
    if birth_date and birth_date > clock.today():
        found["birth_date"] = "出生日期不能晚于今天。"
    if values.get("status") == CustomerStatus.MERGED:
        found["status"] = "“已合并”由合并重复档案而来，请选择其他状态。"
    for field, length in _LENGTHS.items():
        if (typed := len(values.get(field) or "")) > length:
            found[field] = f"{label_of(field)}最多{length}个字，现在有{typed}个。"
    if values.get("has_no_contact") and not (values.get("no_contact_reason") or "").strip():
        found["no_contact_reason"] = "设为免打扰时请填写原因。"
    if (email := values.get("email")) and not _MAILBOX.fullmatch(email):
        found.setdefault("email", "电子邮箱格式不正确，请核对。")
    if values.get("is_id_permanent") and values.get("id_expires_on"):
        found["id_expires_on"] = "证件长期有效时不填有效期，请清空其中一项。"
    if (first := values.get("first_contact_on")) and first > clock.today():
        found["first_contact_on"] = "首次接触日期不能晚于今天。"
    if set(values.get("most_valued") or ()) & set(values.get("least_valued") or ()):
        found["least_valued"] = "同一项不能既是最看重又是最不看重。"
    return found


def _check(customer: Customer) -> None:
    """Every rule of the archive, each broken one as a Chinese sentence; what a card says fills what is empty."""
    agree_with_identity(customer)
    for sentence in objections({name: value_of(customer, name) for name in EDITABLE}).values():
        raise RuleViolation(sentence)
    if customer.co_manager_id and customer.co_manager_id == customer.manager_id:
        raise RuleViolation("协办客户经理不能与客户经理是同一人。")
    try:
        customer.clean_fields()
        customer.details.clean_fields(exclude=["customer", "unit"])
    except ValidationError as error:
        raise RuleViolation(_first_sentence(error)) from None
    same_document = Customer.objects.unscoped("one archive per document in the whole bank").filter(
        id_type=customer.id_type, id_number_index=customer.id_number_index
    )
    if customer.id_number_index and same_document.exclude(pk=customer.pk).exists():
        raise RuleViolation(DUPLICATE_DOCUMENT)


def _first_sentence(error: ValidationError) -> str:
    field, messages = next(iter(error.message_dict.items()))
    label, sentence = label_of(field), messages[0]
    return sentence if sentence.startswith(label) else f"{label}：{sentence}"


def _save(customer: Customer, changed: Iterable[str]) -> None:
    """Both rows, the second one only if it changed."""
    details = customer.details
    try:
        with transaction.atomic():
            customer.save()
            if set(changed) & set(PROFILE_FIELDS):
                details.customer, details.unit_id = customer, customer.unit_id
                details.save(force_insert=details._state.adding)
    except IntegrityError as error:
        # Two people registering one customer at the same moment: the check above saw neither.
        is_document = "id_number_index" in str(error) or "customer_identity" in str(error)
        raise RuleViolation(DUPLICATE_DOCUMENT if is_document else DUPLICATE_NUMBER) from None


def _announce(by: Staff | None, before: Customer, row: Customer, changed: list[str]) -> None:
    if _FOUND_BY & set(changed):
        rebuild_search_keys([row])
    if "birth_date" in changed:
        keep_birthdays([row.pk], on=clock.today())
    audit.record(
        AuditAction.CHANGE, row, by=by, before=_for_audit(before, changed), after=_for_audit(row, changed),
        label=audit_label(row),
    )  # fmt: skip
    if _PAUSES_CONTACT & set(changed):
        maintenance_changed.send(sender=None, customer_ids=[row.pk], on=clock.today(), by=by)


def _differs(before: Customer, after: Customer, field: str) -> bool:
    return merging.snapshot(before, (field,)) != merging.snapshot(after, (field,))


def _for_audit(customer: Customer, fields, *, skip_empty: bool = False) -> dict[str, str]:
    """Field → text without personal data: names, identifiers and birth dates masked, free text by its length."""
    texts = {field: _audit_text(field, merging.shown(field, value)) for field, value in
             merging.snapshot(customer, tuple(fields)).items()}  # fmt: skip
    return {field: text for field, text in texts.items() if text or not skip_empty}


def _audit_text(field: str, text: str) -> str:
    if not text:
        return ""
    if field == "name":
        return mask_name(text)
    if field == "birth_date":
        return f"{text[:4]}-**-**"
    return f"共{len(text)}字" if field in _WITHHELD else text


def _refuse_unknown(data: dict[str, Any], known: tuple[str, ...]) -> None:
    if unknown := set(data) - set(known):
        raise TypeError(f"not fields of the archive: {', '.join(sorted(unknown))}")
