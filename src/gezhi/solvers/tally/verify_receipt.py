"""Check what an owner was given in a vote. Standard library only: ``python3 verify_receipt.py RECEIPT … --opening DIGEST``

This file stands alone, as ``verify_tally`` does: whoever does not trust the counters need not trust their program.

Before the close: is each RECEIPT (of a ballot or of a proxy's letter) one of the vote whose digest was published, and
what does it say? After the close, with ``--statement`` and ``--closing``: does the owner's page stand under the root
that was published before the count, does every receipt stand on the page, and does anything else stand there?
``--opening-file`` says which item and text, under which rules, that digest binds. A
paper in the owner's name without a receipt is refused, so that a ballot which he never cast shows; for an owner who
did not vote, the statement alone says that nothing stands in his name.
Exit code 0: verified; 1: refused, with the reason; 2: a file cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any, NoReturn

BALLOT = ("id", "owner", "choice", "channel", "cast_at", "opened_at", "cast_by", "unit")
LETTER = ("principal", "holder", "given_at")
PAPERS = {"gezhi-vote-ballot-1": ("ballot", BALLOT), "gezhi-vote-letter-1": ("letter", LETTER)}
CLOSING = ("format", "opening", "ballots", "letters", "pages", "root", "attendance")
NUMBERS = ("cast_at", "opened_at", "given_at")
MAY_BE_NULL = ("opened_at", "cast_by", "unit")
OPENING = ("format", "rule", "matter", "scope", "procedure", "roll_hash")
# What a receipt is worth, in the languages of those who hold one.
WORTH = (
    "A receipt bears no signature, and anybody can make one: alone it proves nothing to others. It proves that a paper"
    " is in, or was left out, only together with the published digests, the statement, and witnesses or a mark of the"
    " desk from when it was handed out. 收据没有签名，任何人都可以自行制作，单凭收据不能向他人证明什么；"
    "须与公布的摘要、对账单以及领取收据时的见证人或者收票处盖章相互印证，才能证明某张票已计入或者被漏计。"
)
READ = "read the words above: are they what you handed in?"
STATEMENT = ("format", "opening", "owner", "ballots", "letter", "salt", "place", "path", "closing")


class Refused(Exception):
    """The receipt does not hold; the message says why."""


def require(holds: bool, message: str) -> None:
    """Refuse with ``message`` unless it holds."""
    if not holds:
        raise Refused(message)


def canonical(value: Any) -> bytes:
    """Sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _no_float(text: str) -> NoReturn:
    raise Refused(f"{text}: a vote is counted in integers")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    require(len({key for key, _ in pairs}) == len(pairs), "a name stands twice in one object")
    return dict(pairs)


def parse(data: bytes) -> dict[str, Any]:
    """A JSON object in which every number is an integer and every name stands once."""
    try:
        text = data.decode("utf-8")
        read = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"not JSON: {error}") from error
    require(isinstance(read, dict), "not a JSON object")
    return dict(read)


def shown(value: Any) -> str:
    """A value as it is read: signs that nobody sees, and those that turn the direction of writing, by their number."""
    return "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in str(value))


def paper(receipt: dict[str, Any], opening: str | None) -> tuple[str, str, str]:
    """Commitment, whose name it is in, and the paper in words; refused unless it is of the vote ``opening``."""
    kind, names = PAPERS.get(str(receipt.get("format")), ("", ()))
    require(bool(kind), "no receipt of a ballot or a letter")
    content = receipt[kind]
    fields = {"format", "opening", kind, "salt"}
    require(set(receipt) == fields and set(content) == set(names), "other fields than a receipt has")
    require(opening is None or receipt["opening"] == opening, "a paper of another vote")
    for name, value in content.items():
        right = type(value) is (int if name in NUMBERS else str) or (value is None and name in MAY_BE_NULL)
        require(right, f"{name}: nothing that a {kind} holds")
    chosen = kind == "letter" or content["choice"] in ("yes", "no", "abstain", "invalid")
    require(chosen and content.get("channel", "paper") in ("paper", "online"), "a choice or channel that there is not")
    require(len(receipt["salt"]) == 64 and bytes.fromhex(receipt["salt"]).hex() == receipt["salt"], "no salt")
    said = ", ".join(f"{name} {shown(content[name])}" for name in names if content[name] is not None)
    whose = content["owner" if kind == "ballot" else "principal"]
    return hashlib.sha256(canonical(receipt)).hexdigest(), str(whose), f"{kind}: {said}"


def vote_in_words(data: bytes, opening: str | None) -> tuple[str, str]:
    """The digest of an opening, and in words the vote that it binds; refused unless it is ``opening``."""
    read = parse(data)
    require(set(read) == set(OPENING) and read["format"] == "gezhi-vote-opening-1", "no opening of a vote")
    digest = hashlib.sha256(canonical(read)).hexdigest()
    require(opening is None or digest == opening, "not the opening that was published")
    rule, rest = read["rule"], {**read["procedure"], **read["scope"]}
    told = {"item": rule["item"], "item_text": rule["item_text"], "matter": read["matter"], **rest}
    for sign in canonical(told).decode():
        odd = not sign.isprintable() and unicodedata.category(sign) != "Zs"
        require(not odd, f"the vote holds the sign U+{ord(sign):04X}, which nobody sees")
    words = ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in told.items())
    if rest["close_at"] < 1 << 36:
        close = datetime.fromtimestamp(rest["close_at"], timezone(timedelta(hours=8)))
        words += f"; the close in China: {close.isoformat(' ')}"
    return digest, f"given in the vote, to compare with the notice: {words}"


def under_root(leaf: bytes, place: int, pages: int, path: list[str]) -> str:
    """The root that a leaf at a place, of so many, leads to: of an odd number on a level the last goes up alone."""
    require(type(place) is int and type(pages) is int and 0 <= place < pages, "a place outside the list")
    found, steps = hashlib.sha256(b"\0" + leaf).digest(), [bytes.fromhex(step) for step in path]
    right = all(len(step) == 32 and step.hex() == written for step, written in zip(steps, path, strict=True))
    require(right, "a step of the path is no hash")
    while pages > 1:
        if place % 2 or place + 1 < pages:
            require(bool(steps), "the path is too short")
            beside = steps.pop(0)
            found = hashlib.sha256(b"\1" + (beside + found if place % 2 else found + beside)).digest()
        place, pages = place // 2, (pages + 1) // 2
    require(not steps, "the path is too long")
    return found.hex()


def check_statement(statement: dict[str, Any], opening: str | None, closing: str | None) -> dict[str, str]:
    """Commitment → words of all that stands in the owner's name, proven to stand under the root."""
    require(set(statement) == set(STATEMENT) and statement["format"] == "gezhi-vote-statement-1", "no statement")
    closed, owner = statement["closing"], statement["owner"]
    require(set(closed) == set(CLOSING) and closed["format"] == "gezhi-vote-closing-1", "no closing in the statement")
    require(statement["opening"] == closed["opening"], "a statement of one vote with the closing of another")
    require(opening is None or closed["opening"] == opening, "a statement of another vote")
    told = hashlib.sha256(canonical(closed)).hexdigest()
    require(closing is None or told == closing, "not the closing that was published")
    ballots = [paper(one, statement["opening"]) for one in statement["ballots"]]
    letters = [paper(one, statement["opening"]) for one in [statement["letter"]] if one is not None]
    for papers, kind in ((ballots, "ballot: "), (letters, "letter: ")):
        for _, name, said in papers:
            require(said.startswith(kind), "a letter among the ballots, or a ballot as a letter")
            require(name == owner, f"a paper of {shown(name)} on the page of {shown(owner)}")
    page = {
        "format": "gezhi-vote-page-1",
        "opening": statement["opening"],
        "owner": owner,
        "ballots": sorted(mark for mark, _, _ in ballots),
        "letter": letters[0][0] if letters else None,
        "salt": statement["salt"],
    }
    root = under_root(canonical(page), statement["place"], closed["pages"], statement["path"])
    require(root == closed["root"], "this page does not stand under the root")
    return {mark: said for mark, _, said in [*ballots, *letters]}


def verify(
    receipts: list[bytes],
    statement: bytes | None = None,
    opening: str | None = None,
    closing: str | None = None,
    *,
    notice: bytes | None = None,
) -> str:
    """What holds, in words, and in the last line what was not checked and what a receipt is worth.

    ``notice`` is the opening as a file. Raises ``Refused``, never crashes.
    """
    opening, closing = (None if told is None else told.strip().lower() for told in (opening, closing))
    try:
        lacking = [] if opening else ["of which vote this is (give --opening, the digest published before the vote)"]
        words = []
        if notice is not None:
            opening, told = vote_in_words(notice, opening)
            words.append(told)
        papers = [paper(parse(data), opening) for data in receipts]
        words += [f"receipt holds: {said}" for _, _, said in papers]
        if statement is None:
            lacking.append("whether it was counted in (after the close give --statement and --closing)")
        else:
            read = parse(statement)
            found = check_statement(read, opening, closing)
            owner = str(read["owner"])
            for mark, name, said in papers:
                require(name == owner, f"a receipt of {shown(name)} beside the statement of {shown(owner)}")
                require(mark in found, f"left out at the close: {said}")
            strange = [said for mark, said in found.items() if mark not in {mark for mark, _, _ in papers}]
            whose = f"in the name of {shown(owner)} stands"
            require(not strange, f"{whose} a paper for which no receipt was shown: {'; '.join(strange)}")
            number = f"{len(found)} paper{'s' * (len(found) != 1)}, and nothing else" if found else "nothing"
            words.append(f"{whose} {number}, of {read['closing']['ballots']} ballots in all")
            if not closing:
                lacking.append("whether this is the closing that was published before the count (give --closing)")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Refused(f"a part is missing or of a wrong shape: {type(error).__name__} {error}") from error
    rest = "NOT CHECKED: " + "; ".join(lacking) + "." if lacking else READ
    rest += " What was voted on is in the opening alone: give --opening-file." if notice is None else ""
    return "\n".join([*words, f"{rest} {WORTH}"])


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Check what an owner was given in a vote.")
    parser.add_argument("receipts", nargs="*", metavar="RECEIPT", help="receipts of ballots and of proxies' letters")
    parser.add_argument("--opening", help="the digest that was published before the vote")
    parser.add_argument(
        "--opening-file", help="the opening itself: says and checks to which item and text it was given"
    )
    parser.add_argument("--statement", help="the owner's statement, given after the close")
    parser.add_argument("--closing", help="the digest that was published at the close, before the count")
    given = parser.parse_args(arguments)
    if not given.receipts and given.statement is None:
        parser.error("give a receipt or --statement")
    try:
        receipts = [_content(path) for path in given.receipts]
        statement, notice = (None if one is None else _content(one) for one in (given.statement, given.opening_file))
        print(verify(receipts, statement, given.opening, given.closing, notice=notice))
    except OSError as error:
        print(f"{error.filename}: {error.strerror or error}", file=sys.stderr)
        return 2
    except Refused as why:
        print(f"refused: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
