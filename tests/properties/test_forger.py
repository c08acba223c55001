"""A dishonest counter with the secret and all our functions tells votes otherwise: the stand-alone verifier refuses each."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from gezhi.solvers.tally import Ballot, Bound, Handling, Owner, Procedure, Roll, Scope, Unit, merkle, verify_tally
from gezhi.solvers.tally.roll import canonical
from tests.factories.forgers import LATER_VERSION, RETELLINGS, digested, forgeries
from tests.factories.votes import SECRET, papers_file, prove, random_vote, roll_file

WRONG_BEFORE = Path(__file__).parents[1] / "oracles" / "wrong_before" / "T3_item_swap"


def published(proof):
    """The two digests that everybody knew before the count."""
    body = json.loads(proof)
    return {"opening": body["opening"], "closing": verify_tally.sha256(body["closing"])}


def try_to_forge(seeds, monkeypatch, *, all_grafts=False):
    """Let the forger try; count by how the vote was told. Each is refused with what was published before the count."""
    law = dict(verify_tally.LAW)
    law["cn-civil-code-278", LATER_VERSION] = law["cn-civil-code-278", "2021-01-01"]
    monkeypatch.setattr(verify_tally, "LAW", law)
    tried = Counter()
    for seed in seeds:
        chance = Random(seed)  # noqa: S311 - the same votes in each run
        vote = random_vote(chance)
        proof = prove(vote)
        told = published(proof)
        assert "NOT CHECKED" not in verify_tally.verify(proof, roll_file(vote), papers_file(vote), **told)
        for forgery in forgeries(vote, chance, all_grafts=all_grafts):
            tried[forgery.how] += 1
            shown = (forgery.proof, forgery.roll, forgery.papers)
            with pytest.raises(verify_tally.Refused):
                verify_tally.verify(*shown, **told)
            if forgery.whole:
                # Without what was published it is believed, and the last line says what could not be checked.
                last = verify_tally.verify(*shown).splitlines()[-1]
                first_format = b'"gezhi-tally-proof-1"' in forgery.proof
                assert last.startswith("NOT CHECKED: ")
                assert ("nothing was fixed" if first_format else "are those announced before the vote") in last
                assert first_format or "changed, dropped or added since the close" in last
    return tried


@pytest.mark.parametrize("part", range(4))
def test_no_retelling_of_two_hundred_votes_gets_through(part, monkeypatch):
    tried = try_to_forge(range(part, 200, 4), monkeypatch)
    assert [how for how in RETELLINGS if tried[how] < 5] == []
    assert sum(tried.values()) > 2_000


def small_vote(**parts):
    roll = Roll(tuple(Unit(str(number), 100, (Owner(name),)) for number, name in enumerate("ABCDE")))
    vote = {
        "item": 6,
        "roll": roll,
        "scope": Scope(),
        "ballots": [Ballot("a", "A", "yes", "online", 1), Ballot("b", "B", "no", "paper", 2)],
        "proxies": [],
        "handling": Handling(close_at=10),
        "procedure": Procedure(),
    }
    return {**vote, **parts}


def closing_over(vote, pages, *, ballots):
    """The proof of a counter who publishes a closing over pages of his own making."""
    body = json.loads(prove(vote))
    leaves = [merkle.leaf(canonical(page)) for page in pages]
    body["closing"] |= {"pages": len(pages), "root": merkle.root(leaves).hex(), "ballots": ballots}
    return digested(body)


@pytest.mark.parametrize(
    "how", ["a page twice", "a page left out", "another order", "a ballot on nobody's page", "none"]
)
def test_a_closing_that_shows_each_voter_his_receipt_and_counts_something_else(how):
    vote = small_vote()
    # After A's own 'yes' the counter counts a 'no' in her name, and shows her a page without it.
    counted = {**vote, "ballots": [*vote["ballots"], Ballot("z", "A", "no", "online", 9)]}
    body = json.loads(prove(counted))
    bound = Bound(body["opening"], bytes.fromhex(SECRET))

    def pages_of(some):
        marks = {
            name: [verify_tally.sha256(bound.ballot(one)) for one in some if one.owner == name] for name in "ABCDE"
        }
        return [bound.page(name, marks[name], None) for name in "ABCDE"]

    pages = {
        "a page twice": [pages_of(vote["ballots"])[0], *pages_of(counted["ballots"])],
        "a page left out": pages_of(counted["ballots"])[1:],
        "another order": pages_of(counted["ballots"])[::-1],
        "a ballot on nobody's page": pages_of(vote["ballots"]),
        "none": [],
    }[how]
    proof = closing_over(counted, pages, ballots=3)
    with pytest.raises(verify_tally.Refused, match="not the papers that the closing was made of"):
        verify_tally.verify(proof, roll_file(counted), papers_file(counted), **published(proof))


def test_one_closing_for_two_items_is_refused():
    vote = small_vote()
    body, other = json.loads(prove(vote)), json.loads(prove({**vote, "item": 7}))
    mixed = digested({**other, "closing": body["closing"], "ballots": body["ballots"]})
    for proof in (mixed, digested({**other, "opening": body["opening"]})):
        with pytest.raises(verify_tally.Refused, match="opening"):
            verify_tally.verify(proof)


def test_counts_without_papers_are_said_to_be_unchecked():
    vote = small_vote()
    told = published(prove(vote))
    for rest in ({}, {"roll": roll_file(vote)}):
        last = verify_tally.verify(prove(vote), **rest, **told).splitlines()[-1]
        assert last.startswith("NOT CHECKED: whether the counts are those of the ballots")
    found = verify_tally.examine(prove(vote))
    assert list(found["not_checked"]) == ["before_the_vote", "at_the_close", "the_count"]
    assert "no_text" in verify_tally.examine(prove(vote, matter=None))["not_checked"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"choice":"yes"', b'"choice":"no","choice":"yes"'),
        (b'"cast_at":1,', b'"cast_at":1.0,'),
        (b'"cast_at":1,', b'"cast_at":1e0,'),
        (b'"cast_at":1,', b'"cast_at":true,'),
        (b'"cast_at":1,', b'"cast_at":"1",'),
        (b'"owner":"A"', '"owner":"А"'.encode()),
        (b'"owner":"A"', b'"owner":"A\\u200b"'),
        (b'"owner":"A"', b'"owner":"\\ud800"'),
        (b'"id":"a"', b'"id":"b"'),
        (b'"close_at":10', b'"close_at":10,"close_at":10'),
        (b'"close_at":10', b'"close_at":10.0'),
        (b'"secret"', b'"secret": "", "secret"'),
    ],
)
def test_other_spellings_of_the_papers_are_refused(before, after):
    vote = small_vote()
    proof, papers = prove(vote), papers_file(vote)
    assert before in papers
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(proof, roll_file(vote), papers.replace(before, after, 1), **published(proof))


@pytest.mark.parametrize("more", [b" {}", b"x", b",", b"\0", b"\xef\xbb\xbf"])
def test_trailing_data_is_refused(more):
    vote = small_vote()
    proof = prove(vote)
    for files in (
        (proof, roll_file(vote) + more, papers_file(vote)),
        (proof, roll_file(vote), papers_file(vote) + more),
    ):
        with pytest.raises(verify_tally.Refused, match="not JSON"):
            verify_tally.verify(*files)
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(proof + more)


def test_a_proof_holds_nothing_beside_its_fields():
    body = json.loads(prove(small_vote()))
    for grown in ({**body, "remark": "passed"}, {**body, "closing": {**body["closing"], "remark": "passed"}}):
        with pytest.raises(verify_tally.Refused, match="other fields"):
            verify_tally.verify(digested(grown))


def test_the_first_format_is_verified_as_what_it_is():
    files = {name: (WRONG_BEFORE / name).read_bytes() for name in ("i5.proof", "i6.proof", "i6.roll", "i6.ballots")}
    for name, outcome in (("i5.proof", "passed"), ("i6.proof", "rejected")):
        words = verify_tally.verify(files[name], files["i6.roll"], files["i6.ballots"]).splitlines()
        assert words[0].startswith(f"verified: {outcome}")
        assert words[-1] == "NOT CHECKED: this proof is of the first format, in which nothing was fixed before the vote"
        for digest in ("opening", "closing"):
            with pytest.raises(verify_tally.Refused, match="first format has no"):
                verify_tally.verify(files[name], files["i6.roll"], files["i6.ballots"], **{digest: "0" * 64})


@pytest.mark.parametrize("number", range(1, 34))
def test_a_tree_is_that_of_the_standard(number):
    """RFC 6962, written here from its text; and no tree equals one with a leaf more, or with its last leaf twice."""

    def standard(entries):
        if len(entries) == 1:
            return hashlib.sha256(b"\x00" + entries[0]).digest()
        middle = 1
        while middle * 2 < len(entries):
            middle *= 2
        return hashlib.sha256(b"\x01" + standard(entries[:middle]) + standard(entries[middle:])).digest()

    pages = [{"page": place} for place in range(number)]
    entries = [canonical(page) for page in pages]
    leaves = [merkle.leaf(entry) for entry in entries]
    assert merkle.root(leaves) == standard(entries)
    assert verify_tally.tree(pages) == standard(entries).hex()
    assert merkle.root([*leaves, leaves[-1]]) != merkle.root(leaves)


def test_the_root_of_nothing():
    assert merkle.root([]) == hashlib.sha256(b"").digest()
    assert verify_tally.tree([]) == merkle.root([]).hex()


def test_votes_with_another_roll_have_another_opening():
    vote = small_vote()
    units = vote["roll"].units
    other = {**vote, "roll": replace(vote["roll"], units=(*units[:4], replace(units[4], area=101)))}
    assert json.loads(prove(vote))["opening"] != json.loads(prove(other))["opening"]


def test_both_write_the_same_canonical_form():
    """Every sign of Unicode, integers of any size, and keys in the order of their signs."""
    signs = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    numbers = [0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1]
    keys = {"é": 1, "z": 2, "\U0001f600": 3, "\uffff": 4, "Z": None, "": True}
    for value in (
        signs,
        dict.fromkeys(signs[:3000], 1),
        numbers,
        [*numbers, 2**64, -(2**64)],
        keys,
        {"a": [{}, []]},
    ):
        assert canonical(value) == verify_tally.canonical(value)
