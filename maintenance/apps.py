from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MaintenanceConfig(AppConfig):
    name = "maintenance"
    verbose_name = "关系维护"

    def ready(self) -> None:
        from maintenance import merge_rules, parameters, receivers, segment_fields  # noqa: F401
        from maintenance.daily import engines

        receivers.connect()
        engines.connect()
        segment_fields.declare()
        merge_rules.declare_all()
        post_migrate.connect(_load_care_rules, sender=self)


def _load_care_rules(**kwargs) -> None:
    from maintenance.care_rules import load_shipped

    load_shipped()
