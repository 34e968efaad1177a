"""A control that is written out directly is the control the framework's templates make."""

from datetime import date, time

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.test.html import parse_html

from ui.forms import DateInput, DateTimeInput, TimeInput
from ui.renderers import FormRenderer

CHOICES = [("", "全部"), ("a", "甲<&"), ("组", [("b", "乙"), (3, "丙")])]
HARD = "\"><script>'&"


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(attrs={"required": True, "disabled": False, "data-x": HARD, "size": 3}), HARD),
        (forms.TextInput(), None),
        (forms.TextInput(), 0),
        (forms.TextInput(), ""),
        (forms.NumberInput(attrs={"min": 1}), 12),
        (forms.EmailInput(), "a@example.com"),
        (forms.PasswordInput(), "geheim"),
        (forms.HiddenInput(), HARD),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (DateInput(), date(2026, 11, 23)),
        (TimeInput(), time(9, 30)),
        (DateTimeInput(), None),
        (forms.Textarea(attrs={"rows": 2}), HARD),
        (forms.Textarea(), None),
        (forms.Select(choices=CHOICES, attrs={"class": "form-select"}), "a"),
        (forms.Select(choices=CHOICES), 3),
        (forms.Select(choices=CHOICES), None),
        (forms.SelectMultiple(choices=CHOICES), ["a", "b"]),
        (forms.NullBooleanSelect(), "true"),
        (forms.RadioSelect(choices=CHOICES), "a"),
        (forms.CheckboxSelectMultiple(choices=CHOICES), ["a", "b"]),
        (forms.SplitDateTimeWidget(), None),
    ],
)
def test_it_is_the_control_of_the_framework(widget, value):
    given = ("name", value, {"id": "id_name"})
    ours, theirs = (widget.render(*given, renderer=renderer()) for renderer in (FormRenderer, TemplatesSetting))
    assert parse_html(ours) == parse_html(theirs)


@pytest.mark.parametrize("widget", [forms.RadioSelect(choices=CHOICES), forms.CheckboxSelectMultiple(choices=CHOICES)])
def test_so_is_each_option_of_a_group(widget):
    for option in widget.subwidgets("name", "a", {"id": "id_name"}):
        ours, theirs = (
            r().render(option["template_name"], {"widget": option}) for r in (FormRenderer, TemplatesSetting)
        )
        assert parse_html(ours) == parse_html(theirs)


def test_a_choice_of_many_asks_no_template(monkeypatch):
    monkeypatch.setattr(TemplatesSetting, "render", None)
    assert "员工249" in forms.Select(choices=[(n, f"员工{n}") for n in range(250)]).render(
        "manager", None, renderer=FormRenderer()
    )
