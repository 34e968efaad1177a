"""客户移交: the list, the wizard (who and what, then who takes whom), the signatures, and the 交接清单 on paper."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import policies
from customers.enums import HandOverLineState, HandOverState
from customers.forms.handovers import HandOverDeclineForm, HandOverForm
from customers.models import HandOver
from customers.parameters import BULK_UNDO_DAYS, LIST_COUNT_CAP
from customers.policies import shown_name
from customers.queries import handovers as read
from customers.services import handovers as change
from customers.services.handover_effects import return_handover, undo_handover
from customers.views.archive import METHODS
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.models import Staff
from organization.parameters import parameter
from organization.permissions import require
from ui.charts import Chart, bar_chart
from ui.lists import page_of
from ui.responses import redirect_to, render_part


class Step(NamedTuple):
    """What a button does, and what is said when it is done."""

    carry_out: Callable
    said: str


STEPS = {
    "submit": Step(change.submit_handover, "已提交，请各方签字。"),
    "sign": Step(change.sign_handover, "已签字。"),
    "confirm": Step(change.confirm_handover, "已确认移交。"),
    "cancel": Step(change.cancel_handover, "移交已取消，客户归属不变。"),
    "return": Step(return_handover, "客户已归还移出人。"),
    "undo": Step(undo_handover, "移交已撤销，仍由接收人管理的客户已归还。"),
}
_BEFORE = (HandOverState.DRAFT, HandOverState.PROPOSED, HandOverState.SIGNED, HandOverState.CONFIRMED)


@require_safe
@require(Permission.HAND_OVER)
def handover_list(request: HttpRequest) -> HttpResponse:
    over = request.GET.get("list") == "over"
    page = page_of(
        request, read.handover_list(request.user, over=over), sorts=read.HANDOVER_SORTS, default_sort="-at",
        cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    for handover in page:
        handover.next_step = _next_step(handover)
    context = {"page": page, "over": over, "today": clock.today()}
    return render_part(request, "customers/handover_list.html", "list", context)


@require_http_methods(METHODS)
@require(Permission.HAND_OVER)
@once
def handover_new(request: HttpRequest) -> HttpResponse:
    initial = {"giver": request.user.employee_no, "starts_on": clock.today()}
    form = HandOverForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            handover = change.draft_handover(by=request.user, **_asked(form))
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            return redirect_to(request, _address(handover))
    return render(request, "customers/handover_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@require(Permission.HAND_OVER)
def handover_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who has signed, what comes next, and the customers; a draft is arranged here."""
    staff, handover = request.user, _fetch(request, public_id)
    lines = page_of(
        request, read.lines_of(staff, handover), sorts=read.LINE_SORTS, default_sort="-average",
        cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    for line in lines:
        line.shown_name = shown_name(staff, line.customer.name)
    context = {
        "handover": handover, "page": lines, "today": clock.today(), "may": _may(staff, handover),
        "shows_result": handover.state not in _BEFORE,
    }  # fmt: skip
    if not request.htmx:
        context |= {"next_step": _next_step(handover)} | _figures(handover)
    return render_part(request, "customers/handover_page.html", "list", context)


@require_POST
@require(Permission.HAND_OVER)
def handover_arrange(request: HttpRequest, public_id: str) -> HttpResponse:
    """Of a draft: the ticked customers to another taker, out of the list, or nobody but them."""
    handover = _fetch(request, public_id)
    try:
        changed = change.arrange_handover(
            by=request.user, handover=handover, customers=request.POST.getlist("customers"),
            act=request.POST.get("act", "") or request.POST.get("taker", ""),
        )  # fmt: skip
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已调整{changed}位客户。")
    return redirect_to(request, _address(handover))


@require_POST
@require(Permission.HAND_OVER)
@once
def handover_step(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """Submit, sign, confirm, cancel, give back, undo: the service decides whether it may be."""
    handover = _fetch(request, public_id)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step].carry_out(by=request.user, handover=handover)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, STEPS[step].said)
    return redirect_to(request, _address(handover))


@require_http_methods(METHODS)
@require(Permission.HAND_OVER)
@once
def handover_decline(request: HttpRequest, public_id: str) -> HttpResponse:
    handover = _fetch(request, public_id)
    if objection := policies.objection_to_declining_handover(request.user, handover):
        raise PermissionDenied(objection)
    form = HandOverDeclineForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            change.decline_handover(by=request.user, handover=handover, reason=form.cleaned_data["reason"])
        except RuleViolation as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, "已退回，参与各方会收到通知。")
            return redirect_to(request, _address(handover))
    context = {"handover": handover, "form": form}
    return render_part(request, "customers/handover_decline.html", "form", context, status=422 if form.errors else 200)


@require_safe
@require(Permission.HAND_OVER)
def handover_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """交接清单: all customers by taker, with room for signatures; what is open comes as a part of the floor above."""
    handover = _fetch(request, public_id)
    lines = list(read.lines_of(request.user, handover).order_by("taker__employee_no", "-customer__aum", "pk"))
    for line in lines:
        line.shown_name = shown_name(request.user, line.customer.name)
    context = {
        "handover": handover, "lines": lines, "today": clock.today(), "now": clock.now(),
        "total": sum(line.customer.aum for line in lines), "shows_result": handover.state not in _BEFORE,
    }  # fmt: skip
    return render(request, "customers/handover_print.html", context)


def _asked(form: HandOverForm) -> dict:
    data = form.cleaned_data
    named = ("giver", "reason", "starts_on", "ends_on", "tiers", "segment", "note")
    return {name: data[name] for name in named} | {"takers": list(data["takers"])}


def _fetch(request: HttpRequest, public_id: str) -> HandOver:
    return get_object_or_404(read.handovers_of(request.user), public_id=public_id)


def _address(handover: HandOver) -> str:
    return reverse("customers:handover_page", args=[handover.public_id])


def _may(staff: Staff, handover: HandOver) -> dict[str, bool]:
    """The buttons this person gets in this state."""
    days, now = parameter(BULK_UNDO_DAYS), clock.now()
    return {
        "arrange": not policies.objection_to_arranging_handover(staff, handover),
        "sign": not policies.objection_to_signing_handover(staff, handover),
        "decline": not policies.objection_to_declining_handover(staff, handover),
        "cancel": not policies.objection_to_cancelling_handover(staff, handover),
        "confirm": not policies.objection_to_confirming_handover(staff, handover),
        "give_back": not policies.objection_to_returning_handover(staff, handover),
        "undo": not policies.objection_to_undoing_handover(staff, handover, now=now, days=days),
    }


def _next_step(handover: HandOver) -> str:
    """Who must do what, in words."""
    match handover.state:
        case HandOverState.DRAFT:
            return "核对接收安排后提交签字"
        case HandOverState.PROPOSED:
            waiting = [taker.taker.name for taker in handover.takers.all() if not taker.signed_at]
            if not handover.giver_signed_at and policies.giver_signs(handover):
                waiting.insert(0, handover.giver.name)
            return f"等待{'、'.join(waiting)}签字"
        case HandOverState.SIGNED:
            supervisor = handover.giver.supervisor
            takers = {taker.taker_id for taker in handover.takers.all()}
            is_asked = supervisor is not None and supervisor.is_active and supervisor.pk not in takers
            return f"等待{supervisor.name if is_asked else '机构负责人'}确认"
        case HandOverState.CONFIRMED:
            return f"{handover.effective_on:%Y-%m-%d}自动生效"
        case HandOverState.IN_EFFECT:
            return f"{handover.ends_on:%Y-%m-%d}后自动归还"
    return ""


def _figures(handover: HandOver) -> dict:
    shares, results = read.shares_of(handover), read.results_of(handover)
    return {
        "shares": shares, "results": results, "count": sum(results.values()), "is_ahead": handover.state in _BEFORE,
        "chart": _chart(shares) if handover.state in _BEFORE else None,
        "passed_over": results.get(HandOverLineState.PASSED_OVER.label, 0) if handover.took_effect_at else 0,
        "undo_days": parameter(BULK_UNDO_DAYS), "giver_signs": policies.giver_signs(handover),
    }  # fmt: skip


def _chart(shares: list[read.Share]) -> Chart:
    series = {"移交前": [share.now for share in shares], "移交后": [share.after for share in shares]}
    return bar_chart("shares", "接收人管户数", [share.taker.name for share in shares], series, unit="人", size="low")
