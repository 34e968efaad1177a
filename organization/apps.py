from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganizationConfig(AppConfig):
    name = "organization"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        from organization import declared, lookups, receivers  # noqa: F401

        receivers.connect()
        post_migrate.connect(_load_parameters, sender=self)


def _load_parameters(**kwargs) -> None:
    from organization.parameters import load_shipped

    load_shipped()
