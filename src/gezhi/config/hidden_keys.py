"""Which parts of an address are keys: whoever reads the log must not be able to use them.

What follows such a part is hidden up to the end of the path: of `/stop/KEY/now`, what was done with the key as well.
An address may stand inside another (`next=%2Finvitation%2FKEY`), so a slash may be encoded, and encoded again.
"""

from __future__ import annotations

import re

_SLASH = r"(?:/|%(?:25)*2[Ff])+"
_STARTS = ("follow", "stop", "invitation", "founding", rf"password{_SLASH}reset{_SLASH}key")
_PATH = rf"(?P<path>{_SLASH}(?:{'|'.join(_STARTS)}){_SLASH})[^\s?\"'&<>,;)\]}}]+"
_QUERY = r"(?P<query>(?:\?|&|%(?:25)*3[Ff]|%(?:25)*26)code(?:=|%(?:25)*3[Dd]))[^&\s\"'<>,;)\]}]+"
_KEY = re.compile(rf"{_PATH}|{_QUERY}", re.IGNORECASE)


def without_keys(text: str) -> str:
    """The text with an ellipsis in place of each key of an address."""
    return _KEY.sub(lambda found: f"{found['path'] or found['query']}…", text)
