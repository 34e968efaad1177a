"""The consent ledger (DOMAIN 1.6; 个人信息保护法 13–16, 23, 29, 31): what a customer agreed to, and what was taken back.

Rows are only added. Taking back is as easy as giving: it asks for no evidence, and nobody needs a reason.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from customers.enums import CHANNEL_PURPOSES, SEPARATE_PURPOSES, Channel, ConsentMeans, ConsentPurpose
from customers.models import Consent, Customer
from customers.policies import objection_to_recording_consent
from customers.queries.consents import standing_consents
from customers.services.access import locked_customer
from customers.services.identifiers import audit_label
from organization import audit, clock
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import Staff

_EVIDENCE_LIMIT = 200
# A word said across the counter proves nothing later.
_NO_PROOF = (ConsentMeans.VERBAL,)


@transaction.atomic
def record_consent(
    *,
    by: Staff | None,
    customer: Customer,
    purpose: str,
    channels: Sequence[str] = (),
    is_given: bool,
    happened_on: date,
    obtained_by: str,
    evidence: str = "",
) -> list[Consent]:
    """One act for one purpose; for several channels at once where the purpose has any. Returns the rows it added.

    What already stands as it is said is not written again; if that is all of it, RuleViolation says so. Sensitive
    information and passing on to others need a consent that can be shown: not a spoken one, and with its evidence.
    """
    _check(purpose, channels, obtained_by, is_given)
    evidence = _checked_evidence(purpose, is_given, obtained_by, evidence)
    row = locked_customer(customer, by)
    if by is not None and (objection := objection_to_recording_consent(by, row)):
        raise RuleViolation(objection)
    standing = standing_consents(row)
    keys = [(purpose, channel) for channel in dict.fromkeys(channels or ("",))]
    _refuse_day(happened_on, [standing[key] for key in keys if key in standing])
    wanted = [key for key in keys if _says_something_new(standing.get(key), is_given)]
    if not wanted:
        raise RuleViolation(
            "客户现在就是已同意的状态，无需再登记。" if is_given else "客户没有同意过，或已经撤回，无需再登记。"
        )
    consents = [
        Consent.objects.create(
            customer=row, unit_id=row.unit_id, purpose=purpose, channel=channel, is_given=is_given,
            happened_on=happened_on, obtained_by=obtained_by, evidence=evidence, recorded_by=by,
            recorded_at=clock.now(),
        )
        for _, channel in wanted
    ]  # fmt: skip
    audit.record(AuditAction.CHANGE, row, by=by, after={"consent": _for_audit(consents)}, label=audit_label(row))
    return consents


def _check(purpose: str, channels: Sequence[str], obtained_by: str, is_given: bool) -> None:
    if purpose not in ConsentPurpose.values:
        raise RuleViolation("没有这一项授权。")
    if obtained_by not in ConsentMeans.values:
        raise RuleViolation("请选择取得方式。")
    if purpose in CHANNEL_PURPOSES and not channels:
        raise RuleViolation("请选择适用的联系方式。")
    if set(channels) - set(Channel.values) or (channels and purpose not in CHANNEL_PURPOSES):
        raise RuleViolation("联系方式的选项已失效，请重新选择。")
    if is_given and purpose in SEPARATE_PURPOSES and obtained_by in _NO_PROOF:
        raise RuleViolation("取得方式不能是当面口头：敏感个人信息须取得客户的单独同意，并留有凭据。")


def _checked_evidence(purpose: str, is_given: bool, obtained_by: str, evidence: str) -> str:
    evidence = evidence.strip()
    if len(evidence) > _EVIDENCE_LIMIT:
        raise RuleViolation(f"凭据最多{_EVIDENCE_LIMIT}个字。")
    if is_given and not evidence and obtained_by not in _NO_PROOF:
        raise RuleViolation("凭据请写明授权书编号、录音编号或消息时间，以便日后查证。")
    return evidence


def _refuse_day(happened_on: date, standing: Sequence[Consent]) -> None:
    if happened_on > clock.today():
        raise RuleViolation("日期不能晚于今天。")
    latest = max((consent.happened_on for consent in standing), default=None)
    if latest and happened_on < latest:
        raise RuleViolation(f"日期早于最近一次登记的{latest}，请核对。")


def _says_something_new(standing: Consent | None, is_given: bool) -> bool:
    """Nothing on file is no consent, but a customer may say no before he was ever asked: that too is worth keeping."""
    return standing is None or standing.is_given != is_given


def _for_audit(consents: Sequence[Consent]) -> str:
    first = consents[0]
    channels = "、".join(Channel(consent.channel).label for consent in consents if consent.channel)
    return f"{ConsentPurpose(first.purpose).label}{f'（{channels}）' if channels else ''}{'同意' if first.is_given else '撤回'}"
