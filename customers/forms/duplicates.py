"""Two archives side by side: which one stays, and of every difference which value."""

from dataclasses import dataclass

from django import forms
from django.forms import BoundField

from customers.models import Customer
from customers.services.duplicates import COMPARED
from customers.services.merging import shown, snapshot
from customers.wording import label_of
from ui.forms import Form, RefusableMixin

FIRST, SECOND = "first", "second"
_PICK = "pick_{}"


@dataclass(frozen=True)
class Compared:
    """One field of both, as people read it: identifiers masked."""

    label: str
    first: str
    second: str
    choice: BoundField | None = None


class MergeForm(RefusableMixin, Form):
    """`pick_<field>` for every field in which the two differ; where one says nothing, the other one's value is offered."""

    stays = forms.ChoiceField(label="保留哪一份", widget=forms.RadioSelect)
    reason = forms.CharField(label="合并理由", min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, first: Customer, second: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.customers = {FIRST: first, SECOND: second}
        mine, theirs = snapshot(first, COMPARED), snapshot(second, COMPARED)
        self.equal: list[Compared] = []
        self._different: list[tuple[str, str, str]] = []
        richer = FIRST if _filled(mine) >= _filled(theirs) else SECOND
        self.fields["stays"].choices = [(key, f"{row.name} {row.number}") for key, row in self.customers.items()]
        self.fields["stays"].initial = richer
        for name in COMPARED:
            one, other = shown(name, mine[name]), shown(name, theirs[name])
            if mine[name] == theirs[name]:
                if one:
                    self.equal.append(Compared(label_of(name), one, other))
                continue
            self._different.append((name, one, other))
            self.fields[_PICK.format(name)] = forms.ChoiceField(
                label=label_of(name), choices=[(FIRST, one or "（空）"), (SECOND, other or "（空）")],
                widget=forms.RadioSelect, initial=richer if one and other else FIRST if one else SECOND,
            )  # fmt: skip

    @property
    def different(self) -> list[Compared]:
        return [Compared(label_of(n), one, other, self[_PICK.format(n)]) for n, one, other in self._different]

    @property
    def kept(self) -> Customer:
        return self.customers[self.cleaned_data["stays"]]

    @property
    def merged(self) -> Customer:
        return self.customers[SECOND if self.cleaned_data["stays"] == FIRST else FIRST]

    @property
    def taken(self) -> list[str]:
        """The fields in which the archive that goes is the better one."""
        stays = self.cleaned_data["stays"]
        return [name for name, _, _ in self._different if self.cleaned_data[_PICK.format(name)] != stays]


class SetAsideForm(RefusableMixin, Form):
    reason = forms.CharField(
        label="为什么不是同一人", min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：父子共用一个手机号码",
    )  # fmt: skip


class UndoMergeForm(RefusableMixin, Form):
    reason = forms.CharField(label="撤销理由", min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _filled(values: dict) -> int:
    return sum(value not in (None, "", [], False) for value in values.values())
