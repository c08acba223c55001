"""Verify the proof file of an owners' vote. Standard library only: ``python3 verify_tally.py PROOF [--roll FILE] …``

This file stands alone on purpose. It shares no code with the program that wrote the proof: it has its own copy of the
law's thresholds and counts roll and ballots again in its own way, so that a fault of the one shows in the other.

What it checks in a proof: canonical JSON with the right digest; the thresholds are the law's; all counts add up; each
comparison is right in integers; the outcome follows. ``--opening``: roll, item, text, scope, rule, procedure and close
are those of before the vote. ``--closing``: the papers are those of the close. ``--roll`` and ``--ballots``: each
commitment is opened and the vote counted again. The last line says what was not checked. Exit code: 0 verified, 1
refused, 2 a file cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
from typing import Any, NoReturn

# (rule, version) → participation and, by item, passing: numerator, denominator, whether the number itself is too few.
LAW: dict[tuple[str, str], dict[str, Any]] = {
    ("cn-civil-code-278", "2021-01-01"): {
        "participation": (2, 3, False),
        "passing": {item: (3, 4, False) if item in (6, 7, 8) else (1, 2, True) for item in range(1, 10)},
    }
}
FIRST = "gezhi-tally-proof-1"
SIDES = ("yes", "no", "abstain", "invalid", "absent")
BALLOT = ("id", "owner", "choice", "channel", "cast_at", "opened_at", "cast_by", "unit")
LETTER = ("principal", "holder", "given_at")
OPENING = ("rule", "matter", "scope", "procedure", "roll_hash")
CLOSING = ("format", "opening", "ballots", "letters", "pages", "root", "attendance")
COUNTED = ("counts", "abstentions_to", "plain", "joined", "outcome", "digest")
TEST = ("name", "part", "whole", "numerator", "denominator", "strict", "left", "right", "met", "missing")
NOT_CHECKED = {
    "first_format": "this proof is of the first format, in which nothing was fixed before the vote",
    "before_the_vote": "whether roll, item, text, scope, rule version, procedure and close are those announced before"
    " the vote (give --opening, the digest published then)",
    "at_the_close": "whether papers were changed, dropped or added since the close (--closing, the digest of then)",
    "the_count": "whether the counts are those of the ballots, which were not counted again (--roll and --ballots)",
    "no_text": "what was voted on in words: the vote had no text",
}
UNIT = {"kind": "dwelling", "voter": None, "building": None, "stairwell": None, "status": "owned"}


class Refused(Exception):
    """The proof does not hold; the message says where, unseen signs by their number."""

    def __init__(self, message: str) -> None:
        super().__init__("".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in message))


def require(holds: bool, message: str) -> None:
    """Refuse with ``message`` unless it holds."""
    if not holds:
        raise Refused(message)


def canonical(value: Any) -> bytes:
    """Sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def sha256(value: Any) -> str:
    """The hash of a value in canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _no_float(text: str) -> NoReturn:
    raise Refused(f"{text}: a vote is counted in integers")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    require(len({key for key, _ in pairs}) == len(pairs), "a name stands twice in one object")
    return dict(pairs)


def parse(data: bytes, name: str) -> Any:
    """JSON in which every number is an integer and every name stands once."""
    try:
        return json.loads(data.decode(), parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name} is not JSON: {error}") from error


def whole_number(value: Any, name: str) -> int:
    """A count: an integer of at least 0, and not a truth value."""
    require(isinstance(value, int) and not isinstance(value, bool) and value >= 0, f"{name} is no count")
    return int(value)


def decision(law: dict[str, Any], item: int, counts: dict[str, tuple[int, int]], joined: bool) -> dict[str, Any]:
    """The outcome with its four comparisons, from (area, heads) of each side."""
    tests, met = [], {}
    for unit, name in enumerate(("area", "heads")):
        took_part = sum(counts[side][unit] for side in SIDES[:4])
        agreed = counts["yes"][unit] + (counts["abstain"][unit] if joined else 0)
        for gate, part, everybody, (top, bottom, strict) in (
            ("participation", took_part, took_part + counts["absent"][unit], law["participation"]),
            ("passing", agreed, took_part, law["passing"][item]),
        ):
            difference = part * bottom - everybody * top
            met[gate, name] = difference > 0 if strict else difference >= 0
            # What is lacking, divided by what each further one adds, rounded up.
            least = 0 if met[gate, name] else -(-(int(strict) - difference) // bottom)
            compared = (part * bottom, everybody * top, met[gate, name], least)
            test = (f"{gate}_{name}", part, everybody, top, bottom, strict, *compared)
            tests.append(dict(zip(TEST, test, strict=True)))
    quorum, passed = (met[gate, "area"] and met[gate, "heads"] for gate in ("participation", "passing"))
    tests.sort(key=lambda test: test["name"].startswith("passing"))
    return {"outcome": ("passed" if passed else "rejected") if quorum else "no_quorum", "tests": tests}


def check_binding(proof: dict[str, Any]) -> None:
    """Check that the proof is of the opening and the closing whose digests it bears, and holds nothing else."""
    closing = proof["closing"]
    known = {"format", "opening", "closing", "ballots", *OPENING, *COUNTED}
    require(set(proof) == known and set(closing) == set(CLOSING), "other fields than a proof has")
    opening = sha256({"format": "gezhi-vote-opening-1", **{key: proof[key] for key in OPENING}})
    require(proof["opening"] == opening == closing["opening"], "the opening is not that of this proof")
    require(closing["format"] == "gezhi-vote-closing-1", "unknown format of the closing")
    require(closing["ballots"] == len(proof["ballots"]), "another number of ballots than at the close")


def check_proof(data: bytes) -> dict[str, Any]:
    """Check a proof by itself; returns it, or raises ``Refused``."""
    proof = parse(data, "the proof")
    require(isinstance(proof, dict), "the proof is no JSON object")
    try:
        require(data == canonical(proof) + b"\n", "the proof is not in canonical form: it was changed")
    except UnicodeEncodeError as error:
        raise Refused("the proof holds text that is no Unicode") from error
    body = {key: value for key, value in proof.items() if key != "digest"}
    require(proof.get("digest") == sha256(body), "the digest does not fit: the proof was changed")
    if proof["format"] != FIRST:
        require(proof["format"] == "gezhi-tally-proof-2", "unknown format")
        check_binding(proof)
    rule, item = proof["rule"], whole_number(proof["rule"]["item"], "item")
    law = LAW.get((rule["id"], rule["version"]))
    if law is None or item not in law["passing"]:
        raise Refused("a rule, version or item that this verifier does not know")
    for gate, expected in (("participation", law["participation"]), ("passing", law["passing"][item])):
        written = (rule[gate]["numerator"], rule[gate]["denominator"], rule[gate]["strict"])
        require(written == expected, f"the {gate} threshold is not the law's")
    require(set(proof["counts"]) == set(SIDES), "counts: other sides than the five")
    counts = {
        side: (whole_number(row["area"], f"{side}.area"), whole_number(row["heads"], f"{side}.heads"))
        for side, row in proof["counts"].items()
    }
    require(all(sum(row[unit] for row in counts.values()) > 0 for unit in (0, 1)), "nobody may vote")
    ahead = {counts["yes"][unit] - counts["no"][unit] for unit in (0, 1)}
    side = "yes" if min(ahead) > 0 else "no" if max(ahead) < 0 else None
    require(proof["abstentions_to"] == side, "the abstentions join another side")
    plain, joined = decision(law, item, counts, False), decision(law, item, counts, side == "yes")
    require(proof["plain"] == plain, "the plain decision does not follow from the counts")
    require(proof["joined"] == joined, "the decision with abstentions does not follow from the counts")
    ruling = joined if proof["procedure"]["abstentions_join_majority"] is True else plain
    require(proof["outcome"] == ruling["outcome"], "the outcome does not follow")
    marks = proof["ballots"]
    shaped = all(isinstance(mark, str) and len(mark) == 64 and set(mark) <= set("0123456789abcdef") for mark in marks)
    require(shaped and marks == sorted(set(marks)), "the commitments are not distinct, sorted hashes")
    return dict(proof)


def normal_units(roll: dict[str, Any]) -> list[dict[str, Any]]:
    """The units of a roll with every field written out, in the order of their ids."""
    units = []
    for unit in roll["units"]:
        owners = [{"id": owner["id"], "share": owner.get("share", "1")} for owner in unit.get("owners", [])]
        owners.sort(key=lambda owner: str(owner["id"]))
        rest = {key: unit.get(key, usual) for key, usual in UNIT.items()}
        units.append({**rest, "id": unit["id"], "area": unit["area"], "owners": owners})
    return sorted(units, key=lambda unit: str(unit["id"]))


def check_roll(proof: dict[str, Any], roll: dict[str, Any]) -> None:
    """Check that this is the roll that was frozen."""
    units = normal_units(roll)
    areas = {unit["id"]: whole_number(unit["area"], "an area") for unit in units}
    require(len(areas) == len(units) and min(areas.values()) > 0, "a unit stands twice on the roll, or has no area")
    frozen = sha256({"developer": roll.get("developer"), "units": units})
    require(frozen == proof["roll_hash"], "this is not the roll that was frozen")


def holders(papers: dict[str, Any], procedure: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Principal → holder and since when, without chains and letters after the close; over the cap the earliest stay."""
    letters = [letter for letter in papers.get("proxies", []) if letter["given_at"] <= procedure["close_at"]]
    gave = {letter["principal"] for letter in letters}
    valid: dict[str, tuple[str, int]] = {}
    taken: dict[str, int] = {}
    for letter in sorted(letters, key=lambda letter: (letter["given_at"], letter["principal"])):
        holder, cap = letter["holder"], procedure["proxy_cap"]
        if holder not in gave and (cap is None or taken.get(holder, 0) < cap):
            taken[holder] = taken.get(holder, 0) + 1
            valid[letter["principal"]] = holder, letter["given_at"]
    return valid


def speaks(letters: list[dict[str, Any]]) -> str | None:
    """What an owner says, from all his ballots for one head."""
    valid = [letter for letter in letters if letter["choice"] != "invalid"]
    own = [letter for letter in valid if letter["cast_by"] in (None, letter["owner"])]
    queue = sorted(own or valid, key=lambda letter: (letter["cast_at"], letter["channel"] == "paper", letter["id"]))
    if not queue:
        return "invalid" if letters else None
    # A ballot stands when every later one came after it had been opened; the first such ballot is the one.
    for place, letter in enumerate(queue):
        opened = letter["opened_at"]
        following = queue[place + 1 :]
        if not following or (opened is not None and opened <= following[0]["cast_at"]):
            return str(letter["choice"])
    raise AssertionError("the last ballot always stands")


def recount(proof: dict[str, Any], roll: dict[str, Any], papers: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Count the vote again from roll and ballots: side → area and heads."""
    scope, procedure = proof["scope"], proof["procedure"]
    groups: dict[frozenset[str], list[dict[str, Any]]] = {}
    for unit in normal_units(roll):
        away = any(scope[level] is not None and unit[level] != scope[level] for level in ("building", "stairwell"))
        if not away:
            sold = unit["status"] == "owned"
            key = frozenset(owner["id"] for owner in unit["owners"]) if sold else frozenset([roll["developer"]])
            groups.setdefault(key, []).append(unit)
    valid = holders(papers, procedure)
    present = papers.get("attendance")
    by_owner: dict[str, list[dict[str, Any]]] = {}
    for ballot in ({**dict.fromkeys(BALLOT), **written} for written in papers["ballots"]):
        stranger = ballot["cast_by"] not in (None, ballot["owner"])
        if ballot["cast_at"] > procedure["close_at"]:
            continue
        holder, since = valid.get(ballot["owner"], (None, 0))
        if stranger and (holder != ballot["cast_by"] or since > ballot["cast_at"]):
            continue
        if stranger and present is not None and ballot["cast_by"] not in present:
            continue
        by_owner.setdefault(ballot["owner"], []).append(ballot)
    sums = {side: {"area": 0, "heads": 0} for side in SIDES}
    for owners, units in groups.items():
        ids = {unit["id"] for unit in units}
        named = {unit["voter"] for unit in units} - {None}
        voters = owners if len(owners) == 1 or not named else named
        said = [
            speaks([ballot for ballot in by_owner.get(voter, []) if ballot["unit"] is None or ballot["unit"] in ids])
            for voter in voters
        ]
        clear = {voice for voice in said if voice not in (None, "invalid")}
        if len(clear) == 1:
            side = str(clear.pop())
        elif not clear and "invalid" in said and procedure["invalid_paper_participates"]:
            side = "invalid"
        else:
            side = "absent"
        sums[side]["area"] += sum(unit["area"] for unit in units if unit["kind"] in scope["area_kinds"])
        sums[side]["heads"] += any(unit["kind"] in scope["head_kinds"] for unit in units)
    return sums


def tree(pages: list[dict[str, Any]]) -> str:
    """The root over the pages, level by level: of an odd number the last goes up alone."""
    level = [hashlib.sha256(b"\0" + canonical(page)).digest() for page in pages] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\1" + a + b).digest() for a, b in pairs] + level[len(level) & ~1 :]
    return level[0].hex()


def check_ballots(proof: dict[str, Any], roll: dict[str, Any], papers: dict[str, Any]) -> None:
    """Make every commitment, every owner's page and the closing again, and count the vote again."""
    first, opening, secret = proof["format"] == FIRST, proof.get("opening"), bytes.fromhex(papers["secret"])
    require(papers["close_at"] == proof["procedure"]["close_at"], "another closing time")

    def sealed(kind: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
        named = f"{kind}:{opening}:{name}" if not first else f"{kind}:{name}" if name else kind
        salt = hmac.new(secret, named.encode("utf-8"), hashlib.sha256).hexdigest()
        bound = {} if first else {"format": f"gezhi-vote-{kind}-1", "opening": opening}
        return {**bound, **content, "salt": salt}

    owners = {owner["id"] for unit in roll["units"] for owner in unit.get("owners", [])} | {roll.get("developer")}
    marks: dict[str, list[str]] = {owner: [] for owner in owners if owner is not None}
    require(len({ballot["id"] for ballot in papers["ballots"]}) == len(papers["ballots"]), "two ballots have one id")
    for ballot in papers["ballots"]:
        written = {key: ballot.get(key) for key in BALLOT}
        marks[ballot["owner"]].append(sha256(sealed("ballot", ballot["id"], {"ballot": written})))
    all_marks = sorted(mark for some in marks.values() for mark in some)
    require(all_marks == proof["ballots"], "these are not the ballots that were committed to")
    letters = [{key: letter[key] for key in LETTER} for letter in papers.get("proxies", [])]
    letters.sort(key=lambda letter: str(letter["principal"]))
    there = None if papers.get("attendance") is None else sorted(set(papers["attendance"]))
    gave = {one["principal"]: sha256(sealed("letter", one["principal"], {"letter": one})) for one in letters}
    require(len(gave) == len(letters) and set(gave) <= set(marks), "letters of nobody, or two of one owner")
    if first:
        rest = sha256(sealed("papers", "", {"proxies": letters, "attendance": there}))
        require(rest == proof["papers"], "these are not the proxies or the attendance that were committed to")
    else:
        require((there is not None) is proof["procedure"]["in_presence"], "in presence or not: not as announced")
        pages = [
            sealed("page", name, {"owner": name, "ballots": sorted(marks[name]), "letter": gave.get(name)})
            for name in sorted(marks)
        ]
        made = {"letters": len(gave), "pages": len(pages), "root": tree(pages)}
        made["attendance"] = sha256(sealed("attendance", "", {"present": there}))
        require({key: proof["closing"][key] for key in made} == made, "not the papers that the closing was made of")
    require(recount(proof, roll, papers) == proof["counts"], "the ballots, counted again, give other counts")


def examine(
    proof: bytes, roll: bytes | None = None, ballots: bytes | None = None, **published: str | None
) -> dict[str, Any]:
    """What was checked and what was not; ``published``: digest, opening, closing, as they were published.

    Raises ``Refused``: any shape of bad data is refused, never a crash.
    """
    try:
        read = check_proof(proof)
        first = read["format"] == FIRST
        checked, missing = ["the outcome follows from the counts by the law"], ["first_format"] if first else []
        own = {"digest": read["digest"], "opening": None, "closing": None}
        if not first:
            own |= {"opening": read["opening"], "closing": sha256(read["closing"])}
        for name, words, lack in (
            ("digest", "the proof is the published one", None),
            ("opening", "the vote is the one announced", "before_the_vote"),
            ("closing", "the papers are those bound at the close", "at_the_close"),
        ):
            told = published.get(name)
            if told is not None:
                require(own[name] is not None, f"a proof of the first format has no {name}")
                require(own[name] == told.strip().lower(), f"the {name} is not the published one")
                checked.append(words)
            elif lack and not first:
                missing.append(lack)
        if roll is not None:
            given = parse(roll, "the roll")
            given = given.get("roll", given)
            check_roll(read, given)
            checked.append("the roll is the frozen one")
            if ballots is not None:
                check_ballots(read, given, parse(ballots, "the ballots"))
                checked.append("the ballots are those committed to and, counted again, give the counts")
        missing += ["the_count"] * (roll is None or ballots is None) + ["no_text"] * (not read["matter"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Refused(f"a part is missing or of a wrong shape: {type(error).__name__} {error}") from error
    lacking = {name: NOT_CHECKED[name] for name in missing}
    return {"verified": True, "outcome": read["outcome"], **own, "checked": checked, "not_checked": lacking}


def in_words(found: dict[str, Any]) -> str:
    """Two lines: what holds, and what was not checked."""
    lacking = "; ".join(found["not_checked"].values())
    rest = "all was checked that a file can show; whether a ballot is the voter's own, his receipt shows"
    holds = f"verified: {found['outcome']}, digest {found['digest']}; {'; '.join(found['checked'])}"
    return f"{holds}\n{'NOT CHECKED: ' + lacking if lacking else rest}"


def verify(proof: bytes, roll: bytes | None = None, ballots: bytes | None = None, **published: str | None) -> str:
    """``examine`` in words. Raises ``Refused``."""
    return in_words(examine(proof, roll, ballots, **published))


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Verify the proof file of an owners' vote.")
    parser.add_argument("proof", help="the proof file")
    for name, what in (
        ("opening", "the digest that was published before the vote"),
        ("closing", "the digest that was published at the close, before the count"),
        ("roll", "JSON file with the frozen roll (or with a field 'roll')"),
        ("ballots", "JSON file with ballots, proxies, attendance, close_at and secret"),
        ("digest", "the published digest that the proof must have"),
    ):
        parser.add_argument(f"--{name}", help=what)
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    given = parser.parse_args(arguments)
    if given.ballots and not given.roll:
        parser.error("--ballots needs --roll")
    contents = []
    for path in [path for path in (given.proof, given.roll, given.ballots) if path is not None]:
        try:
            with open(path, "rb") as file:
                contents.append(file.read())
        except OSError as error:
            print(f"{path}: {error.strerror or error}", file=sys.stderr)
            return 2
    published = {name: getattr(given, name) for name in ("digest", "opening", "closing")}
    try:
        found = examine(*contents, **published)
    except Refused as why:
        print(f"refused: {why}", file=sys.stderr)
        if given.json:
            print(json.dumps({"verified": False, "refused": str(why)}))
        return 1
    print(json.dumps(found, ensure_ascii=False) if given.json else in_words(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
