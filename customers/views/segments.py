"""客户分群: the list, one segment, the builder with its live answer, and why a customer is in or not."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.enums import SegmentCover, SegmentKind
from customers.forms.segment_rule import (
    JOINS,
    Part,
    acted,
    empty_rule,
    fields_by_dimension,
    part_of,
    read_part,
    rule_of,
)
from customers.forms.segments import RuleFileForm, SegmentForm
from customers.models import Segment
from customers.parameters import LIST_COUNT_CAP
from customers.policies import can_change_segment, objection_to_segment, segment_cover, shown_name
from customers.queries import segments as read
from customers.segments.bands import band_of
from customers.segments.rules import RuleRefused, parse_rule
from customers.segments.words import lines_of
from customers.services.segments import (
    SegmentConflict,
    change_segment,
    create_segment,
    retake_segment,
    stop_segment,
)
from customers.views.archive import METHODS
from customers.views.page import fetch as fetch_customer
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.charts import bar_chart
from ui.lists import page_of
from ui.responses import redirect_to, render_part

_MANAGERS_IN_CHART = 12


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def segment_list(request: HttpRequest) -> HttpResponse:
    staff, stopped = request.user, request.GET.get("list") == "stopped"
    page = page_of(
        request, read.segment_list(staff, stopped=stopped), sorts=read.SEGMENT_SORTS, default_sort="name",
        cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    counts = read.member_counts(staff, page.rows)
    for segment in page:
        segment.members = counts[segment.pk]
    context = {
        "page": page, "stopped": stopped, "may_manage": staff.may(Permission.MANAGE_SEGMENTS), "today": clock.today(),
    }  # fmt: skip
    return render_part(request, "customers/segment_list.html", "list", context)


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def segment_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The rule in words, the members by manager, and who joined or left (`?list=left`)."""
    staff, segment = request.user, fetch(request, public_id)
    left = request.GET.get("list") == "left"
    moves = page_of(
        request, read.moves_of(staff, segment, left=left), sorts=read.MOVE_SORTS,
        default_sort="-until" if left else "-since", cap=parameter(LIST_COUNT_CAP),
    )  # fmt: skip
    for move in moves:
        move.shown_name = shown_name(staff, move.customer.name)
    context = {
        "segment": segment, "page": moves, "left": left, "today": clock.today(),
        "may_change": can_change_segment(staff, segment),
    }  # fmt: skip
    if not request.htmx:
        context |= _told(request, segment)
    return render_part(request, "customers/segment_page.html", "list", context)


def _told(request: HttpRequest, segment: Segment) -> dict:
    staff = request.user
    managers = read.members_by_manager(staff, segment)
    versions = [(version, read.read_rule(version.rule)) for version in segment.versions.select_related("saved_by")]
    names = read.names_of([rule for _, rule in versions if rule is not None])
    rule = read.read_rule(segment.rule)
    return {
        "lines": lines_of(rule, names) if rule else [], "managers": managers,
        "count": sum(row["many"] for row in managers), "total": sum(row["total"] or 0 for row in managers),
        "chart": _by_manager(managers) if len(managers) > 1 else None,
        "versions": [(version, lines_of(told, names) if told else []) for version, told in versions],
        "may_manage": staff.may(Permission.MANAGE_SEGMENTS),
    }  # fmt: skip


def _by_manager(managers: list[dict]):
    some = managers[:_MANAGERS_IN_CHART]
    labels = [row["manager__name"] or "未分配" for row in some]
    return bar_chart(
        "managers", "客户数按客户经理", labels, {"客户数": [row["many"] for row in some]}, unit="人", size="low"
    )


@require_http_methods(METHODS)
@require(Permission.MANAGE_SEGMENTS)
@once
def segment_create(request: HttpRequest) -> HttpResponse:
    form, part = _form(request, None), read_part(request.POST) if request.method == "POST" else _suggested(request)
    if request.method == "POST":
        rule = rule_of(part)
        if form.is_valid() and rule is not None:
            try:
                segment = create_segment(by=request.user, rule=rule, **form.cleaned_data)
            except RuleViolation as refusal:
                form.refuse(str(refusal))
            else:
                messages.success(request, f"已建立分群“{segment.name}”。")
                return redirect_to(request, address_of(segment))
    return _show(request, None, form, part)


@require_http_methods(METHODS)
@require(Permission.MANAGE_SEGMENTS)
@once
def segment_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    segment = _to_change(request, public_id)
    form = _form(request, segment)
    part = read_part(request.POST) if request.method == "POST" else part_of(segment.rule)
    if request.method == "POST":
        rule = rule_of(part) if segment.has_rule else segment.rule
        if form.is_valid() and rule is not None:
            data = form.cleaned_data | {"version": form.cleaned_data["version"] or 0}
            try:
                saved = change_segment(by=request.user, segment=segment, rule=rule, **data)
            except SegmentConflict as conflict:
                segment.refresh_from_db()
                form = _form(request, segment, version=segment.version)
                form.refuse(str(conflict))
            except RuleViolation as refusal:
                form.refuse(str(refusal))
            else:
                messages.success(request, f"分群“{saved.name}”已保存，名单已按规则更新。")
                return redirect_to(request, address_of(saved))
    return _show(request, segment, form, part)


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def segment_rule_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The rule as a file, to be read in elsewhere; nobody's name is in it."""
    segment = fetch(request, public_id)
    said = {"name": segment.name, "purpose": segment.purpose, "rule": segment.rule}
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="segment-{segment.public_id[:8]}-v{segment.version}.json"'
    return response


@require_http_methods(METHODS)
@require(Permission.MANAGE_SEGMENTS)
def segment_read_file(request: HttpRequest) -> HttpResponse:
    """A rule file into the form of a new segment; nothing is saved."""
    form = RuleFileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["file"]
        initial = {name: str(said.get(name, ""))[:200] for name in ("name", "purpose")}
        fresh = SegmentForm(user=request.user, segment=None, may_share=_may_share(request), initial=initial)
        return _show(request, None, fresh, part_of(said["rule"]))
    status = 422 if form.errors else 200
    return render_part(request, "customers/segment_read_file.html", "form", {"form": form}, status=status)


@require_POST
@require(Permission.MANAGE_SEGMENTS)
def segment_build(request: HttpRequest) -> HttpResponse:
    """The rule's form after a button or another field; nothing is saved."""
    part = acted(read_part(request.POST), request.POST.get("act", ""))
    response = render(request, "customers/segment_form.html#builder", _builder(request, part))
    response["HX-Trigger-After-Settle"] = "rule:changed"
    return response


@require_POST
@require(Permission.MANAGE_SEGMENTS)
def segment_preview(request: HttpRequest) -> HttpResponse:
    """How many the rule finds as it stands in the form, and the ten largest of them; nothing is saved."""
    staff, part = request.user, read_part(request.POST)
    rule, context = rule_of(part), {"today": clock.today()}
    problem = next((one.error for one in part.all() if one.error), "")
    if rule is not None:
        try:
            context["answer"] = found = read.answer(staff, _imagined(request), parse_rule(rule), clock.today())
            for customer in found.samples:
                customer.shown_name = shown_name(staff, customer.name)
        except RuleRefused as refusal:
            problem = str(refusal)
    return render(request, "customers/segment_preview.html", context | {"problem": problem})


@require_POST
@require(Permission.MANAGE_SEGMENTS)
@once
def segment_retake(request: HttpRequest, public_id: str) -> HttpResponse:
    segment = _to_change(request, public_id)
    try:
        joined, left = retake_segment(by=request.user, segment=segment)
        messages.success(request, f"名单已更新：进入{joined}人，离开{left}人。")
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect_to(request, address_of(segment))


@require_POST
@require(Permission.MANAGE_SEGMENTS)
@once
def segment_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    segment = _to_change(request, public_id)
    try:
        stop_segment(by=request.user, segment=segment)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect_to(request, address_of(segment))
    messages.success(request, f"分群“{segment.name}”已停用，进出记录保留。")
    return redirect_to(request, reverse("customers:segment_list"))


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def segment_why(request: HttpRequest, public_id: str) -> HttpResponse:
    """为什么命中: every line of the rule with its answer for one customer (`?customer=`)."""
    segment = fetch(request, public_id)
    context: dict = {"segment": segment, "today": clock.today()}
    if named := request.GET.get("customer", ""):
        customer, rule = fetch_customer(request, named), read.read_rule(segment.rule)
        held = customer.memberships.filter(segment=segment).order_by("until", "-since")
        context |= {
            "customer": customer, "shown_name": shown_name(request.user, customer.name), "held": list(held),
            "is_chosen_from": read.chooses_from(segment, customer),
            "reasons": read.reasons(customer, rule, clock.today(), read.names_of([rule])) if rule else [],
        }  # fmt: skip
    return render_part(request, "customers/segment_why.html", "why", context)


@require_safe
@require(Permission.VIEW_CUSTOMERS)
def customer_segments(request: HttpRequest, public_id: str) -> HttpResponse:
    """The segments a customer is and was in, for the page of the customer."""
    customer = fetch_customer(request, public_id)
    context = {"customer": customer, "rows": read.memberships_of(customer, request.user), "today": clock.today()}
    return render(request, "customers/customer_segments.html", context)


def fetch(request: HttpRequest, public_id: str) -> Segment:
    visible = Segment.objects.visible_to(request.user).select_related("owner", "unit")
    return get_object_or_404(visible, public_id=public_id)


def address_of(segment: Segment) -> str:
    return reverse("customers:segment_page", args=[segment.public_id])


def _to_change(request: HttpRequest, public_id: str) -> Segment:
    segment = fetch(request, public_id)
    if objection := objection_to_segment(request.user, segment):
        raise PermissionDenied(objection)
    return segment


def _form(request: HttpRequest, segment: Segment | None, *, version: int | None = None) -> SegmentForm:
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and version is not None:
        data["version"] = str(version)
    return SegmentForm(data, user=request.user, segment=segment, may_share=_may_share(request))


def _may_share(request: HttpRequest) -> bool:
    return segment_cover(request.user) == SegmentCover.UNIT


def _suggested(request: HttpRequest) -> Part:
    """The rule a new segment starts with: the cell of the matrix it was called from, if any (`?cell=tier.GOLD&cell=…`)."""
    bands = [band for band in map(band_of, request.GET.getlist("cell")[:2]) if band]
    parts = [band.rule for band in bands]
    if named := request.GET.get("segment", ""):
        parts.append({"field": "segment", "op": "in", "value": [named]})
    return part_of({"all": parts}) if parts else empty_rule()


def _imagined(request: HttpRequest) -> Segment:
    """The segment the form would become, for asking its rule before it is saved."""
    staff = request.user
    if public_id := request.POST.get("segment", ""):
        return fetch(request, public_id)
    return Segment(owner=staff, unit=staff.unit, covers=segment_cover(staff))


def _show(request: HttpRequest, segment: Segment | None, form: SegmentForm, part: Part) -> HttpResponse:
    wrong = [one.error for one in part.all() if one.error]
    edit = (
        reverse("customers:segment_edit", args=[segment.public_id]) if segment else reverse("customers:segment_create")
    )
    context = _builder(request, part) | {
        "form_address": edit, "segment": segment, "form": form, "wrong": wrong, "has_rule": segment is None or segment.has_rule,
    }  # fmt: skip
    return render(request, "customers/segment_form.html", context, status=422 if form.errors or wrong else 200)


def _builder(request: HttpRequest, part: Part) -> dict:
    others = Segment.objects.visible_to(request.user).active().order_by("name", "pk")
    named = request.POST.get("segment", "")
    return {
        "root": part, "joins": JOINS, "dimensions": fields_by_dimension(), "kinds": SegmentKind,
        "segments": list(others.exclude(public_id=named).values_list("public_id", "name")),
    }  # fmt: skip
