"""Django application configuration."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "gezhi.platform.keys"
    label = "keys"
    verbose_name = "密钥指纹"
