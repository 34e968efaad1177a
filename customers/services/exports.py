"""Lists that leave the system (DESIGN 3): masked and scoped as on the page, marked with who took them, agreed to by somebody
else above a number of rows, written into the audit trail every time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from customers.enums import ExportState
from customers.masking import mask_mobile
from customers.models import Customer, Export
from customers.models.customer import CustomerQuerySet
from customers.parameters import EXPORT_DAYS, EXPORT_FREE_ROWS, EXPORT_ROWS
from customers.policies import objection_to_deciding_export, objection_to_exporting, shown_name
from organization import audit, clock
from organization.enums import AuditAction, Permission, Role
from organization.exceptions import RuleViolation
from organization.models import Staff
from organization.notifications import notify
from organization.parameters import parameter
from organization.queries import leaders_of
from ui.spreadsheets import BYTE_ORDER_MARK, csv_line

REASON_MIN = 2
_HEADER = ("客户号", "姓名", "层级", "维护策略", "手机号码", "上次联系", "下次应联", "客户经理", "机构")
_AMOUNTS = ("月日均", "管理资产")
_AT_ONCE = 500
_APPROVING = (Role.OUTLET_HEAD, Role.BRANCH_HEAD, Role.MANAGING_DEPARTMENT)
_LONGEST_QUERY = 2000


@transaction.atomic
def ask_export(
    *, by: Staff, customers: CustomerQuerySet, query: str, said: str, reason: str, picked: Sequence[str] = ()
) -> Export:
    """Ask for the list that `query` shows, or those of it that were picked; few rows are granted at once, more wait for
    somebody who leads."""
    if objection := objection_to_exporting(by):
        raise RuleViolation(objection)
    if len(reason.strip()) < REASON_MIN:
        raise RuleViolation("请填写用途，用途会记入审计。")
    if len(query) > _LONGEST_QUERY:
        raise RuleViolation("筛选条件太长，请减少条件后再导出。")
    count, most = customers.count(), parameter(EXPORT_ROWS)
    if not count:
        raise RuleViolation("名单里没有客户，请调整筛选条件。")
    if count > most:
        raise RuleViolation(f"一次最多导出{most}位客户，现在有{count}位，请先用筛选缩小范围。")
    is_free = count <= parameter(EXPORT_FREE_ROWS)
    export = Export.objects.create(
        staff=by, unit=by.unit, query=query, picked=list(picked), said=said[:300], reason=reason.strip(), count=count, asked_at=clock.now(),
        state=ExportState.APPROVED if is_free else ExportState.WAITING, decided_at=clock.now() if is_free else None,
    )  # fmt: skip
    audit.record(
        action=AuditAction.CREATE,
        by=by,
        obj=export,
        label="名单导出申请",
        after={"customers": count},
        reason=export.reason,
    )
    if not is_free:
        notify(
            leaders_of(by, _APPROVING), kind="export", text=f"{by.name}申请导出{count}位客户的名单：{export.reason}",
            url=reverse("customers:export_list"), dedupe_key=f"export:{export.pk}",
        )  # fmt: skip
    return export


@transaction.atomic
def decide_export(*, by: Staff, export: Export, agrees: bool, answer: str = "") -> Export:
    """Agree to an export or refuse it, with a word to the person who asked."""
    row = Export.objects.visible_to(by).select_for_update(of=("self",)).select_related("staff").get(pk=export.pk)
    if objection := objection_to_deciding_export(by, row):
        raise RuleViolation(objection)
    if not agrees and len(answer.strip()) < REASON_MIN:
        raise RuleViolation("不同意时请写明审批意见，申请人会看到。")
    row.state = ExportState.APPROVED if agrees else ExportState.REFUSED
    row.decided_by, row.decided_at, row.answer = by, clock.now(), answer.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    audit.record(
        action=AuditAction.REVIEW, by=by, obj=row, label="名单导出审批", after={"state": row.get_state_display()},
        reason=row.answer,
    )  # fmt: skip
    word = "已同意" if agrees else "未同意"
    notify(
        [row.staff], kind="export", text=f"{by.name}{word}您导出{row.count}位客户的申请。{row.answer}",
        url=reverse("customers:export_list"), dedupe_key=f"export:{row.pk}:decided",
    )  # fmt: skip
    return row


@transaction.atomic
def take_export(*, by: Staff, export: Export, customers: CustomerQuerySet) -> Iterator[str]:
    """The lines of the file as the list stands now; `customers` is what the export's query shows this person today.

    Refused when it was not agreed to, is too old, or shows more than was agreed to.
    """
    row = Export.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=export.pk, staff=by).first()
    if row is None or row.state != ExportState.APPROVED:
        raise RuleViolation("这份名单还没有批准，不能下载。")
    if clock.now() > row.decided_at + timedelta(days=parameter(EXPORT_DAYS)):
        raise RuleViolation(f"批准已超过{parameter(EXPORT_DAYS)}天，请重新申请。")
    count = customers.count()
    if count > row.count:
        raise RuleViolation(f"名单由{row.count}位增加到{count}位，超出批准的范围，请重新申请。")
    Export.objects.unscoped("locked above").filter(pk=row.pk).update(downloads=F("downloads") + 1)
    audit.record(
        action=AuditAction.EXPORT, by=by, obj=row, label="名单导出", after={"customers": count}, reason=row.reason
    )
    return _lines(by, row, customers)


def can_take(by: Staff, export: Export) -> bool:
    in_time = bool(export.decided_at) and clock.now() <= export.decided_at + timedelta(days=parameter(EXPORT_DAYS))
    return export.staff_id == by.pk and export.state == ExportState.APPROVED and in_time


def _lines(by: Staff, export: Export, customers: CustomerQuerySet) -> Iterator[str]:
    """CSV of which every row says who took it, and when."""
    sees_amounts = by.may(Permission.VIEW_AMOUNTS)
    mark = f"{by.employee_no}-{clock.now():%Y%m%d%H%M}-{export.public_id[:8]}"
    at = f"{clock.now():%Y-%m-%d %H:%M}"
    yield BYTE_ORDER_MARK
    yield csv_line([f"内部资料，不得外传。导出人{by.name}（{by.employee_no}），{at}，用途：{export.reason}"])
    yield csv_line([*_HEADER, *(_AMOUNTS if sees_amounts else ()), "导出标记"])
    for customer in customers.select_related("manager", "unit").iterator(chunk_size=_AT_ONCE):
        amounts = (customer.monthly_avg_daily_aum, customer.aum) if sees_amounts else ()
        yield csv_line([*_cells(by, customer), *amounts, mark])


def _cells(by: Staff, customer: Customer) -> list[str]:
    return [
        customer.number, shown_name(by, customer.name), customer.get_tier_display(), customer.get_strategy_display(),
        mask_mobile(customer.mobile), f"{customer.last_contact_on or ''}", f"{customer.next_contact_on or ''}",
        customer.manager.name if customer.manager else "", customer.unit.name,
    ]  # fmt: skip
