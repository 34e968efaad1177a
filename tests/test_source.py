"""Lock 5 of DESIGN 3 and the bans of the house, over every file. Each rule is first shown to see what it is for."""

import pytest
from django.apps import apps

from organization.models import Staff, Unit
from organization.scoping import ScopedModel
from tests import source_rules as rules

OURS = [m for app in rules.APPS for m in apps.get_app_config(app).get_models()]
SCOPED = {m for m in OURS if issubclass(m, ScopedModel)}
SCOPED_NAMES = {m.__name__ for m in SCOPED}

# Rows that no scope narrows, each with the reason why.
NOT_SCOPED = {
    "almanac.Holiday": "public calendar",
    "ui.SavedView": "read by its owner only; holds no customer data",
    "organization.Unit": "the bank's tree, known to everybody in it",
    "organization.Staff": "colleagues' names and offices, known to everybody",
    "organization.StaffSession": "read by its owner only, and by the session engine",
    "organization.Cover": "who stands in for whom; queries.covers_seen_by narrows the page",
    "organization.AuditEvent": "read in the admin site by VIEW_AUDIT; personal fields are masked before they are written",
    "organization.AuditSeal": "digests",
    "organization.Notification": "read through request.user.notifications only",
    "organization.Parameter": "configuration",
    "organization.SubmittedForm": "keys of forms, read by their sender only",
    "customers.Household": "ties members together and names nobody; they are read through HouseholdMember",
    "customers.Product": "what the bank offers",
    "customers.ImportMapping": "names of columns",
    "customers.StagedBalance": "whole sets of one batch, without keys, never shown",
    "maintenance.CareRule": "configuration",
    "maintenance.DailyRun": "figures of a run",
    "maintenance.RunStep": "figures of a run",
}


def findings(paths, *checks) -> list[str]:
    return [
        f"{path.relative_to(rules.ROOT)}:{line} {sentence}"
        for path in paths
        for check in checks
        for line, sentence in check(path.read_text())
    ]


def unscoped(text):
    return rules.unscoped_reads(text, SCOPED_NAMES)


def test_views_forms_and_queries_say_whose_rows_they_read():
    reading = [path for path in rules.python_files() if rules.reads_rows(path)]
    forms = [path for path in reading if rules.declares_choices(path)]
    assert reading
    assert findings([path for path in reading if path not in forms], unscoped) == []
    assert findings(forms, lambda text: rules.unscoped_reads(text, SCOPED_NAMES, is_form=True)) == []


def test_every_lifted_scope_has_its_reason():
    assert findings(rules.python_files(), rules.nameless_reasons) == []


def test_no_banned_calls():
    # The one clock, and the one place that asks it for the moment of a request.
    clocks = {"organization/clock.py"}
    files = [p for p in rules.python_files() if p.relative_to(rules.ROOT).as_posix() not in clocks]
    assert findings(files, rules.banned_calls, rules.unexplained_safe_python) == []


def test_templates_carry_no_inline_code():
    assert rules.templates()
    assert findings(rules.templates(), rules.inline_code, rules.unexplained_safe_template) == []


@pytest.mark.parametrize(
    "text",
    [
        "Customer.objects.filter(pk=1)",
        "Customer.objects.all()",
        "models.Customer.objects.get(pk=1)",
        "rows = Customer.objects",
        "get_object_or_404(Customer.objects, pk=1)",
        "get_object_or_404(Customer, pk=1)",
        "Customer._default_manager.visible_to(user)",
        "Customer._base_manager.all()",
        "Customer.objects.filter(pk=1).visible_to(user)",
    ],
)
def test_the_rule_sees_an_unscoped_read(text):
    assert len(list(unscoped(text))) == 1


def test_a_form_hands_whole_choices_to_its_fields_and_nothing_else():
    def in_form(text):
        return list(rules.unscoped_reads(text, SCOPED_NAMES, is_form=True))

    assert in_form("ModelChoiceField(Customer.objects.all())") == []
    assert in_form("ModelChoiceField(queryset=Customer.objects.all())") == []
    assert len(in_form("rows = Customer.objects.all()")) == 1
    assert len(in_form("ModelChoiceField(Customer.objects.all().filter(pk=1))")) == 1
    assert len(in_form("ModelChoiceField(Customer.objects.filter(pk=1))")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Customer.objects.visible_to(user).filter(pk=1)",
        "Customer.objects.unscoped('why it must be').count()",
        "Customer.objects.none()",
        "get_object_or_404(Customer.objects.visible_to(user), pk=1)",
        "Unit.objects.filter(pk=1)",
        "customer.accounts.all()",
    ],
)
def test_the_rule_lets_scoped_reads_pass(text):
    assert list(unscoped(text)) == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (rules.nameless_reasons, "Customer.objects.unscoped()"),
        (rules.nameless_reasons, "Customer.objects.unscoped(reason)"),
        (rules.nameless_reasons, "Customer.objects.unscoped('x')"),
        (rules.banned_calls, "class Meta:\n    fields = '__all__'"),
        (rules.banned_calls, "create(**request.POST)"),
        (rules.banned_calls, "create(**request.POST.dict())"),
        (rules.banned_calls, "date.today()"),
        (rules.banned_calls, "datetime.date.today()"),
        (rules.banned_calls, "datetime.now(tz)"),
        (rules.banned_calls, "timezone.now()"),
        (rules.banned_calls, "timezone.localtime()"),
        (rules.banned_calls, "timezone.localdate()"),
        (rules.banned_calls, "time.time()"),
        (rules.unexplained_safe_python, "\nmark_safe(text)"),
        (rules.inline_code, '<p style="color:red">'),
        (rules.inline_code, "<style>p{}</style>"),
        (rules.inline_code, "<script>go()</script>"),
        (rules.inline_code, '<a onclick="go()">'),
        (rules.inline_code, '<a hx-on:click="go()">'),
        (rules.inline_code, '<a href="javascript:go()">'),
        (rules.inline_code, "<a hx-vals='js:{a: 1}'>"),
        (rules.unexplained_safe_template, "{{ text|safe }}"),
        (rules.unexplained_safe_template, "{% autoescape off %}"),
    ],
)
def test_each_ban_sees_what_it_bans(check, text):
    assert len(list(check(text))) == 1


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (rules.banned_calls, "class Meta:\n    fields = ['a']"),
        (rules.banned_calls, "create(**form.cleaned_data)"),
        (rules.banned_calls, "clock.today()"),
        (rules.banned_calls, "timezone.localtime(moment)"),
        (rules.unexplained_safe_python, "# our own digits\nmark_safe(text)"),
        (rules.inline_code, '<script src="a.js" defer></script>'),
        (rules.inline_code, '<script type="application/json" id="data">{}</script>'),
        (rules.inline_code, '{# <p style="color:red"> #}'),
        (rules.inline_code, '<a data-confirm="on=1">'),
        (rules.unexplained_safe_template, "{# safe: our own text #}{{ text|safe }}"),
    ],
)
def test_each_ban_lets_the_rest_pass(check, text):
    assert list(check(text)) == []


@pytest.mark.parametrize("model", sorted(SCOPED, key=lambda m: m._meta.label), ids=lambda m: m._meta.label)
def test_every_scope_leads_to_a_person_and_a_unit(model):
    def target(path: str):
        reached = model
        for part in path.split("__"):
            reached = reached._meta.get_field(part).related_model
        return reached

    assert target(model.scope.manager) is Staff
    assert target(model.scope.unit) is Unit
    if model.scope.co_manager:
        assert target(model.scope.co_manager) is Staff


def test_every_table_is_scoped_or_has_its_reason():
    unscoped_tables = {m._meta.label for m in OURS if m not in SCOPED}
    assert unscoped_tables == set(NOT_SCOPED)


def test_every_row_of_a_customer_is_scoped():
    from customers.models import Customer

    of_customer = {m for m in OURS for f in m._meta.get_fields() if f.is_relation and f.related_model is Customer}
    assert of_customer - SCOPED - {Customer} == {m for m in of_customer if m.__name__ == "Unit"}
