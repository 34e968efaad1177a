"""The day's plan and result as forms: several small ones that are sent and refused together."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple
from uuid import uuid4

from django import forms
from django.http import QueryDict

from almanac.workdays import next_workday
from customers.enums import Channel
from customers.forms.fields import CustomerField
from maintenance.enums import LineOutcome, UnfinishedReason
from maintenance.models import DiaryLine
from maintenance.queries.diary import DiaryPage, LineView
from maintenance.queries.diary_plan import PlanCandidate, PlanGroup
from maintenance.services.diary import Matter, draft_of
from maintenance.services.diary_lines import LineResult, LineViolation, checked_result
from organization.models import Staff
from ui.forms import DateInput, Form, TimeInput

_MOST_MATTERS = 20
_BLANK_ROWS = 2
_NAMED_LINES = 5


class MatterForm(Form):
    """A line of a diary that is no task. An empty one is no line at all."""

    matter = forms.CharField(label="事项", required=False, max_length=200)
    customer = CustomerField(required=False)
    channel = forms.ChoiceField(label="方式", choices=[("", "—"), *Channel.choices], required=False)
    planned_time = forms.TimeField(label="时间", required=False, widget=TimeInput)

    def clean(self):
        data = super().clean()
        said = [data.get(field) for field in ("customer", "channel", "planned_time")]
        if not data.get("matter") and any(said):
            self.add_error("matter", "请填写事项，或清空这一行。")
        return data


class OutcomeSelect(forms.RadioSelect):
    """`barred`: answers that the day's records speak against; they are shown and cannot be chosen."""

    barred: frozenset[str] = frozenset()

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if value in self.barred:
            option["attrs"] |= {"disabled": True}
        return option


class LineForm(Form):
    """How one planned line ended, checked against what the day's records say about it."""

    outcome = forms.ChoiceField(
        label="完成情况", required=False, widget=OutcomeSelect,
        choices=[(o.value, o.label) for o in LineOutcome if o != LineOutcome.PENDING],
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="未完成原因", required=False, choices=[("", "请选择原因"), *UnfinishedReason.choices]
    )
    note = forms.CharField(label="说明", required=False, max_length=500)
    replanned_on = forms.DateField(label="改期至", required=False, widget=DateInput)

    def __init__(self, *args, view: LineView, rest: LineResult | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.view, self.rest = view, rest
        if view.needs_contact:
            self.fields["outcome"].widget.barred = frozenset({LineOutcome.DONE.value})

    @property
    def is_settled(self) -> bool:
        """Done, and nothing is wrong with it: one look is enough."""
        return self["outcome"].value() == LineOutcome.DONE and not self.errors

    @property
    def is_untold(self) -> bool:
        """Nothing was said, neither here nor for all the rest."""
        return "outcome" in self.errors and not self.data.get(self.add_prefix("outcome"))

    @property
    def result(self) -> LineResult:
        said = self.cleaned_data
        if not said["outcome"]:
            return self.rest or LineResult(LineOutcome.PENDING)
        return LineResult(said["outcome"], said["reason"], said["note"], said["replanned_on"])

    def clean(self):
        said = super().clean()
        if self.errors:
            return said
        try:
            checked_result(self.view, self.result)
        except LineViolation as refusal:
            self.add_error(refusal.field, refusal.text.lstrip(":"))
        return said


class RestForm(Form):
    """What holds for every line that nothing was said about: one choice instead of twenty."""

    reason = forms.ChoiceField(label="原因", required=False, choices=[("", "请选择原因"), *UnfinishedReason.choices])
    replanned_on = forms.DateField(label="改期至", required=False, widget=DateInput)


class DiaryNotesForm(Form):
    market_note = forms.CharField(
        label="市场信息", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000})
    )
    opportunity_note = forms.CharField(
        label="商机与风险", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000})
    )
    summary = forms.CharField(
        label="小结", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000})
    )


class ReviewForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    score = forms.TypedChoiceField(
        label="评分", coerce=int, choices=[(n, f"{n}分") for n in range(5, 0, -1)], widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label="点评", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000})
    )


class ReopenForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="退回原因", max_length=200)


class Fault(NamedTuple):
    """What stands against a day's form, and where on the page it is mended."""

    text: str
    anchor: str = ""


class DayForms:
    """Forms of one part of the day, filled from what was sent, else from the draft, else from the records."""

    part = ""
    # Of the rows of its small table.
    prefix = ""

    def __init__(self, staff: Staff, page: DiaryPage, data: QueryDict | None = None):
        self.staff, self.page, self.data = staff, page, data
        self.errors: list[Fault] = []
        draft = {} if data is not None else draft_of(page.diary, self.part)
        self.draft = QueryDict(draft["text"]) if draft else None
        self.draft_base = data.get("draft_base", "") if data is not None else draft.get("page", "")
        self.draft_page = data.get("draft_page", "") if data is not None else str(uuid4())

    def refuse(self, text: str, anchor: str = "") -> None:
        self.errors.append(Fault(text, anchor))

    @property
    def version(self) -> int | None:
        """Of the diary the page showed; None when it does not say so, which no page of ours does."""
        text = self.data.get("version", "") if self.data is not None else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def drafted(self, prefix: str, form_class: type[Form]) -> dict[str, str]:
        """What the draft says for a form, by field name."""
        if self.draft is None:
            return {}
        names = form_class.base_fields
        return {name: self.draft.get(f"{prefix}-{name}", "") for name in names if f"{prefix}-{name}" in self.draft}

    @cached_property
    def matter_rows(self) -> list[MatterForm]:
        """The rows of the small table: as many as were sent or drafted, else those there are."""
        source = self.data if self.data is not None else self.draft
        if source is not None:
            count = min(_count_of(source.get(f"{self.prefix}-rows", "")), _MOST_MATTERS)
            rows = [self.drafted(f"{self.prefix}-{i}", MatterForm) for i in range(count)]
        else:
            rows = [_initial_of(matter) for matter in self.known_matters()[:_MOST_MATTERS]]
        return [
            MatterForm(self.data, user=self.staff, prefix=f"{self.prefix}-{i}", initial=row)
            for i, row in enumerate(rows)
        ]

    @property
    def blank_rows(self) -> list[str]:
        """Prefixes of the rows to write in that follow; what was sent or drafted has them among its own."""
        if self.data is not None or self.draft is not None:
            return []
        taken = len(self.matter_rows)
        return [f"{self.prefix}-{i}" for i in range(taken, taken + _BLANK_ROWS)]

    @property
    def row_count(self) -> int:
        return len(self.matter_rows) + len(self.blank_rows)

    @property
    def matters(self) -> list[Matter]:
        said = [row.cleaned_data for row in self.matter_rows if row.is_valid() and row.cleaned_data.get("matter")]
        return [Matter(d["matter"], d["channel"], d["customer"], d["planned_time"]) for d in said]

    def known_matters(self) -> list[DiaryLine]:
        raise NotImplementedError


class PlanForms(DayForms):
    """Which tasks are the plan, and what else is to be done."""

    part = "plan"
    prefix = "matter"

    def __init__(self, staff: Staff, page: DiaryPage, data: QueryDict | None = None):
        super().__init__(staff, page, data)
        source = data if data is not None else self.draft
        self.chosen = set(source.getlist("task")) if source is not None else {t.public_id for t in page.suggested}

    def known_matters(self) -> list[DiaryLine]:
        return self.page.other_matters

    @property
    def tasks(self) -> list[PlanCandidate]:
        return [task for task in self.page.candidates if task.public_id in self.chosen]

    @property
    def groups(self) -> list[tuple[PlanGroup, list[PlanCandidate]]]:
        """What is offered, under its headings."""
        offered = [(group, [t for t in self.page.candidates if t.group == group]) for group in PlanGroup]
        return [(group, tasks) for group, tasks in offered if tasks]

    def is_valid(self) -> bool:
        known = {task.public_id for task in self.page.candidates}
        if not self.chosen <= known:
            self.refuse("勾选的事项里有的已经办结、改期或不归您负责，请核对后再确定。")
        valid = [form.is_valid() for form in self.matter_rows]
        return all(valid) and not self.errors


class ResultForms(DayForms):
    """How each planned line ended, what else was done, and what is worth telling."""

    part = "result"
    prefix = "extra"

    @cached_property
    def line_rows(self) -> list[tuple[LineView, LineForm]]:
        return [(view, self._line_form(view)) for view in self.page.lines]

    @property
    def open_rows(self) -> list[tuple[LineView, LineForm]]:
        return [(view, form) for view, form in self.line_rows if not form.is_settled]

    @property
    def settled_rows(self) -> list[tuple[LineView, LineForm]]:
        return [(view, form) for view, form in self.line_rows if form.is_settled]

    @cached_property
    def rest(self) -> RestForm:
        offered = {"replanned_on": next_workday(self.page.diary.day)}
        return RestForm(self.data, user=self.staff, prefix="rest", initial=offered | self.drafted("rest", RestForm))

    def known_matters(self) -> list[DiaryLine]:
        return self.page.extra_matters

    @cached_property
    def notes(self) -> DiaryNotesForm:
        said = {name: getattr(self.page.diary, name) for name in DiaryNotesForm.base_fields}
        return DiaryNotesForm(
            self.data, user=self.staff, prefix="notes", initial=said | self.drafted("notes", DiaryNotesForm)
        )

    def _line_form(self, view: LineView) -> LineForm:
        prefix = f"line-{view.line.position}"
        suggested = {
            "outcome": view.outcome, "reason": view.reason, "note": view.note, "replanned_on": view.replanned_on,
        }  # fmt: skip
        return LineForm(
            self.data, user=self.staff, prefix=prefix, view=view, rest=self._rest_result(),
            initial=suggested | self.drafted(prefix, LineForm),
        )  # fmt: skip

    def _rest_result(self) -> LineResult | None:
        """What is said for all lines together; None when nothing is."""
        if self.data is None or not self.rest.is_valid() or not self.rest.cleaned_data["reason"]:
            return None
        said = self.rest.cleaned_data
        return LineResult(LineOutcome.NOT_DONE, said["reason"], "", said["replanned_on"])

    @property
    def results(self) -> Mapping[int, LineResult]:
        return {view.line.position: form.result for view, form in self.line_rows}

    @property
    def notes_said(self) -> Mapping[str, str]:
        return self.notes.cleaned_data

    def is_valid(self) -> bool:
        """All of them are checked, so that every fault is shown at once."""
        wrong = [(view.line.position, form) for view, form in self.line_rows if not form.is_valid()]
        untold = [position for position, form in wrong if form.is_untold]
        faulty = [position for position, form in wrong if not form.is_untold]
        if untold:
            self.refuse(f"还有{len(untold)}项没有填写完成情况。", f"line-{untold[0]}")
        if faulty:
            numbers = "、".join(map(str, faulty[:_NAMED_LINES])) + ("等" if len(faulty) > _NAMED_LINES else "")
            self.refuse(f"计划事项第{numbers}项还要补充，见各项下的提示。", f"line-{faulty[0]}")
        others = [form.is_valid() for form in (*self.matter_rows, self.notes, self.rest)]
        if not all(others):
            self.refuse("有内容需要改正，见各栏下的提示。")
        return not self.errors


def _initial_of(matter: DiaryLine) -> dict:
    return {
        "matter": matter.matter, "channel": matter.channel, "customer": matter.customer,
        "planned_time": matter.planned_time,
    }  # fmt: skip


def _count_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
