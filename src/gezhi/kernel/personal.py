"""Personal data in free text: telephone numbers, identity numbers and e-mail addresses, found and masked.

What a rule finds is decided by shape alone, so that the same words are masked everywhere: a mobile number of the mainland, a
landline with its area code or behind a word such as 电话, an 18-digit number of GB 11643 whose check digit is right, an e-mail
address. Numbers of services (12345, 110, 400-…) are nobody's, and stay. A masked text has as many characters as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PersonalKind(StrEnum):
    """What was found."""

    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data in a text, from ``start`` up to but not including ``end``."""

    kind: PersonalKind
    start: int
    end: int


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Family names of two signs that people still bear.
_TWO_SIGNS = re.compile("欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|南宫|端木|百里|轩辕|长孙|宇文")
# Full-width signs are read as the plain ones; each stays one character, so that places in the text are the same.
_PLAIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2014: "-", 0x2013: "-"}
_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])(?:\(0[1-9][0-9]{1,2}\) ?|0[1-9][0-9]{1,2}[ -]?)[2-9][0-9]{6,7}(?![0-9])")
_CALLED = re.compile(
    r"(?:电话|座机|手机|联系方式|号码|[Tt]el|[Pp]hone)[:.是为 ]{0,3}(?P<number>[2-9][0-9]{2,3}[ -]?[0-9]{4})(?![0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}"
)
# What may be the beginning of a number that was cut off.
_CUT = re.compile(r"[0-9][0-9 -]{2,}$")
_MASK = "*"


def is_id_number(text: str) -> bool:
    """Whether this is an identity number of GB 11643: 17 digits, a day that was, and the right check digit."""
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", text, re.ASCII):
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return born.year >= 1850 and _CHECKS[total % 11] == text[17].upper()


def plain_signs(text: str) -> str:
    """A text with full-width signs as the plain ones, sign for sign."""
    return text.translate(_PLAIN)


def personal_in(text: str) -> list[Found]:
    """The personal data in a text, in its order; none overlaps another."""
    taken: list[Found] = []
    for one in _candidates(text.translate(_PLAIN)):
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)


def _candidates(plain: str) -> Iterator[Found]:
    for match in _ID.finditer(plain):
        if is_id_number(re.sub("[ -]", "", match[0])):
            yield Found(PersonalKind.ID_NUMBER, *match.span())
    for kind, pattern in (
        (PersonalKind.EMAIL, _EMAIL),
        (PersonalKind.MOBILE, _MOBILE),
        (PersonalKind.LANDLINE, _LANDLINE),
    ):
        for match in pattern.finditer(plain):
            yield Found(kind, *match.span())
    for match in _CALLED.finditer(plain):
        yield Found(PersonalKind.LANDLINE, *match.span("number"))


def masked(text: str, *, cut: bool = False) -> str:
    """The text with stars over the middle of what is personal: ``138****1234``. ``cut``: the text goes on elsewhere, so that
    digits at its end may be the beginning of a number."""
    signs = list(text)
    for one in personal_in(text):
        for place in _hidden(one, text):
            signs[place] = _MASK
    if cut and (end := _CUT.search(text.translate(_PLAIN))):
        signs[end.start() :] = _MASK * (len(text) - end.start())
    return "".join(signs)


def _hidden(one: Found, text: str) -> list[int]:
    """The places of a text that a mask covers."""
    if one.kind == PersonalKind.EMAIL:
        at = next(place for place in range(one.start, one.end) if text[place] in "@＠")
        return list(range(one.start + 1, at)) or [one.start]
    digits = [place for place in range(one.start, one.end) if text[place].isalnum()]
    if one.kind == PersonalKind.ID_NUMBER:
        return digits[6:]
    return digits[-8:-4] if one.kind == PersonalKind.MOBILE else digits[-7:-3]


def masked_person(name: str) -> str:
    """A name as a form prints it: 王*明, 王*, 欧**娜. A single character is a star."""
    name = name.strip()
    if len(name) < 3:
        return name[:1] * (len(name) > 1) + _MASK * bool(name)
    return f"{name[0]}{_MASK * (len(name) - 2)}{name[-1]}"


def masked_family(name: str) -> str:
    """The family name alone, as a list prints it: 王**, 欧阳**; of a name that is not Chinese its first letter."""
    name = name.strip()
    kept = 2 if len(name) > 2 and _TWO_SIGNS.match(name) else 1
    return f"{name[:kept]}{_MASK * 2}" if name else ""


def masked_number(number: str) -> str:
    """A telephone number as a form prints it: 138****1234; of a short one the last two digits."""
    digits = "".join(sign for sign in number if sign.isdecimal())
    if len(digits) >= 11:
        return f"{digits[:3]}{_MASK * 4}{digits[-4:]}"
    return f"{_MASK * 4}{digits[-2:]}" if digits else ""
