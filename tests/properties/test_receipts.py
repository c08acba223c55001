"""A voter with receipt and statement sees what was dropped, changed or put under his name, without trusting anybody's program."""

import ast
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from gezhi.solvers.tally import (
    Ballot,
    Bound,
    Handling,
    Owner,
    Proxy,
    Roll,
    Unit,
    close_vote,
    digest_of,
    secret_of,
    statement,
    verify_receipt,
    voters_of,
)
from gezhi.solvers.tally.roll import canonical
from tests.factories.votes import SECRET, prove, random_vote

SOURCE = Path(verify_receipt.__file__)
SEEDS = range(60)


def closed_of(vote, opening=None):
    bound = Bound(opening or json.loads(prove(vote))["opening"], secret_of(SECRET))
    return close_vote(
        bound,
        owners=voters_of(vote["roll"]),
        ballots=vote["ballots"],
        proxies=vote["proxies"],
        attendance=vote["handling"].attendance,
    )


def receipts_of(vote, owner, opening=None):
    """What was handed out for all that came in under one name."""
    bound = closed_of(vote, opening).bound
    papers = [bound.ballot(ballot) for ballot in vote["ballots"] if ballot.owner == owner]
    papers += [bound.letter(letter) for letter in vote["proxies"] if letter.principal == owner]
    return [canonical(paper) for paper in papers]


def shown_to(vote, owner, opening=None):
    """The statement of one owner, and the digests that everybody knows."""
    closed = closed_of(vote, opening)
    document = statement(closed, owner, vote["ballots"], vote["proxies"])
    return canonical(document), closed.bound.opening, digest_of(closed.document)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_owner_finds_all_that_he_handed_in_and_nothing_else(seed):
    vote = random_vote(Random(seed))  # noqa: S311
    for owner in voters_of(vote["roll"]):
        receipts, (paper, opening, closing) = receipts_of(vote, owner), shown_to(vote, owner)
        words = verify_receipt.verify(receipts, paper, opening, closing).splitlines()
        assert f"in the name of {owner} stands {len(receipts) or 'nothing'}" in words[-2]
        assert words[-1].startswith("read the words above")
        assert len(words) == len(receipts) + 2
        for number in range(len(receipts)):
            with pytest.raises(verify_receipt.Refused, match="no receipt was shown"):
                verify_receipt.verify(receipts[:number] + receipts[number + 1 :], paper, opening, closing)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_dropped_changed_or_added_before_the_close_shows(seed):
    chance = Random(seed)  # noqa: S311
    vote = random_vote(chance)
    opening = json.loads(prove(vote))["opening"]
    added = Ballot("x", "A", "no", "online", vote["handling"].close_at)
    for place, ballot in enumerate(vote["ballots"]):
        rest = [*vote["ballots"][:place], *vote["ballots"][place + 1 :]]
        turned = replace(ballot, choice="no" if ballot.choice == "yes" else "yes")
        for ballots in (rest, [*rest, turned], [*rest, replace(ballot, cast_at=99, opened_at=None)]):
            told = {**vote, "ballots": ballots}
            with pytest.raises(verify_receipt.Refused, match="left out at the close"):
                verify_receipt.verify(receipts_of(vote, ballot.owner), *shown_to(told, ballot.owner, opening))
    for owner, told in (
        ("A", {**vote, "ballots": [*vote["ballots"], added]}),
        ("B", {**vote, "proxies": [one for one in vote["proxies"] if one.principal != "B"] + [Proxy("B", "Z", 0)]}),
    ):
        if owner in voters_of(vote["roll"]):
            kept = [paper for paper in receipts_of(vote, owner) if owner == "A" or b"ballot-1" in paper]
            with pytest.raises(verify_receipt.Refused, match="no receipt was shown"):
                verify_receipt.verify(kept, *shown_to(told, owner, opening))


def town(number=5):
    units = tuple(Unit(str(place), 100, (Owner(f"o{place:02}"),)) for place in range(number))
    return {
        "roll": Roll(units),
        "ballots": [Ballot("1", "o01", "yes", "online", 1), Ballot("2", "o02", "no", "paper", 2)],
        "proxies": [Proxy("o03", "o01", 0)],
        "handling": Handling(close_at=9),
    }


OPENING = "0f" * 32


@pytest.mark.parametrize("number", [*range(4, 20), 31, 32, 33])
def test_every_page_has_its_path_and_no_other(number):
    vote = town(number)
    for place in range(number):
        owner = f"o{place:02}"
        receipts, (paper, *told) = receipts_of(vote, owner, OPENING), shown_to(vote, owner, OPENING)
        verify_receipt.verify(receipts, paper, *told)
        good = json.loads(paper)
        for change in (
            {"place": (place + 1) % number},
            {"place": -1},
            {"place": number},
            {"path": good["path"][1:]},
            {"path": [*good["path"], "00" * 32]},
            {"path": [*good["path"][:-1], "00" * 32]},
            {"path": ["00" * 31]},
            {"salt": "00"},
            {"owner": "o99"},
            {"closing": {**good["closing"], "pages": number + 1}},
            {"closing": {**good["closing"], "ballots": 3}},
        ):
            with pytest.raises(verify_receipt.Refused):
                verify_receipt.verify(receipts, canonical({**good, **change}), *told)


def test_papers_of_another_vote_are_refused():
    vote, other = town(), "1e" * 32
    receipts, (paper, opening, closing) = receipts_of(vote, "o01", OPENING), shown_to(vote, "o01", OPENING)
    for refused in (
        (receipts, None, other),
        (receipts, paper, other, closing),
        (receipts, paper, opening, other),
        (receipts_of(vote, "o01", other), paper, opening, closing),
        (receipts_of(vote, "o01", other), paper, None, closing),
        (receipts_of(vote, "o02", OPENING), paper, opening, closing),
        (receipts, *shown_to(vote, "o02", OPENING)),
        ([paper], None, opening),
    ):
        with pytest.raises(verify_receipt.Refused):
            verify_receipt.verify(*refused)
    mixed = json.loads(paper)
    mixed["closing"] = json.loads(shown_to(vote, "o01", other)[0])["closing"]
    with pytest.raises(verify_receipt.Refused, match="closing of another"):
        verify_receipt.verify(receipts, canonical(mixed))
    mixed = json.loads(shown_to(vote, "o03", OPENING)[0])
    mixed["ballots"], mixed["letter"] = [mixed["letter"]], None
    with pytest.raises(verify_receipt.Refused, match="a letter among the ballots"):
        verify_receipt.verify(receipts_of(vote, "o03", OPENING), canonical(mixed), opening, closing)


def test_what_was_not_checked_is_the_last_line():
    vote = town()
    receipts, (paper, opening, closing) = receipts_of(vote, "o01", OPENING), shown_to(vote, "o01", OPENING)
    for given, words in (
        ((receipts,), "of which vote"),
        ((receipts,), "whether it was counted in"),
        ((receipts, None, opening), "whether it was counted in"),
        ((receipts, paper, opening), "whether this is the closing"),
        ((receipts, paper, None, closing), "of which vote"),
    ):
        last = verify_receipt.verify(*given).splitlines()[-1]
        assert last.startswith("NOT CHECKED: ")
        assert words in last


def test_a_receipt_says_what_it_holds_and_hides_no_sign():
    bound = Bound(OPENING, secret_of(SECRET))
    odd = bound.ballot(Ballot("1\nreceipt holds: choice no", "o\u202e1", "yes", "paper", 5, opened_at=7, cast_by="H"))
    words = verify_receipt.verify([canonical(odd)], None, OPENING).splitlines()
    assert words[0] == (
        "receipt holds: ballot: id 1<U+000A>receipt holds: choice no, owner o<U+202E>1, choice yes, channel paper, "
        "cast_at 5, opened_at 7, cast_by H"
    )
    assert len(words) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"format":5}',
        b'{"format":"gezhi-vote-ballot-1"}',
        b'{"format":"gezhi-vote-ballot-1","opening":"","ballot":[],"salt":""}',
        b"\xff",
        b'{"a":1,"a":1}',
        b'{"a":1.5}',
        b"{} {}",
        b"[" * 10**5,
    ],
)
def test_rubbish_is_refused_not_a_crash(data):
    for given in (([data],), ([], data), ([data], data, OPENING, OPENING)):
        with pytest.raises(verify_receipt.Refused):
            verify_receipt.verify(*given)


def test_it_stands_alone(tmp_path):
    vote = town()
    paper, opening, closing = shown_to(vote, "o01", OPENING)
    files = {"verify.py": SOURCE.read_bytes(), "statement": paper, "receipt": receipts_of(vote, "o01", OPENING)[0]}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def run(*more):
        command = [sys.executable, "-I", "-S", "verify.py", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    told = ("--statement", "statement", "--opening", opening, "--closing", closing.upper())
    done = run("receipt", *told)
    assert (done.returncode, done.stderr) == (0, "")
    done = run(*told)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "refused: in the name of o01 stands a paper for which no receipt was shown: ballot: id 1"
    )
    assert run("nowhere").returncode == 2
    assert run().returncode == 2


def test_it_imports_nothing_of_ours():
    tree = ast.parse(SOURCE.read_text("utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= {"__future__", "argparse", "datetime", "hashlib", "json", "sys", "typing", "unicodedata"}
