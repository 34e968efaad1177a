"""The task list and what a person does to tasks: done, moved, skipped, and each of them undone; the number behind 电话."""

from datetime import date

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from customers.parameters import REVEAL_SECONDS
from maintenance.daily.priority import explain_priority
from maintenance.enums import TaskKind
from maintenance.forms.dates import next_date_choices
from maintenance.forms.tasks import CompleteForm, SkipForm, SnoozeForm
from maintenance.models import MaintenanceTask
from maintenance.parameters import UNDO_MINUTES
from maintenance.policies import CONVERSATION_KINDS
from maintenance.queries.lists import TASK_SORTS, coming_appointments_of, open_tasks_of, tasks_for
from maintenance.queries.suggestion import suggestion_for
from maintenance.queries.workbench import HONORIFICS
from maintenance.services.tasks import (
    Placement,
    complete_tasks,
    number_to_call,
    put_back,
    reopen_tasks,
    skip_tasks,
    snooze_tasks,
)
from maintenance.services.wording import day_text
from maintenance.views.answers import customer_in_full, done, person, refuse, refused
from organization import clock
from organization.enums import Permission
from organization.exceptions import RuleViolation
from organization.idempotency import once
from organization.parameters import parameter
from organization.permissions import require
from ui.lists import page_of
from ui.responses import render_part

TABS = (("today", "今日应联"), ("overdue", "逾期"), ("week", "本周"), ("open", "全部待办"), ("closed", "近30天已办"))
_SALT = "maintenance.put_back"
_MOST = 50


@require(Permission.WORK_QUEUE)
@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    when = request.GET.get("when", "today")
    if when not in dict(TABS):
        when = "today"
    kind = request.GET.get("kind", "")
    tasks = tasks_for(request.user, when=when, day=clock.today())
    if kind in TaskKind.values:
        tasks = tasks.filter(kind=kind)
    page = page_of(
        request, tasks, sorts=TASK_SORTS, default_sort="-closed" if when == "closed" else "priority", page_size=25
    )
    customers = tasks.order_by().values("customer").distinct().count()
    context = {
        "page": page, "when": when, "tabs": TABS, "kind": kind, "kinds": TaskKind.choices, "customers": customers,
    }  # fmt: skip
    return render_part(request, "maintenance/task_list.html", "list", context)


@require(Permission.WORK_QUEUE)
@require_POST
@once
def task_complete(request: HttpRequest) -> HttpResponse:
    """完成: greetings handed over, documents delivered. Beats are refused with the way to do it."""
    tasks = _chosen(request, request.POST)
    form = _with_choices(CompleteForm(request.POST, user=request.user), tasks)
    if not form.is_valid():
        return refused(request, "请选择要办结的事项。")
    try:
        closed = complete_tasks(by=request.user, tasks=form.cleaned_data["tasks"], note=form.cleaned_data["note"])
    except RuleViolation as refusal:
        return refused(request, str(refusal))
    return done(request, f"已办结{_named(closed)}", undo_url=_undo_url("task_reopen", closed))


@require(Permission.WORK_QUEUE)
@once
def task_snooze(request: HttpRequest) -> HttpResponse:
    """改期: a chip or a day; after the latest day the reason is asked for."""
    tasks = _chosen(request, request.POST or request.GET)
    form = SnoozeForm(request.POST or None, user=request.user, initial={"tasks": [t.public_id for t in tasks]})
    _with_choices(form, tasks)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            before = snooze_tasks(
                by=request.user, tasks=data["tasks"], planned_on=data["planned_on"], reason=data["reason"]
            )
        except RuleViolation as refusal:
            refuse(form, refusal)
        else:
            said = f"已将{_counted(data['tasks'])}改到{day_text(data['planned_on'])}。"
            return done(request, said, undo_url=_put_back_url(request, before))
    return _action_form(request, "maintenance/task_snooze.html", form, tasks)


@require(Permission.WORK_QUEUE)
@once
def task_skip(request: HttpRequest) -> HttpResponse:
    """跳过, with a reason the supervisor can read."""
    tasks = _chosen(request, request.POST or request.GET)
    form = SkipForm(request.POST or None, user=request.user, initial={"tasks": [t.public_id for t in tasks]})
    _with_choices(form, tasks)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            closed = skip_tasks(by=request.user, tasks=data["tasks"], reason=data["reason"], note=data["note"])
        except RuleViolation as refusal:
            refuse(form, refusal)
        else:
            return done(request, f"已跳过{_named(closed)}", undo_url=_undo_url("task_reopen", closed))
    return _action_form(request, "maintenance/task_skip.html", form, tasks)


@require(Permission.WORK_QUEUE)
@require_POST
@once
def task_reopen(request: HttpRequest) -> HttpResponse:
    """The 撤销 of 完成 and 跳过."""
    tasks = list(_chosen(request, request.GET))
    try:
        reopened = reopen_tasks(by=request.user, tasks=tasks)
    except RuleViolation as refusal:
        return refused(request, str(refusal))
    return done(request, f"已恢复为待办：{_named(reopened)}")


@require(Permission.WORK_QUEUE)
@require_POST
@once
def task_put_back(request: HttpRequest) -> HttpResponse:
    """The 撤销 of 改期: where the tasks stood comes back signed in the address."""
    try:
        rows = signing.loads(
            request.GET.get("token", ""), salt=f"{_SALT}.{request.user.pk}", max_age=parameter(UNDO_MINUTES) * 60
        )
    except signing.BadSignature:
        return refused(request, "撤销的时限已过，请用“改期”重新安排。")
    places = [
        Placement(name, date.fromisoformat(day), is_pinned, date.fromisoformat(moved_to))
        for name, day, is_pinned, moved_to in rows
    ]
    try:
        put_back(by=request.user, placements=places)
    except RuleViolation as refusal:
        return refused(request, str(refusal))
    return done(request, "已还原到改期之前。")


@require(Permission.REVEAL_FIELDS)
@require_POST
def task_phone(request: HttpRequest, public_id: str) -> HttpResponse:
    """电话: the number at one tap; the task is the reason, and the audit has it."""
    task = get_object_or_404(
        MaintenanceTask.objects.visible_to(request.user).select_related("customer"), public_id=public_id
    )
    context: dict = {"task": task, "seconds": parameter(REVEAL_SECONDS)}
    try:
        context["number"] = number_to_call(by=request.user, task=task)
    except RuleViolation as refusal:
        context["refusal"] = str(refusal)
    return render(request, "maintenance/task_phone.html", context)


@require(Permission.VIEW_CUSTOMERS)
@require_GET
def customer_tasks(request: HttpRequest, public_id: str) -> HttpResponse:
    """The part of the 360 page that says what is to be done for the customer."""
    customer = customer_in_full(request, public_id)
    today = clock.today()
    context = {
        "customer": customer,
        "tasks": [(task, explain_priority(task, today)) for task in open_tasks_of(request.user, customer)],
        "appointments": coming_appointments_of(request.user, customer, today),
        "beats": list(customer.beats.order_by("channel")),
        "conversation_kinds": CONVERSATION_KINDS,
    }
    return render(request, "maintenance/customer_tasks.html", context)


@require(Permission.CHANGE_STRATEGY)
@require_GET
def strategy_suggestion(request: HttpRequest, public_id: str) -> HttpResponse:
    """The line of the dialog 调整维护策略 that says which one fits, and why."""
    customer = customer_in_full(request, public_id)
    context = {"customer": customer, "suggestion": suggestion_for(customer, clock.today())}
    return render(request, "maintenance/strategy_suggestion.html", context)


def _chosen(request: HttpRequest, given: QueryDict) -> QuerySet[MaintenanceTask]:
    """The named tasks of the person's scope; 404 when there is none. The form that was shown named them all in `task`."""
    names = (given.getlist("task") or given.getlist("tasks"))[:_MOST]
    tasks = MaintenanceTask.objects.visible_to(request.user).filter(public_id__in=names)
    tasks = tasks.select_related("customer").order_by("-priority", "due_on", "id")
    if not tasks:
        raise Http404
    return tasks


def _with_choices(form, tasks: QuerySet[MaintenanceTask]):
    form.fields["tasks"].queryset = tasks
    return form


def _action_form(request: HttpRequest, template: str, form, tasks) -> HttpResponse:
    customer = tasks[0].customer
    # An appointment agreed anew has no latest day.
    latest = min((task.due_on for task in tasks if task.kind != TaskKind.APPOINTMENT), default=None)
    today = clock.today()
    days = [
        (value, label, day, bool(day and latest and day > max(latest, today)))
        for value, label, day in next_date_choices(today)[1:]
    ]
    context = {
        "form": form, "tasks": tasks, "customer": customer, "honorific": HONORIFICS.get(customer.sex, ""),
        "days": days, "latest": latest, "action": request.path,
    }  # fmt: skip
    return render_part(request, template, "form", context, status=422 if form.errors else 200)


def _named(tasks) -> str:
    """周子轩先生（2项）; a single one says what it was."""
    return _counted(tasks) if len(tasks) > 1 else f"{person(tasks[0].customer)}：{tasks[0].get_kind_display()}"


def _counted(tasks) -> str:
    return person(tasks[0].customer) + (f"（{len(tasks)}项）" if len(tasks) > 1 else "")


def _undo_url(name: str, tasks) -> str:
    query = QueryDict(mutable=True)
    query.setlist("task", [task.public_id for task in tasks])
    return f"{reverse(f'maintenance:{name}')}?{query.urlencode()}"


def _put_back_url(request: HttpRequest, before: list[Placement]) -> str:
    """Signed for this person: a link that somebody else got hold of undoes nothing."""
    owner = request.user.pk
    rows = [[p.public_id, p.planned_on.isoformat(), p.is_pinned, p.moved_to.isoformat()] for p in before]
    return f"{reverse('maintenance:task_put_back')}?token={signing.dumps(rows, salt=f'{_SALT}.{owner}', compress=True)}"
