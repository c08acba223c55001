"""``gezhi solve tally``: count an owners' vote, from totals or from the roll and its ballots."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.cli.solver_files import (
    bad_input_refused,
    finish,
    out_option,
    task_argument,
    writable,
    write_answer,
    written_whole,
)
from gezhi.interfaces.cli.vote_task import Task, attendance_known, read_vote, same_digest, vote_of
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Certificate, Status
from gezhi.solvers.tally import Decision, Result, Rule, certify, decide, digest_of, proof_file, rule, tally


def _head(law: Rule, item: int) -> dict[str, Any]:
    entry = law.item(item)
    return {
        "rule": {"id": law.id, "version": law.version, "law": law.law, "text": law.participation_text},
        "item": {"number": item, "text": entry.text, "passing_text": entry.passing_text},
    }


def _answer(law: Rule, item: int, decision: Decision, certificate: Certificate, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "result": decision.outcome.value,
        **_head(law, item),
        "tests": [asdict(test) for test in decision.tests],
        **more,
        "certificate": certificate,
    }


def _from_roll(
    task: Task, law: Rule, opening: str | None, closing: str | None
) -> tuple[dict[str, Any], Result, bytes | None]:
    for name in ("roll", "close_at", "ballots"):
        if getattr(task, name) is None:
            raise InvalidInput("tally.missing", "is missing: give totals, or roll, ballots and close_at", field=name)
    attendance_known(task)
    vote = vote_of(task, opening)
    ballots = task.ballots or ()
    result = tally(
        rule=law,
        item=task.item,
        roll=vote.roll,
        scope=task.scope,
        ballots=ballots,
        proxies=task.proxies,
        handling=vote.handling,
        procedure=task.procedure,
    )
    counts = result.counts
    ruling = result.joined if task.procedure.abstentions_join_majority else result.plain
    more = {
        "counts": {
            **asdict(counts),
            "participating": asdict(counts.participating),
            "total": {"area": ruling.tests[0].whole, "heads": ruling.tests[1].whole},
        },
        "plain": result.plain,
        "joined": result.joined,
        "abstentions_to": result.abstentions_to,
        "procedure": asdict(task.procedure),
        "scope": asdict(task.scope),
        "co_owners_disagree": result.disagreeing,
        "not_counted": result.not_counted,
        "roll_hash": result.roll_hash,
        "opening": vote.opening,
        "closing": None,
    }
    proof = None
    if task.secret is not None or closing is not None:
        bound_papers = digest_of(vote.closed().document)
        same_digest("closing", bound_papers, closing)
        more["closing"] = bound_papers
        proof = proof_file(
            rule=law,
            item=task.item,
            matter=task.matter,
            scope=task.scope,
            ballots=ballots,
            proxies=task.proxies,
            handling=vote.handling,
            procedure=task.procedure,
            result=result,
            secret=vote.bound().secret,
        )
    return _answer(law, task.item, ruling, result.certificate, more), result, proof


@click.command()
@task_argument
@out_option
@click.option(
    "--proof",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="File for the public proof of a vote with ballots; needs 'secret' in IN. Check it with gezhi verify-tally.",
)
@click.option(
    "--refusals",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="File for the ballots that do not count, {ballot id: reason}. Not for the public.",
)
@click.option("--opening", help="The digest published before the vote: without that very vote nothing is counted.")
@click.option("--closing", help="The digest published at the close: without those very papers nothing is counted.")
def command(
    task: Path, out: Path, proof: Path | None, refusals: Path | None, opening: str | None, closing: str | None
) -> None:
    """Count an owners' vote: passed, rejected or no quorum.

    \b
    IN, either with totals:
      rule    "cn-civil-code-278"
      item    matter of art. 278, 1 to 9; items 6, 7, 8 need 3/4, the others more than half
      totals  total_area, participating_area, yes_area     areas in 0.01 m2, integers
              total_heads, participating_heads, yes_heads  persons, integers
    or with roll and ballots:
      rule, item as above; matter? the text that was voted on
      roll.units[]     id; area (0.01 m2, integer above 0); owners [{id, share?}] with shares
                       such as "1/2" that add up to 1 ("1" if left out); kind? dwelling (default),
                       commercial, office, parking, storage, other; voter? the co-owner whom the
                       co-owners named; building?; stairwell?; status? owned (default), unsold,
                       undelivered (the last two are the developer's, as one head)
      roll.developer?  owner id; roll.hash? the hash of the frozen roll, checked
      scope?           building?, stairwell?; area_kinds?, head_kinds? the kinds that count
                       (default dwelling, commercial, office, other)
      procedure?       invalid_paper_participates? (default true): a spoilt paper ballot took part
                       abstentions_join_majority? (default false): only those who took part
      close_at         last second that counts, Unix seconds
      ballots[]        id; owner (owner id); choice yes, no, abstain or invalid (spoilt paper);
                       channel paper or online; cast_at (Unix seconds); opened_at? when a paper
                       ballot was opened: nothing replaces it after; cast_by? the proxy holder;
                       unit? only for the head that holds this unit
      proxies?[]       principal (owner id), holder (any id), given_at (Unix seconds): it serves
                       for ballots cast then or later, and not if it is after close_at
      proxy_cap?       principals that one holder may speak for; attendance?[] ids present;
                       in_presence? whether holders must be there (default: attendance is given)
      secret?          64 or more hexadecimal digits, random, kept by the counters; for --proof
    OUT:
      result           passed, rejected, no_quorum
      tests[]          each gate: part, whole, numerator, denominator, strict, left = part x
                       denominator, right = whole x numerator, met, missing (0.01 m2 or heads)
      counts           yes, no, abstain, invalid, absent, participating, total: {area, heads}
      plain, joined    both decisions, without and with the abstentions in the majority
      not_counted      reason: number of ballots; co_owners_disagree: heads; roll_hash
      opening, closing the digests that were to be published before the vote and at the close
                       (gezhi vote; closing only with 'secret')
      certificate      claim in words
    """
    with bad_input_refused():
        given = read_vote(task)
        law = rule(given.rule)
        if given.totals is not None:
            if any(one is not None for one in (given.roll, given.ballots, proof, refusals, opening, closing)):
                raise InvalidInput("tally.two_forms", "give totals or roll and ballots, not both", field="totals")
            decision = decide(law, given.item, given.totals)
            certificate = certify(decision)
            finish(out, _answer(law, given.item, decision, certificate, {}), Status.OPTIMAL, certificate.claim)
        if proof is not None and given.secret is None:
            raise InvalidInput(
                "tally.no_secret", "is needed for --proof: 32 random bytes in hexadecimal", field="secret"
            )
        answer, result, written = _from_roll(given, law, opening, closing)
        if proof is not None and written is not None:
            with written_whole(proof) as unfinished:
                unfinished.write_bytes(written)
        if refusals is not None:
            write_answer(refusals, result.refused)
        finish(out, answer, Status.OPTIMAL, result.certificate.claim)
