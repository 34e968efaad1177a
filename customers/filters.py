"""What 我的客户 can be narrowed by; every filter stands in the address."""

import django_filters
from django import forms
from django.db.models import QuerySet

from customers.enums import CustomerStatus, Strategy, Tier
from customers.models import Customer, Segment
from customers.policies import sees_full_names
from customers.queries.lists import contact_due, managers_within, units_within
from customers.queries.search import MAX_TEXT, search_condition
from customers.queries.segments import in_segment
from customers.segments.bands import band_of, named_bands
from customers.segments.compiling import condition_of
from customers.segments.rules import parse_rule
from organization import clock
from organization.enums import Permission, Role
from organization.models import Unit
from ui.filters import FilterSet, NamedRowFilter
from ui.forms import MoneyField

_MONTHS = [(month, f"{month}月") for month in range(1, 13)]
DUE_CHOICES = [("overdue", "逾期"), ("week", "本周应联")]


class _MoneyFilter(django_filters.NumberFilter):
    field_class = MoneyField


class CustomerFilter(FilterSet):
    q = django_filters.CharFilter(label="搜索", method="by_text", max_length=MAX_TEXT)
    contact = django_filters.ChoiceFilter(label="应联", method="by_contact", choices=DUE_CHOICES, empty_label="全部")
    tier = django_filters.MultipleChoiceFilter(
        label="客户层级", choices=Tier.choices, widget=forms.CheckboxSelectMultiple, distinct=False
    )
    strategy = django_filters.ChoiceFilter(label="维护策略", choices=Strategy.choices, empty_label="全部")
    average_min = _MoneyFilter(label="月日均不低于（元）", field_name="monthly_avg_daily_aum", lookup_expr="gte")
    average_max = _MoneyFilter(label="月日均低于（元）", field_name="monthly_avg_daily_aum", lookup_expr="lt")
    birth_month = django_filters.ChoiceFilter(
        label="生日月份", field_name="birth_date", lookup_expr="month", choices=_MONTHS, empty_label="全部"
    )
    manager = NamedRowFilter(
        label="客户经理", queryset=lambda request: managers_within(request.user), to_field_name="employee_no",
        empty_label="全部",
    )  # fmt: skip
    unit = NamedRowFilter(
        label="机构", method="by_unit", queryset=lambda request: units_within(request.user), to_field_name="code",
        empty_label="全部",
    )  # fmt: skip
    segment = NamedRowFilter(
        label="客户分群", method="by_segment", to_field_name="public_id", empty_label="全部",
        queryset=lambda request: Segment.objects.visible_to(request.user).active(),
    )  # fmt: skip
    cell = django_filters.MultipleChoiceFilter(label="特征", method="by_cell", choices=named_bands, distinct=False)
    status = django_filters.ChoiceFilter(
        label="状态",
        method="by_status",
        empty_label="正常",
        choices=[*(c for c in CustomerStatus.choices if c[0] != CustomerStatus.MERGED), ("all", "全部")],
    )

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        staff = self.request.user
        left_out = set()
        if staff.role == Role.RELATIONSHIP_MANAGER and len(staff.serving_ids()) == 1:
            left_out.add("manager")
        if staff.role in (Role.RELATIONSHIP_MANAGER, Role.RM_SUPERVISOR) or len(staff.unit_ids()) == 1:
            left_out.add("unit")
        if not staff.may(Permission.VIEW_AMOUNTS):
            left_out |= {"average_min", "average_max"}
        if not sees_full_names(staff):
            left_out |= {"birth_month", "manager"}
        # Reached from the page of a segment and from the matrix; everybody else's form does without.
        left_out |= {name for name in ("segment", "cell") if not self.data.get(name)}
        for name in left_out:
            del self.filters[name]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if not self.form.cleaned_data.get("status"):
            queryset = queryset.filter(status=CustomerStatus.ACTIVE)
        return super().filter_queryset(queryset)

    def by_text(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(search_condition(self.request.user, value))

    def by_contact(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(contact_due(value, clock.today()))

    def by_unit(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(unit__in=Unit.objects.under(value).order_by().values("pk"))

    def by_segment(self, queryset: QuerySet, name: str, value: Segment) -> QuerySet:
        return queryset.filter(in_segment(value))

    def by_cell(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        bands = [band for band in map(band_of, value) if band]
        return queryset.filter(*(condition_of(parse_rule(band.rule), clock.today()) for band in bands))

    def by_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset if value == "all" else queryset.filter(status=value)
