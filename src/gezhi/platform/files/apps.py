"""Django application configuration."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gezhi.platform.files"
    label = "files"
    verbose_name = "附件"
