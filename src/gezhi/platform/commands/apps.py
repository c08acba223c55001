"""Django application configuration."""

from django.apps import AppConfig


class CommandsConfig(AppConfig):
    name = "gezhi.platform.commands"
    label = "commands"
    verbose_name = "指令幂等"
