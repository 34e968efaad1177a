"""Row scope in one place: who may see which rows (DESIGN 3).

A scoped model names its paths to the managing staff member and to the unit; `visible_to(staff)` does the rest. Cover
during leave, co-management and team are conditions here and nowhere else.
"""

from dataclasses import dataclass
from functools import cache
from typing import Self

from django.db import models
from django.db.models import Q

from organization.enums import Role
from organization.exceptions import UnscopedQuery
from organization.request_context import scope_enforced, scope_lifted


@dataclass(frozen=True)
class Scope:
    """Lookup paths from a model to what decides who sees its rows. `shared` is a flag that hands a row down: whoever works
    under its unit sees it too."""

    manager: str
    unit: str
    co_manager: str = ""
    shared: str = ""


class ScopedQuerySet(models.QuerySet):
    _scoped_by: str | None = None

    def visible_to(self, staff) -> Self:
        """Only the rows this person may see; nothing for anonymous people and for roles without customer rows."""
        narrowed = self.filter(_scope_condition(self.model.scope, staff))
        narrowed._scoped_by = f"staff {staff.pk}"
        return narrowed

    def unscoped(self, reason: str) -> Self:
        """All rows, on purpose: the reason is read in review."""
        whole = self._chain()
        whole._scoped_by = reason
        return whole

    def _clone(self):
        clone = super()._clone()
        clone._scoped_by = self._scoped_by
        return clone

    def _check_scope(self) -> None:
        if not scope_enforced.get() or self._scoped_by or self.query.is_empty():
            return
        # customer.accounts.all(): the customer was fetched in scope, and its rows follow it.
        if isinstance(self._hints.get("instance"), ScopedModel):
            return
        raise UnscopedQuery(f"{self.model.__name__} read without visible_to() or unscoped(reason)")

    def _fetch_all(self):
        if self._result_cache is None:
            self._check_scope()
        super()._fetch_all()

    def iterator(self, *args, **kwargs):
        self._check_scope()
        return super().iterator(*args, **kwargs)

    def count(self):
        if self._result_cache is None:
            self._check_scope()
        return super().count()

    def exists(self):
        if self._result_cache is None:
            self._check_scope()
        return super().exists()

    def aggregate(self, *args, **kwargs):
        self._check_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs):
        self._check_scope()
        return super().update(**kwargs)

    def bulk_update(self, objs, fields, batch_size=None):
        # Like save(): the instances were fetched before, and it was then that their scope was asked.
        return super(ScopedQuerySet, self.unscoped("rows fetched before")).bulk_update(objs, fields, batch_size)

    def delete(self):
        self._check_scope()
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class ScopedModel(models.Model):
    """Base of every model whose rows belong to a customer or a staff member."""

    scope: Scope
    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field):  # noqa: N802 - the framework's name, behind every get_…_display()
        """The framework makes a table of the choices anew for every value; a page of rows shows hundreds."""
        value = getattr(self, field.attname)
        return _labels(field).get(value, value)

    def validate_unique(self, exclude=None):
        with scope_lifted():
            super().validate_unique(exclude=exclude)

    def validate_constraints(self, exclude=None):
        with scope_lifted():
            super().validate_constraints(exclude=exclude)


@cache
def _labels(field: models.Field) -> dict:
    return {value: str(label) for value, label in field.flatchoices}


def _scope_condition(scope: Scope, staff) -> Q:
    if not staff.is_authenticated or not staff.is_active:
        return Q(pk__in=[])
    match staff.role:
        case Role.RELATIONSHIP_MANAGER:
            seen = _served_by(scope, staff.serving_ids())
        case Role.RM_SUPERVISOR:
            seen = _served_by(scope, staff.team_ids())
        case Role.OUTLET_HEAD | Role.BRANCH_HEAD | Role.LOBBY_MANAGER | Role.TELLER | Role.MANAGING_DEPARTMENT:
            seen = Q(**{f"{scope.unit}__in": staff.unit_ids()})
        case _:
            return Q(pk__in=[])
    if scope.shared:
        seen |= Q(**{scope.shared: True, f"{scope.unit}__path__in": staff.unit.paths_down_to})
    return seen


def _served_by(scope: Scope, staff_ids: list[int]) -> Q:
    served = Q(**{f"{scope.manager}__in": staff_ids})
    if scope.co_manager:
        served |= Q(**{f"{scope.co_manager}__in": staff_ids})
    return served
