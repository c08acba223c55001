"""``gezhi demo``: found the demo city, compare it with the article, show its logins."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

FINE, FINDING, BAD_INPUT = 0, 1, 2
_MIN_SCALE, _MAX_SCALE = 0.01, 1.0


def _start() -> None:
    import django

    django.setup()
    from gezhi.platform.keys.proof import require_keys

    require_keys()


class _Group(click.Group):
    """A group whose commands say what to do where the database or its keys are not ready."""

    def invoke(self, ctx: click.Context) -> object:
        from django.core.exceptions import ImproperlyConfigured
        from django.db.utils import OperationalError

        try:
            return super().invoke(ctx)
        except ImproperlyConfigured as error:
            click.echo(f"gezhi demo: {error}", err=True)
            sys.exit(BAD_INPUT)
        except OperationalError as error:
            click.echo(f"gezhi demo: the database is not ready ({error}); run `gezhi init`", err=True)
            sys.exit(BAD_INPUT)


@click.group("demo", cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The demo city: Xiangyang's real counties, streets and communities, with everything else made up."""


@command.command("city")
@click.option(
    "--scale",
    type=click.FloatRange(_MIN_SCALE, _MAX_SCALE),
    default=1.0,
    show_default=True,
    help="Share of the article's figures; 1.0 is the whole city of 4,737 grids.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Same seed, same city.")
@click.option("--days", type=click.IntRange(0, 60), default=3, show_default=True, help="Days of cases before today.")
@click.option("--keep", is_flag=True, help="Keep the demo city that is there already.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def city(*, scale: float, seed: int, days: int, keep: bool, as_json: bool) -> None:
    """Found the demo city in an empty data folder.

    Prints the logins at the end. Exit status: 0 founded (or kept, with --keep), 2 the folder holds a city already.
    """
    _start()
    from django.conf import settings

    from gezhi.demo.build import founding
    from gezhi.demo.make import make_city
    from gezhi.kernel import clock
    from gezhi.kernel.errors import GezhiError

    there = founding()
    if there is not None and keep:
        if there.scale != scale or there.seed != seed:
            click.echo(
                f"kept the demo city that is here: scale {there.scale:g}, seed {there.seed};"
                " for another, set GEZHI_HOME to another folder",
                err=True,
            )
        _print_logins(settings.GEZHI_HOME)
        return
    try:
        counts = make_city(scale=scale, seed=seed, days=days, now=clock.now(), home=settings.GEZHI_HOME)
    except GezhiError as error:
        click.echo(f"gezhi demo city: {error.message}", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, value in counts.items():
        click.echo(f"{name:14} {value}")
    click.echo()
    _print_logins(settings.GEZHI_HOME)


def _print_logins(home: Path) -> None:
    from gezhi.demo.logins import LOGINS, demo_password

    click.echo(f"demo accounts, one per role; password of all: {demo_password(home)}")
    for login in LOGINS:
        click.echo(f"  {login.username:12} {login.role.value:20} {login.name}")
    click.echo(f"  {'(no account)':12} {'resident':20} 居民")


@command.command("figures")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def figures(*, as_json: bool) -> None:
    """Compare the city with the article, one row a figure.

    What the article says is for the whole city; the expected value is that at the scale of this one. Figures of parts
    that do not exist yet are listed as 'not built'. Exit status: 0 no difference, 1 a difference, 2 no demo city here.
    """
    _start()
    from gezhi.demo.build import founding
    from gezhi.demo.figures import Match, compare

    there = founding()
    if there is None:
        click.echo("gezhi demo figures: there is no demo city here; found one with gezhi demo city", err=True)
        sys.exit(BAD_INPUT)
    rows = compare(there.scale)
    different = sum(row.match is Match.DIFFERENT for row in rows)
    if as_json:
        document = {"scale": there.scale, "seed": there.seed, "different": different}
        click.echo(json.dumps({**document, "figures": [asdict(row) for row in rows]}, ensure_ascii=False))
    else:
        click.echo(f"scale {there.scale:g}, seed {there.seed}\n")
        click.echo(f"{'':3} {'figure':42} {'article':>15} {'expected':>9} {'city':>9}  ")
        for row in rows:
            expected = "" if row.expected is None else f"{row.expected:,}"
            found = "" if row.city is None else f"{row.city:,}"
            mark = "" if row.match is Match.EQUAL else row.match.value
            click.echo(f"{row.capability:3} {row.what:42} {row.article:>15} {expected:>9} {found:>9}  {mark}".rstrip())
        built = sum(row.match is not Match.NOT_BUILT for row in rows)
        click.echo(f"\n{built} figures counted, {different} different, {len(rows) - built} not built")
    sys.exit(FINDING if different else FINE)


@command.command("logins")
@click.option("--json", "as_json", is_flag=True, help="Print the logins as JSON.")
def logins(*, as_json: bool) -> None:
    """Show the demo accounts, one per role, and their password. For demonstration only.

    Exit status: 0 shown, 2 no demo city here.
    """
    _start()
    from django.conf import settings

    from gezhi.demo.logins import LOGINS, demo_password

    password = demo_password(settings.GEZHI_HOME)
    if password is None:
        click.echo("gezhi demo logins: there is no demo city here; found one with gezhi demo city", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        accounts = [{"username": login.username, "role": login.role.value, "name": login.name} for login in LOGINS]
        click.echo(json.dumps({"password": password, "accounts": accounts}, ensure_ascii=False))
        return
    _print_logins(settings.GEZHI_HOME)
