"""``gezhi tables``: the versions of the tables that decide, one as a workbook, one that waits taken back."""

from __future__ import annotations

from pathlib import Path

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django


@click.group(name="tables", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The class table, the duty table, the rules of reminding: their versions, their rows as a workbook, a version that waits."""


@command.command("list")
def listed() -> None:
    """The versions of the class table, of the duty table, of the rules of reminding and of the workflow, the newest first."""
    start_django()
    from django.utils import timezone

    from gezhi.contexts.cases.queries import (
        ClassVersion,
        DutyVersion,
        RulesVersion,
        class_versions,
        duty_versions,
        rules_versions,
    )
    from gezhi.contexts.escalation.queries import EscalationVersion, escalation_versions

    tables: list[tuple[ClassVersion | DutyVersion | EscalationVersion | RulesVersion, str, str]] = [
        (one, one.code, f"{one.classes:>5,} classes") for one in class_versions()
    ]
    tables += [(one, f"duties {one.number}", f"{one.rows:>5,} duties ") for one in duty_versions()]
    tables += [(one, f"escalation {one.number}", f"{one.rows:>5,} rules  ") for one in escalation_versions()]
    tables += [(one, f"rules {one.number}", " " * 14) for one in rules_versions()]
    for one, key, size in tables:
        state = "in force" if one.in_force else "waits" if one.waiting else "withdrawn" if one.withdrawn else "past"
        start = timezone.localtime(one.effective_from).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{key:<24} {state:<10} {start}  {size}  {one.name}")


@command.command("classes")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--code", default=None, help="Of which version; left out: of the one in force.")
def classes(file: Path, code: str | None) -> None:
    """Write a version of the class table to FILE (.xlsx), to be edited and brought back by `gezhi import classes`."""
    start_django()
    from gezhi.contexts.cases.queries import class_rows_of
    from gezhi.interfaces.imports.class_book import write_book

    with plain_errors("tables classes"):
        rows = class_rows_of(code)
        write_book(file, rows)
    click.echo(f"{len(rows)} classes in {file}")


@command.command("duties")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--number", type=int, default=None, help="Of which version; left out: of the one in force.")
def duties(file: Path, number: int | None) -> None:
    """Write a version of the duty table to FILE (.xlsx), to be edited and brought back by `gezhi import duties`."""
    start_django()
    from gezhi.contexts.cases.queries import duty_rows_of
    from gezhi.interfaces.imports.duty_book import write_duty_book

    with plain_errors("tables duties"):
        rows = duty_rows_of(number)
        write_duty_book(file, rows)
    click.echo(f"{len(rows)} duties in {file}")


@command.command("escalation")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--number", type=int, default=None, help="Of which version; left out: of the one in force.")
def escalation(file: Path, number: int | None) -> None:
    """Write a version of the rules of reminding to FILE (.xlsx), to be edited and brought back by `gezhi import escalation`."""
    start_django()
    from gezhi.contexts.escalation.queries import escalation_rows_of
    from gezhi.interfaces.imports.escalation_book import write_rule_book

    with plain_errors("tables escalation"):
        rows = escalation_rows_of(number)
        write_rule_book(file, rows)
    click.echo(f"{len(rows)} rules in {file}")


@command.command("who")
@click.argument("class_code", metavar="CLASS")
@click.argument("area", metavar="AREA")
@click.option("--condition", type=click.IntRange(1), default=None, help="Filed under which condition of the class.")
def who(class_code: str, area: str, condition: int | None) -> None:
    """Who settles matters of CLASS (E0113) in AREA (its code), and why: the rows that speak of it, the one that decides first."""
    start_django()
    from gezhi.contexts.areas.queries import ancestors_of, area_by_code
    from gezhi.contexts.cases.queries import who_settles
    from gezhi.kernel import clock
    from gezhi.kernel.errors import InvalidInput

    with plain_errors("tables who"):
        found = area_by_code(area)
        if found is None:
            raise InvalidInput("unknown_area", f"there is no area '{area}'", field="AREA")
        answer = who_settles(class_code=class_code, place=ancestors_of(found.id), condition=condition, now=clock.now())
    click.echo(answer.route.organisation_name or "nobody: the hub dispatches it")
    route = answer.route
    click.echo(f"  dispatch {route.dispatch_limit}, handle {route.handle_limit}, check {route.check_limit}")
    click.echo(f"  {route.reason}")
    for told, duties in (("behind it", answer.others), ("for a smaller area", answer.inside)):
        for duty in duties:
            named = duty.organisation_kind or f"organisation {duty.organisation_id}"
            when = "".join(f" ({name} {text})" for name in ("months", "hours") if (text := getattr(duty, name)))
            click.echo(f"  {told}: line {answer.numbers[duty.id]}: {duty.class_prefix or '*'} → {named}{when}")


@command.command("rules")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="A rule to change; may be given several times."
)
@click.option("--name", default="", help="What the new version is called; needed with --set.")
@click.option(
    "--from", "start", default="", metavar="DAY", help="From when the change holds (2027-01-01); left out: at once."
)
def rules(changes: tuple[str, ...], name: str, start: str) -> None:
    """The city's own rules of the workflow: shown, or changed as a new version."""
    start_django()
    from gezhi.contexts.cases.domain.rules import texts_of
    from gezhi.contexts.cases.queries import rules_in_force
    from gezhi.contexts.cases.use_cases.install_rules import install_rules
    from gezhi.interfaces.imports.instants import instant
    from gezhi.kernel import clock

    if changes:
        pairs = [text.partition("=") for text in changes]
        with plain_errors("tables rules"):
            made = install_rules(
                actor=operator(),
                name=name,
                changes={key.strip(): value for key, _equals, value in pairs},
                now=clock.now(),
                effective_from=instant(start, field="--from") if start else None,
            )
        click.echo(f"version {made.number} {'waits' if made.waiting else 'is in force'}")
    for key, value in texts_of(rules_in_force()).items():
        click.echo(f"{key:<20} {value}")


@command.command("withdraw-rules")
@click.argument("number", type=int)
def withdraw_workflow_rules(number: int) -> None:
    """Take back the version NUMBER of the workflow's rules, which waits for its time."""
    start_django()
    from gezhi.contexts.cases.use_cases.install_rules import withdraw_rules
    from gezhi.kernel import clock

    with plain_errors("tables withdraw-rules"):
        withdraw_rules(actor=operator(), number=number, now=clock.now())
    click.echo(f"version {number} is withdrawn")


@command.command("withdraw")
@click.argument("code")
def withdraw(code: str) -> None:
    """Take back the version CODE of the class table, which waits for its time."""
    start_django()
    from gezhi.contexts.cases.use_cases.install_classes import withdraw_classes
    from gezhi.kernel import clock

    with plain_errors("tables withdraw"):
        withdraw_classes(actor=operator(), code=code, now=clock.now())
    click.echo(f"'{code}' is withdrawn")


@command.command("withdraw-duties")
@click.argument("number", type=int)
def withdraw_duty_table(number: int) -> None:
    """Take back the version NUMBER of the duty table, which waits for its time."""
    start_django()
    from gezhi.contexts.cases.use_cases.install_duties import withdraw_duties
    from gezhi.kernel import clock

    with plain_errors("tables withdraw-duties"):
        withdraw_duties(actor=operator(), number=number, now=clock.now())
    click.echo(f"version {number} is withdrawn")


@command.command("withdraw-escalation")
@click.argument("number", type=int)
def withdraw_rules(number: int) -> None:
    """Take back the version NUMBER of the rules of reminding, which waits for its time."""
    start_django()
    from gezhi.contexts.escalation.use_cases.install_escalation import withdraw_escalation
    from gezhi.kernel import clock

    with plain_errors("tables withdraw-escalation"):
        withdraw_escalation(actor=operator(), number=number, now=clock.now())
    click.echo(f"version {number} is withdrawn")


@command.command("guess")
@click.option("--learn", is_flag=True, help="Learn now from the closed cases, as each night.")
def guess(learn: bool) -> None:
    """What the class guess has learnt from closed cases, night by night, and how right it was on cases held back."""
    start_django()
    from django.utils import timezone

    from gezhi.contexts.cases.queries import learned_versions
    from gezhi.contexts.cases.use_cases.learn_guess import learn_guess
    from gezhi.kernel.clock import now

    if learn:
        with plain_errors("tables guess"):
            learn_guess(actor=operator(), now=now())
    found = learned_versions()
    if not found:
        click.echo("nothing learnt yet: the words of the class table decide")
    for one in found:
        state = "in use" if one.in_force else "past"
        click.echo(
            f"{timezone.localtime(one.learned_at):%Y-%m-%d %H:%M}  {state:<6}  {one.cases:>6,} cases, tried on {one.held:,}: "
            f"first right {one.first:.1%} (before {one.before_first:.1%}), "
            f"among three {one.three:.1%} (before {one.before_three:.1%})"
        )
