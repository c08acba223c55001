"""Django application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gezhi.platform.accounts"
    label = "accounts"
    verbose_name = "账号"
