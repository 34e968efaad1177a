from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "客户关系维护系统"

    def ready(self) -> None:
        # The web must know the broker too; crm/__init__ cannot import it, because Celery reads the settings.
        from crm import celery  # noqa: F401
