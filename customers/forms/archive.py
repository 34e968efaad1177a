"""建档 and 修改档案."""

from django import forms

from customers.blind_indexes import InvalidIdentifier, normalise_document, normalise_mobile
from customers.enums import Strategy, Tier
from customers.models import Customer
from customers.policies import objection_to_supervised_fields
from customers.queries.lists import managers_within
from customers.services.archive import SUPERVISED, Difference, objections, open_base, seal_base
from customers.services.identifiers import MASKS, masked
from organization.enums import Role
from organization.models import Staff
from ui.forms import ModelForm, RefusableMixin

MINE, THEIRS = "mine", "theirs"
_NOTE_ROWS = 4


class StaffChoice(forms.ModelChoiceField):
    """People by employee number: row numbers stay inside."""

    def __init__(self, **options):
        super().__init__(Staff.objects.none(), to_field_name="employee_no", **options)

    def label_from_instance(self, staff: Staff) -> str:
        return f"{staff.name} {staff.employee_no}"


class CustomerForm(RefusableMixin, ModelForm):
    """The archive. Identifiers are shown masked and typed anew only to be changed; blank leaves them as they are.

    `version` and `base` tell the service what this form was filled with; after a conflict `take_…` says whose value stays.
    """

    id_number = forms.CharField(label="证件号码", max_length=30, required=False)
    mobile = forms.CharField(label="手机号码", max_length=30, required=False)
    address = forms.CharField(label="联系地址", max_length=200, required=False)
    email = forms.CharField(label="电子邮箱", max_length=100, required=False)
    clear = forms.MultipleChoiceField(label="清空", required=False, widget=forms.CheckboxSelectMultiple)
    co_manager = StaffChoice(label="协办客户经理", required=False, empty_label="无")
    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

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

    def __init__(self, *args, user: Staff, differences: tuple[Difference, ...] = (), **kwargs):
        super().__init__(*args, user=user, **kwargs)
        if objection_to_supervised_fields(user):
            for name in SUPERVISED:
                self.fields.pop(name, None)
        else:
            self.fields["co_manager"].queryset = managers_within(user)
        if self.instance.pk:
            self._describe_identifiers()
        else:
            for name in ("clear", "version", "base"):
                self.fields.pop(name)
        for difference in differences:
            self._ask_whose(difference)

    def _describe_identifiers(self) -> None:
        customer = self.instance
        self.initial |= {"version": customer.version, "base": seal_base(customer), **dict.fromkeys(MASKS, "")}
        kept = {name: masked(customer, name) for name in MASKS if getattr(customer, name)}
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
        data = {name: cleaned[name] for name in self._meta.fields if name in cleaned and name not in MASKS}
        data |= {name: cleaned[name] for name in MASKS if cleaned.get(name)}
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

    def archive_data(self) -> dict:
        own = {
            name: self.cleaned_data[name] for name in ("number", "manager", "tier", "strategy") if name in self.fields
        }
        return super().archive_data() | own
