"""``gezhi account``: accounts of staff and tokens of systems."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django


@click.group("account")
def command() -> None:
    """Open accounts and issue API tokens."""


@command.command("create")
@click.argument("username")
@click.option("--name", "display_name", default="", help="The person's name as others see it.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
def create(username: str, display_name: str, password: str) -> None:
    """Open an account. Grant it roles with `gezhi access grant`. Exit codes: 0 opened, 2 refused."""
    start_django()
    from gezhi.kernel import clock
    from gezhi.platform.accounts.use_cases.create_account import create_account

    with plain_errors("account create"):
        create_account(
            actor=operator(), username=username, display_name=display_name, password=password, now=clock.now()
        )
    click.echo(f"account '{username}' is open; it has no rights yet: gezhi access grant {username} ROLE AREA_CODE")


@command.command("link")
@click.argument("username")
def link(username: str) -> None:
    """Make a link by which the owner of an account chooses a password, and print it: the only time it can be read.

    It is the way back in for a security or audit administrator, whom nobody can make a link in the browser.
    Exit codes: 0 made, 2 no such open account.
    """
    start_django()
    from django.urls import reverse

    from gezhi.kernel import clock
    from gezhi.platform.accounts.queries import id_of_account
    from gezhi.platform.accounts.use_cases.invite import renew_link

    with plain_errors("account link"):
        made = renew_link(actor=operator(), user_id=id_of_account(username), now=clock.now())
    click.echo(reverse("invitation", kwargs={"code": made.code}))


@command.command("token")
@click.argument("username")
@click.argument("name", metavar="PURPOSE")
@click.option("--days", type=click.IntRange(1, 730), default=180, show_default=True, help="Days until it expires.")
def token(username: str, name: str, days: int) -> None:
    """Issue an API token that acts for an account, and print it: the only time it can be read.

    Exit codes: 0 issued, 2 no such account.
    """
    start_django()
    from gezhi.kernel import clock
    from gezhi.kernel.errors import NotFound
    from gezhi.platform.access.tokens import issue_token
    from gezhi.platform.accounts.models import User

    with plain_errors("account token"):
        account = User.objects.filter(username=username).first()
        if account is None:
            raise NotFound("no_user", f"there is no account '{username}'")
        made = issue_token(actor=operator(), user_id=account.pk, name=name, days=days, now=clock.now())
    click.echo(made)
