"""What binds a vote before anybody counts it: the opening, the papers, a page for each owner, the closing.

Before the vote the *opening* (rule with version, item, text, scope, procedure with the close, hash of the roll) is
published with its digest. Each ballot and each letter of a proxy has a *commitment*: SHA-256 over that digest, the
paper and a salt; who hands it in gets all three as a *receipt*. At the close every owner on the roll, in the order of
the ids, gets a *page* with the commitments of all that stands in his name, be it nothing. The Merkle root of the pages
goes into the *closing*, whose digest is published before anything is counted. An owner's *statement* opens his page
and proves its place, so that a paper which he never handed in shows as well as one that is missing.

Every hashed object names its own kind and the opening: none can be taken for another, or for that of another vote.
``verify_tally`` and ``verify_receipt`` make all of it again with code of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally import merkle
from gezhi.solvers.tally.ballots import Ballot, Handling, Proxy
from gezhi.solvers.tally.roll import Roll, Scope, canonical, voters_of
from gezhi.solvers.tally.rules import Rule
from gezhi.solvers.tally.tally import Procedure

OPENING_FORMAT = "gezhi-vote-opening-1"
CLOSING_FORMAT = "gezhi-vote-closing-1"
LEAST_SECRET_BYTES = 32
_BALLOT_FIELDS = tuple(field.name for field in fields(Ballot))
# Control, formatting (also of the direction of writing), unassigned and private characters show as something else or not at all.
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
# Letters and marks by their category that show as nothing all the same: Unicode's Default_Ignorable_Code_Point, and the Braille
# pattern without a dot.
_BLANK = frozenset(
    map(
        chr,
        (
            0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, *range(0xFE00, 0xFE10), 0xFFA0,
            *range(0xE0100, 0xE01F0),
        ),
    )
)  # fmt: skip
# Scripts whose letters look like those of another one. Owners of one roll are written in one of them (and in Chinese).
_ALIKE = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN")
_RADICALS = ("CJK RADICAL", "KANGXI RADICAL")
# Signs of which one cannot be told from the other in many typefaces.
_ONE_LOOK = {
    **dict.fromkeys("Il|", "l"),
    **dict.fromkeys("\u00b7\u30fb\u2022\u2027\u2219\u22c5", "\u00b7"),
    "\u2212": "-",
}


def digest_of(document: Any) -> str:
    """SHA-256 of a value in canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def secret_of(text: str) -> bytes:
    """The secret of a vote from hexadecimal; raises ``InvalidInput`` when it is shorter than 32 bytes."""
    try:
        secret = bytes.fromhex(text)
    except ValueError as error:
        raise InvalidInput("tally.bad_secret", "is not hexadecimal", field="secret") from error
    if len(secret) < LEAST_SECRET_BYTES:
        raise InvalidInput(
            "tally.bad_secret", f"give at least {LEAST_SECRET_BYTES} random bytes in hexadecimal", field="secret"
        )
    return secret


def opening_parts(
    *, rule: Rule, item: int, matter: str | None, scope: Scope, procedure: Procedure, handling: Handling, roll_hash: str
) -> dict[str, Any]:
    """All that is fixed before the vote, without the name of the format. Raises ``InvalidInput`` for an unknown item."""
    entry = rule.item(item)
    return {
        "rule": {
            "id": rule.id,
            "version": rule.version,
            "law": rule.law,
            "item": entry.number,
            "item_text": entry.text,
            "participation_text": rule.participation_text,
            "passing_text": entry.passing_text,
            "participation": asdict(rule.participation),
            "passing": asdict(entry.passing),
        },
        "matter": matter,
        "scope": {
            "building": scope.building,
            "stairwell": scope.stairwell,
            "area_kinds": sorted(set(scope.area_kinds)),
            "head_kinds": sorted(set(scope.head_kinds)),
        },
        "procedure": {
            **asdict(procedure),
            "close_at": handling.close_at,
            "proxy_cap": handling.proxy_cap,
            "in_presence": handling.attendance is not None,
        },
        "roll_hash": roll_hash,
    }


def opening_document(parts: dict[str, Any]) -> dict[str, Any]:
    """The opening as it is published; its digest is that of its canonical form."""
    return {"format": OPENING_FORMAT, **parts}


def _unseen(sign: str) -> bool:
    return sign in _BLANK or unicodedata.category(sign) in _UNSEEN


def _plain_name(text: str, place: str) -> None:
    """Refuse a name that can be taken for another by what stands between or beside its words, or by parts of signs."""
    if text != " ".join(text.split()):
        raise InvalidInput("tally.blanks", "has blanks before, after or twice between its words", field=place)
    part = next((sign for sign in text if unicodedata.name(sign, "").startswith(_RADICALS)), None)
    if part is not None:
        raise InvalidInput("tally.unseen_sign", f"holds the radical U+{ord(part):04X}, not the character", field=place)


def _look_of(name: str) -> str:
    """The same for names that look the same."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join("-" if unicodedata.category(sign) == "Pd" else _ONE_LOOK.get(sign, sign) for sign in folded)


def _scripts(name: str) -> set[str]:
    """The scripts of a name's letters of which another script has the look."""
    firsts = {unicodedata.name(sign, "").partition(" ")[0] for sign in name if sign.isalpha()}
    return firsts & set(_ALIKE)


def _seen_as_it_is(text: str, place: str) -> None:
    if text.isascii() and text.isprintable():
        return  # most names of any roll
    odd = next((sign for sign in text if _unseen(sign) and sign != "\n"), None)
    if odd is not None:
        raise InvalidInput("tally.unseen_sign", f"holds the sign U+{ord(odd):04X}, which nobody sees", field=place)
    if not unicodedata.is_normalized("NFC", text):
        raise InvalidInput("tally.not_normal", "is not in Unicode's normal form NFC: type it again", field=place)


def check_words(matter: str | None, roll: Roll) -> None:
    """Refuse words that look like others: unseen signs, other spellings of one letter, owners that look the same.

    Raises ``InvalidInput``. A vote without a text has no words of one.
    """
    _seen_as_it_is(matter or "", "matter")
    for number, unit in enumerate(roll.units):
        for text in (unit.id, unit.building or "", unit.stairwell or ""):
            _seen_as_it_is(text, f"roll.units[{number}]")
    owners = "roll.units[].owners"
    looks: dict[str, str] = {}
    scripts: dict[str, str] = {}
    for name in sorted(voters_of(roll)):
        _seen_as_it_is(name, owners)
        _plain_name(name, owners)
        other = looks.setdefault(_look_of(name), name)
        if other != name:
            raise InvalidInput("tally.look_alike", f"'{other}' and '{name}' look the same", field=owners)
        scripts |= dict.fromkeys(_scripts(name), name)
        if len(scripts) > 1:
            told = ", ".join(f"{script.title()} in '{one}'" for script, one in sorted(scripts.items()))
            raise InvalidInput("tally.look_alike", f"letters of two scripts that look alike: {told}", field=owners)


@dataclass(frozen=True, slots=True)
class Bound:
    """Papers under the commitments of one vote. ``opening`` is the digest of its opening, ``secret`` the counters' own.

    Salts are HMAC-SHA256 of kind, opening and name under the secret: they need no keeping, and none opens another paper.
    """

    opening: str
    secret: bytes

    def salt(self, kind: str, name: str) -> str:
        """The salt of one commitment, in hexadecimal."""
        return hmac.digest(self.secret, f"{kind}:{self.opening}:{name}".encode(), "sha256").hex()

    def _sealed(self, kind: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "format": f"gezhi-vote-{kind}-1",
            "opening": self.opening,
            **content,
            "salt": self.salt(kind, name),
        }

    def ballot(self, ballot: Ballot) -> dict[str, Any]:
        """The receipt of a ballot; its digest is the commitment."""
        # Written out by name: there may be a million of them, and asdict() copies each field with care.
        written = {name: getattr(ballot, name) for name in _BALLOT_FIELDS}
        return self._sealed("ballot", ballot.id, {"ballot": written})

    def letter(self, proxy: Proxy) -> dict[str, Any]:
        """The receipt of a proxy's letter; its digest is the commitment."""
        return self._sealed("letter", proxy.principal, {"letter": asdict(proxy)})

    def page(self, owner: str, ballots: Sequence[str], letter: str | None) -> dict[str, Any]:
        """All that stands in one owner's name, as commitments."""
        return self._sealed("page", owner, {"owner": owner, "ballots": sorted(ballots), "letter": letter})

    def attendance(self, present: Sequence[str] | None) -> dict[str, Any]:
        """Who was there; None where nobody had to be."""
        return self._sealed("attendance", "", {"present": None if present is None else sorted(set(present))})


@dataclass(frozen=True, slots=True)
class Closed:
    """A vote at its close. ``ballots``: all commitments, sorted. ``document``: the closing as it is published.

    ``owners``: everybody on the roll in the order of the ids; ``leaves``: their pages, hashed, in that order.
    """

    bound: Bound
    document: dict[str, Any]
    ballots: tuple[str, ...]
    owners: tuple[str, ...]
    leaves: tuple[bytes, ...]


def close_vote(
    bound: Bound,
    *,
    owners: Iterable[str],
    ballots: Sequence[Ballot],
    proxies: Sequence[Proxy],
    attendance: Sequence[str] | None,
) -> Closed:
    """Bind all papers that came in, late ones too: they stand in the root and do not count. O(n log n).

    ``owners`` is everybody on the roll; ballots and proxies are checked before (``checked_papers``).
    """
    ordered = tuple(sorted(owners))
    in_name: dict[str, list[str]] = {}
    marks = []
    for ballot in ballots:
        mark = digest_of(bound.ballot(ballot))
        marks.append(mark)
        in_name.setdefault(ballot.owner, []).append(mark)
    letters = {proxy.principal: digest_of(bound.letter(proxy)) for proxy in proxies}
    leaves = tuple(
        merkle.leaf(canonical(bound.page(owner, in_name.get(owner, ()), letters.get(owner)))) for owner in ordered
    )
    document = {
        "format": CLOSING_FORMAT,
        "opening": bound.opening,
        "ballots": len(marks),
        "letters": len(letters),
        "pages": len(leaves),
        "root": merkle.root(leaves).hex(),
        "attendance": digest_of(bound.attendance(attendance)),
    }
    return Closed(bound, document, tuple(sorted(marks)), ordered, leaves)


def statement(closed: Closed, owner: str, ballots: Sequence[Ballot], proxies: Sequence[Proxy]) -> dict[str, Any]:
    """What an owner gets at the close: all in his name, opened, with the proof that his page stands under the root.

    Raises ``InvalidInput`` for somebody who is not on the roll.
    """
    if owner not in closed.owners:
        raise InvalidInput("tally.unknown_owner", f"'{owner}' is no owner on the roll", field="owner")
    place = closed.owners.index(owner)
    letter = next((proxy for proxy in proxies if proxy.principal == owner), None)
    return {
        "format": "gezhi-vote-statement-1",
        "opening": closed.bound.opening,
        "owner": owner,
        "ballots": [
            closed.bound.ballot(ballot)
            for ballot in sorted(ballots, key=lambda ballot: (ballot.cast_at, ballot.id))
            if ballot.owner == owner
        ],
        "letter": None if letter is None else closed.bound.letter(letter),
        "salt": closed.bound.salt("page", owner),
        "place": place,
        "path": [step.hex() for step in merkle.path(closed.leaves, place)],
        "closing": closed.document,
    }
