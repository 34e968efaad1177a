"""Identifiers of a customer: written encrypted with their blind indexes, read only by `reveal`."""

from decimal import Decimal
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from customers import blind_indexes
from customers.blind_indexes import InvalidIdentifier
from customers.enums import IdType, Sex
from customers.identity import parse_id_number
from customers.masking import mask_name
from customers.models import Account, Customer
from customers.models.profile import value_of
from customers.parameters import REVEAL_DAILY_QUOTA
from customers.policies import objection_to_revealing
from customers.services.access import locked_customer
from customers.wording import AMOUNTS, MASKS
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Staff
from organization.notifications import notify
from organization.parameters import parameter

REASON_MIN = 2
_CENT = Decimal("0.01")


class Occasion(Protocol):
    """A due task of the customer, an appointment among them: the reason to read the number, without typing one."""

    customer_id: int
    public_id: str

    def get_kind_display(self) -> str: ...


class QuotaExceeded(RuleViolation):
    """The day's quota of plain readings is used up."""


def set_identifiers(
    customer: Customer,
    *,
    id_type: str | None = None,
    id_number: str | None = None,
    mobile: str | None = None,
    address: str | None = None,
    email: str | None = None,
) -> None:
    """Normalise and fill, with the blind indexes, without saving. None leaves a value as it is, "" empties it.

    Raises RuleViolation with the sentence that names the fault.
    """
    try:
        if id_type is not None:
            customer.id_type = id_type
        if id_number is not None:
            number = blind_indexes.normalise_document(customer.id_type, id_number)
            customer.id_number = number
            customer.id_number_index = blind_indexes.document_index(customer.id_type, number)
        if mobile is not None:
            customer.mobile = blind_indexes.normalise_mobile(mobile)
            customer.mobile_index = blind_indexes.mobile_index(customer.mobile)
    except InvalidIdentifier as error:
        raise RuleViolation(str(error)) from None
    if address is not None:
        customer.address = address.strip()
    if email is not None:
        customer.email = email.strip()


def set_personal(customer: Customer, values: dict[str, Any]) -> None:
    """The same for the masked fields of the second row; amounts come as Decimal or None, to the cent."""
    for field, value in values.items():
        if field in AMOUNTS:
            value = None if value in (None, "") else Decimal(value).quantize(_CENT)
        elif field == "alt_phone":
            try:
                value = blind_indexes.normalise_mobile(value)
            except InvalidIdentifier as error:
                raise RuleViolation(str(error).replace("手机号码", "备用电话")) from None
        else:
            value = value.strip()
        setattr(customer.details, field, value)


def set_account_number(account: Account, number: str) -> None:
    """Fill the encrypted number of an account or card and its blind index, without saving."""
    account.number = blind_indexes.normalise_account_number(number)
    account.number_index = blind_indexes.account_number_index(account.number)


def agree_with_identity(customer: Customer) -> None:
    """An identity card says birth date and sex: fill what is empty, refuse what contradicts it (DOMAIN 8.7)."""
    if customer.id_type != IdType.IDENTITY_CARD or not customer.id_number:
        return
    card = parse_id_number(customer.id_number, allow_demo=True)
    customer.birth_date = customer.birth_date or card.birth_date
    if customer.sex == Sex.UNKNOWN:
        customer.sex = Sex(card.sex)
    if customer.birth_date != card.birth_date:
        raise RuleViolation("出生日期与身份证号中的出生日期不一致，请核对证件。")
    if customer.sex != card.sex:
        raise RuleViolation("性别与身份证号第17位不一致，请核对证件。")


def audit_label(customer: Customer, what: str = "") -> str:
    """How the audit trail names a customer, or `what` was done for the customer: its readers have no right to names."""
    return f"{mask_name(customer.name)} {customer.number} {what}".rstrip()


def reveal(*, by: Staff, customer: Customer, field: str, reason: str = "", task: Occasion | None = None) -> str:
    """The plain value of one identifier, written into the audit trail (RELIABILITY 1.3).

    A reason is compulsory, and the readings of a day are counted against `reveal_daily_quota`. The mobile for a due task
    of this customer needs neither: the occasion is the reason, and serving customers must not run out. Whether the task
    may be called for is asked by whoever hands it in (maintenance.services.tasks.number_to_call).
    """
    if field not in MASKS:
        raise RuleViolation("没有这一项信息。")
    if task is not None and (field != "mobile" or task.customer_id != customer.pk):
        raise RuleViolation("这项待办不属于该客户，不能凭它查看号码。")
    reason = f"待办：{task.get_kind_display()}" if task is not None else reason.strip()
    if len(reason) < REASON_MIN:
        raise RuleViolation("请填写查看理由，理由会记入审计。")
    try:
        return _read(by, customer, field, reason[:200], task)
    except QuotaExceeded:
        _report_excess(by, customer, field)
        raise


@transaction.atomic
def _read(by: Staff, customer: Customer, field: str, reason: str, task: Occasion | None) -> str:
    row = locked_customer(customer, by)
    if objection := objection_to_revealing(by, row):
        raise RuleViolation(objection)
    if task is None:
        # One person's readings are counted one after another, or two at once would both be the fiftieth.
        Staff.objects.select_for_update().get(pk=by.pk)
        quota = parameter(REVEAL_DAILY_QUOTA)
        if readings_today(by) >= quota:
            raise QuotaExceeded(f"今日查看完整信息已达{quota}次上限，如确有需要请联系主管。")
    seen = {"field": field} if task is None else {"field": field, "task": task.public_id}
    audit.record(AuditAction.REVEAL, row, by=by, after=seen, reason=reason, label=audit_label(row))
    plain = value_of(row, field)
    return f"{plain:,.2f}元" if isinstance(plain, Decimal) else plain or ""


def readings_today(staff: Staff) -> int:
    """Plain readings of this day that count against the quota: all but those for a task."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    events = AuditEvent.objects.filter(actor_id=staff.pk, action=AuditAction.REVEAL, at__gte=midnight)
    return events.filter(~Q(after__has_key="task")).count()


def _report_excess(by: Staff, customer: Customer, field: str) -> None:
    """Outside the refused transaction: the refusal itself is on record, and the supervisor hears of it once a day."""
    with transaction.atomic():
        audit.record(
            AuditAction.DENIED, customer, by=by, after={"field": field}, reason="查看明文超过每日上限",
            label=audit_label(customer),
        )  # fmt: skip
        if by.supervisor_id:
            notify(
                [by.supervisor_id], kind="reveal_quota", text=f"{by.name}今日查看客户完整信息已达上限。",
                dedupe_key=f"reveal_quota:{by.pk}:{clock.today()}",
            )  # fmt: skip
