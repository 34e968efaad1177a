"""What hangs on rows that an undo would delete. Anything that nobody declared as derived counts as added since.

A floor above the archive says of its own models, in its AppConfig.ready, which rows merely follow from a customer:
`derived(ContactBeat)`, or, with the condition under which a row is somebody's work after all,
`derived(MaintenanceTask, unless=Q(status="done"))`. An undo never deletes what a person did.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

_DERIVED: dict[type[models.Model], Q | None] = {}


def derived(model: type[models.Model], *, unless: Q | None = None) -> None:
    """Rows of this model follow from the row they belong to, except those that match `unless`."""
    _DERIVED[model] = unless


def in_use(model: type[models.Model], pks: list[int], own: Iterable[str] = ()) -> set[int]:
    """Which of these rows have rows of other tables that are not theirs by birth; `own` are labels of models."""
    if not pks:
        return set()
    used: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        other = relation.related_model
        if not (relation.one_to_many or relation.one_to_one) or relation.concrete or other._meta.label_lower in own:
            continue
        rows = other._base_manager.filter(**{f"{relation.field.name}__in": pks})
        if other is model:
            rows = rows.exclude(pk__in=pks)
        if other in _DERIVED:
            unless = _DERIVED[other]
            if unless is None:
                continue
            rows = rows.filter(unless)
        used.update(rows.order_by().values_list(relation.field.attname, flat=True))
    return used
