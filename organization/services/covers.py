"""Standing in for a colleague: who, for whom, from when to when."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from almanac.words import short_day
from organization import audit, clock
from organization.declared import COVER_MAX_DAYS
from organization.enums import AuditAction, CoverReason
from organization.exceptions import RuleViolation
from organization.models import Cover, Staff
from organization.notifications import notify
from organization.parameters import parameter
from organization.policies import can_be_covered, can_cancel_cover, can_manage_cover, can_stand_in


@transaction.atomic
def create_cover(
    *, by: Staff, absent: Staff, substitute: Staff, starts_on: date, ends_on: date,
    reason: str = CoverReason.LEAVE, note: str = "",
) -> Cover:  # fmt: skip
    """Let `substitute` see and serve the customers of `absent` on every day from starts_on to ends_on."""
    # One at a time per person: two covers entered at once must not overlap or cross.
    people = Staff.objects.select_for_update(of=("self",)).select_related("unit").order_by("pk")
    locked = people.in_bulk([absent.pk, substitute.pk])
    absent, substitute = locked[absent.pk], locked[substitute.pk]
    _check_people(by, absent, substitute)
    _check_dates(starts_on, ends_on)
    _check_free(absent, substitute, starts_on, ends_on)
    cover = Cover.objects.create(
        absent=absent, substitute=substitute, starts_on=starts_on, ends_on=ends_on, reason=reason,
        note=note.strip(), created_by=by,
    )  # fmt: skip
    audit.record(AuditAction.CREATE, cover, by=by, after=_said(cover), reason=note.strip())
    _tell(
        cover,
        by,
        f"{_days(cover)}由您代班{absent.name}的客户维护工作。",
        f"{_days(cover)}由{substitute.name}为您代班。",
    )
    return cover


@transaction.atomic
def cancel_cover(*, by: Staff, cover: Cover) -> Cover:
    """Call a cover off. One that is running ends with yesterday, so that it stays known who had access until then."""
    today = clock.today()
    cover = Cover.objects.select_for_update(of=("self",)).select_related("absent__unit", "substitute").get(pk=cover.pk)
    if cover.is_cancelled or cover.ends_on < today:
        raise RuleViolation("这条代班已经结束或已取消。")
    if not can_cancel_cover(by, cover, today):
        raise RuleViolation("您不能取消这条代班，请联系本人、其主管或机构负责人。")
    before = _said(cover)
    days = _days(cover)
    if cover.starts_on < today:
        cover.ends_on = today - timedelta(days=1)
    else:
        cover.is_cancelled = True
    cover.save(update_fields=["ends_on", "is_cancelled"])
    audit.record(AuditAction.CHANGE, cover, by=by, before=before, after=_said(cover))
    _tell(
        cover, by, f"为{cover.absent.name}代班（{days}）已取消。", f"{cover.substitute.name}为您代班（{days}）已取消。"
    )
    return cover


def _check_people(by: Staff, absent: Staff, substitute: Staff) -> None:
    if not can_be_covered(absent):
        raise RuleViolation("只有在岗的客户经理和客户经理主管需要代班。")
    if not can_manage_cover(by, absent):
        raise RuleViolation(f"您不能为{absent.name}登记代班，请由本人、其主管或机构负责人登记。")
    if substitute.pk == absent.pk:
        raise RuleViolation("代班人不能是休假人本人。")
    if not can_stand_in(substitute, absent, arranged_by=by):
        raise RuleViolation(f"代班人须是{by.unit.name}在岗的客户经理或客户经理主管。")


def date_objections(starts_on: date | None, ends_on: date | None) -> dict[str, str]:
    """Field → sentence for days on which no cover may be."""
    found = {}
    if starts_on and starts_on < clock.today():
        found["starts_on"] = "开始日期不能早于今天。"
    if starts_on and ends_on:
        longest = parameter(COVER_MAX_DAYS)
        if ends_on < starts_on:
            found["ends_on"] = "结束日期不能早于开始日期。"
        elif (ends_on - starts_on).days >= longest:
            found["ends_on"] = f"一次代班最长{longest}天，更长的请办理客户移交。"
    return found


def _check_dates(starts_on: date, ends_on: date) -> None:
    for sentence in reversed(date_objections(starts_on, ends_on).values()):
        raise RuleViolation(sentence)


def _check_free(absent: Staff, substitute: Staff, starts_on: date, ends_on: date) -> None:
    overlapping = Cover.objects.filter(is_cancelled=False, starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = overlapping.filter(absent=absent).select_related("substitute").first()
    if other:
        raise RuleViolation(f"{absent.name}在{_days(other)}已由{other.substitute.name}代班，日期不能重叠。")
    away = overlapping.filter(absent=substitute).first()
    if away:
        raise RuleViolation(f"{substitute.name}在{_days(away)}本人休假，不能代班。")


def _tell(cover: Cover, by: Staff, to_substitute: str, to_absent: str) -> None:
    """Whoever did it knows already."""
    url = reverse("organization:cover_list")
    # The key tells a cover's making from its cancelling, each of which is said once.
    key = f"cover:{cover.public_id}:{'end' if cover.is_cancelled or cover.ends_on < clock.today() else 'new'}"
    for person, text in ((cover.substitute, to_substitute), (cover.absent, to_absent)):
        if person.pk != by.pk:
            notify([person], kind="cover", text=text, url=url, dedupe_key=key)


def _days(cover: Cover) -> str:
    today = clock.today()
    if cover.starts_on == cover.ends_on:
        return short_day(cover.starts_on, today)
    return f"{short_day(cover.starts_on, today)}至{short_day(cover.ends_on, today)}"


def _said(cover: Cover) -> dict:
    return {
        "休假人": cover.absent.employee_no, "代班人": cover.substitute.employee_no, "开始": cover.starts_on,
        "结束": cover.ends_on, "原因": cover.get_reason_display(), "已取消": cover.is_cancelled,
    }  # fmt: skip
