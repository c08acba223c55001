"""``gezhi init``: make the data folder ready for use."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.output import plain_errors


def _put_under_seal() -> None:
    from gezhi.platform.audit.anchors import anchors_exist
    from gezhi.platform.audit.found import seal_what_is_there

    founded = seal_what_is_there(known_before=anchors_exist())
    rows = sum(founded.rows.values())
    if rows:
        click.echo(f"put under seal as they are now: {founded.chains} chains, {rows} rows", err=True)


def _start_tables(bare: bool) -> None:
    if bare:
        return
    from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
    from gezhi.interfaces.cli.output import operator
    from gezhi.kernel import clock

    install_shipped_tables(actor=operator(), now=clock.now())


@click.command("init")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@click.option("--bare", is_flag=True, help="Leave a new city without class and duty tables; import your own.")
def command(quiet: bool, bare: bool) -> None:
    """Make the data folder, its keys and its database; safe to repeat.

    Creates GEZHI_HOME with the folders for keys and files (mode 700), makes the signing, vault and audit keys that are
    missing, applies the database migrations that are missing, and puts the class and duty tables that ship in force where
    there are none. Tables that a release brings under seal (`gezhi audit verify`) are sealed as they are at that moment.
    Run it after each upgrade.

    Exit codes: 0 ready, 2 the database cannot be reached or the folder cannot be written.
    """
    import django
    from django.core.management import call_command
    from django.db.utils import OperationalError

    try:
        django.setup()
        from django.conf import settings

        home = settings.GEZHI_HOME
        for folder in (home, home / "keys", home / "files", settings.STATIC_ROOT):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for key in ("vault", "audit", "follow"):
            settings.ENV.data_key(key)
        call_command("migrate", interactive=False, verbosity=0)
        with plain_errors("init"):
            _put_under_seal()
        _start_tables(bare)
        if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
            call_command("collectstatic", interactive=False, verbosity=0)
    except (OSError, OperationalError) as error:
        click.echo(f"gezhi init: {error}\n`gezhi doctor` says what is missing.", err=True)
        raise SystemExit(2) from error
    if not quiet:
        click.echo(f"ready: {home}")
