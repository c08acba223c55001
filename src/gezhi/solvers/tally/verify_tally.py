"""Verify the proof file of an owners' vote. Standard library only: ``python3 verify_tally.py PROOF [--roll FILE] …``

This file stands alone on purpose. It shares no code with the program that wrote the proof: it has its own copy of the
law's thresholds and counts roll and ballots again in its own way, so that a fault of the one shows in the other.

What it checks in a proof: the bytes are canonical JSON with the right digest; the thresholds are the law's; all
counts add up; each comparison is right in integers; the outcome follows. With ``--roll`` also that the roll is the
frozen one. With ``--roll`` and ``--ballots`` it counts the vote again and opens every commitment.
Exit code 0: verified; 1: refused, with the reason; 2: a file cannot be read.
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
SIDES = ("yes", "no", "abstain", "invalid", "absent")
BALLOT = ("id", "owner", "choice", "channel", "cast_at", "opened_at", "cast_by", "unit")
UNIT = {"kind": "dwelling", "voter": None, "building": None, "stairwell": None, "status": "owned"}


class Refused(Exception):
    """The proof does not hold; the message says where."""


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


def parse(data: bytes, name: str) -> Any:
    """JSON without any number that is not an integer."""
    try:
        return json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
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
            tests.append(
                {
                    "name": f"{gate}_{name}",
                    "part": part,
                    "whole": everybody,
                    "numerator": top,
                    "denominator": bottom,
                    "strict": strict,
                    "left": part * bottom,
                    "right": everybody * top,
                    "met": met[gate, name],
                    "missing": least,
                }
            )
    quorum = met["participation", "area"] and met["participation", "heads"]
    passed = met["passing", "area"] and met["passing", "heads"]
    tests.sort(key=lambda test: test["name"].startswith("passing"))
    return {"outcome": ("passed" if passed else "rejected") if quorum else "no_quorum", "tests": tests}


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
    require(proof["format"] == "gezhi-tally-proof-1", "unknown format")
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
    for name in (0, 1):
        require(sum(row[name] for row in counts.values()) > 0, "nobody may vote")
    (yes_area, yes_heads), (no_area, no_heads) = counts["yes"], counts["no"]
    side = None
    if yes_area > no_area and yes_heads > no_heads:
        side = "yes"
    elif yes_area < no_area and yes_heads < no_heads:
        side = "no"
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
    units = [
        {
            **UNIT,
            **{key: value for key, value in unit.items() if key in UNIT},
            "id": unit["id"],
            "area": unit["area"],
            "owners": sorted(
                ({"id": owner["id"], "share": owner.get("share", "1")} for owner in unit.get("owners", [])),
                key=lambda owner: str(owner["id"]),
            ),
        }
        for unit in roll["units"]
    ]
    return sorted(units, key=lambda unit: str(unit["id"]))


def check_roll(proof: dict[str, Any], roll: dict[str, Any]) -> None:
    """Check that this is the roll that was frozen."""
    frozen = {"developer": roll.get("developer"), "units": normal_units(roll)}
    require(sha256(frozen) == proof["roll_hash"], "this is not the roll that was frozen")


def holders(papers: dict[str, Any], cap: int | None) -> dict[str, str]:
    """Principal → holder, without chains and with the cap: the earliest given stay."""
    proxies = sorted(papers.get("proxies", []), key=lambda proxy: (proxy["given_at"], proxy["principal"]))
    gave = {proxy["principal"] for proxy in proxies}
    valid: dict[str, str] = {}
    taken: dict[str, int] = {}
    for proxy in proxies:
        holder = proxy["holder"]
        if holder not in gave and (cap is None or taken.get(holder, 0) < cap):
            taken[holder] = taken.get(holder, 0) + 1
            valid[proxy["principal"]] = holder
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
    valid_holder = holders(papers, procedure["proxy_cap"])
    present = papers.get("attendance")
    by_owner: dict[str, list[dict[str, Any]]] = {}
    for written in papers["ballots"]:
        ballot = {**dict.fromkeys(BALLOT), **written}
        stranger = ballot["cast_by"] not in (None, ballot["owner"])
        if ballot["cast_at"] > procedure["close_at"]:
            continue
        if stranger and valid_holder.get(ballot["owner"]) != ballot["cast_by"]:
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


def check_ballots(proof: dict[str, Any], roll: dict[str, Any], papers: dict[str, Any]) -> None:
    """Open every commitment and count the vote again."""
    secret = bytes.fromhex(papers["secret"])
    require(papers["close_at"] == proof["procedure"]["close_at"], "another closing time")

    def salt(name: str) -> str:
        return hmac.new(secret, name.encode("utf-8"), hashlib.sha256).hexdigest()

    marks = [
        sha256({"ballot": {key: ballot.get(key) for key in BALLOT}, "salt": salt(f"ballot:{ballot['id']}")})
        for ballot in papers["ballots"]
    ]
    require(sorted(marks) == proof["ballots"], "these are not the ballots that were committed to")
    present = papers.get("attendance")
    keys = ("principal", "holder", "given_at")
    rest = {
        "proxies": sorted(
            ({key: proxy[key] for key in keys} for proxy in papers.get("proxies", [])),
            key=lambda proxy: str(proxy["principal"]),
        ),
        "attendance": None if present is None else sorted(set(present)),
        "salt": salt("papers"),
    }
    require(sha256(rest) == proof["papers"], "these are not the proxies or the attendance that were committed to")
    require(recount(proof, roll, papers) == proof["counts"], "the ballots, counted again, give other counts")


def verify(proof: bytes, roll: bytes | None = None, ballots: bytes | None = None, digest: str | None = None) -> str:
    """What was verified, in words; raises ``Refused``. Any shape of bad data is refused, never a crash."""
    try:
        checked = check_proof(proof)
        require(digest is None or checked["digest"] == digest, "the digest is not the published one")
        words = [f"{checked['outcome']}, digest {checked['digest']}", "the outcome follows from the counts by the law"]
        if roll is not None:
            given = parse(roll, "the roll")
            given = given.get("roll", given)
            check_roll(checked, given)
            words.append("the roll is the frozen one")
            if ballots is not None:
                check_ballots(checked, given, parse(ballots, "the ballots"))
                words.append("the ballots are those committed to and, counted again, give the counts")
        if roll is None or ballots is None:
            words.append("not counted again: give --roll and --ballots")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Refused(f"a part is missing or of a wrong shape: {type(error).__name__} {error}") from error
    return "verified: " + "; ".join(words)


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Verify the proof file of an owners' vote.")
    parser.add_argument("proof", help="the proof file")
    parser.add_argument("--roll", help="JSON file with the frozen roll (or with a field 'roll')")
    parser.add_argument("--ballots", help="JSON file with ballots, proxies, attendance, close_at and secret")
    parser.add_argument("--digest", help="the published digest that the proof must have")
    given = parser.parse_args(arguments)
    if given.ballots and not given.roll:
        parser.error("--ballots needs --roll")
    contents: list[bytes | None] = []
    for path in (given.proof, given.roll, given.ballots):
        try:
            if path is None:
                contents.append(None)
            else:
                with open(path, "rb") as file:
                    contents.append(file.read())
        except OSError as error:
            print(f"{path}: {error.strerror or error}", file=sys.stderr)
            return 2
    try:
        print(verify(contents[0] or b"", contents[1], contents[2], given.digest))
    except Refused as why:
        print(f"refused: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
