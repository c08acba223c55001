"""Whoever runs the verifiers learns which vote they bind; files, names and proofs that say something else are refused."""

import json

import pytest

from gezhi.solvers.tally import Ballot, Handling, Owner, Procedure, Roll, Scope, Unit, verify_tally
from tests.factories.forgers import digested
from tests.factories.tasks import changed
from tests.factories.votes import papers_file, prove, roll_file
from tests.functional.test_vote_commands import NOTICE, VOTE, Desk, gezhi, said

UNITS = [{**unit, "building": "1"} for unit in VOTE["roll"]["units"]]
ASKED = {**VOTE, "roll": {"units": UNITS}, "proxy_cap": 2, "scope": {"building": "1"}}


@pytest.fixture
def counted(tmp_path):
    """A desk with opening, closing, receipt and proof of a vote, and the two digests as options."""
    desk = Desk(tmp_path)
    vote = desk.write("vote.json", ASKED)
    opening = said(gezhi("vote", "open", vote, "--out", desk.at / "opening.json"), "opening")
    closing = said(gezhi("vote", "close", vote, "--out", desk.at / "closing.json"), "closing")
    gezhi("vote", "receipt", vote, "--ballot", "1", "--out", desk.at / "receipt.json")
    gezhi("solve", "tally", vote, "--out", desk.at / "answer.json", "--proof", desk.at / "proof.json")
    desk.known = ("--opening", opening, "--closing", closing)
    return desk


def verify(desk, *more, proof="proof.json"):
    return gezhi("verify-tally", desk.at / proof, *desk.known, *more)


@pytest.mark.parametrize(
    ("place", "to", "named"),
    [
        (("item",), 5, "item 5, of the proof 8"),
        (("item",), True, "item True"),
        (("matter",), "使用维修资金修电梯", "matter 使用维修资金修电梯, of the proof 将架空层改为食堂"),
        (("matter",), None, "matter None"),
        (("rule",), "cn-other", "rule cn-other"),
        (("close_at",), 1_001, "close_at 1001"),
        (("proxy_cap",), 1, "proxy_cap 1, of the proof 2"),
        (("proxy_cap",), None, "proxy_cap None, of the proof 2"),
        (("scope",), {}, "building None, of the proof 1"),
        (("scope",), {"building": "1", "head_kinds": ["dwelling"]}, "head_kinds"),
        (("scope",), None, "building None"),
        (("procedure",), {"abstentions_join_majority": True}, "abstentions_join_majority True, of the proof False"),
        (("procedure",), {"invalid_paper_participates": False}, "invalid_paper_participates"),
        (("in_presence",), True, "in_presence True"),
    ],
)
def test_a_file_that_tells_another_vote_than_the_proof_is_refused(counted, place, to, named):
    other = counted.write("other.json", changed(ASKED, *place, to=to))
    right = counted.at / "vote.json"
    for papers in (("--roll", other), ("--roll", other, "--ballots", right), ("--roll", right, "--ballots", other)):
        done = verify(counted, *papers)
        assert done.exit_code == 1
        assert "tells another vote" in done.output
        assert named in done.output


def test_a_file_of_parts_is_held_to_what_it_says(counted):
    roll = counted.write("roll.json", {"roll": ASKED["roll"]})
    assert verify(counted, "--roll", roll).exit_code == 0
    papers = {name: ASKED[name] for name in ("ballots", "secret")}
    assert verify(counted, "--roll", roll, "--ballots", counted.write("papers.json", papers)).exit_code == 0
    told = counted.write("papers.json", {**papers, "matter": "别的事"})
    assert verify(counted, "--roll", roll, "--ballots", told).exit_code == 1
    units = changed(ASKED, "roll", "units", 0, "area", to=9_013)
    done = verify(counted, "--roll", roll, "--ballots", counted.write("papers.json", units))
    assert (done.exit_code, "frozen" in done.output) == (1, True)


def test_the_verifier_says_which_vote_the_digest_binds(counted):
    words = verify(counted).output.splitlines()[1]
    for told in (
        "item 8",
        f'matter "{VOTE["matter"]}"',
        'item_text "改变共有部分的用途或者利用共有部分从事经营活动"',
        "close_at 1000",
        "1970-01-01 08:16:40+08:00",
        "proxy_cap 2",
        'building "1"',
        'area_kinds ["commercial", "dwelling", "office", "other"]',
    ):
        assert told in words
    vote = json.loads(verify(counted, "--json").output)["vote"]
    assert (vote["item"], vote["matter"], vote["close_at"], vote["proxy_cap"]) == (8, VOTE["matter"], 1_000, 2)
    assert (vote["building"], vote["head_kinds"]) == ("1", ["commercial", "dwelling", "office", "other"])


def test_a_receipt_is_checked_against_the_opening_and_says_to_what_it_was_given(counted):
    at, known = counted.at, counted.known[:2]
    told = gezhi("verify-receipt", at / "receipt.json", *known, "--opening-file", at / "opening.json")
    assert told.exit_code == 0
    first = told.output.splitlines()[0]
    assert f'matter "{VOTE["matter"]}"' in first
    assert "item 8" in first
    assert "--opening-file" not in told.output
    assert "give --opening-file" in gezhi("verify-receipt", at / "receipt.json", *known).output
    gezhi("vote", "open", counted.write("other.json", {**NOTICE, "item": 5}), "--out", at / "other_opening.json")
    for more in ((), known):
        done = gezhi("verify-receipt", at / "receipt.json", *more, "--opening-file", at / "other_opening.json")
        assert (done.exit_code, done.stdout) == (1, "")
    assert gezhi("verify-receipt", at / "receipt.json", "--opening-file", at / "closing.json").exit_code == 1
    assert gezhi("verify-receipt", at / "receipt.json", "--opening-file", at / "nowhere").exit_code == 2


def test_a_receipt_says_that_it_proves_nothing_by_itself(counted):
    made_up = json.loads((counted.at / "receipt.json").read_text("utf-8"))
    made_up["ballot"] |= {"id": "99", "choice": "no"}
    fake = counted.write("fake.json", {**made_up, "salt": "00" * 32})
    last = gezhi("verify-receipt", fake, *counted.known[:2]).output.splitlines()[-1]
    assert last.startswith("NOT CHECKED: ")
    assert "anybody can make one: alone it proves nothing to others" in last
    assert "收据没有签名" in last
    assert "anybody can make one" in gezhi("verify-receipt", "--help").output.replace("\n ", "")


TWINS = {
    "Cyrillic beside Latin": ("matter", "C", "\u0421"),
    "compatibility form": ("matter", "D", "\uff24"),
    "l and I": ("matter", "l1", "I1"),
    "a blank more": ("matter", "x y", "x  y"),
    "unseen in an owner": ("matter", "A", "A\u200b"),
    "unseen in the text": ("同意\u200b不同意", "A", "B"),
    "no normal form": ("cafe\u0301", "A", "B"),
}


@pytest.mark.parametrize("name", TWINS)
def test_words_that_look_like_others_are_refused_by_all(tmp_path, name):
    matter, one, other = TWINS[name]
    desk = Desk(tmp_path)
    roll = Roll(tuple(Unit(str(place), 100, (Owner(owner),)) for place, owner in enumerate((one, other, "B1"))))
    vote = {
        "item": 4,
        "roll": roll,
        "scope": Scope(),
        "ballots": [Ballot("1", other, "yes", "online", 1), Ballot("2", "B1", "yes", "online", 1)],
        "proxies": [],
        "handling": Handling(close_at=10),
        "procedure": Procedure(),
    }
    proof = prove(vote, matter=matter)
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(proof, roll_file(vote), papers_file(vote))
    task = {"rule": "cn-civil-code-278", "item": 4, "matter": matter, **json.loads(roll_file(vote))}
    source = desk.write("vote.json", {**task, **json.loads(papers_file(vote))})
    for command in (
        ("vote", "open"),
        ("vote", "receipt", "--ballot", "1"),
        ("vote", "close"),
        ("vote", "statement", "--owner", other),
        ("solve", "tally"),
        ("solve", "tally", "--proof", desk.at / "proof.json"),
    ):
        done = gezhi(*command[:2], source, *command[2:], "--out", desk.at / "out.json")
        assert done.exit_code == 2
        assert done.output.startswith(("matter: ", "roll.units"))
    assert not (desk.at / "out.json").exists()
    assert not (desk.at / "proof.json").exists()


def test_a_text_with_an_unseen_sign_is_refused_from_the_proof_and_the_opening_alone(counted):
    with pytest.raises(verify_tally.Refused, match=r"U\+200B"):
        verify_tally.verify(prove(small(), matter="同意\u200b不同意"))
    opening = json.loads((counted.at / "opening.json").read_text("utf-8"))
    odd = counted.write("odd.json", {**opening, "matter": f"{VOTE['matter']}\u200b"})
    done = gezhi("verify-receipt", counted.at / "receipt.json", "--opening-file", odd)
    assert (done.exit_code, "U+200B" in done.output) == (1, True)


def small(**parts):
    vote = {
        "item": 6,
        "roll": Roll(tuple(Unit(f"u{place}", 10_000 + place, (Owner(f"o{place}"),)) for place in range(4))),
        "scope": Scope(),
        "ballots": [Ballot(f"b{place}", f"o{place}", "yes", "online", 5) for place in range(3)],
        "proxies": [],
        "handling": Handling(close_at=10),
        "procedure": Procedure(),
    }
    return {**vote, **parts}


def with_counts(counts):
    """A proof in which all follows from other counts."""
    body = json.loads(prove(small()))
    body["counts"] |= {side: {"area": area, "heads": heads} for side, (area, heads) in counts.items()}
    numbers = {side: (row["area"], row["heads"]) for side, row in body["counts"].items()}
    law = verify_tally.LAW[body["rule"]["id"], body["rule"]["version"]]
    gates = {"participation": law["participation"], "passing": law["passing"][6]}
    body["plain"] = verify_tally.decision(gates, numbers, False)
    body["joined"] = verify_tally.decision(gates, numbers, body["abstentions_to"] == "yes")
    return digested({**body, "outcome": body["plain"]["outcome"]})


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"yes": (999_999_990_000, 99_999)}, "of area in all"),
        ({"yes": (30_003, 99_999)}, "of heads in all"),
        ({"yes": (40_007, 3)}, "of area in all"),
        ({"yes": (30_003, 3), "absent": (0, 0)}, "of area in all"),
        ({"yes": (39_996, 3), "absent": (10, 1)}, "have this area"),
        ({"yes": (30_000, 2), "absent": (10_006, 2)}, "have this area"),
        ({"yes": (30_003, 4), "absent": (10_003, 0)}, "have this area"),
    ],
)
def test_counts_that_the_roll_does_not_allow_are_refused(counts, words):
    forged = with_counts(counts)
    verify_tally.verify(forged)
    with pytest.raises(verify_tally.Refused, match=words):
        verify_tally.verify(forged, roll_file(small()))


def test_a_roll_with_an_area_below_nothing_is_none():
    roll = json.loads(roll_file(small()))
    for area in (-10_000, 0, True, "10000"):
        with pytest.raises(verify_tally.Refused):
            verify_tally.verify(prove(small()), json.dumps(changed(roll, "roll", "units", 0, "area", to=area)).encode())


def puns(value, place=()):
    """Every place at which a value is written otherwise and is still the same to Python."""
    if isinstance(value, bool):
        yield place, int(value)
    elif isinstance(value, int) and value in {0, 1}:
        yield place, bool(value)
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from puns(inner, (*place, key))


def objects(value, place=()):
    if isinstance(value, dict):
        yield place
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from objects(inner, (*place, key))


def test_one_vote_has_one_proof():
    """With the published digests no value of another type and no free field gets through, wherever it stands."""
    proof = prove(small(handling=Handling(close_at=10, proxy_cap=1)))
    body = json.loads(proof)
    told = {"opening": body["opening"], "closing": verify_tally.sha256(body["closing"])}
    verify_tally.verify(proof, **told)
    retold = [changed(body, *place, to=to) for place, to in puns(body)]
    retold += [changed(body, *place, key, to="o0,o1") for place in objects(body) for key in ("who", "owner", "name2")]
    assert len(retold) > 60
    for other in retold:
        with pytest.raises(verify_tally.Refused):
            verify_tally.verify(digested(other), **told)
    for free in (("counts", "yes"), ("plain",), ("joined", "tests", 0), ("rule",), ("scope",), ()):
        with pytest.raises(verify_tally.Refused, match="unknown 'who'"):
            verify_tally.verify(digested(changed(body, *free, "who", to="o0")))


def test_a_statement_is_written_in_one_way_alone(counted):
    at = counted.at
    gezhi("vote", "statement", at / "vote.json", "--owner", "A", "--out", at / "statement.json")
    good = json.loads((at / "statement.json").read_text("utf-8"))
    right = ("--statement", at / "statement.json", *counted.known)
    assert gezhi("verify-receipt", at / "receipt.json", *right).exit_code == 0
    for change in ({"place": False}, {"path": [step.upper() for step in good["path"]]}):
        odd = counted.write("odd.json", {**good, **change})
        assert gezhi("verify-receipt", at / "receipt.json", "--statement", odd, *counted.known).exit_code == 1


@pytest.mark.parametrize(
    ("place", "to"),
    [
        (("ballot", "choice"), "yes "),
        (("ballot", "choice"), ["yes"]),
        (("ballot", "channel"), "post"),
        (("ballot", "cast_at"), True),
        (("ballot", "cast_at"), "10"),
        (("ballot", "owner"), 5),
        (("ballot", "unit"), {}),
        (("ballot", "who"), "A"),
        (("salt",), "00"),
        (("salt",), "AB" * 32),
        (("note",), "x"),
    ],
)
def test_what_no_ballot_holds_is_no_receipt(counted, place, to):
    receipt = json.loads((counted.at / "receipt.json").read_text("utf-8"))
    done = gezhi("verify-receipt", counted.write("odd.json", changed(receipt, *place, to=to)), *counted.known[:2])
    assert (done.exit_code, done.stdout) == (1, "")
