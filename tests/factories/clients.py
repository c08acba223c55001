"""Clients of people of the small city, and cases brought to where a test needs them."""

from __future__ import annotations

from django.test import Client

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.use_cases import (
    Command,
    Reported,
    accept_case,
    ask_verification,
    cancel_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    merge_case,
    pause_case,
)
from gezhi.kernel.clock import now
from tests.factories.cases import Town, report


def signed_in(town: Town, name: str | None, *, strict: bool = True) -> Client:
    """A client of one of the town's people, or of nobody. Not strict: an exception is a 500, as a server would answer it."""
    client = Client(raise_request_exception=strict)
    if name is not None:
        client.force_login(town.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


# The way of a case, status by status: who takes which step.
_WAY = (
    ("dispatched", "dispatcher", lambda command, town: dispatch_case(command, assignee_id=town.users["worker"].pk)),
    ("handling", "worker", lambda command, town: accept_case(command)),
    ("handled", "worker", lambda command, town: handle_case(command, outcome=Outcome.RESOLVED)),
    ("checked", "checker", lambda command, town: check_case(command)),
    ("closed", "dispatcher", lambda command, town: close_case(command)),
)


def case_at(town: Town, status: str, **fields: object) -> Reported:
    """A case of the first grid that has come as far as ``status``, handled by the worker."""
    made = report(now=now(), **fields)

    def command(who: str, note: str = "") -> Command:
        return Command(actor=town.actor(who, now=now()), number=made.number, now=now(), note=note)

    if status == "reported":
        return made
    if status == "cancelled":
        cancel_case(command("dispatcher", "重复"))
        return made
    if status == "verifying":
        ask_verification(command("dispatcher"))
        return made
    if status == "merged":
        merge_case(command("dispatcher"), into=report(now=now(), **fields).number)
        return made
    for reached, who, step in _WAY:
        step(command(who), town)
        if reached == status:
            return made
        if reached == "handling" and status == "suspended":
            pause_case(command("dispatcher", "等材料"))
            return made
    raise ValueError(status)


def in_handling(town: Town) -> str:
    """The number of a case that the worker has in hand."""
    return case_at(town, "handling").number
