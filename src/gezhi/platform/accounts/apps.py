"""Django application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gezhi.platform.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from gezhi.platform.accounts import evidence  # noqa: F401  (puts the tables under seal)
