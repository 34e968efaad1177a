"""Columns of our own: text that is encrypted at rest and opened only when read; codes of a closed list, in an order."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.db import models

from organization.crypto import decrypt, encrypt


class _Stored(str):
    """A value as it lies in the database, not yet opened."""


class _Opening:
    """Opens the stored value on first reading: a list that shows ten masked columns decrypts only those."""

    def __init__(self, field: "EncryptedTextField"):
        self.field = field

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:  # deferred
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, _Stored):
            value = instance.__dict__[name] = decrypt(value, self.field.bound_to(instance))
        return value

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text bound to its row by `row_key` (the name of an attribute that is set before the first save and never changes).

    It cannot be filtered, ordered or compared: keep a blind index beside it (organization.crypto).
    """

    def __init__(self, *args, row_key: str = "public_id", **kwargs):
        self.row_key = row_key
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"row_key": self.row_key}

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opening(self))

    def bound_to(self, instance) -> str:
        return f"{self.model._meta.db_table}.{self.column}.{getattr(instance, self.row_key)}"

    def from_db_value(self, value, expression, connection):
        return _Stored(value) if value else value

    def pre_save(self, instance, add):
        value = instance.__dict__.get(self.attname)
        if not value or isinstance(value, _Stored):
            return value
        return _Stored(encrypt(value, self.bound_to(instance)))

    def get_db_prep_save(self, value, connection):
        if value and not isinstance(value, _Stored):
            raise FieldError(f"{self.name} is encrypted per row: save the instance, or pass field.pre_save(instance)")
        return super().get_db_prep_save(str(value) if value else value, connection)

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched; use its blind index")


class CodesField(models.CharField):
    """Some codes of `choices` in one column, in the order in which they were given: "|fund|bond|"; a tuple in Python.

    One code is found by `__contains="|fund|"`, whoever puts it first by `__startswith`: `CodesField.stored(["fund"])`.
    """

    def __init__(self, *args, **kwargs):
        for name, value in (("max_length", 200), ("blank", True), ("default", tuple)):
            kwargs.setdefault(name, value)
        super().__init__(*args, **kwargs)

    @staticmethod
    def stored(codes: Iterable[str]) -> str:
        joined = "|".join(codes)
        return f"|{joined}|" if joined else ""

    def to_python(self, value):
        if isinstance(value, str):
            return tuple(code for code in value.split("|") if code)
        return tuple(dict.fromkeys(value or ()))

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def get_prep_value(self, value):
        return self.stored(self.to_python(value))

    def validate(self, value, model_instance):
        known = {code for code, _ in self.flatchoices}
        if not known.issuperset(value):
            raise ValidationError("选项已失效，请重新选择。", code="invalid_choice")

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            label=self.verbose_name, choices=self.choices or (), required=False, widget=forms.CheckboxSelectMultiple,
            help_text=self.help_text,
        )  # fmt: skip
