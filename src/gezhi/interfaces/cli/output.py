"""What every command does alike: start Django, name the person at the keyboard, turn errors into exit codes."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gezhi.platform.access.actor import Actor

BAD_INPUT = 2
FINDING = 1


def start_django() -> None:
    """Load the settings and the applications of this data folder.

    Exits with 2 where the settings cannot be read, or the keys are not those of the database.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import OperationalError

    try:
        django.setup()
        from gezhi.platform.keys.proof import require_keys

        require_keys()
    except OperationalError as error:
        click.echo(f"gezhi: {database_words(error)}", err=True)
        raise SystemExit(BAD_INPUT) from error
    except (ImproperlyConfigured, OSError) as error:
        click.echo(f"gezhi: {error}", err=True)
        raise SystemExit(BAD_INPUT) from error


def operator() -> Actor:
    """The person at the keyboard: the system's own rights, named in every record by the login of this machine."""
    from gezhi.platform.access.actor import system_actor

    return system_actor(f"cli:{getpass.getuser()}"[:100])


def database_words(error: Exception) -> str:
    """What to do about a database that answers so."""
    from gezhi.platform.busy import is_busy

    if is_busy(error):
        return "somebody else is writing into the database just now, an import for example; try again when that is done"
    # PostgreSQL says so where a table is missing: a database that has not been upgraded yet.
    return f"the database is not ready ({str(error).strip()}); run `gezhi init`"


@contextmanager
def plain_errors(command: str) -> Iterator[None]:
    """Print an error that the caller can mend in one line and exit 2, instead of a traceback."""
    from django.db.utils import OperationalError, ProgrammingError

    from gezhi.kernel.errors import GezhiError

    try:
        yield
    except GezhiError as error:
        place = f" ({error.field})" if error.field else ""
        click.echo(f"gezhi {command}: {error.message}{place}", err=True)
        raise SystemExit(BAD_INPUT) from error
    except (OperationalError, ProgrammingError) as error:
        click.echo(f"gezhi {command}: {database_words(error)}", err=True)
        raise SystemExit(BAD_INPUT) from error


def print_json(content: Any) -> None:
    """One JSON document on standard output."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
