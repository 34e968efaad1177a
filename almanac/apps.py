from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class AlmanacConfig(AppConfig):
    name = "almanac"
    verbose_name = "日历"

    def ready(self) -> None:
        post_migrate.connect(_load_shipped_years, sender=self)


def _load_shipped_years(sender: AppConfig, using: str, **kwargs) -> None:
    from almanac.models import Holiday
    from almanac.services import load_shipped

    # Migrating the app back to nothing sends the signal too.
    if using == "default" and Holiday._meta.db_table in connection.introspection.table_names():
        load_shipped()
