"""The command ``gezhi``. Sub-commands are imported when they are called, so that ``--help`` stays quick."""

from __future__ import annotations

import os

import click

from gezhi.interfaces.cli.lazy import LazyGroup

# name → "module:attribute", one short line of help. The module is imported at first use.
COMMANDS: dict[str, tuple[str, str]] = {
    "access": ("gezhi.interfaces.cli.access:command", "Who may do what, and why; grant and end roles"),
    "account": ("gezhi.interfaces.cli.account:command", "Open accounts, issue API tokens"),
    "audit": ("gezhi.interfaces.cli.audit:command", "Check the hash-chained record of every change"),
    "calendar": (
        "gezhi.interfaces.cli.calendar:command",
        "The city's working days: show a year, set it, bring a version back",
    ),
    "case": ("gezhi.interfaces.cli.case:command", "Report a case, show one with its history"),
    "demo": ("gezhi.demo.cli:command", "Found the demo city, compare it with the article"),
    "dispatch": ("gezhi.interfaces.cli.dispatch:command", "Judge dispatch policies on simulated days"),
    "doctor": ("gezhi.interfaces.cli.doctor:command", "What this installation lacks, and how to get it"),
    "ground": ("gezhi.interfaces.cli.ground:command", "Where the map's ground comes from; take a source away"),
    "import": ("gezhi.interfaces.cli.imports:command", "Read areas, cases and other records from files"),
    "init": ("gezhi.interfaces.cli.init:command", "Make the data folder, its keys and its database"),
    "places": ("gezhi.interfaces.cli.places:command", "Find a place by name; make the index of names"),
    "plan": ("gezhi.interfaces.cli.plan:command", "The solvers on this city: partition, sites"),
    "replay": ("gezhi.interfaces.cli.replay:command", "Live imported cases through again, on a simulated clock"),
    "serve": ("gezhi.interfaces.cli.serve:command", "Run the web server, the live edge and the job worker"),
    "solve": (
        "gezhi.interfaces.cli.solve:command",
        "The solvers on files: partition, locate, assign, site, match, tally",
    ),
    "tables": ("gezhi.interfaces.cli.tables:command", "The versions of the tables that decide; one as a workbook"),
    "text": ("gezhi.interfaces.cli.text:command", "Classes and hot topics of citizens' messages"),
    "verify-receipt": ("gezhi.interfaces.cli.verify_receipt:command", "Check what an owner was given in a vote"),
    "verify-tally": ("gezhi.interfaces.cli.verify_tally:command", "Check the proof file of an owners' vote"),
    "vote": ("gezhi.interfaces.cli.vote:command", "Bind an owners' vote before it is counted: digests, receipts"),
    "work": ("gezhi.interfaces.cli.work:command", "Background work: what waits, runs and ended; stop it"),
}


@click.command(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gezhi")
def main() -> None:
    """Gezhi 格治: run a city's service grids.

    The data folder is taken from GEZHI_HOME (default: .gezhi in the working directory).
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")


if __name__ == "__main__":
    main()
