"""Filters live in the address, are shown as chips, and offer only what the person may see."""

import django_filters
import pytest
from django.http import QueryDict

from customers.models import Customer
from organization.enums import UnitKind
from organization.models import Unit
from ui.filters import FilterSet


class UnitFilter(FilterSet):
    name = django_filters.CharFilter(label="名称", lookup_expr="icontains")
    kind = django_filters.MultipleChoiceFilter(label="类型", choices=UnitKind.choices)
    is_active = django_filters.BooleanFilter(label="在用")
    parent = django_filters.ModelChoiceFilter(label="上级", queryset=Unit.objects.all())

    class Meta:
        model = Unit
        fields = ["name", "kind"]


class PeopleFilter(FilterSet):
    referrer = django_filters.ModelChoiceFilter(label="引荐人", queryset=Customer.objects.all(), field_name="pk")

    class Meta:
        model = Unit
        fields = []


def filtered(query, rf, filter_class=UnitFilter, user=None):
    request = rf.get(f"/?{query}")
    request.user = user
    return filter_class(request.GET, queryset=Unit.objects.all(), request=request)


def test_chips_say_what_is_in_force_and_how_to_drop_it(world, rf):
    chips = filtered("name=东城&kind=outlet&kind=branch&sort=-name&after=x", rf).chips
    assert [(chip.label, chip.value) for chip in chips] == [("名称", "东城"), ("类型", "网点、分行")]
    assert QueryDict(chips[0].url[1:]).dict().keys() == {"kind", "sort"}
    assert chips[1].url == "?name=%E4%B8%9C%E5%9F%8E&sort=-name"


def test_an_invalid_or_empty_filter_is_not_in_force(world, rf):
    assert filtered("kind=nonsense&name=", rf).chips == []


def test_a_yes_or_no_filter_speaks_chinese(world, rf):
    chips = filtered("is_active=true", rf).chips
    assert [(chip.label, chip.value) for chip in chips] == [("在用", "是")]


def test_the_empty_choice_of_a_filter_is_all(world, rf):
    form = filtered("", rf).panel
    assert "全部" in str(form["parent"]) and "全部" in str(form["is_active"])


def test_what_is_not_a_filter_is_carried_on(world, rf):
    assert filtered("name=a&sort=-name&columns=x&after=c", rf).carried == [("sort", "-name"), ("columns", "x")]


def test_filter_choices_stay_in_scope(world, rf):
    mine = world.customer("张伟", manager=world.rm)
    world.customer("赵敏", manager=world.stranger)
    field = filtered("", rf, PeopleFilter, user=world.rm).panel.fields["referrer"]
    assert list(field.queryset) == [mine]


def test_the_text_of_a_filter_is_cleaned(world, rf):
    assert [unit.name for unit in filtered("name=东\u200b城网点", rf).qs] == ["东城网点"]


@pytest.mark.parametrize("query", ["name=%00", "kind=%00", "parent=abc", "is_active=maybe"])
def test_no_filter_breaks_the_page(world, rf, query):
    found = filtered(query, rf)
    found.form.is_valid()
    assert found.chips == []
