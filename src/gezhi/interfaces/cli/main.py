"""The command ``gezhi``. Sub-commands are imported when they are called, so that ``--help`` stays quick."""

from __future__ import annotations

import importlib
import os

import click

# name → "module:attribute", one short line of help. The module is imported at first use.
COMMANDS: dict[str, tuple[str, str]] = {
    "doctor": ("gezhi.interfaces.cli.doctor:command", "What this installation lacks, and how to get it"),
    "init": ("gezhi.interfaces.cli.init:command", "Make the data folder, its keys and its database"),
    "serve": ("gezhi.interfaces.cli.serve:command", "Run the web server, the live edge and the job worker"),
}


class LazyGroup(click.Group):
    """A click group whose commands live in modules that are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not COMMANDS:
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gezhi")
def main() -> None:
    """Gezhi 格治: run a city's service grids.

    The data folder is taken from GEZHI_HOME (default: .gezhi in the working directory).
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")


if __name__ == "__main__":
    main()
