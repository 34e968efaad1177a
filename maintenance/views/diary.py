"""《客户经理日志》: one's own day — plan, result, autosave — and the supervisor's reading, comment and score."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from almanac.workdays import is_workday, next_workday, previous_workday
from maintenance.forms.diary import PlanForms, ReopenForm, ResultForms, ReviewForm
from maintenance.models import Diary
from maintenance.policies import (
    can_review_diary,
    objection_to_planning,
    objection_to_result,
    objection_to_review,
)
from maintenance.queries.diary import DiaryPage, diary_page, month_strip
from maintenance.queries.team import plan_hand_in, result_hand_in, team_of
from maintenance.services.diary import (
    confirm_plan,
    discard_draft,
    get_diary,
    reopen_diary,
    review_diary,
    save_draft,
    submit_result,
)
from maintenance.services.wording import day_text
from maintenance.views.answers import done, refused
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.permissions import require
from ui.responses import redirect_to, render_part

QUICK_PHRASES = (
    "计划清楚，完成较好，继续保持。",
    "未完成事项较多，请说明原因并抓紧改期落实。",
    "接触记录过于简单，请写明客户需求和下一步。",
    "逾期客户请优先安排。",
    "商机跟进及时，注意做好适当性提示。",
)


@require(Permission.WRITE_DIARY)
@require_GET
def diary(request: HttpRequest) -> HttpResponse:
    """Today's diary; on a day off the next working day's."""
    today = clock.today()
    day = today if is_workday(today) else next_workday(today)
    return redirect_to(request, reverse("maintenance:diary_day", args=[day]))


@require(Permission.WRITE_DIARY)
@require_GET
def diary_day(request: HttpRequest, day: date) -> HttpResponse:
    try:
        return _day_page(request, get_diary(request.user, day))
    except RuleViolation as refusal:
        return _day_off(request, day, str(refusal))


@require(Permission.WRITE_DIARY)
@require_POST
@once
def diary_plan(request: HttpRequest, day: date) -> HttpResponse:
    """确定计划. With `quick` it is the one tap: the suggestion as it stands."""
    if "quick" in request.POST:
        return _quick_plan(request, day)
    try:
        found = get_diary(request.user, day)
    except RuleViolation as refusal:
        return _day_off(request, day, str(refusal), status=422)
    page = _page(request, found)
    forms = PlanForms(request.user, page, request.POST)
    if forms.is_valid():
        try:
            confirm_plan(by=request.user, day=day, tasks=forms.tasks, matters=forms.matters, version=forms.version)
        except RuleViolation as refusal:
            forms.refuse(str(refusal))
        else:
            return _confirmed(request, day)
    return _day_page(request, found, plan=forms, status=422)


@require(Permission.WRITE_DIARY)
@require_POST
@once
def diary_result(request: HttpRequest, day: date) -> HttpResponse:
    """提交完成情况; a refusal keeps every word that was typed."""
    try:
        found = get_diary(request.user, day)
    except RuleViolation as refusal:
        return _day_off(request, day, str(refusal), status=422)
    forms = ResultForms(request.user, _page(request, found), request.POST)
    if forms.is_valid():
        try:
            submit_result(
                by=request.user, day=day, results=forms.results, unplanned=forms.matters, notes=forms.notes_said,
                version=forms.version,
            )  # fmt: skip
        except RuleViolation as refusal:
            forms.refuse(str(refusal))
        else:
            return _submitted(request, day)
    return _day_page(request, found, result=forms, status=422)


@require(Permission.WRITE_DIARY)
@require_POST
def diary_draft(request: HttpRequest, day: date, part: str) -> HttpResponse:
    """Autosave: the form as it is being typed. The page's name and that of the draft it began with come with it."""
    said = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "form_key"):
        said.pop(name, None)
    try:
        save_draft(
            by=request.user, day=day, part=part, text=said.urlencode(), page=request.POST.get("draft_page", ""),
            base=request.POST.get("draft_base", ""),
        )  # fmt: skip
    except RuleViolation as refusal:
        return JsonResponse({"error": str(refusal)}, status=409)
    return HttpResponse(status=204)


@require(Permission.WRITE_DIARY)
@require_POST
def diary_discard(request: HttpRequest, day: date, part: str) -> HttpResponse:
    """不要自动保存的内容."""
    try:
        discard_draft(by=request.user, day=day, part=part)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect_to(request, reverse("maintenance:diary_day", args=[day]))


@require(Permission.REVIEW_DIARY)
@require_GET
def diary_read(request: HttpRequest, employee_no: str, day: date) -> HttpResponse:
    """A diary of the team, with the supervisor's form."""
    return _read_page(request, _team_diary(request, employee_no, day))


@require(Permission.REVIEW_DIARY)
@require_POST
@once
def diary_review(request: HttpRequest, employee_no: str, day: date) -> HttpResponse:
    found = _team_diary(request, employee_no, day)
    form = ReviewForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            review_diary(by=request.user, diary=found, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return _reviewed(request, found, "已点评，客户经理会收到通知。")
    return _read_page(request, found, review=form, status=422)


@require(Permission.REVIEW_DIARY)
@require_POST
@once
def diary_reopen(request: HttpRequest, employee_no: str, day: date) -> HttpResponse:
    found = _team_diary(request, employee_no, day)
    form = ReopenForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            reopen_diary(by=request.user, diary=found, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            return _reviewed(request, found, "已退回补记，客户经理会收到通知。")
    return _read_page(request, found, reopen=form, status=422)


def _page(request: HttpRequest, found: Diary) -> DiaryPage:
    return diary_page(found, now=clock.now())


def _day_page(
    request: HttpRequest,
    found: Diary,
    *,
    plan: PlanForms | None = None,
    result: ResultForms | None = None,
    status: int = 200,
) -> HttpResponse:
    page, staff, today = _page(request, found), request.user, clock.today()
    may_plan = not objection_to_planning(staff, found, is_closed=page.is_plan_closed)
    may_report = not objection_to_result(staff, found, today=today)
    context = {
        "page": page,
        "diary": found,
        "strip": month_strip(staff, found.day, today),
        "plan": plan or (PlanForms(staff, page) if may_plan else None),
        "result": result or (ResultForms(staff, page) if may_report else None),
    }
    return render_part(request, "maintenance/diary_day.html", "page", context, status=status)


def _day_off(request: HttpRequest, day: date, sentence: str, *, status: int = 200) -> HttpResponse:
    context = {
        "day": day, "sentence": sentence, "ahead": next_workday(day), "strip": month_strip(request.user, day, clock.today()),
    }  # fmt: skip
    return render(request, "maintenance/diary_day_off.html", context, status=status)


def _quick_plan(request: HttpRequest, day: date) -> HttpResponse:
    try:
        confirm_plan(by=request.user, day=day)
    except RuleViolation as refusal:
        return refused(request, str(refusal))
    return done(request, f"{day_text(day)}的计划已确定。")


def _confirmed(request: HttpRequest, day: date) -> HttpResponse:
    found = get_diary(request.user, day)
    late = "，已超过截止时间，记为迟交" if found.is_plan_late else ""
    return _told(request, f"{day_text(day)}的计划已确定{late}。", reverse("maintenance:diary_day", args=[day]))


def _submitted(request: HttpRequest, day: date) -> HttpResponse:
    found = get_diary(request.user, day)
    late = "，已超过当日24:00，记为迟交" if found.is_result_late else ""
    return _told(request, f"{day_text(day)}的完成情况已提交{late}。", reverse("maintenance:diary_day", args=[day]))


def _reviewed(request: HttpRequest, found: Diary, text: str) -> HttpResponse:
    return _told(request, text, reverse("maintenance:diary_read", args=[found.staff.employee_no, found.day]))


def _told(request: HttpRequest, text: str, address: str) -> HttpResponse:
    messages.success(request, text)
    return redirect_to(request, address)


def _team_diary(request: HttpRequest, employee_no: str, day: date) -> Diary:
    """The diary of somebody whose diaries this person reads, 404 else; one that nobody touched is shown as missing."""
    if not is_workday(day):
        raise Http404("这一天不是工作日，没有日志。")
    person = get_object_or_404(team_of(request.user), employee_no=employee_no)
    return get_diary(person, day)


def _read_page(
    request: HttpRequest,
    found: Diary,
    *,
    review: ReviewForm | None = None,
    reopen: ReopenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    page = diary_page(found, now=now)
    initial = {"version": found.version, "score": found.score, "comment": found.comment}
    context = {
        "page": page,
        "diary": found,
        "plan_state": plan_hand_in(found, page.plan_deadline, now),
        "result_state": result_hand_in(found, page.result_deadline, now),
        "may_review": can_review_diary(request.user, found),
        "objection": objection_to_review(request.user, found),
        "review": review or ReviewForm(user=request.user, initial=initial),
        "reopen": reopen or ReopenForm(user=request.user, initial={"version": found.version}),
        "quick_phrases": QUICK_PHRASES,
        "revisions": found.revisions.select_related("changed_by") if found.pk else [],
        "previous_day": previous_workday(found.day),
        "next_day": next_workday(found.day),
    }
    return render_part(request, "maintenance/diary_read.html", "page", context, status=status)
