"""Django application configuration."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "gezhi.platform.vault"
    label = "vault"
    verbose_name = "个人信息保管"

    def ready(self) -> None:
        from gezhi.platform.vault import evidence  # noqa: F401  (puts the tables under seal)
