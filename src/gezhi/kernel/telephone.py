"""Telephone numbers in one spelling, so that a whole number is found however it was written."""

from __future__ import annotations

import re

from gezhi.kernel.personal import PersonalKind, personal_in, plain_signs

_EXTENSION = re.compile(r"(?:转|分机|[Ee]xt\.?|[Xx#])[:.]?\s*([0-9]{1,6})\s*$")
_BETWEEN = re.compile(r"[\s().\-/·]")
_SIGNS = re.compile(r"\+?[0-9]{7,17}", re.ASCII)
_MOBILE = re.compile(r"0?(1[3-9][0-9]{9})", re.ASCII)
# No landline begins so: with more or fewer digits than a mobile has, it was mistyped.
_LIKE_MOBILE = re.compile(r"0?1[3-9]", re.ASCII)
_WITH_COUNTRY = re.compile(r"86(?:0?1[3-9][0-9]{9}|0[1-9][0-9]{1,2}[2-9][0-9]{6,7})", re.ASCII)
_LANDLINE = re.compile(r"0?([1-9][0-9]{1,2}[2-9][0-9]{6,7})", re.ASCII)


def whole_number(text: str) -> str:
    """A telephone number in one spelling: ``13812341234``, ``07103512345`` (``07103512345x801`` with an extension), ``+4420…`` of
    elsewhere. Empty where the text is no whole number; nothing but a number is one, and nothing that begins like a mobile and has
    other than its eleven digits.

    ``+86``, ``0086``, spaces, dashes, brackets and full-width signs make no difference. A number without its area code is one
    of its own.
    """
    plain = plain_signs(text).strip()
    extension = _EXTENSION.search(plain)
    main = plain if extension is None else plain[: extension.start()]
    signs = _BETWEEN.sub("", main)
    if not _SIGNS.fullmatch(signs):
        return ""
    number = _national(signs)
    return number if extension is None or not number else f"{number}x{extension[1]}"


def number_in(text: str) -> str:
    """The whole number that somebody wrote into a field, words around it or not; the first of several. Empty: there is none."""
    whole = whole_number(text)
    if whole:
        return whole
    found = (one for one in personal_in(text) if one.kind in (PersonalKind.MOBILE, PersonalKind.LANDLINE))
    return next((number for one in found if (number := whole_number(text[one.start : one.end]))), "")


def _national(signs: str) -> str:
    digits = signs.removeprefix("+")
    abroad = signs.startswith(("+", "00"))
    if signs.startswith("00"):
        digits = signs[2:]
    with_country = digits.startswith("86") if abroad else _WITH_COUNTRY.fullmatch(digits)
    if abroad and not with_country:
        return f"+{digits}"
    own = digits[2:] if with_country else digits
    if _LIKE_MOBILE.match(own):
        mobile = _MOBILE.fullmatch(own)
        return mobile[1] if mobile else ""
    landline = _LANDLINE.fullmatch(own) if with_country else None
    return f"0{landline[1]}" if landline else own
