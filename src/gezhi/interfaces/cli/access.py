"""``gezhi access``: who may do what, and why."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.output import FINDING, operator, plain_errors, print_json, start_django


@click.group("access")
def command() -> None:
    """Roles in areas: explain, grant, end, list."""


@command.command("explain")
@click.argument("user")
@click.argument("verb")
@click.argument("reference", metavar="OBJECT")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def explain(user: str, verb: str, reference: str, as_json: bool) -> None:
    """May USER do VERB to OBJECT, and why?

    USER is a user name, or 'anonymous'. OBJECT is KIND:REFERENCE, e.g. case:20261122000001. VERB is an action of the
    kind (dispatch, accept, close …), see, or see_personal_data. The question goes on record.

    Exit codes: 0 allowed, 1 refused, 2 no such user, verb or object.
    """
    start_django()
    from gezhi.kernel import clock
    from gezhi.kernel.errors import NotFound
    from gezhi.platform.access.actor import ANONYMOUS, actor_of
    from gezhi.platform.access.explaining import Question, explained
    from gezhi.platform.accounts.models import User

    with plain_errors("access explain"):
        if user == "anonymous":
            actor = ANONYMOUS
        else:
            account = User.objects.filter(username=user).first()
            if account is None:
                raise NotFound("no_user", f"there is no account '{user}'")
            actor = actor_of(account, now=clock.now())
        decision = explained(operator(), Question(actor, verb, reference), now=clock.now())
    if as_json:
        reasons = [str(reason) for reason in decision.reasons]
        print_json({"user": user, "verb": verb, "object": reference, "allowed": decision.allowed, "reasons": reasons})
    else:
        click.echo(f"{'allowed' if decision else 'refused'}: {user} {verb} {reference}")
        for reason in decision.reasons:
            click.echo(f"  - {reason}")
    raise SystemExit(0 if decision else FINDING)


@command.command("grant")
@click.argument("user")
@click.argument("role")
@click.argument("area", metavar="AREA_CODE")
@click.option("--organisation", metavar="CODE", help="The body for which a department officer acts.")
def grant(user: str, role: str, area: str, organisation: str | None) -> None:
    """Give USER a ROLE in an area (by its code). System, security and audit administration exclude each other.

    Exit codes: 0 granted, 2 refused or unknown user, role, area or body.
    """
    start_django()
    from gezhi.contexts.areas.queries import area_by_code
    from gezhi.contexts.organisations.queries import organisation_by_code
    from gezhi.kernel import clock
    from gezhi.kernel.errors import InvalidInput, NotFound
    from gezhi.kernel.roles import Role
    from gezhi.platform.access.use_cases.grant_role import grant_role
    from gezhi.platform.accounts.models import User

    with plain_errors("access grant"):
        account = User.objects.filter(username=user).first()
        if account is None:
            raise NotFound("no_user", f"there is no account '{user}'", field="USER")
        if role not in set(Role):
            raise InvalidInput("unknown_role", f"roles are: {', '.join(Role)}", field="ROLE")
        place = area_by_code(area)
        if place is None:
            raise NotFound("unknown_area", f"there is no area with the code {area}", field="AREA_CODE")
        body = None if organisation is None else organisation_by_code(organisation)
        if organisation is not None and body is None:
            raise NotFound("unknown_organisation", f"there is no organisation '{organisation}'", field="--organisation")
        made = grant_role(
            actor=operator(),
            user_id=account.pk,
            role=Role(role),
            area_id=place.id,
            organisation_id=None if body is None else body.id,
            now=clock.now(),
        )
    click.echo(f"grant {made.pk}: {user} is {role} in {place.name}")


@command.command("end")
@click.argument("grant_id", type=int)
def end(grant_id: int) -> None:
    """End a grant by its number (see `gezhi access list`). Exit codes: 0 ended, 2 no such grant."""
    start_django()
    from gezhi.kernel import clock
    from gezhi.platform.access.use_cases.end_grant import end_grant

    with plain_errors("access end"):
        end_grant(actor=operator(), grant_id=grant_id, now=clock.now())
    click.echo(f"grant {grant_id} has ended")


@command.command("list")
@click.argument("user")
@click.option("--json", "as_json", is_flag=True, help="Print the grants as JSON.")
def list_grants(user: str, as_json: bool) -> None:
    """The grants that USER holds now. Exit codes: 0, also where there are none; 2 no such user."""
    start_django()
    from gezhi.kernel.errors import NotFound
    from gezhi.platform.access.models import Grant
    from gezhi.platform.accounts.models import User

    with plain_errors("access list"):
        if not User.objects.filter(username=user).exists():
            raise NotFound("no_user", f"there is no account '{user}'")
        names = ("id", "role", "area__code", "area__name", "organisation__code")
        rows = list(Grant.objects.filter(user__username=user, valid_to__isnull=True).order_by("id").values_list(*names))
    if as_json:
        keys = ("id", "role", "area", "area_name", "organisation")
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    for grant_id, role, code, name, body in rows:
        click.echo(f"{grant_id:>6}  {role:<20} {code} {name}" + (f"  for {body}" if body else ""))
