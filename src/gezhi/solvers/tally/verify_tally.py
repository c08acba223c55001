"""Verify the proof file of an owners' vote. Standard library only: ``python3 verify_tally.py PROOF [--roll FILE] …``

This file stands alone on purpose: it shares no code with the program that wrote the proof, has its own copy of the law's
thresholds and counts again in its own way, so that a fault of the one shows in the other.

The proof must be canonical JSON of its own fields; digest, thresholds, sums and comparisons must be right. --opening,
--closing, --digest: as published before the vote, at the close, with the result. --roll: the frozen roll, or the vote's
file; it must allow the counts. --ballots: ballots, proxies, attendance, secret, or the vote's file: opened, and counted
again. No file may tell another vote. The last line says what was not checked. Exit: 0 verified, 1 refused, 2 unreadable.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any

# (rule, version) → participation and, by item, passing: numerator, denominator, whether the number itself is too few.
ITEMS = {item: (3, 4, False) if item in (6, 7, 8) else (1, 2, True) for item in range(1, 10)}
LAW: Any = {("cn-civil-code-278", "2021-01-01"): {"participation": (2, 3, False), "passing": ITEMS}}
CHINA = timezone(timedelta(hours=8))
Doc = dict[str, Any]
FIRST = "gezhi-tally-proof-1"
SIDES = ("yes", "no", "abstain", "invalid", "absent")
BALLOT = ("id", "owner", "choice", "channel", "cast_at", "opened_at", "cast_by", "unit")
OPENING = ("rule", "matter", "scope", "procedure", "roll_hash")
PROOF = ("format", *OPENING, "ballots", "counts", "abstentions_to", "plain", "joined", "outcome", "digest")
TEST = ("name", "part", "whole", "numerator", "denominator", "strict", "left", "right", "met", "missing")
NOT_CHECKED = {
    "first_format": "this proof is of the first format, in which nothing was fixed before the vote",
    "before_the_vote": "whether roll, item, text, scope, rule, procedure and close are those announced before the vote (--opening)",
    "at_the_close": "whether papers were changed, dropped or added since the close (--closing, the digest of then)",
    "the_count": "whether the counts are those of the ballots, which were not counted again (--roll and --ballots)",
    "no_text": "what was voted on in words: the vote had no text",
}
UNIT = {"kind": "dwelling", "voter": None, "building": None, "stairwell": None, "status": "owned"}
KINDS = ["commercial", "dwelling", "office", "other"]
SCOPE = {"building": None, "stairwell": None, "area_kinds": KINDS, "head_kinds": KINDS}
DOUBTFUL = {"invalid_paper_participates": True, "abstentions_join_majority": False}
# Every name that an object of the vote may have; another one would be read over.
MORE = "opening closing papers area heads tests version law item item_text participation participation_text passing"
MORE += " passing_text root letters pages attendance close_at proxy_cap in_presence roll units owners share developer"
MORE += " hash proxies principal holder given_at secret"
KNOWN = {*PROOF, *BALLOT, *TEST, *UNIT, *SCOPE, *DOUBTFUL, *SIDES, *MORE.split()}
# Signs that show as nothing, signs that show as another, scripts of which letters look like those of another.
BLANK = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)}
ONE_LOOK = str.maketrans("I|\u30fb\u2022\u2027\u2219\u22c5\u2212", "ll\u00b7\u00b7\u00b7\u00b7\u00b7-")
ALIKE = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN"}


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


def _once(pairs: list[tuple[str, Any]]) -> Doc:
    found = dict(pairs)
    require(len(found) == len(pairs), "a name stands twice in one object")
    require(set(found) <= KNOWN, f"other fields than a vote has: unknown '{', '.join(sorted(set(found) - KNOWN))}'")
    return found


def parse(data: bytes, name: str) -> Any:
    """JSON in which every name is known and stands once; a number that is no integer becomes a text, which fits nowhere."""
    try:
        return json.loads(data.decode(), parse_float=str, parse_constant=str, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name} is not JSON: {error}") from error


def seen(text: str, name: str) -> None:
    """Refuse signs that nobody sees, and other spellings of one letter."""
    for sign in sorted(set(text) - {"\n"}):
        unseen = (not sign.isprintable() and unicodedata.category(sign) != "Zs") or 0xE0100 <= ord(sign) < 0xE01F0
        require(not unseen and ord(sign) not in BLANK, f"{name} holds the sign U+{ord(sign):04X}, which nobody sees")
    require(unicodedata.is_normalized("NFC", text), f"{name} is not in Unicode's normal form NFC")


def told_apart(owners: set[str]) -> None:
    """Refuse two owners that look the same."""
    looks, scripts = dict[str, str](), set[str]()
    for owner in sorted(owners):
        folded = " ".join(unicodedata.normalize("NFKC", owner).split()).translate(ONE_LOOK)
        other = looks.setdefault("".join("-" if unicodedata.category(s) == "Pd" else s for s in folded), owner)
        require(other == owner, f"the owners '{other}' and '{owner}' look the same")
        scripts |= ALIKE & {unicodedata.name(sign, "").partition(" ")[0] for sign in owner if sign.isalpha()}
        require(len(scripts) < 2, f"owners in {' and '.join(sorted(scripts))} letters, which look alike: '{owner}'")


def decision(gates: Doc, counts: dict[str, tuple[int, int]], joined: bool) -> Doc:
    """The outcome with its four comparisons, from (area, heads) of each side."""
    tests = []
    for gate, (top, bottom, strict) in gates.items():
        for unit, name in enumerate(("area", "heads")):
            took_part = sum(counts[side][unit] for side in SIDES[:4])
            agreed = counts["yes"][unit] + (counts["abstain"][unit] if joined else 0)
            part, whole = (agreed, took_part) if gate == "passing" else (took_part, took_part + counts["absent"][unit])
            left, right = part * bottom, whole * top
            met = left > right if strict else left >= right
            # What is lacking, divided by what each further one adds, rounded up.
            least = 0 if met else -(-(int(strict) + right - left) // bottom)
            found = (f"{gate}_{name}", part, whole, top, bottom, strict, left, right, met, least)
            tests.append(dict(zip(TEST, found, strict=True)))
    quorum, passed = (all(test["met"] for test in pair) for pair in (tests[:2], tests[2:]))
    return {"outcome": ("passed" if passed else "rejected") if quorum else "no_quorum", "tests": tests}


def check_proof(data: bytes) -> Doc:
    """Check a proof by itself; returns it, or raises ``Refused``, or whatever a wrong shape raises."""
    proof = parse(data, "the proof")
    require(data == canonical(proof) + b"\n", "the proof is not in canonical form: it was changed")
    body = {key: value for key, value in proof.items() if key != "digest"}
    require(proof["digest"] == sha256(body), "the digest does not fit: the proof was changed")
    first, marks, rule, procedure = proof["format"] == FIRST, proof["ballots"], proof["rule"], proof["procedure"]
    fields = ("papers",) if first else ("opening", "closing")
    require(set(proof) == {*PROOF, *fields}, "other fields than a proof has")
    if not first:
        require(proof["format"] == "gezhi-tally-proof-2", "unknown format")
        opening = sha256({"format": "gezhi-vote-opening-1", **{key: proof[key] for key in OPENING}})
        closing = proof["closing"]
        require(proof["opening"] == opening == closing["opening"], "the opening is not that of this proof")
        require(closing["format"] == "gezhi-vote-closing-1", "unknown format of the closing")
        require(closing["ballots"] == len(marks), "another number of ballots than at the close")
    seen(canonical({key: proof[key] for key in OPENING}).decode(), "the vote")
    law, item = LAW.get((rule["id"], rule["version"]), {"passing": {}}), rule["item"]
    require(item in law["passing"], "a rule, version or item that this verifier does not know")
    gates = {"participation": law["participation"], "passing": law["passing"][item]}
    for gate, expected in gates.items():
        own = dict(zip(TEST[3:6], expected, strict=True))
        require(sha256(rule[gate]) == sha256(own), f"the {gate} threshold is not the law's")
    counts = {side: (proof["counts"][side]["area"], proof["counts"][side]["heads"]) for side in SIDES}
    rows = {side: {"area": area, "heads": heads} for side, (area, heads) in counts.items()}
    require(sha256(rows) == sha256(proof["counts"]), "other fields in the counts")
    numbers = [item, procedure["close_at"], *(number for row in counts.values() for number in row)]
    require(all(type(one) is int and one >= 0 for one in numbers), "no whole number where one must stand")
    require(all(map(sum, zip(*counts.values(), strict=True))), "nobody may vote")
    ahead = {counts["yes"][unit] - counts["no"][unit] for unit in (0, 1)}
    side = "yes" if min(ahead) > 0 else "no" if max(ahead) < 0 else None
    require(proof["abstentions_to"] == side, "the abstentions join another side")
    plain, joined = decision(gates, counts, False), decision(gates, counts, side == "yes")
    require(sha256(proof["plain"]) == sha256(plain), "the plain decision does not follow from the counts")
    require(sha256(proof["joined"]) == sha256(joined), "the decision with abstentions does not follow from the counts")
    ruling = joined if procedure["abstentions_join_majority"] is True else plain
    require(proof["outcome"] == ruling["outcome"], "the outcome does not follow")
    shaped = all(isinstance(mark, str) and len(mark) == 64 and set(mark) <= set("0123456789abcdef") for mark in marks)
    require(shaped and marks == sorted(set(marks)), "the commitments are not distinct, sorted hashes")
    return dict(proof)


def normal_units(roll: Doc) -> list[Doc]:
    """The units of a roll with every field written out, in the order of their ids."""
    units: list[Doc] = [{**UNIT, "owners": [], **unit} for unit in roll["units"]]
    for unit in units:
        unit["owners"] = sorted(({"share": "1", **one} for one in unit["owners"]), key=lambda owner: str(owner["id"]))
    return sorted(units, key=lambda unit: str(unit["id"]))


def heads_of(scope: Doc, roll: Doc) -> list[tuple[frozenset[str], list[Doc], int, int]]:
    """Owners, units in scope, area, and 1 or 0 of each head."""
    groups: dict[frozenset[str], list[Doc]] = {}
    for unit in normal_units(roll):
        if all(scope[level] in (None, unit[level]) for level in ("building", "stairwell")):
            owners = [owner["id"] for owner in unit["owners"]] if unit["status"] == "owned" else [roll["developer"]]
            groups.setdefault(frozenset(owners), []).append(unit)
    sizes = [sum(one["area"] for one in units if one["kind"] in scope["area_kinds"]) for units in groups.values()]
    heads = [int(any(one["kind"] in scope["head_kinds"] for one in units)) for units in groups.values()]
    return list(zip(groups, groups.values(), sizes, heads, strict=True))


def check_roll(proof: Doc, roll: Doc) -> set[str]:
    """Whoever may vote. Check that this is the roll that was frozen, that its names differ, and that its heads allow the counts."""
    units = normal_units(roll)
    require(all(type(unit["area"]) is int and unit["area"] > 0 for unit in units), "a unit on the roll has no area")
    require(len({unit["id"] for unit in units}) == len(units), "a unit stands twice on the roll")
    seen(canonical([units, roll.get("developer")]).decode(), "the roll")
    require(sha256({"developer": roll.get("developer"), "units": units}) == proof["roll_hash"], "not the frozen roll")
    voters: set[Any] = {owner["id"] for unit in units for owner in unit["owners"]} | ({roll.get("developer")} - {None})
    told_apart(voters)
    heads = heads_of(proof["scope"], roll)
    sizes, bare = sorted(area for *_, area, one in heads if one), sum(area for *_, area, one in heads if not one)
    for key, whole in (("area", sum(sizes) + bare), ("heads", len(sizes))):
        told = sum(row[key] for row in proof["counts"].values())
        require(told == whole, f"the counts have {told} of {key} in all, the roll in its scope {whole}")
    for side, row in proof["counts"].items():
        least, most = sum(sizes[: row["heads"]]), sum(sizes[len(sizes) - row["heads"] :]) + bare
        require(least <= row["area"] <= most, f"{side}: no {row['heads']} heads of the roll have this area")
    return voters


def check_told(proof: Doc, file: Doc, name: str) -> None:
    """Refuse a file of another vote than the proof's; one with a rule is a whole vote, and leaves out what is usual."""
    usual = {**SCOPE, **DOUBTFUL, "matter": None, "proxy_cap": None, "in_presence": file.get("attendance") is not None}
    said = {key: value for key, value in file.items() if value is not None}
    told = {**(usual if "rule" in file else {}), **said, **said.get("scope", {}), **said.get("procedure", {})}
    told |= {key: sorted(set(told[key])) for key in ("area_kinds", "head_kinds") if key in told}
    own = {"rule": proof["rule"]["id"], "item": proof["rule"]["item"], "matter": proof["matter"]}
    own |= {**proof["procedure"], **proof["scope"]}
    odd = [key for key in own if key in told and sha256(told[key]) != sha256(own[key])]
    words = "; ".join(f"{key} {told[key]}, of the proof {own[key]}" for key in odd)
    require(not odd, f"{name} tells another vote: {words}")


def holders(papers: Doc, procedure: Doc) -> dict[str, tuple[str, int]]:
    """Principal → holder and since when, without chains and letters after the close; over the cap the earliest stay."""
    letters = [letter for letter in papers.get("proxies", []) if letter["given_at"] <= procedure["close_at"]]
    gave, cap = {letter["principal"] for letter in letters}, procedure["proxy_cap"]
    valid, taken = dict[str, tuple[str, int]](), dict[str, int]()
    for letter in sorted(letters, key=lambda letter: (letter["given_at"], letter["principal"])):
        holder, number = letter["holder"], taken.get(letter["holder"], 0)
        if holder not in gave and (cap is None or number < cap):
            taken[holder], valid[letter["principal"]] = number + 1, (holder, letter["given_at"])
    return valid


def speaks(letters: list[Doc]) -> str | None:
    """What an owner says, from all his ballots for one head."""
    valid = [letter for letter in letters if letter["choice"] != "invalid"]
    own = [letter for letter in valid if letter["cast_by"] in (None, letter["owner"])]
    queue = sorted(own or valid, key=lambda letter: (letter["cast_at"], letter["channel"] == "paper", letter["id"]))
    # A ballot stands when every later one came after it had been opened; the first such ballot is the one.
    for letter, following in zip(queue, [*queue[1:], None], strict=False):
        opened = letter["opened_at"]
        if following is None or (opened is not None and opened <= following["cast_at"]):
            return str(letter["choice"])
    return "invalid" if letters else None


def recount(proof: Doc, roll: Doc, papers: Doc) -> dict[str, dict[str, int]]:
    """Count the vote again from roll and ballots: side → area and heads."""
    procedure, present, valid = proof["procedure"], papers.get("attendance"), holders(papers, proof["procedure"])
    by_owner: dict[str, list[Doc]] = {}
    for ballot in ({**dict.fromkeys(BALLOT), **written} for written in papers["ballots"]):
        holder, since = valid.get(ballot["owner"], (None, 0))
        good = holder == ballot["cast_by"] and since <= ballot["cast_at"] and (present is None or holder in present)
        if ballot["cast_at"] <= procedure["close_at"] and (good or ballot["cast_by"] in (None, ballot["owner"])):
            by_owner.setdefault(ballot["owner"], []).append(ballot)
    sums = {side: {"area": 0, "heads": 0} for side in SIDES}
    for owners, units, area, head in heads_of(proof["scope"], roll):
        ids = {None, *(unit["id"] for unit in units)}
        named = {unit["voter"] for unit in units} - {None}
        voters = owners if len(owners) == 1 or not named else named
        said = [speaks([one for one in by_owner.get(voter, []) if one["unit"] in ids]) for voter in voters]
        clear = {voice for voice in said if voice not in (None, "invalid")}
        spoilt = not clear and "invalid" in said and procedure["invalid_paper_participates"]
        side = str(clear.pop()) if len(clear) == 1 else "invalid" if spoilt else "absent"
        sums[side]["area"] += area
        sums[side]["heads"] += head
    return sums


def tree(pages: list[Doc]) -> str:
    """The root over the pages, level by level: of an odd number the last goes up alone."""
    level = [hashlib.sha256(b"\0" + canonical(page)).digest() for page in pages] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\1" + a + b).digest() for a, b in pairs] + level[len(level) & ~1 :]
    return level[0].hex()


def check_ballots(proof: Doc, roll: Doc, voters: set[str], papers: Doc) -> None:
    """Make every commitment, every owner's page and the closing again, and count the vote again."""
    first, opening, secret = proof["format"] == FIRST, proof.get("opening"), bytes.fromhex(papers["secret"])

    def sealed(kind: str, name: str, content: Doc) -> Doc:
        named = f"{kind}:{opening}:{name}" if not first else f"{kind}:{name}" if name else kind
        salt = hmac.new(secret, named.encode("utf-8"), hashlib.sha256).hexdigest()
        bound = {} if first else {"format": f"gezhi-vote-{kind}-1", "opening": opening}
        return {**bound, **content, "salt": salt}

    marks: dict[str, list[str]] = {owner: [] for owner in voters}
    require(len({ballot["id"] for ballot in papers["ballots"]}) == len(papers["ballots"]), "two ballots have one id")
    for ballot in papers["ballots"]:
        sealed_one = sealed("ballot", ballot["id"], {"ballot": {**dict.fromkeys(BALLOT), **ballot}})
        marks[ballot["owner"]].append(sha256(sealed_one))
    marked = sorted(mark for some in marks.values() for mark in some)
    require(marked == proof["ballots"], "these are not the ballots that were committed to")
    letters = sorted(papers.get("proxies", []), key=lambda letter: str(letter["principal"]))
    there = None if papers.get("attendance") is None else sorted(set(papers["attendance"]))
    gave = {one["principal"]: sha256(sealed("letter", one["principal"], {"letter": one})) for one in letters}
    require(len(gave) == len(letters) and set(gave) <= set(marks), "letters of nobody, or two of one owner")
    if first:
        rest = sha256(sealed("papers", "", {"proxies": letters, "attendance": there}))
        require(rest == proof["papers"], "these are not the proxies or the attendance that were committed to")
    else:
        require((there is not None) is proof["procedure"]["in_presence"], "in presence or not: not as announced")
        rows = [{"owner": name, "ballots": sorted(marks[name]), "letter": gave.get(name)} for name in sorted(marks)]
        pages = [sealed("page", str(row["owner"]), row) for row in rows]
        made = {"letters": len(gave), "pages": len(pages), "root": tree(pages)}
        made["attendance"] = sha256(sealed("attendance", "", {"present": there}))
        right = sha256({**proof["closing"], **made}) == sha256(proof["closing"])
        require(right, "not the papers that the closing was made of")
    require(sha256(recount(proof, roll, papers)) == sha256(proof["counts"]), "counted again, they give other counts")


def examine(proof: bytes, roll: bytes | None = None, ballots: bytes | None = None, **published: str | None) -> Doc:
    """What was checked, against what was ``published``, and what not. Any bad data raises ``Refused``."""
    try:
        read = check_proof(proof)
        closing = sha256(read["closing"]) if "closing" in read else None
        checked, missing = ["the outcome follows from the counts by the law"], [] if closing else ["first_format"]
        own = {"digest": read["digest"], "opening": read.get("opening"), "closing": closing}
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
            elif lack and closing:
                missing.append(lack)
        if roll is not None:
            given = parse(roll, "the roll")
            if "units" not in given:
                check_told(read, given, "the file of the roll")
                given = given["roll"]
            voters = check_roll(read, given)
            checked.append("the roll is the frozen one and allows the counts")
            if ballots is not None:
                papers = parse(ballots, "the ballots")
                check_told(read, papers, "the file of the ballots")
                if "roll" in papers:
                    check_roll(read, papers["roll"])
                check_ballots(read, given, voters, papers)
                checked.append("the ballots are those committed to and, counted again, give the counts")
        missing += ["the_count"] * (roll is None or ballots is None) + ["no_text"] * (not read["matter"])
        vote = {"rule": f"{read['rule']['id']} {read['rule']['version']}", "item": read["rule"]["item"]}
        vote |= {"item_text": read["rule"]["item_text"], "matter": read["matter"], **read["procedure"], **read["scope"]}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Refused(f"a part is missing or of a wrong shape: {type(error).__name__} {error}") from error
    own |= {"verified": True, "outcome": read["outcome"], "vote": vote}
    return {**own, "checked": checked, "not_checked": {name: NOT_CHECKED[name] for name in missing}}


def verify(proof: bytes, roll: bytes | None = None, ballots: bytes | None = None, **published: str | None) -> str:
    """``examine`` in three lines: what holds, which vote it is, and what was not checked. Raises ``Refused``."""
    found = examine(proof, roll, ballots, **published)
    lacking, vote = "; ".join(found["not_checked"].values()), found["vote"]
    rest = "all was checked that a file can show; whether a ballot is the voter's own, his receipt shows"
    words = ", ".join(f"{key} {json.dumps(one, ensure_ascii=False)}" for key, one in vote.items())
    if vote["close_at"] < 1 << 36:
        words += f"; the close in China: {datetime.fromtimestamp(vote['close_at'], CHINA).isoformat(' ')}"
    told = f"the vote, to compare with the notice: {words}\n{'NOT CHECKED: ' + lacking if lacking else rest}"
    return f"verified: {found['outcome']}, digest {found['digest']}; {'; '.join(found['checked'])}\n{told}"


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof")
    for name in ("opening", "closing", "roll", "ballots", "digest"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    given = parser.parse_args(arguments)
    if given.ballots and not given.roll:
        parser.error("--ballots needs --roll")
    files, told = [], {name: getattr(given, name) for name in ("digest", "opening", "closing")}
    try:
        for path in [path for path in (given.proof, given.roll, given.ballots) if path is not None]:
            with open(path, "rb") as file:
                files.append(file.read())
        print(json.dumps(examine(*files, **told), ensure_ascii=False) if given.json else verify(*files, **told))
    except OSError as error:
        print(f"{error.filename}: {error.strerror or error}", file=sys.stderr)
        return 2
    except Refused as why:
        print(f"refused: {why}", file=sys.stderr)
        if given.json:
            print(json.dumps({"verified": False, "refused": str(why)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
