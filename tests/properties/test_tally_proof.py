"""The proof of a vote holds, its stand-alone verifier counts the same on its own, and no changed bit gets through."""

import ast
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.solvers.tally import (
    CIVIL_CODE_278,
    Ballot,
    Handling,
    Owner,
    Procedure,
    Proxy,
    Roll,
    Scope,
    Unit,
    proof_file,
    rule,
    secret_of,
    tally,
    verify_tally,
)

SOURCE = Path(verify_tally.__file__)
SECRET = "5e" * 32
OWNERS = "ABCDE"
KINDS = ("dwelling", "commercial", "parking", "storage")


@st.composite
def units(draw, number):
    owners = draw(st.lists(st.sampled_from(OWNERS), min_size=1, max_size=3, unique=True))
    return Unit(
        str(number),
        draw(st.integers(1, 500)),
        tuple(Owner(owner, f"1/{len(owners)}") for owner in owners),
        kind=draw(st.sampled_from(KINDS)),
        building=draw(st.sampled_from(["1", "2"])),
        stairwell=draw(st.sampled_from([None, "1"])),
        status=draw(st.sampled_from(["owned", "owned", "owned", "unsold", "undelivered"])),
    )


@st.composite
def votes(draw):
    """Everything that ``tally`` takes, with at least one dwelling of an owner in either building."""
    more = [draw(units(number)) for number in range(draw(st.integers(0, 6)))]
    sure = [Unit(f"sure{n}", 70, (Owner("A"),), building=n, stairwell="1") for n in ("1", "2")]
    # One voter for the co-owners of a set, as the law wants it, or none.
    named = {}
    for number, unit in enumerate(more):
        key = frozenset(owner.id for owner in unit.owners)
        if len(key) > 1 and unit.status == "owned":
            named.setdefault(key, draw(st.sampled_from([None, *sorted(key)])))
            more[number] = Unit(**{**{f: getattr(unit, f) for f in unit.__slots__}, "voter": named[key]})
    roll = Roll((*sure, *more), developer="DEV")
    owners = sorted({owner.id for unit in roll.units for owner in unit.owners} | {"DEV"})
    ballots = []
    for number in range(draw(st.integers(0, 12))):
        channel = draw(st.sampled_from(["paper", "online"]))
        at = draw(st.integers(0, 12))
        ballots.append(
            Ballot(
                str(number),
                draw(st.sampled_from(owners)),
                draw(st.sampled_from(["yes", "no", "abstain", *(["invalid"] if channel == "paper" else [])])),
                channel,
                at,
                opened_at=draw(st.one_of(st.none(), st.integers(at, 14))) if channel == "paper" else None,
                cast_by=draw(st.sampled_from([None, None, "H", "A", "B"])),
                unit=draw(st.sampled_from([None, None, *(unit.id for unit in roll.units)])),
            )
        )
    principals = draw(st.lists(st.sampled_from(owners), unique=True, max_size=4))
    proxies = [
        Proxy(one, draw(st.sampled_from([h for h in ("H", "A", "B") if h != one])), draw(st.integers(0, 3)))
        for one in principals
    ]
    return {
        "item": draw(st.integers(1, 9)),
        "roll": roll,
        "scope": Scope(
            building=draw(st.sampled_from([None, "1", "2"])),
            area_kinds=draw(st.sampled_from([("dwelling", "commercial"), KINDS])),
            head_kinds=draw(st.sampled_from([("dwelling", "commercial"), KINDS])),
        ),
        "ballots": ballots,
        "proxies": proxies,
        "handling": Handling(
            close_at=10,
            proxy_cap=draw(st.sampled_from([None, 0, 1, 2])),
            attendance=draw(st.sampled_from([None, ("H",), ("A", "B")])),
        ),
        "procedure": Procedure(draw(st.booleans()), draw(st.booleans())),
    }


def prove(vote):
    law = rule(CIVIL_CODE_278)
    result = tally(rule=law, **vote)
    written = {key: value for key, value in vote.items() if key != "roll"}
    return result, proof_file(rule=law, matter="加装电梯", result=result, secret=secret_of(SECRET), **written)


def papers(vote):
    return json.dumps(
        {
            "ballots": [asdict(ballot) for ballot in vote["ballots"]],
            "proxies": [asdict(proxy) for proxy in vote["proxies"]],
            "attendance": vote["handling"].attendance,
            "close_at": vote["handling"].close_at,
            "secret": SECRET,
        }
    ).encode()


def roll_file(vote):
    return json.dumps({"roll": asdict(vote["roll"])}).encode()


@settings(max_examples=150, deadline=None)
@given(votes())
def test_the_verifier_counts_the_same_on_its_own(vote):
    _, proof = prove(vote)
    words = verify_tally.verify(proof, roll_file(vote), papers(vote))
    assert "counted again, give the counts" in words


@settings(max_examples=100, deadline=None)
@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_papers_does_not_matter(vote, chance):
    _, proof = prove(vote)
    shuffled = dict(vote)
    for name in ("ballots", "proxies"):
        shuffled[name] = chance.sample(vote[name], len(vote[name]))
    shuffled["roll"] = Roll(tuple(chance.sample(vote["roll"].units, len(vote["roll"].units))), developer="DEV")
    assert prove(shuffled)[1] == proof


@settings(max_examples=100, deadline=None)
@given(votes())
def test_everybody_counts_once(vote):
    counts = tally(rule=rule(CIVIL_CODE_278), **vote).counts
    scope = vote["scope"]
    inside = [unit for unit in vote["roll"].units if scope.building in {None, unit.building}]
    sides = (counts.participating, counts.absent)
    assert sum(side.area for side in sides) == sum(unit.area for unit in inside if unit.kind in scope.area_kinds)
    owners = {
        frozenset(owner.id for owner in unit.owners) if unit.status == "owned" else "DEV"
        for unit in inside
        if unit.kind in scope.head_kinds
    }
    assert sum(side.heads for side in sides) == len({o if o != frozenset({"DEV"}) else "DEV" for o in owners})


def sample_vote():
    roll = Roll((Unit("1", 100, (Owner("A"),)), Unit("2", 100, (Owner("B"),)), Unit("3", 100, (Owner("C"),))))
    return {
        "item": 6,
        "roll": roll,
        "scope": Scope(),
        "ballots": [Ballot("a", "A", "yes", "paper", 1), Ballot("b", "B", "yes", "online", 2)],
        "proxies": [],
        "handling": Handling(close_at=10),
        "procedure": Procedure(),
    }


PROOF = prove(sample_vote())[1]


@settings(max_examples=100, deadline=None)
@given(votes(), st.data())
def test_no_changed_bit_gets_through(vote, data):
    changed = bytearray(prove(vote)[1])
    position = data.draw(st.integers(0, len(changed) * 8 - 1))
    changed[position // 8] ^= 1 << position % 8
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(bytes(changed))


def test_every_bit_of_one_proof():
    passed = []
    for position in range(len(PROOF) * 8):
        changed = bytearray(PROOF)
        changed[position // 8] ^= 1 << position % 8
        try:
            verify_tally.verify(bytes(changed))
        except verify_tally.Refused:
            continue
        passed.append(position)
    assert passed == []


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(PROOF)), st.sampled_from([b" ", b"\n", b"\t", b"\r", b"\xef\xbb\xbf", b"0", b'"']))
def test_no_inserted_byte_gets_through(place, inserted):
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(PROOF[:place] + inserted + PROOF[place:])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_rubbish_is_refused_not_a_crash(data):
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(data)


def redigested(change):
    """A forger's proof: changed, with a digest that fits again."""
    body = json.loads(PROOF)
    change(body)
    body.pop("digest")
    body["digest"] = verify_tally.sha256(body)
    return verify_tally.canonical(body) + b"\n"


def forge(*path, to):
    def change(body):
        for step in path[:-1]:
            body = body[step]
        body[path[-1]] = to

    return change


def test_a_refusal_shows_signs_that_nobody_sees():
    """A proof must not write lines of its own into the verifier's answer, nor turn the direction of writing."""
    with pytest.raises(verify_tally.Refused) as refused:
        verify_tally.verify(b'{"roll": 1.5, "format": NaN\n}')
    assert str(refused.value).isprintable()
    assert str(verify_tally.Refused("no\nverified: \u202epassed")) == "no<U+000A>verified: <U+202E>passed"


@pytest.mark.parametrize(
    "change",
    [
        forge("outcome", to="rejected"),
        forge("rule", "passing", "numerator", to=1),
        forge("rule", "item", to=5),
        forge("rule", "item", to=True),
        forge("rule", "version", to="2007-10-01"),
        forge("counts", "yes", "area", to=201),
        forge("counts", "yes", "area", to=-1),
        forge("counts", "yes", "area", to=True),
        forge("counts", "absent", "heads", to=0),
        forge("counts", to={}),
        forge("plain", "tests", 0, "left", to=601),
        forge("joined", "outcome", to="rejected"),
        forge("abstentions_to", to="no"),
        forge("ballots", to=["0" * 64, "0" * 64]),
        forge("ballots", to=[1, 2]),
        forge("ballots", to=5),
        forge("format", to="other"),
        forge("rule", to=None),
    ],
)
def test_a_forged_proof_with_a_fitting_digest(change):
    with pytest.raises(verify_tally.Refused):
        verify_tally.verify(redigested(change))


def test_a_forgery_that_adds_up_fails_against_the_papers_and_the_published_digest():
    vote = sample_vote()
    vote["ballots"] = [*vote["ballots"], Ballot("c", "C", "no", "online", 3)]
    _, other = prove(vote)
    verify_tally.verify(other)
    digest = json.loads(PROOF)["digest"]
    verify_tally.verify(PROOF, digest=digest)
    for more in ({"digest": digest}, {"roll": roll_file(sample_vote()), "ballots": papers(sample_vote())}):
        with pytest.raises(verify_tally.Refused):
            verify_tally.verify(other, **more)


def test_another_roll_or_ballot_is_refused():
    vote = sample_vote()
    smaller = json.loads(roll_file(vote))
    smaller["roll"]["units"][2]["area"] = 99
    with pytest.raises(verify_tally.Refused, match="frozen"):
        verify_tally.verify(PROOF, json.dumps(smaller).encode())
    turned = json.loads(papers(vote))
    turned["ballots"][0]["choice"] = "no"
    with pytest.raises(verify_tally.Refused, match="committed"):
        verify_tally.verify(PROOF, roll_file(vote), json.dumps(turned).encode())


def test_the_verifier_stands_alone(tmp_path):
    """One file, no package, no site packages, another folder."""
    copy = tmp_path / "verify.py"
    copy.write_bytes(SOURCE.read_bytes())
    for name, content in (("proof", PROOF), ("roll", roll_file(sample_vote())), ("ballots", papers(sample_vote()))):
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", str(copy), "proof"]
    done = subprocess.run(
        [*command, "--roll", "roll", "--ballots", "ballots"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("verified: passed")
    (tmp_path / "proof").write_bytes(PROOF.replace(b'"passed"', b'"rejected"', 1))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("refused: ")
    missing = subprocess.run([*command[:-1], "nowhere"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert missing.returncode == 2


def test_the_verifier_imports_nothing_of_ours():
    tree = ast.parse(SOURCE.read_text("utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= {"__future__", "argparse", "datetime", "hashlib", "hmac", "json", "sys", "typing", "unicodedata"}


@pytest.mark.parametrize("path", sorted(SOURCE.parent.glob("*.py")), ids=lambda path: path.name)
def test_votes_are_counted_in_integers(path):
    """No float constant, no true division, no float() and no round() in the whole package."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            found.append(f"{node.lineno}: /")
        if isinstance(node, ast.Name) and node.id in {"float", "round"}:
            found.append(f"{node.lineno}: {node.id}")
    assert found == []


def test_the_same_vote_has_the_same_bytes_and_no_names():
    vote = sample_vote()
    assert prove(vote)[1] == PROOF
    assert prove({**vote, "ballots": vote["ballots"][::-1]})[1] == PROOF
    assert b'"owner' not in PROOF
