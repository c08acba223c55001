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


def _seal_second_factors() -> None:
    from gezhi.platform.accounts.second_factors import seal_second_factors

    count = seal_second_factors()
    if count:
        click.echo(f"second factors that lay open are sealed now: {count}", err=True)


def _keys_that_are_lost() -> list[str]:
    """The names of keys that are not there, though something in the database was sealed with them."""
    from django.conf import settings

    from gezhi.contexts.cases.queries.follow_codes import holds_follow_codes
    from gezhi.platform.audit.holds import holds_chains
    from gezhi.platform.keys.proof import recorded
    from gezhi.platform.vault.queries import holds_sealed

    known = recorded()
    holds = {"audit": holds_chains, "follow": holds_follow_codes, "vault": holds_sealed}
    missing = [name for name in settings.ENV.DATA_KEYS if not settings.ENV.has_key(name)]
    return [name for name in missing if name in known or holds[name]()]


def _keys() -> None:
    """Make the keys of a new city and put their fingerprints on record. Raises ``KeysRefused``."""
    from django.conf import settings

    from gezhi.kernel import clock
    from gezhi.platform.keys.proof import KeyFault, KeysRefused, record_keys, recorded
    from gezhi.platform.messages.push import KEY as PUSH_KEY
    from gezhi.platform.vault.vault import opens_what_it_holds

    lost = _keys_that_are_lost()
    if lost:
        raise KeysRefused([KeyFault(name, "lost") for name in lost])
    for name in settings.ENV.DATA_KEYS:
        settings.ENV.make_key(name)
    # Nothing is sealed with it: whoever chose to be told by a browser has to choose anew under another one, no more.
    settings.ENV.make_key(PUSH_KEY)
    # A database from before fingerprints were kept: its own content says whether this is its key.
    if "vault" not in recorded() and not opens_what_it_holds():
        raise KeysRefused([KeyFault("vault", "other")])
    record_keys(now=clock.now())


def _enter_powers() -> None:
    from gezhi.contexts.powers.use_cases.enter_holdings import enter_holdings
    from gezhi.interfaces.cli.output import operator
    from gezhi.kernel import clock

    count = enter_holdings(actor=operator(), now=clock.now())
    if count:
        click.echo(f"delegated powers entered at their streets: {count}", err=True)


def _start_tables(bare: bool) -> None:
    if bare:
        return
    from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
    from gezhi.contexts.escalation.use_cases.install_escalation import install_shipped_rules
    from gezhi.interfaces.cli.output import operator
    from gezhi.kernel import clock

    install_shipped_tables(actor=operator(), now=clock.now())
    install_shipped_rules(actor=operator(), now=clock.now())


def _say_where_to_begin() -> None:
    """An empty instance is set up in the browser, at an address that only whoever runs this command is told."""
    from gezhi.contexts.areas.use_cases.found_city import may_be_founded
    from gezhi.platform.accounts.founding import founding_code

    if may_be_founded():
        click.echo(f"set the city up in the browser: run `gezhi serve` and open /founding/{founding_code()}")


@click.command("init")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@click.option("--bare", is_flag=True, help="Leave a new city without tables and rules; import your own.")
def command(quiet: bool, bare: bool) -> None:
    """Make the data folder, its keys and its database; safe to repeat.

    Creates GEZHI_HOME with the folders for keys and files (mode 700), applies the database migrations that are missing,
    makes the keys of a new city and puts their fingerprints on record, and puts the class and duty tables and the rules
    of reminding that ship in force where there are none. Delegated powers of the register are entered at the streets
    that lack them. Tables that a release brings under seal (`gezhi audit verify`) are sealed as they are at that
    moment. Run it after each upgrade. A key that is lost is never replaced.

    Exit codes: 0 ready, 2 the database cannot be reached, the folder cannot be written, or a key is lost or another one.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db.utils import OperationalError

    try:
        django.setup()
        from django.conf import settings

        home = settings.GEZHI_HOME
        for folder in (home, home / "keys", home / "files", settings.STATIC_ROOT):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        call_command("migrate", interactive=False, verbosity=0)
        _keys()
        with plain_errors("init"):
            _put_under_seal()
            _seal_second_factors()
        _start_tables(bare)
        _enter_powers()
        if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
            call_command("collectstatic", interactive=False, verbosity=0)
    except (OSError, OperationalError, ImproperlyConfigured) as error:
        click.echo(f"gezhi init: {error}\n`gezhi doctor` says what is missing.", err=True)
        raise SystemExit(2) from error
    if not quiet:
        click.echo(f"ready: {home}")
        _say_where_to_begin()
