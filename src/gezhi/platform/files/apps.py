"""Django application configuration."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gezhi.platform.files"
    label = "files"
    verbose_name = "附件"

    def ready(self) -> None:
        from gezhi.platform.files import evidence  # noqa: F401  (puts the tables under seal)
