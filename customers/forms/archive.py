"""建档 and 修改档案."""

from dataclasses import dataclass

from django import forms

from customers.blind_indexes import InvalidIdentifier, normalise_document, normalise_mobile
from customers.enums import FactOrigin, Strategy, Tier
from customers.forms.profile import ProfileForm
from customers.models import Customer
from customers.policies import objection_to_supervised_fields
from customers.queries.lists import managers_within
from customers.sections import FACTS, SECTIONS, Section
from customers.services.archive import SUPERVISED, Difference, objections, open_base, seal_base
from customers.services.sources import AHEAD
from customers.wording import MASKS, masked
from organization import clock
from organization.enums import Role
from organization.models import Staff
from ui.forms import ModelForm, RefusableMixin

MINE, THEIRS = "mine", "theirs"
# Where the changes are known from.
SAID = ("origin", "as_of", "is_confirmed")
_WIDE = (forms.Textarea, forms.CheckboxSelectMultiple)
_NOTE_ROWS = 4


class StaffChoice(forms.ModelChoiceField):
    """People by employee number: row numbers stay inside."""

    def __init__(self, **options):
        super().__init__(Staff.objects.none(), to_field_name="employee_no", **options)

    def label_from_instance(self, staff: Staff) -> str:
        return f"{staff.name} {staff.employee_no}"


@dataclass(frozen=True)
class Group:
    """Fields under one heading, as the page draws them: those with much to show over the whole width."""

    label: str
    fields: list[tuple[forms.BoundField, bool]]


class CustomerForm(RefusableMixin, ModelForm):
    """The archive, or one `section` of it. Masked fields are typed anew only to be changed; blank leaves them as they are.

    `version` and `base` tell the service what this form was filled with; after a conflict `take_…` says whose value stays.
    `origin` and `as_of` say where the changes are known from.
    """

    id_number = forms.CharField(label="证件号码", max_length=30, required=False)
    mobile = forms.CharField(label="手机号码", max_length=30, required=False)
    address = forms.CharField(label="联系地址", max_length=200, required=False)
    email = forms.CharField(label="电子邮箱", max_length=100, required=False)
    clear = forms.MultipleChoiceField(label="清空", required=False, widget=forms.CheckboxSelectMultiple)
    co_manager = StaffChoice(label="协办客户经理", required=False, empty_label="无")
    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput, required=False)
    origin = forms.ChoiceField(
        label="信息来源", choices=FactOrigin.choices, initial=FactOrigin.CUSTOMER, required=False
    )
    as_of = forms.DateField(label="核实日期", initial=clock.today, required=False, help_text="这些情况在哪一天属实")
    is_confirmed = forms.BooleanField(label="没有改动的内容也已核实，仍然属实", required=False)

    class Meta:
        model = Customer
        fields = (
            "name", "sex", "birth_date", "id_type", "id_number", "mobile", "email", "address", "marital_status",
            "occupation", "employer", "interests", "is_veteran", "is_party_member", "preferred_channel",
            "preferred_time", "has_no_contact", "no_contact_reason", "mourning_until", "note", "status", "co_manager",
        )  # fmt: skip
        widgets = {"note": forms.Textarea(attrs={"rows": _NOTE_ROWS})}
        help_texts = {
            "preferred_time": "如：工作日晚间",
            "has_no_contact": "勾选后暂停联系任务，请写明原因",
            "mourning_until": "治丧期内不致节日祝福",
            "interests": "如：书法、太极",
        }

    def __init__(
        self, *args, user: Staff, section: Section | None = None, differences: tuple[Difference, ...] = (), **kwargs
    ):
        super().__init__(*args, user=user, **kwargs)
        self.section = section
        if self.instance.pk:
            second = ProfileForm(user=user, instance=self.instance.details)
            self.fields |= second.fields
            self.initial = second.initial | self.initial
        if objection_to_supervised_fields(user):
            for name in SUPERVISED:
                self.fields.pop(name, None)
        else:
            self.fields["co_manager"].queryset = managers_within(user)
        if section:
            self._narrow_to(section)
        if self.instance.pk:
            self._describe_masked()
        else:
            for name in ("clear", "version", "base", *SAID):
                self.fields.pop(name)
        for difference in differences:
            self._ask_whose(difference)

    def _narrow_to(self, section: Section) -> None:
        left_out = [name for other in SECTIONS if other is not section for name in other.fields]
        for name in (*left_out, *(() if section.is_fact else SAID)):
            self.fields.pop(name, None)

    @property
    def groups(self) -> list[Group]:
        """The fields by the sections of the archive."""
        groups = [Group(section.label, self._drawn(section.fields)) for section in SECTIONS]
        return [group for group in groups if group.fields]

    def _drawn(self, names) -> list[tuple[forms.BoundField, bool]]:
        return [(self[name], isinstance(self.fields[name].widget, _WIDE)) for name in names if name in self.fields]

    @property
    def said(self) -> list[forms.BoundField]:
        """Where it is known from, at the end of the form."""
        return [self[name] for name in SAID if name in self.fields]

    @property
    def facts(self) -> list[str]:
        """What the person who fills this in may say still holds."""
        return [name for name in self.fields if name in FACTS]

    def _describe_masked(self) -> None:
        customer = self.instance
        self.initial |= {"version": customer.version, "base": seal_base(customer), **dict.fromkeys(MASKS, "")}
        shown = {name: masked(customer, name) for name in MASKS if name in self.fields}
        kept = {name: text for name, text in shown.items() if text}
        for name, text in kept.items():
            self.fields[name].widget.attrs["placeholder"] = text
            self.fields[name].help_text = "不修改请留空"
        choices = [(name, self.fields[name].label) for name in kept]
        self.fields["clear"].choices = choices
        if not choices:
            del self.fields["clear"]

    def _ask_whose(self, difference: Difference) -> None:
        self.fields[f"take_{difference.field}"] = forms.ChoiceField(
            label=f"{difference.label}采用", choices=[(MINE, "我填写的"), (THEIRS, "已保存的")],
            widget=forms.RadioSelect, initial=MINE, required=False,
        )  # fmt: skip

    def _post_clean(self) -> None:
        """The service checks and saves; the instance stays as it was read."""

    def clean_mobile(self) -> str:
        try:
            return normalise_mobile(self.cleaned_data["mobile"])
        except InvalidIdentifier as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("as_of") and cleaned["as_of"] > clock.today():
            self.add_error("as_of", AHEAD)
        if cleaned.get("id_number"):
            try:
                cleaned["id_number"] = normalise_document(cleaned.get("id_type", ""), cleaned["id_number"])
            except InvalidIdentifier as error:
                self.add_error("id_number", str(error))
        # The service stops at the first; a person mends all of them in one go.
        for name, sentence in objections(cleaned).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, sentence)
        return cleaned

    def archive_data(self) -> dict:
        """What the service is given: plain fields as they stand, identifiers only where typed or cleared."""
        cleaned = self.cleaned_data
        fields = [name for section in SECTIONS for name in section.fields if name in cleaned]
        data = {name: cleaned[name] for name in fields if name not in MASKS}
        data |= {name: cleaned[name] for name in fields if name in MASKS and cleaned[name] not in (None, "")}
        data |= dict.fromkeys((name for name in cleaned.get("clear", ()) if name not in data), "")
        left = {name.removeprefix("take_") for name, choice in self.data.items()
                if name.startswith("take_") and choice == THEIRS}  # fmt: skip
        return {name: value for name, value in data.items() if name not in left}

    def base_data(self) -> dict | None:
        return open_base(self.instance, self.cleaned_data.get("base", ""))


class CustomerCreateForm(CustomerForm):
    """A new archive: the same, with number, manager and how the customer is to be looked after."""

    number = forms.CharField(label="客户号", max_length=32, required=False, help_text="核心系统客户号；暂无可不填")
    manager = StaffChoice(label="客户经理", empty_label="请选择")
    tier = forms.ChoiceField(
        label="客户层级", choices=Tier.choices, initial=Tier.GOLD, help_text="有余额后按月日均评定"
    )
    strategy = forms.ChoiceField(label="维护策略", choices=Strategy.choices, initial=Strategy.ACTIVE)

    def __init__(self, *args, user: Staff, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        for name in SUPERVISED:
            self.fields.pop(name, None)
        if user.role == Role.RELATIONSHIP_MANAGER:
            del self.fields["manager"]
        else:
            self.fields["manager"].queryset = managers_within(user)

    @property
    def groups(self) -> list[Group]:
        own = self._drawn(("number", "manager", "tier", "strategy"))
        return [*super().groups, Group("维护", own)]

    def archive_data(self) -> dict:
        own = {
            name: self.cleaned_data[name] for name in ("number", "manager", "tier", "strategy") if name in self.fields
        }
        return super().archive_data() | own
