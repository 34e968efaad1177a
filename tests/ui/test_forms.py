"""Forms: clean text, native dates, sentences a clerk understands, choices within the scope."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string

from customers.models import Customer
from organization.models import Unit
from ui.forms import Form, ModelForm, MoneyField, clean_text


@pytest.mark.parametrize(("given", "kept"), [
    ("张\u200b伟", "张伟"), ("\ufeff张伟\u200e", "张伟"), ("a\u202eb", "ab"), ("a\x08b\x9f", "ab"), ("一\r\n二\t三", "一 二 三"),
    ("䶮𠮷👨‍👩‍👧", "䶮𠮷👨‍👩‍👧"), ("张\u200d伟", "张伟"), ("葛󠄀", "葛󠄀"), ("❤️", "❤️"), ("a\x00b", "a\x00b"), ("\ud800x", "x"),
    ("凞﨑", "凞﨑"),
])  # fmt: skip
def test_invisible_characters_go_and_letters_stay(given, kept):
    assert clean_text(given) == kept


def test_a_note_keeps_its_lines():
    assert clean_text("一\r\n二\r三\u2028四", is_multiline=True) == "一\n二\n三\n四"


class Note(Form):
    name = forms.CharField(label="姓名", max_length=5)
    note = forms.CharField(label="备注", max_length=6, required=False, widget=forms.Textarea)
    on = forms.DateField(label="日期", required=False)
    at = forms.DateTimeField(label="时间", required=False)
    channel = forms.ChoiceField(label="方式", choices=[("", "---------"), ("p", "电话")])
    secret = forms.CharField(label="口令", required=False, widget=forms.PasswordInput)
    own = forms.CharField(label="自定", error_messages={"required": "自己的话"})


GOOD = {"name": "张伟", "channel": "p", "own": "x"}


def errors(**changes):
    return Note(GOOD | changes).errors


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"name": ""}, "name", "请填写“姓名”。"),
    ({"name": "\u200b\u200b"}, "name", "请填写“姓名”。"),
    ({"name": "一二三四五六"}, "name", "“姓名”最多5个字，现在有6个，请删减后再保存。"),
    ({"name": "张\x00伟"}, "name", "“姓名”含有无法保存的字符，请删去后重新填写。"),
    ({"channel": ""}, "channel", "请选择“方式”。"),
    ({"channel": "x"}, "channel", "“方式”的选项已失效或不在您的范围内，请重新选择。"),
    ({"on": "2026-02-30"}, "on", "“日期”不是有效的日期或时间，请重新选择。"),
    ({"own": ""}, "own", "自己的话"),
])  # fmt: skip
def test_sentences(changes, field, sentence):
    assert errors(**changes) == {field: [sentence]}


def test_a_rare_character_counts_as_one():
    assert errors(name="𠮷𠮷𠮷𠮷𠮷") == {}


def test_lines_of_a_note_count_once():
    assert errors(note="一\r\n二\r\n三四") == {}


def test_a_password_is_taken_as_it_is():
    form = Note(GOOD | {"secret": "a\u200bb"})
    assert form.is_valid() and form.cleaned_data["secret"] == "a\u200bb"


def test_native_dates_read_and_write_iso():
    form = Note(initial={"on": "2026-11-23"})
    assert 'type="date"' in str(form["on"]) and 'type="datetime-local"' in str(form["at"])
    bound = Note(GOOD | {"on": "2026-11-23", "at": "2026-11-23T10:30"})
    assert bound.is_valid()
    assert 'value="2026-11-23"' in str(Note(initial=bound.cleaned_data)["on"])
    assert 'value="2026-11-23T10:30"' in str(Note(initial=bound.cleaned_data)["at"])


def test_nothing_typed_is_cut_off_by_the_browser():
    written = str(Note()["note"])
    assert 'data-limit="6"' in written and "maxlength" not in written
    assert "autocomplete" not in str(Note()["secret"]) and 'autocomplete="off"' in written


def test_the_empty_choice_speaks():
    assert '<option value="" selected>请选择</option>' in str(Note()["channel"])


@pytest.mark.parametrize(("typed", "amount"), [
    ("12,000", "12000"), ("1.5万", "15000"), ("0.3亿", "30000000"), ("12.50元", "12.5"), ("１２３。", None), ("１２３", "123"),
    ("1.5万元", "15000"), ("", None), ("abc", None), ("1.234", None), ("NaN", None), ("1e400", None), ("万", None),
    ("-5", "-5"), ("1 000", "1000"), ("1.23456万", "12345.6"),
])  # fmt: skip
def test_amounts_as_people_write_them(typed, amount):
    field = MoneyField(label="金额", required=True)
    if amount is None:
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == Decimal(amount)


class Pick(Form):
    customer = forms.ModelChoiceField(Customer.objects.all(), label="客户", to_field_name="number")


def test_choices_are_those_in_scope(world):
    mine, theirs = world.customer("张伟", manager=world.rm), world.customer("赵敏", manager=world.stranger)
    form = Pick(user=world.rm)
    assert list(form.fields["customer"].queryset) == [mine]
    forged = Pick({"customer": theirs.number}, user=world.rm)
    assert forged.errors == {"customer": ["“客户”的选项已失效或不在您的范围内，请重新选择。"]}
    assert Pick({"customer": mine.number}, user=world.rm).is_valid()


def test_one_person_s_narrowing_does_not_reach_the_next(world):
    theirs = world.customer("赵敏", manager=world.stranger)
    Pick(user=world.rm)
    assert list(Pick(user=world.stranger).fields["customer"].queryset) == [theirs]


def test_a_form_with_scoped_choices_needs_a_person(db):
    with pytest.raises(ImproperlyConfigured, match=r"Pick\.customer"):
        Pick()


def test_model_forms_are_tidy_too(db):
    class UnitForm(ModelForm):
        class Meta:
            model = Unit
            fields = ["name", "kind", "parent", "plan_closes_at"]

    form = UnitForm()
    assert 'type="time"' in str(form["plan_closes_at"])
    assert "请选择" in str(form["kind"]) and "请选择" in str(form["parent"])


def test_a_field_is_drawn_with_label_help_and_error():
    form = Note({"name": ""})
    written = render_to_string("ui/field.html", {"field": form["name"]})
    assert '<label class="form-label" for="id_name">姓名' in written
    assert 'class="form-control is-invalid"' in written and 'aria-invalid="true"' in written
    assert 'aria-describedby="id_name_error"' in written and 'id="id_name_error"' in written
    assert form["name"].as_field_group().strip() == written.strip()


def test_the_summary_leads_to_the_fields():
    written = render_to_string("ui/error_summary.html", {"form": Note({"name": ""})})
    assert 'href="#id_name"' in written and "请填写“姓名”。" in written and "以下3处" in written
    assert render_to_string("ui/error_summary.html", {"form": Note(GOOD)}).strip() == ""


def test_crispy_draws_the_same_form_without_inline_script_or_style():
    from django.template import Context, Template

    written = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": Note()}))
    assert "<script" not in written and "style=" not in written and "<form" not in written
    assert 'name="note"' in written
