"""Owners' votes from rolls and ballots: hand-reasoned cases, one line of reasoning each."""

from dataclasses import replace

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled
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
    roll_hash,
    rule,
    tally,
)

CLOSE = 1000


def flat(name, area, *owners, **more):
    share = "1" if len(owners) == 1 else f"1/{len(owners)}"
    return Unit(name, area, tuple(Owner(owner, share) for owner in owners), **more)


def vote(owner, choice="yes", at=500, *, channel="online", **more):
    name = more.pop("id", f"{owner}-{choice}-{at}-{channel}")
    return Ballot(name, owner, choice, channel, at, **more)


def paper(owner, choice="yes", at=500, **more):
    return vote(owner, choice, at, channel="paper", **more)


# Three equal flats of three owners: two that agree are exactly 2/3 of the area and of the heads.
THREE = (flat("1", 100, "A"), flat("2", 100, "B"), flat("3", 100, "C"))
MANY = (flat("1", 50, "A"), flat("2", 60, "A"), flat("3", 100, "B"), flat("4", 100, "C"))
SHARED = (flat("1", 100, "A", "B"), flat("2", 100, "C"), flat("3", 100, "D"))
NAMED = (replace(SHARED[0], voter="A"), *SHARED[1:])
UNSOLD = (
    flat("1", 100, "A"),
    flat("2", 100, "B"),
    Unit("3", 300, status="unsold"),
    Unit("4", 300, (Owner("Z"),), status="undelivered"),
)
PARKING = (*THREE, flat("P1", 30, "A", kind="parking"), flat("P2", 30, "Z", kind="parking"))
BLOCKS = (
    flat("1", 100, "A", building="1", stairwell="1"),
    flat("2", 100, "B", building="1", stairwell="2"),
    flat("3", 100, "C", building="2", stairwell="1"),
)
AREA = Scope(area_kinds=("dwelling", "parking"))
BOTH = Scope(area_kinds=("dwelling", "parking"), head_kinds=("dwelling", "parking"))

# what, units, ballots, settings, outcome, then the counts as area/heads: yes, no, abstain, invalid, absent
CASES = [
    ("two of three agree: 2/3 is enough", THREE, [vote("A"), vote("B")], {}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("one of three is no quorum", THREE, [vote("A")], {}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("nobody", THREE, [], {}, "no_quorum", "0/0 0/0 0/0 0/0 300/3"),
    ("half of those who took part", THREE, [vote("A"), vote("B", "no")], {}, "rejected", "100/1 100/1 0/0 0/0 100/1"),
    ("a late ballot does not count", THREE, [vote("A"), vote("B", at=1001)], {}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("the last second counts", THREE, [vote("A"), vote("B", at=1000)], {}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("two flats are one head", MANY, [vote("A"), vote("B")], {}, "passed", "210/2 0/0 0/0 0/0 100/1"),
    ("five heads if flats counted", MANY, [vote("A")], {}, "no_quorum", "110/1 0/0 0/0 0/0 200/2"),
    ("a ballot for one flat speaks for the head", MANY, [vote("A", unit="2"), vote("B")], {}, "passed",
     "210/2 0/0 0/0 0/0 100/1"),
    ("a slip for each flat, the same choice", MANY, [vote("A", unit="1"), vote("A", unit="2", id="x"), vote("B")], {},
     "passed", "210/2 0/0 0/0 0/0 100/1"),
    ("co-owners agree without a named voter", SHARED, [vote("A"), vote("B"), vote("C")], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("one co-owner alone speaks while none objects", SHARED, [vote("B"), vote("C")], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("co-owners disagree: absent", SHARED, [vote("A"), vote("B", "no"), vote("C")], {}, "no_quorum",
     "100/1 0/0 0/0 0/0 200/2"),
    ("yes and abstain disagree too", SHARED, [vote("A"), vote("B", "abstain"), vote("C")], {}, "no_quorum",
     "100/1 0/0 0/0 0/0 200/2"),
    ("the named voter speaks, the other is not heard", NAMED, [vote("A"), vote("B", "no"), vote("C")], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("the named voter is silent: absent", NAMED, [vote("B"), vote("C")], {}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("the same couple with two flats is one head", (flat("1", 100, "A", "B"), flat("2", 100, "B", "A"), THREE[2]),
     [vote("A")], {}, "no_quorum", "200/1 0/0 0/0 0/0 100/1"),
    ("a couple's flat and his own flat are two heads", (flat("1", 100, "A", "B"), flat("2", 100, "A"), THREE[2]),
     [vote("A")], {}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("the developer is one head with 600", UNSOLD, [vote("DEV"), vote("A")], {}, "passed", "700/2 0/0 0/0 0/0 100/1"),
    ("all area but one of three heads", UNSOLD, [vote("DEV")], {}, "no_quorum", "600/1 0/0 0/0 0/0 200/2"),
    ("the buyer of an undelivered flat has no voice", UNSOLD, [vote("Z"), vote("A"), vote("B")], {}, "no_quorum",
     "200/2 0/0 0/0 0/0 600/1"),
    ("the developer's own flat joins his head", (*UNSOLD, flat("5", 50, "DEV")), [vote("DEV"), vote("A")], {}, "passed",
     "750/2 0/0 0/0 0/0 100/1"),
    ("parking does not count by default", PARKING, [vote("A"), vote("B")], {}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("its owner has no voice by default", PARKING, [vote("Z"), vote("A")], {}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("parking adds area: 230 of 360 is under 2/3", PARKING, [vote("A"), vote("B")], {"scope": AREA}, "no_quorum",
     "230/2 0/0 0/0 0/0 130/1"),
    ("its owner then adds area, not a head", PARKING, [vote("A"), vote("B"), vote("Z")], {"scope": AREA}, "passed",
     "260/2 0/0 0/0 0/0 100/1"),
    ("parking adds heads: 2 of 4", PARKING, [vote("A"), vote("B")], {"scope": BOTH}, "no_quorum",
     "230/2 0/0 0/0 0/0 130/2"),
    ("a building has its own denominators", BLOCKS, [vote("A"), vote("B")], {"scope": Scope(building="1")}, "passed",
     "200/2 0/0 0/0 0/0 0/0"),
    ("a stairwell too", BLOCKS, [vote("A")], {"scope": Scope(building="1", stairwell="1")}, "passed",
     "100/1 0/0 0/0 0/0 0/0"),
    ("other buildings have no voice", BLOCKS, [vote("A", "no"), vote("C")], {"scope": Scope(building="1")}, "no_quorum",
     "0/0 100/1 0/0 0/0 100/1"),
    ("the last ballot counts", THREE, [vote("A"), vote("B", "no", 400), vote("B", "yes", 600)], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("whatever order they lie in", THREE, [vote("A"), vote("B", "yes", 600), vote("B", "no", 400)], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("a late change of mind does not count", THREE, [vote("A"), vote("B", "yes", 600), vote("B", "no", 1200)], {},
     "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("paper not yet opened is replaced", THREE, [vote("A"), paper("B", "no", 400, opened_at=700), vote("B", at=600)], {},
     "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("opened paper is not", THREE, [vote("A"), paper("B", "no", 400, opened_at=600), vote("B", at=600)], {}, "rejected",
     "100/1 100/1 0/0 0/0 100/1"),
    ("paper replaces online", THREE, [vote("A"), vote("B", "no", 400), paper("B", at=600)], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("spoilt paper took part: 1 of 2 agree", THREE, [vote("A"), paper("B", "invalid")], {}, "rejected",
     "100/1 0/0 0/0 100/1 100/1"),
    ("spoilt paper is absent if the rules say so", THREE, [vote("A"), paper("B", "invalid")],
     {"procedure": Procedure(invalid_paper_participates=False)}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("a spoilt one replaces no valid one", THREE, [vote("A"), vote("B", at=400), paper("B", "invalid", 600)], {}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("a valid one replaces a spoilt one, even opened", THREE,
     [vote("A"), paper("B", "invalid", 400, opened_at=450), vote("B", at=600)], {}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("abstentions take part and do not agree", THREE, [vote("A"), vote("B", "abstain"), vote("C", "abstain")], {},
     "rejected", "100/1 0/0 200/2 0/0 0/0"),
    ("with the flag they join the yes side", THREE, [vote("A"), vote("B", "abstain"), vote("C", "abstain")],
     {"procedure": Procedure(abstentions_join_majority=True)}, "passed", "100/1 0/0 200/2 0/0 0/0"),
    ("with the flag they join the no side", THREE, [vote("A", "no"), vote("B", "abstain"), vote("C", "abstain")],
     {"procedure": Procedure(abstentions_join_majority=True)}, "rejected", "0/0 100/1 200/2 0/0 0/0"),
    ("no majority, nothing to join", THREE, [vote("A"), vote("B", "no"), vote("C", "abstain")],
     {"procedure": Procedure(abstentions_join_majority=True)}, "rejected", "100/1 100/1 100/1 0/0 0/0"),
    ("silence never joins: no quorum stays", THREE, [vote("A")],
     {"procedure": Procedure(abstentions_join_majority=True)}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("a proxy's ballot counts", THREE, [vote("A"), vote("B", cast_by="H")], {"proxies": [Proxy("B", "H", 1)]}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("without a proxy it does not", THREE, [vote("A"), vote("B", cast_by="H")], {}, "no_quorum",
     "100/1 0/0 0/0 0/0 200/2"),
    ("a proxy whose holder casts nothing is no presence", THREE, [vote("A")], {"proxies": [Proxy("B", "A", 1)]},
     "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("an absent holder speaks for nobody", THREE, [vote("A"), vote("B", cast_by="H")],
     {"proxies": [Proxy("B", "H", 1)], "attendance": ("A",)}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("a present one does", THREE, [vote("A"), vote("B", cast_by="H")],
     {"proxies": [Proxy("B", "H", 1)], "attendance": ("H",)}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("the owner's own ballot beats the proxy's later one", THREE,
     [vote("A"), vote("B", "yes", 300), vote("B", "no", 900, cast_by="H")], {"proxies": [Proxy("B", "H", 1)]}, "passed",
     "200/2 0/0 0/0 0/0 100/1"),
    ("a chain of proxies is refused", THREE, [vote("A"), vote("B", cast_by="C")],
     {"proxies": [Proxy("B", "C", 1), Proxy("C", "H", 2)]}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("over the cap the later proxy falls", THREE, [vote("A", cast_by="H"), vote("B", cast_by="H")],
     {"proxies": [Proxy("A", "H", 2), Proxy("B", "H", 1)], "cap": 1}, "no_quorum", "100/1 0/0 0/0 0/0 200/2"),
    ("at the cap both stand", THREE, [vote("A", cast_by="H"), vote("B", cast_by="H")],
     {"proxies": [Proxy("A", "H", 2), Proxy("B", "H", 1)], "cap": 2}, "passed", "200/2 0/0 0/0 0/0 100/1"),
    ("item 6 with 2 of 3 in favour: 8 < 9", THREE, [vote("A"), vote("B"), vote("C", "no")], {"item": 6}, "rejected",
     "200/2 100/1 0/0 0/0 0/0"),
    ("item 5 with the same", THREE, [vote("A"), vote("B"), vote("C", "no")], {"item": 5}, "passed",
     "200/2 100/1 0/0 0/0 0/0"),
]  # fmt: skip


def run(
    units, ballots, *, item=1, scope=None, procedure=None, proxies=(), attendance=None, cap=None, digest=None, **more
):
    return tally(
        rule=rule(CIVIL_CODE_278),
        item=item,
        roll=Roll(
            tuple(units), developer="DEV" if any(unit.status != "owned" for unit in units) else None, hash=digest
        ),
        scope=scope or Scope(),
        ballots=ballots,
        proxies=proxies,
        handling=Handling(close_at=CLOSE, proxy_cap=cap, attendance=attendance),
        procedure=procedure or Procedure(),
        **more,
    )


@pytest.mark.parametrize(("what", "units", "ballots", "settings", "outcome", "counts"), CASES, ids=lambda value: value
                         if isinstance(value, str) and " " in value and "/" not in value else "")  # fmt: skip
def test_case(what, units, ballots, settings, outcome, counts):
    result = run(units, ballots, **settings)
    sides = ("yes", "no", "abstain", "invalid", "absent")
    found = " ".join(f"{getattr(result.counts, side).area}/{getattr(result.counts, side).heads}" for side in sides)
    assert (found, result.outcome) == (counts, outcome), what


def test_there_are_enough_cases():
    from tests.unit.test_tally_gates import CASES as GATES

    assert len(CASES) + len(GATES) >= 60


def test_both_tallies_are_shown():
    result = run(THREE, [vote("A"), vote("B", "abstain"), vote("C", "abstain")])
    assert (result.plain.outcome, result.joined.outcome, result.abstentions_to) == ("rejected", "passed", "yes")


def test_each_refused_ballot_has_its_reason():
    ballots = [
        vote("A", at=400, id="first"),
        vote("A", at=500, id="second"),
        vote("B", at=1001, id="late"),
        vote("C", cast_by="H", id="stranger"),
    ]
    result = run(THREE, ballots)
    assert result.refused == {"first": "replaced", "late": "late", "stranger": "no_valid_proxy"}
    assert result.not_counted == {"late": 1, "no_valid_proxy": 1, "replaced": 1}
    assert run(NAMED, [vote("B", id="b")]).refused == {"b": "no_voice_in_scope"}
    disagreeing = run(SHARED, [vote("A", id="a"), vote("B", "no", id="b")])
    assert disagreeing.refused == {"a": "co_owners_disagree", "b": "co_owners_disagree"}
    assert disagreeing.disagreeing == 1


def test_a_frozen_roll_may_not_change():
    frozen = roll_hash(Roll(THREE))
    assert roll_hash(Roll(THREE[::-1])) == frozen
    assert run(THREE, [], digest=frozen).roll_hash == frozen
    with pytest.raises(InvalidInput) as refused:
        run((*THREE[:2], flat("3", 101, "C")), [], digest=frozen)
    assert refused.value.field == "roll.hash"


HALF = (Owner("A", "1/2"), Owner("B", "1/3"))


@pytest.mark.parametrize(
    ("units", "ballots", "settings", "field"),
    [
        ([], [], {}, "roll.units"),
        (THREE, [], {"scope": Scope(building="9")}, "roll.units"),
        ((flat("P", 9, "A", kind="parking"),), [], {}, "roll.units"),
        (THREE, [], {"scope": Scope(stairwell="1")}, "scope.building"),
        ((*THREE, flat("1", 50, "D")), [], {}, "roll.units[3].id"),
        ((flat("1", 0, "A"),), [], {}, "roll.units[0].area"),
        ((flat("1", -5, "A"),), [], {}, "roll.units[0].area"),
        ((Unit("1", 5),), [], {}, "roll.units[0].owners"),
        ((flat("1", 5, "A", "A"),), [], {}, "roll.units[0].owners"),
        ((Unit("1", 5, HALF),), [], {}, "roll.units[0].owners"),
        ((Unit("1", 5, (Owner("A", "half"),)),), [], {}, "roll.units[0].owners"),
        ((Unit("1", 5, (Owner("A", "1/0"),)),), [], {}, "roll.units[0].owners"),
        ((Unit("1", 5, (Owner("A", "0"), Owner("B"))),), [], {}, "roll.units[0].owners"),
        ((flat("1", 5, "A", "B", voter="C"),), [], {}, "roll.units[0].voter"),
        ((flat("1", 5, "A", "B", voter="A"), flat("2", 5, "A", "B", voter="B")), [], {}, "roll.units[1].voter"),
        ((flat("1", 5, "A", stairwell="1"),), [], {}, "roll.units[0].building"),
        (THREE, [vote("Q")], {}, "ballots[0].owner"),
        (THREE, [vote("A", unit="9")], {}, "ballots[0].unit"),
        (THREE, [vote("A", id="x"), vote("B", id="x")], {}, "ballots[1].id"),
        (THREE, [vote("A", "invalid")], {}, "ballots[0].channel"),
        (THREE, [paper("A", at=5, opened_at=4)], {}, "ballots[0].opened_at"),
        (THREE, [], {"proxies": [Proxy("Q", "A", 1)]}, "proxies[0].principal"),
        (THREE, [], {"proxies": [Proxy("A", "A", 1)]}, "proxies[0].holder"),
        (THREE, [], {"proxies": [Proxy("A", "B", 1), Proxy("A", "C", 2)]}, "proxies[1].principal"),
        (THREE, [], {"cap": -1}, "proxy_cap"),
        (THREE, [], {"item": 10}, "item"),
    ],
)
def test_a_vote_that_cannot_be(units, ballots, settings, field):
    with pytest.raises(InvalidInput) as refused:
        run(units, ballots, **settings)
    assert refused.value.field == field


def test_unsold_units_need_a_developer():
    with pytest.raises(InvalidInput) as refused:
        tally(
            rule=rule(CIVIL_CODE_278),
            item=1,
            roll=Roll((Unit("1", 5, status="unsold"),)),
            scope=Scope(),
            ballots=[],
            proxies=[],
            handling=Handling(close_at=CLOSE),
            procedure=Procedure(),
        )
    assert refused.value.field == "roll.developer"


@pytest.mark.parametrize("asked", [0, 1])
def test_half_a_count_is_no_count(asked):
    calls = iter(range(100))
    with pytest.raises(Cancelled):
        run([flat("1", 100, "A")], [vote("A")], should_stop=lambda: next(calls) >= asked)
