"""Introductions (客户引荐): who brought whom, and that the one who did is thanked."""

from datetime import date

from django.db import transaction

from customers.blind_indexes import InvalidIdentifier, mobile_index, normalise_mobile
from customers.masking import mask_name
from customers.models import Customer, Referral
from customers.parameters import REVEAL_DAILY_QUOTA
from customers.policies import objection_to_editing, objection_to_revealing
from customers.queries.referrals import introducers_of
from customers.services.access import NOT_YOURS, locked_customer
from customers.services.identifiers import QuotaExceeded, audit_label, readings_today
from customers.services.names import clean_name
from customers.signals import referral_recorded, referral_withdrawn
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.parameters import parameter

_NOTE_LIMIT, _REASON_MIN = 200, 2


@transaction.atomic
def record_referral(
    *,
    by: Staff | None,
    customer: Customer,
    referred: Customer | None = None,
    name: str = "",
    mobile: str = "",
    referred_on: date,
    note: str = "",
) -> Referral:
    """`customer` introduced somebody: a customer of this person's scope, or a name with a mobile. Announced, so that the
    introducer is thanked.

    Raises RuleViolation for a day to come, a number that is a customer's already, a second introducer, a ring.
    """
    note = note.strip()
    if len(note) > _NOTE_LIMIT:
        raise RuleViolation(f"说明最多{_NOTE_LIMIT}个字。")
    if referred_on > clock.today():
        raise RuleViolation("引荐日期不能晚于今天。")
    row = _editable(customer, by)
    referral = Referral(customer=row, unit_id=row.unit_id, referred_on=referred_on, note=note, recorded_by=by)
    if referred is not None:
        _attach(referral, referred, by)
    else:
        _describe_lead(referral, name, mobile, by)
    referral.recorded_at = clock.now()
    referral.save()
    audit.record(AuditAction.CREATE, row, by=by, after=_for_audit(referral), label=audit_label(row))
    referral_recorded.send(sender=None, referral=referral, on=clock.today(), by=by)
    return referral


@transaction.atomic
def link_referral(*, by: Staff | None, referral: Referral, referred: Customer) -> Referral:
    """Whoever was introduced has become a customer; the number on the note is no longer needed."""
    row = _editable(referral.customer, by)
    found = _standing(referral, row)
    if found.referred_id is not None:
        raise RuleViolation("这次引荐已经关联了客户。")
    before = _for_audit(found)
    _attach(found, referred, by)
    found.mobile, found.mobile_index = "", ""
    found.save()
    audit.record(AuditAction.CHANGE, row, by=by, before=before, after=_for_audit(found), label=audit_label(row))
    return found


@transaction.atomic
def withdraw_referral(*, by: Staff | None, referral: Referral, reason: str) -> Referral:
    """Noted by mistake: it stands no longer, nor does the thanks that was due for it."""
    reason = reason.strip()
    if not _REASON_MIN <= len(reason) <= _NOTE_LIMIT:
        raise RuleViolation(f"请填写撤销理由，{_REASON_MIN}到{_NOTE_LIMIT}个字。")
    row = _editable(referral.customer, by)
    found = _standing(referral, row)
    found.withdrawn_at, found.withdraw_reason = clock.now(), reason
    found.save(update_fields=["withdrawn_at", "withdraw_reason"])
    audit.record(AuditAction.UNDO, row, by=by, before=_for_audit(found), reason=reason, label=audit_label(row))
    referral_withdrawn.send(sender=None, referral=found, on=clock.today(), by=by)
    return found


@transaction.atomic
def number_of_lead(*, by: Staff, referral: Referral) -> str:
    """The number of somebody who was introduced, in full, to call: on record, and counted like any other reading."""
    row = locked_customer(referral.customer, by)
    if objection := objection_to_revealing(by, row):
        raise RuleViolation(objection)
    Staff.objects.select_for_update().get(pk=by.pk)
    quota = parameter(REVEAL_DAILY_QUOTA)
    if readings_today(by) >= quota:
        raise QuotaExceeded(f"今日查看完整信息已达{quota}次上限，如确有需要请联系主管。")
    audit.record(
        AuditAction.REVEAL,
        row,
        by=by,
        after={"field": "referral_mobile"},
        reason="联系被引荐人",
        label=audit_label(row),
    )
    return referral.mobile


def _attach(referral: Referral, referred: Customer, by: Staff | None) -> None:
    introducer = referral.customer
    visible = Customer.objects.unscoped("a job without a person") if by is None else Customer.objects.visible_to(by)
    other = visible.select_for_update(of=("self",)).filter(pk=referred.pk).first()
    if other is None:
        raise RuleViolation(NOT_YOURS)
    if other.pk == introducer.pk:
        raise RuleViolation("客户不能引荐自己。")
    earlier = Referral.objects.unscoped("of a customer in scope").standing().filter(referred=other)
    if first := earlier.exclude(pk=referral.pk).select_related("customer").first():
        raise RuleViolation(f"{other.name}已登记由{_name_for(by, first.customer)}引荐。")
    if other.pk in introducers_of(introducer.pk):
        raise RuleViolation(f"{introducer.name}就是由{other.name}这一支引荐来的，不能反过来登记。")
    referral.referred, referral.name = other, other.name


def _describe_lead(referral: Referral, name: str, mobile: str, by: Staff | None) -> None:
    referral.name = clean_name(name)
    if len(referral.name) > Referral._meta.get_field("name").max_length:
        raise RuleViolation("姓名最多60个字。")
    try:
        referral.mobile = normalise_mobile(mobile)
    except InvalidIdentifier as error:
        raise RuleViolation(f"{error}。") from None
    if not referral.mobile:
        raise RuleViolation("手机号码要填写，便于联系被引荐人。")
    referral.mobile_index = mobile_index(referral.mobile)
    same = Referral.objects.unscoped("of a customer in scope").standing()
    if same.filter(customer=referral.customer, mobile_index=referral.mobile_index).exists():
        raise RuleViolation("该手机号码已登记过由这位客户引荐。")
    # Only of one's own scope: whether somebody else's customer has that number is nobody's business.
    visible = Customer.objects.unscoped("a job without a person") if by is None else Customer.objects.visible_to(by)
    if known := visible.filter(mobile_index=referral.mobile_index).first():
        raise RuleViolation(f"手机号码已在{known.name}的档案中，请改在“已是客户”中选择。")


def _name_for(by: Staff | None, customer: Customer) -> str:
    is_seen = by is None or Customer.objects.visible_to(by).filter(pk=customer.pk).exists()
    return customer.name if is_seen else mask_name(customer.name)


def _standing(referral: Referral, row: Customer) -> Referral:
    found = row.referrals.standing().filter(pk=referral.pk).first()
    if found is None:
        raise RuleViolation("这次引荐已经撤销。")
    return found


def _editable(customer: Customer, by: Staff | None) -> Customer:
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_editing(by, row)):
        raise RuleViolation(objection)
    return row


def _for_audit(referral: Referral) -> dict[str, str]:
    return {"referral": f"{mask_name(referral.name)}{'' if referral.referred_id else '（尚未开户）'}"}
