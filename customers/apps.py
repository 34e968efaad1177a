from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = "客户"

    def ready(self) -> None:
        from customers import parameters  # noqa: F401
