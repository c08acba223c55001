"""Every command explains itself, and refuses what it does not know with exit code 2."""

import importlib

import click
import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import COMMANDS, main


def every_command() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]

    def walk(path: tuple[str, ...], command: click.Command) -> None:
        found.append(path)
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                walk((*path, name), command.get_command(click.Context(command), name))

    for name, (target, _) in COMMANDS.items():
        module, attribute = target.split(":")
        walk((name,), getattr(importlib.import_module(module), attribute))
    return found


ALL = every_command()


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_is_complete(path):
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


@pytest.mark.parametrize("path", ALL[1:], ids=" ".join)
def test_every_option_says_what_it_is(path):
    command = main
    for name in path:
        command = command.get_command(click.Context(command), name)
    mute = [param.name for param in command.params if isinstance(param, click.Option) and not param.help]
    assert mute == []
    assert command.help


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_an_unknown_option_is_bad_input(path):
    result = CliRunner().invoke(main, [*path, "--no-such-option"])
    assert result.exit_code == 2


def test_an_unknown_command_is_bad_input():
    assert CliRunner().invoke(main, ["no-such-command"]).exit_code == 2


def test_the_list_of_commands_is_sorted_as_it_is_shown():
    assert list(COMMANDS) == sorted(COMMANDS)
