"""What every page of the configuration site shares: each save and deletion leaves an audit row; some rows are only read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from organization import audit
from organization.enums import AuditAction
from organization.fields import EncryptedTextField

_LONGEST_LISTING = 10_000


class AuditedAdmin(admin.ModelAdmin):
    """For rows without a service of their own. A model whose service writes the audit row uses plain ModelAdmin."""

    def save_model(self, request: HttpRequest, obj: models.Model, form, change: bool) -> None:
        before = row_values(self.model._base_manager.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        after = row_values(obj)
        if before is None:
            audit.record(AuditAction.CREATE, obj, by=request.user, after=after)
        elif before != after:
            changed = [name for name in after if after[name] != before[name]]
            audit.record(
                AuditAction.CHANGE, obj, by=request.user,
                before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
            )  # fmt: skip

    def save_formset(self, request: HttpRequest, form, formset, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for obj in formset.new_objects:
            audit.record(AuditAction.CREATE, obj, by=request.user, after=row_values(obj))
        for obj, _ in formset.changed_objects:
            audit.record(AuditAction.CHANGE, obj, by=request.user, after=row_values(obj))
        for obj in formset.deleted_objects:
            audit.record(AuditAction.DELETE, obj, by=request.user, before=row_values(obj))

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        audit.record(AuditAction.DELETE, obj, by=request.user, before=row_values(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        audit.record_many(
            [{"obj": obj, "before": row_values(obj)} for obj in queryset], action=AuditAction.DELETE, by=request.user
        )
        super().delete_queryset(request, queryset)


def confirmed(question: str) -> Callable:
    """For an action that cannot be taken back: the chosen rows are shown with the question before it is carried out."""

    def decorate(action: Callable) -> Callable:
        @wraps(action)
        def guarded(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
            if "confirmed" in request.POST:
                return action(self, request, queryset)
            context = self.admin_site.each_context(request) | {
                "title": question, "rows": queryset, "action": action.__name__, "opts": self.opts,
            }  # fmt: skip
            return TemplateResponse(request, "admin/confirm_action.html", context)

        return guarded

    return decorate


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at and never touched here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


class ShortPaginator(Paginator):
    """Counts no further than anybody leafs: the audit trail has millions of rows."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[:_LONGEST_LISTING].count()


def row_values(obj: models.Model) -> dict[str, Any]:
    """A row as people read it: label → value; encrypted columns are named, never opened."""
    values: dict[str, Any] = {}
    for field in obj._meta.concrete_fields:
        if field.primary_key:
            continue
        if isinstance(field, EncryptedTextField) or field.name == "password":
            values[str(field.verbose_name)] = "（不显示）"
        elif field.is_relation:
            values[str(field.verbose_name)] = str(getattr(obj, field.name) or "")
        elif field.choices:
            values[str(field.verbose_name)] = getattr(obj, f"get_{field.name}_display")()
        else:
            values[str(field.verbose_name)] = field.value_from_object(obj)
    return values
